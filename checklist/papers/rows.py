"""A table becomes rows: headings, continued rows, footnotes and totals told apart from what is to be done. Pure.

Every cell that holds something stands in the text, and every row of the table is a row here, part of one, a heading,
or aside with the reason: nothing is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from checklist.decompose.outline import level_of
from checklist.files.child.grid import Cell, Table
from checklist.papers import columns
from checklist.papers.columns import Head, Meaning

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
class NamedCell:
    """A cell of a row with the name of its column."""

    column: str
    cell: Cell


@dataclass
class TableRow:
    """A row of a table with those that go on with it: one thing to be done. `text[start:end]` is the row in the text."""

    at: str
    path: tuple[str, ...]
    start: int
    end: int
    values: dict[Meaning, list[NamedCell]] = field(default_factory=dict)
    beside: list[NamedCell] = field(default_factory=list)  # in columns whose names are not usual
    doubt: str = ""

    def texts(self, meaning: Meaning) -> list[str]:
        """Return what the cells of this meaning hold, each once."""
        return list(dict.fromkeys(value.cell.text for value in self.values.get(meaning, [])))

    def address(self, *meanings: Meaning) -> str:
        """Return where the first cell of these meanings is, or the row itself."""
        return next((value.cell.at for meaning in meanings for value in self.values.get(meaning, [])), self.at)


@dataclass(frozen=True)
class Aside:
    """A row that is no duty: what it holds, and what it was taken for."""

    at: str
    text: str
    why: str


@dataclass
class Contents:
    """All that a file's tables hold. `text` is all of it, one row of a table a line."""

    text: str = ""
    rows: list[TableRow] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # columns whose names are not usual
    meanings: set[Meaning] = field(default_factory=set)  # of the columns in which some row has something
    headed: bool = False  # at least one table had a head

    def add(self, cells: Sequence[Cell]) -> tuple[int, int]:
        """Put a row's cells behind the text, and return where they stand in it."""
        start = len(self.text)
        self.text += BETWEEN.join(cell.text for cell in cells) + "\n"
        return start, len(self.text) - 1

    def set_aside(self, cells: Sequence[Cell], why: str) -> None:
        """Remember a row that is no duty."""
        self.asides.append(Aside(cells[0].at, BETWEEN.join(cell.text for cell in cells), why))


def read_rows(tables: Sequence[Table]) -> Contents:
    """Return the rows of all tables, in their order; a table without a head goes on with the one before."""
    contents = Contents()
    head: Head | None = None
    for table in map(tidy, tables):
        contents.notes += table.notes
        own = columns.find_head(table.rows)
        head = own or (Head(head.columns, 0, 0) if head and _goes_on(table, head) else None)
        if head:
            _TableReader(contents, head).read(table)
        else:
            for row in table.rows:
                if cells := [cell for cell in row if cell.of is None]:
                    contents.add(cells)
                    contents.set_aside(cells, f"“{table.name}”没有认出表头")
    return contents


def tidy(table: Table) -> Table:
    """Return the table with text as it is stored: NFC, plain line ends, nothing unseen, no empty cell."""
    rows = [[replace(cell, text=_tidied(cell.text)) for cell in row] for row in table.rows]
    return Table(table.name, [kept for row in rows if (kept := [cell for cell in row if cell.text])], table.notes)


def _tidied(text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    text = "".join(
        c for c in text if c == "\n" or (c not in "\ufeff\u200b" and unicodedata.category(c) not in ("Cc", "Cs"))
    )
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def remark(row: Sequence[Cell]) -> str | None:
    """Return what a row is to the table around it: a total, who signs it, a note; None for a row of the table itself."""
    text = next((cell.text for cell in row if cell.of is None), "")
    if _TOTAL.match(text) or (is_alone(row) and _SIGNED.match(text)):
        return "合计或签字栏"
    return "表下的注" if is_alone(row) and _NOTE.match(text) else None


def is_alone(row: Sequence[Cell]) -> bool:
    """Tell whether a row is one cell, alone or merged across."""
    return len({cell.of or cell.at for cell in row}) == 1


def _goes_on(table: Table, head: Head) -> bool:
    """Tell whether a table without a head is the next page of the one before: as wide, and begun by a number."""
    if not table.rows or not head.of(Meaning.NUMBER):
        return False
    first = {cell.column: cell.text for cell in table.rows[0]}
    return max(first) == max(head.columns) and bool(re.match(r"[0-9０-９]", first.get(head.of(Meaning.NUMBER)[0], "")))


class _TableReader:
    """Reads one table behind its head."""

    def __init__(self, contents: Contents, head: Head) -> None:
        self._contents, self._head = contents, head
        self._headings: list[tuple[int, str]] = []
        self._last: TableRow | None = None  # of this table: what goes on, goes on within it

    def read(self, table: Table) -> None:
        contents, head = self._contents, self._head
        contents.headed = True
        for n, row in enumerate(table.rows):
            own = [cell for cell in row if cell.of is None]
            if not own:
                continue
            place = contents.add(own)
            if n < head.first:
                contents.set_aside(own, "表头以上的文字")
            elif n >= head.behind:
                self._read_row(row, own, place)
        unread = [column.name for _, column in sorted(head.columns.items()) if column.meaning is None]
        contents.unread += [name for name in unread if name not in contents.unread]

    def _read_row(self, row: Sequence[Cell], own: list[Cell], place: tuple[int, int]) -> None:
        if self._head.repeats(row):
            self._contents.set_aside(own, "重复的表头")
        elif why := remark(row):
            self._contents.set_aside(own, why)
        elif heading := self._heading(row, own):
            level = level_of(heading)
            level = -1 if level is None else level
            self._contents.set_aside(own, "小标题")
            self._headings = [above for above in self._headings if above[0] < level] + [(level, heading)]
            self._last = None
        else:
            self._read_duty(row, own, place)

    def _meaning(self, cell: Cell) -> Meaning | None:
        column = self._head.columns.get(cell.column)
        return column.meaning if column else None

    def _heading(self, row: Sequence[Cell], own: list[Cell]) -> str | None:
        """Return the heading that a row is: one cell across the table, or a number like 一 with a name and nothing else."""
        text = own[0].text
        if is_alone(row):
            level = level_of(text)
            spans = len(row) > 2 or (len(row) == 2 and len(self._head.columns) <= 3)
            numbered = level is not None and level <= _POINT
            in_number = self._meaning(own[0]) in (Meaning.NUMBER, Meaning.GROUP) and not re.match(r"[0-9０-９]", text)
            is_short = len(text) <= LONGEST_HEADING and not text.endswith("。") and "：" not in text
            return " ".join(text.split()) if is_short and (spans or numbered or in_number) else None
        held = [self._meaning(cell) for cell in row]
        is_numbered = held in ([Meaning.NUMBER, Meaning.WORDING], [Meaning.NUMBER, Meaning.GROUP])
        if len(own) == 2 and is_numbered and _ORDINAL.fullmatch(text):
            return f"{text}{'' if text.endswith(('）', ')')) else '、'}{own[1].text}"
        return None

    def _read_duty(self, row: Sequence[Cell], own: list[Cell], place: tuple[int, int]) -> None:
        held = {meaning for cell in own if (meaning := self._meaning(cell))}
        begins = bool(held & {Meaning.WORDING, Meaning.INTEGRITY, Meaning.NUMBER})
        wording = [cell for cell in row if self._meaning(cell) is Meaning.WORDING]
        if not begins and wording:  # the words of the rows above hold for this one too
            begins = bool(held & {Meaning.LEAD, Meaning.SUPPORT, Meaning.DEADLINE}) and bool(held & {Meaning.MEASURES})
        if held == {Meaning.NUMBER} and len(own) == 1:
            self._contents.set_aside(own, "只有序号")
        elif begins:
            self._begin(row, own, place, held)
        elif self._last:
            self._go_on(own, place[1])
        else:
            self._contents.set_aside(own, "没有工作内容，也不知道接在哪一行后面")

    def _begin(self, row: Sequence[Cell], own: list[Cell], place: tuple[int, int], held: set[Meaning]) -> None:
        path = tuple(heading for _, heading in self._headings)
        begun = TableRow(own[0].at, path, *place)
        if held == {Meaning.WORDING} and self._last and self._last.texts(Meaning.NUMBER):
            begun.doubt = "这一行只有工作内容，可能是上一行没写完的话，请核对"
        self._add(begun, row)
        self._contents.rows.append(begun)
        self._last = begun

    def _go_on(self, own: Sequence[Cell], end: int) -> None:
        """Add a row without words of its own to the one before; between them stand only rows that do the same."""
        assert self._last
        self._add(self._last, own)
        self._last.end = end

    def _add(self, row: TableRow, cells: Sequence[Cell]) -> None:
        places = {cell.at for cell in cells}
        for cell in cells:
            if cell.of in places:  # what spans columns counts once
                continue
            column = self._head.columns.get(cell.column)
            named = NamedCell(column.name if column else f"第 {cell.column} 列", cell)
            if column and column.meaning:
                row.values.setdefault(column.meaning, []).append(named)
                self._contents.meanings.add(column.meaning)
            else:
                row.beside.append(named)
