"""What a file is, by its content: the kinds that are kept, and everything that only looks like one."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from checklist import formats
from checklist.items import evidence
from checklist.refusal import Malformed
from models import Evidence, db
from tests import county
from tests.files import PDF, attached, docx, jpeg, office, png, xlsx

GOOD = [
    (PDF, formats.PDF),
    (png(8000, 5000), formats.PNG),
    (jpeg(8000, 5000), formats.JPEG),
    (docx(), formats.DOCX),
    (xlsx(), formats.XLSX),
]
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


@pytest.mark.parametrize(("content", "known"), GOOD, ids=lambda value: "" if isinstance(value, bytes) else value.type)
def test_a_good_file_is_known_by_its_content(content: bytes, known: formats.Kind) -> None:
    assert formats.kind_of(content) is known


@pytest.mark.usefixtures("qinghe")
@pytest.mark.parametrize("what", BAD)
def test_what_only_looks_like_a_good_file_is_refused_in_words(what: str) -> None:
    content, words = BAD[what]
    with pytest.raises(Malformed, match=words) as refused:
        attached(content, "纪要.pdf")
    assert (refused.value.status, refused.value.field) == (422, "file")
    assert not db.session.query(Evidence).all()
    assert not (db.folder / "evidence").exists()
    assert county.in_step()


@pytest.mark.parametrize("good", [docx("a" * 60, "b/c"), jpeg(), png(), PDF], ids=["docx", "jpeg", "png", "pdf"])
def test_a_mangled_file_is_a_good_one_or_refused_and_never_an_error(good: bytes) -> None:
    chance = random.Random(7)
    for _ in range(3000):
        content = bytearray(good[: chance.randrange(len(good) + 1)] if chance.random() < 0.2 else good)
        for _ in range(chance.randrange(1, 5)):
            if content:
                content[chance.randrange(len(content))] = chance.choice([0, 1, 0x7F, 0xFF, chance.randrange(256)])
        with suppress(Malformed):
            assert formats.kind_of(bytes(content)) in formats.ACCEPTED


# --- names --------------------------------------------------------------------------------------------------

NAMES = {
    "会议纪要.pdf": "会议纪要.pdf",
    "纪要.PDF": "纪要.PDF",
    "C:\\Users\\周\\纪要.pdf": "纪要.pdf",
    "../../etc/passwd": "passwd.pdf",
    "纪要.exe": "纪要.exe.pdf",
    "纪要": "纪要.pdf",
    "e\u0301.pdf": "é.pdf",
    "a\r\nSet-Cookie: x\0\x1b[2J.pdf": "aSet-Cookie x[2J.pdf",
    "fdp.\u202eexe.pdf": "fdp.exe.pdf",
    "a\u2028b\u200bc.pdf": "abc.pdf",
    '"><script>.pdf': "script.pdf",
    "": "佐证文件.pdf",
    "../": "佐证文件.pdf",
    "..": "佐证文件.pdf",
    ".pdf": "pdf.pdf",
    "\0\0": "佐证文件.pdf",
    "NUL": "佐证文件.pdf",
    "con.pdf": "佐证文件.pdf",
    "LPT1.tar.pdf": "佐证文件.pdf",
    "console.pdf": "console.pdf",
    "长" * 300 + ".pdf": "长" * 116 + ".pdf",
    "长" * 300: "长" * 116 + ".pdf",
}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_is_shown_without_what_it_must_not_carry(name: str) -> None:
    assert evidence.shown_name(name, formats.PDF) == NAMES[name]


def test_a_name_keeps_any_of_its_kinds_endings() -> None:
    assert evidence.shown_name("照片.jpeg", formats.JPEG) == "照片.jpeg"
    assert evidence.shown_name("照片.pdf", formats.JPEG) == "照片.pdf.jpg"
