"""Which days are worked: weekends, the State Council's holidays, and the weekends that are worked in their stead.

The notices that we know of come with the application, in holidays.csv; a county loads a later one, or the
correction of one, from a file of the same form. A year that neither has is counted by weekdays, and pages say so.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from checklist import access, ledger, picture
from checklist.actor import Actor
from checklist.items import schedule
from checklist.items.workdays import SATURDAY, Calendar
from checklist.refusal import Malformed
from models import DayKind, Duty, HolidayYear, Item, ItemState, Step, db

OURS = Path(__file__).with_name("holidays.csv")
COLUMNS = ["day", "kind", "name", "notice"]


@dataclass(frozen=True)
class Notice:
    """节假日安排的通知: the number of the document, the year it is about, and its days as HolidayYear keeps them."""

    year: int
    number: str
    days: tuple[dict[str, str], ...]

    @property
    def kinds(self) -> dict[date, DayKind]:
        return {date.fromisoformat(day["day"]): DayKind(day["kind"]) for day in self.days}


# --- reading ------------------------------------------------------------------------------------------------


@cache
def _shipped() -> tuple[Notice, ...]:
    return tuple(parse(OURS.read_bytes()))


def notices() -> list[Notice]:
    """Return the notices in force, by year: what the county has loaded goes before what came with the application."""
    by_year = {notice.year: notice for notice in _shipped()}
    for year, (number, days) in picture.current().holidays.items():
        by_year[year] = Notice(year, number, tuple(days))
    return [by_year[year] for year in sorted(by_year)]


# The calendar of each picture of the county, as long as there is one.
_calendars: WeakKeyDictionary[picture.Picture, Calendar] = WeakKeyDictionary()


def calendar() -> Calendar:
    """Return the calendar in force."""
    county = picture.current()
    if county not in _calendars:
        _calendars[county] = _calendar()
    return _calendars[county]


def _calendar() -> Calendar:
    in_force = notices()
    kinds = {day: kind for notice in in_force for day, kind in notice.kinds.items()}
    return Calendar(kinds, frozenset(notice.year for notice in in_force))


def parse(content: bytes) -> list[Notice]:
    """Read the notices, one or several, in a CSV file (UTF-8 or GBK) with the columns day, kind, name, notice.

    The days of a notice lie in one year, but for those of 元旦, which may begin in the December before. Raises
    Malformed, with the line's number, for what is not understood.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    lines = list(csv.DictReader(text.splitlines()))
    if not lines or any(column not in lines[0] for column in COLUMNS):
        raise Malformed(f"表格第一行应当是：{','.join(COLUMNS)}，以下每行一天。")
    by_number: dict[str, dict[date, dict[str, str]]] = {}
    for number, line in enumerate(lines, 2):
        cells = {column: (line[column] or "").strip() for column in COLUMNS}
        day, kind = _parse_day(cells, f"第 {number} 行")
        days = by_number.setdefault(cells["notice"], {})
        if day in days:
            raise Malformed(f"第 {number} 行：{day} 已经出现过。")
        days[day] = {"day": day.isoformat(), "kind": kind.value, "name": cells["name"]}
    return [_one_notice(number, days) for number, days in by_number.items()]


def _parse_day(cells: dict[str, str], where: str) -> tuple[date, DayKind]:
    kind = next((kind for kind in DayKind if kind.label == cells["kind"]), None)
    if kind is None:
        raise Malformed(f"{where}：“{cells['kind']}”应当是“放假”或“上班”。")
    if not cells["name"] or not cells["notice"]:
        raise Malformed(f"{where}：请写明节日名称和通知的文号。")
    try:
        day = date.fromisoformat(cells["day"])
    except ValueError:
        raise Malformed(f"{where}：“{cells['day']}”不是日期，请写成 2026-10-01 这样。") from None
    if kind is DayKind.WORK and day.weekday() < SATURDAY:
        raise Malformed(f"{where}：{day} 不是周六、周日，不用写调休上班。")
    return day, kind


def _one_notice(number: str, days: dict[date, dict[str, str]]) -> Notice:
    year = max(days).year
    if min(days) < date(year - 1, 12, 1):
        raise Malformed(f"{number}的日子不在同一年里。一份通知只安排一年。")
    return Notice(year, number, tuple(days[day] for day in sorted(days)))


# --- loading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loaded:
    """What loading a file changed: the years, and how many items fall due on another day now."""

    years: list[int]
    items: int

    @property
    def words(self) -> str:
        """What happened, for whoever loaded the file."""
        if not self.years:
            return "这些安排已经录入过，没有变化。"
        years = "、".join(map(str, self.years))
        return f"已录入 {years} 年的节假日安排，{self.items} 项未签认事项的到期日随之调整。"


def load(content: bytes, *, by: Actor) -> Loaded:
    """Put the notices of a file in force, and move the due days of what is still to be done along.

    A year is replaced as a whole; one that is in force just so stays untouched. Raises Malformed.
    """
    read = parse(content)
    with ledger.act("holidays", by=by) as act:
        act.post = access.require(by, "keep", access.county())
        new = [notice for notice in read if notice not in notices()]
        for notice in new:
            row = db.session.scalar(select(HolidayYear).filter_by(year=notice.year)) or HolidayYear(year=notice.year)
            row.notice, row.days = notice.number, list(notice.days)
            db.session.add(row)
        db.session.flush()
        moved = _move_due_days(calendar()) if new else 0
    return Loaded(sorted(notice.year for notice in new), moved)


def _move_due_days(days: Calendar) -> int:
    """Let what is not signed fall due as the calendar now says, and return how many items that moved."""
    moved = 0
    unsigned = Item.state.in_([state for state in ItemState if state.is_unsigned])
    whole = (joinedload(Item.step).joinedload(Step.case), joinedload(Item.duty).joinedload(Duty.duty_list))
    for item in db.session.scalars(select(Item).where(unsigned).options(*whole).order_by(Item.id)):
        before = item.due
        period = schedule.of_item(item, days)
        if period:
            item.due_on = period.due_on
        if item.redo_by:
            item.redo_by = days.next_working(item.reviews[-1].redo_by or item.redo_by)
        moved += item.due != before
    return moved
