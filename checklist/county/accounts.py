"""People who can log in: their accounts, passwords and sessions, and the roles granted to them."""

from __future__ import annotations

import os
import re
import secrets
import unicodedata
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import joinedload
from werkzeug.security import check_password_hash, generate_password_hash

from checklist import access, clock, ledger
from checklist.actor import Actor
from checklist.ledger import throttle
from checklist.refusal import Malformed, Problem, Refused, insist_on, length
from models import THREE_OFFICERS, Grant, Role, Session, Tenure, Throttle, Unit, User, db

SHORTEST_PASSWORD = 8
SESSION_LASTS = timedelta(hours=12)
METHOD = "scrypt"  # at Werkzeug's cost: 32 MiB and a tenth of a second a guess
FAILURES_ALLOWED = 5  # in a row, from one account or thirty from one address, before a pause
PAUSE = timedelta(minutes=1)
_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"  # on paper 0 is taken for o, and 1 for l or i
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
# No password's, at the cost of METHOD: checked when there is no such account, so that an unknown name takes as long.
NOBODYS_HASH = "scrypt:32768:8:1$nobody$" + "0" * 128


class WrongPassword(Problem):
    """Name and password do not belong together; which of them is wrong is not said."""

    status = 422


class TooMany(Problem):
    """Too many failed logins; the pause is short and says so."""

    status = 429


# --- accounts -----------------------------------------------------------------------------------------------


def _new_password() -> str:
    """Return 59 bits, to be typed from a slip of paper once."""
    return "".join(secrets.choice(_LEGIBLE) for _ in range(12))


@dataclass(frozen=True)
class FirstPassword:
    """A password to be handed over, and what is stored of it."""

    clear: str
    hash: str


def create(login: str, name: str, *, by: Actor, home: Unit, password: str | None = None) -> tuple[User, str]:
    """Make an account; returns it and its first password, which its owner has to change.

    With a `password` given (the console, the demo) that one holds and need not be changed. `home` is the unit
    whose administrator makes the account.
    """
    clear = password or _new_password()
    user = enrol(login, name, FirstPassword(clear, _hashed(clear)), by=by, home=home, must_change=password is None)
    return user, clear


def first_passwords(logins: Iterable[str]) -> dict[str, FirstPassword]:
    """Make a first password for each of these, before any act: hashing takes long, and writers would wait for it."""
    made = {login: _new_password() for login in logins}
    with ThreadPoolExecutor(os.cpu_count()) as workers:  # scrypt lets other threads run
        hashes = workers.map(_hashed, made.values())
    return {login: FirstPassword(clear, hash) for (login, clear), hash in zip(made.items(), hashes, strict=True)}


def enrol(
    login: str, name: str, password: FirstPassword | None = None, *, by: Actor, home: Unit, must_change: bool = True
) -> User:
    """Make an account with a password made before; without one nobody can log in until `reset_password` gives it one."""
    login, name = normal(login), name.strip()
    with ledger.act("user.create", by=by) as act:
        act.post = access.require(by, "keep", home)
        insist_on("登录名", login, "login", most=length(User.login))
        if not _LOGIN.fullmatch(login):
            raise Malformed("登录名用 2–40 个小写字母、数字、点、横线或下划线，以字母或数字开头。", "login")
        insist_on("姓名", name, "name", most=length(User.name))
        if db.session.scalar(select(User.id).where(User.login == login)):
            raise Malformed("这个登录名已经有人用了，请换一个。", "login")
        stored = password.hash if password else None
        user = User(login=login, name=name, password_hash=stored, must_change_password=must_change)
        db.session.add(user)
    return user


def normal(login: str) -> str:
    """Spell in one way the names that look alike: width, case and outer space do not make another account."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise Malformed(f"密码至少 {SHORTEST_PASSWORD} 个字符。", "password")
    return generate_password_hash(unicodedata.normalize("NFC", password), METHOD)


def _matches(user: User | None, password: str) -> bool:
    stored = user.password_hash if user and user.password_hash and not user.disabled_at else None
    return check_password_hash(stored or NOBODYS_HASH, unicodedata.normalize("NFC", password)) and bool(stored)


def reset_password(user_id: int, *, by: Actor) -> str:
    """Give somebody who forgot it a new first password, and end all sessions. Return it, to be handed over."""
    given = _new_password()
    hashed = _hashed(given)
    with ledger.act_on("user.reset_password", User, user_id, by=by, needs="keep") as user:
        user.password_hash, user.must_change_password = hashed, True
        _end_sessions(user)
    return given


def change_password(old: str, new: str, *, by: Actor) -> User:
    """Change one's own password; other sessions than this one end. Raises Malformed, WrongPassword, TooMany."""
    user = _proved(by.user, by.user.login if by.user else "", old, by, "原密码不对，请再试一次。")
    if old == new:
        raise Malformed("新密码要与原密码不同。", "new")
    hashed = _hashed(new)
    with ledger.act("user.change_password", by=by):
        user = access.load(User, user.id)
        user.password_hash, user.must_change_password = hashed, False
        _end_sessions(user, but=by.session)
    return user


def disable(user_id: int, *, by: Actor) -> User:
    """Close an account; its sessions end at once, what it signed stays."""
    with ledger.act_on("user.disable", User, user_id, by=by, needs="keep") as user:
        if user == by.user:
            raise Refused("不能停用自己的账号，请由另一位管理员办理。", user)
        if user.disabled_at:
            raise Refused(f"{user.name}的账号已经停用。", user)
        user.disabled_at = clock.now()
        _end_sessions(user)
    return user


def enable(user_id: int, *, by: Actor) -> User:
    """Open a closed account again."""
    with ledger.act_on("user.enable", User, user_id, by=by, needs="keep") as user:
        if not user.disabled_at:
            raise Refused(f"{user.name}的账号没有停用。", user)
        user.disabled_at = None
    return user


# --- logging in ---------------------------------------------------------------------------------------------


def log_in(login: str, password: str, *, by: Actor) -> str:
    """Start a session; returns the token for the cookie. Raises WrongPassword or TooMany.

    A name that no account has costs the same time and gets the same words as a wrong password.
    """
    login = normal(login)
    claimed = db.session.scalar(select(User).where(User.login == login))
    user = _proved(claimed, login, password, by, "登录名或密码不对，请再试一次。忘记密码请联系系统管理员。")
    token, public_id = secrets.token_urlsafe(32), secrets.token_hex(8)
    with ledger.act("login", by=Actor(user=user, ip=by.ip, session=public_id, req=by.req)):
        started = Session(
            public_id=public_id, token_hash=_token_hash(token), user=user, ip=by.ip or "", started_at=clock.now()
        )
        db.session.add(started)
        db.session.execute(delete(Throttle).where(Throttle.key == _account_key(login)))
    return token


def confirm(password: str, *, by: Actor) -> Session:
    """Prove again, with the password, that it is oneself who is about to sign."""
    user = by.user
    _proved(user, user.login if user else "", password, by, "密码不对，请再输入一次。您要签认的内容没有变。")
    # The form's one act is the signing that follows: its nonce is not used up here.
    with ledger.act("confirm", by=replace(by, nonce=None)):
        session = db.session.scalars(select(Session).where(Session.public_id == by.session)).one()
        session.confirmed_at = clock.now()
    return session


def _proved(user: User | None, login: str, password: str, by: Actor, otherwise: str) -> User:
    """Return the user, whose password this is. Done outside any act: scrypt is slow, and writers would wait for it."""
    allowed = {_account_key(login): FAILURES_ALLOWED, f"ip:{by.ip}": FAILURES_ALLOWED * 6}
    if any(_is_paused(key, most) for key, most in allowed.items()):
        raise TooMany("输错次数太多，请一分钟后再试。忘记密码请联系系统管理员。")
    if user is None or not _matches(user, password):
        _count_failure(list(allowed), by)
        raise WrongPassword(otherwise)
    return user


def _account_key(login: str) -> str:
    # Hashed: what was typed as a name may be a password.
    return f"login:{sha256(login.encode()).hexdigest()[:32]}"


def _is_paused(key: str, most: int) -> bool:
    count = db.session.get(Throttle, key)
    return count is not None and count.failures >= most and clock.now() - count.since < PAUSE


def _count_failure(keys: list[str], by: Actor) -> None:
    """Count a failed login; one entry an address and minute."""
    nobody = Actor(ip=by.ip, req=by.req)
    with ledger.act("login.failed", by=nobody) as act:
        counts = [throttle.count(key, PAUSE) for key in keys]
        if counts[-1] == 1:
            act.add_entry({"address": by.ip})


def _token_hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def session_of(token: str) -> Session | None:
    """Return the session that a cookie's token belongs to, while it lasts and its account is open."""
    session = db.session.scalar(
        select(Session).where(Session.token_hash == _token_hash(token)).options(joinedload(Session.user))
    )
    if session is None or session.ended_at or session.user.disabled_at:
        return None
    return session if clock.now() - session.started_at < SESSION_LASTS else None


def log_out(*, by: Actor) -> None:
    """End this session; its cookie is worth nothing from now on."""
    with ledger.act("logout", by=by):
        for session in db.session.scalars(select(Session).where(Session.public_id == by.session)):
            session.ended_at = session.ended_at or clock.now()


def _end_sessions(user: User, but: str | None = None) -> None:
    running = select(Session).where(Session.user_id == user.id, Session.ended_at.is_(None))
    for session in db.session.scalars(running):
        if session.public_id != but:
            session.ended_at = clock.now()


# --- roles --------------------------------------------------------------------------------------------------


def grant(user_id: int, role: Role, unit_id: int, from_day: date, until_day: date | None, *, by: Actor) -> Grant:
    """Give somebody a role for a unit and all below it, between two days.

    三员分立: nobody holds two of the three offices, or one of them beside a post; nobody grants himself anything.
    """
    with ledger.act_on("grant", Unit, unit_id, by=by) as unit:
        user = access.load(User, user_id)
        if until_day and until_day <= from_day:
            raise Malformed("结束日期要晚于开始日期。", "until_day")
        if user == by.user:
            raise Refused("不能给自己授权，请由另一位安全管理员办理。", user)
        held = {g.role for g in db.session.scalars(select(Grant).where(Grant.user_id == user.id))}
        if role in THREE_OFFICERS and held.intersection(THREE_OFFICERS) - {role}:
            raise Refused("系统管理员、安全管理员、审计管理员不能由同一人担任，请另选一人。", user)
        if role in THREE_OFFICERS and _holds_a_post(user, from_day):
            raise Refused(f"{user.name}担任岗位，要签认或审核，不能兼任{role.label}。请另选一人。", user)
        given = Grant(user=user, role=role, unit=unit, from_day=from_day, until_day=until_day)
        db.session.add(given)
    return given


def _holds_a_post(user: User, day: date) -> bool:
    lasting = or_(Tenure.until_day.is_(None), Tenure.until_day > day)
    return db.session.scalar(select(Tenure.id).where(Tenure.user_id == user.id, lasting).limit(1)) is not None


def revoke(grant_id: int, *, by: Actor) -> Grant:
    """End a role today."""
    with ledger.act_on("revoke", Grant, grant_id, by=by, needs="grant", of=lambda given: given.unit) as given:
        if given.until_day and given.until_day <= clock.today():
            raise Refused("这项授权已经结束。", given)
        given.until_day = clock.today()
    return given


def unlock(user_id: int, *, by: Actor) -> User:
    """Lift the pause that failed logins have put on an account."""
    with ledger.act_on("user.unlock", User, user_id, by=by, needs="unlock") as user:
        db.session.execute(delete(Throttle).where(Throttle.key == _account_key(user.login)))
        ledger.under_way().add_entry({"login": user.login})
    return user
