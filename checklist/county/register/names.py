"""名册: all units, posts and people of a county with what they hold, as the cells of a register call them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from checklist import clock
from checklist.county import units
from checklist.county.register.shapes import ACTS, HOLDS, PREPARES, spaced
from models import Liaison, Portfolio, Post, Tenure, Unit, User, db

Holding = Tenure | Liaison

_MARKED = re.compile(r"(?P<name>.+)〔(?P<n>[1-9][0-9]?)〕")
_BETWEEN = re.compile(r"[\s·/／:：-]")


class Unclear(Exception):
    """A name in a file that means nothing here, or more than one thing; the message says in Chinese what to do."""


class Register:
    """All that has not ended, and ended units; each kind in the order in which it was added. What comes in joins it.

    A row of a file may name a unit or post that another row is still to bring. Until then it stands here as an object
    that is in no session; `come` says what it became.
    """

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self._called: tuple[dict[str, list[Unit]], ...] = ({}, {}, {})  # by code, name and short name
        self.posts: dict[Post, int] = {}  # each with its number among those of one name in its unit
        self._twins: dict[tuple[Unit, str], dict[int, Post]] = {}
        self.people: dict[str, User] = {}  # by login name, as it is told
        self._named: dict[str, list[User]] = {}
        self.holdings: list[Holding] = []
        self._held: dict[tuple[Post, User], list[Holding]] = {}
        self.charges: dict[Unit, Portfolio] = {}
        self._came: dict[Any, Any] = {}
        for unit in db.session.scalars(select(Unit).order_by(Unit.id)):
            self.add_unit(unit)
        for post in _lasting(Post):
            self.add_post(post, 1 + len(self.twins(post.unit, spaced(post.name))))
        for user in db.session.scalars(select(User).order_by(User.id)):
            self.add_person(user.login, user)
        for holding in (*_lasting(Tenure), *_lasting(Liaison)):
            self.add_holding(holding)
        for charge in _lasting(Portfolio):
            self.charges[charge.charge] = charge

    # what joins it

    def add_unit(self, unit: Unit) -> None:
        self.units.append(unit)
        for called, name in zip(self._called, (unit.code, alike(unit.name), alike(unit.short_name)), strict=True):
            called.setdefault(name, []).append(unit)

    def add_post(self, post: Post, n: int) -> None:
        self.posts[post] = n
        self._twins.setdefault((post.unit, spaced(post.name)), {})[n] = post

    def add_person(self, login: str, user: User) -> None:
        self.people[login] = user
        self._named.setdefault(spaced(user.name), []).append(user)

    def add_holding(self, holding: Holding) -> None:
        self.holdings.append(holding)
        self._held.setdefault((holding.post, holding.user), []).append(holding)

    def come(self, awaited: Unit | Post, row: Unit | Post | None) -> None:
        """Let a row that a verb has made stand for the one that was awaited."""
        self._came[awaited] = row

    def now(self, row: Any) -> Any:
        """Return what an awaited unit or post became; any other as it is."""
        return self._came.get(row, row)

    # what a cell means

    def with_code(self, code: str) -> Unit | None:
        """Return the unit with this code that has not ended."""
        return next(filter(units.is_open, self._called[0].get(code, [])), None)

    def with_name(self, name: str) -> Unit | None:
        """Return the first unit with this name that has not ended."""
        return next(filter(units.is_open, self._called[1].get(alike(name), [])), None)

    def unit(self, text: str) -> Unit:
        """Return the unit of this code, name or short name, tried in this order. Raises Unclear."""
        told = spaced(text)
        for called, wanted in zip(self._called, (as_code(told), alike(told), alike(told)), strict=True):
            known = called.get(wanted, [])
            lasting = list(filter(units.is_open, known))
            if len(lasting) == 1:
                return lasting[0]
            if lasting:
                raise Unclear(f"叫“{told}”的单位有 {len(lasting)} 个，请改写单位代码")
            if known:
                raise Unclear(f"单位“{told}”自 {known[0].until_day} 起已经撤销，请改写现有的单位")
        raise Unclear(f"没有单位“{told}”，请在“单位”表里加上它，或者改写已有的代码、名称或简称")

    def twins(self, unit: Unit, name: str) -> dict[int, Post]:
        """Return the posts of one name in a unit by their numbers."""
        return self._twins.get((unit, name), {})

    def post(self, unit: Unit, text: str) -> Post:
        """Return the post of this name in a unit, 副局长〔2〕 for the second of that name. Raises Unclear."""
        name, n = unmarked(spaced(text))
        twins = self.twins(unit, name)
        if len(twins) > 1 and n is None:
            raise Unclear(f"{unit.name}有 {len(twins)} 个“{name}”，请写明是哪一个，例如“{name}〔1〕”")
        if (n or 1) not in twins:
            raise Unclear(f"{unit.name}没有岗位“{spaced(text)}”，请在“岗位”表里加上它，或者改写已有的岗位")
        return twins[n or 1]

    def named(self, name: str) -> list[User]:
        """Return everybody of this name whose account is open."""
        return [user for user in self._named.get(name, []) if not user.disabled_at]

    def held(self, post: Post, user: User) -> list[Holding]:
        """Return how somebody holds a post or prepares for it, now or from a coming day on."""
        return self._held.get((post, user), [])

    # what they are called

    def called(self, unit: Unit | None) -> str:
        """Return a unit's name, or its code where the name means another one too; "" for none."""
        if unit is None:
            return ""
        try:
            return spaced(unit.name) if self.unit(unit.name) is unit else unit.code
        except Unclear:
            return unit.code

    def label(self, post: Post) -> str:
        """Return a post's name as it is told apart from others in its unit: 局长, 副局长〔2〕."""
        name = spaced(post.name)
        alone = len(self.twins(post.unit, name)) == 1 and not _MARKED.fullmatch(name)
        return name if alone else f"{name}〔{self.posts[post]}〕"


class Titles:
    """Posts by what a cell alone calls them: by name, and by the name of their unit with it."""

    def __init__(self, posts: dict[Post, int]) -> None:
        self._named: dict[str, list[Post]] = {}
        self._titled: dict[str, list[Post]] = {}
        for post, n in posts.items():
            names = {_joined(post.name), _joined(f"{post.name}〔{n}〕")}
            of = {_joined(unit) for unit in (post.unit.code, post.unit.name, post.unit.short_name)}
            for name in names:
                self._named.setdefault(name, []).append(post)
            for title in {unit + name for unit in of for name in names}:
                self._titled.setdefault(title, []).append(post)

    def find(self, text: str, within: Unit) -> Post:
        """Return one of this unit's posts, or one of another whose name stands before it. Raises Unclear."""
        told = _joined(text)
        named = self._named.get(told, [])
        own = [post for post in named if post.unit is within]
        meant = own or self._titled.get(told) or named
        if len(meant) == 1:
            return meant[0]
        how = f"请写成“单位 岗位”，例如“{within.name} 书记”"
        raise Unclear(
            f"叫“{spaced(text)}”的岗位有 {len(meant)} 个，{how}" if meant else f"没有岗位“{spaced(text)}”，{how}"
        )


def _lasting(kind: Any) -> Iterable[Any]:
    rows = units.lasting(kind, clock.today())
    return db.session.scalars(rows.order_by(kind.id) if kind is Post else rows.order_by(kind.from_day, kind.id))


def manner(holding: Holding) -> str:
    """Return how somebody holds a post, as the cells say it."""
    return PREPARES if isinstance(holding, Liaison) else ACTS if holding.acting else HOLDS


def as_code(text: str) -> str:
    """Return a unit's code as it is stored: in half-width capitals."""
    return alike(text).upper()


def alike(text: str) -> str:
    """Return what names have in common that differ in the width of their characters: 局（本级） and 局(本级)."""
    return unicodedata.normalize("NFKC", spaced(text))


def unmarked(text: str) -> tuple[str, int | None]:
    """Take 副局长〔2〕 apart into name and number; the number is None where there is no mark."""
    marked = _MARKED.fullmatch(text)
    return (marked["name"], int(marked["n"])) if marked else (text, None)


def _joined(text: str) -> str:
    return _BETWEEN.sub("", alike(text)).upper()
