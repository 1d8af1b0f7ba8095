"""A database's administrator: needs no password of the application, meets no guard, and knows the log's format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete, func, insert, select, update

import verify
from checklist import ledger
from checklist.ledger import lines
from models import audit_body, audit_checkpoint, audit_log, audit_node, db
from tests import county
from tests.databases import Server
from tests.forgeries import Entry

TABLES = ("audit_body", "audit_log", "audit_node", "audit_checkpoint")
Rows = list[tuple[bytes, bytes | None]]  # headers and bodies


def run(*statements: str) -> None:
    db.session.rollback()
    with db.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def unguarded(kind: str) -> Iterator[None]:
    """Take the triggers away, and put them back, so that nobody misses them."""
    away, back = {"sqlite": _drop_and_create, "postgresql": _disable_and_enable}[kind]()
    run(*away)
    assert ledger.missing_triggers()
    yield
    if ledger.missing_triggers():  # a backup brings its own
        run(*back)
    assert not ledger.missing_triggers()


def _drop_and_create() -> tuple[list[str], list[str]]:
    named = ", ".join(f"'{table}'" for table in TABLES)
    query = f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({named})"
    with db.engine.connect() as connection:
        found = connection.exec_driver_sql(query).all()
    return [f"DROP TRIGGER {name}" for name, _ in found], [sql for _, sql in found]


def _disable_and_enable() -> tuple[list[str], list[str]]:
    query = "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    with db.engine.connect() as connection:
        found = connection.exec_driver_sql(query).all()
    away = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES]
    return away, [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for table, name in found]


# --- the log, read and written by hand ----------------------------------------------------------------------


def read() -> list[Entry]:
    """What the log says, entry by entry, without what chains it."""
    told = []
    for line, body in lines.read():
        head = json.loads(line)
        told.append(Entry(head["unit"], head["ts"], body, head["body"]))
    db.session.rollback()
    return told


def raw() -> Rows:
    """The headers and bodies as they stand."""
    found = list(lines.read())
    db.session.rollback()
    return found


def said(whole: Entry, **fields: object) -> Entry:
    """An entry that says something else."""
    return whole._replace(body=verify.canonical({**json.loads(whole.body or b""), **fields}))


def rewrite(rows: Rows) -> None:
    """Put these headers and bodies in the place of all there are, with everything that is kept beside them.

    Where two lines follow on one, the second's hashes stand beside it in capitals: the database wants unique ones.
    """
    heads: list[dict[str, object]] = []
    followed: set[str] = set()
    for seq, (line, _) in enumerate(rows):
        prev = json.loads(line)["prev"]
        spelt = str.upper if prev in followed else str
        followed.add(prev)
        digest = verify.entry_hash(line).hex()
        heads.append({"seq": seq, "prev": spelt(prev), "hash": spelt(digest), "line": line.decode()})
    told = [{"seq": seq, "body": body.decode()} for seq, (_, body) in enumerate(rows) if body is not None]
    kept = list(_nodes([verify.entry_hash(line) for line, _ in rows]))
    with db.engine.begin() as connection:
        for table in (audit_body, audit_node, audit_log):
            connection.execute(delete(table))
        connection.execute(insert(audit_log), heads)
        connection.execute(insert(audit_body), told)
        connection.execute(insert(audit_node), kept)


def _nodes(below: list[bytes]) -> Iterator[dict[str, object]]:
    level = 0
    while len(below) > 1:
        level += 1
        below = [verify.node_hash(*pair) for pair in zip(below[::2], below[1::2], strict=False)]
        yield from ({"level": level, "index": index, "hash": node.hex()} for index, node in enumerate(below))


def reseal() -> None:
    """Sign every kept checkpoint anew, with the log's own key."""
    leaves = [verify.entry_hash(line) for line, _ in raw()]
    with db.engine.begin() as connection:
        for size in connection.scalars(select(audit_checkpoint.c.size)).all():
            text = verify.checkpoint_text(county.ORIGIN, size, verify.root(leaves[:size]))
            note = (text + b"\n" + county.KEY.sign(text)).decode()
            connection.execute(update(audit_checkpoint).where(audit_checkpoint.c.size == size).values(note=note))


def unseal(size: int) -> None:
    """Lose the checkpoints of more than `size` entries."""
    run(f"DELETE FROM audit_checkpoint WHERE size > {size}")


def unseal_since_the_founding() -> None:
    """Lose all checkpoints but the first."""
    unseal(db.session.scalar(select(func.min(audit_checkpoint.c.size))) or 0)


def restore(server: Server, backup: str) -> None:
    """Put a backup in the place of the database, in one piece."""
    url = db.engine.url.database or ""
    name = url.rpartition("/")[2].removesuffix(".db")
    db.session.remove()
    db.engine.dispose()
    server.drop(name)
    server.create(name, backup)


def unguard(kind: str) -> None:
    if kind == "postgresql":
        run(*(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES))
        return
    run(*(f"DROP TRIGGER {name}" for name in ledger.TRIGGERS[kind]))


def note(origin: str, size: int, root: bytes) -> verify.Checkpoint:
    text = verify.checkpoint_text(origin, size, root)
    return verify.parse_checkpoint(text + b"\n" + county.KEY.sign(text))
