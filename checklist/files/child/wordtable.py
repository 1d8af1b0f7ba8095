"""The tables of a .docx file, and the words around them. Streamed as workbook.py does it, under the same limits."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field

from checklist.files.child.grid import Sheet, Table, Unreadable
from checklist.files.child.workbook import parse

MOST_TABLES = 200
MOST_COLUMNS = 100


def read(archive: zipfile.ZipFile) -> list[Table]:
    """The tables in their order; a table within a cell is that cell's text. Raises Unreadable.

    What was struck out with revisions shown is not read, what was put in is: the text as it will be.
    """
    reader = _Reader()
    parse(archive, "word/document.xml", reader.start, reader.end, reader.text)
    if not reader.tables:
        raise Unreadable("这个文档里没有表格。要从文字起草，请用“从讲话或文件起草清单”。")
    tables = [table.close(n) for n, table in enumerate(reader.tables, 1)]
    if reader.outside:
        tables[0].notes.insert(0, "表格之外的文字：" + " ／ ".join(reader.outside))
    if reader.is_revised:
        tables[0].notes.append("文档里有修订痕迹，按接受修订后的文字读取。")
    if reader.has_footnotes:
        tables[0].notes.append("文档里有脚注或尾注，其中的文字没有读取。")
    return tables


@dataclass
class _Open:
    """A table that is being read; `above` says where each column's merged cell began."""

    sheet: Sheet = field(default_factory=Sheet)
    row: int = 0
    column: int = 1
    span: int = 1
    joins: bool = False  # goes on with the cell above
    above: dict[int, tuple[int, int]] = field(default_factory=dict)  # column → (row, last column) of its top
    merges: dict[tuple[int, int], list[int]] = field(default_factory=dict)  # (row, column) → [last row, last column]

    def end_cell(self, text: str) -> None:
        last = self.column + self.span - 1
        if last > MOST_COLUMNS:
            raise Unreadable(f"表格超过 {MOST_COLUMNS} 列，没有读取。")
        if self.joins and self.column in self.above:
            top, _ = self.above[self.column]
            self.merges[(top, self.column)][0] = self.row
            if text.strip():  # hidden beneath the merge, and kept
                self.sheet.put(self.row, self.column, text)
        else:
            self.sheet.put(self.row, self.column, text)
            self.merges[(self.row, self.column)] = [self.row, last]
            self.above[self.column] = (self.row, last)
        self.column = last + 1
        self.span, self.joins = 1, False

    def close(self, n: int) -> Table:
        merges = [
            (top, left, bottom, right)
            for (top, left), (bottom, right) in self.merges.items()
            if (bottom, right) != (top, left)
        ]
        name = f"表 {n}"
        return Table(name, self.sheet.rows(merges, lambda row, column: f"{name} 第 {row} 行 第 {column} 列"))


class _Reader:
    """What the events of a document come to."""

    def __init__(self) -> None:
        self.tables: list[_Open] = []
        self.outside: list[str] = []
        self.is_revised = self.has_footnotes = False
        self._inside: list[str] = []
        self._depth = 0  # of tables within tables
        self._words: list[str] = []
        self._skipping = 0  # within what is said twice, for old readers

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._inside.append(tag)
        if tag == "Fallback" or self._skipping:
            self._skipping += 1
        elif tag == "tbl":
            self._begin_table()
        elif tag in ("ins", "del") and "rPr" not in self._inside:
            self.is_revised = True
        elif tag in ("footnoteReference", "endnoteReference"):
            self.has_footnotes = True
        elif tag in ("br", "tab", "cr") and "pPr" not in self._inside:
            self._words.append("\n" if tag != "tab" else " ")
        elif self._depth == 1:
            self._within_table(tag, attributes)

    def _begin_table(self) -> None:
        self._depth += 1
        if self._depth == 1:
            self._end_outside()
            if len(self.tables) >= MOST_TABLES:
                raise Unreadable(f"文档里超过 {MOST_TABLES} 个表格，没有读取。请拆分后再上传。")
            self.tables.append(_Open())

    def _within_table(self, tag: str, attributes: dict[str, str]) -> None:
        table = self.tables[-1]
        if tag == "tr":
            table.row, table.column = table.row + 1, 1
        elif tag == "tc":
            self._words = []
        elif tag == "gridBefore":
            table.column += _count(attributes.get("val"))
        elif tag == "gridSpan":
            table.span = max(1, _count(attributes.get("val")))
        elif tag == "vMerge":
            table.joins = attributes.get("val", "continue") == "continue"

    def text(self, data: str) -> None:
        if self._inside[-1:] == ["t"] and not self._skipping and "del" not in self._inside:
            self._words.append(data)

    def end(self, tag: str) -> None:
        self._inside.pop()
        if self._skipping:
            self._skipping -= 1
        elif tag == "tbl":
            self._depth -= 1
        elif tag == "tc" and self._depth == 1:
            self.tables[-1].end_cell("".join(self._words).strip())
            self._words = []
        elif tag == "p":
            if self._depth:
                self._words.append("\n")
            else:
                self._end_outside()

    def _end_outside(self) -> None:
        words = "".join(self._words).strip()
        if words:
            self.outside.append(words)
        self._words = []


def _count(text: str | None) -> int:
    return min(int(text), MOST_COLUMNS + 1) if text and text.isdigit() and len(text) < 6 else 0
