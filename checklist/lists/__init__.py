"""A list, from the pasted text to its adoption by a second person; from then on its words are frozen."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from checklist import access, clock, ledger
from checklist.actor import Actor
from checklist.decompose import Proposal, decompose, normalise
from checklist.files.reading import LONGEST
from checklist.items import holidays, schedule
from checklist.lists import guarding, linter, owners, tiers, versions
from checklist.refusal import Malformed, Refused, Stale, insist_on
from models import (
    Assignment,
    Cadence,
    Duty,
    DutyList,
    Item,
    ListKind,
    ListState,
    Post,
    Side,
    Source,
    Target,
    Tier,
    Unit,
    db,
)


@dataclass(frozen=True)
class ListMove:
    """A step in a list's life. Who may take it stands in access.TABLE under the same verb."""

    label: str
    before: ListState
    after: ListState
    needs: str


LIST_MOVES = {
    "consult": ListMove("征求意见", ListState.DRAFT, ListState.CONSULTING, "截止日期；有责任人"),
    "conclude": ListMove("结束征求意见", ListState.CONSULTING, ListState.DRAFT, "到期，或都已答复；提前结束须有理由"),
    "submit": ListMove("提交确认", ListState.DRAFT, ListState.SUBMITTED, "会议名称、文号、日期；每项有牵头责任人"),
    "withdraw_submission": ListMove("撤回提交", ListState.SUBMITTED, ListState.DRAFT, "理由"),
    "adopt": ListMove("确认生效", ListState.SUBMITTED, ListState.ADOPTED, "另一人办理"),
    "decline": ListMove("退回修改", ListState.SUBMITTED, ListState.DRAFT, "理由"),
    "abandon": ListMove("放弃草稿", ListState.DRAFT, ListState.ABANDONED, "理由"),
    "supersede": ListMove("由新版取代", ListState.ADOPTED, ListState.SUPERSEDED, "新版生效"),
}


# --- drafting -----------------------------------------------------------------------------------------------


def draft(unit_id: int, *, name: str, year: int, title: str, text: str, by: Actor, tier: Tier = Tier.NONE) -> DutyList:
    """Turn a text into a draft list: one proposed duty for each row that the text contains."""
    text = normalise(text)
    if not text.strip():
        raise Malformed("请选择文件，或者粘贴会议讲话或文件的全文。", "text")
    if len(text) > LONGEST:
        raise Malformed(f"全文超过 {LONGEST // 10_000} 万字。请只保留要分解的部分，分几次起草。", "text")
    proposals = decompose(text)  # before the act: nobody waits for the lock while it is read
    with ledger.act("draft", by=by):
        duty_list = begin(unit_id, name=name, year=year, title=title, text=text, by=by, tier=tier)
        for position, proposal in enumerate(proposals, 1):
            duty_list.duties.append(_proposed(proposal, position, duty_list))
    return duty_list


def begin(unit_id: int, *, name: str, year: int, title: str, text: str, by: Actor, tier: Tier = Tier.NONE) -> DutyList:
    """A draft list with its source, and nothing on it yet: the first step of every way to draft one.

    With a tier it is a 责任清单, else a 任务分解表.
    """
    with ledger.act_on("draft", Unit, unit_id, by=by) as unit:
        assert by.user is not None  # only a clerk gets here
        text = normalise(text)
        duty_list = DutyList(
            unit=unit,
            kind=ListKind.BREAKDOWN if tier is Tier.NONE else ListKind.RESPONSIBILITY,
            tier=tier,
            year=year,
            name=name,
            source=Source(unit=unit, title=title, text=text, sha256=sha256(text.encode()).hexdigest()),
            nodes=_usual_nodes(year),
            drafted_by=by.user,
        )
        insist_on_free_name(duty_list)
        duty_list.version = versions.next_number(duty_list)
        db.session.add(duty_list)
        db.session.flush()
    return duty_list


def _usual_nodes(year: int) -> list[str]:
    nodes = (date(year, 6, 30), date(year, 12, 15))
    return [node.isoformat() for node in nodes if node >= clock.today()]


def insist_on_free_name(duty_list: DutyList) -> None:
    """Raises Malformed when there is a series of this unit, kind, tier, year and name; an abandoned draft gives it free."""
    with db.session.no_autoflush:
        if versions.series(duty_list):
            raise Malformed(
                f"{duty_list.year} 年已经有名为“{duty_list.name}”的{duty_list.sort}，请换一个名称。", "name"
            )


def _proposed(proposal: Proposal, position: int, duty_list: DutyList) -> Duty:
    row = proposal.as_dict()
    return Duty(
        lineage=new_lineage(),
        position=position,
        start=proposal.start,
        end=proposal.end,
        quote=proposal.text,
        wording=proposal.text,
        side=Side(row["side"]),
        path=row["path"],
        named=row["named"],
        owners=tiers.proposed(owners.proposed(row["named"], duty_list.unit), duty_list),
        cadence=Cadence(row["cadence"]),
        deadline=row["deadline"],
        steps=row["steps"],
        flags=row["flags"],
        why=row["why"],
        targets=[_target(n, target) for n, target in enumerate(row["targets"], 1)],
    )


def _target(n: int, of: Mapping[str, Any]) -> Target:
    value = None if of["value"] is None else Decimal(str(of["value"]))
    return Target(n=n, of=of["of"], op=of["op"], value=value, unit=of["unit"])


def new_lineage() -> str:
    """A name for a duty that it keeps through all versions of its list."""
    return secrets.token_hex(8)


def set_nodes(list_id: int, days: list[date], *, by: Actor, rev: int | None = None) -> DutyList:
    """Set the list's 报送节点: the days on which what goes on all year falls due."""
    with ledger.act_on("set_nodes", DutyList, list_id, by=by, needs="edit") as duty_list:
        insist_on_draft(duty_list)
        insist_on_rev(duty_list, rev)
        duty_list.nodes = sorted({day.isoformat() for day in days})
    return duty_list


def renumber(duty_list: DutyList) -> None:
    """Number the kept rows 1 to n, dropped ones behind them, and forget guards of what was left out since.

    Only inside an act. While a list is edited, a dropped row keeps its number: it still stands there, struck out.
    """
    for number, duty in enumerate(sorted(duty_list.duties, key=lambda d: (d.dropped, d.position)), 1):
        duty.position = number
    for duty in duty_list.kept:
        duty.guards = guarding.guarded(duty, duty.guards)


# --- adoption takes two -------------------------------------------------------------------------------------


def submit(list_id: int, *, meeting: str, meeting_no: str, meeting_day: date | None, by: Actor) -> DutyList:
    """Hand a draft over for confirmation, with the meeting that decided it."""
    with ledger.act_on("submit", DutyList, list_id, by=by) as duty_list:
        move(duty_list, "submit")
        for field, value in (("meeting", meeting), ("meeting_no", meeting_no), ("meeting_day", meeting_day)):
            if not value:
                raise Malformed("请填写会议的名称、文号和日期。", field)
        if meeting_day and meeting_day > clock.today():
            raise Malformed("会议日期不能晚于今天。", "meeting_day")
        if problems := unready(duty_list):
            raise Refused("还不能提交：" + "；".join(problems), duty_list)
        duty_list.meeting, duty_list.meeting_no, duty_list.meeting_day = meeting, meeting_no, meeting_day
        duty_list.submitted_by, duty_list.declined_because = by.user, ""
        renumber(duty_list)
    return duty_list


def withdraw_submission(list_id: int, reason: str, *, by: Actor, rev: int | None = None) -> DutyList:
    """Take a submitted list back before it is confirmed; its meeting stays filled in for the next submission."""
    with ledger.act_on("withdraw_submission", DutyList, list_id, by=by, reason=reason) as duty_list:
        move(duty_list, "withdraw_submission", rev)
        insist_on("撤回提交的理由", reason, "reason", most=2000)
        duty_list.submitted_by = None
    return duty_list


def unready(duty_list: DutyList) -> list[str]:
    """What keeps a list from being submitted, in Chinese, row by row."""
    if not duty_list.kept:
        return ["清单里还没有责任事项"]
    problems, days, today = tiers.headless(duty_list), holidays.calendar(), clock.today()
    on_nodes = [d for d in duty_list.kept if d.cadence in (Cadence.ONGOING, Cadence.PER_EVENT)]
    spread = owners.spreads(duty_list)
    for duty in duty_list.kept:
        wrong = [*spread[duty].missing, *tiers.misled(duty), *linter.blocking(duty)]
        problems += [f"第 {duty.position} 项{what}" for what in wrong]
        if duty not in on_nodes and not schedule.periods(duty, today, days) and not versions.is_untouched(duty):
            problems.append(f"第 {duty.position} 项的完成日期已经过去")
    if on_nodes and not schedule.periods(on_nodes[0], today, days):
        problems.append("请至少设一个今天以后的报送节点")
    return problems


def to_confirm(standing: access.Standing) -> list[DutyList]:
    """The submitted lists that wait for this person to confirm or decline them, the oldest first."""
    waiting = select(DutyList).where(DutyList.state == ListState.SUBMITTED).order_by(DutyList.id)
    return [duty_list for duty_list in db.session.scalars(waiting) if access.may(standing, "adopt", duty_list)]


def adopt(list_id: int, *, by: Actor, rev: int | None = None) -> DutyList:
    """Confirm a submitted list as the second person: owners become posts, and the year's items are made.

    A revision takes the place of the version in force, and puts its items in step with itself (see versions.plan).

    Raises Stale when the list was declined and submitted anew after the page was drawn.
    """
    with ledger.act_on("adopt", DutyList, list_id, by=by) as duty_list:
        move(duty_list, "adopt", rev)
        if problems := unready(duty_list):
            raise Refused("还不能确认：" + "；".join(problems), duty_list)
        versions.supersede(duty_list)
        ledger.under_way().reason = duty_list.revised_because or None
        duty_list.decided_by, duty_list.adopted_on = by.user, clock.today()
        db.session.flush()
        spread = owners.spreads(duty_list)
        for duty in duty_list.kept:
            for post, part in spread[duty].posts.items():
                duty.assignments.append(Assignment(post=post, part=part))
            make_items(duty, duty_list.adopted_on)
    return duty_list


@dataclass(frozen=True)
class Coming:
    """What a submitted list will bring into force."""

    duties: int
    posts: int
    items: int


def coming(duty_list: DutyList) -> Coming:
    """How many duties, posts and new items this year adoption would bring."""
    posts: set[Post] = set()
    items, days, today = 0, holidays.calendar(), clock.today()
    spread = owners.spreads(duty_list)
    for duty in duty_list.kept:
        posts.update(spread[duty].posts)
        items += len(versions.missing(duty, today, days))
    return Coming(len(duty_list.kept), len(posts), items)


def make_items(duty: Duty, since: date) -> None:
    """Put a duty's periods that are still to come on the checklists of its leads. Only inside an act."""
    for post, period in versions.missing(duty, since, holidays.calendar()):
        db.session.add(Item(duty=duty, lineage=duty.lineage, post=post, period=period.name, due_on=period.due_on))


def decline(list_id: int, reason: str, *, by: Actor, rev: int | None = None) -> DutyList:
    """Give a submitted list back to the clerk, with a reason."""
    with ledger.act_on("decline", DutyList, list_id, by=by, reason=reason) as duty_list:
        move(duty_list, "decline", rev)
        if not reason.strip():
            raise Malformed("请填写退回修改的理由。", "reason")
        duty_list.declined_because, duty_list.submitted_by = reason, None
    return duty_list


def abandon(list_id: int, reason: str, *, by: Actor, rev: int | None = None) -> DutyList:
    """Give up a draft, or the draft of a revision, with a reason. It stays to be read, and another can be begun."""
    with ledger.act_on("abandon", DutyList, list_id, by=by, reason=reason) as duty_list:
        move(duty_list, "abandon", rev)
        if not reason.strip():
            raise Malformed("请填写放弃的理由。", "reason")
        duty_list.abandoned_because = reason.strip()
    return duty_list


def move(duty_list: DutyList, verb: str, rev: int | None = None) -> None:
    """Take a list from one state to the next. Only inside an act. Raises Refused, Stale."""
    step = LIST_MOVES[verb]
    if duty_list.state is not step.before:
        raise Refused(f"这份清单现在是“{duty_list.state.label}”，不能{step.label}。请刷新页面。", duty_list)
    insist_on_rev(duty_list, rev)
    duty_list.state = step.after


def insist_on_draft(duty_list: DutyList) -> None:
    """Raises Refused when the list's words are frozen."""
    if duty_list.state is not ListState.DRAFT:
        raise Refused(f"这份清单现在是“{duty_list.state.label}”，文字已经固定，不能再改。", duty_list)


def insist_on_rev(row: Duty | DutyList, rev: int | None) -> None:
    """Raises Stale when the row was changed after the page was drawn that shows it."""
    if rev is not None and rev != row.rev:
        raise Stale("这里在您打开页面之后有变化。下面是最新内容，您填写的也保留着，请核对后再提交。", row)
