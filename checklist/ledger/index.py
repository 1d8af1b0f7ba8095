"""The index of the log: by what each entry is looked for, so that a search reads no body before it has found it.

It is derived from the entries alone, one after the other: written with each act, compared by `flask verify`, and made
anew by `flask reindex`. Of an entry whose body has been erased it keeps what the header says.
"""

from __future__ import annotations

from sqlalchemy import delete, exists, func, insert, literal, select, update
from sqlalchemy.orm import Session as DbSession

from checklist.ledger.states import State
from models import audit_index, audit_name

Told = tuple[State, State]  # an entry's header and body

ERASED: State = {"actor": None, "action": None, "object": None, "before": None, "after": None, "result": "ok"}


class Facts:
    """Turns entries, in the order of the log, into their rows of audit_index.

    `duties` has the duty of each item as far as the log has been told: what hangs on an item names no duty.
    """

    def __init__(self, duties: dict[int, int] | None = None) -> None:
        self._duties = duties or {}

    def row(self, head: State, body: State | None) -> State:
        """Return the row of the next entry; its body is None once it is erased."""
        body = body or ERASED
        about = body["object"] or {"type": None, "id": None}
        duty = about["id"] if about["type"] == "duty" else _state(body).get("duty_id")
        if item := _item(body):
            duty = self._duties.get(item)
        elif about["type"] == "item" and duty:
            self._duties[about["id"]] = duty
        return {
            "seq": head["seq"],
            "at": head["ts"],
            "unit": head["unit"],
            "actor": body["actor"] and body["actor"]["name"],
            "action": body["action"],
            "object_type": about["type"],
            "object_id": about["id"],
            "duty_id": duty,
            "refused": body["result"] != "ok",
        }


def write(session: DbSession, entries: list[Told]) -> None:
    """Index the entries of an act. To be called when they are in the log."""
    items = {item for _, body in entries if (item := _item(body))}
    facts = Facts(_duties(session, items) if items else None)
    rows = [facts.row(*told) for told in entries]
    for name in {row["actor"] for row in rows} - {None}:
        new = select(literal(name)).where(~exists().where(audit_name.c.name == name))
        session.execute(insert(audit_name).from_select(["name"], new))
    session.execute(insert(audit_index), rows)
    if erased := [row["object_id"] for row in rows if _erases(row)]:
        _forget(session, erased)


def _erases(row: State) -> bool:
    return row["action"] == "erase" and row["object_type"] == "body" and not row["refused"]


def _forget(session: DbSession, erased: list[int]) -> None:
    """Leave of these entries what their headers say, and drop the names that no other entry has."""
    nothing = dict.fromkeys(("actor", "action", "object_type", "object_id", "duty_id"))
    session.execute(update(audit_index).where(audit_index.c.seq.in_(erased)).values(**nothing, refused=False))
    session.execute(delete(audit_name).where(~exists().where(audit_index.c.actor == audit_name.c.name)))


def _duties(session: DbSession, items: set[int]) -> dict[int, int]:
    """Return the duty of each item by the last entry about it."""
    about = (audit_index.c.object_type == "item", audit_index.c.object_id.in_(items))
    last = select(func.max(audit_index.c.seq)).where(*about).group_by(audit_index.c.object_id)
    query = select(audit_index.c.object_id, audit_index.c.duty_id).where(audit_index.c.seq.in_(last))
    return {item: duty for item, duty in session.execute(query) if duty}


def _state(body: State) -> State:
    state: State = body["after"] or body["before"] or {}
    return state


def _item(body: State) -> int | None:
    """Return the item whose duty is an entry's too, where the entry tells of none itself."""
    about, state = body["object"], _state(body)
    if "duty_id" in state:
        return None
    item: int | None = about["id"] if about and about["type"] == "item" else state.get("item_id")
    return item
