"""A county's register comes in from one workbook: what is new is added, what is there stays, what is wrong is said where."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from checklist import access, clock, ledger
from checklist.actor import Actor
from checklist.county import accounts, register, units
from checklist.county.register import book
from checklist.county.register.names import Register, manner
from checklist.county.register.rows import Outcome
from checklist.county.register.shapes import Contents
from checklist.files import reading
from checklist.refusal import Malformed, NotYours, Refused
from models import Liaison, Portfolio, Post, PostKind, Tenure, Unit, UnitKind, db
from tests import county, messy, registers
from tests.databases import Templates
from tests.entries import entries

pytestmark = pytest.mark.usefixtures("qinghe")


def exported() -> bytes:
    out = io.BytesIO()
    book.write(out)
    return out.getvalue()


# --- what comes in ------------------------------------------------------------------------------------------


def test_a_new_bureau_comes_in_with_its_posts_people_tenures_and_charges() -> None:
    size = ledger.size()
    taken = registers.take(registers.new())
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
    gained = county.gained(size)
    assert {entry.body["action"] for entry in gained} == {"import_register"}
    assert [entry.body["object"]["type"] for entry in gained if entry.body["object"]] == (
        ["unit"] * 2 + ["post"] * 3 + ["user"] * 3 + ["tenure", "tenure", "liaison", "portfolio"]
    )
    assert county.in_step()


def test_new_people_get_passwords_that_work_must_be_changed_and_are_nowhere_in_clear() -> None:
    size = ledger.size()
    slips = registers.take(registers.new()).slips
    assert (slips[0].name, slips[0].login, slips[0].unit) == ("水利民", "shui.li", "县水利局")
    assert len({s.password for s in slips}) == 3
    assert all(re.fullmatch("[a-hjkmnp-z2-9]{12}", s.password) for s in slips)  # to be typed from paper
    for slip in slips:
        assert county.user(slip.login).must_change_password
        assert accounts.log_in(slip.login, slip.password, by=Actor(ip="10.0.0.9"))
        assert not [e for e in county.gained(size) if slip.password in (e.text or "")]


def test_the_same_file_again_brings_in_nothing_and_leaves_no_entry() -> None:
    registers.take(registers.new())
    size = ledger.size()
    again = registers.previewed(registers.new())
    assert {row.outcome for row in again.rows} == {Outcome.KNOWN}
    taken = registers.take(registers.new())
    assert (taken.words, taken.slips, ledger.size()) == ("", [], size)


def test_what_an_office_really_sends_is_read_as_it_is_meant() -> None:
    coming = registers.previewed(registers.ugly())
    assert [(row.line.first, wrong) for row in coming.bad for wrong in row.wrong] == []
    registers.take(registers.ugly())
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
    coming = registers.previewed(registers.ugly())
    contents = coming.contents
    assert "领导职数：级别" in contents.unread
    assert {("Sheet1 A1", "清和县机构一览表（2026年）"), ("Sheet1 A9", "注：本表由编办填报。")} <= {
        (aside.at, aside.text) for aside in contents.asides
    }
    assert [(a.text, a.why) for a in contents.asides if "电话" in a.text] == [
        ("编办的电话在背面", "“备忘”不是名册的五张表之一")
    ]
    assert ("级别", "正科") in [pair for row in coming.rows for pair in row.shown]
    assert any("只写到月" in note for row in coming.rows for note in row.notes)


def test_five_csv_files_are_told_apart_by_their_columns() -> None:
    files = []
    for n, (name, rows) in enumerate(registers.NEW.items()):
        lines = [",".join(row) for row in [registers.HEADS[name], *rows]]
        files.append((f"{n}.csv", "\r\n".join(lines).encode("gbk")))
    taken = register.take(files[::-1], by=county.console)
    assert taken.counts == {"单位": 2, "岗位": 3, "人员": 3, "任职": 3, "分工": 1}


# --- who may ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["chu", "han", "zhou"])
def test_only_the_system_administrator_imports_and_the_refusal_is_an_entry(login: str) -> None:
    size = ledger.size()
    with pytest.raises(NotYours):
        registers.take(registers.new(), login)
    assert [(e.body["action"], e.body["result"]) for e in county.gained(size)] == [("import_register", "refused: 403")]


@pytest.mark.parametrize("login", ["chu", "han", "zhou"])
def test_nobody_else_even_looks_at_what_would_come_in(login: str) -> None:
    contents = register.read([("名册.xlsx", registers.new())])
    with pytest.raises(NotYours):
        register.preview(contents, by=county.actor(login))


def test_who_confirms_what_another_has_made_right_just_now_brings_it_in(monkeypatch: pytest.MonkeyPatch) -> None:
    people = registers.workbook({"人员": [("bao", "鲍防汛", "县水利局")]})
    assert [at for at, _ in registers.blamed(people)] == ["人员 C2"]
    hashes = register._passwords

    def meanwhile(contents: Contents, by: Actor) -> dict[str, accounts.FirstPassword]:
        made = hashes(contents, by)
        monkeypatch.undo()
        registers.take(registers.workbook({"单位": [("QH-SLJ", "县水利局", "水利", "部门", "县政府")]}))
        return made

    monkeypatch.setattr(register, "_passwords", meanwhile)
    [slip] = registers.take(people).slips
    assert (slip.login, slip.unit) == ("bao", "县水利局")
    assert accounts.log_in("bao", slip.password, by=Actor(ip="10.0.0.9"))
    assert county.in_step()


def test_a_rehearsal_leaves_no_entry_no_row_and_nothing_in_the_way_of_the_act() -> None:
    size, before = ledger.size(), told()
    assert registers.previewed(registers.new()).count(Outcome.NEW) == 12
    assert (ledger.size(), told()) == (size, before)
    registers.take(registers.new())
    assert county.in_step()


def by_another(app: Flask, verb: Callable[[], object]) -> None:
    """Let somebody else do something now, and insist that he need not wait."""

    def do() -> None:
        with app.app_context():
            verb()
            db.session.remove()

    somebody = Thread(target=do, daemon=True)
    somebody.start()
    somebody.join(20)
    assert not somebody.is_alive()


def add_a_seat() -> None:
    units.add_post(county.unit("QH-CZJ").id, "总会计师", PostKind.STAFF, by=county.console)


def test_nobody_waits_for_a_rehearsal_and_nobody_sees_it(app: Flask) -> None:
    with ledger.rehearsal(by=county.console):
        units.add_unit(
            "QH-SLJ", "县水利局", UnitKind.DEPARTMENT, by=county.console, short_name="水", parent=access.root()
        )
        db.session.flush()
        by_another(app, add_a_seat)
        by_another(app, lambda: county.ticked("预算考核", "zhou"))
    assert db.session.scalar(select(Post.id).where(Post.name == "总会计师"))
    assert not db.session.scalar(select(Unit.id).where(Unit.code == "QH-SLJ"))
    assert county.in_step()


def test_what_was_tried_before_the_lock_is_tried_again_where_the_register_has_changed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = register._plan

    def meanwhile(*told: Any) -> register.Plan:
        monkeypatch.undo()
        made = plan(*told)
        by_another(app, lambda: registers.take(registers.workbook({"单位": registers.NEW["单位"]})))
        return made

    monkeypatch.setattr(register, "_plan", meanwhile)
    taken = registers.take(registers.new())
    assert taken.counts == {"单位": 0, "岗位": 3, "人员": 3, "任职": 3, "分工": 1}
    assert county.in_step()


def test_the_log_tells_the_same_whether_the_verbs_wrote_the_rows_or_they_were_written_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by, contents = county.actor("shen"), register.read([("名册.xlsx", registers.new())])
    passwords = register._passwords(contents, by)
    monkeypatch.setattr(register, "_passwords", lambda *_: passwords)
    with ledger.rehearsal(by=by):
        register._plan(contents, passwords, by)
        by_verbs = [(e.unit, anonymous(e.object), anonymous(e.after)) for e in ledger.under_way().entries()]
    size = ledger.size()
    registers.take(registers.new())
    *at_once, files = entries(size)
    assert [(e["unit"], anonymous(e["object"]), anonymous(e["after"])) for e in at_once] == by_verbs
    assert list(files["after"]) == ["files"]


def anonymous(state: dict[str, Any] | None) -> dict[str, Any]:
    """A state without the numbers of rows, which PostgreSQL never gives out twice."""
    return {key: value for key, value in (state or {}).items() if not re.fullmatch("(.+_)?id", key)}


def test_what_is_refused_in_a_rehearsal_is_gone_with_it_and_logged_nowhere() -> None:
    size = ledger.size()
    with ledger.rehearsal(by=county.console):
        post = units.add_post(county.unit("QH").id, "考核办主任", PostKind.STAFF, by=county.console)
        db.session.flush()
        with pytest.raises(Refused):
            units.appoint(county.user("shen").id, post.id, clock.today(), by=county.console)
    assert ledger.size() == size
    assert not db.session.scalars(select(Post).where(Post.name == "考核办主任")).all()


# --- files that mean harm, or nothing -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\0" + b"\0" * 200, messy.workbook(), messy.archive({"xl/workbook.xml": b"\0" * (400 << 20)})],
    ids=["nothing", "a program", "another table", "a bomb"],
)
def test_a_file_that_is_no_register_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Malformed) as problem:
        registers.take(content)
    assert problem.value.message
    assert not problem.value.message.startswith("名册.xlsx")


def test_too_many_new_people_at_once_are_refused_before_anybody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "MOST_PEOPLE", 2)
    with pytest.raises(Malformed, match="一次最多导入 2 个"):
        registers.take(registers.new())


# --- out again ----------------------------------------------------------------------------------------------


def test_the_template_is_the_register_and_importing_it_back_brings_in_nothing() -> None:
    registers.take(registers.new())
    coming = registers.previewed(exported())
    assert {row.outcome for row in coming.rows} == {Outcome.KNOWN}
    assert len(coming.rows) == 9 + 15 + 21 + 16 + 2
    assert (coming.contents.asides, coming.contents.unread) == ([], [])
    assert exported() == exported()


@pytest.fixture
def elsewhere(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Another application, on a migrated database with nothing in it but an open log."""
    templates: Templates = request.getfixturevalue(kind)
    with templates.database("migrated") as url:
        yield create_app(database_url=url, secret_key="t" * 40, instance=str(tmp_path_factory.mktemp("elsewhere")))


def test_a_register_comes_out_of_an_empty_database_as_it_went_in(elsewhere: Flask) -> None:
    registers.take(registers.new())
    before, content = told(), exported()
    with elsewhere.app_context():
        ledger.open_log(county.ORIGIN, by=county.console)
        taken = register.take([("名册.xlsx", content)], by=county.console)
        assert (taken.counts["单位"], len(taken.slips)) == (9, 21)
        after, again = told(), exported()
        assert county.in_step()
        db.session.remove()
        db.engine.dispose()
    assert after == before
    assert reading.read_tables(again) == reading.read_tables(content)


def told() -> list[list[tuple[object, ...]]]:
    """The county's register without its ids: units, posts, people, tenures and portfolios."""
    known = Register()

    def title(post: Post | None) -> str:
        return f"{post.title}〔{known.posts[post]}〕" if post else ""

    return [
        [(u.code, u.name, u.short_name, u.kind, u.parent.code if u.parent else "") for u in known.units],
        [(title(p), p.kind, p.is_secretary, title(p.reviewer)) for p in known.posts],
        [(user.login, user.name) for user in known.people.values()],
        [(h.user.login, title(h.post), h.from_day, manner(h)) for h in known.holdings],
        [(title(c.post), c.charge and c.charge.code, c.field) for c in known.charges.values()],
    ]
