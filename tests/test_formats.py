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
from tests.files import BAD, PDF, attached, docx, jpeg, png, xlsx

GOOD = [
    (PDF, formats.PDF),
    (png(8000, 5000), formats.PNG),
    (jpeg(8000, 5000), formats.JPEG),
    (docx(), formats.DOCX),
    (xlsx(), formats.XLSX),
]


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
