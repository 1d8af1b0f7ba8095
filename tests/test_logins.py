"""In and out: sessions that end when they should, and failures that are counted without keeping what was typed."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from checklist import ledger
from checklist.actor import Actor
from checklist.county import accounts
from checklist.county.accounts import TooMany, WrongPassword
from models import Session, audit_body, db
from tests import county
from tests.county import PASSWORD

pytestmark = pytest.mark.usefixtures("qinghe")

VISITOR = Actor(ip="10.0.0.7")


def log_in(login: str, password: str = PASSWORD) -> tuple[str, Actor]:
    """Somebody's new session: the token for the cookie, and the person acting in it."""
    token = accounts.log_in(login, password, by=VISITOR)
    running = accounts.session_of(token)
    assert running is not None
    return token, Actor(user=running.user, ip=VISITOR.ip, session=running.public_id)


def fail(login: str, password: str = "not-the-password") -> str:
    """The words with which a login fails."""
    with pytest.raises((WrongPassword, TooMany)) as problem:
        accounts.log_in(login, password, by=VISITOR)
    return problem.value.message


def test_a_login_is_a_session_and_an_entry() -> None:
    size = ledger.size()
    token, wu = log_in(" ＷＵ")
    [line] = county.gained(size)
    assert (line.body["action"], line.actor, line.body["session"]) == ("login", "吴副局长", wu.session)
    assert token not in line.line + str(line.text)
    assert county.in_step()


def test_an_unknown_name_gets_the_same_words_as_a_wrong_password() -> None:
    accounts.disable(county.user("cai").id, by=county.console)
    assert fail("nobody-here") == fail("wu") == fail("cai", PASSWORD)


def test_after_five_failures_a_minutes_pause(qinghe: county.Clock) -> None:
    words = [fail("wu") for _ in range(6)]
    assert words[:5] == [words[0]] * 5
    assert "请一分钟后再试" in words[5]
    assert fail("wu", PASSWORD) == words[5]  # the right password, too soon
    log_in("zhou")  # it is one account that pauses
    qinghe.move(minutes=1)
    log_in("wu")
    assert fail("wu") == words[0]  # counted from nothing again


def test_an_unknown_name_is_paused_like_a_known_one() -> None:
    words = [fail("nobody-here") for _ in range(6)]
    assert "请一分钟后再试" in words[5]


def test_the_security_administrator_lifts_the_pause() -> None:
    for _ in range(5):
        fail("wu")
    accounts.unlock(county.user("wu").id, by=county.actor("han"))
    log_in("wu")


def test_one_address_does_not_try_many_accounts() -> None:
    logins = [f"guess-{n}" for n in range(31)]
    assert "请一分钟后再试" in [fail(login) for login in logins][-1]
    with pytest.raises(TooMany):
        accounts.log_in("wu", PASSWORD, by=VISITOR)
    assert accounts.log_in("wu", PASSWORD, by=Actor(ip="10.0.0.8"))


def test_failed_logins_are_one_entry_an_address_and_minute(qinghe: county.Clock) -> None:
    size = ledger.size()
    fail("wu")
    fail("zhou")
    qinghe.move(seconds=59)
    fail("wu")
    qinghe.move(seconds=1)
    fail("wu")
    lines = county.gained(size)
    assert [(line.body["action"], line.body["actor"], line.body["after"]) for line in lines] == [
        ("login.failed", None, {"address": "10.0.0.7"})
    ] * 2


def test_what_was_typed_as_a_name_is_nowhere_kept() -> None:
    fail("my-password-by-mistake", "wu")
    rows = [db.session.scalars(select(audit_body.c.body)).all(), db.session.execute(text("SELECT * FROM throttle"))]
    assert "my-password-by-mistake" not in str([list(found) for found in rows])


def test_signing_needs_the_password_again() -> None:
    _, wu = log_in("wu")
    with pytest.raises(WrongPassword, match="您要签认的内容没有变"):
        accounts.confirm("not-the-password", by=wu)
    size = ledger.size()
    confirmed = accounts.confirm(PASSWORD, by=wu)
    assert (confirmed.public_id, confirmed.confirmed_at) == (wu.session, county.NOW)
    [line] = county.gained(size)
    assert (line.body["action"], line.actor) == ("confirm", "吴副局长")
    assert county.in_step()


def test_who_logs_out_ends_that_session_only() -> None:
    elsewhere, _ = log_in("wu")
    here, wu = log_in("wu")
    size = ledger.size()
    accounts.log_out(by=wu)
    [line] = county.gained(size)
    assert line.body["action"] == "logout"
    assert accounts.session_of(here) is None
    assert accounts.session_of(elsewhere)


def test_a_session_ends_after_twelve_hours(qinghe: county.Clock) -> None:
    token, _ = log_in("wu")
    qinghe.move(hours=12, microseconds=-1)
    assert accounts.session_of(token)
    qinghe.move(microseconds=1)
    assert accounts.session_of(token) is None


def test_a_token_that_was_never_given_opens_nothing() -> None:
    token, _ = log_in("wu")
    stored = db.session.scalars(select(Session.token_hash)).one()
    assert stored != token
    assert [accounts.session_of(wrong) for wrong in ("", stored, f"{token}x")] == [None] * 3
