"""An .xlsx file becomes tables: what its cells show, with nothing followed, run or fetched.

A stream of XML events, never a tree: what a file claims of its own size (`<dimension>`) is not asked. A document type
is refused at its first character, so that no entity is ever declared, let alone expanded.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from xml.parsers import expat

from checklist.files.child.grid import MOST_CHARACTERS, Sheet, Table, Unreadable

MOST_MEMBERS = 2_000
MOST_UNPACKED = 80 << 20  # bytes of one member of the archive
MOST_MERGES = 20_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

BROKEN = "这个文件不完整或已损坏。请用表格软件打开核对，另存为 .xlsx 后再上传。"
_BOMB = "这个文件解压后太大，没有读取。请只留要导入的部分，另存后再上传。"
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_DATE_FORMATS = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)))
_BUILT_IN = {9: "0%", 10: "0.00%"}
_ESCAPED = re.compile(r"_x00(0[9AaDd])_")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


# --- XML, as events -----------------------------------------------------------------------------------------


def parse(
    archive: zipfile.ZipFile,
    member: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = lambda name: None,
    text: Callable[[str], None] = lambda data: None,
) -> None:
    """Read a member of an archive as XML; names come without their prefixes. Raises Unreadable."""

    def refuse(*_: object) -> None:
        raise Unreadable("这个文件里有文档类型声明（DTD），不能读取。请用表格或文字软件另存后再上传。")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: start(
        _local(name), {_local(key): value for key, value in attributes.items()}
    )
    parser.EndElementHandler = lambda name: end(_local(name))
    parser.CharacterDataHandler = text
    try:
        with archive.open(member) as stream:
            done = 0
            while chunk := stream.read(1 << 16):
                done += len(chunk)
                if done > MOST_UNPACKED:
                    raise Unreadable(_BOMB)
                parser.Parse(chunk)
        parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise Unreadable(BROKEN) from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def relations(archive: zipfile.ZipFile, member: str) -> dict[str, tuple[str, str]]:
    """What a member points to: id → (kind, name of a member). What lies outside the archive is left out."""
    folder, name = posixpath.split(member)
    file = f"{folder}/_rels/{name}.rels"
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            inside = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], inside)

    if file in archive.namelist():
        parse(archive, file, start)
    return found


# --- a workbook ---------------------------------------------------------------------------------------------


def read(archive: zipfile.ZipFile) -> list[Table]:
    """The sheets of a workbook, in their order; a hidden one is read too, and says so. Raises Unreadable."""
    top = "xl/workbook.xml"
    named: list[tuple[str, str, str]] = []
    epoch = [datetime(1899, 12, 30)]  # noqa: DTZ001  (a sheet's days have no zone)

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            named.append((attributes.get("name", ""), attributes.get("id", ""), attributes.get("state", "visible")))
        elif tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            epoch[0] = datetime(1904, 1, 1)  # noqa: DTZ001

    parse(archive, top, start)
    parts = relations(archive, top)
    members = dict(parts.values())
    present = set(archive.namelist())
    texts = list(_shared_texts(archive, members["sharedStrings"])) if members.get("sharedStrings") in present else []
    formats = _formats(archive, members["styles"]) if members.get("styles") in present else []
    tables = []
    for name, id, state in named:
        kind, member = parts.get(id, ("", ""))
        if kind != "worksheet" or member not in present:
            tables.append(Table(name, notes=[f"“{name}”不是普通工作表（图表或对话框），没有读取。"]))
            continue
        reader = _Reader(texts, formats, epoch[0])
        parse(archive, member, reader.start, reader.end, reader.text)
        table = Table(name, reader.sheet.rows(reader.merges, _address), reader.notes)
        if state != "visible":
            table.notes.insert(0, f"工作表“{name}”是隐藏的，也读进来了。")
        table.notes += _beside(archive, member, present)
        tables.append(table)
    return tables


def _beside(archive: zipfile.ZipFile, member: str, present: set[str]) -> Iterator[str]:
    """What hangs on a sheet beside its cells: remarks are read, pictures are only told of."""
    for kind, target in relations(archive, member).values():
        if kind == "comments" and target in present:
            yield from _remarks(archive, target)
        elif kind == "drawing":
            yield "工作表里有图片、图表或文本框，其中的文字没有读取。"


def _remarks(archive: zipfile.ZipFile, member: str) -> list[str]:
    found: list[list[str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "comment":
            found.append([attributes.get("ref", ""), ""])

    def text(data: str) -> None:
        if found:
            found[-1][1] += data

    parse(archive, member, start, text=text)
    return [f"{at} 的批注：{words.strip()}" for at, words in found]


def _shared_texts(archive: zipfile.ZipFile, member: str) -> list[str]:
    found: list[list[str]] = []
    inside: list[str] = []
    size = [0]

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if tag == "si":
            found.append([])
        inside.append(tag)

    def text(data: str) -> None:
        # rPh holds how a word is pronounced, which is no part of it.
        if inside[-1:] == ["t"] and "rPh" not in inside and found:
            size[0] += len(data)
            if size[0] > 4 * MOST_CHARACTERS:
                raise Unreadable(_BOMB)
            found[-1].append(data)

    def end(_tag: str) -> None:
        inside.pop()

    parse(archive, member, start, end, text)
    return [_unescaped("".join(pieces)) for pieces in found]


def _formats(archive: zipfile.ZipFile, member: str) -> list[str]:
    """For each style of a cell how it shows a number: "date", "0%", "0.00%" and the like, or "" for the number itself."""
    own: dict[int, str] = {}
    styles: list[int] = []
    inside: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        inside.append(tag)
        if tag == "numFmt":
            own[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif tag == "xf" and "cellXfs" in inside:
            styles.append(_number(attributes.get("numFmtId")))

    def end(_tag: str) -> None:
        inside.pop()

    parse(archive, member, start, end)
    return [_shown_as(id, own.get(id, _BUILT_IN.get(id, ""))) for id in styles]


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 10 else 0


def _shown_as(id: int, code: str) -> str:
    bare = _LITERAL.sub("", code.split(";")[0])
    if id in _DATE_FORMATS or (re.search(r"[ymdhs年月日]", bare, re.IGNORECASE) and "General" not in bare):
        return "date"
    return "%" if "%" in bare else ""


# --- a sheet ------------------------------------------------------------------------------------------------


class _Reader:
    """What the events of one sheet come to."""

    def __init__(self, texts: list[str], formats: list[str], epoch: datetime) -> None:
        self.sheet = Sheet()
        self.merges: list[tuple[int, int, int, int]] = []
        self.notes: list[str] = []
        self._texts, self._formats, self._epoch = texts, formats, epoch
        self._row = self._column = 0
        self._kind = self._value = ""
        self._style = 0
        self._inside: list[str] = []
        self._has_formula = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._inside.append(tag)
        if tag == "row":
            row = attributes.get("r")
            self._row, self._column = _number(row) if row else self._row + 1, 0
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
        self._style = _number(attributes.get("s"))

    def text(self, data: str) -> None:
        if self._inside[-1:] == ["v"] or (
            self._inside[-1:] == ["t"] and "is" in self._inside and "rPh" not in self._inside
        ):
            self._value += data
            if len(self._value) > MOST_CHARACTERS:
                raise Unreadable(_BOMB)

    def end(self, tag: str) -> None:
        self._inside.pop()
        if tag == "c":
            if self._has_formula and not self._value:
                self.notes.append(f"{_address(self._row, self._column)} 是没有结果的公式，按空白读取。")
            self.sheet.put(self._row, self._column, self._shown())

    def _shown(self) -> str:
        """The cell as its reader sees it."""
        value = _unescaped(self._value)
        if not value or self._kind in ("inlineStr", "str", "e"):
            return value
        if self._kind == "s":
            if not value.strip().isdigit() or int(value) >= len(self._texts):
                raise Unreadable(BROKEN)
            return self._texts[int(value)]
        if self._kind == "b":
            return "是" if value == "1" else "否"
        if self._kind == "d":
            return value.removesuffix("T00:00:00")
        return self._figure(value)

    def _figure(self, value: str) -> str:
        try:
            number = float(value)
        except ValueError as error:
            raise Unreadable(BROKEN) from error
        shown = self._formats[self._style] if self._style < len(self._formats) else ""
        if shown == "date" and 0 < number < 2_958_466:
            moment = self._epoch + timedelta(minutes=round(number * 24 * 60))
            day, time = moment.date().isoformat(), moment.strftime("%H:%M")
            return time if number < 1 else day if time == "00:00" else f"{day} {time}"
        if shown == "%":
            return f"{_plain(number * 100)}%"
        return _plain(number)

    def _merge(self, ref: str) -> None:
        if len(self.merges) >= MOST_MERGES:
            raise Unreadable("合并单元格太多。请取消不需要的合并，另存后再上传。")
        first, _, last = ref.partition(":")
        self.merges.append((*_place(first), *_place(last or first)))


def _unescaped(text: str) -> str:
    """Line ends and tabs that a file spells as _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _plain(number: float) -> str:
    """A number with the 15 digits that a spreadsheet shows: 0.28, not 0.28000000000000003."""
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


def _address(row: int, column: int) -> str:
    return f"{letters(column)}{row}"


def letters(column: int) -> str:
    """A column's name: 3 is C, 28 is AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
