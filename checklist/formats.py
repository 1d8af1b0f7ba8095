"""What kind of file some bytes are: told by the content, never by a name or by what a browser says of them."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from dataclasses import dataclass

from checklist.refusal import Malformed

MOST_PIXELS = 40_000_000  # about 160 MB once a viewer unpacks it


@dataclass(frozen=True)
class Kind:
    """A kind of file that may be kept: its media type, and how its names may end, the usual ending first."""

    type: str
    endings: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument"
PDF = Kind("application/pdf", (".pdf",))
PNG = Kind("image/png", (".png",))
JPEG = Kind("image/jpeg", (".jpg", ".jpeg"))
DOCX = Kind(f"{_OOXML}.wordprocessingml.document", (".docx",))
XLSX = Kind(f"{_OOXML}.spreadsheetml.sheet", (".xlsx",))
ACCEPTED = (PDF, PNG, JPEG, DOCX, XLSX)

_INSTEAD = "也可以不附文件，只填文号。"
_UNKNOWN = (
    f"这个文件的内容不是 PDF、PNG、JPEG、DOCX 或 XLSX（看的是内容，不是文件名）。请另存为其中一种再上传；{_INSTEAD}"
)
_OLD_OFFICE = f"这是旧版或加了密码的 Office 文件。请去掉密码，另存为 DOCX、XLSX 或 PDF 再上传；{_INSTEAD}"
_MACRO = "这个文件带有宏，不能上传。请另存为不带宏的 DOCX 或 XLSX，或者转成 PDF 再上传。"
_BROKEN = "这个文件不完整或已损坏。请在电脑上打开核对，重新保存后再上传。"
_HUGE_IMAGE = f"图片超过 {MOST_PIXELS // 10_000} 万像素。请缩小后再上传。"


def kind_of(content: bytes) -> Kind:
    """Return the kind of a file that may be kept. Raises Malformed for any other, in words that say what to do."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _image(PNG, _png_pixels(content))
    if content.startswith(b"\xff\xd8\xff"):
        return _image(JPEG, _jpeg_pixels(content))
    if content.startswith(b"PK\3\4"):
        return _office(content)
    raise Malformed(_OLD_OFFICE if content.startswith(b"\xd0\xcf\x11\xe0") else _UNKNOWN, "file")


def _image(kind: Kind, pixels: int) -> Kind:
    if not pixels:
        raise Malformed(_BROKEN, "file")
    if pixels > MOST_PIXELS:
        raise Malformed(_HUGE_IMAGE, "file")
    return kind


def _png_pixels(content: bytes) -> int:
    """Return width times height by the header chunk, which comes first; 0 where there is none."""
    if content[12:16] != b"IHDR" or len(content) < 24:
        return 0
    width, height = struct.unpack_from(">II", content, 16)
    return int(width * height)


def _jpeg_pixels(content: bytes) -> int:
    """Return width times height by the frame header, found from segment to segment; 0 where there is none."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # segments may be padded with such bytes
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", content, at + 5)
            return int(width * height)
        else:
            at += 2 + struct.unpack_from(">H", content, at + 2)[0]
    return 0


def _office(content: bytes) -> Kind:
    """Tell DOCX and XLSX by the members' names: nothing is unpacked, so that no bomb can go off."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OverflowError, ValueError) as error:
        raise Malformed(_BROKEN, "file") from error
    names = {member.filename.lower() for member in members}
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise Malformed(_MACRO, "file")
    parts = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml"}
    kinds = [kind for kind, part in parts.items() if part in names]
    if "[content_types].xml" not in names or len(kinds) != 1 or not all(map(_stays_inside, members)):
        raise Malformed(_UNKNOWN, "file")
    return kinds[0]


def _stays_inside(member: zipfile.ZipInfo) -> bool:
    """Return whether whoever unpacks this member where he wants it gets it there."""
    parts = member.filename.replace("\\", "/").split("/")
    link = stat.S_ISLNK(member.external_attr >> 16)
    return not (link or parts[0] == "" or ".." in parts or ":" in parts[0])
