"""The entries that an act comes to, and their place at the head of the log."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, inspect, select, update
from sqlalchemy.orm import Session as DbSession

import verify
from checklist import __version__, clock, picture
from checklist.actor import Actor
from checklist.ledger import index, tree
from checklist.ledger.states import NOWHERE, State, state, state_of, timestamp, unit_code
from checklist.refusal import Refused
from models import Logged, audit_body, audit_log, audit_node, register_seq

APP = f"shuangze {__version__}"
TOLERATED_SKEW = timedelta(seconds=2)


@dataclass
class Entry:
    """What the log is to say of one row (or of none) once the act has ended."""

    action: str
    unit: str = NOWHERE
    object: State | None = None
    before: State | None = None
    after: State | None = None
    reason: str | None = None
    result: str = "ok"
    attachments: list[State] = field(default_factory=list)


class Act:
    """One thing that somebody does, as long as it lasts. `post` is the office in whose capacity it is done."""

    def __init__(self, action: str, by: Actor, reason: str | None) -> None:
        self.action = action
        self.by = by
        self.reason = reason
        self.post = by.post
        self._before: dict[Logged, State | None] = {}
        self._touched: list[Logged | Entry] = []  # in this order; what was written as values has its entry already
        self._units_of_deleted: dict[Logged, str] = {}
        self._added: list[Entry] = []

    def add_entry(self, after: State, *, unit: str = NOWHERE) -> None:
        """Add an entry about an act that changes no row, such as an export."""
        self._added.append(Entry(self.action, unit, after=after, reason=self.reason))

    def notice(self, row: Logged, *, deleted: bool) -> None:
        """Keep the state in which the act found a row that is about to be written."""
        if row not in self._before:
            self._before[row] = None if inspect(row).pending else state(row, committed=True)
            self._touched.append(row)
        if deleted:
            self._units_of_deleted[row] = unit_code(row)

    def note_new(self, kind: type[Logged], values: State, unit: str) -> None:
        """Keep what the log is to say of a new row that was written as values."""
        cited = {"type": kind.__tablename__, "id": values["id"], "rev": values["rev"]}
        self._touched.append(Entry(self.action, unit, cited, after=state_of(kind, values), reason=self.reason))

    def entries(self) -> list[Entry]:
        """Return an entry for each row that differs from what it was, in the order in which they were touched."""
        changed = [one if isinstance(one, Entry) else self._entry(one, self._before[one]) for one in self._touched]
        return [entry for entry in changed if entry.before != entry.after] + self._added

    def _entry(self, row: Logged, before: State | None) -> Entry:
        after = None if row in self._units_of_deleted else state(row)
        unit = self._units_of_deleted.get(row) or unit_code(row)
        files = row.attachments() if before is None else []
        return Entry(self.action, unit, _cite(row), before, after, self.reason, attachments=files)

    def refusal(self, refused: Refused) -> Entry:
        """Return the entry of an act that did not happen. To be called after the rollback: it cites what stands then."""
        about = refused.about if refused.about is not None and inspect(refused.about).persistent else None
        unit, cited = (unit_code(about), _cite(about)) if about else (NOWHERE, None)
        return Entry(self.action, unit, cited, reason=refused.message, result=f"refused: {refused.status}")


def _cite(row: Logged) -> State:
    return {"type": row.__tablename__, "id": row.id, "rev": row.rev}


# --- appending ----------------------------------------------------------------------------------------------


def append(session: DbSession, act: Act, entries: list[Entry]) -> range:
    """Write entries at the head of the log, as the last thing in the transaction, and return their numbers."""
    if not entries:
        return range(0)
    head = session.execute(
        select(audit_log.c.seq, audit_log.c.hash, audit_log.c.line).order_by(audit_log.c.seq.desc()).limit(1)
    ).first()
    if (head is None) != (entries[0].action == "log.open"):
        raise RuntimeError("the log is not open" if head is None else "the log is open already")
    seq, prev, last = (head.seq + 1, head.hash, _time_of(head.line)) if head else (0, verify.GENESIS, None)
    raw = clock.now()
    moment = max(raw, last) if last else raw
    first, before = seq, bytes.fromhex(prev)
    if moment - raw > TOLERATED_SKEW:
        entries = [Entry("clock.skew", after={"clock": timestamp(raw)}), *entries]
        first += 1
    heads, bodies, leaves, said = [], [], [], []
    for number, entry in enumerate(entries, seq):
        told = _told(act, entry)
        body = verify.canonical(told)
        place: State = {"seq": number, "ts": timestamp(moment), "unit": entry.unit}
        line = verify.header(**place, prev=prev, body=verify.body_hash(body))
        leaf = verify.entry_hash(line)
        heads.append({"seq": number, "prev": prev, "hash": leaf.hex(), "line": line.decode()})
        bodies.append({"seq": number, "body": body.decode()})
        leaves.append(leaf)
        said.append((place, told))
        prev = leaf.hex()
    session.execute(insert(audit_log), heads)
    session.execute(insert(audit_body), bodies)
    nodes = tree.completed(seq, before, leaves)
    if nodes:
        session.execute(insert(audit_node), nodes)
    index.write(session, said)
    if any(entry.object and entry.object["type"] in picture.REGISTER for entry in entries):
        session.execute(update(register_seq).values(seq=seq + len(heads) - 1))
    return range(first, seq + len(heads))


def _time_of(line: str) -> datetime:
    return datetime.strptime(json.loads(line)["ts"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def _told(act: Act, entry: Entry) -> State:
    by = act.by
    return {
        "salt": secrets.token_hex(16),
        "actor": _actor(act),
        "ip": by.ip,
        "session": by.session,
        "req": by.req,
        "action": entry.action,
        "object": entry.object,
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "result": entry.result,
        "attachments": entry.attachments,
        "app": APP,
    }


def _actor(act: Act) -> State | None:
    by = act.by
    if by.user:
        return {"id": by.user.id, "name": by.user.name, "post": act.post.title if act.post else None}
    return {"id": None, "name": f"cli:{by.console}", "post": None} if by.console else None
