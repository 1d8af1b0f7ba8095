"""What a list will cost each official: how many items come up a month, and how many boxes there are to fill in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from checklist import clock
from checklist.items import holidays, schedule
from checklist.lists import owners
from checklist.picture import Post
from models import Duty, DutyList


@dataclass(frozen=True)
class Load:
    """One lead's share of a list until the last day on which anything of it falls due.

    `duties` led, `items` that they come to, `fields` of readings to be filled in with them (one for each target; what
    else an item offers is optional), over `months`; `busiest` is the month (2026-06) in which most items fall due.
    """

    post: Post
    duties: int
    items: int
    fields: int
    months: int
    busiest: str
    most: int

    @property
    def items_a_month(self) -> float:
        return round(self.items / self.months, 1)

    @property
    def fields_a_month(self) -> float:
        return round(self.fields / self.months, 1)


def loads(duty_list: DutyList) -> list[Load]:
    """Return the load of everybody who would lead something in a list, those with most items first."""
    today = clock.today()
    led: dict[Post, list[Duty]] = defaultdict(list)
    spread = owners.spreads(duty_list)
    for duty in duty_list.kept:
        for post in spread[duty].leads:
            led[post].append(duty)
    days = holidays.calendar()
    due = {duty: [period.due_on for period in schedule.periods(duty, today, days)] for duty in duty_list.kept}
    last = max((day for found in due.values() for day in found), default=today)
    months = (last.year - today.year) * 12 + last.month - today.month + 1
    found = [_load(post, rows, due, months) for post, rows in led.items()]
    return sorted(found, key=lambda load: (-load.items, -load.fields, load.post.id))


def _load(post: Post, rows: list[Duty], due: Mapping[Duty, list[date]], months: int) -> Load:
    by_month = Counter(day.strftime("%Y-%m") for row in rows for day in due[row])
    busiest, most = max(by_month.items(), key=lambda month: (month[1], month[0]), default=("", 0))
    fields = sum(len(row.targets) * len(due[row]) for row in rows)
    return Load(post, len(rows), by_month.total(), fields, months, busiest, most)
