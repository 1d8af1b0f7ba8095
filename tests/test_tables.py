"""Files that people send: read right or refused with what to do, in a child that may come to harm, never a silent loss."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import pytest

from checklist.files import child, reading
from checklist.files.child.grid import MOST_ROWS, Table
from checklist.refusal import Malformed
from tests import docx, messy

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def texts(table: Table) -> dict[str, str]:
    return {cell.at: cell.text for row in table.rows for cell in row if cell.of is None}


def rows(count: int, cell: str) -> str:
    return "".join(f'<row r="{n}">{cell.format(n)}</row>' for n in range(3, count + 3))


def far(address: str) -> str:
    return f'<row r="{address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{address}" t="str"><v>远</v></c></row>'


ENTITY = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'
BILLION = messy.sheet(more={"xl/sharedStrings.xml": "<sst><si><t>" + "a" * (100 << 20) + "</t></si></sst>"})
REFUSED = {
    "an executable called .xlsx": (b"MZ\x90\0\3\0\0\0" + b"\0" * 500, "不是 XLSX、CSV 或 DOCX"),
    "a PDF": (b"%PDF-1.4\n\x00\x01", "不是 XLSX、CSV 或 DOCX"),
    "an old .xls": (OLE + "Workbook".encode("utf-16-le"), "请另存为 .xlsx"),
    "one with a password": (OLE + "EncryptedPackage".encode("utf-16-le"), "加了密码"),
    "a web page called .xls": (b"<html><table><tr><td>1</td></tr></table></html>", "请另存为 .xlsx"),
    "macros": (messy.sheet(more={"xl/vbaProject.bin": b"x"}), "带有宏"),
    "a zip of something else": (messy.archive({"readme.txt": "x"}), "不是 XLSX、CSV 或 DOCX"),
    "half a file": (messy.sheet()[:400], "不完整或已损坏"),
    "entities": (messy.sheet(before=ENTITY), "文档类型声明"),
    "an entity from elsewhere": (messy.sheet(before=REMOTE), "文档类型声明"),
    "no XML": (messy.sheet(rows="<row"), "不完整或已损坏"),
    "a cell beyond the last": (messy.sheet(rows=far("XFE1048577")), "不完整或已损坏"),
    "a string that is not there": (messy.sheet(rows='<row><c t="s"><v>7</v></c></row>'), "不完整或已损坏"),
    "a million rows": (messy.sheet(rows=rows(MOST_ROWS + 1, '<c t="n"><v>{}</v></c>')), f"超过 {MOST_ROWS} 行"),
    "a quote without an end": ('序号,内容\n1,"没有结束'.encode(), "引号"),
    "nothing": (b"", "空的"),
    "only spaces": (b" \r\n\t\r\n", "空的"),
    "a document without a table": (messy.docx("<w:p/>"), "没有表格"),
    "too large": (b"a" * (reading.LARGEST + 1), "超过 3 MB"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_is_refused_and_it_is_said_why(what: str) -> None:
    content, why = REFUSED[what]
    with pytest.raises(Malformed, match=why) as refused:
        reading.read_tables(content)
    assert refused.value.field == "file"


READ = ("workbook", "_rels/workbook.xml.rels", "worksheets/sheet1", "sharedStrings", "styles", "comments1")


@pytest.mark.parametrize("encoding", ["foo", "gbk", "hex", "idna"])
@pytest.mark.parametrize("part", [f"xl/{name}" if "." in name else f"xl/{name}.xml" for name in READ])
def test_a_part_in_an_encoding_that_nobody_knows_is_a_broken_file(part: str, encoding: str) -> None:
    with pytest.raises(Malformed, match="不完整或已损坏"):
        reading.read_tables(messy.in_encoding(encoding, messy.workbook(), part))


def test_a_part_that_nobody_reads_keeps_nothing_out() -> None:
    content = messy.workbook()
    assert reading.read_tables(messy.in_encoding("foo", content, "docProps/app.xml")) == reading.read_tables(content)


@pytest.mark.parametrize("make", [messy.workbook, messy.document])
def test_the_names_of_parts_do_not_differ_by_case(make: Callable[[], bytes]) -> None:
    content = make()
    assert reading.read_tables(messy.with_capitals(content)) == reading.read_tables(content)


def test_two_parts_of_one_name_are_a_broken_file() -> None:
    with pytest.raises(Malformed, match="不完整或已损坏"):
        reading.read_tables(messy.sheet(more={"XL/Workbook.xml": "<workbook/>"}))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no limit on memory there")
@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_a_bomb_goes_off_in_the_child_and_within_its_limits(part: str) -> None:
    bomb = b"<a>" + b"<b/>" * (40 << 20) + b"</a>" if "sheet1" in part else b'<a b="' + b" " * (300 << 20)
    content = messy.archive(
        {
            "xl/workbook.xml": '<workbook><sheets><sheet name="S" id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<R><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
            '<Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/></R>',
            **{"xl/worksheets/sheet1.xml": "<worksheet/>", part: bomb},
        }
    )
    assert len(content) < reading.LARGEST
    start = time.monotonic()
    with pytest.raises(Malformed, match="太大"):
        reading.read_tables(content)
    assert time.monotonic() - start < child.MOST_SECONDS + 5


def test_the_child_sees_nothing_of_the_servers_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHUANGZE_SECRET_KEY", "s" * 40)
    seen: list[dict[str, str]] = []
    run = reading.subprocess.run

    def watch(*args: object, **options: object) -> object:
        seen.append(options["env"])  # type: ignore[arg-type]
        return run(*args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(reading.subprocess, "run", watch)
    reading.read_tables(messy.sheet())
    assert set(seen[0]) <= {"SYSTEMROOT", "LD_LIBRARY_PATH"}


# --- read right -----------------------------------------------------------------------------------------------------


def test_a_sheet_that_lies_about_its_size_is_read_to_its_last_cell() -> None:
    [table] = reading.read_tables(messy.sheet(rows=messy.HEAD + messy.ONE + far("XFD1048576")))
    assert texts(table) == {"A1": "工作内容", "B1": "责任单位", "A2": "办好一件事", "XFD1048576": "远"}


def test_a_merge_over_everything_costs_nothing_and_hides_nothing() -> None:
    merge = '<mergeCells><mergeCell ref="A1:XFD20000"/></mergeCells>'
    [table] = reading.read_tables(messy.sheet(behind=merge))
    assert texts(table) == {"A1": "工作内容", "B1": "责任单位", "A2": "办好一件事"}
    assert [cell.of for cell in table.rows[1]] == [None, "A1"]


def test_many_empty_rows_are_no_rows() -> None:
    [table] = reading.read_tables(messy.sheet(rows=messy.HEAD + messy.ONE + rows(200_000, '<c r="A{}" s="1"/>')))
    assert len(table.rows) == 2


def test_links_that_lead_out_are_not_followed() -> None:
    link = '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="http://127.0.0.1:9/s.xml" TargetMode="External"/></Relationships>'
    [table] = reading.read_tables(messy.sheet(more={"xl/_rels/workbook.xml.rels": link}))
    assert table.rows == []
    assert "没有读取" in table.notes[0]


def test_a_formula_comes_as_its_last_result_and_one_without_is_told_of() -> None:
    formulas = '<row r="3"><c r="A3" t="str"><f>B1</f><v>结果</v></c><c r="B3"><f>1+1</f></c></row>'
    [table] = reading.read_tables(messy.sheet(rows=messy.HEAD + formulas))
    assert texts(table)["A3"] == "结果"
    assert table.notes == ["B3 是没有结果的公式，按空白读取。"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_is_read_in_every_encoding_that_offices_have(encoding: str, delimiter: str) -> None:
    content = f'序号{delimiter}工作内容\r\n1{delimiter}"第一行\r\n第二行，{delimiter}完"\r\n'.encode(encoding)
    [table] = reading.read_tables(content)
    assert texts(table) == {"A1": "序号", "B1": "工作内容", "A2": "1", "B2": f"第一行\r\n第二行，{delimiter}完"}


def test_numbers_days_and_shares_come_as_the_sheet_shows_them() -> None:
    cells = {c.at: c.text for row in reading.read_tables(messy.workbook())[0].rows for c in row}
    assert (cells["A6"], cells["B8"], cells["G10"]) == ("1", "2026-09-30", "96%")


def test_a_table_within_a_cell_and_struck_out_words_are_told_apart() -> None:
    inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>里面</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    gone = "<w:del><w:r><w:delText>删</w:delText></w:r></w:del><w:ins><w:r><w:t>增</w:t></w:r></w:ins>"
    body = f"<w:tbl><w:tr><w:tc><w:p>{gone}</w:p>{inner}</w:tc></w:tr></w:tbl>"
    [table] = reading.read_tables(messy.docx(body))
    assert texts(table) == {"表 1 第 1 行 第 1 列": "增\n里面"}
    assert "修订痕迹" in table.notes[0]


def test_what_was_moved_with_revisions_shown_stands_only_where_it_went() -> None:
    went = "<w:p><w:moveFrom><w:r><w:t>办好</w:t></w:r></w:moveFrom></w:p>"
    came = "<w:p><w:moveTo><w:r><w:t>办好</w:t></w:r></w:moveTo></w:p>"
    body = "".join(f"<w:tr><w:tc>{cell}</w:tc></w:tr>" for cell in (went, came))
    [table] = reading.read_tables(messy.docx(f"<w:tbl>{body}</w:tbl>"))
    assert texts(table) == {"表 1 第 2 行 第 1 列": "办好"}
    assert "修订痕迹" in table.notes[0]


def test_what_a_cell_was_before_a_revision_does_not_count() -> None:
    before = '<w:tcPr><w:tcPrChange><w:tcPr><w:gridSpan w:val="3"/></w:tcPr></w:tcPrChange></w:tcPr>'
    body = f"<w:tbl><w:tr><w:tc>{before}{docx.paragraph('甲')}</w:tc><w:tc>{docx.paragraph('乙')}</w:tc></w:tr></w:tbl>"
    [table] = reading.read_tables(messy.docx(body))
    assert texts(table) == {"表 1 第 1 行 第 1 列": "甲", "表 1 第 1 行 第 2 列": "乙"}


def test_rows_cells_and_words_within_a_content_control_are_read() -> None:
    row = f"<w:tr><w:sdt><w:sdtContent><w:tc>{docx.paragraph('甲')}</w:tc></w:sdtContent></w:sdt></w:tr>"
    [table] = reading.read_tables(messy.docx(f"<w:tbl><w:sdt><w:sdtContent>{row}</w:sdtContent></w:sdt></w:tbl>"))
    assert texts(table) == {"表 1 第 1 行 第 1 列": "甲"}


def test_the_words_of_a_formula_are_none_of_the_tables() -> None:
    formula = '<m:r xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:t>x</m:t></m:r>'
    body = f"<w:tbl><w:tr><w:tc><w:p>{formula}<w:r><w:t>甲</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    assert texts(reading.read_tables(messy.docx(body))[0]) == {"表 1 第 1 行 第 1 列": "甲"}


def test_the_numbers_that_word_only_shows_stand_in_a_table_too() -> None:
    item = docx.numbered(2)
    cells = f"<w:tc><w:p><w:pPr>{docx.numbered(0)}</w:pPr></w:p></w:tc>" + (
        f"<w:tc>{docx.paragraph('要办：')}{docx.paragraph('通报；', item)}{docx.paragraph('清理。', item)}</w:tc>"
    )
    [table] = reading.read_tables(docx.docx(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>", numbering=docx.OUTLINE))
    assert texts(table) == {
        "表 1 第 1 行 第 1 列": "一、",
        "表 1 第 1 行 第 2 列": "要办：\n1. 通报；\n2. 清理。",
    }
