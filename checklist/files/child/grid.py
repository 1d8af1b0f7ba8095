"""A table as its file has it, rows of cells that know their addresses: shared by the reading child and the rest.

Only the standard library: the child that reads a hostile file loads nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

MOST_CELLS = 60_000  # that hold something
MOST_CHARACTERS = 2_000_000
MOST_ROWS = 5_000

Address = Callable[[int, int], str]  # (row, column) → what people call the cell


class Unreadable(Exception):
    """A file that is not read; the message says in Chinese what to do instead."""


@dataclass(frozen=True)
class Cell:
    """`at` is its address as people say it; `of` that of the merged cell which it is only a part of, or None."""

    at: str
    column: int  # from 1
    text: str
    of: str | None = None


@dataclass
class Table:
    """One sheet or table: the rows that hold something, and what was seen beside the cells (`notes`, in Chinese)."""

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Sheet:
    """Cells as they come in, kept only where they hold something, so that an empty sheet of any size costs nothing.

    Raises Unreadable for more than can be looked through by a human.
    """

    def __init__(self) -> None:
        self.cells: dict[int, dict[int, str]] = {}
        self._characters = self._count = 0

    def put(self, row: int, column: int, text: str) -> None:
        """Keep a cell; an empty one is none."""
        if not text.strip():
            return
        self._characters += len(text)
        self._count += 1
        if self._count > MOST_CELLS or self._characters > MOST_CHARACTERS:
            raise Unreadable(f"表格太大：超过 {MOST_CELLS} 个有内容的格子。请只留要导入的部分，另存后再上传。")
        self.cells.setdefault(row, {})[column] = text
        if len(self.cells) > MOST_ROWS:
            raise Unreadable(f"表格太大：超过 {MOST_ROWS} 行。请分成几个文件，或删去不导入的行后再上传。")

    def rows(self, merges: Iterable[tuple[int, int, int, int]], address: Address) -> list[list[Cell]]:
        """Return the rows, with each merged range (first row, first column, last row, last column) filled from its top left.

        A range is filled only where rows and columns hold something: A1:XFD20000 over a small table is that table.
        """
        columns = sorted({column for cells in self.cells.values() for column in cells})
        filled: dict[tuple[int, int], tuple[str, str]] = {}
        for top, left, bottom, right in merges:
            text = self.cells.get(top, {}).get(left)
            if text is None:
                continue
            under = [row for row in self.cells if top <= row <= bottom]
            across = [column for column in columns if left <= column <= right]
            if len(filled) + len(under) * len(across) > MOST_CELLS:
                raise Unreadable("合并单元格太多。请取消不需要的合并，另存后再上传。")
            for row in under:
                for column in across:
                    filled.setdefault((row, column), (text, address(top, left)))
        covered: dict[int, set[int]] = {}
        for row, column in filled:
            covered.setdefault(row, set()).add(column)
        return [
            [self._cell(row, column, filled, address) for column in sorted(own.keys() | covered.get(row, set()))]
            for row, own in sorted(self.cells.items())
        ]

    def _cell(self, row: int, column: int, filled: dict[tuple[int, int], tuple[str, str]], address: Address) -> Cell:
        """Return a cell; its own words go before what a merge would put over them: they may be hidden, and are not lost."""
        at = address(row, column)
        own = self.cells[row].get(column)
        text, of = filled.get((row, column), ("", at))
        if own is not None:
            return Cell(at, column, own, of if own == text and of != at else None)
        return Cell(at, column, text, of)
