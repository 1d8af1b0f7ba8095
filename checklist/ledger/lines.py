"""The log, read: of each entry its header line and its body line, as they are stored."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import JSON, ColumnElement, Select, Text, and_, cast, func, literal_column, or_, select, true

from models import audit_body, audit_log, db


def read(size: int | None = None, unit: str | None = None) -> Iterator[tuple[bytes, bytes | None]]:
    """Read the headers and bodies in order, or those of the first `size` entries, fetched as they are needed.

    With a unit's code, only the bodies of that unit's entries, of entry 0, and of those that name the log's keys.
    """
    theirs = or_(audit_log.c.seq == 0, in_header("unit") == unit, in_body("action") == "log.key")
    wanted = theirs if unit else true()
    joined = audit_log.outerjoin(audit_body, and_(audit_log.c.seq == audit_body.c.seq, wanted))
    query = select(audit_log.c.line, audit_body.c.body).select_from(joined)
    if size is not None:
        query = query.where(audit_log.c.seq < size)
    with db.session.execute(query.order_by(audit_log.c.seq).execution_options(yield_per=1000)) as rows:
        for line, body in rows:
            yield line.encode(), None if body is None else body.encode()


def entry(seq: int) -> tuple[bytes | None, bytes | None]:
    """Return the header and the body of one entry; None for what is not there."""
    joined = audit_log.outerjoin(audit_body, audit_log.c.seq == audit_body.c.seq)
    query = select(audit_log.c.line, audit_body.c.body).select_from(joined).where(audit_log.c.seq == seq)
    line, body = db.session.execute(query).one_or_none() or (None, None)
    return line and line.encode(), body and body.encode()


def about(table: str, id: int) -> int | None:
    """Return the number of the first entry about a row."""
    seq: int | None = db.session.scalar(first_about(table, id))
    return seq


def first_about(table: str, id: int) -> Select[int | None]:
    """Select that number."""
    return select(func.min(audit_body.c.seq)).where(
        in_body("object", "type") == table, in_body("object", "id") == str(id)
    )


def in_header(field: str) -> ColumnElement[str]:
    """Return a field of the header, as text."""
    return _text(audit_log.c.line, field)


def in_body(*path: str) -> ColumnElement[str]:
    """Return a field of the body, as text; spelt as migration 0003 spells its indexes, the path no parameter."""
    return _text(audit_body.c.body, *path)


def _text(column: ColumnElement[str], *path: str) -> ColumnElement[str]:
    if db.engine.dialect.name == "postgresql":
        names: ColumnElement[str] = literal_column(f"'{{{','.join(path)}}}'")
        return cast(column, JSON).op("#>>", return_type=Text())(names)
    return cast(func.json_extract(column, literal_column(f"'$.{'.'.join(path)}'")), Text)
