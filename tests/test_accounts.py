"""Accounts, passwords, sessions and roles: who keeps them, what each leaves in the log, and what ends when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from checklist import access, ledger
from checklist.actor import Actor
from checklist.county import accounts, units
from checklist.county.accounts import WrongPassword
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Unseen
from models import Grant, PostKind, Role, audit_body, db
from tests import county
from tests.county import PASSWORD

pytestmark = pytest.mark.usefixtures("qinghe")

TODAY = date(2026, 3, 2)
TOMORROW = date(2026, 3, 3)
APRIL = date(2026, 4, 1)
VISITOR = Actor(ip="10.0.0.7")


@pytest.fixture
def shen(qinghe: county.Clock) -> Actor:
    """The system administrator."""
    return county.actor("shen")


@pytest.fixture
def han(qinghe: county.Clock) -> Actor:
    """The security administrator."""
    return county.actor("han")


def log_in(login: str, password: str = PASSWORD) -> tuple[str, Actor]:
    """Somebody's new session: the token for the cookie, and the person acting in it."""
    token = accounts.log_in(login, password, by=VISITOR)
    running = accounts.session_of(token)
    assert running is not None
    return token, Actor(user=running.user, ip=VISITOR.ip, session=running.public_id)


def shut_out(login: str, password: str) -> bool:
    """Whether the password is worth nothing."""
    with pytest.raises(WrongPassword):
        accounts.log_in(login, password, by=VISITOR)
    return True


def role_of(login: str, role: Role) -> Grant:
    query = select(Grant).where(Grant.user_id == county.user(login).id, Grant.role == role)
    return db.session.scalars(query).one()


def grants_of(login: str) -> list[Grant]:
    return list(db.session.scalars(select(Grant).where(Grant.user_id == county.user(login).id)))


class Act(NamedTuple):
    officer: str
    unit: str  # that its entry is tagged with
    do: Callable[[Actor], object]


def give(login: str, role: Role, by: Actor, from_day: date = TODAY, until_day: date | None = None) -> Grant:
    return accounts.grant(county.user(login).id, role, county.unit("QH-CZJ").id, from_day, until_day, by=by)


ACTS = {
    "user.create": Act("shen", "-", lambda by: accounts.create("lv", "吕干事", by=by, home=county.unit("QH"))),
    "user.reset_password": Act("shen", "-", lambda by: accounts.reset_password(county.user("wu").id, by=by)),
    "user.disable": Act("shen", "-", lambda by: accounts.disable(county.user("wu").id, by=by)),
    "user.enable": Act("shen", "-", lambda by: accounts.enable(county.user("cai").id, by=by)),
    "grant": Act("han", "QH-CZJ", lambda by: give("lian", Role.AUDITOR, by)),
    "revoke": Act("han", "QH-GOV", lambda by: accounts.revoke(role_of("chu", Role.CLERK).id, by=by)),
    "user.unlock": Act("han", "-", lambda by: accounts.unlock(county.user("wu").id, by=by)),
}
OTHER_OFFICER = {"shen": "han", "han": "shen"}


@pytest.fixture
def cai_disabled(qinghe: county.Clock) -> None:
    accounts.disable(county.user("cai").id, by=county.console)


# --- every act of the two officers --------------------------------------------------------------------------


@pytest.mark.usefixtures("cai_disabled")
@pytest.mark.parametrize("action", ACTS)
def test_an_act_of_its_officer_is_one_entry(action: str) -> None:
    by, size = county.actor(ACTS[action].officer), ledger.size()
    ACTS[action].do(by)
    [line] = county.gained(size)
    assert (line.body["action"], line.head["unit"], line.body["result"]) == (action, ACTS[action].unit, "ok")
    assert line.actor == county.PEOPLE[ACTS[action].officer]
    assert county.in_step()


@pytest.mark.usefixtures("cai_disabled")
@pytest.mark.parametrize("action", ACTS)
def test_the_other_officer_is_refused_and_that_is_logged(action: str) -> None:
    by, size = county.actor(OTHER_OFFICER[ACTS[action].officer]), ledger.size()
    with pytest.raises(NotYours):
        ACTS[action].do(by)
    [line] = county.gained(size)
    assert (line.body["action"], line.body["result"]) == (action, "refused: 403")
    assert county.in_step()


def test_an_officer_whose_grant_has_ended_is_one_no_more(shen: Actor) -> None:
    accounts.revoke(role_of("shen", Role.SYSTEM_ADMIN).id, by=county.console)
    with pytest.raises(NotYours):
        accounts.disable(county.user("wu").id, by=shen)


def test_who_does_not_exist_is_not_found(shen: Actor) -> None:
    with pytest.raises(Unseen):
        accounts.reset_password(9999, by=shen)


# --- accounts -----------------------------------------------------------------------------------------------


def test_who_steals_the_table_pays_32_megabytes_a_guess(method_in_life: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "METHOD", method_in_life)
    stored = accounts.first_passwords(["lv"])["lv"].hash
    assert stored.startswith("scrypt:32768:8:1$")
    nobodys = accounts.NOBODYS_HASH  # checked in its place, at the same cost
    assert [len(part) for part in nobodys.split("$")[::2]] == [len(part) for part in stored.split("$")[::2]]
    assert nobodys.startswith("scrypt:32768:8:1$")


def test_a_new_account_has_a_first_password_that_is_to_be_changed(shen: Actor) -> None:
    user, password = accounts.create(" Lv.Gan ", " 吕干事 ", by=shen, home=county.unit("QH"))
    assert (user.login, user.name, user.must_change_password) == ("lv.gan", "吕干事", True)
    _, lv = log_in("lv.gan", password)
    accounts.change_password(password, "a-wide-river", by=lv)
    assert not user.must_change_password
    assert not [body for body in db.session.scalars(select(audit_body.c.body)) if password in body]


@pytest.mark.parametrize(
    ("login", "name", "field"),
    [
        ("", "吕干事", "login"),
        ("l", "吕干事", "login"),
        ("吕", "吕干事", "login"),
        ("ＷＵ", "吕干事", "login"),
        ("l" * 500, "吕干事", "login"),
        ("lv", " ", "name"),
        ("lv", "吕" * 500, "name"),
    ],
)
def test_an_account_needs_a_login_name_of_its_own_and_a_name(login: str, name: str, field: str, shen: Actor) -> None:
    size = ledger.size()
    with pytest.raises(Malformed) as problem:
        accounts.enrol(login, name, by=shen, home=county.unit("QH"))
    assert (problem.value.field, ledger.size()) == (field, size)


def test_the_same_form_twice_makes_one_account() -> None:
    by = county.actor("shen", nonce="n" * 32)
    accounts.enrol("lv", "吕干事", by=by, home=county.unit("QH"))
    with pytest.raises(Repeated):
        accounts.enrol("lv", "吕干事", by=by, home=county.unit("QH"))


def test_an_account_without_a_password_lets_nobody_in_until_it_gets_one(shen: Actor) -> None:
    user = accounts.enrol("lv", "吕干事", by=shen, home=county.unit("QH"))
    assert shut_out("lv", "")
    log_in("lv", accounts.reset_password(user.id, by=shen))


def test_a_forgotten_password_is_replaced_and_every_session_ends(shen: Actor) -> None:
    token, _ = log_in("wu")
    password = accounts.reset_password(county.user("wu").id, by=shen)
    assert accounts.session_of(token) is None
    assert county.user("wu").must_change_password
    assert shut_out("wu", PASSWORD)
    log_in("wu", password)


def test_one_changes_ones_own_password_and_the_other_sessions_end() -> None:
    elsewhere, _ = log_in("wu")
    here, wu = log_in("wu")
    size = ledger.size()
    accounts.change_password(PASSWORD, "a-wide-river", by=wu)
    assert {line.body["action"] for line in county.gained(size)} == {"user.change_password"}
    assert accounts.session_of(here)
    assert accounts.session_of(elsewhere) is None
    log_in("wu", "a-wide-river")
    assert shut_out("wu", PASSWORD)
    assert county.in_step()


def test_a_password_is_not_changed_without_the_old_one_or_to_a_bad_one() -> None:
    stored = county.user("wu").password_hash
    with pytest.raises(WrongPassword, match="原密码不对"):
        accounts.change_password("not-the-password", "a-wide-river", by=county.actor("wu"))
    with pytest.raises(Malformed, match="要与原密码不同"):
        accounts.change_password(PASSWORD, PASSWORD, by=county.actor("wu"))
    with pytest.raises(Malformed, match="至少 8 个字符"):
        accounts.change_password(PASSWORD, "river", by=county.actor("wu"))
    with pytest.raises(WrongPassword):
        accounts.change_password(PASSWORD, "a-wide-river", by=VISITOR)
    assert county.user("wu").password_hash == stored


def test_a_disabled_account_is_out_at_once_until_it_is_enabled(shen: Actor, client: FlaskClient) -> None:
    login = {"login": "wu", "password": PASSWORD}
    assert client.post("/login", data=login).status_code == 303
    assert client.get("/items/").status_code == 200
    accounts.disable(county.user("wu").id, by=shen)
    assert client.get("/items/").location.startswith("/login")
    assert client.post("/login", data=login).status_code == 422
    accounts.enable(county.user("wu").id, by=shen)
    assert client.get("/items/").location.startswith("/login")  # the ended session does not come back
    assert client.post("/login", data=login).status_code == 303
    assert county.in_step()


def test_an_account_is_disabled_once_and_never_by_its_owner(shen: Actor) -> None:
    wu = county.user("wu")
    with pytest.raises(Refused, match="没有停用"):
        accounts.enable(wu.id, by=shen)
    at = accounts.disable(wu.id, by=shen).disabled_at
    with pytest.raises(Refused, match="已经停用"):
        accounts.disable(wu.id, by=shen)
    with pytest.raises(Refused, match="不能停用自己的账号"):
        accounts.disable(county.user("shen").id, by=shen)
    assert (wu.disabled_at, county.user("shen").disabled_at) == (at, None)


# --- roles --------------------------------------------------------------------------------------------------


def test_a_role_holds_between_its_days_for_the_unit_and_below(han: Actor, qinghe: county.Clock) -> None:
    give("lian", Role.AUDITOR, han, TOMORROW, APRIL)

    def audits(day: date, code: str = "QH-CZJ") -> bool:
        qinghe.set_day(day)
        standing = access.Standing.of(Actor(user=county.user("lian")))
        return standing.granted(Role.AUDITOR, county.unit(code).id)

    assert [audits(day) for day in (TODAY, TOMORROW, date(2026, 3, 31), APRIL)] == [False, True, True, False]
    assert not audits(TOMORROW, "QH-GOV")


def test_a_role_ends_after_it_began(han: Actor) -> None:
    with pytest.raises(Malformed) as problem:
        give("lian", Role.AUDITOR, han, TOMORROW, TOMORROW)
    assert problem.value.field == "until_day"


def test_a_role_that_is_taken_back_is_gone_at_once_and_once(han: Actor, qinghe: county.Clock) -> None:
    given = role_of("chu", Role.CLERK)
    accounts.revoke(given.id, by=han)
    assert not access.Standing.of(county.actor("chu")).grants
    qinghe.set_day(APRIL)
    with pytest.raises(Refused, match="已经结束"):
        accounts.revoke(given.id, by=han)
    assert given.until_day == TODAY


@pytest.mark.parametrize("role", Role)
def test_nobody_grants_himself_anything(role: Role, han: Actor) -> None:
    with pytest.raises(Refused, match="不能给自己授权"):
        give("han", role, han)


@pytest.mark.parametrize("login", ["shen", "yang"])
def test_the_three_officers_are_three_people(login: str, han: Actor) -> None:
    with pytest.raises(Refused, match="不能由同一人担任"):
        give(login, Role.SECURITY_ADMIN, han)
    assert len(grants_of(login)) == 1


@pytest.mark.parametrize("login", ["shen", "yang"])
def test_the_database_itself_insists_on_that(login: str) -> None:
    user, unit = county.user(login).id, county.unit("QH").id
    insert = (
        'INSERT INTO "grant" (id, rev, user_id, role, unit_id, from_day)'
        f" VALUES (99, 1, {user}, 'security_admin', {unit}, '2026-03-02')"
    )
    with pytest.raises(DatabaseError, match="two of the three offices"):
        db.session.execute(text(insert))
    db.session.rollback()
    update = f"UPDATE \"grant\" SET user_id = {user} WHERE role = 'security_admin'"
    with pytest.raises(DatabaseError, match="two of the three offices"):
        db.session.execute(text(update))
    db.session.rollback()


def test_who_holds_a_post_is_none_of_the_three(han: Actor) -> None:
    with pytest.raises(Refused, match="担任岗位"):
        give("zhou", Role.LOG_ADMIN, han)
    assert give("zhou", Role.AUDITOR, han)
    post = units.add_post(county.unit("QH-ZFB").id, "副主任", PostKind.MEMBER, by=county.console)
    units.appoint(county.user("cai").id, post.id, APRIL, by=county.console)
    with pytest.raises(Refused, match="担任岗位"):  # the post is still to come
        give("cai", Role.LOG_ADMIN, han)
