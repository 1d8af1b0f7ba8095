"""A list's life: a draft is changed, submitted, and adopted by a second person; from then on its words are frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from checklist import access, clock, ledger, picture
from checklist.actor import Actor
from checklist.items import holidays, schedule
from checklist.lists import guarding, linter, owners, tiers, versions
from checklist.refusal import Malformed, Refused, Stale, insist_on, length
from models import Assignment, Cadence, Duty, DutyList, Item, ListState, db


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


@contextmanager
def move(
    verb: str, list_id: int, *, by: Actor, rev: int | None = None, reason: str | None = None
) -> Iterator[DutyList]:
    """Take a list from one state to the next, and hand it over. Raises Unseen, NotYours, Refused, Stale."""
    step = LIST_MOVES[verb]
    with ledger.act_on(verb, DutyList, list_id, by=by, reason=reason) as duty_list:
        if duty_list.state is not step.before:
            raise Refused(f"这份清单现在是“{duty_list.state.label}”，不能{step.label}。请刷新页面。", duty_list)
        insist_on_rev(duty_list, rev)
        duty_list.state = step.after
        yield duty_list


@contextmanager
def change(verb: str, list_id: int, *, by: Actor, rev: int | None = None) -> Iterator[DutyList]:
    """Do one thing to a draft, and hand it over. Raises Unseen, NotYours, Refused, Stale."""
    with ledger.act_on(verb, DutyList, list_id, by=by, needs="edit") as duty_list:
        insist_on_draft(duty_list)
        insist_on_rev(duty_list, rev)
        yield duty_list


def insist_on_draft(duty_list: DutyList) -> None:
    """Raise Refused where the list's words are frozen."""
    if duty_list.state is not ListState.DRAFT:
        raise Refused(f"这份清单现在是“{duty_list.state.label}”，文字已经固定，不能再改。", duty_list)


def insist_on_rev(row: Duty | DutyList, rev: int | None) -> None:
    """Raise Stale where the row was changed after the page was drawn that shows it."""
    if rev is not None and rev != row.rev:
        raise Stale("这里在您打开页面之后有变化。下面是最新内容，您填写的也保留着，请核对后再提交。", row)


# --- a draft ------------------------------------------------------------------------------------------------


def set_nodes(list_id: int, days: list[date], *, by: Actor, rev: int | None = None) -> DutyList:
    """Set the list's 报送节点: the days on which what goes on all year falls due."""
    with change("set_nodes", list_id, by=by, rev=rev) as duty_list:
        duty_list.nodes = sorted({day.isoformat() for day in days})
    return duty_list


def renumber(duty_list: DutyList) -> None:
    """Number the kept rows 1 to n, dropped ones behind them, and forget guards of what was left out since.

    Only inside an act. While a list is edited, a dropped row keeps its number: it still stands there, struck out.
    """
    for number, duty in enumerate(sorted(duty_list.duties, key=lambda d: (d.dropped, d.position)), 1):
        duty.position = number
    duty_list.duties.sort(key=lambda duty: duty.position)
    known = guarding.work(duty_list)
    for duty in duty_list.kept:
        duty.guards = guarding.guarded(duty, duty.guards, known)


def abandon(list_id: int, reason: str, *, by: Actor, rev: int | None = None) -> DutyList:
    """Give up a draft, or the draft of a revision, with a reason. It stays to be read, and another can be begun."""
    with move("abandon", list_id, by=by, rev=rev, reason=reason) as duty_list:
        insist_on("放弃的理由", reason, "reason", most=versions.LONGEST_REASON)
        duty_list.abandoned_because = reason.strip()
    return duty_list


def sizes(among: Iterable[DutyList]) -> dict[int, int]:
    """Count the kept duties of some lists, by the list's id; a list that has none is not in it."""
    ids = [duty_list.id for duty_list in among]
    counted = select(Duty.duty_list_id, func.count()).where(Duty.duty_list_id.in_(ids), Duty.dropped.is_(False))
    return dict(db.session.execute(counted.group_by(Duty.duty_list_id)).all())


# --- adoption takes two -------------------------------------------------------------------------------------


def submit(list_id: int, *, meeting: str, meeting_no: str, meeting_day: date | None, by: Actor) -> DutyList:
    """Hand a draft over for confirmation, with the meeting that decided it."""
    with move("submit", list_id, by=by) as duty_list:
        for field, value in (("meeting", meeting), ("meeting_no", meeting_no), ("meeting_day", meeting_day)):
            if not value:
                raise Malformed("请填写会议的名称、文号和日期。", field)
        insist_on("会议名称", meeting, "meeting", most=length(DutyList.meeting))
        insist_on("会议文号或纪要号", meeting_no, "meeting_no", most=length(DutyList.meeting_no))
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
    with move("withdraw_submission", list_id, by=by, rev=rev, reason=reason) as duty_list:
        insist_on("撤回提交的理由", reason, "reason", most=versions.LONGEST_REASON)
        duty_list.submitted_by = None
    return duty_list


def unready(duty_list: DutyList) -> list[str]:
    """Return what keeps a list from being submitted, in Chinese, row by row."""
    if not duty_list.kept:
        return ["清单里还没有责任事项"]
    problems, days, today = tiers.headless(duty_list), holidays.calendar(), clock.today()
    on_nodes = [d for d in duty_list.kept if d.cadence in (Cadence.ONGOING, Cadence.PER_EVENT)]
    past = {d for d in duty_list.kept if d not in on_nodes and not schedule.periods(d, today, days)}
    spread, stays = owners.spreads(duty_list), versions.untouched(duty_list) if past else set()
    for duty in duty_list.kept:
        wrong = [*spread[duty].missing, *tiers.misled(duty), *linter.blocking(duty)]
        if duty in past and duty.lineage not in stays:
            wrong.append("的完成日期已经过去")
        problems += [f"第 {duty.position} 项{what}" for what in wrong]
    if on_nodes and not schedule.periods(on_nodes[0], today, days):
        problems.append("请至少设一个今天以后的报送节点")
    return problems


def to_confirm(standing: access.Standing) -> list[DutyList]:
    """Return the submitted lists that wait for this person to confirm or decline them, the oldest first."""
    waiting = select(DutyList).where(DutyList.state == ListState.SUBMITTED).order_by(DutyList.id)
    waiting = waiting.options(joinedload(DutyList.submitted_by))
    return [duty_list for duty_list in db.session.scalars(waiting) if access.may(standing, "adopt", duty_list)]


@dataclass(frozen=True)
class Plan:
    """What a submitted list brings into force, as values: what it lacks, else its assignments and its new items.

    It is made before the write lock is taken, and good for as long as what it rests on stands.
    """

    rests_on: tuple[Any, ...]
    problems: list[str]
    assignments: list[dict[str, Any]]
    items: list[dict[str, Any]]


def _plan(duty_list: DutyList) -> Plan:
    rests_on = _rests_on(duty_list)  # read first: what changes while the rest is read is then noticed
    spread = owners.spreads(duty_list)
    posts = [(duty, *pair) for duty in duty_list.kept for pair in spread[duty].posts.items()]
    return Plan(
        rests_on,
        unready(duty_list),
        [{"duty_id": duty.id, "post_id": post.id, "part": part} for duty, post, part in posts],
        [
            {
                "duty_id": duty.id,
                "lineage": duty.lineage,
                "post_id": post.id,
                "period": period.name,
                "due_on": period.due_on,
            }
            for duty, post, period in versions.missing(duty_list, clock.today())
        ],
    )


def _rests_on(duty_list: DutyList) -> tuple[Any, ...]:
    """Return the register with its holidays today, and how often each row of any version of the list was changed.

    Items come only from a version's adoption, which changes its row.
    """
    with db.session.no_autoflush:
        lists = [(version.id, version.rev) for version in versions.series(duty_list)]
        duties = select(Duty.id, Duty.rev).where(Duty.duty_list_id.in_([id for id, _ in lists])).order_by(Duty.id)
        return picture.current(), lists, db.session.execute(duties).all()


def adopt(list_id: int, *, by: Actor, rev: int | None = None) -> DutyList:
    """Confirm a submitted list as the second person: owners become posts, and the year's items are made.

    A revision takes the place of the version in force, and puts its items in step with itself (see versions.plan).

    Raises Stale when the list was declined and submitted anew after the page was drawn.
    """
    db.session.expire_all()
    waiting = db.session.get(DutyList, list_id)
    plan = _plan(waiting) if waiting and waiting.state is LIST_MOVES["adopt"].before else None
    with move("adopt", list_id, by=by, rev=rev) as duty_list:
        if plan is None or plan.rests_on != _rests_on(duty_list):
            plan = _plan(duty_list)
        if plan.problems:
            raise Refused("还不能确认：" + "；".join(plan.problems), duty_list)
        versions.supersede(duty_list)
        ledger.under_way().reason = duty_list.revised_because or None
        duty_list.decided_by, duty_list.adopted_on = by.user, clock.today()
        ledger.insert_rows(Assignment, plan.assignments)
        ledger.insert_rows(Item, plan.items)
    return duty_list


@dataclass(frozen=True)
class Coming:
    """What a submitted list will bring into force."""

    duties: int
    posts: int
    items: int


def coming(duty_list: DutyList) -> Coming:
    """Count the duties, posts and new items this year that adoption would bring."""
    spread = owners.spreads(duty_list)
    posts = {post for duty in duty_list.kept for post in spread[duty].posts}
    return Coming(len(duty_list.kept), len(posts), len(versions.missing(duty_list, clock.today())))


def decline(list_id: int, reason: str, *, by: Actor, rev: int | None = None) -> DutyList:
    """Give a submitted list back to the clerk, with a reason."""
    with move("decline", list_id, by=by, rev=rev, reason=reason) as duty_list:
        insist_on("退回修改的理由", reason, "reason", most=versions.LONGEST_REASON)
        duty_list.declined_because, duty_list.submitted_by = reason, None
    return duty_list
