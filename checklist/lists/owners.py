"""Whom a duty falls to: from the names in a text, by the clerk's choice, to posts.

While a list is a draft an owner is {"unit": code}, {"post": id} or {"set": name, "except": [unit codes]}, each
with a "part" (lead or support). Adoption spreads them into posts once and for all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from checklist.clock import today
from models import Duty, DutyList, Part, Post, PostKind, Tenure, Unit, UnitKind, db

Owner = dict[str, Any]
_Known = dict[tuple[str, ...], tuple[list[Post], list[str]]]  # an owner → its posts, and who in it has none

SETS = {"towns": "各镇", "departments": "各部门", "team": "班子成员"}
_KINDS = {"towns": UnitKind.TOWN, "departments": UnitKind.DEPARTMENT}

# How a text calls each set; tried in this order on every name that it gives.
SET_WORDS = {
    "towns": re.compile(r"各(?:乡|镇|街道)"),
    "departments": re.compile(r"(?:各|有关|相关)(?:部门|单位|局)|各部门"),
    "team": re.compile(r"班子(?:其他)?成员"),
}


@dataclass(frozen=True)
class Spread:
    """What a duty's owners come to: posts with their parts, and the Chinese words for what is missing."""

    posts: dict[Post, Part]
    missing: list[str]

    @property
    def leads(self) -> list[Post]:
        return [post for post, part in self.posts.items() if part is Part.LEAD]


def is_open(row: Unit | Post, day: date) -> bool:
    """Whether a unit or post has not ended on a day."""
    return row.until_day is None or row.until_day > day


def units_below(root: Unit) -> list[Unit]:
    """The open units directly below one, and it, by code."""
    units = db.session.scalars(select(Unit).order_by(Unit.code)).all()
    return [u for u in units if is_open(u, today()) and (u == root or u.parent == root)]


def proposed(named: Iterable[dict[str, str]], root: Unit) -> list[Owner]:
    """The owners that a text names, as far as they are units of this county; the rest stays 待定."""
    units = units_below(root)
    owners: list[Owner] = []
    for name in named:
        for owner in _match(name["name"], units):
            owner["part"] = name["role"]
            if owner not in owners:
                owners.append(owner)
    return owners


def _match(name: str, units: list[Unit]) -> list[Owner]:
    sets: list[Owner] = [{"set": s, "except": []} for s, words in SET_WORDS.items() if words.search(name)]
    if sets:
        return sets
    bare = re.sub(r"(?:部门|局|办公室|办|委|委员会)$", "", name.removeprefix("县"))
    found = [u for u in units if name in (u.name, u.short_name) or bare == u.short_name]
    return [{"unit": found[0].code}] if len(found) == 1 else []


def spread(duty: Duty) -> Spread:
    """The posts that a duty's owners come to. Where one is both, leading counts."""
    return _spread(duty, {})


def spreads(duty_list: DutyList) -> dict[Duty, Spread]:
    """The same of every row of a list, dropped ones too; whoever owns many of them is looked up once."""
    known: _Known = {}
    return {duty: _spread(duty, known) for duty in duty_list.duties}


def _spread(duty: Duty, known: _Known) -> Spread:
    posts: dict[Post, Part] = {}
    missing: list[str] = []
    for owner in duty.owners:
        whom = (key(owner), *owner.get("except", ()))
        if whom not in known:
            found = posts_of(owner, duty.duty_list.unit)
            known[whom] = found, _without_post(owner, found, duty.duty_list.unit)
        found, without = known[whom]
        missing += [f"{name}没有可承担的岗位" for name in without]
        for post in found:
            if posts.get(post) is not Part.LEAD:
                posts[post] = Part(owner["part"])
    if Part.LEAD not in posts.values():
        missing.append("还没有牵头责任人")
    return Spread(posts, missing)


def _without_post(owner: Owner, found: list[Post], root: Unit) -> list[str]:
    """Who is meant and has nobody to take it on: also a single unit of a set, which must be left out in so many words."""
    headed = {post.unit for post in found}
    headless = [unit.name for unit in _units_of(owner, root) if unit not in headed]
    return headless or ([] if found else [describe(owner)])


def posts_of(owner: Owner, root: Unit) -> list[Post]:
    """The open posts that one owner stands for: a unit is its one principal, a set those of its units."""
    if "post" in owner:
        post = db.session.get(Post, owner["post"])
        return [post] if post and is_open(post, today()) else []
    if owner.get("set") == "team":
        return [post for post in team(root) if str(post.id) not in owner["except"]]
    return [post for post in _posts_in(_units_of(owner, root)) if post.kind is PostKind.PRINCIPAL]


def _units_of(owner: Owner, root: Unit) -> list[Unit]:
    if "unit" in owner:
        return [u for u in units_below(root) if u.code == owner["unit"]]
    kind = _KINDS.get(owner.get("set", ""))
    return [u for u in units_below(root) if u.kind is kind and u.code not in owner["except"]]


def team(root: Unit) -> list[Post]:
    """The posts of a unit's leading team: its 一把手 and its 班子成员."""
    return [post for post in _posts_in([root]) if post.kind in (PostKind.PRINCIPAL, PostKind.MEMBER)]


def _posts_in(units: list[Unit]) -> list[Post]:
    found = db.session.scalars(select(Post).where(Post.unit_id.in_([u.id for u in units])).order_by(Post.id))
    return [post for post in found if is_open(post, today())]


def candidates(root: Unit) -> list[tuple[str, Owner]]:
    """Who may own a duty of a 任务分解表 of this unit: the sets, the units below it, and its own team's posts."""
    sets: list[Owner] = [{"set": name, "except": []} for name in SETS]
    below = sorted(units_below(root), key=lambda unit: list(UnitKind).index(unit.kind))
    units: list[Owner] = [{"unit": unit.code} for unit in below if unit != root]
    posts: list[Owner] = [{"post": post.id} for post in team(root)]
    return [(key(owner), owner) for owner in sets + units + posts]


def key(owner: Owner) -> str:
    """A name for an owner that does for a form's field: set-towns, unit-CZJ, post-7."""
    kind = next(kind for kind in ("set", "unit", "post") if kind in owner)
    return f"{kind}-{owner[kind]}"


def exceptable(owner: Owner, root: Unit) -> list[tuple[str, str]]:
    """Whom a set can leave out: (unit code or post id, name)."""
    if owner["set"] == "team":
        return [(str(post.id), post.name) for post in team(root)]
    return [(unit.code, unit.name) for unit in units_below(root) if unit.kind is _KINDS[owner["set"]]]


def describe(owner: Owner) -> str:
    """An owner in words, as the screen shows it."""
    if "post" in owner:
        post = db.session.get(Post, owner["post"])
        return f"{post.unit.name} {_told_apart(post)}" if post else ""
    if "unit" in owner:
        return _unit_name(owner["unit"])
    left_out = "、".join(name for key in owner["except"] if (name := exception(owner, key)))
    return SETS[owner["set"]] + (f"（{left_out}除外）" if left_out else "")


def titles(posts: Collection[Post]) -> dict[Post, str]:
    """Each post with its unit; of those of one name in a unit each with its holder."""
    there = Counter((post.unit_id, post.name) for post in _posts_in([post.unit for post in posts]))
    return {post: describe({"post": post.id}) if there[post.unit_id, post.name] > 1 else post.title for post in posts}


def exception(owner: Owner, key: str) -> str:
    """Whom a set leaves out, in words, by the key that `exceptable` gives it."""
    if owner["set"] != "team":
        return _unit_name(key)
    post = db.session.get(Post, int(key))
    return _told_apart(post) if post else ""


def _told_apart(post: Post) -> str:
    """A post's name; of the two 副县长 of one team each with its holder, or its number while nobody holds it."""
    if sum(other.name == post.name for other in _posts_in([post.unit])) < 2:
        return post.name
    held = db.session.scalars(select(Tenure).where(Tenure.post == post).order_by(Tenure.id))
    names = [tenure.user.name for tenure in held if tenure.holds_on(today())]
    return f"{post.name}（{'、'.join(names)}）" if names else f"{post.name}〔{post.id}〕"


def _unit_name(code: str) -> str:
    return db.session.scalar(select(Unit.name).where(Unit.code == code)) or code
