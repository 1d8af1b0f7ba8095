"""The only way to write.

A verb opens an act; what it changes inside is noticed by itself, and when the act ends one entry for each
changed row is appended to the log in the same transaction. Nothing else may write a `Logged` row: a flush
outside an act raises.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import event, func, insert, inspect, select
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as DbSession

import verify
from checklist import __version__, access, clock
from checklist.actor import Actor
from checklist.ledger import throttle, tree
from checklist.ledger.states import NOWHERE, State, state, timestamp, unit_code
from checklist.refusal import Refused, Repeated, Unseen
from models import Logged, Post, Submission, audit_body, audit_log, audit_node, db

Row = TypeVar("Row", bound=Logged)

APP = f"shuangze {__version__}"
TOLERATED_SKEW = timedelta(seconds=2)
MINUTE = timedelta(minutes=1)
MOST_UNSEEN = (
    20  # entries a login and minute about rows that are not there for it: who guesses at them cannot swell the log
)

# One writer at a time: within this process by a lock, which spares SQLite's slow busy back-off, and between
# processes by the database: BEGIN IMMEDIATE on SQLite, this advisory lock on PostgreSQL.
_one_writer = threading.Lock()
_ADVISORY_LOCK = 0x5348_5541_4E47_5A45

# Made by the migrations; `flask serve` and every start insist on them.
TRIGGERS = {
    "sqlite": {
        *("log_extends_head", "log_update", "log_delete", "body_insert", "body_update", "body_delete"),
        *("node_insert", "node_update", "node_delete", "officers_insert", "officers_update"),
        *("checkpoint_insert", "checkpoint_update", "checkpoint_delete"),
    },
    "postgresql": {
        *("log_extends_head", "log_change", "log_truncate", "body_update", "body_delete", "body_truncate"),
        *("node_change", "node_truncate", "checkpoint_change", "checkpoint_truncate", "officers"),
    },
}


# --- acts ---------------------------------------------------------------------------------------------------


@dataclass
class Entry:
    """What is to be said of one row (or of none) once the act has ended."""

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
        self.post: Post | None = by.post
        self._before: dict[Logged, State | None] = {}
        self._units_of_deleted: dict[Logged, str] = {}
        self._added: list[Entry] = []

    def add_entry(self, after: State, *, unit: str = NOWHERE) -> None:
        """Add an entry about an act that changes no row, such as an export."""
        self._added.append(Entry(self.action, unit, after=after, reason=self.reason))

    def notice(self, row: Logged, *, deleted: bool) -> None:
        """Keep the state in which the act found a row that is about to be written."""
        if row not in self._before:
            self._before[row] = None if inspect(row).pending else state(row, committed=True)
        if deleted:
            self._units_of_deleted[row] = unit_code(row)

    def entries(self) -> list[Entry]:
        """One entry for each row that differs from what it was, in the order in which they were touched."""
        changed = [self._entry(row, before) for row, before in self._before.items()]
        return [entry for entry in changed if entry.before != entry.after] + self._added

    def _entry(self, row: Logged, before: State | None) -> Entry:
        after = None if row in self._units_of_deleted else state(row)
        unit = self._units_of_deleted.get(row) or unit_code(row)
        files = row.attachments() if before is None else []
        return Entry(self.action, unit, _cite(row), before, after, self.reason, attachments=files)

    def refusal(self, refused: Refused) -> Entry:
        """The entry of an act that did not happen. To be asked for after the rollback: it cites what stands then."""
        about = refused.about if refused.about is not None and inspect(refused.about).persistent else None
        unit, cited = (unit_code(about), _cite(about)) if about else (NOWHERE, None)
        return Entry(self.action, unit, cited, reason=refused.message, result=f"refused: {refused.status}")


def _cite(row: Logged) -> State:
    return {"type": row.__tablename__, "id": row.id, "rev": row.rev}


@contextmanager
def act(action: str, *, by: Actor, reason: str | None = None) -> Iterator[Act]:
    """Do one thing, all or nothing, and log it in the same transaction.

    On entry the write lock is taken and everything read before is forgotten, so that a verb decides on what
    stands now. An act inside an act joins the outer one. A refusal is rolled back, logged in a transaction of
    its own, and raised again.

    Raises Repeated when the same form has been acted on before, and whatever the block raises.
    """
    session = db.session()
    outer: Act | None = session.info.get("act")
    if outer:
        yield outer
        return
    with writing():
        current = session.info["act"] = Act(action, by, reason)
        try:
            _refuse_repetition(session, by)
            yield current
            session.flush()
            written = _append(session, current, current.entries())
            _remember_submission(session, by, written)
            session.commit()
        except Refused as refused:
            session.rollback()
            _begin(session)
            if _is_to_be_logged(refused, by):
                _append(session, current, [current.refusal(refused)])
            session.commit()
            raise
        except BaseException:
            session.rollback()
            raise
        finally:
            del session.info["act"]
    for follow in after_commit if written else ():
        follow(written)


@contextmanager
def act_on(
    action: str,
    kind: type[Row],
    id: int,
    *,
    by: Actor,
    reason: str | None = None,
    needs: str | None = None,
    of: Callable[[Row], Logged] | None = None,
) -> Iterator[Row]:
    """Do one thing to one row, and hand that row over as it stands under the write lock.

    The steps of every verb, in their order: the act begins, the row is read anew, and the actor must be allowed to do
    this to it, before anything else about it is looked at. `needs` names the permission in access.TABLE where it is
    not called like the act; `of` leads to the row that it is asked on, where that is another one.

    Raises Unseen, NotYours, and what act() raises.
    """
    with act(action, by=by, reason=reason) as current:
        row = access.load(kind, id)
        current.post = access.require(by, needs or action, of(row) if of else row)
        yield row


def under_way() -> Act:
    """Return the act that is under way."""
    current: Act = db.session.info["act"]
    return current


def refuse(action: str, refused: Refused, *, by: Actor) -> None:
    """Log the refusal of an act that a page stopped before its verb was called; raises the refusal again."""
    with act(action, by=by):
        raise refused


def _is_to_be_logged(refused: Refused, by: Actor) -> bool:
    if not isinstance(refused, Unseen):
        return True
    return throttle.count(f"unseen:{by.session or by.ip}", MINUTE) <= MOST_UNSEEN


# Told the numbers of an act's entries once they are in the log: checkpoints are made then, and not before.
after_commit: list[Callable[[range], None]] = []


@contextmanager
def writing() -> Iterator[DbSession]:
    """Be the one who writes: with the write lock, in a transaction that sees what the last writer left."""
    session = db.session()
    if "act" in session.info:
        raise RuntimeError("an act is under way")
    with _one_writer:
        _begin(session)
        yield session


def open_log(origin: str, *, by: Actor) -> None:
    """Write entry 0, which names the log for ever. `origin` is a name like county.example/shuangze."""
    with act("log.open", by=by) as opening:
        opening.add_entry({"origin": origin})


def _begin(session: DbSession) -> None:
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed before the act began")
    # A read transaction left open by the login would show stale rows on PostgreSQL and fail at once on SQLite.
    session.rollback()
    connection = session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    if connection.dialect.name == "postgresql":
        # A statement of its own: the next one then sees what the last holder of the lock committed.
        connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))


def _refuse_repetition(session: DbSession, by: Actor) -> None:
    if not (by.nonce and by.user):
        return
    known = session.get(Submission, (by.nonce, by.user.id))
    if known:
        raise Repeated(_changed_since(session, known.seq))


def _changed_since(session: DbSession, seq: int) -> dict[str, list[int]]:
    """Of each table, the rows that the act beginning with entry `seq` changed, in the log's order."""
    following = select(audit_body.c.body).where(audit_body.c.seq >= seq).order_by(audit_body.c.seq)
    rows: dict[str, list[int]] = {}
    req = None
    with session.scalars(following.execution_options(yield_per=50)) as bodies:
        for body in map(json.loads, bodies):
            req = req or body["req"]
            if body["req"] != req:
                break
            if body["object"]:
                rows.setdefault(body["object"]["type"], []).append(body["object"]["id"])
    return rows


def _remember_submission(session: DbSession, by: Actor, written: range) -> None:
    if by.nonce and by.user and written:
        session.add(Submission(nonce=by.nonce, user_id=by.user.id, seq=written.start))


# --- nothing changes unnoticed ------------------------------------------------------------------------------


@event.listens_for(DbSession, "before_flush")
def _notice_changes(session: DbSession, _context: object, _instances: object) -> None:
    current: Act | None = session.info.get("act")
    changed = [row for row in session.dirty if session.is_modified(row)]
    for row in [*session.new, *changed, *session.deleted]:
        if isinstance(row, Logged):
            if current is None:
                raise RuntimeError(f"{row.__tablename__} changed outside an act")
            current.notice(row, deleted=row in session.deleted)


@event.listens_for(DbSession, "do_orm_execute")
def _forbid_bulk_changes(statement: ORMExecuteState) -> None:
    writes = statement.is_insert or statement.is_update or statement.is_delete
    mapper = statement.bind_mapper
    if writes and mapper is not None and issubclass(mapper.class_, Logged):
        raise RuntimeError(f"{mapper.local_table} changed by a statement that the log would not notice")


# --- appending ----------------------------------------------------------------------------------------------


def _append(session: DbSession, act: Act, entries: list[Entry]) -> range:
    """Write entries at the head of the log, as the last thing in the transaction; their numbers."""
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
    first = seq
    if moment - raw > TOLERATED_SKEW:
        entries = [Entry("clock.skew", after={"clock": timestamp(raw)}), *entries]
        first += 1
    heads, bodies, leaves = [], [], []
    for number, entry in enumerate(entries, seq):
        body = _body(act, entry)
        digest = verify.body_hash(body)
        line = verify.header(seq=number, prev=prev, body=digest, ts=timestamp(moment), unit=entry.unit)
        leaf = verify.entry_hash(line)
        heads.append({"seq": number, "prev": prev, "hash": leaf.hex(), "line": line.decode()})
        bodies.append({"seq": number, "body": body.decode()})
        leaves.append((number, leaf))
        prev = leaf.hex()
    session.execute(insert(audit_log), heads)
    session.execute(insert(audit_body), bodies)
    nodes = tree.completed(leaves)
    if nodes:
        session.execute(insert(audit_node), nodes)
    return range(first, seq + len(heads))


def _time_of(line: str) -> datetime:
    return datetime.strptime(json.loads(line)["ts"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def _body(act: Act, entry: Entry) -> bytes:
    by = act.by
    return verify.canonical(
        {
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
    )


def _actor(act: Act) -> State | None:
    by = act.by
    if by.user:
        return {"id": by.user.id, "name": by.user.name, "post": act.post.title if act.post else None}
    return {"id": None, "name": f"cli:{by.console}", "post": None} if by.console else None


# --- what the log comes to ----------------------------------------------------------------------------------


def size() -> int:
    """How many entries the log has."""
    last: int | None = db.session.scalar(select(func.max(audit_log.c.seq)))
    return 0 if last is None else last + 1


def origin() -> str:
    """The name of the log, from its first entry."""
    body = db.session.scalar(select(audit_body.c.body).where(audit_body.c.seq == 0))
    name: str = json.loads(body)["after"]["origin"] if body else ""
    return name


def missing_triggers() -> set[str]:
    """The names of the triggers without which the database would let somebody rewrite the log."""
    dialect = db.engine.dialect.name
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('A', 'O') AND NOT tgisinternal",
    }[dialect]
    with db.engine.connect() as connection:
        return TRIGGERS[dialect] - set(connection.exec_driver_sql(catalogue).scalars())
