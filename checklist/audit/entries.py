"""The log as an auditor reads it: filtered, by pages, and within the grant."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Select, select

import verify
from checklist.actor import Actor
from checklist.audit.filters import Filter, readable_units, sought
from checklist.audit.words import OBJECTS
from checklist.ledger.acts import ACTIONS
from checklist.refusal import Unseen
from models import audit_body, audit_index, audit_log, db

PAGE = 50


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


@dataclass(frozen=True)
class Page:
    """Entries that match, newest first; `older` and `newer` are the ones beside which the next pages begin."""

    entries: list[LogEntry]
    older: int | None
    newer: int | None


def page(wanted: Filter, *, by: Actor, before: int | None = None, after: int | None = None) -> Page:
    """Return the newest page of what matches, the one before an entry, or the one after an entry (-1: the oldest).

    Raises Unseen or NotYours.
    """
    found = search(wanted, by=by, before=before, after=after, limit=PAGE + 1)
    is_more = len(found) > PAGE
    shown = found[-PAGE:] if after is not None else found[:PAGE]
    if not shown:
        return Page([], None, None)
    is_older, is_newer = (after >= 0, is_more) if after is not None else (is_more, before is not None)
    return Page(shown, shown[-1].seq if is_older else None, shown[0].seq if is_newer else None)


def search(
    wanted: Filter, *, by: Actor, before: int | None = None, after: int | None = None, limit: int = PAGE
) -> list[LogEntry]:
    """Return the newest entries that match, older than entry `before`; or the oldest that are newer than `after`.

    The newest come first either way. Raises Unseen or NotYours.
    """
    asked = sought(wanted, by=by)
    if before is not None:
        asked = replace(asked, end=min(asked.end, before))
    if after is not None:
        asked = replace(asked, first=max(asked.first, after + 1))
    found = asked.next(limit, oldest=after is not None)
    if found is None:
        return []
    query = _LINES.join(found, found.c.seq == audit_log.c.seq).order_by(audit_log.c.seq.desc())
    return [LogEntry(*row) for row in db.session.execute(query)]


def entry(seq: int, *, by: Actor) -> LogEntry:
    """Return one entry. Raises Unseen when there is none within what this person may read."""
    units = readable_units(by)
    row = db.session.execute(_LINES.where(audit_log.c.seq == seq)).one_or_none()
    if row is None or (units is not None and LogEntry(*row).head["unit"] not in units):
        raise Unseen()
    return LogEntry(*row)


def matching(wanted: Filter, *, by: Actor) -> Select[int, str, str, str | None]:
    """Return the query for the fields of the LogEntry of each that matches, within what this person may read.

    Raises Unseen or NotYours.
    """
    indexed = _LINES.join(audit_index, audit_index.c.seq == audit_log.c.seq)
    return indexed.where(*sought(wanted, by=by).conditions())


_LINES = select(audit_log.c.seq, audit_log.c.hash, audit_log.c.line, audit_body.c.body).outerjoin(
    audit_body, audit_log.c.seq == audit_body.c.seq
)
