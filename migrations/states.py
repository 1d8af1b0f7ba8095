"""What the migrations share that let a row have a state more."""

import sqlalchemy as sa
from alembic import op


def allow_states(table: str, constraint: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Let the CHECK on a table's `state` allow more words; the rows stay where they are.

    SQLite has no ALTER for it. Its manual (ALTER TABLE, "Making other kinds of table schema changes") allows the text of
    the schema to be edited where only a CHECK changes, and says how: that spares copying a table that others refer to.
    """
    connection = op.get_bind()
    was, becomes = _check(before), _check(after)
    if connection.dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {becomes}")
        return
    written = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table})
    if was not in written:
        raise RuntimeError(f"{table} has another check than {was}")
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": written.replace(was, becomes), "name": table},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def _check(words: tuple[str, ...]) -> str:
    return "CHECK (state IN ({}))".format(", ".join(f"'{word}'" for word in words))
