"""The rows of a draft: corrected, added and left out, until the list is submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from checklist import access, ledger, lists
from checklist.actor import Actor
from checklist.items import cases
from checklist.lists import guarding, owners, tiers
from checklist.refusal import Malformed, Refused
from models import Cadence, Duty, DutyList, ExactDecimal, Part, Side, Target, db

Chosen = Mapping[int, int | None]  # duty id → the revision that the page showed


def add(list_id: int, wording: str, *, by: Actor) -> Duty:
    """Add a duty that the text does not spell out, at the end of the list."""
    with ledger.act_on("add", DutyList, list_id, by=by, needs="edit") as duty_list:
        lists.insist_on_draft(duty_list)
        duty = Duty(
            duty_list=duty_list,
            lineage=lists.new_lineage(),
            position=max((d.position for d in duty_list.duties), default=0) + 1,
            wording=_wording(wording),
            side=Side.WORK,
            owners=tiers.proposed([], duty_list),
            cadence=Cadence.ONGOING,
            why="经办人增加",
        )
        db.session.add(duty)
    return duty


@dataclass(frozen=True)
class Edit:
    """What the clerk makes of a duty.

    `values` maps a target's id to its figure, None while it is 待定; `steps` are those of a case, in their order.
    """

    wording: str
    side: Side
    cadence: Cadence
    due_on: date | None
    owners: list[owners.Owner]
    guards: list[str]
    values: Mapping[int, Decimal | None]
    steps: Sequence[str]


def edit(duty_id: int, to: Edit, *, by: Actor, rev: int | None = None) -> Duty:
    """Change a duty of a draft. The source's words stay as they are. Raises Stale, Refused, Malformed."""
    with ledger.act("edit", by=by) as act:
        duty = editable(duty_id, by, act, rev)
        duty.wording = _wording(to.wording)
        duty.side, duty.cadence, duty.due_on = to.side, to.cadence, to.due_on
        duty.owners, duty.steps = to.owners, _steps(to.steps)
        settle_doubts(duty)
        duty.guards = guarding.guarded(duty, to.guards)
        for target in duty.targets:
            target.value = _figure(target, to.values.get(target.id))
    return duty


def settle_doubts(duty: Duty) -> None:
    """Somebody has looked at a row: the decomposer's doubts are over. A slip in the text stays flagged. Only inside an act."""
    duty.flags = [flag for flag in duty.flags if flag["kind"] != "doubt"]


def mend(duty_id: int, slip: str, standard: str, *, by: Actor, rev: int | None = None) -> Duty:
    """Put the standard phrase for a suspected slip into the wording; the quoted source keeps the slip."""
    with ledger.act("mend", by=by) as act:
        duty = editable(duty_id, by, act, rev)
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
        duty = editable(duty_id, by, act, rev)
        duty.dropped = dropped
    return duty


@dataclass(frozen=True)
class Assigned:
    """What became of the rows that were chosen: those that changed, and those that had it so before."""

    changed: list[Duty]
    same: list[Duty]


def assign(
    list_id: int, chosen: Chosen, owner_keys: list[str], part: Part, *, by: Actor, replace: bool = False
) -> Assigned:
    """Let owners (keys of `tiers.candidates`) take a part in all chosen rows.

    With `replace` they take it from those who have it now; whoever has the other part keeps it either way.
    """
    with ledger.act("assign", by=by) as act:
        rows = chosen_rows(list_id, chosen, by, act)
        known = dict(tiers.candidates(rows[0].duty_list))
        if not owner_keys or not known.keys() >= set(owner_keys):
            raise Malformed("请选择责任人。", "owners")
        new = {key: known[key] for key in owner_keys}
        changed = [row for row in rows if _take_part(row, new, part, replace=replace)]
    return Assigned(changed, [row for row in rows if row not in changed])


def _take_part(duty: Duty, new: Mapping[str, owners.Owner], part: Part, *, replace: bool) -> bool:
    """Whether that changed anything. An owner who has the other part changes it, and keeps a set's exceptions."""
    before = {owners.key(owner): owner for owner in duty.owners}
    kept = {key: owner for key, owner in before.items() if not (replace and owner["part"] == part)}
    after = kept | {key: {**owner, **before.get(key, {}), "part": part.value} for key, owner in new.items()}
    if after == before:
        return False
    duty.owners = list(after.values())
    return True


def chosen_rows(list_id: int, chosen: Chosen, by: Actor, act: ledger.Act) -> list[Duty]:
    """The chosen rows of a draft in their order. Raises Malformed when there are none, Refused for a dropped one."""
    duty_list = access.load(DutyList, list_id)
    act.post = access.require(by, "edit", duty_list)
    lists.insist_on_draft(duty_list)
    rows = [duty for duty in duty_list.duties if duty.id in chosen]
    if not rows or len(rows) != len(chosen):
        raise Malformed("请先在各项前面的方框里勾选要处理的事项。", "chosen")
    for row in rows:
        lists.insist_on_rev(row, chosen[row.id])
        insist_on_kept(row)
    return rows


def insist_on_kept(duty: Duty) -> None:
    """Raises Refused for a row that has been dropped."""
    if duty.dropped:
        raise Refused(f"第 {duty.position} 项已经删去，请先恢复它。", duty)


def editable(duty_id: int, by: Actor, act: ledger.Act, rev: int | None) -> Duty:
    """A duty of a draft, read anew for an act that changes it. Raises Unseen, NotYours, Refused, Stale."""
    duty = access.load(Duty, duty_id)
    act.post = access.require(by, "edit", duty.duty_list)
    lists.insist_on_draft(duty.duty_list)
    lists.insist_on_rev(duty, rev)
    return duty


def _wording(text: str) -> str:
    if not text.strip():
        raise Malformed("任务表述不能为空。不需要这一项时，请用“删去”。", "wording")
    return text.strip()


def _steps(lines: Sequence[str]) -> list[str]:
    steps = [line.strip() for line in lines if line.strip()]
    if wrong := cases.too_much(steps):
        raise Malformed(wrong, "steps")
    return steps


def _figure(target: Target, value: Decimal | None) -> Decimal | None:
    if value is not None and not ExactDecimal.holds(value):
        raise Malformed(f"“{target.of}”的目标值不是能记下的数，请核对；还没有定就空着。", f"value-{target.id}")
    return value
