"""From an office's table to a draft: every row comes in, stays 待定 or is said to be wrong and where; none is lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page

from checklist import ledger
from checklist.files import reading
from checklist.papers import imports, spreadsheet
from checklist.refusal import Malformed, NotYours
from models import Cadence, DutyList, ListState, Side, db
from tests import county, messy
from tests.conftest import Browse, Visit
from tests.forms import expect
from tests.sheets import previewed

pytestmark = pytest.mark.usefixtures("qinghe")


def take(content: bytes, *, login: str = "chu", leave_out: bool = True, nonce: str | None = None) -> DutyList:
    unit = county.unit("QH-GOV").id
    by = county.actor(login, nonce=nonce)
    told = {"name": "重点任务", "year": 2026, "title": "任务分解表"}
    return imports.import_list(unit, **told, content=content, leave_out=leave_out, by=by)  # type: ignore[arg-type]


# --- three tables as they are -------------------------------------------------------------------------------


def test_merged_cells_two_head_rows_and_columns_in_odd_order_are_read_as_they_are_meant() -> None:
    found = previewed(messy.workbook())
    rows = {row.at: row for row in found.rows}
    assert [row.wording for row in found.rows] == [
        "完善预算考核机制",
        "清理结余资金：摸清底数",
        "清理结余资金：收回存量",
        "提高网上可办率：每月通报一次",
        "培育企业，年内净增企业50户",
        "开展专项检查",
    ]
    assert rows["A6"].due_on == date(2026, 6, 30)
    assert rows["A6"].path == ["一、管好财政资金"]
    assert [owner.get("unit") or owner.get("set") for owner in rows["A6"].owners] == ["QH-CZJ", "towns"]
    assert (rows["A7"].cadence, rows["B8"].due_on) == (Cadence.QUARTERLY, date(2026, 9, 30))
    assert [(t.op, t.value, t.unit) for t in rows["A10"].targets] == [(">=", Decimal(96), "%")]
    assert [(t.op, t.value, t.unit) for t in rows["A12"].targets] == [("+", Decimal(50), "户")]


def test_what_is_not_known_stays_open_and_what_is_wrong_is_said_with_its_cell() -> None:
    found = previewed(messy.workbook())
    rows = {row.at: row for row in found.rows}
    assert rows["A12"].owners == []
    assert any("县发改局" in words and "E12" in words for words in rows["A12"].open)
    assert any("XX月" in words and "B12" in words for words in rows["A12"].open)
    assert [(row.at, [(wrong.at, wrong.words) for wrong in row.wrong]) for row in found.bad] == [
        ("A13", [("B13", "“2月30日”里有不存在的日子")])
    ]


def test_titles_totals_notes_and_gaps_are_shown_and_kept_in_the_source() -> None:
    found = previewed(messy.workbook())
    assert [aside.at for aside in found.asides] == ["A1", "A2", "A5", "A9", "A14", "A15"]
    assert any("不连续（A10）" in note for note in found.notes)
    assert any("等三月的会" in note for note in found.notes)
    for words in ("（征求意见稿）", "合计", "本表由县政府办公室解释", "已开会", "2月30日"):
        assert words in found.text


def test_a_csv_in_gbk_with_semicolons_and_a_persons_name_for_a_post_is_read() -> None:
    found = previewed(messy.gbk_csv())
    assert len(found.rows) == 4
    assert found.rows[1].owners[0]["except"] == ["QH-XS"]
    assert found.rows[1].due_on == date(2026, 12, 15)
    assert found.rows[3].owners[0]["post"] == county.post_of("zhou").id
    assert found.rows[3].side is Side.INTEGRITY
    assert ("A9", "合计或签字栏") in [(aside.at, aside.why) for aside in found.asides]  # 填表人 heads nothing


def test_work_and_integrity_side_by_side_in_a_word_table_become_a_pair() -> None:
    found = previewed(messy.document())
    assert [(row.side.value, row.guards_the_row_before) for row in found.rows[:4]] == [
        ("work", False),
        ("integrity", True),
        ("work", False),
        ("integrity", True),
    ]
    assert found.rows[-1].cadence is Cadence.MONTHLY  # of the table that goes on without a head
    assert any("附件2" in note for note in found.notes)


# --- taking it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [messy.workbook, messy.gbk_csv, messy.document])
def test_what_comes_in_is_a_draft_whose_every_duty_is_linked_to_its_row(make: Callable[[], bytes]) -> None:
    size, coming = ledger.size(), previewed(make())
    duty_list = take(make())
    assert (duty_list.state, len(duty_list.duties)) == (ListState.DRAFT, len(coming.good))
    for duty in duty_list.duties:
        assert duty.start is not None
        assert duty_list.source.text[duty.start : duty.end] == duty.quote
        assert duty.quote
    assert {line.body["action"] for line in county.gained(size)} == {"import"}
    assert county.in_step()


def test_a_pair_in_the_table_is_a_pair_in_the_list() -> None:
    first, second, *_ = take(messy.document()).duties
    assert second.guards == [first.lineage]


def test_a_row_that_is_wrong_keeps_all_out_unless_it_is_left_out_in_so_many_words() -> None:
    size = ledger.size()
    with pytest.raises(Malformed, match="有 1 行有错"):
        take(messy.workbook(), leave_out=False)
    assert ledger.size() == size
    assert len(take(messy.workbook()).duties) == 5


def test_only_a_clerk_imports_and_the_refusal_is_an_entry() -> None:
    size = ledger.size()
    with pytest.raises(NotYours):
        take(messy.gbk_csv(), login="zhou")
    assert [(line.body["action"], line.body["result"]) for line in county.gained(size)] == [("import", "refused: 403")]


def test_a_name_that_is_taken_leaves_nothing_behind() -> None:
    take(messy.gbk_csv())
    size = ledger.size()
    with pytest.raises(Malformed, match="已经有名为"):
        take(messy.gbk_csv())
    assert ledger.size() == size


def test_a_list_comes_back_from_its_own_sheet(tmp_path: Path) -> None:
    old = county.duty("预算考核").duty_list
    out = io.BytesIO()
    spreadsheet.write_xlsx(old, out)
    new = take(out.getvalue())
    told = [[(d.wording, d.side, d.cadence, d.due_on, len(d.targets)) for d in side.kept] for side in (old, new)]
    assert told[0] == told[1]


# --- files that mean harm -----------------------------------------------------------------------------------


def entity() -> bytes:
    before = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return messy.sheet(before=before)


def bomb() -> bytes:
    return messy.archive({"xl/workbook.xml": b"\0" * (400 << 20)})


HOSTILE = {
    "nothing": lambda: b"",
    "a program called .xlsx": lambda: b"MZ\x90\0" + b"\0" * 200,
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99,
    "an old .xls, or one with a password": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
    "half a workbook": lambda: messy.workbook()[:2000],
    "entities": entity,
    "a bomb": bomb,
    "an encoding that nobody knows": lambda: messy.in_encoding("foo", messy.workbook(), "xl/workbook.xml"),
    "macros": lambda: messy.sheet(more={"xl/vbaProject.bin": b"x"}),
    "too much": lambda: b"a" * (reading.LARGEST + 1),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_means_harm_is_refused_in_words_and_harms_nothing(what: str) -> None:
    size = ledger.size()
    with pytest.raises(Malformed) as problem:
        take(HOSTILE[what]())
    assert problem.value.message
    assert ledger.size() == size


def test_a_table_that_lies_about_its_size_is_read_by_its_cells() -> None:
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>远处</t></is></c></row>'
    merged = '<mergeCells><mergeCell ref="A1:XFD20000"/></mergeCells>'
    for content in (messy.sheet(messy.HEAD + messy.ONE + far), messy.sheet(behind=merged)):
        try:
            found = previewed(content)
        except Malformed:
            continue  # refused in words is right too; silently lost is not
        assert "办好一件事" in found.text


# --- the pages ----------------------------------------------------------------------------------------------


def form(**changed: object) -> dict[str, object]:
    told = {"unit": county.unit("QH-GOV").id, "name": "重点任务", "year": 2026, "title": "任务分解表"}
    db.session.rollback()
    return {**told, "file": (io.BytesIO(messy.workbook()), "任务.xlsx"), **changed}


def test_a_table_that_is_none_is_asked_for_again_and_what_was_typed_is_still_there(visit: Visit) -> None:
    answer = visit("chu").post("/lists/import", data=form(file=(io.BytesIO(b"MZ"), "x.xlsx")))
    assert answer.status_code == 422
    assert 'value="重点任务"' in answer.text
    assert visit("zhou").get("/lists/import").status_code == 403


@pytest.mark.parametrize(("make", "part"), [(messy.workbook, "xl/styles.xml"), (messy.document, "word/document.xml")])
def test_a_table_in_an_encoding_that_nobody_knows_is_sent_back_in_words(
    visit: Visit, make: Callable[[], bytes], part: str
) -> None:
    file = io.BytesIO(messy.in_encoding("foo", make(), part))
    answer = visit("chu").post("/lists/import", data=form(file=(file, "任务.xlsx")))
    assert answer.status_code == 422
    assert "这个文件不完整或已损坏" in answer.text
    assert 'value="重点任务"' in answer.text


def test_a_table_whose_parts_are_called_otherwise_than_what_points_to_them_comes_in(visit: Visit) -> None:
    content = messy.with_capitals(messy.workbook())
    answer = visit("chu").post("/lists/import", data=form(file=(io.BytesIO(content), "任务.xlsx")))
    assert answer.status_code == 200
    assert "清理结余资金" in answer.text
    assert len(take(content).duties) == 5


def test_the_confirmation_does_not_trust_the_browser_for_the_table(visit: Visit) -> None:
    answer = visit("chu").post("/lists/import/confirmation", data=form(token="../../keys/log.key"))
    assert answer.status_code == 422
    assert "请重新选择文件" in answer.text
    assert not list(db.session.scalars(db.select(DutyList).where(DutyList.name == "重点任务")))


def upload(page: Page, file: Path, content: bytes) -> None:
    """Choose a file as the clerk does, and go on to its preview."""
    file.write_bytes(content)
    page.goto("/lists/")
    page.get_by_role("link", name="从表格导入清单").click()
    page.get_by_label("清单名称").fill("重点任务分解表")
    page.get_by_label("文件标题").fill("重点任务分解表（征求意见稿）")
    page.get_by_label("表格文件").set_input_files(file)
    page.get_by_role("button", name="上传并预览").click()


def test_a_clerk_uploads_looks_and_confirms(browse: Browse, tmp_path: Path) -> None:
    page = browse("chu")
    upload(page, tmp_path / "任务.xlsx", messy.workbook())
    expect(page.locator("main")).to_contain_text("B13：“2月30日”里有不存在的日子")
    expect(page.locator("main")).to_contain_text("合计")
    page.get_by_role("button", name="确认导入 5 项").click()
    expect(page.locator(".summary")).to_contain_text("有 1 行有错")
    page.get_by_label("有错的行不导入，其余照常").check()
    page.get_by_role("button", name="确认导入 5 项").click()
    expect(page.locator("article.duty")).to_have_count(5)
    expect(page.get_by_text("已导入 5 项")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "make", "said", "rows"),
    [
        ("任务.csv", messy.gbk_csv, "填表人：褚经办", 4),
        ("任务.docx", messy.document, "2026年2月27日印发", 6),
    ],
)
def test_a_clerk_may_bring_a_sheet_of_another_program_or_a_document(
    browse: Browse, tmp_path: Path, name: str, make: Callable[[], bytes], said: str, rows: int
) -> None:
    page = browse("chu")
    upload(page, tmp_path / name, make())
    expect(page.locator("main")).to_contain_text(said)
    page.get_by_role("button", name=f"确认导入 {rows} 项").click()
    expect(page.locator("article.duty")).to_have_count(rows)
    assert county.in_step()
