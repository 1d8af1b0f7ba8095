"""The county as it stands today: its units and posts, and who holds, prepares, reviews and may do what.

A picture is made of values, never of rows. One is kept for each database and process; it holds as long as no entry of
the log has changed the register (`register_seq`, written with each such entry) and the day in the county is the same.
Every request and every act asks for that number anew, an act under the write lock: a right that was revoked is gone
from the next act on, whichever process revoked it. Between two questions a page may show what has just ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event, or_, select
from sqlalchemy.orm import Session, SessionTransaction

from checklist import clock
from models import (
    Dated,
    Grant,
    HolidayYear,
    Liaison,
    Portfolio,
    PostKind,
    Role,
    Tenure,
    UnitKind,
    db,
    register_seq,
)
from models import Post as PostRow
from models import Unit as UnitRow
from models import User as UserRow

# The tables of which the picture is made.
REGISTER = {kind.__tablename__ for kind in (UnitRow, PostRow, UserRow, Tenure, Liaison, Portfolio, Grant, HolidayYear)}


@dataclass(frozen=True)
class Unit:
    """A unit, with the ids of the units that it belongs to: its own, its parent's, up to the root's."""

    id: int
    code: str
    name: str
    short_name: str
    kind: UnitKind
    parent_id: int | None
    has_ended: bool
    line: tuple[int, ...]


@dataclass(frozen=True)
class Person:
    """Somebody who has, or once had, an account."""

    name: str
    is_closed: bool


@dataclass(frozen=True)
class Post:
    """An office in a unit."""

    id: int
    unit: Unit
    name: str
    kind: PostKind
    is_secretary: bool
    reviewer_id: int | None
    has_ended: bool

    @property
    def title(self) -> str:
        return f"{self.unit.name} {self.name}"

    @property
    def is_head(self) -> bool:
        """Whether its holder speaks for the unit: as 一把手 or as secretary."""
        return self.is_secretary or self.kind is PostKind.PRINCIPAL


class Picture:
    """The register on a day. Each part is read by one query, when it is first asked for."""

    PARTS = ("units", "posts", "people", "tenures", "liaisons", "grants", "charges", "holidays")

    def __init__(self, day: date) -> None:
        self.day = day

    def complete(self) -> Picture:
        """Read every part, so that what an act has changed and not committed cannot get in later."""
        for part in self.PARTS:
            getattr(self, part)
        return self

    @cached_property
    def units(self) -> dict[int, Unit]:
        """All units there ever were, by id."""
        row = UnitRow
        columns = (row.id, row.code, row.name, row.short_name, row.kind, row.parent_id, row.until_day)
        rows = db.session.execute(select(*columns).order_by(row.id)).all()
        parents = {row.id: row.parent_id for row in rows}

        def line(id: int | None) -> Iterator[int]:
            while id is not None:
                yield id
                id = parents[id]

        return {
            id: Unit(id, code, name, short, kind, parent, self._has_ended(until), tuple(line(id)))
            for id, code, name, short, kind, parent, until in rows
        }

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        """The units by their codes."""
        return {unit.code: unit for unit in self.units.values()}

    @cached_property
    def below(self) -> dict[int | None, list[Unit]]:
        """For each unit those directly below it, by code."""
        found: dict[int | None, list[Unit]] = {}
        for unit in sorted(self.units.values(), key=lambda unit: unit.code):
            found.setdefault(unit.parent_id, []).append(unit)
        return found

    @cached_property
    def posts(self) -> dict[int, Post]:
        """All posts there ever were, by id."""
        row = PostRow
        columns = (row.id, row.unit_id, row.name, row.kind, row.is_secretary, row.reviewer_id, row.until_day)
        return {
            id: Post(id, self.units[unit], name, kind, secretary, reviewer, self._has_ended(until))
            for id, unit, name, kind, secretary, reviewer, until in db.session.execute(
                select(*columns).order_by(row.id)
            )
        }

    def _has_ended(self, until: date | None) -> bool:
        return until is not None and until <= self.day

    @cached_property
    def open_posts(self) -> dict[int, list[Post]]:
        """For each unit its posts that have not ended."""
        found: dict[int, list[Post]] = {}
        for post in self.posts.values():
            if not post.has_ended:
                found.setdefault(post.unit.id, []).append(post)
        return found

    @cached_property
    def people(self) -> dict[int, Person]:
        """All people who ever had an account, by id."""
        rows = db.session.execute(select(UserRow.id, UserRow.name, UserRow.disabled_at))
        return {id: Person(name, closed_at is not None) for id, name, closed_at in rows}

    @cached_property
    def tenures(self) -> dict[int, dict[int, bool]]:
        """For each person the posts held, each with whether it is held as 代理/主持工作."""
        return self._by_person(Tenure, Tenure.post_id, Tenure.acting)

    def held_by(self, user_id: int) -> tuple[Post, ...]:
        """Return the posts that somebody holds."""
        return tuple(self.posts[id] for id in self.tenures.get(user_id, ()))

    @cached_property
    def liaisons(self) -> dict[int, dict[int, int]]:
        """For each person the posts prepared."""
        return self._by_person(Liaison, Liaison.post_id, Liaison.id)

    @cached_property
    def grants(self) -> dict[int, dict[tuple[Role, int], int]]:
        """For each person the roles held, each with the unit for which it is."""
        rows = db.session.execute(
            select(Grant.user_id, Grant.role, Grant.unit_id, Grant.id)
            .where(*in_force(Grant, self.day))
            .order_by(Grant.id)
        )
        found: dict[int, dict[tuple[Role, int], int]] = {}
        for user, role, unit, id in rows:
            found.setdefault(user, {})[role, unit] = id
        return found

    @cached_property
    def charges(self) -> dict[int, int]:
        """For each unit that a leader is in charge of (分管) that leader's post."""
        rows = select(Portfolio.charge_id, Portfolio.post_id).where(*in_force(Portfolio, self.day))
        return {unit: post for unit, post in db.session.execute(rows.order_by(Portfolio.id)) if unit}

    @cached_property
    def holidays(self) -> dict[int, tuple[str, list[dict[str, str]]]]:
        """For each year of which the county has loaded a notice of holidays, its number and its days."""
        rows = db.session.execute(select(HolidayYear.year, HolidayYear.notice, HolidayYear.days))
        return {year: (notice, days) for year, notice, days in rows}

    def _by_person(self, kind: Any, key: Any, value: Any) -> dict[int, dict[int, Any]]:
        found: dict[int, dict[int, Any]] = {}
        rows = select(kind.user_id, key, value).where(*in_force(kind, self.day)).order_by(kind.id)
        for user, one, of_it in db.session.execute(rows):
            found.setdefault(user, {})[one] = of_it
        return found

    @cached_property
    def holders(self) -> dict[int, set[int]]:
        """For each post the people who hold it."""
        found: dict[int, set[int]] = {}
        for user, posts in self.tenures.items():
            for post in posts:
                found.setdefault(post, set()).add(user)
        return found

    @cached_property
    def reviewers(self) -> dict[int, int | None]:
        """For each post its reviewing post; None where the superior is outside the system.

        A member's items go to the secretary of his unit. A secretary's and a 一把手's go up: to the leader in charge
        of the unit, else to the parent unit's secretary. A post may name another. Where the holder of a post is also
        the holder of its reviewing post, the next one up reviews: nobody reviews himself.
        """
        return {post.id: self._reviewer(post) for post in self.posts.values()}

    def reviewer(self, post_id: int) -> Post | None:
        """Return the reviewing post of a post, or None where the superior is outside the system."""
        reviewer = self.reviewers.get(post_id)
        return None if reviewer is None else self.posts[reviewer]

    @cached_property
    def reviewed(self) -> dict[int | None, list[Post]]:
        """For each reviewing post those that it reviews; under None those whose superior is outside the system."""
        found: dict[int | None, list[Post]] = {}
        for post, reviewer in self.reviewers.items():
            found.setdefault(reviewer, []).append(self.posts[post])
        return found

    @cached_property
    def secretaries(self) -> dict[int, Post]:
        """For each unit the post of its 党委 or 党组书记; a unit has one at most."""
        return {post.unit.id: post for post in self.posts.values() if post.is_secretary and not post.has_ended}

    def _reviewer(self, post: Post) -> int | None:
        own, passed, candidate = self.holders.get(post.id, set()), {post.id}, self._next_up(post)
        while candidate and candidate.id not in passed and own & self.holders.get(candidate.id, set()):
            passed.add(candidate.id)
            candidate = self._next_up(candidate)
        return candidate.id if candidate and candidate.id not in passed else None

    def _next_up(self, post: Post) -> Post | None:
        if post.reviewer_id and not self.posts[post.reviewer_id].has_ended:
            return self.posts[post.reviewer_id]
        secretary = self.secretaries.get(post.unit.id)
        if secretary and secretary is not post and post.kind is not PostKind.PRINCIPAL:
            return secretary
        charge = self.posts.get(self.charges.get(post.unit.id, 0))
        if charge and charge is not post:
            return charge
        return self.secretaries.get(post.unit.parent_id or 0)


def in_force(kind: type[Dated], day: date) -> tuple[Any, ...]:
    """Return the conditions of a query for dated rows that hold on a day."""
    return kind.from_day <= day, or_(kind.until_day.is_(None), kind.until_day > day)


# For each database the last picture, and the number and day for which it is true.
_kept: WeakKeyDictionary[Engine, tuple[tuple[int, date], Picture]] = WeakKeyDictionary()


def current() -> Picture:
    """Return the picture that is true now; it is asked for once a transaction.

    An act that has itself changed the register sees its own changes, in a picture that is not kept.
    """
    info = db.session.info
    found: Picture | None = info.get("picture")
    if found is None or found.day != clock.today():
        found = info["picture"] = Picture(clock.today()) if info.get("register_changed") else _kept_or_new()
    return found


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("picture", None)
        session.info.pop("register_changed", None)


def _kept_or_new() -> Picture:
    seq, day = db.session.scalar(select(register_seq.c.seq)), clock.today()
    if seq is None:
        return Picture(day)
    key, picture = _kept.get(db.engine, (None, None))
    if picture is None or key != (seq, day):
        picture = Picture(day).complete()
        _kept[db.engine] = (seq, day), picture
    return picture
