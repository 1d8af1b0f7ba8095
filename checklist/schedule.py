"""When a duty falls due: cadence → periods, and the light that a due day shows."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from models import Cadence, Duty

SOON = 7  # days ahead from which an item counts as near its day
MONTHS_A_PERIOD = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.HALF_YEARLY: 6, Cadence.YEARLY: 12}

_PARTS = {"H1": "上半年", "H2": "下半年", "Q1": "一季度", "Q2": "二季度", "Q3": "三季度", "Q4": "四季度"}


@dataclass(frozen=True)
class Period:
    """A stretch of the year by name (2026, 2026-H1, 2026-Q1, 2026-03, 2026-12-15) and the day it falls due."""

    name: str
    due_on: date


def periods(duty: Duty, since: date) -> list[Period]:
    """The periods of the list's year that are still to come on the day `since`, earliest first.

    What goes on all year (长期坚持) or whenever a case arises falls due on the list's 报送节点. A day that the
    clerk set moves the end of what is done once or once a year.
    """
    year, nodes = duty.duty_list.year, duty.duty_list.nodes
    if duty.cadence in (Cadence.ONGOING, Cadence.PER_EVENT):
        found = [Period(node, date.fromisoformat(node)) for node in sorted(nodes)]
    elif duty.cadence is Cadence.ONCE:
        found = [Period(str(year), duty.due_on or _last(nodes, year))]
    elif duty.cadence is Cadence.YEARLY and duty.due_on:
        found = [Period(str(year), duty.due_on)]
    else:
        found = list(_calendar(year, MONTHS_A_PERIOD[duty.cadence]))
    return [period for period in found if period.due_on >= since]


def _last(nodes: Sequence[str], year: int) -> date:
    return date.fromisoformat(max(nodes)) if nodes else date(year, 12, 31)


def _calendar(year: int, months: int) -> Iterator[Period]:
    names = {1: "-{:02d}", 3: "-Q{}", 6: "-H{}", 12: ""}
    for n in range(1, 12 // months + 1):
        month = n * months
        yield Period(f"{year}{names[months].format(n)}", date(year, month, monthrange(year, month)[1]))


def words(period: str) -> str:
    """A period's name as people say it: 2026-Q1 is 2026 年一季度."""
    year, _, part = period.partition("-")
    if not part:
        return f"{year} 年"
    if part in _PARTS:
        return f"{year} 年{_PARTS[part]}"
    month, _, day = part.partition("-")
    return f"{year} 年 {int(month)} 月" + (f" {int(day)} 日报送" if day else "")


@dataclass(frozen=True)
class Light:
    """How near a due day is: `kind` is late, soon or later; `words` say it in Chinese."""

    kind: str
    words: str


def light(due: date, today: date) -> Light:
    """The light of something not yet done that is due on a day."""
    days = (due - today).days
    if days < 0:
        return Light("late", f"逾期 {-days} 天")
    if days == 0:
        return Light("soon", "今天到期")
    return Light("soon", f"{days} 天内到期") if days <= SOON else Light("later", "未到期")
