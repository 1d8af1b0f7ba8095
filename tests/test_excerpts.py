"""Excerpts of the log: what is in the list, what a spreadsheet makes of it, who may take it, and what is said of that."""

from __future__ import annotations

import csv
import io
import zipfile
from contextvars import Context
from datetime import date
from itertools import islice
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

import verify
from checklist import ledger
from checklist.audit import entries, excerpts
from checklist.audit.filters import Filter
from checklist.files import sheets
from checklist.items import signoff
from checklist.refusal import Malformed, NotYours, Refused
from models import audit_log, db
from tests import county
from tests.conftest import Visit

pytestmark = pytest.mark.usefixtures("qinghe")

HEADS = ["序号", "时间（北京）", "人员", "单位", "行为", "对象", "结果", "理由", "哈希"]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

both = pytest.mark.parametrize("ending", excerpts.KINDS)


def taken(ending: str, *, by: str = "wei", **wanted: object) -> list[list[str]]:
    """The rows below the notice and the heads, as a reader of the file sees them."""
    notice, heads, *rows = read(ending, written(ending, by=by, **wanted))
    assert notice == [excerpts.NOTICE]
    assert heads == HEADS
    return rows


def written(ending: str, *, by: str = "wei", **wanted: object) -> bytes:
    lines = excerpts.export(Filter(**wanted), ending, by=county.actor(by))  # type: ignore[arg-type]
    if ending == "csv":
        return "".join(excerpts.as_csv(lines)).encode()
    out = io.BytesIO()
    excerpts.write_xlsx(lines, out)
    return out.getvalue()


def read(ending: str, content: bytes) -> list[list[str]]:
    if ending == "csv":
        text = content.decode()
        assert text.startswith("\ufeff")
        return list(csv.reader(io.StringIO(text[1:], newline="")))
    rows = []
    for row in sheet(content).iter(f"{SHEET}row"):
        cells = {"".join(filter(str.isalpha, cell.get("r", ""))): "".join(cell.itertext()) for cell in row}
        rows.append([cells.get(column, "") for column in "ABCDEFGHI"[: len(HEADS) if len(cells) > 1 else 1]])
    return rows


def sheet(content: bytes) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        return ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))


def withdrawn_because(reason: str) -> None:
    signoff.withdraw(county.signed("预算考核", "zhou").id, reason, by=county.actor("zhou"))


# --- what is in it ------------------------------------------------------------------------------------------


@both
def test_every_entry_has_a_row_that_finds_it_in_the_bundle(ending: str) -> None:
    county.signed("预算考核", "zhou")
    lines = db.session.scalars(select(audit_log.c.line).order_by(audit_log.c.seq)).all()
    rows = taken(ending)
    assert [row[0] for row in rows] == [str(seq) for seq in range(len(lines))]
    assert [row[8] for row in rows] == [verify.entry_hash(line.encode()).hex() for line in lines]


@both
def test_a_row_says_in_chinese_who_did_what_and_when(ending: str) -> None:
    withdrawn_because("填错了，“重填”")
    with pytest.raises(NotYours):
        signoff.tick(county.item("预算考核").id, by=county.actor("sun"))
    item = county.item("预算考核")
    *_, withdrawal, refusal = taken(ending, object=f"本期事项 {item.id}")
    when = "2026-03-02 09:00:00"
    assert withdrawal[1:8] == [
        *(when, "周局长", "QH-CZJ", "撤回签认", f"本期事项 {item.id}", "办成", "填错了，“重填”"),
    ]
    assert refusal[1:7] == [
        *(when, "孙副县长", "QH-CZJ", "报完成", f"本期事项 {item.id}", "被拒绝（refused: 403）"),
    ]
    assert "责任人、联络员" in refusal[7]


@both
def test_a_filter_gives_exactly_what_the_page_shows(ending: str, qinghe: county.Clock) -> None:
    county.signed("预算考核", "zhou")
    qinghe.set_day(date(2026, 3, 4))
    county.signed("对接会", "zhou")
    day = date(2026, 3, 4)
    for wanted in (
        {"person": "周局长"},
        {"action": "签认"},
        {"from_day": day, "until_day": day},
        {"unit": "财政"},
        {"from_day": day, "person": "周", "action": "报完成"},
    ):
        shown = entries.search(Filter(**wanted), by=county.actor("wei"), limit=1000)  # type: ignore[arg-type]
        assert shown
        assert [int(row[0]) for row in taken(ending, **wanted)] == [line.seq for line in reversed(shown)]


@both
def test_nothing_found_is_a_list_without_rows(ending: str) -> None:
    assert taken(ending, person="查无此人") == []


def test_what_is_written_meanwhile_is_not_in_it() -> None:
    size = ledger.size()
    lines = excerpts.export(Filter(), "csv", by=county.actor("wei"))
    first = list(islice(lines, 1))
    county.ticked("预算考核", "zhou")
    assert [line.seq for line in [*first, *lines]] == list(range(size))


def test_the_lines_need_neither_the_request_nor_its_session() -> None:
    lines = excerpts.export(Filter(), "csv", by=county.actor("wei"))
    db.session.remove()
    rows = Context().run(list, excerpts.as_csv(lines))  # a context without an application
    assert len(rows) == 3 + ledger.size() - 1  # a mark, the notice and the heads; the excerpt's own entry is not in it


def test_whoever_breaks_off_a_download_leaves_no_connection_behind() -> None:
    rows = excerpts.as_csv(excerpts.export(Filter(), "csv", by=county.actor("wei")))
    assert len(list(islice(rows, 10))) == 10
    db.session.rollback()
    assert db.engine.pool.checkedout() == 1  # type: ignore[attr-defined]
    rows.close()
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


# --- what a spreadsheet makes of it -------------------------------------------------------------------------

FORMULAS = ['=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(A1)", "＝1+1", "\t=1"]


@pytest.mark.parametrize("reason", FORMULAS)
def test_no_cell_of_a_csv_is_a_formula(reason: str) -> None:
    with ledger.act("feedback", by=county.actor("zhou"), reason=reason) as act:
        act.add_entry({})
    rows = taken("csv")
    assert rows[-1][7] == f"'{reason}"
    assert not [cell for row in rows for cell in row if cell.startswith(excerpts.LIVE)]


@pytest.mark.parametrize("reason", ["=1+1", "{=1+1}", "http://evil.example", "12", "<r><t>假</t></r>", "<r>&<</r>"])
def test_every_word_in_a_sheet_is_text_and_every_seq_a_number(reason: str) -> None:
    withdrawn_because(reason)
    content = written("xlsx", person="周局长")
    assert read("xlsx", content)[-1][7].rstrip() == reason
    found = sheet(content)
    assert not list(found.iter(f"{SHEET}f")) + list(found.iter(f"{SHEET}hyperlink"))
    kinds = {cell.get("r", "")[0]: cell.get("t", "n") for row in list(found.iter(f"{SHEET}row"))[2:] for cell in row}
    assert kinds.pop("A") == "n"
    assert set(kinds.values()) == {"inlineStr"}


def test_the_heads_of_a_sheet_stay_in_sight() -> None:
    pane = next(sheet(written("xlsx")).iter(f"{SHEET}pane"))
    assert (pane.get("ySplit"), pane.get("state")) == ("2", "frozen")


@pytest.mark.parametrize("reason", ["很长" * 20_000, "𠮷" * 20_000, "a" + "𠮷" * 20_000])
def test_a_cell_too_long_for_excel_says_where_the_rest_is(reason: str) -> None:
    with ledger.act("feedback", by=county.actor("zhou"), reason=reason) as act:  # longer than a verb takes
        act.add_entry({})
    cell = taken("xlsx", action="意见反馈")[-1][7]
    assert cell.endswith("余下部分见日志包）")
    assert reason.startswith(cell.removesuffix(excerpts.CUT))
    assert sheets.LONGEST_CELL - 1 <= len(cell.encode("utf-16-le")) / 2 <= sheets.LONGEST_CELL
    assert taken("csv", action="意见反馈")[-1][7] == reason


def test_a_sheet_that_would_not_hold_them_all_is_refused_and_csv_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excerpts, "MOST_ENTRIES", ledger.size())
    assert len(taken("xlsx")) == excerpts.MOST_ENTRIES
    with pytest.raises(Refused, match="请缩小筛选范围（例如分几段日期），或者存为 CSV"):
        excerpts.export(Filter(), "xlsx", by=county.actor("wei"))
    assert county.gained(ledger.size() - 1)[0].body["result"] == "refused: 409"
    assert len(taken("csv")) == excerpts.MOST_ENTRIES + 2


# --- who may, and what the log says of it -------------------------------------------------------------------


@both
def test_that_somebody_takes_it_is_in_the_log_before_the_first_row(ending: str) -> None:
    county.ticked("预算考核", "zhou")
    size, day = ledger.size(), date(2026, 1, 1)
    lines = excerpts.export(Filter(person="周", from_day=day), ending, by=county.actor("wei"))
    (told,) = county.gained(size)
    assert (told.actor, told.action) == ("卫审计", "导出日志")
    wanted = {"from_day": "2026-01-01", "person": "周"}
    assert told.body["after"] == {"filter": wanted, "kind": ending, "root": None, "size": len(list(lines))}


@both
def test_an_auditor_of_one_bureau_takes_that_bureau_and_no_other(ending: str) -> None:
    county.ticked("预算考核", "zhou")
    assert {row[3] for row in taken(ending, by="jiang")} == {"QH-CZJ"}


@both
@pytest.mark.parametrize("login", ["zhou", "qian", "chu", "shen", "han"])
def test_nobody_else_takes_one_and_that_he_tried_is_in_the_log(ending: str, login: str, visit: Visit) -> None:
    client, size = visit(login), ledger.size()
    assert client.post("/audit/excerpt", data={"kind": ending}).status_code == 403
    (told,) = county.gained(size)
    assert (told.actor, told.body["action"], told.body["result"]) == (county.PEOPLE[login], "export", "refused: 403")


def test_another_kind_is_taken_by_nobody_and_says_nothing_in_the_log(visit: Visit) -> None:
    client, size = visit("wei"), ledger.size()
    for kind in ("", "pdf", "CSV"):
        assert client.post("/audit/excerpt", data={"kind": kind}).status_code == 422
        with pytest.raises(Malformed):
            excerpts.export(Filter(), kind, by=county.actor("wei"))
    assert ledger.size() == size


def test_a_day_that_is_none_does_not_give_away_every_day(visit: Visit) -> None:
    client, size = visit("wei"), ledger.size()
    response = client.post("/audit/excerpt", data={"kind": "csv", "from_day": "2026-02-30"})
    assert response.status_code == 422
    assert "日期填得不对" in response.text
    assert ledger.size() == size


# --- at the page --------------------------------------------------------------------------------------------

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@both
def test_the_page_gives_what_it_shows_as_a_file_with_the_day_in_its_name(ending: str, visit: Visit) -> None:
    county.ticked("预算考核", "zhou")
    client = visit("wei")
    page = client.get("/audit/", query_string={"person": "周局长", "until_day": "2026-03-02"}).text
    assert f'name="kind" value="{ending}"' in page
    kept = {"person": "周局长", "until_day": "2026-03-02"}
    for name, value in kept.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    with client.post("/audit/excerpt", data={**kept, "kind": ending}) as response:
        assert response.headers["Content-Type"] == TYPES[ending]
        disposition = response.headers["Content-Disposition"]
        assert disposition.replace('"', "") == f"attachment; filename=shuangze-excerpt-2026-03-02.{ending}"
        rows = read(ending, response.data)[2:]
    assert rows
    assert {row[2] for row in rows} == {"周局长"}
