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

from checklist import access, clock, ledger, owners, schedule
from checklist.actor import Actor
from checklist.decompose import Proposal, decompose, normalise
from checklist.documents import LONGEST
from checklist.refusal import Malformed, Refused, Stale
from models import (
    Assignment,
    Cadence,
    Duty,
    DutyList,
    ExactDecimal,
    Item,
    ListKind,
    ListState,
    Part,
    Post,
    Side,
    Source,
    Target,
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
    "submit": ListMove("提交确认", ListState.DRAFT, ListState.SUBMITTED, "会议名称、文号、日期；每项有牵头责任人"),
    "adopt": ListMove("确认生效", ListState.SUBMITTED, ListState.ADOPTED, "另一人办理"),
    "decline": ListMove("退回修改", ListState.SUBMITTED, ListState.DRAFT, "理由"),
}


# --- drafting -----------------------------------------------------------------------------------------------


def draft(unit_id: int, *, name: str, year: int, title: str, text: str, by: Actor) -> DutyList:
    """Turn a text into a draft list: one proposed duty for each row that the text contains."""
    text = normalise(text)
    if not text.strip():
        raise Malformed("请选择文件，或者粘贴会议讲话或文件的全文。", "text")
    if len(text) > LONGEST:
        raise Malformed(f"全文超过 {LONGEST // 10_000} 万字。请只保留要分解的部分，分几次起草。", "text")
    proposals = decompose(text)  # before the act: nobody waits for the lock while it is read
    with ledger.act("draft", by=by) as act:
        unit = access.load(Unit, unit_id)
        act.post = access.require(by, "draft", unit)
        assert by.user is not None  # only a clerk gets here
        source = Source(unit=unit, title=title, text=text, sha256=sha256(text.encode()).hexdigest())
        duties = DutyList(
            unit=unit,
            kind=ListKind.BREAKDOWN,
            year=year,
            name=name,
            source=source,
            nodes=_usual_nodes(year),
            drafted_by=by.user,
        )
        _insist_on_free_name(duties)
        db.session.add(duties)
        db.session.flush()
        for position, proposal in enumerate(proposals, 1):
            duties.duties.append(_proposed(proposal, position, unit))
    return duties


def _usual_nodes(year: int) -> list[str]:
    nodes = (date(year, 6, 30), date(year, 12, 15))
    return [node.isoformat() for node in nodes if node >= clock.today()]


def _insist_on_free_name(duties: DutyList) -> None:
    taken = select(DutyList.id).where(
        DutyList.unit_id == duties.unit.id, DutyList.year == duties.year, DutyList.name == duties.name
    )
    with db.session.no_autoflush:
        if db.session.scalar(taken.limit(1)):
            raise Malformed(f"{duties.year} 年已经有名为“{duties.name}”的清单，请换一个名称。", "name")


def _proposed(proposal: Proposal, position: int, unit: Unit) -> Duty:
    row = proposal.as_dict()
    return Duty(
        lineage=_new_lineage(),
        position=position,
        start=proposal.start,
        end=proposal.end,
        quote=proposal.text,
        wording=proposal.text,
        side=Side(row["side"]),
        path=row["path"],
        named=row["named"],
        owners=owners.proposed(row["named"], unit),
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


def _new_lineage() -> str:
    return secrets.token_hex(8)


def add(list_id: int, wording: str, *, by: Actor) -> Duty:
    """Add a duty that the text does not spell out, at the end of the list."""
    with ledger.act("add", by=by) as act:
        duties = access.load(DutyList, list_id)
        act.post = access.require(by, "edit", duties)
        _insist_on_draft(duties)
        duty = Duty(
            duty_list=duties,
            lineage=_new_lineage(),
            position=max((d.position for d in duties.duties), default=0) + 1,
            wording=_wording(wording),
            side=Side.WORK,
            cadence=Cadence.ONGOING,
            why="经办人增加",
        )
        db.session.add(duty)
    return duty


@dataclass(frozen=True)
class Edit:
    """What the clerk makes of a duty. `values` maps a target's id to its figure, None while it is 待定."""

    wording: str
    side: Side
    cadence: Cadence
    due_on: date | None
    owners: list[owners.Owner]
    guards: list[str]
    values: Mapping[int, Decimal | None]


def edit(duty_id: int, to: Edit, *, by: Actor, rev: int | None = None) -> Duty:
    """Change a duty of a draft. The source's words stay as they are. Raises Stale, Refused, Malformed."""
    with ledger.act("edit", by=by) as act:
        duty = _editable(duty_id, by, act, rev)
        duty.wording = _wording(to.wording)
        duty.side, duty.cadence, duty.due_on = to.side, to.cadence, to.due_on
        duty.owners = to.owners
        duty.guards = _guards(duty, to.guards)
        duty.flags = [flag for flag in duty.flags if flag["kind"] != "doubt"]  # somebody has looked at it
        for target in duty.targets:
            target.value = _figure(target, to.values.get(target.id))
    return duty


def mend(duty_id: int, slip: str, standard: str, *, by: Actor, rev: int | None = None) -> Duty:
    """Put the standard phrase for a suspected slip into the wording; the quoted source keeps the slip."""
    with ledger.act("mend", by=by) as act:
        duty = _editable(duty_id, by, act, rev)
        offered = [(flag["text"], flag.get("standard")) for flag in duty.flags]
        if (slip, standard) not in offered or slip not in duty.wording:
            raise Refused("任务表述里已经没有这处文字了，请刷新页面。", duty)
        duty.wording = duty.wording.replace(slip, standard)
    return duty


def drop(duty_id: int, *, by: Actor, rev: int | None = None) -> Duty:
    """Leave a proposed duty out of the list; `restore` brings it back as it was."""
    return _set_dropped(duty_id, True, by, rev)


def restore(duty_id: int, *, by: Actor, rev: int | None = None) -> Duty:
    """Bring a dropped duty back."""
    return _set_dropped(duty_id, False, by, rev)


def _set_dropped(duty_id: int, dropped: bool, by: Actor, rev: int | None) -> Duty:
    with ledger.act("drop" if dropped else "restore", by=by) as act:
        duty = _editable(duty_id, by, act, rev)
        duty.dropped = dropped
    return duty


def set_nodes(list_id: int, days: list[date], *, by: Actor, rev: int | None = None) -> DutyList:
    """Set the list's 报送节点: the days on which what goes on all year falls due."""
    with ledger.act("set_nodes", by=by) as act:
        duties = access.load(DutyList, list_id)
        act.post = access.require(by, "edit", duties)
        _insist_on_draft(duties)
        _insist_on_rev(duties, rev)
        duties.nodes = sorted({day.isoformat() for day in days})
    return duties


def _editable(duty_id: int, by: Actor, act: ledger.Act, rev: int | None) -> Duty:
    duty = access.load(Duty, duty_id)
    act.post = access.require(by, "edit", duty.duty_list)
    _insist_on_draft(duty.duty_list)
    _insist_on_rev(duty, rev)
    return duty


def _wording(text: str) -> str:
    if not text.strip():
        raise Malformed("任务表述不能为空。不需要这一项时，请用“删去”。", "wording")
    return text.strip()


def _figure(target: Target, value: Decimal | None) -> Decimal | None:
    if value is not None and not ExactDecimal.holds(value):
        raise Malformed(f"“{target.of}”的目标值不是能记下的数，请核对；还没有定就空着。", f"value-{target.id}")
    return value


def _guards(duty: Duty, lineages: list[str]) -> list[str]:
    work = {d.lineage for d in duty.duty_list.kept if d.side is not Side.INTEGRITY and d is not duty}
    return [lineage for lineage in lineages if lineage in work and duty.side is not Side.WORK]


# --- adoption takes two -------------------------------------------------------------------------------------


def submit(list_id: int, *, meeting: str, meeting_no: str, meeting_day: date | None, by: Actor) -> DutyList:
    """Hand a draft over for confirmation, with the meeting that decided it."""
    with ledger.act("submit", by=by) as act:
        duties = access.load(DutyList, list_id)
        act.post = access.require(by, "submit", duties)
        _move(duties, "submit")
        for field, value in (("meeting", meeting), ("meeting_no", meeting_no), ("meeting_day", meeting_day)):
            if not value:
                raise Malformed("请填写会议的名称、文号和日期。", field)
        if meeting_day and meeting_day > clock.today():
            raise Malformed("会议日期不能晚于今天。", "meeting_day")
        if problems := unready(duties):
            raise Refused("还不能提交：" + "；".join(problems), duties)
        duties.meeting, duties.meeting_no, duties.meeting_day = meeting, meeting_no, meeting_day
        duties.submitted_by, duties.declined_because = by.user, ""
        for duty in duties.kept:
            duty.guards = _guards(duty, duty.guards)  # a duty that was guarded may have been dropped since
    return duties


def unready(duties: DutyList) -> list[str]:
    """What keeps a list from being submitted, in Chinese, row by row."""
    if not duties.kept:
        return ["清单里还没有责任事项"]
    problems = []
    on_nodes = [d for d in duties.kept if d.cadence in (Cadence.ONGOING, Cadence.PER_EVENT)]
    for duty in duties.kept:
        problems += [f"第 {duty.position} 项{what}" for what in owners.spread(duty).missing]
        if duty not in on_nodes and not schedule.periods(duty, clock.today()):
            problems.append(f"第 {duty.position} 项的完成日期已经过去")
    if on_nodes and not any(node >= clock.today().isoformat() for node in duties.nodes):
        problems.append("请至少设一个今天以后的报送节点")
    return problems


def adopt(list_id: int, *, by: Actor, rev: int | None = None) -> DutyList:
    """Confirm a submitted list as the second person: owners become posts, and the year's items are made.

    Raises Stale when the list was declined and submitted anew after the page was drawn.
    """
    with ledger.act("adopt", by=by) as act:
        duties = access.load(DutyList, list_id)
        act.post = access.require(by, "adopt", duties)
        _move(duties, "adopt", rev)
        if problems := unready(duties):
            raise Refused("还不能确认：" + "；".join(problems), duties)
        duties.decided_by, duties.adopted_on = by.user, clock.today()
        db.session.flush()
        for duty in duties.kept:
            for post, part in owners.spread(duty).posts.items():
                duty.assignments.append(Assignment(post=post, part=part))
            make_items(duty, clock.today())
    return duties


@dataclass(frozen=True)
class Coming:
    """What a submitted list will bring into force."""

    duties: int
    posts: int
    items: int


def coming(duties: DutyList) -> Coming:
    """How many duties, posts and items this year adoption would bring."""
    posts: set[Post] = set()
    items = 0
    for duty in duties.kept:
        spread = owners.spread(duty).posts
        posts.update(spread)
        leads = sum(part is Part.LEAD for part in spread.values())
        items += leads * len(schedule.periods(duty, clock.today()))
    return Coming(len(duties.kept), len(posts), items)


def make_items(duty: Duty, since: date) -> None:
    """Put a duty's periods that are still to come on the checklists of its leads. Only inside an act."""
    leads = [a.post for a in duty.assignments if a.part is Part.LEAD]
    for post in leads:
        for period in schedule.periods(duty, since):
            item = Item(duty=duty, lineage=duty.lineage, post=post, period=period.name, due_on=period.due_on)
            db.session.add(item)


def decline(list_id: int, reason: str, *, by: Actor, rev: int | None = None) -> DutyList:
    """Give a submitted list back to the clerk, with a reason."""
    with ledger.act("decline", by=by, reason=reason) as act:
        duties = access.load(DutyList, list_id)
        act.post = access.require(by, "decline", duties)
        _move(duties, "decline", rev)
        if not reason.strip():
            raise Malformed("请填写退回修改的理由。", "reason")
        duties.declined_because, duties.submitted_by = reason, None
    return duties


def _move(duties: DutyList, verb: str, rev: int | None = None) -> None:
    move = LIST_MOVES[verb]
    if duties.state is not move.before:
        raise Refused(f"这份清单现在是“{duties.state.label}”，不能{move.label}。请刷新页面。", duties)
    _insist_on_rev(duties, rev)
    duties.state = move.after


def _insist_on_draft(duties: DutyList) -> None:
    if duties.state is not ListState.DRAFT:
        raise Refused(f"这份清单现在是“{duties.state.label}”，文字已经固定，不能再改。", duties)


def _insist_on_rev(row: Duty | DutyList, rev: int | None) -> None:
    if rev is not None and rev != row.rev:
        raise Stale("这里在您打开页面之后有变化。下面是最新内容，您填写的也保留着，请核对后再提交。", row)
