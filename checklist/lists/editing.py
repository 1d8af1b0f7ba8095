"""The rows of a draft: corrected, added and left out, until the list is submitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from checklist import ledger, lists
from checklist.actor import Actor
from checklist.items import cases
from checklist.lists import drafting, guarding, owners, tiers
from checklist.refusal import Malformed, Refused, insist_on
from models import Cadence, Duty, ExactDecimal, Part, Side, db

Chosen = Mapping[int, int | None]  # duty id → the revision that the page showed
LONGEST_WORDING = 2000


# --- what every change begins with --------------------------------------------------------------------------


@contextmanager
def change(verb: str, duty_id: int, *, by: Actor, rev: int | None = None) -> Iterator[Duty]:
    """Do one thing to a duty of a draft, and hand it over. Raises Unseen, NotYours, Refused, Stale."""
    with ledger.act_on(verb, Duty, duty_id, by=by, needs="edit", of=lambda duty: duty.duty_list) as duty:
        lists.insist_on_draft(duty.duty_list)
        lists.insist_on_rev(duty, rev)
        yield duty


@contextmanager
def change_chosen(verb: str, list_id: int, chosen: Chosen, *, by: Actor) -> Iterator[list[Duty]]:
    """Do one thing to chosen rows of a draft, and hand them over in their order.

    Raises Malformed when there are none, Refused for a dropped one, and what `change` raises.
    """
    with lists.change(verb, list_id, by=by) as duty_list:
        rows = [duty for duty in duty_list.duties if duty.id in chosen]
        if not rows or len(rows) != len(chosen):
            raise Malformed("请先在各项前面的方框里勾选要处理的事项。", "chosen")
        for row in rows:
            lists.insist_on_rev(row, chosen[row.id])
            insist_on_kept(row)
        yield rows


def insist_on_kept(duty: Duty) -> None:
    """Raise Refused for a row that has been dropped."""
    if duty.dropped:
        raise Refused(f"第 {duty.position} 项已经删去，请先恢复它。", duty)


# --- one row ------------------------------------------------------------------------------------------------


def add(list_id: int, wording: str, *, by: Actor) -> Duty:
    """Add a duty that the text does not spell out, at the end of the list."""
    with lists.change("add", list_id, by=by) as duty_list:
        duty = Duty(
            duty_list=duty_list,
            lineage=drafting.new_lineage(),
            position=max((d.position for d in duty_list.duties), default=0) + 1,
            wording=_worded(wording),
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
    with change("edit", duty_id, by=by, rev=rev) as duty:
        duty.wording = _worded(to.wording)
        duty.side, duty.cadence, duty.due_on = to.side, to.cadence, to.due_on
        duty.owners, duty.steps = to.owners, [step.strip() for step in to.steps if step.strip()]
        if wrong := cases.too_much(duty.steps):
            raise Malformed(wrong, "steps")
        settle_doubts(duty)
        duty.guards = guarding.guarded(duty, to.guards)
        for target in duty.targets:
            value = to.values.get(target.id)
            if value is not None and not ExactDecimal.holds(value):
                wrong = f"“{target.of}”的目标值不是能记下的数，请核对；还没有定就空着。"
                raise Malformed(wrong, f"value-{target.id}")
            target.value = value
    return duty


def _worded(text: str) -> str:
    """Return a wording as it is kept. Raises Malformed where it is blank or too long."""
    if not text.strip():
        raise Malformed("任务表述不能为空。不需要这一项时，请用“删去”。", "wording")
    insist_on("任务表述", text.strip(), "wording", most=LONGEST_WORDING)
    return text.strip()


def settle_doubts(duty: Duty) -> None:
    """Take away the decomposer's doubts: somebody has looked. A slip in the text stays flagged. Only inside an act."""
    duty.flags = [flag for flag in duty.flags if flag["kind"] != "doubt"]


def mend(duty_id: int, slip: str, standard: str, *, by: Actor, rev: int | None = None) -> Duty:
    """Put the standard phrase for a suspected slip into the wording; the quoted source keeps the slip."""
    with change("mend", duty_id, by=by, rev=rev) as duty:
        offered = [(flag["text"], flag.get("standard")) for flag in duty.flags]
        if (slip, standard) not in offered or slip not in duty.wording:
            raise Refused("任务表述里已经没有这处文字了，请刷新页面。", duty)
        duty.wording = duty.wording.replace(slip, standard)
    return duty


def drop(duty_id: int, *, by: Actor, rev: int | None = None) -> Duty:
    """Leave a proposed duty out of the list; `restore` brings it back as it was."""
    with change("drop", duty_id, by=by, rev=rev) as duty:
        duty.dropped = True
    return duty


def restore(duty_id: int, *, by: Actor, rev: int | None = None) -> Duty:
    """Bring a dropped duty back."""
    with change("restore", duty_id, by=by, rev=rev) as duty:
        duty.dropped = False
    return duty


# --- many rows ----------------------------------------------------------------------------------------------


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
    with change_chosen("assign", list_id, chosen, by=by) as rows:
        known = dict(tiers.candidates(rows[0].duty_list))
        if not owner_keys or not known.keys() >= set(owner_keys):
            raise Malformed("请选择责任人。", "owners")
        changed = []
        for row in rows:
            before = {owners.key(owner): owner for owner in row.owners}
            kept = {key: owner for key, owner in before.items() if not (replace and owner["part"] == part)}
            # A set that had the other part keeps its exceptions.
            new = {key: {**known[key], **before.get(key, {}), "part": part.value} for key in owner_keys}
            if kept | new != before:
                row.owners = list((kept | new).values())
                changed.append(row)
    return Assigned(changed, [row for row in rows if row not in changed])
