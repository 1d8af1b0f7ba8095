"""The log as an auditor reads it: filtered, by pages, and within the grant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, select

import verify
from checklist import access, clock
from checklist.actor import Actor
from checklist.audit.words import OBJECTS
from checklist.ledger import lines
from checklist.ledger.acts import ACTIONS
from checklist.ledger.states import timestamp
from checklist.refusal import Unseen
from models import Unit, audit_body, audit_log, db

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """What an auditor looks for; an empty field asks for nothing. Words match anywhere in a name or code."""

    from_day: date | None = None
    until_day: date | None = None  # included
    person: str = ""
    unit: str = ""
    action: str = ""
    object: str = ""  # "签认", "item 17" or "17"


@dataclass(frozen=True)
class LogEntry:
    """An entry of the log, from its two lines: `line` is the header's, `text` the body's, None once it is erased."""

    seq: int
    hash: str
    line: str
    text: str | None

    @classmethod
    def of_header(cls, line: bytes) -> LogEntry:
        """Return an entry of which only the header is known."""
        return cls(json.loads(line)["seq"], verify.entry_hash(line).hex(), line.decode(), None)

    @cached_property
    def head(self) -> dict[str, Any]:
        """The header's fields."""
        head: dict[str, Any] = json.loads(self.line)
        return head

    @cached_property
    def body(self) -> dict[str, Any]:
        """The body's fields; none once it has been erased."""
        body: dict[str, Any] = json.loads(self.text or "{}")
        return body

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.head["ts"])

    @property
    def actor(self) -> str:
        who = self.body.get("actor")
        return str(who["name"]) if who else "未登录者"

    @property
    def action(self) -> str:
        name = self.body.get("action", "")
        return ACTIONS.get(name, name or "内容已依法删除")

    @property
    def object(self) -> str:
        about = self.body.get("object")
        return f"{OBJECTS.get(about['type'], about['type'])} {about['id']}" if about else ""

    @property
    def result(self) -> str:
        result = self.body.get("result", "")
        return f"被拒绝（{result}）" if self.refused else "办成" if result else ""

    @property
    def refused(self) -> bool:
        return str(self.body.get("result", "ok")) != "ok"

    def changes(self) -> list[tuple[str, Any, Any]]:
        """Return the fields in which the states before and after differ: (name, before, after)."""
        before, after = self.body.get("before") or {}, self.body.get("after") or {}
        names = [name for name in {**before, **after} if name != "schema"]
        return [(n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)]


def search(wanted: Filter, *, by: Actor, before: int | None = None, limit: int = PAGE) -> list[LogEntry]:
    """Return the newest entries that match, older than entry `before`. Raises Unseen or NotYours."""
    query = matching(wanted, by=by).order_by(audit_log.c.seq.desc())
    if before is not None:
        query = query.where(audit_log.c.seq < before)
    return [LogEntry(*row) for row in db.session.execute(query.limit(limit))]


def entry(seq: int, *, by: Actor) -> LogEntry:
    """Return one entry. Raises Unseen when there is none within what this person may read."""
    newest = search(Filter(), by=by, before=seq + 1, limit=1)
    if not newest or newest[0].seq != seq:
        raise Unseen()
    return newest[0]


def matching(wanted: Filter, *, by: Actor) -> Select[int, str, str, str | None]:
    """Return the query for the fields of the LogEntry of each that matches, within what this person may read.

    Raises Unseen or NotYours.
    """
    query = select(audit_log.c.seq, audit_log.c.hash, audit_log.c.line, audit_body.c.body)
    query = query.outerjoin(audit_body, audit_log.c.seq == audit_body.c.seq)
    return query.where(*_scope(by), *_conditions(wanted))


def _scope(by: Actor) -> list[ColumnElement[bool]]:
    """Return the condition that keeps somebody to the granted units and those below them; none for a grant at the root."""
    granted = access.readable_logs(by)
    access.require(by, "read_log", granted[0])
    if any(unit.parent is None for unit in granted):
        return []
    codes = [u.code for u in db.session.scalars(select(Unit)) if set(granted).intersection(u.line())]
    return [lines.in_header("unit").in_(codes)]


def _conditions(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.from_day:
        yield lines.in_header("ts") >= _midnight(wanted.from_day)
    if wanted.until_day:
        yield lines.in_header("ts") < _midnight(wanted.until_day + timedelta(days=1))
    if wanted.person:
        yield lines.in_body("actor", "name").contains(wanted.person, autoescape=True)
    if wanted.unit:
        known = db.session.execute(select(Unit.code, Unit.name)).all()
        codes = [code for code, name in known if wanted.unit in name or wanted.unit.upper() in code]
        yield lines.in_header("unit").in_(codes)
    if wanted.action:
        yield lines.in_body("action").in_(_called(ACTIONS, wanted.action))
    number = "".join(filter(str.isdigit, wanted.object))
    kind = wanted.object.replace(number, "").strip()
    if kind:
        yield lines.in_body("object", "type").in_(_called(OBJECTS, kind))
    if number:
        yield lines.in_body("object", "id") == number


def _called(names: dict[str, str], words: str) -> list[str]:
    return [code for code, name in names.items() if words in name or words.lower() in code]


def _midnight(day: date) -> str:
    return timestamp(datetime.combine(day, time(), clock.SHANGHAI))
