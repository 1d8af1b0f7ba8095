"""A table becomes rows: headings, continued rows, footnotes and totals told apart from what is to be done. Pure.

Every cell that holds something stands in the text, and every row of the table is a row here, part of one, a heading,
or aside with the reason: nothing is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from checklist.decompose.outline import level_of
from checklist.files.child.grid import Cell, Table
from checklist.papers import columns
from checklist.papers.columns import Head, Means

LONGEST_HEADING = 60
BETWEEN = " ｜ "  # cells of a row, in the text
_POINT = 3  # of grammar.MARKS: 第一部分, 第一条, 一、, （一） number headings, also where they span no columns
_NOTE = re.compile(r"^(?:(?:备?注|说明|填表说明)\s*[0-9０-９]{0,2}\s*[:：.．]|※|[＊*])")
_TOTAL = re.compile(r"^(?:合\s*计|总\s*计|小\s*计|共\s*计)")
_SIGNED = re.compile(
    r"^(?:填报|填表|审核|制表|审批|联系|单位负责|经办|分管领导签|签字|日期)[^，。]{0,8}[:：]|^(?:填报|填表|制表)(?:人|单位|日期)"
)
_ORDINAL = re.compile(r"[一二三四五六七八九十]{1,3}|[（(][一二三四五六七八九十]{1,3}[）)]")


@dataclass(frozen=True)
class Value:
    """What a row has in a column."""

    column: str
    cell: Cell


@dataclass
class Row:
    """What is to be done by one row of the table, or by several that go on. `text[start:end]` is the row in the text."""

    at: str
    path: tuple[str, ...]
    start: int
    end: int
    values: dict[Means, list[Value]] = field(default_factory=dict)
    beside: list[Value] = field(default_factory=list)  # in columns whose names are not usual
    doubt: str = ""

    def texts(self, means: Means) -> list[str]:
        """What the cells of this meaning hold, each once."""
        return list(dict.fromkeys(value.cell.text for value in self.values.get(means, [])))

    def address(self, *means: Means) -> str:
        """Where to look for it, or the row itself."""
        return next((v.cell.at for m in means for v in self.values.get(m, [])), self.at)


@dataclass(frozen=True)
class Aside:
    """A row that is no duty: what it holds, and what it was taken for."""

    at: str
    text: str
    why: str


@dataclass
class Content:
    """What a file's tables come to. `text` is all of it, one row of a table a line."""

    text: str = ""
    rows: list[Row] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # columns whose names are not usual
    headed: bool = False  # at least one table had a head


def read(tables: Sequence[Table]) -> Content:
    """The rows of all tables, in their order; a table without a head goes on with the one before."""
    content = Content()
    head: Head | None = None
    for table in map(tidy, tables):
        content.notes += table.notes
        own = columns.find(table.rows)
        head = own or (Head(head.columns, 0, 0) if head and _goes_on(table, head) else None)
        if head:
            _Reader(content, head).read(table)
        else:
            _leave(table, content)
    return content


def tidy(table: Table) -> Table:
    """The same with text as it is stored: NFC, plain line ends, nothing unseen, no empty cell."""
    rows = [[replace(cell, text=_tidied(cell.text)) for cell in row] for row in table.rows]
    return Table(table.name, [kept for row in rows if (kept := [cell for cell in row if cell.text])], table.notes)


def _tidied(text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    text = "".join(
        c for c in text if c == "\n" or (c not in "\ufeff\u200b" and unicodedata.category(c) not in ("Cc", "Cs"))
    )
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def remark(row: Sequence[Cell]) -> str | None:
    """What a row says of the table around it: a total, who signs it, a note; None for a row of the table itself."""
    text = next((cell.text for cell in row if cell.of is None), "")
    if _TOTAL.match(text) or (is_alone(row) and _SIGNED.match(text)):
        return "合计或签字栏"
    return "表下的注" if is_alone(row) and _NOTE.match(text) else None


def is_alone(row: Sequence[Cell]) -> bool:
    """Whether a row is one cell, alone or merged across."""
    return len({cell.of or cell.at for cell in row}) == 1


def _goes_on(table: Table, head: Head) -> bool:
    """Whether a table without a head is the next page of the one before: as many columns, and a number that begins it."""
    if not table.rows or not head.of(Means.NUMBER):
        return False
    first = {cell.column: cell.text for cell in table.rows[0]}
    return max(first) == max(head.columns) and bool(re.match(r"[0-9０-９]", first.get(head.of(Means.NUMBER)[0], "")))


def _leave(table: Table, content: Content) -> None:
    for row in table.rows:
        text = BETWEEN.join(cell.text for cell in row if cell.of is None)
        content.asides.append(Aside(row[0].at, text, f"“{table.name}”没有认出表头"))
        content.text += f"{text}\n"


class _Reader:
    """Reads one table behind its head."""

    def __init__(self, content: Content, head: Head) -> None:
        self._content, self._head = content, head
        self._headings: list[tuple[int, str]] = []
        self._last: Row | None = None  # of this table: what goes on, goes on within it

    def read(self, table: Table) -> None:
        content, head = self._content, self._head
        content.headed = True
        for n, row in enumerate(table.rows):
            own = [cell for cell in row if cell.of is None]
            if not own:
                continue
            start = len(content.text)
            content.text += BETWEEN.join(cell.text for cell in own) + "\n"
            if n < head.first:
                self._aside(own, "表头以上的文字")
            elif n >= head.behind:
                self._take(row, own, start, len(content.text) - 1)
        unread = [column.name for _, column in sorted(head.columns.items()) if column.means is None]
        content.unread += [name for name in unread if name not in content.unread]

    def _take(self, row: Sequence[Cell], own: list[Cell], start: int, end: int) -> None:
        if self._head.repeats(row):
            self._aside(own, "重复的表头")
        elif why := remark(row):
            self._aside(own, why)
        elif heading := self._heading(row, own):
            level = level_of(heading)
            level = -1 if level is None else level
            self._aside(own, "小标题")
            self._headings = [above for above in self._headings if above[0] < level] + [(level, heading)]
            self._last = None
        else:
            self._take_duty(row, own, start, end)

    def _aside(self, own: Sequence[Cell], why: str) -> None:
        self._content.asides.append(Aside(own[0].at, BETWEEN.join(cell.text for cell in own), why))

    def _means(self, cell: Cell) -> Means | None:
        column = self._head.columns.get(cell.column)
        return column.means if column else None

    def _heading(self, row: Sequence[Cell], own: list[Cell]) -> str | None:
        """The heading that a row is: one cell across the table, or a number like 一 with a name and nothing else."""
        text = own[0].text
        if is_alone(row):
            level = level_of(text)
            spans = len(row) > 2 or (len(row) == 2 and len(self._head.columns) <= 3)
            numbered = level is not None and level <= _POINT
            in_number = self._means(own[0]) in (Means.NUMBER, Means.GROUP) and not re.match(r"[0-9０-９]", text)
            is_short = len(text) <= LONGEST_HEADING and not text.endswith("。") and "：" not in text
            return " ".join(text.split()) if is_short and (spans or numbered or in_number) else None
        held = [self._means(cell) for cell in row]
        is_numbered = held in ([Means.NUMBER, Means.WORDING], [Means.NUMBER, Means.GROUP])
        if len(own) == 2 and is_numbered and _ORDINAL.fullmatch(text):
            return f"{text}{'' if text.endswith(('）', ')')) else '、'}{own[1].text}"
        return None

    def _take_duty(self, row: Sequence[Cell], own: list[Cell], start: int, end: int) -> None:
        held = {means for cell in own if (means := self._means(cell))}
        begins = bool(held & {Means.WORDING, Means.INTEGRITY, Means.NUMBER})
        wording = [cell for cell in row if self._means(cell) is Means.WORDING]
        if not begins and wording:  # the words of the rows above hold for this one too
            begins = bool(held & {Means.LEAD, Means.SUPPORT, Means.DEADLINE}) and bool(held & {Means.MEASURES})
        if held == {Means.NUMBER} and len(own) == 1:
            self._aside(own, "只有序号")
        elif begins:
            self._begin(row, own, start, end, held)
        elif self._last:
            self._go_on(own, end)
        else:
            self._aside(own, "没有工作内容，也不知道接在哪一行后面")

    def _begin(self, row: Sequence[Cell], own: list[Cell], start: int, end: int, held: set[Means]) -> None:
        path = tuple(heading for _, heading in self._headings)
        found = Row(own[0].at, path, start, end)
        if held == {Means.WORDING} and self._last and self._last.texts(Means.NUMBER):
            found.doubt = "这一行只有工作内容，可能是上一行没写完的话，请核对"
        self._put(found, row)
        self._content.rows.append(found)
        self._last = found

    def _go_on(self, own: Sequence[Cell], end: int) -> None:
        """A row without words of its own adds to the one before; between them stand only rows that do the same."""
        assert self._last
        self._put(self._last, own)
        self._last.end = end

    def _put(self, row: Row, cells: Sequence[Cell]) -> None:
        places = {cell.at for cell in cells}
        for value in self._values(cells):
            if value.cell.of in places:  # what spans columns counts once
                continue
            means = self._means(value.cell)
            if means is None:
                row.beside.append(value)
            else:
                row.values.setdefault(means, []).append(value)

    def _values(self, cells: Sequence[Cell]) -> Iterator[Value]:
        for cell in cells:
            column = self._head.columns.get(cell.column)
            yield Value(column.name if column else f"第 {cell.column} 列", cell)
