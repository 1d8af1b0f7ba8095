"""The time, told in one place, so that tests and the demo can tell another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_source: Callable[[], datetime] = partial(datetime.now, UTC)


def now() -> datetime:
    """Return this moment, in UTC."""
    return _source()


def today() -> date:
    """Return the day it is in the county (Asia/Shanghai); due days and tenures are counted in these."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """Return the county's day on which a moment falls."""
    return moment.astimezone(SHANGHAI).date()


@contextmanager
def use_clock(source: Callable[[], datetime]) -> Iterator[None]:
    """Let the whole process take its time from `source` within this block."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
