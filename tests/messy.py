"""Three tables as ugly as real ones, of our own words, made on the spot; and files that mean harm."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from xml.sax.saxutils import escape

from xlsxwriter import Workbook


def workbook() -> bytes:
    """An .xlsx: a title, two head rows with merges, columns in odd order, groups, merged words, a gap, notes, a total."""
    out = io.BytesIO()
    with Workbook(out) as book:
        sheet = book.add_worksheet("附件1")
        day = book.add_format({"num_format": "yyyy年m月d日"})
        share = book.add_format({"num_format": "0%"})
        sheet.merge_range("A1:H1", "清和县2026年重点任务分解表")
        sheet.merge_range("A2:H2", "（征求意见稿）　单位：项")
        for cells, name in (
            ("A3:A4", "序\n号"),
            ("B3:B4", "完成\n时限"),
            ("C3:C4", "工 作 内 容"),
            ("D3:D4", "具体措施"),
        ):
            sheet.merge_range(cells, name)
        sheet.merge_range("E3:F3", "责任单位")
        sheet.write_row("E4", ["牵头单位", "配合单位"])
        sheet.merge_range("G3:G4", "量化\n指标")
        sheet.merge_range("H3:H4", "进展\n情况")
        sheet.merge_range("A5:H5", "一、管好财政资金")
        sheet.write_row("A6", [1, "６月底前", "完善预算考核机制", "", "县财政局", "各镇", "", ""])
        sheet.merge_range("A7:A8", 2)
        sheet.merge_range("C7:C8", "清理结余资金。")
        sheet.write("B7", "每季度")
        sheet.write_row("D7", ["摸清底数", "财政局（牵头）、教育局"])
        sheet.write_datetime("B8", date(2026, 9, 30), day)
        sheet.write_row("D8", ["收回存量", "县教育局"])
        sheet.write("H8", "已开会")
        sheet.write_comment("H8", "等三月的会")
        sheet.merge_range("A9:H9", "（二）优化服务")
        sheet.write_row("A10", [4, "年底前", "提高网上可办率", "", "县政府办公室", "无"])
        sheet.write("G10", 0.96, share)
        sheet.write("D11", "每月通报一次")  # goes on
        sheet.write_row("A12", ["5", "XX月", "培育企业，年内净增企业50户", "", "县发改局", "/"])
        sheet.write_row("A13", [6, "2月30日", "开展专项检查", "", "县财政局", ""])
        sheet.write_row("A14", ["合计", "", "6项"])
        sheet.merge_range("A15:H15", "注：1.本表由县政府办公室解释。")
    return out.getvalue()


CSV = (
    "\r\n,,,,\r\n任务清单;;;;\r\n"
    "编号;责任人;重点任务;时限要求;备注\r\n"
    '１;孙副县长;"压实责任；\r\n各镇主要负责同志要带头";长期坚持;常委会定\r\n'
    "3;各镇（西山镇除外）;报送年度总结;2026.12.15;\r\n"
    ";;并抄送县纪委;;\r\n"
    "4;周局长;严禁截留、挪用专项资金;立行立改;\r\n"
    "填表人：褚经办;;;;\r\n"
)


def gbk_csv() -> bytes:
    """A CSV in GBK with semicolons, empty rows first, a full-width number, a line break in a cell, a name for a post."""
    return CSV.encode("gbk")


def document() -> bytes:
    """A .docx: words around two tables of which the second goes on with the first, vertical merges, a repeated head."""
    head = ["序号", "领域", "业务职责", "廉政职责", "责任部门", "频次"]
    first = [
        head,
        ["1", "^财政", "加强预算管理", "定期公开预算执行情况", "财政、教育部门", "每半年"],
        ["2", "^", "管好专项资金", "严禁违规拨付", "牵头：财政局；配合：各镇", "逢事必办"],
        head,
        ["3", "政务", "推进一网通办", "", "县政府办公室", "每周"],
    ]
    second = [["4", "政务", "做好政府信息公开", "", "县政府办公室", "每月"]]
    body = (
        _paragraph("附件2") + _table(first) + _paragraph("（续表）") + _table(second) + _paragraph("2026年2月27日印发")
    )
    return docx(body)


def docx(body: str) -> bytes:
    """A document with this body."""
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return archive({"word/document.xml": f'<w:document xmlns:w="{main}"><w:body>{body}</w:body></w:document>'})


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def _table(rows: list[list[str]]) -> str:
    """^财政 begins a vertical merge, ^ goes on with it."""
    merges = {"^": "<w:tcPr><w:vMerge/></w:tcPr>"}
    cells = [
        "".join(
            "<w:tc>"
            + (
                merges["^"]
                if text == "^"
                else '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>'
                if text[:1] == "^"
                else ""
            )
            + _paragraph(text.lstrip("^"))
            + "</w:tc>"
            for text in row
        )
        for row in rows
    ]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


# --- files that mean harm -----------------------------------------------------------------------------------

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>工作内容</t></is></c><c r="B1" t="inlineStr"><is><t>责任单位</t></is></c></row>'
ONE = '<row r="2"><c r="A2" t="inlineStr"><is><t>办好一件事</t></is></c></row>'


def archive(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def rewritten(content: bytes, change: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    """An archive again, with the name and the bytes that `change` makes of each member's."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(*change(name, old.read(name)))
    return out.getvalue()


def in_encoding(encoding: str, content: bytes, part: str) -> bytes:
    """An Office file in which one part says that it is in this encoding."""

    def declare(name: str, xml: bytes) -> tuple[str, bytes]:
        bare = re.sub(rb"<\?xml.*?\?>", b"", xml)
        return name, f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + bare if name == part else xml

    return rewritten(content, declare)


def with_capitals(content: bytes) -> bytes:
    """An Office file whose parts are called otherwise than what points to them says: xl/SharedStrings.xml."""
    return rewritten(content, lambda name, xml: ("/".join(map(str.capitalize, name.split("/"))), xml))


def sheet(
    rows: str = HEAD + ONE, *, before: str = "", behind: str = "", more: dict[str, str | bytes] | None = None
) -> bytes:
    """A workbook of one sheet with these rows, as XML."""
    return archive(
        {
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{_MAIN}"><dimension ref="A1:B1"/><sheetData>{rows}</sheetData>{behind}</worksheet>',
            **(more or {}),
        }
    )
