"""节假日: the days that are off, and those that are worked in their stead, by year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from flask import Blueprint, render_template

from checklist import clock
from checklist.items import holidays, schedule
from models import DayKind

bp = Blueprint("holidays", __name__, url_prefix="/holidays")


class Holiday(NamedTuple):
    """A holiday's stretches of days off, and the weekends that are worked in their stead, in words."""

    name: str
    off: list[str]
    worked: list[str]


@bp.get("/")
def index() -> str:
    notices, this = holidays.notices(), clock.today().year
    missing = sorted({this, this + 1} - {notice.year for notice in notices})
    shown = [(notice, _holidays(notice)) for notice in reversed(notices)]
    return render_template("holidays/index.html", notices=shown, missing=missing)


def _holidays(notice: holidays.Notice) -> list[Holiday]:
    names = dict.fromkeys(day["name"] for day in sorted(notice.days, key=lambda day: day["kind"]))  # off before work
    return [Holiday(name, *(list(_stretches(notice, name, kind)) for kind in DayKind)) for name in names]


def _stretches(notice: holidays.Notice, name: str, kind: DayKind) -> Iterator[str]:
    """Yield the days of one kind, those that follow each other as one: 2026-02-15（周日）至 2026-02-23（周一）."""
    days = [date.fromisoformat(day["day"]) for day in notice.days if (day["name"], day["kind"]) == (name, kind)]
    for first in (day for day in days if day - timedelta(days=1) not in days):
        last = first
        while last + timedelta(days=1) in days:
            last += timedelta(days=1)
        yield schedule.day_words(first) + (f"至 {schedule.day_words(last)}" if last > first else "")
