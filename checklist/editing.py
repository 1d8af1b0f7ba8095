"""The rows of a draft: corrected, added and left out, until the list is submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from checklist import access, ledger, lists, owners
from checklist.actor import Actor
from checklist.refusal import Malformed, Refused
from models import Cadence, Duty, DutyList, ExactDecimal, Side, Target, db


def add(list_id: int, wording: str, *, by: Actor) -> Duty:
    """Add a duty that the text does not spell out, at the end of the list."""
    with ledger.act("add", by=by) as act:
        duties = access.load(DutyList, list_id)
        act.post = access.require(by, "edit", duties)
        lists.insist_on_draft(duties)
        duty = Duty(
            duty_list=duties,
            lineage=lists.new_lineage(),
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
        duty.guards = lists.guarded(duty, to.guards)
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


def _editable(duty_id: int, by: Actor, act: ledger.Act, rev: int | None) -> Duty:
    duty = access.load(Duty, duty_id)
    act.post = access.require(by, "edit", duty.duty_list)
    lists.insist_on_draft(duty.duty_list)
    lists.insist_on_rev(duty, rev)
    return duty


def _wording(text: str) -> str:
    if not text.strip():
        raise Malformed("任务表述不能为空。不需要这一项时，请用“删去”。", "wording")
    return text.strip()


def _figure(target: Target, value: Decimal | None) -> Decimal | None:
    if value is not None and not ExactDecimal.holds(value):
        raise Malformed(f"“{target.of}”的目标值不是能记下的数，请核对；还没有定就空着。", f"value-{target.id}")
    return value
