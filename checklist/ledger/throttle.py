"""Counts of what somebody may do only so often; kept in a table that is not logged."""

from __future__ import annotations

from datetime import timedelta

from checklist import clock
from models import Throttle, db


def count(key: str, window: timedelta) -> int:
    """Count once more, inside an act, and return how often that makes since the window began."""
    now = clock.now()
    row = db.session.get(Throttle, key) or Throttle(key=key, failures=0, since=now)
    if now - row.since >= window:
        row.failures, row.since = 0, now
    row.failures += 1
    db.session.add(row)
    db.session.flush()
    return row.failures
