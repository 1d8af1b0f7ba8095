"""An .xlsx file becomes tables: what its cells show. A sheet is read as a stream, for most of one may be empty cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from checklist.files.child.grid import Sheet, Table, Unreadable
from checklist.files.child.office import BROKEN, Parts, Reader, Tree, number

MOST_MERGES = 20_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_DATE_FORMATS = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)))
_BUILT_IN = {9: "0%", 10: "0.00%"}
_ESCAPED = re.compile(r"_x00(0[9AaDd])_")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def read(parts: Parts) -> list[Table]:
    """Return the sheets of a workbook, in their order; a hidden one is read too, and says so. Raises Unreadable."""
    book = parts.read("xl/workbook.xml", Tree({"workbookPr", "sheet"})).root
    is_1904 = any(element.get("date1904") in ("1", "true") for element in book.findall("workbookPr"))
    epoch = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001  (a sheet's days have no zone)
    links = parts.relations("xl/workbook.xml")
    members = dict(links.values())
    texts = _shared_texts(parts, members.get("sharedStrings", ""))
    formats = _formats(parts, members.get("styles", ""))
    tables = []
    for element in book.findall("sheet"):
        name = element.get("name", "")
        kind, member = links.get(element.get("id", ""), ("", ""))
        if kind != "worksheet" or member not in parts:
            tables.append(Table(name, notes=[f"“{name}”不是普通工作表（图表或对话框），没有读取。"]))
            continue
        sheet = parts.read(member, _SheetReader(texts, formats, epoch))
        table = Table(name, sheet.cells.rows(sheet.merges, address), sheet.notes)
        if element.get("state", "visible") != "visible":
            table.notes.insert(0, f"工作表“{name}”是隐藏的，也读进来了。")
        table.notes += _beside(parts, member)
        tables.append(table)
    return tables


def _beside(parts: Parts, member: str) -> Iterator[str]:
    """Tell what hangs on a sheet beside its cells: remarks with their words, pictures without."""
    for kind, target in parts.relations(member).values():
        if kind == "comments":
            for comment in parts.read(target, Tree({"comment", "t"})).root.findall("comment"):
                yield f"{comment.get('ref', '')} 的批注：{_words(comment).strip()}"
        elif kind == "drawing":
            yield "工作表里有图片、图表或文本框，其中的文字没有读取。"


def _shared_texts(parts: Parts, member: str) -> list[str]:
    # rPh holds how a word is pronounced, which is no part of it.
    return [_unescaped(_words(item)) for item in parts.read(member, Tree({"si", "t"}, {"rPh"})).root]


def _words(above: Element) -> str:
    return "".join(element.text or "" for element in above)


def _formats(parts: Parts, member: str) -> list[str]:
    """Return how each style of a cell shows a number: "date", "%", or "" for the number itself."""
    styles = parts.read(member, Tree({"numFmt", "cellXfs", "xf"})).root
    own = {number(element.get("numFmtId")): element.get("formatCode", "") for element in styles.findall("numFmt")}
    ids = [number(style.get("numFmtId")) for style in styles.findall("cellXfs/xf")]
    return [_shown_as(id, own.get(id, _BUILT_IN.get(id, ""))) for id in ids]


def _shown_as(id: int, code: str) -> str:
    bare = _LITERAL.sub("", code.split(";")[0])
    if id in _DATE_FORMATS or (re.search(r"[ymdhs年月日]", bare, re.IGNORECASE) and "General" not in bare):
        return "date"
    return "%" if "%" in bare else ""


# --- a sheet ------------------------------------------------------------------------------------------------


class _SheetReader(Reader):
    """Reads one sheet: its cells as they show, its merges, and what is to be said of it."""

    def __init__(self, texts: list[str], formats: list[str], epoch: datetime) -> None:
        super().__init__()
        self.cells = Sheet()
        self.merges: list[tuple[int, int, int, int]] = []
        self.notes: list[str] = []
        self._texts, self._formats, self._epoch = texts, formats, epoch
        self._row = self._column = 0
        self._kind = self._value = ""
        self._style = 0
        self._has_formula = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            row = attributes.get("r")
            self._row, self._column = number(row) if row else self._row + 1, 0
        elif tag == "c":
            self._begin_cell(attributes)
        elif tag == "f":
            self._has_formula = True
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        # A cell without an address stands behind the one before.
        self._row, self._column = _place(attributes["r"]) if "r" in attributes else (self._row or 1, self._column + 1)
        self._kind, self._value, self._has_formula = attributes.get("t", "n"), "", False
        self._style = number(attributes.get("s"))

    def text(self, data: str) -> None:
        if self.inside[-1] == "v" or (self.inside[-1] == "t" and "is" in self.inside and "rPh" not in self.inside):
            self._value += data

    def end(self, tag: str) -> None:
        if tag == "c":
            if self._has_formula and not self._value:
                self.notes.append(f"{address(self._row, self._column)} 是没有结果的公式，按空白读取。")
            self.cells.put(self._row, self._column, self._shown())

    def _shown(self) -> str:
        """Return the cell as its reader sees it."""
        value = _unescaped(self._value)
        if not value or self._kind in ("inlineStr", "str", "e"):
            return value
        if self._kind == "s":
            if not value.strip().isdecimal() or int(value) >= len(self._texts):
                raise Unreadable(BROKEN)
            return self._texts[int(value)]
        if self._kind == "b":
            return "是" if value == "1" else "否"
        if self._kind == "d":
            return value.removesuffix("T00:00:00")
        return self._figure(value)

    def _figure(self, value: str) -> str:
        try:
            figure = float(value)
        except ValueError as error:
            raise Unreadable(BROKEN) from error
        shown = self._formats[self._style] if self._style < len(self._formats) else ""
        if shown == "date" and 0 < figure < 2_958_466:
            moment = self._epoch + timedelta(minutes=round(figure * 24 * 60))
            day, time = moment.date().isoformat(), moment.strftime("%H:%M")
            return time if figure < 1 else day if time == "00:00" else f"{day} {time}"
        if shown == "%":
            return f"{_plain(figure * 100)}%"
        return _plain(figure)

    def _merge(self, ref: str) -> None:
        if len(self.merges) >= MOST_MERGES:
            raise Unreadable("合并单元格太多。请取消不需要的合并，另存后再上传。")
        first, _, last = ref.partition(":")
        self.merges.append((*_place(first), *_place(last or first)))


def _unescaped(text: str) -> str:
    """Return text with the line ends and tabs that a file spells as _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _plain(number: float) -> str:
    """Return a number with the 15 digits that a spreadsheet shows: 0.28, not 0.28000000000000003."""
    text = f"{number:.15g}"
    if "e" in text:
        text = f"{number:.20f}".rstrip("0").rstrip(".") if abs(number) < 1 else f"{number:.0f}"
    return text


def _place(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise Unreadable(BROKEN)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    if not (1 <= int(found[2]) <= LAST_ROW and column <= LAST_COLUMN):
        raise Unreadable(BROKEN)
    return int(found[2]), column


def address(row: int, column: int) -> str:
    """Return a cell's address: A1."""
    return f"{letters(column)}{row}"


def letters(column: int) -> str:
    """Return a column's name: 3 is C, 28 is AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
