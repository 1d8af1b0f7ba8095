"""A row of a register's file on its way in: what it says, what comes of it, and what is wrong and where."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from checklist.county.register.names import Unclear
from checklist.county.register.shapes import Column, Line
from checklist.papers.cellwords import plain
from checklist.papers.duties import Wrong
from models import Logged

Thing = TypeVar("Thing")

UNITS_PAGE, PEOPLE_PAGE = "单位与岗位", "人员与授权"
_BEFORE_ANY = date(1899, 12, 30)  # day 0 of a spreadsheet
_DAY = re.compile(r"(?P<y>[0-9]{4})[-./年](?P<m>[0-9]{1,2})[-./月](?P<d>[0-9]{1,2})日?(?: [0-9:]+)?")
_COMPACT = re.compile(r"(?P<y>(?:19|20)[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})")
_MONTH = re.compile(r"(?P<y>[0-9]{4})(?:[-./]|年)(?P<m>[0-9]{1,2})月?|(?P<y2>(?:19|20)[0-9]{2})(?P<m2>[0-9]{2})")
_SERIAL = re.compile(r"[2-7][0-9]{4}")  # of 1954 to 2119


class Outcome(enum.Enum):
    """What a row comes to, as the screen says it."""

    WRONG = "有错"
    NEW = "新增"
    KNOWN = "已有"


@dataclass
class Row:
    """`made` is what it brings in; nothing where all that it says is there already."""

    line: Line
    made: list[Logged] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        return Outcome.WRONG if self.wrong else Outcome.NEW if self.made else Outcome.KNOWN

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What it says, under the heads of the template, and under those that are not read."""
        own = [(column.head, self.line.text(column.key)) for column in self.line.shape.columns]
        return [(head, text) for head, text in [*own, *self.line.rest] if text]

    @property
    def whom(self) -> str:
        """The cell by which a row means somebody."""
        return "login" if self.line.text("login") else "name"

    # what is wrong

    def blame(self, key: str, words: str) -> None:
        """Say at a cell what is wrong and what to do."""
        self.wrong.append(Wrong(self.line.at(key), words))

    def differs(self, key: str, there: str, page: str) -> None:
        """Say that what is there already is not what the cell says. An import changes nothing."""
        what = self._column(key).head
        told = self.line.text(key)
        self.blame(key, f"已有的{what}是“{there}”，与“{told}”不同。导入不改动已有的内容：请改表格，或者到“{page}”办理")

    def _column(self, key: str) -> Column:
        return self.line.shape.column(key)

    # what it says

    def need(self, key: str) -> str:
        """Return the words of a cell that has to be filled in."""
        text = self.line.text(key)
        if not text:
            self.blame(key, f"请填写{self._column(key).head}")
        return text

    def choice(self, key: str) -> str | None:
        """Return which of the column's words a cell says; None for an empty cell, and for one that says none of them."""
        text = self.line.text(key)
        if not text:
            return None
        words = self._column(key).words
        for word, otherwise in words:
            if text == word or re.fullmatch(otherwise or "(?!)", text):
                return word
        self.blame(key, f"“{text}”没有认出来，请改成：{'、'.join(word for word, _ in words)}")
        return None

    def find(self, key: str, look: Callable[[str], Thing]) -> Thing | None:
        """Return what a cell names; None, and said to be wrong, where it is empty or names nothing."""
        text = self.need(key)
        if not text:
            return None
        try:
            return look(text)
        except Unclear as why:
            self.blame(key, str(why))
            return None

    def day(self, key: str) -> date | None:
        """Return the day that a cell says; a month stands for its first, and the row says so."""
        text = plain(self.line.text(key)).replace(" 年", "年")
        if not text:
            return None
        try:
            day, how = _day(text)
        except (ValueError, OverflowError):
            day, how = None, ""
        if day is None or not 1950 <= day.year <= 2100:
            self.blame(key, f"“{self.line.text(key)}”不是日期，请写成 2026-01-15 这样")
            return None
        if how:
            self.notes.append(f"“{self.line.text(key)}”{how}，读成 {day}（{self.line.at(key)}）")
        return day


def _day(text: str) -> tuple[date | None, str]:
    if exact := _DAY.fullmatch(text) or _COMPACT.fullmatch(text):
        return date(int(exact["y"]), int(exact["m"]), int(exact["d"])), ""
    if month := _MONTH.fullmatch(text):
        return date(int(month["y"] or month["y2"]), int(month["m"] or month["m2"]), 1), "只写到月"
    if _SERIAL.fullmatch(text):
        return _BEFORE_ANY + timedelta(days=int(text)), "是表格里的日期序号"
    return None, ""
