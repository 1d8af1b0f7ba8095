"""A register with something wrong in it: each is said at its cell, with what to do, and nothing at all comes in."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from checklist import clock, ledger
from checklist.county import accounts, units
from checklist.county.register import book
from checklist.refusal import Malformed, Refused
from models import Post, Tenure, Unit, UnitKind, User, db
from tests import county, registers

pytestmark = pytest.mark.usefixtures("qinghe")

CZJ = "县财政局"
WRONG: dict[str, tuple[str, Sequence[Sequence[str]], str, str]] = {
    # table, rows, the cell that is blamed, words
    "a code that is none": ("单位", [("qh_slj", "县水利局", "水利", "部门", "县政府")], "单位 A2", "大写字母"),
    "a kind that is none": (
        "单位",
        [("QH-SLJ", "县水利局", "水利", "衙门", "县政府")],
        "单位 D2",
        "请改成：县委、县政府",
    ),
    "a second top": ("单位", [("QH-SLJ", "县水利局", "水利", "部门", "")], "单位 E2", "那是“中共清和县委员会”"),
    "an unknown parent": (
        "单位",
        [("QH-SLJ", "县水利局", "水利", "部门", "县水务局")],
        "单位 E2",
        "没有单位“县水务局”",
    ),
    "parents in a circle": (
        "单位",
        [("A", "甲局", "甲", "部门", "B"), ("B", "乙局", "乙", "部门", "A")],
        "单位 E2",
        "绕成了一个圈",
    ),
    "another name for a known code": (
        "单位",
        [("QH-CZJ", "县财税局", "财政", "部门", "县政府")],
        "单位 B2",
        "“单位与岗位”",
    ),
    "another parent": (
        "单位",
        [("QH-CZJ", CZJ, "财政", "部门", "县委")],
        "单位 E2",
        "已有的上级单位是“清和县人民政府”",
    ),
    "the same code twice": (
        "单位",
        [("A", "甲局", "甲", "部门", "县政府"), ("A", "乙局", "乙", "部门", "县政府")],
        "单位 A3",
        "与 单位 A2 是同一个单位",
    ),
    "a second principal": ("岗位", [(CZJ, "党组书记", "一把手", "", "")], "岗位 C2", "已经有一把手岗位“局长”"),
    "a second secretary": ("岗位", [(CZJ, "党组书记", "其他", "是", "")], "岗位 D2", "已经有书记岗位“局长”"),
    "two principals in the file": (
        "岗位",
        [("县委", "主任", "一把手", "", ""), ("县委", "局长", "一把手", "", "")],
        "岗位 C2",
        "已经有一把手岗位“县委书记”",
    ),
    "two posts of one name": (
        "岗位",
        [(CZJ, "股长", "其他", "", ""), (CZJ, "股长", "其他", "", "")],
        "岗位 B3",
        "股长〔2〕",
    ),
    "a gap in the numbers": ("岗位", [(CZJ, "股长〔2〕", "其他", "", "")], "岗位 B2", "没有“股长〔1〕”"),
    "a post that is known as another kind": ("岗位", [(CZJ, "副局长", "其他", "", "")], "岗位 C2", "班子成员"),
    "a post that reviews itself": ("岗位", [(CZJ, "股长", "其他", "", "股长")], "岗位 E2", "不能由自己审核"),
    "posts that review each other": (
        "岗位",
        [(CZJ, "股长", "其他", "", "会计"), (CZJ, "会计", "其他", "", "股长")],
        "岗位 E2",
        "互相审核",
    ),
    "a namesake that reviews the one before": (
        "岗位",
        [(CZJ, "股长〔1〕", "其他", "", "股长〔2〕"), (CZJ, "股长〔2〕", "其他", "", "")],
        "岗位 E2",
        "编号在后的同名岗位",
    ),
    "an unknown reviewer": ("岗位", [(CZJ, "股长", "其他", "", "总督")], "岗位 E2", "没有岗位“总督”"),
    "a person without a unit": ("人员", [("bao", "鲍防汛", "")], "人员 C2", "请填写所在单位"),
    "a login that is none": ("人员", [("鲍", "鲍防汛", CZJ)], "人员 A2", "登录名用"),
    "a login that is somebody else's": ("人员", [("zhou", "周星星", CZJ)], "人员 B2", "已有的姓名是“周局长”"),
    "a login twice": ("人员", [("bao", "鲍一", CZJ), ("ＢＡＯ", "鲍二", CZJ)], "人员 A3", "与 人员 A2 的登录名相同"),
    "an unknown login": ("任职", [("nobody", "", CZJ, "局长", "2026-01-01", "")], "任职 A2", "没有登录名“nobody”"),
    "an unknown name": ("任职", [("", "无名氏", CZJ, "局长", "2026-01-01", "")], "任职 B2", "没有叫“无名氏”的人"),
    "a name that is not the login's": ("任职", [("zhou", "吴副局长", CZJ, "局长", "", "")], "任职 B2", "是周局长"),
    "a post that somebody holds": ("任职", [("wu", "", CZJ, "局长", "2026-02-01", "")], "任职 D2", "由周局长担任"),
    "another first day": (
        "任职",
        [("zhou", "", CZJ, "局长", "2025-02-01", "")],
        "任职 E2",
        "已有的起始日期是“2026-01-05”",
    ),
    "acting where he holds": (
        "任职",
        [("zhou", "", CZJ, "局长", "2026-01-05", "主持工作")],
        "任职 F2",
        "已有的方式是“担任”",
    ),
    "a day that is none": ("任职", [("cai", "", "县委", "县委书记", "2026-02-30", "")], "任职 E2", "不是日期"),
    "no first day": ("任职", [("zhao", "", CZJ, "副局长", "", "")], "任职 E2", "请填写起始日期"),
    "one of the three officers": ("任职", [("shen", "", CZJ, "副局长", "2026-02-01", "")], "任职 A2", "系统管理员"),
    "a charge outside the tree": ("分工", [(CZJ, "局长", "县教育局", "")], "分工 C2", "不在县财政局之下"),
    "a charge that another has": (
        "分工",
        [("县政府", "县长", "县教育局、财政", "")],
        "分工 C2",
        "现由清和县人民政府 副县长分管",
    ),
    "another field": ("分工", [("县政府", "副县长", "财政", "金融")], "分工 D2", "已有的分管领域是“没有填写”"),
    "no unit to be in charge of": ("分工", [("县政府", "副县长", "", "金融")], "分工 C2", "请填写分管单位"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_at_its_cell_and_nothing_comes_in(what: str) -> None:
    table, rows, at, words = WRONG[what]
    content = registers.workbook({table: rows})
    assert [told for where, told in registers.blamed(content) if where == at and words in told], registers.blamed(
        content
    )
    size = ledger.size()
    with pytest.raises(Malformed, match="没有导入"):
        registers.take(content)
    assert ledger.size() == size


def test_one_post_two_people_in_the_file_is_said_at_the_second() -> None:
    tenures = [*registers.NEW["任职"], ("bao", "", "县水利局", "局长", "2026-01-01", "担任")]
    assert registers.blamed(registers.new(任职=tenures)) == [
        ("任职 D5", "这个岗位在 任职 D2 已经由水利民担任，一个岗位只能有一个人")
    ]


def test_two_people_of_one_name_need_their_logins() -> None:
    people = [*registers.NEW["人员"], ("he.qing2", "何清", "水利")]
    told = registers.blamed(registers.new(人员=people))
    assert [at for at, _ in told] == ["任职 B3"]
    assert "he.qing、he.qing2" in told[0][1]


def test_who_left_a_post_is_not_put_back_by_an_old_register() -> None:
    before = io.BytesIO()
    book.write(before)
    tenure = db.session.scalars(select(Tenure).where(Tenure.post == county.post_of("wu"))).one()
    units.end_tenure(tenure.id, clock.today(), by=county.console)
    assert [words for _, words in registers.blamed(before.getvalue()) if "起始日期不能早于" in words]


def test_an_ended_unit_and_a_closed_account_are_said_so() -> None:
    closed = units.add_unit(
        "QH-OLD", "县老局", UnitKind.DEPARTMENT, by=county.console, short_name="老局", parent=county.unit("QH")
    )
    units.end_unit(closed.id, clock.today(), by=county.console)
    accounts.disable(county.user("lian").id, by=county.console)
    old = ("QH-OLD", "县新局", "新局", "部门", "县政府")
    lian = ("lian", "", "东河镇", "镇长", "2027-01-01", "联络员")
    told = dict(registers.blamed(registers.workbook({"单位": [old], "任职": [lian]})))
    assert "已经撤销" in told["单位 A2"]
    assert "已停用" in told["任职 A2"]


def test_what_only_a_verb_refuses_is_said_at_its_cell_before_anything_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    content = registers.new()
    monkeypatch.setattr(units, "put_in_charge", refusing)
    before = db.session.query(Unit).count(), db.session.query(User).count()
    assert registers.blamed(content) == [("分工 C2", "不行")]
    with pytest.raises(Malformed, match="有 1 行有错，没有导入"):
        registers.take(content)
    assert (db.session.query(Unit).count(), db.session.query(User).count()) == before
    assert county.in_step()


def refusing(*_args: object, **_named: object) -> None:
    raise Refused("不行。")


def test_all_that_is_wrong_with_a_row_is_said_at_once_and_what_hangs_on_it_is_not_missed() -> None:
    content = registers.workbook(
        {
            "单位": [("qh_slj", "县水利局", "水" * 21, "衙门", "县水务局")],
            "岗位": [("县水利局", "局长", "一把手", "是", ""), ("县水利局", "党组书记", "一把手", "是", "")],
            "人员": [("鲍", "鲍" * 41, "县水利局")],
            "任职": [("鲍", "", "县水利局", "局长", "2026-01-01", "")],
        }
    )
    assert [at for at, _ in registers.blamed(content)] == [
        *("单位 D2", "单位 E2", "单位 A2", "单位 C2"),
        *("岗位 C3", "岗位 D3"),
        *("人员 A2", "人员 B2"),
    ]


@pytest.mark.parametrize(
    ("table", "row", "cell"),
    [
        ("单位", ("QH-SLJ", "局" * 500, "水利", "部门", "县政府"), "单位 B2"),
        ("单位", ("QH-SLJ", "县水利局", "局" * 500, "部门", "县政府"), "单位 C2"),
        ("岗位", (CZJ, "长" * 500, "其他", "", ""), "岗位 B2"),
        ("人员", ("b" * 500, "鲍防汛", CZJ), "人员 A2"),
        ("人员", ("bao", "鲍" * 500, CZJ), "人员 B2"),
        ("分工", ("县政府", "县长", "县教育局", "防" * 500), "分工 D2"),
    ],
)
def test_a_text_of_500_characters_is_too_long_for_a_cell(table: str, row: Sequence[str], cell: str) -> None:
    [(at, words)] = registers.blamed(registers.workbook({table: [row]}))
    assert at == cell
    assert re.search("不超过 (20|40|80) 字$", words)


def test_a_long_chain_of_reviewing_posts_comes_in_from_below() -> None:
    chain = [(CZJ, f"干事{n}", "其他", "", f"干事{n + 1}") for n in range(1500)]
    assert registers.blamed(registers.workbook({"岗位": [*chain, (CZJ, "干事1500", "其他", "", "")]})) == []


# --- names that look alike ----------------------------------------------------------------------------------


def test_what_is_not_seen_in_a_name_is_no_part_of_it() -> None:
    registers.take(registers.workbook({"人员": [("bao", "鲍\u202e防\u200d汛\u2060", CZJ)]}))
    assert county.user("bao").name == "鲍防汛"
    assert [at for at, _ in registers.blamed(registers.workbook({"人员": [("bo", "\u2060", CZJ)]}))] == ["人员 B2"]


def test_a_unit_that_only_looks_different_is_no_second_one_and_is_found_by_either_name() -> None:
    first = ("A", "水利局（本级）", "水利", "部门", "县政府")
    twin = ("B", "水利局(本级)\u200e", "水利2", "部门", "县政府")
    told = registers.blamed(registers.workbook({"单位": [first, twin]}))
    assert [(at, "叫“水利局（本级）”的单位已经有了（代码 A）" in words) for at, words in told] == [("单位 B3", True)]
    registers.take(registers.workbook({"单位": [first], "人员": [("bao", "鲍防汛", "水利局(本级)")]}))
    again = ("A", "水利局(本级)", "", "", "")
    assert registers.blamed(registers.workbook({"单位": [again]})) == []


def test_a_reviewing_post_is_found_by_its_name_alone_and_by_its_unit_with_it() -> None:
    rows = [(CZJ, f"干事〔{n}〕", "其他", "", "县政府 副县长" if n % 2 else "局长") for n in range(1, 100)]
    registers.take(registers.workbook({"岗位": rows}))
    posts = db.session.scalars(select(Post).where(Post.name == "干事").order_by(Post.id))
    titles = [post.reviewer and post.reviewer.title for post in posts]
    assert titles == ["清和县人民政府 副县长" if n % 2 else f"{CZJ} 局长" for n in range(1, 100)]
