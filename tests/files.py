"""Small files of every kind, good and hostile, made on the spot, and one attached to an item of the county's."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from hashlib import sha256

from checklist.actor import Actor
from checklist.items import evidence
from models import Evidence, Item
from tests import county

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PDF_SHA256 = sha256(PDF).hexdigest()


def png(width: int = 1, height: int = 1) -> bytes:
    """The head of an image, which claims these measures."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 2, 0, 0, 0) + b"\0" * 4


def jpeg(width: int = 1, height: int = 1) -> bytes:
    """An image whose frame header comes after a segment with another frame header in it, as a thumbnail's is."""
    thumbnail = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 1, 1)
    segment = b"\xff\xe1" + struct.pack(">H", 2 + len(thumbnail)) + thumbnail
    return b"\xff\xd8" + segment + b"\xff\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03" * 10


def office(*members: str, link: str = "") -> bytes:
    """A zip of empty members, one of them perhaps a symbolic link."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in members:
            member = zipfile.ZipInfo(name)
            if name == link:
                member.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(member, b"")
    return out.getvalue()


def docx(*more: str) -> bytes:
    return office("[Content_Types].xml", "word/document.xml", *more)


def xlsx(*more: str) -> bytes:
    return office("[Content_Types].xml", "xl/workbook.xml", *more)


def attach(item: Item, by: Actor, content: bytes = PDF, name: str = "会议纪要.pdf") -> Evidence:
    return evidence.attach(item.id, name, io.BytesIO(content), by=by)


def attached(content: bytes = PDF, name: str = "会议纪要.pdf") -> Evidence:
    """A file that 周局长 put to an open item of his."""
    return attach(county.item("预算考核"), county.actor("zhou"), content, name)


# what somebody tries → its content, and what he is told
BAD: dict[str, tuple[bytes, str]] = {
    "a program called .pdf": (b"MZ\x90\x00\x03" + PDF, "不是 PDF"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "不是 PDF"),
    "a drawing with a script": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "另存为"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "另存为"),
    "a page that is also a PDF further down": (b"<html>" + PDF, "另存为"),
    "plain text": ("会议纪要".encode(), "另存为"),
    "a table as text": (b"=1+1,2\n", "另存为"),
    "nothing": (b"", "空的"),
    "too much": (PDF + b"\0" * evidence.LARGEST, "超过 3 MB"),
    "an old or encrypted document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版或加了密码"),
    "another zip": (office("a.txt"), "不是 PDF"),
    "a zip with only a document in it": (office("word/document.xml"), "不是 PDF"),
    "a document and a table at once": (docx("xl/workbook.xml"), "不是 PDF"),
    "a document with a macro": (docx("word/vbaProject.bin"), "宏"),
    "a table with a macro": (xlsx("xl/VBAPROJECT.BIN"), "宏"),
    "a table with an old macro": (xlsx("xl/macrosheets/sheet1.xml"), "宏"),
    "a document that climbs out": (docx("../../etc/cron.d/x"), "不是 PDF"),
    "a document that climbs out of Windows": (docx("word\\..\\..\\x"), "不是 PDF"),
    "a document with a place of its own": (docx("/etc/passwd"), "不是 PDF"),
    "a document with a drive of its own": (docx("C:/x"), "不是 PDF"),
    "a document with a link": (office("[Content_Types].xml", "word/document.xml", "x", link="x"), "不是 PDF"),
    "a zip cut short": (docx()[:-30], "不完整"),
    "only the beginning of a zip": (b"PK\3\4", "不完整"),
    "an image of a hundred megapixels": (png(10_000, 10_000), "4000 万像素"),
    "one of a pixel too many": (png(40_000_001, 1), "4000 万像素"),
    "a photo of a hundred megapixels": (jpeg(10_000, 10_000), "4000 万像素"),
    "an image without a width": (png(0, 5), "不完整"),
    "an image cut short": (png()[:20], "不完整"),
    "a photo cut short": (jpeg()[:12], "不完整"),
    "a photo without a frame": (b"\xff\xd8\xff\xd9", "不完整"),
}
