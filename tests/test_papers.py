"""A list carried away: as a sheet that comes back the same, as an annex in Word, and as a page to be printed."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checklist import access, ledger
from checklist.county import units
from checklist.decompose import figures
from checklist.lists import editing
from checklist.papers import annex, docx, spreadsheet
from models import Cadence, Duty, DutyList, ListKind, ListState, Part, PostKind, Side, Target, Tier, UnitKind
from pages.forms import tidy
from tests import county, sheet_reader
from tests.conftest import Visit
from tests.sheets import sheet

pytestmark = pytest.mark.usefixtures("qinghe")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ADDRESSES = ("sheet", "annex", "print")


def in_force() -> DutyList:
    return county.duty("预算考核").duty_list


def came_back(duty_list: DutyList) -> bool:
    return sheet_reader.rows(sheet(duty_list), duty_list.unit) == sheet_reader.rows_of(duty_list)


def edited(duty_list: DutyList, words: str, **changed: object) -> DutyList:
    """A duty of a draft, changed by its clerk."""
    duty = next(d for d in duty_list.duties if words in d.wording)
    edit = editing.Edit(duty.wording, duty.side, duty.cadence, duty.due_on, duty.owners, duty.guards, {}, duty.steps)
    editing.edit(duty.id, editing.Edit(**{**vars(edit), **changed}), by=county.actor("chu"))  # type: ignore[arg-type]
    return duty_list


# --- the sheet ----------------------------------------------------------------------------------------------


def test_a_list_in_force_comes_back_from_its_sheet_the_same() -> None:
    assert came_back(in_force())


def test_a_draft_comes_back_without_what_was_dropped_and_numbered_anew() -> None:
    draft = county.draft("春季清单", county.SPEECH)
    editing.drop(draft.duties[0].id, by=county.actor("chu"))
    assert [row["number"] for row in sheet_reader.rows(sheet(draft), draft.unit)] == [1, 2, 3, 4, 5, 6]
    assert came_back(draft)


def test_owners_of_the_same_name_are_told_apart() -> None:
    known = county.post_of("sun")
    twin = units.add_post(known.unit.id, "副县长", PostKind.MEMBER, by=county.console)
    comma = units.add_unit(
        "QH-X",
        "县委宣传部、网信办",
        UnitKind.DEPARTMENT,
        by=county.console,
        short_name="宣传",
        parent=county.unit("QH-GOV"),
    )
    draft = county.draft("春季清单", county.SPEECH)
    owners = [{"post": twin.id}, {"post": known.id}, {"unit": comma.code}]
    every = [{**owner, "part": "lead"} for owner in owners]
    every.append({"set": "team", "except": [str(twin.id)], "part": "support"})
    edited(draft, "预算考核", owners=every)
    assert came_back(draft)


def test_a_guard_of_work_in_another_list_names_that_list() -> None:
    draft = county.draft("春季清单", county.SPEECH)
    guard = next(d for d in draft.duties if "严禁" in d.wording)
    with ledger.act("edit", by=county.console):
        access.load(Duty, guard.id).guards = [county.duty("净增企业").lineage]
    assert spreadsheet.Names(draft).guarded(guard) == ["2026 年《廉政工作任务分解表》第 5 项"]


def test_the_same_list_gives_the_same_bytes(qinghe: county.Clock) -> None:
    before = sheet(in_force()), annex.write_docx(in_force())
    qinghe.move(days=1)
    assert (sheet(in_force()), annex.write_docx(in_force())) == before


def test_what_looks_like_a_formula_a_link_or_markup_stays_text() -> None:
    draft = county.draft("春季清单", county.SPEECH)
    for words, live in (
        ("预算考核", "=1+1"),
        ("对接会", "http://example.com/"),
        ("净增", "<r>a</r>"),
        ("率先", "0012"),
    ):
        edited(draft, words, wording=live)
    found = [row["wording"].strip() for row in sheet_reader.rows(sheet(draft), draft.unit)]
    assert {"=1+1", "http://example.com/", "<r>a</r>", "0012"} <= set(found)


def test_how_far_a_list_in_force_has_come_stands_in_the_last_column() -> None:
    county.signed("预算考核", "zhou")
    _title, heads, first, *_ = sheet_reader.cells(sheet(in_force()))
    assert (heads[-1], first[-1]) == ("进展", "0 通过 / 1 待审 / 共 2")


def test_the_sheet_prints_on_a4_across_with_its_heads_on_every_page() -> None:
    with zipfile.ZipFile(io.BytesIO(sheet(in_force()))) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
        names = book.read("xl/workbook.xml").decode()
    assert re.search(r'<pageSetup paperSize="9"[^>]* orientation="landscape"', page)
    assert 'ySplit="2"' in page
    assert re.search(r"Print_Titles[^>]*>[^<]*\$2:\$2<", names)


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(tidy)
line = words.filter(bool).filter(lambda text: not text.startswith("<r>"))
prose = st.lists(line, min_size=1, max_size=3).map("\n".join)
figure = st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9)
measure = st.sampled_from(["", "%", "户", "万元", "个工作日"])
targets = st.builds(Target, of=line, op=st.sampled_from(sorted(figures.OPS)), value=figure, unit=measure)
owner = st.sampled_from(
    [
        {"unit": "QH-CZJ"},
        {"unit": "QH-DH"},
        {"set": "towns", "except": ["QH-XS"]},
        {"set": "towns", "except": ["QH-DH", "QH-XS"]},
        {"set": "departments", "except": []},
        {"set": "team", "except": []},
    ]
)
owned = st.builds(lambda owner, part: {**owner, "part": part.value}, owner, st.sampled_from(Part))
a_duty = st.builds(
    Duty,
    lineage=st.uuids().map(str),
    wording=prose,
    quote=words,
    side=st.sampled_from(Side),
    path=st.lists(line, max_size=3),
    owners=st.lists(owned, max_size=3),
    cadence=st.sampled_from(Cadence),
    deadline=st.none() | line,
    due_on=st.none() | st.dates(date(2000, 1, 1), date(2100, 12, 31)),
    steps=st.lists(line, max_size=3),
    targets=st.lists(targets, max_size=2),
    dropped=st.just(False),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(duties=st.lists(a_duty, max_size=4), data=st.data())
def test_any_list_comes_back_from_its_sheet_the_same(duties: list[Duty], data: st.DataObject) -> None:
    lineages = [duty.lineage for duty in duties]
    for duty in duties:
        duty.guards = data.draw(st.lists(st.sampled_from(lineages), unique=True, max_size=2))
    found = DutyList(
        unit=county.unit("QH-GOV"), kind=ListKind.BREAKDOWN, tier=Tier.NONE, year=2026, name="任意", duties=duties
    )
    assert came_back(found)


# --- the annex ----------------------------------------------------------------------------------------------


def parts(content: bytes) -> dict[str, ElementTree.Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: ElementTree.fromstring(packed.read(name)) for name in packed.namelist()}


def texts(element: ElementTree.Element) -> list[str]:
    """The paragraphs of a part, line breaks as in the file."""
    found = []
    for paragraph in element.iter(f"{W}p"):
        found.append(
            "".join(
                "\n" if bit.tag == f"{W}br" else bit.text or ""
                for bit in paragraph.iter()
                if bit.tag in (f"{W}br", f"{W}t")
            )
        )
    return found


def test_the_annex_says_what_it_is_what_decided_it_whose_it_is_and_since_when() -> None:
    found = texts(parts(annex.write_docx(in_force()))["word/document.xml"])
    assert found[:3] == [
        "附件",
        "清和县人民政府 2026 年廉政工作任务分解表",
        "（县政府常务会议〔2026〕1 号，2026年1月5日）",
    ]
    assert found[-2:] == ["清和县人民政府", "2026年1月5日"]


def test_a_draft_says_that_it_is_one_and_bears_no_day() -> None:
    found = texts(parts(annex.write_docx(county.draft("春季清单", county.SPEECH)))["word/document.xml"])
    assert (found[2], found[-1]) == ("（草稿）", "清和县人民政府")


def test_each_duty_is_a_row_under_the_heading_of_its_source() -> None:
    rows = [texts(row) for row in parts(annex.write_docx(in_force()))["word/document.xml"].iter(f"{W}tr")]
    assert rows[0] == ["序号", "工作内容", "类别", "目标", "牵头单位", "配合单位", "完成时限"]
    assert rows[1] == ["一、今年重点任务　一要管好财政资金"]
    assert rows[3] == ["2", "要每季度召开一次政银企对接会", "业务", "", "县财政局", "县教育局", "每季度"]
    assert rows[4][1] == "严禁截留、挪用专项资金\n对应业务：第 1 项"
    assert rows[7] == [
        "5",
        "要加大企业培育力度，年内净增企业50户",
        "业务",
        "企业 增加 50 户",
        "县财政局 副局长",
        "",
        "一次完成\n年内",
    ]
    assert [row[0] for row in rows if len(row) > 1] == ["序号", *"1234567"]


def test_the_annex_has_the_measures_of_the_standard_turned_with_its_table() -> None:
    files = parts(annex.write_docx(in_force()))
    (page,) = files["word/document.xml"].iter(f"{W}pgSz")
    (margins,) = files["word/document.xml"].iter(f"{W}pgMar")
    in_mm = {side: round(int(margins.get(f"{W}{side}", 0)) / 1440 * 25.4) for side in docx.MARGINS}
    assert (page.get(f"{W}orient"), page.get(f"{W}w"), page.get(f"{W}h")) == ("landscape", "16838", "11906")
    assert in_mm == {"top": 28, "right": 37, "bottom": 26, "left": 35}
    normal = next(style for style in files["word/styles.xml"] if style.get(f"{W}default") == "1")
    measures = {bit.tag.removeprefix(W): bit.attrib for bit in normal.iter()}
    assert measures["sz"] == {f"{W}val": "32"}  # 16 pt
    assert measures["spacing"][f"{W}line"] == "560"  # 28 pt
    assert measures["rFonts"][f"{W}eastAsia"] == "仿宋_GB2312"


def test_the_head_is_repeated_rows_are_not_cut_and_pages_are_numbered_outside() -> None:
    files = parts(annex.write_docx(in_force()))
    rows = list(files["word/document.xml"].iter(f"{W}tr"))
    assert [row.find(f".//{W}tblHeader") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
    assert all(row.find(f".//{W}cantSplit") is not None for row in rows)
    assert texts(files["word/odd.xml"]) == texts(files["word/even.xml"]) == ["— 1 —"]
    styles = {style.get(f"{W}styleId"): style.find(f".//{W}jc") for style in files["word/styles.xml"]}
    assert [styles[name].get(f"{W}val") for name in ("OddPage", "EvenPage")] == ["right", "left"]  # type: ignore[union-attr]


def test_every_part_of_the_word_file_is_declared_and_every_style_exists() -> None:
    files = parts(annex.write_docx(in_force()))
    declared = {part.get("PartName") for part in files["[Content_Types].xml"]} - {None}
    assert declared == {f"/{name}" for name in files if name.startswith("word/") and not name.endswith(".rels")}
    used = {style.get(f"{W}val") for file in files.values() for style in file.iter(f"{W}pStyle")}
    assert used <= set(docx.STYLES)


@given(st.text())
def test_any_text_at_all_makes_a_word_file_that_can_be_read(text: str) -> None:
    body = docx.table([1, 1], ["a", text], [docx.heading(text, 2), docx.row([text, "b"])])
    found = texts(parts(docx.package(body, docx.paragraph(text, "Ending")))["word/document.xml"])
    heard = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text).replace("\r", "\n")
    assert found[-1].replace("\r", "\n") == heard


def test_a_duty_that_stands_under_no_heading_comes_under_other_matters() -> None:
    draft = county.draft("春季清单", county.SPEECH)
    editing.add(draft.id, "报送年度总结", by=county.actor("chu"))
    assert annex.of(draft).groups[-1].heading == "其他事项"
    bare = DutyList(
        unit=draft.unit,
        kind=ListKind.RESPONSIBILITY,
        tier=Tier.MEMBER,
        year=2026,
        name="责任清单",
        state=ListState.DRAFT,
    )
    bare.duties = [Duty(lineage="a", wording="带头学习", side=Side.WORK, path=[], owners=[], steps=[], guards=[])]
    bare.duties[0].cadence, bare.duties[0].dropped = Cadence.YEARLY, False
    assert [group.heading for group in annex.of(bare).groups] == [""]
    assert annex.of(bare).heads[4] == "牵头责任人"


# --- the addresses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["xlsx", "docx"])
def test_a_file_bears_the_lists_name_and_nothing_that_a_file_name_cannot_hold(ending: str, visit: Visit) -> None:
    draft = county.draft('甲/乙:"丙"\n丁', county.SPEECH)
    answer = visit("chu").get(f"/lists/{draft.id}/{'sheet' if ending == 'xlsx' else 'annex'}")
    assert answer.status_code == 200
    named = answer.headers["Content-Disposition"]
    assert unquote(named.split("filename*=UTF-8''")[1]) == f"清和县人民政府 2026 年甲 乙 丙 丁.{ending}"
    answer.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_may_not_see_a_draft_cannot_carry_it_away(address: str, visit: Visit) -> None:
    draft = county.draft("春季清单", county.SPEECH)
    assert visit("wang").get(f"/lists/{draft.id}/{address}").status_code == 404
    assert visit("wang").get(f"/lists/{in_force().id}/{address}").status_code == 200  # he owns a duty of it


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_list_is_carried_away_without_an_entry_like_the_page_that_shows_it(address: str, visit: Visit) -> None:
    client = visit("chu")
    size = ledger.size()
    client.get(f"/lists/{in_force().id}/{address}")
    assert ledger.size() == size


def test_the_page_offers_every_paper_and_the_paper_says_what_the_annex_says(visit: Visit) -> None:
    client, found = visit("chu"), in_force()
    for page in (found, county.draft("春季清单", county.SPEECH)):
        shown = client.get(f"/lists/{page.id}").text
        assert all(f'href="/lists/{page.id}/{address}"' in shown for address in ADDRESSES)
    printed = client.get(f"/lists/{found.id}/print").text
    for row in (row for group in annex.of(found).groups for row in group.rows):
        assert all(f">{text}</td>" in printed for text in row)
