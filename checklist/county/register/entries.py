"""名册: who and what there is in a county, as one thing: units, posts, people, who holds what, who is in charge of what.

The same rows stand for what the database holds (they have an `id`) and for what a file brings (they have none yet), so
that a name in a file finds either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlalchemy import select

from checklist import clock
from checklist.county.register.shapes import ACTS, HOLDS, PREPARES, spaced
from checklist.lists import owners
from models import (
    THREE_OFFICERS,
    Dated,
    Grant,
    Liaison,
    Portfolio,
    Post,
    PostKind,
    Tenure,
    Unit,
    UnitKind,
    User,
    db,
)

_MARKED = re.compile(r"(?P<name>.+)〔(?P<n>[1-9][0-9]?)〕")
_BETWEEN = re.compile(r"[\s·/／:：-]")


class Unclear(Exception):
    """A name in a file that means nothing here, or more than one thing; the message says in Chinese what to do."""


# --- rows ---------------------------------------------------------------------------------------------------
# Each `at` is where a row of a file stands, "" for what is there already; eq=False: a row is itself alone.


@dataclass(eq=False)
class Place:
    """A unit. `until` is set for one that has ended or will."""

    code: str
    name: str
    short: str
    kind: UnitKind | None
    parent: Place | None = None
    until: date | None = None
    id: int | None = None
    at: str = ""

    @cached_property
    def called(self) -> tuple[str, str, str]:
        """Code, name and short name, none of which changes, as they are looked for."""
        return self.code, alike(self.name), alike(self.short)

    def line(self) -> list[Place]:
        """This unit and those above it; a tree that runs in a circle ends where it meets itself."""
        found: dict[Place, None] = {}
        here: Place | None = self
        while here and here not in found:
            found[here] = None
            here = here.parent
        return list(found)


@dataclass(eq=False)
class Seat:
    """A post; `n` counts those of one name in a unit from 1, in the order in which they were added."""

    place: Place
    name: str
    n: int
    kind: PostKind | None
    is_secretary: bool
    reviewer: Seat | None = None
    until: date | None = None
    id: int | None = None
    at: str = ""

    @property
    def title(self) -> str:
        return f"{self.place.name} {self.name}"


@dataclass(eq=False)
class Person:
    """Somebody with an account. `offices` are the 三员 roles, which bar him from posts."""

    login: str
    name: str
    place: Place | None = None
    disabled: bool = False
    offices: list[Grant] = field(default_factory=list)
    id: int | None = None
    at: str = ""


@dataclass(eq=False)
class Holding:
    """Somebody holds a post or acts for its holder (`manner` 担任, 主持工作), or prepares for it (联络员)."""

    person: Person
    seat: Seat
    from_day: date
    manner: str
    until: date | None = None
    id: int | None = None
    at: str = ""

    @property
    def prepares(self) -> bool:
        return self.manner == PREPARES

    def lasts(self, day: date) -> bool:
        """Whether it has not ended on a day, also when it begins later; never one called off before it began."""
        return self.until is None or (self.until > day and self.until > self.from_day)


@dataclass(eq=False)
class Charge:
    """A leader is in charge of a unit."""

    seat: Seat
    place: Place
    field: str
    id: int | None = None
    at: str = ""


@dataclass
class Register:
    """All of them, each kind in the order in which it was added."""

    places: list[Place] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)

    # by name

    def place(self, text: str) -> Place:
        """The unit of this code, name or short name, tried in this order. Raises Unclear."""
        told = spaced(text)
        for key, wanted in enumerate((as_code(told), alike(told), alike(told))):
            known = [place for place in self.places if place.called[key] == wanted]
            lasting = [place for place in known if place.until is None or place.until > clock.today()]
            if len(lasting) == 1:
                return lasting[0]
            if lasting:
                raise Unclear(f"叫“{told}”的单位有 {len(lasting)} 个，请改写单位代码")
            if known:
                raise Unclear(f"单位“{told}”自 {known[0].until} 起已经撤销，请改写现有的单位")
        raise Unclear(f"没有单位“{told}”，请在“单位”表里加上它，或者改写已有的代码、名称或简称")

    def seat(self, place: Place, text: str) -> Seat:
        """The post of this name in a unit, 副局长〔2〕 for the second of that name. Raises Unclear."""
        name, n = unmarked(spaced(text))
        found = [seat for seat in self.seats if seat.place is place and seat.name == name]
        if len(found) > 1 and n is None:
            raise Unclear(f"{place.name}有 {len(found)} 个“{name}”，请写明是哪一个，例如“{name}〔1〕”")
        for seat in found:
            if seat.n == (n or 1):
                return seat
        raise Unclear(f"{place.name}没有岗位“{spaced(text)}”，请在“岗位”表里加上它，或者改写已有的岗位")

    def person(self, login: str) -> Person | None:
        """Somebody by login name, however it is spelled."""
        return next((person for person in self.people if person.login == login), None)

    def label(self, seat: Seat) -> str:
        """A post's name as it is told apart from others in its unit: 局长, 副局长〔2〕."""
        twins = [other for other in self.seats if other.place is seat.place and other.name == seat.name]
        alone = len(twins) == 1 and not _MARKED.fullmatch(seat.name)
        return seat.name if alone else f"{seat.name}〔{seat.n}〕"

    def home(self, person: Person) -> Place | None:
        """The unit in which somebody holds or prepares for a post, first; else the one a file names, else the top."""
        day = clock.today()
        own = (held.seat.place for held in self.holdings if held.person is person and held.lasts(day))
        return person.place or next(own, None) or self.top()

    def top(self) -> Place | None:
        return next((place for place in self.places if place.parent is None), None)


class Titles:
    """Posts by what a cell alone calls them: by name, and by the name of their unit with it."""

    def __init__(self, seats: Iterable[Seat]) -> None:
        self._named: dict[str, list[Seat]] = {}
        self._titled: dict[str, list[Seat]] = {}
        for seat in seats:
            names = {_joined(seat.name), _joined(f"{seat.name}〔{seat.n}〕")}
            units = {_joined(unit) for unit in (seat.place.code, seat.place.name, seat.place.short)}
            for name in names:
                self._named.setdefault(name, []).append(seat)
            for title in {unit + name for unit in units for name in names}:
                self._titled.setdefault(title, []).append(seat)

    def find(self, text: str, within: Place) -> Seat:
        """One of this unit's posts, or of another whose name stands before it. Raises Unclear."""
        told = _joined(text)
        named = self._named.get(told, [])
        own = [seat for seat in named if seat.place is within]
        found = own or self._titled.get(told) or named
        if len(found) == 1:
            return found[0]
        how = f"请写成“单位 岗位”，例如“{within.name} 书记”"
        raise Unclear(
            f"叫“{spaced(text)}”的岗位有 {len(found)} 个，{how}" if found else f"没有岗位“{spaced(text)}”，{how}"
        )


def as_code(text: str) -> str:
    """A unit's code as it is stored: half-width capitals."""
    return alike(text).upper()


def alike(text: str) -> str:
    """What names have in common that only differ in the width of their characters: 局（本级） and 局(本级)."""
    return unicodedata.normalize("NFKC", text)


def unmarked(text: str) -> tuple[str, int | None]:
    """副局长〔2〕 as name and number; the number is None where there is no mark."""
    marked = _MARKED.fullmatch(text)
    return (marked["name"], int(marked["n"])) if marked else (text, None)


def _joined(text: str) -> str:
    return _BETWEEN.sub("", alike(text)).upper()


# --- what there is ------------------------------------------------------------------------------------------


def standing() -> Register:
    """The county's register as the database has it: ended posts left out, ended tenures and units kept."""
    places = _places()
    seats = _seats(places)
    people = {user.id: _person(user) for user in db.session.scalars(select(User).order_by(User.id))}
    for grant in db.session.scalars(select(Grant).where(Grant.role.in_(THREE_OFFICERS)).order_by(Grant.id)):
        people[grant.user_id].offices.append(grant)
    holdings = list(_holdings(seats, people))
    charges = [
        Charge(seats[row.post_id], places[row.charge_id], row.field, row.id)
        for row in db.session.scalars(select(Portfolio).order_by(Portfolio.id))
        if row.charge_id and row.post_id in seats and _lasts(row)
    ]
    return Register(list(places.values()), list(seats.values()), list(people.values()), holdings, charges)


def _places() -> dict[int, Place]:
    rows = list(db.session.scalars(select(Unit).order_by(Unit.id)))
    places = {
        unit.id: Place(unit.code, spaced(unit.name), spaced(unit.short_name), unit.kind, None, unit.until_day, unit.id)
        for unit in rows
    }
    for unit in rows:
        places[unit.id].parent = places[unit.parent_id] if unit.parent_id else None
    return places


def _seats(places: dict[int, Place]) -> dict[int, Seat]:
    rows = [p for p in db.session.scalars(select(Post).order_by(Post.id)) if owners.is_open(p, clock.today())]
    seats: dict[int, Seat] = {}
    counts: dict[tuple[int, str], int] = {}
    for post in rows:
        name = spaced(post.name)
        n = counts[post.unit_id, name] = counts.get((post.unit_id, name), 0) + 1
        place = places[post.unit_id]
        seats[post.id] = Seat(place, name, n, post.kind, post.is_secretary, None, post.until_day, post.id)
    for post in rows:
        seats[post.id].reviewer = seats.get(post.reviewer_id or 0)
    return seats


def _person(user: User) -> Person:
    return Person(user.login, spaced(user.name), disabled=user.disabled_at is not None, id=user.id)


def _holdings(seats: dict[int, Seat], people: dict[int, Person]) -> Iterator[Holding]:
    rows: Iterable[Tenure | Liaison]
    for kind in (Tenure, Liaison):
        rows = db.session.scalars(select(kind).order_by(kind.from_day, kind.id))
        for row in rows:
            if row.post_id in seats:
                manner = PREPARES if isinstance(row, Liaison) else ACTS if row.acting else HOLDS
                yield Holding(people[row.user_id], seats[row.post_id], row.from_day, manner, row.until_day, row.id)


def _lasts(row: Dated) -> bool:
    return row.until_day is None or (row.until_day > clock.today() and row.until_day > row.from_day)
