"""Acts and what they leave in the log: everything that happened, once, and nothing that did not."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

import verify
from checklist import access, clock, ledger
from checklist.actor import Actor
from checklist.county import units
from checklist.ledger import entry, lines, tree
from checklist.refusal import Malformed, Refused, Repeated
from models import Post, PostKind, Submission, Unit, UnitKind, User, db
from tests.logs import naive_root, verify_entries

CONSOLE = Actor(console="test")
TOWN = {"name": "河口镇", "short_name": "河口", "kind": UnitKind.TOWN}


@pytest.fixture
def county(app: Flask) -> Unit:
    """The log opened, and the root unit founded."""
    ledger.open_log("county.example/shuangze", by=CONSOLE)
    return units.add_unit("HK", "河口县委", UnitKind.COMMITTEE, by=CONSOLE, short_name="县委")


@pytest.fixture
def wang(county: Unit) -> User:
    return enrol("wang")


def enrol(login: str, by: Actor = CONSOLE) -> User:
    with ledger.act("user.create", by=by):
        user = User(login=login, name="王建国", password_hash="scrypt:secret")
        db.session.add(user)
    return user


def rename(unit_id: int, name: str) -> Unit:
    """Write into a row as a verb does: read anew inside the act, and then changed."""
    unit = access.load(Unit, unit_id)
    unit.name = name
    db.session.flush()
    return unit


def entries(since: int = 0) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Headers and bodies, read."""
    db.session.rollback()
    return [(json.loads(line), json.loads(body or b"")) for line, body in lines.read()][since:]


def bodies(since: int) -> list[dict[str, Any]]:
    return [body for _, body in entries(since)]


# --- what an act leaves -------------------------------------------------------------------------------------


def test_an_act_leaves_an_entry_for_each_row_it_changed(county: Unit) -> None:
    size = ledger.size()
    with ledger.act("unit.found", by=CONSOLE, reason="机构改革"):
        town = Unit(code="HK-Z1", parent=county, from_day=date(2026, 3, 1), **TOWN)
        rename(county.id, "河口县委员会")
        db.session.add_all([town, Post(unit=town, name="镇长", kind=PostKind.PRINCIPAL)])
    written = entries(size)
    assert {(head["unit"], body["object"]["type"]) for head, body in written} == {
        ("HK", "unit"),
        ("HK-Z1", "unit"),
        ("HK-Z1", "post"),
    }
    assert {(body["action"], body["req"], body["reason"], body["result"]) for _, body in written} == {
        ("unit.found", CONSOLE.req, "机构改革", "ok")
    }
    assert len({body["salt"] for _, body in written}) == 3


def test_a_row_that_ends_as_it_began_leaves_none(county: Unit) -> None:
    size = ledger.size()
    with ledger.act("unit.found", by=CONSOLE):
        unit = access.load(Unit, county.id)
        unit.name = "别的名字"
        unit.name = "河口县委"
    with ledger.act("unit.found", by=CONSOLE):
        pass
    assert ledger.size() == size


def test_before_and_after_are_whole_rows(county: Unit) -> None:
    size = ledger.size()
    with ledger.act("unit.found", by=CONSOLE):
        access.load(Unit, county.id).until_day = date(2027, 1, 1)
    (body,) = bodies(size)
    whole = {
        "schema": 1,
        "id": county.id,
        "rev": 1,
        "code": "HK",
        "name": "河口县委",
        "short_name": "县委",
        "kind": "committee",
        "parent_id": None,
        "from_day": county.from_day.isoformat(),
        "until_day": None,
    }
    assert body["before"] == whole
    assert body["after"] == {**whole, "rev": 2, "until_day": "2027-01-01"}
    assert body["object"] == {"type": "unit", "id": county.id, "rev": 2}


def test_a_new_row_has_no_before_and_a_deleted_one_no_after(wang: User) -> None:
    created = bodies(ledger.size() - 1)[0]
    with ledger.act("user.delete", by=CONSOLE):
        db.session.delete(wang)
    deleted = bodies(ledger.size() - 1)[0]
    assert created["before"] is None
    assert deleted["before"] == created["after"]
    assert deleted["after"] is None


def test_a_row_made_and_unmade_in_one_act_leaves_none(county: Unit) -> None:
    size = ledger.size()
    with ledger.act("user.create", by=CONSOLE):
        user = User(login="li", name="李", password_hash=None)
        db.session.add(user)
        db.session.flush()
        db.session.delete(user)
    assert ledger.size() == size


def test_a_secret_enters_only_as_its_hash(wang: User) -> None:
    told = bodies(ledger.size() - 1)[0]
    assert told["after"]["password_hash"] == sha256(b"scrypt:secret").hexdigest()
    assert "scrypt" not in json.dumps(bodies(0))


def test_an_entry_says_who_acted_from_where(wang: User) -> None:
    size = ledger.size()
    post = units.add_post(db.session.scalars(select(Unit.id)).one(), "书记", PostKind.PRINCIPAL, by=CONSOLE)
    for by in (Actor(user=wang, post=post, ip="10.0.0.7", session="5f1e"), Actor(user=wang), CONSOLE, Actor()):
        with ledger.act("export", by=by) as act:
            act.add_entry({"size": 1})
    written = bodies(size + 1)
    assert [body["actor"] for body in written] == [
        {"id": wang.id, "name": "王建国", "post": "河口县委 书记"},
        {"id": wang.id, "name": "王建国", "post": None},
        {"id": None, "name": "cli:test", "post": None},
        None,
    ]
    assert (written[0]["ip"], written[0]["session"]) == ("10.0.0.7", "5f1e")
    assert {body["app"] for body in written} == {entry.APP}


def test_an_id_is_never_given_twice(wang: User) -> None:
    gone = wang.id
    with ledger.act("user.delete", by=CONSOLE):
        db.session.delete(wang)
    assert enrol("zhao").id > gone


# --- what does not happen -----------------------------------------------------------------------------------


def test_a_refusal_undoes_everything_and_is_logged_alone(county: Unit) -> None:
    size = ledger.size()
    with pytest.raises(Refused), ledger.act("appoint", by=CONSOLE):  # noqa: PT012
        enrol("li")
        raise Refused("不能这样。", rename(county.id, "别的名字"))
    ((head, body),) = entries(size)
    assert (head["unit"], body["action"], body["result"]) == ("HK", "appoint", "refused: 409")
    assert (body["reason"], body["before"], body["after"]) == ("不能这样。", None, None)
    # The revision too is the one that stands, not the one that was undone.
    assert body["object"] == {"type": "unit", "id": county.id, "rev": 1}
    assert county.name == "河口县委"
    assert not db.session.scalar(select(func.count()).select_from(User))


def test_a_refusal_does_not_cite_what_was_undone(county: Unit) -> None:
    size = ledger.size()
    for flushed in (True, False):
        with pytest.raises(Refused), ledger.act("appoint", by=CONSOLE):  # noqa: PT012
            town = Unit(code="HK-Z1", parent=county, from_day=date(2026, 3, 1), **TOWN)
            db.session.add(town)
            if flushed:
                db.session.flush()
            raise Refused("不能这样。", town)
    assert [(head["unit"], body["object"]) for head, body in entries(size)] == [("-", None), ("-", None)]


def test_a_form_filled_in_wrongly_leaves_nothing(county: Unit) -> None:
    size = ledger.size()
    with pytest.raises(Malformed):
        units.add_unit("小写", "河口镇", UnitKind.TOWN, by=CONSOLE, short_name="河口", parent=county)
    assert ledger.size() == size
    assert db.session.scalars(select(Unit)).all() == [county]


def test_a_crash_leaves_nothing(county: Unit) -> None:
    size = ledger.size()
    with pytest.raises(ZeroDivisionError), ledger.act("appoint", by=CONSOLE):  # noqa: PT012
        rename(county.id, "别的名字")
        raise ZeroDivisionError
    assert ledger.size() == size
    assert county.name == "河口县委"
    enrol("wang")  # the lock was let go


def test_an_act_inside_an_act_is_part_of_it(county: Unit) -> None:
    size = ledger.size()
    with ledger.act("adopt", by=CONSOLE):
        enrol("wang", by=Actor(console="somebody else"))
        enrol("zhao")
    assert {(body["action"], body["req"], body["actor"]["name"]) for body in bodies(size)} == {
        ("adopt", CONSOLE.req, "cli:test")
    }
    assert ledger.size() == size + 2


def test_a_refusal_inside_undoes_the_whole(county: Unit) -> None:
    size = ledger.size()
    with pytest.raises(Refused), ledger.act("adopt", by=CONSOLE):  # noqa: PT012
        enrol("wang")
        units.add_unit("HG", "另一个县委", UnitKind.COMMITTEE, by=CONSOLE, short_name="县委")
    assert [(body["action"], body["result"]) for body in bodies(size)] == [("adopt", "refused: 409")]
    assert not db.session.scalars(select(User)).all()


# --- the same form twice ------------------------------------------------------------------------------------


def test_the_same_form_twice_acts_once(wang: User) -> None:
    size = ledger.size()
    by = Actor(user=wang, nonce="n" * 32)
    li = enrol("li", by=by)
    with pytest.raises(Repeated) as repeated:
        enrol("li", by=by)
    assert repeated.value.rows == {"user": [li.id]}
    assert ledger.size() == size + 1


def test_a_form_that_was_refused_may_be_sent_again(wang: User) -> None:
    by = Actor(user=wang, nonce="n" * 32)
    with pytest.raises(Refused), ledger.act("appoint", by=by):
        raise Refused("现在不行。")
    assert enrol("li", by=by).id


def test_another_persons_form_is_another_form(wang: User) -> None:
    li = enrol("li", by=Actor(user=wang, nonce="n" * 32))
    assert enrol("zhao", by=Actor(user=li, nonce="n" * 32)).id
    assert len(db.session.scalars(select(Submission)).all()) == 2


# --- nothing is written past the log ------------------------------------------------------------------------


def test_a_row_cannot_change_outside_an_act(county: Unit) -> None:
    county.name = "别的名字"
    with pytest.raises(RuntimeError, match="unit changed outside an act"):
        db.session.commit()
    db.session.rollback()
    db.session.add(User(login="li", name="李"))
    with pytest.raises(RuntimeError, match="user changed outside an act"):
        db.session.flush()
    db.session.rollback()
    db.session.delete(county)
    with pytest.raises(RuntimeError, match="unit changed outside an act"):
        db.session.flush()


def test_a_change_from_before_does_not_slip_into_an_act(county: Unit) -> None:
    county.name = "别的名字"
    with pytest.raises(RuntimeError, match="before the act began"), ledger.act("appoint", by=CONSOLE):
        pass


def test_a_row_cannot_change_before_it_was_read(county: Unit) -> None:
    with pytest.raises(RuntimeError, match="changed before it was read"), ledger.act("appoint", by=CONSOLE):
        county.name = "别的名字"


def test_nothing_is_written_before_the_log_is_open(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="the log is not open"):
        units.add_unit("HK", "河口县委", UnitKind.COMMITTEE, by=CONSOLE, short_name="县委")
    assert not db.session.scalars(select(Unit)).all()


def test_the_log_is_opened_once(county: Unit) -> None:
    with pytest.raises(RuntimeError, match="the log is open already"):
        ledger.open_log("another.example/shuangze", by=CONSOLE)
    assert ledger.origin() == "county.example/shuangze"


# --- time and tree ------------------------------------------------------------------------------------------


def test_the_log_never_goes_back_in_time(county: Unit) -> None:
    noon = datetime(2030, 3, 1, 4, tzinfo=UTC)
    size = ledger.size()
    for moment in (noon, noon - timedelta(seconds=2), noon - timedelta(seconds=3), noon + timedelta(seconds=1)):
        with clock.use_clock(lambda moment=moment: moment), ledger.act("export", by=CONSOLE) as act:
            act.add_entry({})
    written = entries(size)
    assert [body["action"] for _, body in written] == ["export", "export", "clock.skew", "export", "export"]
    assert [head["ts"][11:19] for head, _ in written] == ["04:00:00"] * 4 + ["04:00:01"]
    assert written[2][1]["after"] == {"clock": "2030-03-01T03:59:57.000000Z"}


def test_a_form_is_remembered_by_its_own_entry_not_the_clocks(wang: User) -> None:
    by = Actor(user=wang, nonce="n" * 32)
    with clock.use_clock(lambda: datetime(2020, 3, 1, tzinfo=UTC)):
        li = enrol("li", by=by)
    with pytest.raises(Repeated) as repeated:
        enrol("li", by=by)
    assert repeated.value.rows == {"user": [li.id]}


def test_the_stored_tree_is_that_of_the_log_at_every_size(county: Unit) -> None:
    for telling in range(1, 14):
        with ledger.act("export", by=CONSOLE) as act:
            for _ in range(telling % 5 + 1):
                act.add_entry({})
    leaves = [verify.entry_hash(line) for line, _ in lines.read()]
    assert len(leaves) >= 40
    for size in range(len(leaves) + 1):
        assert tree.root(size) == naive_root(leaves[:size]) == verify.root(leaves[:size])


def test_what_acts_leave_is_a_log(wang: User) -> None:
    verdict = verify_entries(lines.read())
    assert verdict.ok
    assert (verdict.size, verdict.root) == (ledger.size(), tree.root(ledger.size()).hex())
    assert verdict.origin == "county.example/shuangze"
