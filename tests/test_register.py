"""A county's register comes in from one workbook: what is new is added, what is there stays, what is wrong is said where."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from checklist import accounts, clock, ledger, register, registerbook, registration, tables, units
from checklist.actor import Actor
from checklist.refusal import Malformed, NotYours, Refused
from checklist.registerrows import Outcome
from models import Liaison, Portfolio, Post, PostKind, Tenure, Unit, UnitKind, User, db
from tests import county, messy, registers
from tests.databases import Templates

pytestmark = pytest.mark.usefixtures("qinghe")


def previewed(content: bytes) -> registration.Preview:
    return registration.preview(registration.read([("名册.xlsx", content)]))


def take(content: bytes, login: str = "shen") -> registration.Taken:
    return registration.take([("名册.xlsx", content)], by=county.actor(login))


def blamed(content: bytes) -> list[tuple[str, str]]:
    return [(wrong.at, wrong.words) for row in previewed(content).rows for wrong in row.wrong]


def exported() -> bytes:
    out = io.BytesIO()
    registerbook.write(out)
    return out.getvalue()


# --- what comes in ------------------------------------------------------------------------------------------


def test_a_new_bureau_comes_in_with_its_posts_people_tenures_and_charges() -> None:
    size = ledger.size()
    taken = take(registers.new())
    assert taken.counts == {"单位": 2, "岗位": 3, "人员": 3, "任职": 3, "分工": 1}
    bureau = county.unit("QH-SLJ")
    assert (bureau.parent, county.unit("QH-SLJ-BGS").parent) == (county.unit("QH-GOV"), bureau)
    posts = list(db.session.scalars(select(Post).where(Post.unit == bureau).order_by(Post.id)))
    assert [(p.name, p.kind, p.is_secretary) for p in posts] == [
        ("局长", PostKind.PRINCIPAL, True),
        ("副局长", PostKind.MEMBER, False),
        ("副局长", PostKind.MEMBER, False),
    ]
    assert [p.reviewer for p in posts] == [None, None, posts[0]]
    tenures = list(db.session.scalars(select(Tenure).where(Tenure.post_id.in_([p.id for p in posts]))))
    assert [(t.user.login, t.post, t.from_day, t.acting) for t in tenures] == [
        ("shui.li", posts[0], date(2024, 6, 1), False),
        ("he.qing", posts[2], date(2026, 7, 1), True),
    ]
    liaison = db.session.scalars(select(Liaison).where(Liaison.post == posts[0])).one()
    assert (liaison.user.login, liaison.from_day) == ("bao", clock.today())
    charge = db.session.scalars(select(Portfolio).where(Portfolio.post == posts[0])).one()
    assert (charge.charge, charge.field) == (county.unit("QH-SLJ-BGS"), "防汛")
    entries = county.gained(size)
    assert {entry.body["action"] for entry in entries} == {"import_register"}
    assert [entry.body["object"]["type"] for entry in entries if entry.body["object"]] == (
        ["unit"] * 2 + ["post"] * 3 + ["user"] * 3 + ["tenure", "tenure", "liaison", "portfolio"]
    )
    assert county.in_step()


def test_new_people_get_passwords_that_work_must_be_changed_and_are_nowhere_in_clear() -> None:
    size = ledger.size()
    slips = take(registers.new()).slips
    assert (slips[0].name, slips[0].login, slips[0].unit) == ("水利民", "shui.li", "县水利局")
    assert len({s.password for s in slips}) == 3
    for slip in slips:
        assert county.user(slip.login).must_change_password
        assert accounts.log_in(slip.login, slip.password, by=Actor(ip="10.0.0.9"))
        assert not [e for e in county.gained(size) if slip.password in (e.text or "")]


def test_the_same_file_again_brings_in_nothing_and_leaves_no_entry() -> None:
    take(registers.new())
    size = ledger.size()
    again = previewed(registers.new())
    assert {row.outcome for row in again.rows} == {Outcome.KNOWN}
    taken = take(registers.new())
    assert (taken.words, taken.slips, ledger.size()) == ("", [], size)


def test_what_an_office_really_sends_is_read_as_it_is_meant() -> None:
    coming = previewed(registers.ugly())
    assert [(row.line.first, wrong) for row in coming.bad for wrong in row.wrong] == []
    take(registers.ugly())
    assert (county.unit("QH-SLJ").name, county.unit("QH-BS").kind) == ("县水利局", UnitKind.TOWN)
    assert county.user("zhang.san").name == "张三"
    held = {
        t.user.login: (t.from_day, t.acting)
        for t in db.session.scalars(select(Tenure).where(Tenure.from_day != date(2026, 1, 5)))
    }
    assert held == {"zhang.san": (date(2026, 1, 1), True), "li.sg": (date(2025, 11, 3), False)}
    liaison = db.session.scalars(select(Liaison).order_by(Liaison.id.desc())).first()
    assert liaison
    assert (liaison.user.login, liaison.from_day) == ("li.sg", date(2026, 2, 1))
    assert county.in_step()


def test_what_is_not_understood_is_shown_and_not_lost() -> None:
    coming = previewed(registers.ugly())
    found = coming.found
    assert "领导职数：级别" in found.unread
    assert {("Sheet1 A1", "清和县机构一览表（2026年）"), ("Sheet1 A9", "注：本表由编办填报。")} <= {
        (aside.at, aside.text) for aside in found.asides
    }
    assert [(a.text, a.why) for a in found.asides if "电话" in a.text] == [
        ("编办的电话在背面", "“备忘”不是名册的五张表之一")
    ]
    assert ("级别", "正科") in [pair for row in coming.rows for pair in row.shown]
    assert any("只写到月" in note for row in coming.rows for note in row.notes)


def test_five_csv_files_are_told_apart_by_their_columns() -> None:
    files = []
    for n, (name, rows) in enumerate(registers.NEW.items()):
        lines = [",".join(row) for row in [registers.HEADS[name], *rows]]
        files.append((f"{n}.csv", "\r\n".join(lines).encode("gbk")))
    taken = registration.take(files[::-1], by=county.console)
    assert taken.counts == {"单位": 2, "岗位": 3, "人员": 3, "任职": 3, "分工": 1}


# --- what is wrong ------------------------------------------------------------------------------------------

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
    "a second principal": ("岗位", [(CZJ, "党组书记", "一把手", "", "")], "岗位 C2", "一把手岗位已经是“局长”"),
    "a second secretary": ("岗位", [(CZJ, "党组书记", "其他", "是", "")], "岗位 D2", "书记岗位已经是“局长”"),
    "two principals in the file": (
        "岗位",
        [("县委", "主任", "一把手", "", ""), ("县委", "局长", "一把手", "", "")],
        "岗位 C2",
        "已经是“县委书记”",
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
    assert [told for where, told in blamed(content) if where == at and words in told], blamed(content)
    size = ledger.size()
    with pytest.raises(Malformed, match="没有导入"):
        take(content)
    assert ledger.size() == size


def test_one_post_two_people_in_the_file_is_said_at_the_second() -> None:
    tenures = [*registers.NEW["任职"], ("bao", "", "县水利局", "局长", "2026-01-01", "担任")]
    assert blamed(registers.new(任职=tenures)) == [
        ("任职 D5", "这个岗位在 任职 D2 已经由水利民担任，一个岗位只能有一个人")
    ]


def test_two_people_of_one_name_need_their_logins() -> None:
    people = [*registers.NEW["人员"], ("he.qing2", "何清", "水利")]
    told = blamed(registers.new(人员=people))
    assert [at for at, _ in told] == ["任职 B3"]
    assert "he.qing、he.qing2" in told[0][1]


def test_who_left_a_post_is_not_put_back_by_an_old_register() -> None:
    before = exported()
    tenure = db.session.scalars(select(Tenure).where(Tenure.post == county.post_of("wu"))).one()
    units.end_tenure(tenure.id, clock.today(), by=county.console)
    assert [words for _, words in blamed(before) if "起始日期不能早于" in words]


def test_an_ended_unit_and_a_closed_account_are_said_so() -> None:
    closed = units.found(
        "QH-OLD", "县老局", UnitKind.DEPARTMENT, by=county.console, short_name="老局", parent=county.unit("QH")
    )
    units.end_unit(closed.id, clock.today(), by=county.console)
    accounts.disable(county.user("lian").id, by=county.console)
    old = ("QH-OLD", "县新局", "新局", "部门", "县政府")
    lian = ("lian", "", "东河镇", "镇长", "2027-01-01", "联络员")
    told = dict(blamed(registers.workbook({"单位": [old], "任职": [lian]})))
    assert "已经撤销" in told["单位 A2"]
    assert "已停用" in told["任职 A2"]


def test_a_rule_of_a_verb_that_the_preview_missed_still_keeps_all_out(monkeypatch: pytest.MonkeyPatch) -> None:
    content = registers.new()
    monkeypatch.setattr(units, "put_in_charge", refusing)
    before = db.session.query(Unit).count(), db.session.query(User).count()
    with pytest.raises(Refused) as problem:
        take(content)
    assert problem.value.message == "分工 C2：不行。"
    assert (db.session.query(Unit).count(), db.session.query(User).count()) == before
    assert county.in_step()


def refusing(*_args: object, **_named: object) -> None:
    raise Refused("不行。")


# --- who may ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["chu", "han", "zhou"])
def test_only_the_system_administrator_imports_and_the_refusal_is_an_entry(login: str) -> None:
    size = ledger.size()
    with pytest.raises(NotYours):
        take(registers.new(), login)
    assert [(e.body["action"], e.body["result"]) for e in county.gained(size)] == [("import_register", "refused: 403")]


# --- files that mean harm, or nothing -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\0" + b"\0" * 200, messy.workbook(), messy.archive({"xl/workbook.xml": b"\0" * (400 << 20)})],
    ids=["nothing", "a program", "another table", "a bomb"],
)
def test_a_file_that_is_no_register_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Malformed) as problem:
        take(content)
    assert problem.value.message
    assert not problem.value.message.startswith("名册.xlsx")


def test_too_many_new_people_at_once_are_refused_before_anybody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "MOST_PEOPLE", 2)
    with pytest.raises(Malformed, match="一次最多导入 2 个"):
        take(registers.new())


# --- out again ----------------------------------------------------------------------------------------------


def test_the_template_is_the_register_and_importing_it_back_brings_in_nothing() -> None:
    take(registers.new())
    coming = previewed(exported())
    assert {row.outcome for row in coming.rows} == {Outcome.KNOWN}
    assert len(coming.rows) == 9 + 15 + 21 + 16 + 2
    assert (coming.found.asides, coming.found.unread) == ([], [])
    assert exported() == exported()


@pytest.fixture
def elsewhere(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Another application, on a migrated database with nothing in it but an open log."""
    templates: Templates = request.getfixturevalue(kind)
    url = templates.server.create("elsewhere", "migrated")
    app = create_app(database_url=url, secret_key="t" * 40, instance=str(tmp_path_factory.mktemp("elsewhere")))
    yield app
    templates.server.drop("elsewhere")


def test_a_register_comes_out_of_an_empty_database_as_it_went_in(elsewhere: Flask) -> None:
    take(registers.new())
    before, content = told(register.standing()), exported()
    with elsewhere.app_context():
        ledger.open_log(county.ORIGIN, by=county.console)
        taken = registration.take([("名册.xlsx", content)], by=county.console)
        assert (taken.counts["单位"], len(taken.slips)) == (9, 21)
        after, again = told(register.standing()), exported()
        assert county.in_step()
        db.session.remove()
        db.engine.dispose()
    assert after == before
    assert tables.read(again) == tables.read(content)


def told(known: register.Register) -> list[list[tuple[object, ...]]]:
    """A register without its ids: units, posts, people, tenures and portfolios."""

    def title(seat: register.Seat | None) -> str:
        return f"{seat.title}〔{seat.n}〕" if seat else ""

    return [
        [(p.code, p.name, p.short, p.kind, p.parent.code if p.parent else "") for p in known.places],
        [(title(s), s.kind, s.is_secretary, title(s.reviewer)) for s in known.seats],
        [(p.login, p.name) for p in known.people],
        [(h.person.login, title(h.seat), h.from_day, h.manner) for h in known.holdings],
        [(title(c.seat), c.place.code, c.field) for c in known.charges],
    ]
