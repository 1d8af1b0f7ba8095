"""The last step of a draft, taken back from what the log says was there before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Column, Date, Enum, inspect, select

from checklist import lists
from checklist.actor import Actor
from checklist.ledger import lines
from checklist.ledger.states import State, state
from checklist.refusal import Refused, Stale
from models import Duty, DutyList, ExactDecimal, Logged, Target, audit_body, audit_log, db

# The acts that can be undone; what undoes them stands beside them in the log.
STEPS = (
    *("add", "edit", "mend", "drop", "restore", "set_nodes"),
    *("assign", "merge", "split", "move", "pair", "take_lead"),
)
UNDO = "undo"
_KINDS: dict[str, type[Logged]] = {kind.__tablename__: kind for kind in (DutyList, Duty, Target)}


@dataclass(frozen=True)
class Step:
    """One act on a draft, as the log has it: the number of its first entry, and its entries in order."""

    seq: int
    action: str
    entries: tuple[State, ...]

    @property
    def positions(self) -> list[int]:
        """The numbers of the rows that it changed."""
        told = (entry["after"] or entry["before"] for entry in self.entries if entry["object"]["type"] == "duty")
        return sorted({row["position"] for row in told})


def last_step(duty_list: DutyList, by: Actor) -> Step | None:
    """Return the step that this person would undo: the latest of his own that he has not undone yet."""
    rows = {("duty_list", duty_list.id), *(("duty", duty.id) for duty in duty_list.duties)}
    undone = 0
    for _, together in groupby(_entries(duty_list), lambda entry: entry["req"]):
        entries = [entry for entry in together if _is_about(entry, rows)]
        if not (entries and by.user and entries[0]["actor"]["id"] == by.user.id):
            continue
        if entries[0]["action"] == UNDO:
            undone += 1
        elif undone:
            undone -= 1
        else:
            return Step(entries[-1]["seq"], entries[0]["action"], tuple(entries[::-1]))
    return None


def _entries(duty_list: DutyList) -> Iterator[State]:
    """Yield the entries of all steps on this unit's drafts since this one was begun, the latest first."""
    begun = lines.first_about("duty_list", duty_list.id).scalar_subquery()
    query = select(audit_log.c.seq, audit_body.c.body).join(audit_body, audit_log.c.seq == audit_body.c.seq)
    query = query.where(
        audit_log.c.seq > begun,
        lines.in_header("unit") == duty_list.unit.code,
        lines.in_body("action").in_((*STEPS, UNDO)),
        lines.in_body("result") == "ok",
    )
    with db.session.execute(query.order_by(audit_log.c.seq.desc()).execution_options(yield_per=50)) as found:
        for seq, body in found:
            yield {"seq": seq, **json.loads(body)}


def _is_about(entry: State, rows: set[tuple[str, int]]) -> bool:
    """Say whether an entry is about a list or what is in it; `rows` learns its duties, also those deleted since."""
    about, told = entry["object"], entry["after"] or entry["before"]
    if about["type"] == "duty" and ("duty_list", told["duty_list_id"]) in rows:
        rows.add(("duty", about["id"]))
    if about["type"] == "target":
        return ("duty", told["duty_id"]) in rows
    return (about["type"], about["id"]) in rows


# --- taking it back -----------------------------------------------------------------------------------------


def undo(list_id: int, *, by: Actor, step: int | None = None) -> DutyList:
    """Put back what the last step of this person changed; again, the step before it, back to the draft's beginning.

    `step` is the number that the page showed. Raises Refused when somebody else has changed one of the rows since.
    """
    with lists.change("undo", list_id, by=by) as duty_list:
        last = last_step(duty_list, by)
        if last is None:
            raise Refused("这份草稿里没有您可以撤销的步骤了。", duty_list)
        if step not in (None, last.seq):
            raise Stale("在您打开页面之后又有了新的步骤，请刷新页面后再撤销。", duty_list)
        for entry in reversed(last.entries):
            _put_back(entry, duty_list)
    return duty_list


def _put_back(entry: State, duty_list: DutyList) -> None:
    kind = _KINDS[entry["object"]["type"]]
    row = db.session.get(kind, entry["object"]["id"])
    before, after = entry["before"], entry["after"]
    changed = {key for key in after or before if (before or {}).get(key) != (after or {}).get(key)} - {"rev"}
    if before is None:
        changed.discard("position")
    if row is None or not _is_as_left(row, after, changed):
        place = f"第 {row.position} 项" if isinstance(row, Duty) else "这里"
        raise Refused(f"{place}后来又被改过，这一步不能撤销了。请直接修改。", duty_list)
    if before is None:
        db.session.flush()  # first its figures go back to the row that they came from
        db.session.expire(row)  # and are no longer seen as its own
        db.session.delete(row)
        return
    columns = inspect(kind).columns
    for key in changed:
        setattr(row, key, _decoded(columns[key], before[key]))


def _is_as_left(row: Logged, after: State, changed: set[str]) -> bool:
    """Say whether nothing has happened to a row since; others that moved around it, or days that were set, are nothing."""
    compared = changed if isinstance(row, DutyList) else (after.keys() - {"rev", "position"}) | changed
    now = state(row)
    return all(now[key] == after[key] for key in compared - {"rev"})


def _decoded(column: Column[Any], told: Any) -> Any:
    """Return a value as the row has it, from the form in which the log keeps it."""
    if told is None:
        return None
    if isinstance(column.type, Enum):
        return column.type.enum_class(told)  # type: ignore[misc]
    if isinstance(column.type, Date):
        return date.fromisoformat(told)
    return Decimal(told) if isinstance(column.type, ExactDecimal) else told
