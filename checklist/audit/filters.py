"""What an auditor looks for in the log, found by its index: no search reads more of it than it has to show.

The newest entries that match are asked for value by value, each of which has them in order in an index (LOOKED_FOR in
models.py). Of several columns the one that the fewest entries answer to leads; the others are only looked at.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    any_,
    cast,
    func,
    literal,
    select,
    union_all,
)

from checklist import access, clock
from checklist.actor import Actor
from checklist.audit.words import OBJECTS
from checklist.ledger.acts import ACTIONS
from checklist.ledger.states import timestamp
from models import Duty, audit_index, audit_log, audit_name, db

MOST_COUNTED = 5_000  # entries, by which columns are told apart
LONGEST_NUMBER = 18  # digits that a row's id may have
COLUMNS = audit_index.c


@dataclass(frozen=True)
class Filter:
    """What an auditor looks for; an empty field asks for nothing. Words match anywhere in a name, code or duty."""

    from_day: date | None = None
    until_day: date | None = None  # included
    person: str = ""
    unit: str = ""
    action: str = ""
    object: str = ""  # "签认", "item 17" or "17"
    words: str = ""
    refused: bool = False


@dataclass(frozen=True)
class Sought:
    """A filter as the index knows it: which values its columns may have, from entry `first` up to before entry `end`."""

    values: dict[str, list[Any]]
    first: int
    end: int

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions for a query that wants all that match."""
        return [*self._between(), *(_is_one_of(COLUMNS[name], values) for name, values in self.values.items())]

    def next(self, limit: int, *, oldest: bool = False) -> Subquery | None:
        """Return the query for the numbers of the newest or oldest that match; None where there can be none."""
        if self.first >= self.end or not all(self.values.values()):
            return None
        lead = self._lead()
        if lead is None:
            return _ordered(self._led(lead), limit, oldest).subquery()
        values = self.values[lead]
        if len(values) > limit:
            values = self._foremost(lead, limit, oldest)
        each = [self._of_value(lead, literal(value), limit, oldest).subquery() for value in values]
        return _ordered(select(union_all(*map(select, each)).subquery().c.seq), limit, oldest).subquery()

    def _of_value(self, lead: str, value: ColumnElement[Any], limit: int, oldest: bool) -> Select[int]:
        """Return the query for the first that match and have one value, in an order that only its index has.

        With `=` PostgreSQL would also think of going through the whole log in its order.
        """
        query = self._led(lead).where(COLUMNS[lead].between(value, value))
        order = (COLUMNS[lead], COLUMNS.seq)
        return query.order_by(*(c.asc() if oldest else c.desc() for c in order)).limit(limit)

    def _between(self) -> tuple[ColumnElement[bool], ...]:
        return COLUMNS.seq >= self.first, COLUMNS.seq < self.end

    def _led(self, lead: str | None) -> Select[int]:
        """Return the query for what matches, save for the column that leads."""
        others = (_is_one_of(_looked_at(COLUMNS[n]), values) for n, values in self.values.items() if n != lead)
        return select(COLUMNS.seq).where(*self._between(), *others)

    def _lead(self) -> str | None:
        """Return the column that the fewest entries answer to; None where it is quicker to look at all in between."""
        if not self.values or self.end - self.first <= MOST_COUNTED:
            return None
        if len(self.values) == 1:
            return next(iter(self.values))
        counts = db.session.execute(select(*(self._counted(name) for name in self.values))).one()
        counted = dict(zip(self.values, counts, strict=True))
        return min(self.values, key=lambda name: (counted[name], len(self.values[name])))

    def _counted(self, name: str) -> ColumnElement[int]:
        answering = select(literal(1)).where(*self._between(), _is_one_of(COLUMNS[name], self.values[name]))
        ordered = answering.order_by(COLUMNS[name], COLUMNS.seq)
        counted = select(func.count()).select_from(ordered.limit(MOST_COUNTED).subquery())
        return counted.scalar_subquery()

    def _foremost(self, lead: str, limit: int, oldest: bool) -> list[Any]:
        """Return the values whose first match comes first: those after them have nothing among the first `limit`."""
        each = _each(self.values[lead], COLUMNS[lead])
        first = self._of_value(lead, each.c.value, 1, oldest).scalar_subquery()
        ordered = select(each.c.value).order_by((first.asc() if oldest else first.desc()).nulls_last())
        return list(db.session.scalars(ordered.limit(limit)))


def sought(wanted: Filter, *, by: Actor) -> Sought:
    """Return what the index is to be asked for, within what this person may read. Raises Unseen or NotYours."""
    units = readable_units(by)
    values: dict[str, list[Any]] = {}  # of equally many entries the first leads: what tends to have few comes first
    number = "".join(filter(str.isdecimal, wanted.object))
    if number:
        values["object_id"] = [int(number)] if len(number) <= LONGEST_NUMBER else []
    if wanted.person:
        names = select(audit_name.c.name).where(audit_name.c.name.contains(wanted.person, autoescape=True))
        values["actor"] = list(db.session.scalars(names))
    if wanted.words:
        duties = select(Duty.id).where(Duty.wording.contains(wanted.words, autoescape=True))
        values["duty_id"] = list(db.session.scalars(duties))
    if wanted.refused:
        values["refused"] = [True]
    if wanted.unit or units is not None:
        every = access.Standing.of(by).county.units.values()
        named = [unit.code for unit in every if wanted.unit in unit.name or wanted.unit.upper() in unit.code]
        values["unit"] = [code for code in named if units is None or code in units]
    if kind := wanted.object.replace(number, "").strip():
        values["object_type"] = _called(OBJECTS, kind)
    if wanted.action:
        values["action"] = _called(ACTIONS, wanted.action)
    return Sought(values, *_between_days(wanted.from_day, wanted.until_day))


def readable_units(by: Actor) -> set[str] | None:
    """Return the codes of the units whose entries somebody may read; None for all. Raises Unseen or NotYours."""
    granted = access.readable_logs(by)
    access.require(by, "read_log", granted[0])
    if any(unit.parent_id is None for unit in granted):
        return None
    ids = {unit.id for unit in granted}
    return {unit.code for unit in access.Standing.of(by).county.units.values() if ids.intersection(unit.line)}


def _between_days(first: date | None, last: date | None) -> tuple[int, int]:
    """Return the number of the first entry from a day on, and of the first one after another: times never go back."""
    size = select(func.coalesce(func.max(audit_log.c.seq), -1) + 1).scalar_subquery()
    begins = func.coalesce(_first_since(first), size) if first else literal(0)
    ends = func.coalesce(_first_since(last + timedelta(days=1)), size) if last else size
    return tuple(db.session.execute(select(begins, ends)).one())


def _first_since(day: date) -> ColumnElement[int]:
    midnight = timestamp(datetime.combine(day, time(), clock.SHANGHAI))
    since = select(COLUMNS.seq).where(COLUMNS.at >= midnight)
    return since.order_by(COLUMNS.at, COLUMNS.seq).limit(1).scalar_subquery()


def _called(names: dict[str, str], words: str) -> list[str]:
    return [code for code, name in names.items() if words in name or words.lower() in code]


def _ordered(query: Select[int], limit: int, oldest: bool) -> Select[int]:
    seq = query.selected_columns.seq
    return query.order_by(seq.asc() if oldest else seq.desc()).limit(limit)


def _each(values: list[Any], column: ColumnElement[Any]) -> FromClause:
    """Return a table of values, however many, as one parameter of the query."""
    if db.engine.dialect.name == "postgresql":
        return func.unnest(_array(values, column)).table_valued("value").render_derived()
    return func.json_each(json.dumps(values)).table_valued("value")


def _looked_at(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column for which SQLite takes no index: unlike PostgreSQL it does not know how many have a value."""
    return func.coalesce(column, column) if db.engine.dialect.name == "sqlite" else column


def _is_one_of(column: ColumnElement[Any], values: list[Any]) -> ColumnElement[bool]:
    if db.engine.dialect.name == "postgresql":
        return column == any_(_array(values, column))
    return column.in_(select(_each(values, column).c.value))


def _array(values: list[Any], column: ColumnElement[Any]) -> ColumnElement[Any]:
    kind = ARRAY(column.type)
    return cast(literal(values, kind), kind)
