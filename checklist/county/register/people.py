"""The rows for people, for who holds which post, and for who is in charge of what, against what there is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from checklist import clock
from checklist.county import accounts
from checklist.county.register.entries import Charge, Holding, Person, Place, Register, Seat, Unclear
from checklist.county.register.rows import PEOPLE_PAGE, UNITS_PAGE, Row
from checklist.county.register.shapes import HOLDS, PREPARES, Line
from checklist.refusal import Malformed

# --- people -------------------------------------------------------------------------------------------------


def read_people(lines: Sequence[Line], known: Register) -> list[Row]:
    """Their rows. The unit says where a first password is handed over; it is where somebody works, not what he may do."""
    seen = dict[str, str]()
    return [_person(Row(line), known, seen) for line in lines]


def _person(row: Row, known: Register, seen: dict[str, str]) -> Row:
    login = accounts.normal(row.need("login", 40))
    same = known.person(login) if login else None
    place = row.find("unit", known.place) if row.line.text("unit") or not same else None
    name = row.line.text("name") if same else row.need("name", 40)
    if not login:
        return row
    if login in seen:
        row.blame("login", f"与 {seen[login]} 的登录名相同。同一个人请删去一行，另一个人请换登录名")
        return row
    seen[login] = row.line.at("login")
    if same:
        if name not in ("", same.name):
            row.differs("name", same.name, PEOPLE_PAGE)
        if same.disabled:
            row.notes.append("账号已停用，导入不会启用它")
        return row
    try:
        accounts.insist_on_login(login)
    except Malformed as why:
        row.blame("login", why.message)
    person = Person(login, name, place, at=row.line.at("login"))
    row.makes.append(person)
    known.people.append(person)
    return row


def _who(row: Row, known: Register) -> Person | None:
    """Whom a row means: by login name, or by a name that nobody else bears."""
    login, name = accounts.normal(row.line.text("login")), row.line.text("name")
    if login:
        found = known.person(login)
        if not found:
            row.blame("login", f"没有登录名“{login}”，请在“人员”表里加上这个人，或者改正登录名")
        elif name not in ("", found.name):
            row.blame("name", f"登录名 {login} 是{found.name}，不是“{name}”，请改正其中一个")
        return found
    if not name:
        row.blame("login", "请填写登录名或姓名")
        return None
    named = [person for person in known.people if person.name == name and not person.disabled]
    if len(named) == 1:
        return named[0]
    if named:
        row.blame("name", f"叫“{name}”的有 {len(named)} 人，请填写登录名：{'、'.join(p.login for p in named)}")
    else:
        row.blame("name", f"没有叫“{name}”的人，请在“人员”表里加上，或者改正姓名")
    return None


# --- who holds what -----------------------------------------------------------------------------------------


def read_tenures(lines: Sequence[Line], known: Register) -> list[Row]:
    """Their rows: 担任, 主持工作 and 联络员."""
    return [_tenure(Row(line), known) for line in lines]


def _seat(row: Row, known: Register) -> Seat | None:
    place = row.find("unit", known.place)
    return row.find("post", lambda text: known.seat(place, text)) if place else None


def _tenure(row: Row, known: Register) -> Row:
    person, seat = _who(row, known), _seat(row, known)
    manner, from_day = row.choice("manner") or HOLDS, row.day("from_day")
    if not (person and seat) or row.wrong:
        return row
    own = [h for h in known.holdings if h.seat is seat and h.person is person and h.lasts(clock.today())]
    own = [h for h in own if h.prepares == (manner == PREPARES)]
    if own:
        _compare_tenure(row, own, from_day, manner)
        return row
    if not from_day and manner != PREPARES:
        row.need("from_day")
        return row
    begins = from_day or clock.today()
    _refuse_holder(row, person, seat, begins, manner, known)
    if not row.wrong:
        holding = Holding(person, seat, begins, manner, at=row.line.at("post"))
        row.makes.append(holding)
        known.holdings.append(holding)
    return row


def _compare_tenure(row: Row, own: list[Holding], from_day: date | None, manner: str) -> None:
    same = next((h for h in own if from_day in (None, h.from_day)), own[0])
    if same.at:
        row.blame("post", f"与 {same.at} 是同一项任职，请删去一行")
        return
    if from_day not in (None, same.from_day):
        row.differs("from_day", same.from_day.isoformat(), UNITS_PAGE)
    if row.line.text("manner") and manner != same.manner:
        row.differs("manner", same.manner, UNITS_PAGE)


def _refuse_holder(row: Row, person: Person, seat: Seat, day: date, manner: str, known: Register) -> None:
    """What keeps somebody from a post on a day, as units.appoint and units.make_liaison have it."""
    key = "login" if row.line.text("login") else "name"
    if person.disabled:
        row.blame(key, f"{person.name}的账号已停用，请先在“{PEOPLE_PAGE}”启用")
    if seat.until:
        row.blame("post", f"{seat.title}自 {seat.until} 起撤销，不能再用")
    if manner == PREPARES:
        return
    barred = [g.role.label for g in person.offices if g.until_day is None or g.until_day > max(day, g.from_day)]
    if barred:
        row.blame(key, f"{person.name}是{barred[0]}，不签认也不审核，不能任职，请另选一人")
    held = next((h for h in known.holdings if h.seat is seat and not h.prepares and h.lasts(day)), None)
    if held and held.at:
        row.blame("post", f"这个岗位在 {held.at} 已经由{held.person.name}担任，一个岗位只能有一个人")
    elif held and held.until:
        row.blame("from_day", f"{seat.title}到 {held.until} 前由{held.person.name}担任，起始日期不能早于这一天")
    elif held:
        row.blame(
            "post",
            f"{seat.title}自 {held.from_day} 由{held.person.name}担任。换人请先到“{UNITS_PAGE}”办理免职，或者改表格",
        )


# --- who is in charge of what -------------------------------------------------------------------------------


def read_charges(lines: Sequence[Line], known: Register) -> list[Row]:
    """Their rows; one may name several units."""
    return [_charge(Row(line), known) for line in lines]


def _charge(row: Row, known: Register) -> Row:
    seat, field = _seat(row, known), row.line.text("field")
    row.need("charge", 2000)
    if len(field) > 80:
        row.blame("field", "分管领域不超过 80 字，请缩短")
    told = row.line.cells["charge"].text if "charge" in row.line.cells else ""
    for name in filter(str.strip, re.split(r"[、，,；;\n]", told)):
        try:
            place = known.place(name)
        except Unclear as why:
            row.blame("charge", str(why))
        else:
            if seat:
                _put_in_charge(row, seat, place, field, known)
    return row


def _put_in_charge(row: Row, seat: Seat, place: Place, field: str, known: Register) -> None:
    already = next((charge for charge in known.charges if charge.place is place), None)
    if already and already.at:
        row.blame("charge", f"{place.name}在 {already.at} 已经由{already.seat.title}分管，请删去一处")
    elif already and already.seat is not seat:
        row.blame("charge", f"{place.name}现由{already.seat.title}分管。换人请先到“{UNITS_PAGE}”解除，或者改表格")
    elif already:
        if field not in ("", already.field):
            row.differs("field", already.field or "没有填写", UNITS_PAGE)
    elif seat.place not in place.line()[1:]:
        row.blame("charge", f"{place.name}不在{seat.place.name}之下，不能由{seat.title}分管")
    elif place.until or seat.until:
        ends = place.name if place.until else seat.title
        row.blame("charge", f"{ends}自 {place.until or seat.until} 起撤销，不能再用")
    else:
        charge = Charge(seat, place, field, at=row.line.at("charge"))
        row.makes.append(charge)
        known.charges.append(charge)
