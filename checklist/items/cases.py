"""办件: what has to be done each time it arises, case by case, each case's steps in their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from checklist import clock, ledger
from checklist.actor import Actor
from checklist.items import LONGEST_TEXT, holidays, schedule
from checklist.refusal import Malformed, Refused, insist_on
from models import Cadence, Case, Item, ItemState, Signature, Step, db

LONGEST_NAME = 60
MOST_STEPS = 20
LONGEST_STEP = 80
ONLY_STEP = "办结"  # what a case has to reach whose duty names no steps


def too_much(steps: Sequence[str]) -> str:
    """Say in Chinese what is wrong with the steps that a duty names for its cases; empty where nothing is."""
    if len(steps) > MOST_STEPS:
        return f"办理步骤不超过 {MOST_STEPS} 步，请合并几步。"
    long = next((n for n, step in enumerate(steps, 1) if len(step) > LONGEST_STEP), None)
    return f"第 {long} 步超过 {LONGEST_STEP} 字，请写短一些。" if long else ""


# --- the order of steps -------------------------------------------------------------------------------------


def obstacle(item: Item, verb: str) -> str:
    """Say in Chinese why the order of a case's steps does not allow a move now; empty where it does.

    A step is reported once the one before has been, and signed once the one before is; what is reported or signed
    is taken back from the last step on.
    """
    if item.step is None:
        return ""
    steps = {step.n: step for step in item.step.case.steps}
    before, after = steps.get(item.step.n - 1), steps.get(item.step.n + 1)
    if verb == "tick" and before and before.item.state is ItemState.OPEN:
        return f"请先报完成上一步“{before.name}”。"
    if verb == "sign" and before and not before.item.state.is_signed:
        return f"请先签认上一步“{before.name}”。"
    if verb == "untick" and after and after.item.state is not ItemState.OPEN:
        return f"下一步“{after.name}”已经报了完成，请先撤销那一步。"
    if verb == "withdraw" and after and after.item.state.is_signed:
        return f"下一步“{after.name}”已经签认，请先撤回那一步。"
    return ""


def waits(item: Item) -> str:
    """Say in Chinese what a step waits for before anything can be done with it; empty where it waits for nothing."""
    verb = {ItemState.OPEN: "tick", ItemState.RETURNED: "sign"}.get(item.state, "")
    return obstacle(item, verb)


def turn(case: Case) -> Item:
    """Return the item of the step whose turn it is: the first that is not signed, or else the last one."""
    return next((step.item for step in case.steps if not step.item.state.is_signed), case.steps[-1].item)


# --- opening and calling off --------------------------------------------------------------------------------


def takes_cases(item: Item) -> bool:
    """Return whether an item is of a duty that knows cases: one of 逢事必办."""
    return item.duty.cadence is Cadence.PER_EVENT


def reports_on_cases(item: Item) -> bool:
    """Return whether an item is no step, but reports on the cases of a period."""
    return takes_cases(item) and item.step is None


def begin(item_id: int, name: str, began_on: date | None, *, by: Actor) -> Case:
    """Open a case of an item's duty: its steps go on the checklist at once, each with its day.

    `began_on` is the day on which the event arose, in the year of the list. Raises Refused where the duty knows no
    cases or has one of this name this year, and Malformed.
    """
    with ledger.act_on("begin_case", Item, item_id, by=by) as item:
        if not takes_cases(item):
            raise Refused("只有“逢事必办”的事项才登记办件。", item)
        name = _insist_on_a_name(name)
        began_on = _insist_on_a_day(began_on, item)
        if any(case.name == name and case.cancelled_on is None for case in of_duty(item)):
            raise Malformed(f"今年已经有名为“{name}”的办件，请换一个名称以便区分。", "name")
        case = Case(lineage=item.lineage, post=item.post, name=name, began_on=began_on)
        db.session.add(case)
        _make_steps(case, item)
    return case


def _insist_on_a_name(name: str) -> str:
    name = name.strip()
    if not name:
        raise Malformed("请填写办件名称，例如：某某工程招标。", "name")
    if len(name) > LONGEST_NAME:
        raise Malformed(f"办件名称不超过 {LONGEST_NAME} 字。", "name")
    return name


def _insist_on_a_day(day: date | None, item: Item) -> date:
    year = item.duty.duty_list.year
    if day is None:
        raise Malformed("请选择发生日期。", "began_on")
    if day > clock.today():
        raise Malformed("发生日期不能晚于今天。", "began_on")
    if day.year != year:
        raise Malformed(f"这份清单管 {year} 年，发生日期要在这一年里。", "began_on")
    return day


def _make_steps(case: Case, item: Item) -> None:
    names = item.duty.steps or [ONLY_STEP]
    periods = schedule.steps(item.duty, names, case.began_on, holidays.calendar())
    for n, (name, period) in enumerate(zip(names, periods, strict=True), 1):
        made = Item(
            duty=item.duty,
            lineage=item.lineage,
            post=item.post,
            period=period.name,
            case=case.name,
            due_on=period.due_on,
        )
        case.steps.append(Step(n=n, name=name, item=made))


def cancel(item_id: int, reason: str, *, by: Actor) -> Case:
    """Call off the case that an item is a step of, with a reason, while none of its steps was ever signed.

    The steps leave the checklist with whatever was noted of them; the case stays, and the log has everything.
    """
    with ledger.act_on("cancel_case", Item, item_id, by=by, reason=reason) as item:
        if item.step is None:
            raise Refused("这一项不是办件的步骤，不能撤销。", item)
        insist_on("撤销办件的理由", reason, "reason", most=LONGEST_TEXT)
        case = item.step.case
        if not is_cancellable(case):
            raise Refused("办件里已经有签认过的步骤，不能撤销。中途停办的，请在余下的步骤里写明情况再签认。", item)
        case.cancelled_on, case.cancelled_because = clock.today(), reason.strip()
        _remove_steps(case)
    return case


def is_cancellable(case: Case) -> bool:
    """Return whether a case can be called off: it still stands, and no step of it was ever signed."""
    return case in cancellable([case])


def cancellable(among: Iterable[Case]) -> list[Case]:
    """Return those of some cases that can be called off."""
    standing = [case for case in among if case.steps]
    items = [step.item_id for case in standing for step in case.steps]
    signed = set(db.session.scalars(select(Signature.item_id).where(Signature.item_id.in_(items))))
    return [case for case in standing if not signed.intersection(step.item_id for step in case.steps)]


def _remove_steps(case: Case) -> None:
    items = [step.item for step in case.steps]
    for row in (*(row for item in items for row in (*item.evidence, *item.readings)), *case.steps):
        db.session.delete(row)
    db.session.flush()
    for item in items:
        db.session.refresh(item)
        db.session.delete(item)
    db.session.flush()
    db.session.expire(case, ["steps"])


# --- reading ------------------------------------------------------------------------------------------------


def of_duty(item: Item) -> list[Case]:
    """Return the cases of an item's duty and post in the list's year, the latest first; also those called off."""
    return of_duties([item])


def of_duties(items: Iterable[Item]) -> list[Case]:
    """Return the same of several items, as far as their duties know cases; read together."""
    asked = {(item.lineage, item.post_id, item.duty.duty_list.year) for item in items if takes_cases(item)}
    if not asked:
        return []
    lineages, posts, years = (set(told) for told in zip(*asked, strict=True))
    query = (
        select(Case)
        .where(Case.lineage.in_(lineages), Case.post_id.in_(posts))
        .where(Case.began_on.between(date(min(years), 1, 1), date(max(years), 12, 31)))
        .options(selectinload(Case.steps))
        .order_by(Case.began_on.desc(), Case.id.desc())
    )
    with db.session.no_autoflush:
        return list(db.session.scalars(query))


def is_done(case: Case) -> bool:
    """Return whether a case is 办结: every step of it is signed."""
    return bool(case.steps) and all(step.item.state.is_signed for step in case.steps)


@dataclass(frozen=True)
class CaseCount:
    """How many cases arose in an item's period, and how many of them are done."""

    cases: int
    done: int

    @property
    def words(self) -> str:
        """As the page and the signed text say it."""
        return f"本期 {self.cases} 件，其中办结 {self.done} 件" if self.cases else "本期没有登记办件（零报告）"


def count(item: Item, among: Iterable[Case]) -> CaseCount:
    """Count those among some cases that are of an item's duty and post and arose in its period.

    The period runs from the day after the node before its own up to its own node.
    """
    nodes = sorted(node for node in item.duty.duty_list.nodes if node < item.period)
    since = nodes[-1] if nodes else ""
    mine = [case for case in among if (case.lineage, case.post_id) == (item.lineage, item.post_id)]
    arisen = [case for case in mine if since < case.began_on.isoformat() <= item.period and not case.cancelled_on]
    return CaseCount(len(arisen), sum(map(is_done, arisen)))
