"""The time, told in one place, so that tests and the demo can tell another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """This moment, in UTC."""
    return _source()


def today() -> date:
    """The day it is in the county (Asia/Shanghai); due days and tenures are counted in these."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The county's day on which a moment falls."""
    return moment.astimezone(SHANGHAI).date()


@contextmanager
def use_clock(source: Callable[[], datetime]) -> Iterator[None]:
    """Within this block the whole process takes its time from `source`."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
