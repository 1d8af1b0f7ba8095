"""An Office file (.docx, .xlsx): the parts of its archive, read as XML with nothing followed, run or unpacked to disk.

A stream of events under limits: what a file claims of its own size is not asked. A document type is refused at its
first character, so that no entity is ever declared, let alone expanded.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar
from xml.etree.ElementTree import Element, SubElement
from xml.parsers import expat

from checklist.files.child.grid import Unreadable

MOST_PARTS = 2_000
MOST_UNPACKED = 80 << 20  # bytes of one part
MOST_ELEMENTS = 1_000_000  # of one part: a report of 20,000 characters has about 30,000
MOST_TEXT = 20_000_000  # characters of one part
DEEPEST = 200  # elements in one another: a table in a table in a text box has about 40

BROKEN = "这个文件不完整或已损坏。请在电脑上打开核对，重新保存后再上传。"
ENCRYPTED = "这个文件加了密码。请去掉密码，另存为 .xlsx 或 .docx 后再上传。"
_TOO_LARGE = "这个文件展开后太大，没有读取。请删去图片和不需要的部分，另存后再上传。"
# What the standard library raises at a file that is not what it says.
_BREAKS = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError),
    *(EOFError, LookupError, OSError, OverflowError, RuntimeError, ValueError),
)
_DRAWN = ("drawingml", "math")  # in the namespace of what has its own words for paragraph, text and table


def is_office(content: bytes) -> bool:
    """Tell whether a file is an archive, as .docx and .xlsx are."""
    return content.startswith(b"PK\3\4")


@contextmanager
def opened(content: bytes) -> Iterator[Parts]:
    """Open a file for as long as its parts are read. Raises Unreadable, also for what breaks in between."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield Parts(archive)
    except RecursionError:  # a RuntimeError, but no breach of the format
        raise
    except _BREAKS as error:
        raise Unreadable(BROKEN) from error


class Reader:
    """Something that a part is read by; `inside` are the names of the open elements, the outermost first."""

    def __init__(self) -> None:
        self.inside: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element, which is the last of `inside`."""

    def text(self, data: str) -> None:
        """Take text, whole or a piece of it."""

    def end(self, tag: str) -> None:
        """Take the end of an element, which is no longer in `inside`."""


AnyReader = TypeVar("AnyReader", bound=Reader)


class Tree(Reader):
    """The elements of some names, as a tree; those between them are left out, and what is in them stands in their place.

    Nothing is read within `skipped`. `names` are those of all elements that there are.
    """

    def __init__(self, kept: Collection[str], skipped: Collection[str] = ()) -> None:
        super().__init__()
        self.root = Element("")
        self.names: set[str] = set()
        self._kept, self._skipped = kept, skipped
        self._open = [self.root]
        self._skipping = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.names.add(tag)
        if self._skipping or tag in self._skipped:
            self._skipping += 1
        elif tag in self._kept:
            self._open.append(SubElement(self._open[-1], tag, attributes))

    def text(self, data: str) -> None:
        if not self._skipping and self.inside[-1] in self._kept:
            self._open[-1].text = (self._open[-1].text or "") + data

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag in self._kept:
            self._open.pop()


class Parts:
    """The parts of a file by their names, which do not differ by case (ECMA-376 part 2). Raises Unreadable."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        members = archive.infolist()
        self._archive = archive
        self._members = {member.filename.lower(): member for member in members}
        if len(members) > MOST_PARTS:
            raise Unreadable(_TOO_LARGE)
        if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in self._members):
            raise Unreadable("这个文件带有宏，不能读取。请另存为不带宏的 .xlsx 或 .docx 后再上传。")
        if any(member.flag_bits & 1 for member in members):
            raise Unreadable(ENCRYPTED)
        are_known = all(member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members)
        if len(self._members) != len(members) or not are_known:
            raise Unreadable(BROKEN)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    def read(self, name: str, reader: AnyReader) -> AnyReader:
        """Let a reader read a part, and return it; a part that is not there has no elements. Raises Unreadable."""
        unpacked = elements = characters = 0

        def start(full: str, attributes: dict[str, str]) -> None:
            nonlocal elements
            elements += 1
            tag = _local(full)
            reader.inside.append(tag)
            if elements > MOST_ELEMENTS or len(reader.inside) > DEEPEST:
                raise Unreadable(_TOO_LARGE)
            reader.start(tag, {key.rpartition(" ")[2]: value for key, value in attributes.items()})

        def text(data: str) -> None:
            nonlocal characters
            characters += len(data)
            if characters > MOST_TEXT:
                raise Unreadable(_TOO_LARGE)
            reader.text(data)

        def refuse(*_: object) -> None:
            raise Unreadable("这个文件里有文档类型声明（DTD），不能读取。请用表格或文字软件另存后再上传。")

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text, parser.buffer_size = True, 1 << 16
        parser.StartDoctypeDeclHandler = refuse
        parser.StartElementHandler = start
        parser.EndElementHandler = lambda _: reader.end(reader.inside.pop())
        parser.CharacterDataHandler = text
        if name in self:
            with self._archive.open(self._members[name.lower()]) as part:
                while piece := part.read(1 << 16):
                    unpacked += len(piece)
                    if unpacked > MOST_UNPACKED:
                        raise Unreadable(_TOO_LARGE)
                    parser.Parse(piece)
            parser.Parse(b"", True)
        return reader

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Return what a part points to: id → (kind, name of a part). What lies outside the file is left out."""
        folder, file = posixpath.split(name)
        found = {}
        for link in self.read(f"{folder}/_rels/{file}.rels", Tree({"Relationship"})).root:
            if link.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, link.get("Target", "")))[1:]
                found[link.get("Id", "")] = (link.get("Type", "").rpartition("/")[2], target)
        return found


@lru_cache(1000)  # asked for every element
def _local(name: str) -> str:
    """Return an element's name without its namespace; "" in a drawing or a formula, where a:t is not w:t."""
    space, _, local = name.rpartition(" ")
    return "" if any(word in space for word in _DRAWN) else local


def number(text: str | None) -> int:
    """Return the whole number that an attribute holds; 0 for what is none."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
