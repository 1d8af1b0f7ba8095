"""Files from somebody's disk: read as he reads them, or refused with what to do instead."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from checklist.decompose import decompose
from checklist.files import child, reading
from checklist.files.child import office
from checklist.files.child.grid import Unreadable
from checklist.refusal import Malformed
from tests import messy
from tests.docx import OUTLINE, W, docx, numbered, paragraph, table

TEXT = "一、任务\r\n财政局要每月通报进度。\r\n"


def refusal(content: bytes) -> str:
    with pytest.raises(Malformed) as refused:
        reading.read_text(content)
    assert refused.value.field == "file"
    return refused.value.message


def with_part(name: str, content: str | bytes) -> bytes:
    """A .docx of which one part is exactly this."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        if name != "word/document.xml":
            archive.writestr("word/document.xml", f"<w:document {W}/>")
        archive.writestr(name, content)
    return into.getvalue()


# --- .txt ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_text_is_read_in_the_encodings_that_offices_use(encoding: str) -> None:
    assert reading.read_text(TEXT.encode(encoding)) == TEXT


def test_a_character_that_only_gb18030_has_is_read() -> None:
    assert reading.read_text("𠮷家镇要办好。".encode("gb18030")) == "𠮷家镇要办好。"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "没有文字"),
        (" \n\u3000".encode(), "没有文字"),
        (b"\xff\xff\xff\x80", "GB18030"),
        ("要管好资金".encode()[:-1] + b"\xff", "GB18030"),
        ("要管好\0资金".encode(), "GB18030"),
        (b"\xff\xfe\x00", "GB18030"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "旧版"),
        (b"%PDF-1.7\n", "只能读 TXT 和 DOCX"),
        (b"{\\rtf1 x}", "只能读 TXT 和 DOCX"),
        (("字" * (reading.LONGEST + 1)).encode(), "20 万字"),
        (b"x" * (reading.LARGEST_TEXT + 1), "4 MB"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_do(content: bytes, says: str) -> None:
    message = refusal(content)
    assert says in message
    assert "请" in message


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(content: bytes) -> None:
    with suppress(Unreadable):
        assert child.text(content) is not None


# --- .docx --------------------------------------------------------------------------------------------------


def test_each_paragraph_is_a_line() -> None:
    body = (
        paragraph("一、任务")
        + "<w:p/>"
        + "<w:p><w:r><w:t>要管好</w:t></w:r><w:r><w:t>资金。</w:t><w:br/><w:t>好</w:t></w:r></w:p>"
    )
    assert reading.read_text(docx(body)) == "一、任务\n\n要管好资金。\n好"


def test_the_rows_of_a_table_are_lines_with_their_cells_apart() -> None:
    body = paragraph("任务表") + table(("序号", "任务"), ("1", "建立台账")) + paragraph("完")
    assert reading.read_text(docx(body)) == "任务表\n序号｜任务\n1｜建立台账\n完"


def test_a_table_within_a_cell_stays_in_its_cell() -> None:
    inner = table(("甲", "乙"))
    body = f"<w:tbl><w:tr><w:tc>{inner}{paragraph('丙')}</w:tc><w:tc>{paragraph('丁')}</w:tc></w:tr></w:tbl>"
    assert reading.read_text(docx(body)) == "甲｜乙 丙｜丁"


def test_the_numbers_that_word_only_shows_are_read() -> None:
    lines = [
        (0, "管好资金"),
        (1, "规范程序"),
        (2, "建立台账。"),
        (2, "公开结果。"),
        (1, "加强监督"),
        (2, "约谈。"),
        (0, "问责"),
    ]
    body = "".join(paragraph(text, numbered(level)) for level, text in lines)
    shown = reading.read_text(docx(body, numbering=OUTLINE))
    assert shown.split("\n") == [
        *(
            "一、管好资金",
            "（一）规范程序",
            "1. 建立台账。",
            "2. 公开结果。",
            "（二）加强监督",
            "1. 约谈。",
            "二、问责",
        ),
    ]
    assert decompose(shown)[0].path == ("一、管好资金", "（一）规范程序")


def test_a_style_may_carry_the_number_and_a_bullet_is_none() -> None:
    styles = f'<w:style w:styleId="H1"><w:pPr>{numbered(0)}</w:pPr></w:style>'
    body = paragraph("任务", '<w:pStyle w:val="H1"/>') + paragraph("要点", numbered(3)) + paragraph("散文")
    assert reading.read_text(docx(body, styles=styles, numbering=OUTLINE)) == "一、任务\n要点\n散文"


@pytest.mark.parametrize(("count", "mark"), [(10, "十、"), (11, "十一、"), (20, "二十、"), (42, "四十二、")])
def test_chinese_numbers_go_on_beyond_ten(count: int, mark: str) -> None:
    body = "".join(paragraph("事", numbered(0)) for _ in range(count))
    assert reading.read_text(docx(body, numbering=OUTLINE)).split("\n")[-1] == f"{mark}事"


def test_what_is_struck_out_or_said_twice_is_read_once() -> None:
    twice = '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice><w:t>甲</w:t></mc:Choice><mc:Fallback><w:t>甲</w:t></mc:Fallback></mc:AlternateContent>'
    body = f"<w:p><w:del><w:r><w:t>旧</w:t></w:r></w:del><w:r>{twice}</w:r></w:p>"
    assert reading.read_text(docx(body)) == "甲"


ENTITY = (
    f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><w:document {W}><w:p><w:t>&e;</w:t></w:p></w:document>'
)
LAUGHS = '<!DOCTYPE x [<!ENTITY a "哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + f"<w:document {W}>&b;</w:document>"


@pytest.mark.parametrize(
    "content",
    [
        with_part("word/document.xml", ENTITY),
        with_part("word/document.xml", LAUGHS),
        with_part("word/numbering.xml", ENTITY),
    ],
)
def test_a_docx_that_declares_entities_is_refused(content: bytes) -> None:
    assert "文档类型声明" in refusal(content)


@pytest.mark.parametrize(
    "content",
    [
        with_part("word/document.xml", f"<w:document {W}><w:p>"),
        with_part("word/document.xml", b"\0\1\2"),
        docx(paragraph("好"))[:-30],
        docx(paragraph("好"))[:200],
        docx(paragraph("好")).replace(b"\x08\x00", b"\x63\x00"),  # a method of compression that nobody knows
    ],
)
def test_a_broken_docx_is_refused(content: bytes) -> None:
    assert "文件不完整或已损坏" in (message := refusal(content))
    assert "把全文复制后粘贴" in message


@pytest.mark.parametrize("part", ["document", "styles", "numbering"])
def test_a_part_in_an_encoding_that_nobody_knows_is_a_broken_file(part: str) -> None:
    content = docx(paragraph("要管好资金。", numbered(0)), styles="", numbering=OUTLINE)
    assert "文件不完整或已损坏" in refusal(messy.in_encoding("foo", content, f"word/{part}.xml"))


def test_the_names_of_parts_do_not_differ_by_case() -> None:
    content = docx(paragraph("要管好资金。", numbered(0)), numbering=OUTLINE)
    assert reading.read_text(messy.with_capitals(content)) == "一、要管好资金。"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (messy.archive({"word/document.xml": f"<w:document {W}/>", "word/vbaProject.bin": b"x"}), "带有宏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "加了密码"),
    ],
)
def test_a_text_is_refused_for_what_a_table_is_refused_for(content: bytes, says: str) -> None:
    assert says in refusal(content)


def test_an_archive_that_is_no_docx_is_refused() -> None:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert "只能读 TXT 和 DOCX" in refusal(into.getvalue())


@pytest.mark.parametrize(
    "padding", [b" ", b"<w:p>", b"<w:p/>", b"<w:tr/>", b"<w:br/>", b"<w:p><w:t>&amp;&amp;&amp;</w:t></w:p>"]
)
def test_a_bomb_goes_off_nowhere(padding: bytes) -> None:
    size = office.MOST_ELEMENTS if padding.startswith(b"<") else office.MOST_UNPACKED
    whole = f"<w:document {W}>".encode() + b"<w:p>" * (padding == b"<w:br/>") + padding * size
    content = with_part("word/document.xml", whole)
    assert len(content) < 1_000_000
    assert "太大" in (message := refusal(content)) or "万字" in message


def test_too_many_members_are_refused() -> None:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for n in range(office.MOST_PARTS + 1):
            archive.writestr(f"word/{n}.xml", "")
    assert "展开后太大" in refusal(into.getvalue())


@given(st.data())
def test_a_docx_with_any_bytes_changed_is_text_or_refused(data: st.DataObject) -> None:
    content = bytearray(docx(paragraph("一、任务") + table(("甲", "乙")), numbering=OUTLINE))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Unreadable):
        assert child.text(bytes(content)) is not None


# --- at the terminal ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [TEXT.encode("gbk"), docx(paragraph("一、任务") + paragraph("财政局要每月通报进度。"))]
)
def test_the_command_reads_the_same_files(app: Flask, content: bytes) -> None:
    (folder := app.instance_path)
    with open(f"{folder}/speech", "wb") as file:
        file.write(content)
    result = app.test_cli_runner().invoke(args=["decompose", f"{folder}/speech"])
    assert "财政局要每月通报进度" in result.output


def test_the_command_says_why_it_does_not_read_a_file(app: Flask) -> None:
    with open(f"{app.instance_path}/speech", "wb") as file:
        file.write(b"%PDF-1.7")
    result = app.test_cli_runner().invoke(args=["decompose", f"{app.instance_path}/speech"])
    assert (result.exit_code, "只能读 TXT 和 DOCX" in result.output) == (2, True)


def test_the_command_says_that_a_file_in_an_unknown_encoding_is_broken(app: Flask) -> None:
    with open(f"{app.instance_path}/speech", "wb") as file:
        file.write(messy.in_encoding("foo", docx(paragraph("要管好资金。")), "word/document.xml"))
    result = app.test_cli_runner().invoke(args=["decompose", f"{app.instance_path}/speech"])
    assert (result.exit_code, "文件不完整或已损坏" in result.output) == (2, True)
