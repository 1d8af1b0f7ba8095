"""The only way to write.

A verb opens an act; what it changes inside is noticed by itself, and when the act ends one entry for each
changed row is appended to the log in the same transaction. Many new rows at once are written as values, by
`insert_rows`. Nothing else may write a `Logged` row: a flush outside an act raises, and so does a statement.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar

try:
    import fcntl
except ImportError:  # on Windows one process serves
    fcntl = None  # type: ignore[assignment]

from sqlalchemy import Column, Connection, Engine, UpdateBase, event, func, insert, inspect, select
from sqlalchemy.orm import Mapper, RelationshipDirection, object_mapper
from sqlalchemy.orm import Session as DbSession

from checklist import access, picture
from checklist.actor import Actor
from checklist.ledger import throttle
from checklist.ledger.entry import Act as Act
from checklist.ledger.entry import append
from checklist.ledger.rehearsal import rehearsal as rehearsal
from checklist.ledger.states import unit_codes
from checklist.refusal import Refused, Repeated, Unseen
from models import Logged, Submission, audit_body, audit_log, db

Row = TypeVar("Row", bound=Logged)

MINUTE = timedelta(minutes=1)
MOST_UNSEEN = 20  # entries a login and minute about rows that are not there for it: guessing must not swell the log

# One writer at a time: within this process by a lock, and between processes by the database: BEGIN IMMEDIATE on
# SQLite, this advisory lock on PostgreSQL. SQLite lets who waits look again after ever longer pauses: _turn() wakes.
_one_writer = threading.Lock()
_ADVISORY_LOCK = 0x5348_5541_4E47_5A45

LOGGED = {kind.__tablename__ for kind in Logged.__subclasses__()}

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
            if (rows := changed_before(by)) is not None:
                raise Repeated(rows)
            yield current
            session.flush()
            entries = current.entries()
            written = append(session, current, entries)
            _remember_submission(session, by, written)
            session.commit()
            _forget_collections(session, {entry.object["type"] for entry in entries if entry.object})
        except Refused as refused:
            session.rollback()
            _begin(session)
            if _is_to_be_logged(refused, by):
                append(session, current, [current.refusal(refused)])
            session.commit()
            raise
        except BaseException:
            session.rollback()
            raise
        finally:
            del session.info["act"]
    for follow in after_commit if written else ():
        follow(written)


def _forget_collections(session: DbSession, changed: set[str]) -> None:
    """Let what refers to rows of changed tables be read anew: rows may have come, gone, or changed places."""
    for row in session.identity_map.values():
        stale = [name for name, table in _collections(object_mapper(row)) if table in changed]
        if stale:
            session.expire(row, stale)


@cache
def _collections(kind: Mapper[Any]) -> list[tuple[str, str]]:
    """Return the relationships of a class that lead to rows which point back at it, each with their table."""
    back = [r for r in kind.relationships if r.direction is not RelationshipDirection.MANYTOONE]
    return [(r.key, r.mapper.class_.__tablename__) for r in back]


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
    """Log the refusal of an act that a page stopped before its verb was called, and raise it again."""
    with act(action, by=by):
        raise refused


def _is_to_be_logged(refused: Refused, by: Actor) -> bool:
    if not isinstance(refused, Unseen):
        return True
    return throttle.count(f"unseen:{by.session or by.ip}", MINUTE) <= MOST_UNSEEN


# Called with the numbers of an act's entries once they are in the log: checkpoints are made then, and not before.
after_commit: list[Callable[[range], None]] = []


@contextmanager
def writing() -> Iterator[DbSession]:
    """Be the one who writes: with the write lock, in a transaction that sees what the last writer left."""
    session = db.session()
    if "act" in session.info:
        raise RuntimeError("an act is under way")
    with _one_writer, _turn():
        _begin(session)
        yield session


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for this process's turn at a SQLite file: the folder it lies in is locked, so that no further file is left.

    The kernel wakes who waits, and gives the turn on when a process dies.
    """
    file = db.engine.url.database
    if fcntl is None or not file or db.engine.dialect.name != "sqlite":
        yield
        return
    folder = os.open(os.path.dirname(file) or ".", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def open_log(origin: str, *, by: Actor) -> None:
    """Write entry 0, which names the log for ever. `origin` is a name like county.example/shuangze."""
    with act("log.open", by=by) as opening:
        opening.add_entry({"origin": origin})


def _begin(session: DbSession) -> None:
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed before the act began")
    # A read transaction left open by the login would show stale rows on PostgreSQL and fail at once on SQLite.
    session.rollback()
    session.expire_all()  # what was read before a commit, too
    connection = session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    if connection.dialect.name == "postgresql":
        # A statement of its own: the next one then sees what the last holder of the lock committed.
        connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))


def changed_before(by: Actor) -> dict[str, list[int]] | None:
    """Return what the actor's form changed when it was sent before, as ids by table; None for a form that was not."""
    first = db.session.get(Submission, (by.nonce, by.user.id)) if by.nonce and by.user else None
    return _changed_since(db.session(), first.seq) if first else None


def _changed_since(session: DbSession, seq: int) -> dict[str, list[int]]:
    """Return the ids, by table, of the rows that the act beginning with entry `seq` changed, in the log's order."""
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


# --- many rows at once --------------------------------------------------------------------------------------


def insert_rows(kind: type[Logged], rows: list[dict[str, Any]]) -> None:
    """Insert many rows of a kind that has no files, in an act, with an entry for each as if it had been added alone.

    A row is its values by column; what it lacks is as the column's default says. Nothing is made of it that the
    session would have to keep, which costs several times what the rows and their entries cost.
    """
    if not rows:
        return
    session, current = db.session(), under_way()
    session.flush()  # entries follow each other as what they tell of did
    new = {column.key: _default(column) for column in inspect(kind).columns if not column.primary_key} | {"rev": 1}
    whole = [new | row for row in rows]
    last = session.scalar(select(func.max(kind.id))) or 0
    _may_write(session, kind)
    session.connection().execute(insert(kind.__table__), whole)  # type: ignore[arg-type]
    _may_write_no_longer(session)
    # There is one writer, and numbers only rise: the new rows stand in this order.
    inserted = session.execute(unit_codes(kind).where(kind.id > last).order_by(kind.id))
    for (id, unit), values in zip(inserted, whole, strict=True):
        current.note_new(kind, {"id": id, **values}, unit)


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


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
            _may_write(session, type(row))


def _may_write(session: DbSession, kind: type[Logged]) -> None:
    """Let statements write rows of a kind that have been noticed, until the session has sent them."""
    session.info.setdefault("noticed", set()).add(kind.__tablename__)
    if kind.__tablename__ in picture.REGISTER:
        session.info["register_changed"] = True
        session.info.pop("picture", None)


@event.listens_for(DbSession, "after_flush")
@event.listens_for(DbSession, "after_soft_rollback")
def _may_write_no_longer(session: DbSession, *_: object) -> None:
    session.info.pop("noticed", None)


@event.listens_for(Engine, "before_execute")
def _forbid_unnoticed_changes(_connection: Connection, statement: object, *_: object) -> None:
    """Raise for a statement, however it came here, that writes rows which have not been noticed."""
    if not isinstance(statement, UpdateBase):
        return
    table = str(statement.table)
    if table in LOGGED and table not in db.session.info.get("noticed", ()):
        raise RuntimeError(f"{table} changed by a statement that the log would not notice")


# --- what the log comes to ----------------------------------------------------------------------------------


def size() -> int:
    """Count the entries of the log."""
    last: int | None = db.session.scalar(select(func.max(audit_log.c.seq)))
    return 0 if last is None else last + 1


def origin() -> str:
    """Return the name of the log, from its first entry."""
    body = db.session.scalar(select(audit_body.c.body).where(audit_body.c.seq == 0))
    name: str = json.loads(body)["after"]["origin"] if body else ""
    return name


def missing_triggers() -> set[str]:
    """Return the names of the triggers that are not there, and without which somebody could rewrite the log."""
    dialect = db.engine.dialect.name
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('A', 'O') AND NOT tgisinternal",
    }[dialect]
    with db.engine.connect() as connection:
        return TRIGGERS[dialect] - set(connection.exec_driver_sql(catalogue).scalars())
