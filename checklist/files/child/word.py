"""A .docx file: its paragraphs, with the numbers that Word only shows, and its tables.

The text is as it will be: what was struck out with revisions shown is not read, what was put in is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from checklist.files.child.grid import Sheet, Table, Unreadable
from checklist.files.child.numbering import Numbering
from checklist.files.child.office import Parts, Tree, number

MOST_TABLES = 200
MOST_COLUMNS = 100
BETWEEN_CELLS = "｜"  # of a row, in the text

_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_KEPT = {"p", "t", *_SIGNS, *Numbering.MARKS, "tbl", "tr", "tc", "gridBefore", "gridSpan", "vMerge"}
# Said once more elsewhere, struck out, how it was before, and where a line's tab stops are.
_SKIPPED = {"Fallback", "del", "moveFrom", "pPrChange", "trPrChange", "tcPrChange", "tabs"}


class _Cell(NamedTuple):
    """A cell of a table; `joins` says that it goes on with the cell above."""

    lines: list[str]
    span: int
    joins: bool


class _Row(NamedTuple):
    """A row of a table, and how many columns stand empty before it."""

    before: int
    cells: list[_Cell]


Block = str | list[_Row]  # a paragraph, or a table


def text(parts: Parts) -> str:
    """Return a document's text: a paragraph is a line, and so is a row of a table. Raises Unreadable."""
    document = parts.read("word/document.xml", Tree(_KEPT, _SKIPPED))
    return "\n".join(_lines(_blocks(document.root, Numbering(parts))))


def tables(parts: Parts) -> list[Table]:
    """Return a document's tables in their order; a table within a cell is that cell's text. Raises Unreadable."""
    document = parts.read("word/document.xml", Tree(_KEPT, _SKIPPED))
    blocks = list(_blocks(document.root, Numbering(parts)))
    found = [block for block in blocks if not isinstance(block, str)]
    if not found:
        raise Unreadable("这个文档里没有表格。要从文字起草，请用“从讲话或文件起草清单”。")
    if len(found) > MOST_TABLES:
        raise Unreadable(f"文档里超过 {MOST_TABLES} 个表格，没有读取。请拆分后再上传。")
    tables = [_table(f"表 {n}", rows) for n, rows in enumerate(found, 1)]
    if outside := [block for block in blocks if isinstance(block, str) and block]:
        tables[0].notes.append("表格之外的文字：" + " ／ ".join(outside))
    if document.names & {"ins", "del", "moveFrom", "moveTo"}:
        tables[0].notes.append("文档里有修订痕迹，按接受修订后的文字读取。")
    if document.names & {"footnoteReference", "endnoteReference"}:
        tables[0].notes.append("文档里有脚注或尾注，其中的文字没有读取。")
    return tables


def _blocks(above: Element, numbering: Numbering) -> Iterator[Block]:
    """Yield the paragraphs and tables in a document, a cell or a paragraph, whose text boxes come before its words."""
    for element in above:
        if element.tag == "p":
            yield from _blocks(element, numbering)
            words = "".join(_SIGNS.get(part.tag, "") + (part.text or "") for part in element).strip()
            # A cell may hold nothing but its number.
            yield numbering.mark(element) + words if words or above.tag == "tc" else ""
        elif element.tag == "tbl":
            yield [_row(row, numbering) for row in element.findall("tr")]


def _row(row: Element, numbering: Numbering) -> _Row:
    cells = []
    for cell in row.findall("tc"):
        span, merge = cell.find("gridSpan"), cell.find("vMerge")
        joins = merge is not None and merge.get("val", "continue") == "continue"
        lines = list(_lines(_blocks(cell, numbering)))
        cells.append(_Cell(lines, 1 if span is None else max(1, number(span.get("val"))), joins))
    before = row.find("gridBefore")
    return _Row(0 if before is None else number(before.get("val")), cells)


def _lines(blocks: Iterator[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, str):
            yield block
        else:
            for row in block:
                yield BETWEEN_CELLS.join(" ".join(" ".join(cell.lines).split()) for cell in row.cells)


def _table(name: str, rows: list[_Row]) -> Table:
    sheet = Sheet()
    tops: dict[int, int] = {}  # column → row in which its merged cell began
    merges: dict[tuple[int, int], tuple[int, int]] = {}  # its top and left → its bottom and right
    for n, row in enumerate(rows, 1):
        column = 1 + row.before
        for cell in row.cells:
            right = column + cell.span - 1
            if right > MOST_COLUMNS:
                raise Unreadable(f"表格超过 {MOST_COLUMNS} 列，没有读取。")
            if cell.joins and column in tops:
                merges[tops[column], column] = (n, merges[tops[column], column][1])
            else:
                tops[column], merges[n, column] = n, (n, right)
            sheet.put(n, column, "\n".join(cell.lines).strip())  # also what is hidden beneath a merge
            column = right + 1
    ranges = [(*start, *end) for start, end in merges.items() if start != end]
    return Table(name, sheet.rows(ranges, lambda row, column: f"{name} 第 {row} 行 第 {column} 列"))
