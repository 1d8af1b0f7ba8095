"""A file that somebody has on his disk becomes text: .txt in the encodings that offices use, and .docx.

Pure: bytes in, text out. Nothing is fetched, unpacked to disk or executed; whatever is in a file costs no more time
and memory than the limits here allow.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TypeVar
from xml.etree.ElementTree import ParseError, XMLParser

from checklist.files.child.numbering import Numbering, Numbers, Styles
from checklist.files.child.ooxml import Doctype, Reader, TooMuch, local, value
from checklist.refusal import Malformed

LARGEST = 4 * 1024 * 1024  # bytes, as the pages take them
LONGEST = 200_000  # characters: a government work report has about 20,000
MOST_XML = 32 * 1024 * 1024  # bytes of one part of a .docx, unpacked
MOST_MEMBERS = 2000
BEFORE_A_CELL = "｜"

_INSTEAD = "也可以打开文件，把全文复制后粘贴到下面。"
_NO_TEXT = f"这个文件既不是 UTF-8，也不是 GB18030（GBK）编码的文字，读不出来。请另存为 DOCX 或 UTF-8 编码的 TXT 后再试；{_INSTEAD}"
_OLD_OFFICE = f"这是旧版（.doc、.wps）或加了密码的文件。请去掉密码，另存为 DOCX 后再试；{_INSTEAD}"
_OTHER = f"只能读 TXT 和 DOCX 文件。请另存为其中一种后再试；{_INSTEAD}"
_BROKEN = f"这个 DOCX 文件不完整或已损坏。请在电脑上打开核对，重新保存后再试；{_INSTEAD}"
_HUGE = f"这个 DOCX 文件展开后太大，没有读。请删去图片和嵌入的对象，另存后再试；{_INSTEAD}"
_TOO_LARGE = f"文件超过 {LARGEST >> 20} MB。请删去图片和附件，另存后再试；{_INSTEAD}"
_TOO_LONG = f"文件超过 {LONGEST // 10_000} 万字。请只保留要分解的部分，分几次起草。"
_EMPTY = "这个文件里没有文字（图片里的字读不出来）。请核对后重新选择，或者粘贴全文。"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f]")
_KNOWN_OTHERS = (b"%PDF-", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf")


def read(content: bytes) -> str:
    """The text of a .txt (UTF-8, UTF-16 with a BOM, GB18030) or .docx file, told by its content, not by its name.

    A paragraph of a .docx is a line, numbered as Word shows it; a row of a table is a line with ｜ between its cells.
    Raises Malformed, with what to do instead, for everything else.
    """
    try:
        text = _read(content)
    except _Unreadable as why:
        raise Malformed(str(why), "file") from why
    if not text.strip():
        raise Malformed(_EMPTY, "file")
    if len(text) > LONGEST:
        raise Malformed(_TOO_LONG, "file")
    return text


class _Unreadable(Exception):
    """Why a file is not read, in Chinese."""


def _read(content: bytes) -> str:
    if len(content) > LARGEST:
        raise _Unreadable(_TOO_LARGE)
    if content.startswith(b"PK\3\4"):
        return _docx(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _Unreadable(_OLD_OFFICE)
    if content.startswith(_KNOWN_OTHERS):
        raise _Unreadable(_OTHER)
    return _plain(content)


def _plain(content: bytes) -> str:
    bom, encoding = next((known for known in _BOMS if content.startswith(known[0])), (b"", ""))
    for tried in [encoding] if encoding else ["utf-8", "gb18030"]:
        try:
            text = content.removeprefix(bom).decode(tried)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    raise _Unreadable(_NO_TEXT)


# --- .docx --------------------------------------------------------------------------------------------------

_Target = TypeVar("_Target")
# What the standard library raises at a file that is not what it says; an encrypted member is a RuntimeError.
_BREAKS = (zipfile.BadZipFile, zlib.error, EOFError, LookupError, OverflowError, RuntimeError, ValueError)


def _docx(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {member.filename for member in archive.infolist()}
            if len(names) > MOST_MEMBERS:
                raise _Unreadable(_HUGE)
            if "word/document.xml" not in names:
                raise _Unreadable(_OTHER)
            styles, numbers = Styles(), Numbers()
            for name, target in (("word/styles.xml", styles), ("word/numbering.xml", numbers)):
                if name in names:
                    _parse(archive, name, target)
            return "\n".join(_parse(archive, "word/document.xml", _Body(Numbering(styles, numbers))).lines)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OverflowError,
        RuntimeError,
        ValueError,
    ) as e:
        raise _Unreadable(_BROKEN) from e  # RuntimeError: the member is encrypted


def _parse(archive: zipfile.ZipFile, name: str, target: _Target) -> _Target:
    """Read one part piece by piece; what it says of its own size is not believed."""
    parser = XMLParser(target=target)
    left = MOST_XML
    try:
        with archive.open(name) as part:
            while piece := part.read(65536):
                left -= len(piece)
                if left < 0:
                    raise _Unreadable(_HUGE)
                parser.feed(piece)
        parser.close()
    except TooMuch as error:
        raise _Unreadable(_HUGE) from error
    except (ParseError, Doctype) as error:
        raise _Unreadable(_BROKEN) from error
    return target


_SKIPPED = ("Fallback", "del", "moveFrom")  # said once more elsewhere, or struck out
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


@dataclass
class _Paragraph:
    """A paragraph that is being read: what it says, and what it says of its style and number."""

    said: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)


class _Body(Reader):
    """The lines of word/document.xml. A text box stands inside a paragraph, a table inside a cell: hence the stacks."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.lines: list[str] = []
        self._into: list[list[str]] = [self.lines]  # where a finished paragraph goes: the text, or a cell
        self._rows: list[list[str]] = []
        self._paragraphs: list[_Paragraph] = []
        self._is_text = False
        self._skipping = self._length = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        super().start(tag, attributes)
        if self._skipping or name in _SKIPPED:
            self._skipping += 1
        elif name == "p":
            self._paragraphs.append(_Paragraph())
        elif name == "tr":
            self._rows.append([])
        elif name == "tc":
            self._into.append([])
        elif self._paragraphs:
            self._in_paragraph(self._paragraphs[-1], name, attributes)

    def _in_paragraph(self, paragraph: _Paragraph, name: str, attributes: dict[str, str]) -> None:
        if name in ("pStyle", "numId", "ilvl"):
            paragraph.marks.setdefault(name, value(attributes))
        elif name == "t":
            self._is_text = True
        elif name in _SIGNS:
            self._say(_SIGNS[name])

    def data(self, text: str) -> None:
        if self._is_text and not self._skipping:
            self._say(text)

    def _say(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST:
            raise _Unreadable(_TOO_LONG)
        self._paragraphs[-1].said.append(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        super().end(tag)
        if self._skipping:
            self._skipping -= 1
        elif name == "t":
            self._is_text = False
        elif name == "p":
            self._finish(self._paragraphs.pop())
        elif name == "tc":
            cell = " ".join(" ".join(self._into.pop()).split())
            (self._rows[-1] if self._rows else self._into[-1]).append(cell)
        elif name == "tr":
            self._into[-1].append(BEFORE_A_CELL.join(self._rows.pop()))

    def _finish(self, paragraph: _Paragraph) -> None:
        text = "".join(paragraph.said).strip()
        self._into[-1].append(self.numbering.mark(paragraph.marks) + text if text else "")
