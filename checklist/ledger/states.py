"""A row as the log keeps it: whole, so that replaying the log rebuilds the tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import reduce
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, inspect, literal, select
from sqlalchemy.orm import LoaderCallableStatus

from models import Logged, Unit, Word

NOWHERE = "-"  # the unit of an entry that belongs to none

State = dict[str, Any]


def state(row: Logged, *, committed: bool = False) -> State:
    """Return the whole of a row as the log keeps it: its columns by name, and the number of its schema.

    With `committed`, as it stands in the database, before what has been changed since.
    """
    kind = type(row)
    return state_of(kind, {column.key: _value(row, column.key, committed) for column in kind.__table__.columns})


def state_of(kind: type[Logged], values: Mapping[Any, Any]) -> State:
    """Return the same of a row of which only the values are there, by the names of its columns."""
    columns = kind.__table__.columns
    fields = {column.key: _encode(values[column.key], bool(column.info.get("secret"))) for column in columns}
    return {"schema": kind.schema, **fields}


def unit_code(row: Logged) -> str:
    """Return the code of the unit that a row's entries are tagged with, or "-"."""
    if row.unit_path is None:
        return NOWHERE
    code: str = reduce(getattr, row.unit_path, row).code  # type: ignore[attr-defined]
    return code


def unit_codes(kind: type[Logged]) -> Select[int, str]:
    """Return a query for the ids of rows of a kind, each with the code that its entries are tagged with."""
    if kind.unit_path is None:
        return select(kind.id, literal(NOWHERE))
    query, place = select(kind.id, Unit.code).select_from(kind), kind
    for step in kind.unit_path:
        query, place = query.join(getattr(place, step)), inspect(place).relationships[step].mapper.class_
    return query


def _value(row: Logged, key: str, committed: bool) -> Any:
    value = getattr(row, key)
    if not committed:
        return value
    old = inspect(row).committed_state.get(key, value)
    if old is LoaderCallableStatus.NO_VALUE:
        raise RuntimeError(f"{row.__tablename__}.{key} was changed before it was read")
    return old


def _encode(value: Any, secret: bool) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if secret:
        return sha256(str(value).encode()).hexdigest()
    if isinstance(value, Word):
        return value.value
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value


def timestamp(moment: datetime) -> str:
    """Return a moment as the log writes it: UTC, six decimals, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
