"""The Chinese working day: weekdays, but for what a holiday takes away and what a weekend worked in its stead gives back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from models import DayKind

SATURDAY = 5  # date.weekday() counts from Monday


@dataclass(frozen=True)
class Calendar:
    """The days of the notices, by kind, and the years that the notices are about."""

    kinds: Mapping[date, DayKind]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Return whether a day is a 工作日; in an unknown year every weekday is."""
        kind = self.kinds.get(day)
        return kind is DayKind.WORK if kind else day.weekday() < SATURDAY

    def next_working(self, day: date) -> date:
        """Return the day itself when it is worked, or the first one after it that is (顺延).

        民法典 article 203: a term whose last day is a holiday ends on the day after the holiday.
        """
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def add_working(self, day: date, n: int) -> date:
        """Return the n-th working day after a day, which itself is not counted (民法典 article 201)."""
        for _ in range(n):
            day = self.next_working(day + timedelta(days=1))
        return day

    def unknown(self, days: Iterable[date]) -> list[int]:
        """Return the years of these days that no notice is known of, in order."""
        return sorted({day.year for day in days} - self.years)
