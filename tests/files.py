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
