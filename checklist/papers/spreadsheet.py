"""A list as a sheet that can be imported back without loss.

It has a title, a row of heads, and a row for each duty that was not dropped. What a cell holds:

| head | holds |
|---|---|
| 序号 | 1, 2, 3 … in the list's order |
| 任务来源 | the headings that the duty stands under in its source, the highest first, one a line |
| 工作内容 | the office's wording |
| 侧别 | 业务, 廉政 or 业务与廉政 |
| 牵头单位, 配合单位 | owners, one a line: a unit's name; a post's title; 各镇, 各部门 or 班子成员, exceptions as 各镇（甲镇、乙镇除外） |
| 目标 | one target a line: what, ≥ ≤ ＞ ＜ ＝ 增加 or 减少, the figure or 待定, its unit, with a space between each |
| 频次 | a cadence by its word on the screen |
| 完成时限 | the day that was set, as 2026-06-30 |
| 原文时限 | the time in the source's own words |
| 步骤 | one step a line |
| 廉政对应业务 | the work that an integrity duty guards: 序号 within the list, 2026 年《名称》第 3 项 in another, with its unit before 《》 and its kind in （） behind where the name alone is not enough; one a line |
| 原文 | the source's exact words |
| 进展 | how far its items are; only of a list in force, and not for reading back |

A name that another unit or post bears too, or that holds a separator, is followed by its code or number in 〔〕.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from checklist import papers, picture
from checklist.files import sheets
from checklist.items import progress
from checklist.lists import guarding, owners
from models import Duty, DutyList, Part

CUT = "……（太长，余下部分见系统）"

_SEPARATORS = re.compile(r"[\n、，,；;（）()〔〕]")


class Names:
    """The names of owners, and of the work that is guarded, as they can be told apart again; read once a list."""

    def __init__(self, duty_list: DutyList) -> None:
        self._root = duty_list.unit
        self._cited = guarding.citations(duty_list)
        county = picture.current()
        self._units = {unit.code: unit.name for unit in county.units.values()}
        self._posts = {str(post.id): post.title for post in county.posts.values()}

    def owner(self, owner: owners.Owner) -> str:
        """Return an owner by name: 县财政局, 县财政局 局长, 各镇（西山镇除外）."""
        if "unit" in owner:
            return _marked(self._units, owner["unit"])
        if "post" in owner:
            return _marked(self._posts, str(owner["post"]))
        names = dict(owners.exceptable(owner, self._root))
        left_out = "、".join(_marked(names, key) for key in owner["except"])
        return owners.SETS[owner["set"]] + (f"（{left_out}除外）" if left_out else "")

    def guarded(self, duty: Duty) -> list[str]:
        """Return the work that a duty guards: 3, 2026 年《名称》第 3 项."""
        return [cited.number for cited in self._cited[duty]]


def _marked(names: dict[str, str], key: str) -> str:
    name = names.get(key, "")
    alone = Counter(names.values())[name] == 1 and not _SEPARATORS.search(name)
    return name if alone else f"{_SEPARATORS.sub('·', name)}〔{key}〕"


@dataclass(frozen=True)
class SheetColumn:
    """A column of the sheet: its head, its width in characters, and the words in it."""

    head: str
    width: int
    words: Callable[[Duty, Names], str]


def _owners(part: Part) -> Callable[[Duty, Names], str]:
    return lambda duty, names: "\n".join(names.owner(owner) for owner in duty.owners if owner["part"] == part)


COLUMNS = (
    SheetColumn("任务来源", 18, lambda duty, _: "\n".join(duty.path)),
    SheetColumn("工作内容", 44, lambda duty, _: duty.wording),
    SheetColumn("侧别", 7, lambda duty, _: duty.side.label),
    SheetColumn("牵头单位", 16, _owners(Part.LEAD)),
    SheetColumn("配合单位", 16, _owners(Part.SUPPORT)),
    SheetColumn("目标", 24, lambda duty, _: "\n".join(map(papers.target, duty.targets))),
    SheetColumn("频次", 10, lambda duty, _: duty.cadence.label),
    SheetColumn("完成时限", 12, lambda duty, _: duty.due_on.isoformat() if duty.due_on else ""),
    SheetColumn("原文时限", 10, lambda duty, _: duty.deadline or ""),
    SheetColumn("步骤", 16, lambda duty, _: "\n".join(duty.steps)),
    SheetColumn("廉政对应业务", 14, lambda duty, names: "\n".join(names.guarded(duty))),
    SheetColumn("原文", 44, lambda duty, _: duty.quote),
)
NUMBER, PROGRESS = "序号", "进展"


def write_xlsx(duty_list: DutyList, out: BinaryIO) -> None:
    """Write a list to `out` as a workbook of one sheet: A4 landscape, the heads on every page."""
    counts = progress.counts(duty_list.kept)
    heads = [NUMBER, *(column.head for column in COLUMNS), *([PROGRESS] if counts else [])]
    names = Names(duty_list)
    with Workbook(out, sheets.ONLY_TEXT) as book:
        book.set_properties({"created": sheets.NO_DAY})
        sheet = _sheet(book, duty_list.sort, len(heads))
        sheet.merge_range(0, 0, 0, len(heads) - 1, papers.title(duty_list), book.add_format({**_CELL, **_TITLE}))
        sheet.write_row(1, 0, heads, book.add_format({**_CELL, **_HEAD}))
        cell = book.add_format(_CELL)
        for n, duty in enumerate(duty_list.kept, 1):
            texts = [column.words(duty, names) for column in COLUMNS]
            texts += [_progress(counts.get(duty.id))] if counts else []
            sheet.write_row(n + 1, 0, [n, *(sheets.fitting(text, CUT) for text in texts)], cell)
            sheet.set_row(n + 1, sheets.height(texts, _WIDTHS[1 : len(heads)]))


_WIDTHS = [6, *(column.width for column in COLUMNS), 16]
_CELL = {"font_name": "仿宋", "font_size": 11, "text_wrap": True, "valign": "top", "border": 1}
_HEAD = {"font_name": "黑体", "align": "center", "valign": "vcenter", "bg_color": "#F2F2F2"}
_TITLE = {"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter", "border": 0}
_MARGINS = {"left": 35, "right": 37, "top": 28, "bottom": 26}  # mm; as in docx.MARGINS


def _sheet(book: Workbook, name: str, columns: int) -> Any:
    sheet = book.add_worksheet(name)
    for at, width in enumerate(_WIDTHS[:columns]):
        sheet.set_column(at, at, width)
    sheet.set_row(0, 36)
    sheet.freeze_panes(2, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(**{side: mm / 25.4 for side, mm in _MARGINS.items()})
    sheet.repeat_rows(1)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C— &P —")
    return sheet


def _progress(count: progress.DutyCount | None) -> str:
    if count is None:
        return "今年没有待办"
    late = f"，逾期 {count.late}" if count.late else ""
    return f"{count.approved} 通过 / {count.signed} 待审 / 共 {count.total}{late}"
