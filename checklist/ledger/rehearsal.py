"""Verbs called as if: the register changes for whoever rehearses, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from checklist import picture
from checklist.actor import Actor
from checklist.ledger.entry import Act
from models import db


@contextmanager
def rehearsal(*, by: Actor) -> Iterator[None]:
    """Let verbs of the register do as if: what they change is seen inside the block, and is gone after it.

    Nothing is logged, and nobody waits: the write lock is not taken. What stands may therefore have changed when the
    block ends; `picture.current()` is another one then.
    """
    session = db.session()
    if "act" in session.info:
        raise RuntimeError("an act is under way")
    session.rollback()
    session.expire_all()
    _copy_register(session.connection())
    session.info["act"] = Act("rehearsal", by, None)
    try:
        yield
    finally:
        session.rollback()
        del session.info["act"]


def _copy_register(connection: Connection) -> None:
    """Put a copy of the register before its tables, of the same names, for this connection and transaction alone."""
    is_sqlite = connection.dialect.name == "sqlite"
    own, of_all = ("temp", "main") if is_sqlite else ("pg_temp", connection.dialect.default_schema_name)
    for name in (table.name for table in db.metadata.sorted_tables if table.name in picture.REGISTER):
        if is_sqlite:
            made = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('table', 'index') ORDER BY type DESC"
            commands = connection.exec_driver_sql(made, (name,)).scalars().all()
        else:
            commands = [f'CREATE TABLE "{name}" (LIKE "{name}" INCLUDING ALL)']
        for sql in filter(None, commands):  # none for an index that comes with its table
            connection.exec_driver_sql(sql.replace("CREATE TABLE", "CREATE TEMPORARY TABLE", 1))
        connection.exec_driver_sql(f'INSERT INTO {own}."{name}" SELECT * FROM {of_all}."{name}"')
    if not is_sqlite:
        connection.exec_driver_sql("DISCARD PLANS")  # statements prepared before still mean the tables of all
