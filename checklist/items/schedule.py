"""When a duty falls due: cadence → periods, the steps of a case, and the light that a due day shows.

A due day that is not worked moves on to the next one that is (顺延); a period keeps its name.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from checklist.items.workdays import Calendar
from models import Cadence, Duty, Item

SOON = 7  # days ahead from which an item counts as near its day
MONTHS_A_PERIOD = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.HALF_YEARLY: 6, Cadence.YEARLY: 12}

_PARTS = {"H1": "上半年", "H2": "下半年", "Q1": "一季度", "Q2": "二季度", "Q3": "三季度", "Q4": "四季度"}


@dataclass(frozen=True)
class Period:
    """A stretch of the year by name (2026, 2026-H1, 2026-Q1, 2026-03, 2026-12-15) or a case's step (2026-S01).

    It was set for a day, and falls due on that one or on the working day after it.
    """

    name: str
    set_for: date
    due_on: date


def periods(duty: Duty, since: date, days: Calendar) -> list[Period]:
    """Return the periods of the list's year that are still to come on the day `since`, earliest first.

    What goes on all year (长期坚持) or whenever a case arises falls due on the list's 报送节点. A day that the
    clerk set moves the end of what is done once or once a year.
    """
    return [period for period in _periods(duty, days) if period.due_on >= since]


def _periods(duty: Duty, days: Calendar) -> list[Period]:
    return [Period(name, day, days.next_working(day)) for name, day in _set_days(duty)]


def _set_days(duty: Duty) -> list[tuple[str, date]]:
    """Return the year's periods by name, and the day that each is set for."""
    year, nodes = duty.duty_list.year, sorted(duty.duty_list.nodes)
    if duty.cadence in (Cadence.ONGOING, Cadence.PER_EVENT):
        return [(node, date.fromisoformat(node)) for node in nodes]
    if duty.cadence is Cadence.ONCE:
        last_node = date.fromisoformat(nodes[-1]) if nodes else date(year, 12, 31)
        return [(str(year), duty.due_on or last_node)]
    if duty.cadence is Cadence.YEARLY and duty.due_on:
        return [(str(year), duty.due_on)]
    return list(_equal_parts(year, MONTHS_A_PERIOD[duty.cadence]))


def _equal_parts(year: int, months: int) -> Iterator[tuple[str, date]]:
    names = {1: "-{:02d}", 3: "-Q{}", 6: "-H{}", 12: ""}
    for n in range(1, 12 // months + 1):
        month = n * months
        yield f"{year}{names[months].format(n)}", date(year, month, monthrange(year, month)[1])


# --- cases --------------------------------------------------------------------------------------------------

_LIMIT = re.compile(r"([0-9]{1,3}|[一二三四五六七八九十]{1,3})个?(工作日|日|天)(?:之|以)?内")
_DIGITS = {digit: n for n, digit in enumerate("一二三四五六七八九", 1)}


def steps(duty: Duty, names: Sequence[str], began_on: date, days: Calendar) -> list[Period]:
    """Return the steps of a case that began on a day, each with its due day.

    A limit in the wording (3个工作日内, 10日内) is counted from the day on which the step before is due, which does
    not count itself; it belongs to the step that it stands with, and to the whole of a case with one step. A step
    without a limit is due with the next one that has one, or else on the next 报送节点 of the list.
    """
    limits: list[tuple[date, date] | None] = []
    set_for = due = began_on
    for name in names:
        limit = _limit(duty.wording, name if len(names) > 1 else "")
        if limit:
            n, unit = limit
            set_for = days.add_working(due, n) if unit == "工作日" else due + timedelta(days=n)
            due = days.next_working(set_for)
        limits.append((set_for, due) if limit else None)
    end = _next_node(duty, began_on)
    following = max((end, days.next_working(end)), (set_for, due))
    made: list[Period] = []
    for n, pair in reversed(list(enumerate(limits, 1))):
        following = pair or following
        made.insert(0, Period(f"{began_on.year}-S{n:02d}", *following))
    return made


def _next_node(duty: Duty, day: date) -> date:
    nodes = sorted(date.fromisoformat(node) for node in duty.duty_list.nodes)
    return next((node for node in nodes if node >= day), date(day.year, 12, 31))


def _limit(wording: str, step: str) -> tuple[int, str] | None:
    for clause in re.split(r"[，、。；：]", wording):
        limit = _LIMIT.search(clause)
        if limit and step in clause:
            return _number(limit.group(1)), limit.group(2)
    return None


def _number(numeral: str) -> int:
    if numeral.isdecimal():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


# --- the day of an item -------------------------------------------------------------------------------------


def of_item(item: Item, days: Calendar) -> Period | None:
    """Return the period or step that an item is of, as it would be made today; None when its list no longer has it."""
    if item.step:
        case = item.step.case
        made_today = steps(item.duty, [step.name for step in case.steps], case.began_on, days)
    else:
        made_today = _periods(item.duty, days)
    return next((period for period in made_today if period.name == item.period), None)


def moved(item: Item, days: Calendar) -> str:
    """Say in Chinese which day an item's day was moved on from; empty where it was not."""
    if item.redo_by and item.reviews:
        set_for = item.reviews[-1].redo_by
    else:
        period = of_item(item, days)
        set_for = period.set_for if period else None
    if set_for is None or set_for >= item.due:
        return ""
    to = "到次年" if item.due.year > set_for.year else ""
    return f"原定 {set_for.month} 月 {set_for.day} 日，逢节假日顺延{to}"


# --- words --------------------------------------------------------------------------------------------------


def words(period: str) -> str:
    """Return a period's name as people say it: 2026 年一季度 for 2026-Q1, 第 2 步 for 2026-S02."""
    year, _, part = period.partition("-")
    if not part:
        return f"{year} 年"
    if part in _PARTS:
        return f"{year} 年{_PARTS[part]}"
    if part.startswith("S"):
        return f"第 {int(part[1:])} 步"
    month, _, day = part.partition("-")
    return f"{year} 年 {int(month)} 月" + (f" {int(day)} 日报送" if day else "")


def day_words(day: date) -> str:
    """Return a day with its weekday: 2026-06-30（周二）."""
    return f"{day.isoformat()}（周{'一二三四五六日'[day.weekday()]}）"


@dataclass(frozen=True)
class Light:
    """How near a due day is: `kind` is late, soon or later; `words` say it in Chinese."""

    kind: str
    words: str


def light(due: date, today: date) -> Light:
    """Return the light of something not yet done that is due on a day."""
    days = (due - today).days
    if days < 0:
        return Light("late", f"逾期 {-days} 天")
    if days == 0:
        return Light("soon", "今天到期")
    return Light("soon", f"{days} 天内到期") if days <= SOON else Light("later", "未到期")
