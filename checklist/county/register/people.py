"""The rows for people, for who holds which post, and for who is in charge of what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checklist.county import accounts, units
from checklist.county.register.incoming import Incoming
from checklist.county.register.names import Unclear, manner
from checklist.county.register.rows import PEOPLE_PAGE, UNITS_PAGE, Row
from checklist.county.register.shapes import ACTS, HOLDS, PREPARES, Line, spaced
from models import Post, Tenure, Unit, User

# --- people -------------------------------------------------------------------------------------------------


def bring_people(coming: Incoming, lines: Sequence[Line]) -> Iterator[Row]:
    """Bring people in. The unit says where a first password is handed over; it is where somebody works, not more."""
    seen = dict[str, str]()
    for row in map(Row, lines):
        login = accounts.normal(row.line.text("login"))
        same = coming.people.get(login)
        home = coming.unit_of(row) if row.line.text("unit") or not same else None
        if login in seen:
            row.blame("login", f"与 {seen[login]} 的登录名相同。同一个人请删去一行，另一个人请换登录名")
        elif same:
            if row.line.text("name") not in ("", spaced(same.name)):
                row.differs("name", same.name, PEOPLE_PAGE)
            if same.disabled_at:
                row.notes.append("账号已停用，导入不会启用它")
        elif home := home or coming.top:
            _enrol(coming, row, login, home)
        if login:
            seen.setdefault(login, row.line.at("login"))
        yield row


def _enrol(coming: Incoming, row: Row, login: str, home: Unit) -> None:
    told = {"login": login, "name": row.line.text("name"), "password": coming.passwords.get(login), "home": home}
    harmless = {"login": f"row.{len(coming.at)}", "name": "姓名"}
    if user := coming.bring(row, "login", accounts.enrol, told, harmless):
        coming.homes[user] = home
        coming.add_person(login or user.login, user)


def _whom(coming: Incoming, row: Row) -> User | None:
    """Return whom a row means: by login name, or by a name that nobody else bears."""
    login, name = accounts.normal(row.line.text("login")), row.line.text("name")
    if login:
        user = coming.people.get(login)
        if not user:
            row.blame("login", f"没有登录名“{login}”，请在“人员”表里加上这个人，或者改正登录名")
        elif name not in ("", spaced(user.name)):
            row.blame("name", f"登录名 {login} 是{user.name}，不是“{name}”，请改正其中一个")
        return user
    named = coming.named(name)
    if not name:
        row.blame("login", "请填写登录名或姓名")
    elif not named:
        row.blame("name", f"没有叫“{name}”的人，请在“人员”表里加上，或者改正姓名")
    elif len(named) > 1:
        row.blame("name", f"叫“{name}”的有 {len(named)} 人，请填写登录名：{'、'.join(u.login for u in named)}")
    return named[0] if len(named) == 1 else None


# --- who holds what, who is in charge of what ---------------------------------------------------------------


def _post(coming: Incoming, row: Row) -> Post | None:
    unit = coming.unit_of(row)
    post: Post | None = coming.now(row.find("post", lambda text: coming.post(unit, text))) if unit else None
    return post


def bring_tenures(coming: Incoming, lines: Sequence[Line]) -> Iterator[Row]:
    """Bring in who holds what: 担任, 主持工作 and 联络员."""
    filled = dict[Post, Tenure]()
    for row in map(Row, lines):
        _tenure(coming, row, filled)
        yield row


def _tenure(coming: Incoming, row: Row, filled: dict[Post, Tenure]) -> None:
    user, post = _whom(coming, row), _post(coming, row)
    how, from_day = row.choice("manner") or HOLDS, row.day("from_day")
    if not (user and post) or row.wrong:
        return
    held = coming.held(post, user)
    if own := [holding for holding in held if (manner(holding) == PREPARES) == (how == PREPARES)]:
        same = next((holding for holding in own if from_day in (None, holding.from_day)), own[0])
        if same in coming.at:
            row.blame("post", f"与 {coming.at[same]} 是同一项任职，请删去一行")
            return
        if from_day not in (None, same.from_day):
            row.differs("from_day", same.from_day.isoformat(), UNITS_PAGE)
        if row.line.text("manner") and how != manner(same):
            row.differs("manner", manner(same), UNITS_PAGE)
        return
    told = {"user_id": user.id, "post_id": post.id, "from_day": from_day}
    if how == PREPARES:
        if liaison := coming.bring(row, "post", units.make_liaison, told):
            coming.add_holding(liaison)
    elif not from_day:
        row.need("from_day")
    elif post in filled:
        first = filled[post]
        at = coming.at[first]
        row.blame("post", f"这个岗位在 {at} 已经由{first.user.name}担任，一个岗位只能有一个人")
    elif tenure := coming.bring(row, "post", units.appoint, {**told, "acting": how == ACTS}):
        filled[post] = tenure
        coming.add_holding(tenure)


def bring_charge(coming: Incoming, line: Line) -> Row:
    """Bring in who is in charge of what; one row may name several units."""
    row = Row(line)
    post, field = _post(coming, row), line.text("field")
    row.need("charge")
    told = line.cells["charge"].text if "charge" in line.cells else ""
    for name in filter(str.strip, re.split(r"[、，,；;\n]", told)):
        try:
            unit = coming.now(coming.unit(name))
        except Unclear as why:
            row.blame("charge", str(why))
        else:
            if post and unit:
                _put_in_charge(coming, row, post, unit, field)
    return row


def _put_in_charge(coming: Incoming, row: Row, post: Post, unit: Unit, field: str) -> None:
    already = coming.charges.get(unit)
    if already and already in coming.at:
        at = coming.at[already]
        row.blame("charge", f"{unit.name}在 {at} 已经由{already.post.title}分管，请删去一处")
    elif already and already.post is post:
        if field not in ("", already.field):
            row.differs("field", already.field or "没有填写", UNITS_PAGE)
    else:
        told = {"post_id": post.id, "unit_id": unit.id, "field": field}
        if charge := coming.bring(row, "charge", units.put_in_charge, told, {"field": ""}):
            coming.charges[unit] = charge
