"""Whom a duty falls to: from the names in a text, by the clerk's choice, to posts.

While a list is a draft an owner is {"unit": code}, {"post": id} or {"set": name, "except": [unit codes]}, each
with a "part" (lead or support). Adoption spreads them into posts once and for all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from checklist.clock import today
from checklist.picture import in_force
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
    """Say whether a unit or post has not ended on a day."""
    return row.until_day is None or row.until_day > day


def units_below(root: Unit) -> list[Unit]:
    """Return the open units directly below one, and it, by code."""
    units = db.session.scalars(select(Unit).where((Unit.parent == root) | (Unit.id == root.id)).order_by(Unit.code))
    return [unit for unit in units if is_open(unit, today())]


def proposed(named: Iterable[dict[str, str]], root: Unit) -> list[Owner]:
    """Return the owners that a text names, as far as they are units of this county; the rest stays 待定."""
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
    """Return the posts that a duty's owners come to. Where one is both, leading counts."""
    return _spread(duty, {})


def spreads(duty_list: DutyList) -> dict[Duty, Spread]:
    """Return the same of every row of a list, dropped ones too; whoever owns many of them is looked up once."""
    known: _Known = {}
    return {duty: _spread(duty, known) for duty in duty_list.duties}


def _spread(duty: Duty, known: _Known) -> Spread:
    posts: dict[Post, Part] = {}
    missing: list[str] = []
    for owner in duty.owners:
        whom = (key(owner), *owner.get("except", ()))
        if whom not in known:
            known[whom] = _looked_up(owner, duty.duty_list.unit)
        found, without = known[whom]
        missing += [f"{name}没有可承担的岗位" for name in without]
        for post in found:
            if posts.get(post) is not Part.LEAD:
                posts[post] = Part(owner["part"])
    if Part.LEAD not in posts.values():
        missing.append("还没有牵头责任人")
    return Spread(posts, missing)


def _looked_up(owner: Owner, root: Unit) -> tuple[list[Post], list[str]]:
    """Return an owner's posts and who of it has none: each single unit of a set must be left out in so many words."""
    found = posts_of(owner, root)
    headed = {post.unit for post in found}
    headless = [unit.name for unit in _units_of(owner, root) if unit not in headed]
    return found, headless or ([] if found else [describe(owner)])


def posts_of(owner: Owner, root: Unit) -> list[Post]:
    """Return the open posts that one owner stands for: a unit is its one principal, a set those of its units."""
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
    """Return the posts of a unit's leading team: its 一把手 and its 班子成员."""
    return [post for post in _posts_in([root]) if post.kind in (PostKind.PRINCIPAL, PostKind.MEMBER)]


def _posts_in(units: list[Unit]) -> list[Post]:
    there = select(Post).where(Post.unit_id.in_([u.id for u in units])).options(joinedload(Post.unit))
    found = db.session.scalars(there.order_by(Post.id))
    return [post for post in found if is_open(post, today())]


def candidates(root: Unit) -> list[tuple[str, Owner]]:
    """Return who may own a duty of a 任务分解表 of this unit: sets, units below it, and its own team's posts."""
    below = sorted(units_below(root), key=lambda unit: list(UnitKind).index(unit.kind))
    offered: list[Owner] = [{"set": name, "except": []} for name in SETS]
    offered += [{"unit": unit.code} for unit in below if unit != root]
    offered += [{"post": post.id} for post in team(root)]
    return [(key(owner), owner) for owner in offered]


def key(owner: Owner) -> str:
    """Return a name for an owner that does for a form's field: set-towns, unit-CZJ, post-7."""
    kind = next(kind for kind in ("set", "unit", "post") if kind in owner)
    return f"{kind}-{owner[kind]}"


def exceptable(owner: Owner, root: Unit) -> list[tuple[str, str]]:
    """Return whom a set can leave out: (unit code or post id, name)."""
    if owner["set"] == "team":
        return [(str(post.id), post.name) for post in team(root)]
    return [(unit.code, unit.name) for unit in units_below(root) if unit.kind is _KINDS[owner["set"]]]


def describe(owner: Owner) -> str:
    """Return an owner in words, as the screen shows it."""
    return describe_all([owner])[0]


def describe_all(found: Sequence[Owner]) -> list[str]:
    """Return owners in words; all posts that they name are read together, and all units."""
    meant = [*found, *(one for owner in found for one in _left_out(owner))]
    ids = {owner["post"] for owner in meant if "post" in owner}
    codes = {owner["unit"] for owner in meant if "unit" in owner}
    posts = {post.id: post for post in db.session.scalars(select(Post).where(Post.id.in_(ids)))} if ids else {}
    units = {unit.code: unit for unit in db.session.scalars(select(Unit).where(Unit.code.in_(codes)))} if codes else {}
    names = _told_apart(posts.values())

    def words(owner: Owner) -> str:
        if "unit" in owner:
            return units[owner["unit"]].name if owner["unit"] in units else str(owner["unit"])
        if "post" in owner:
            return names[posts[owner["post"]]] if owner["post"] in posts else ""
        left_out = "、".join(filter(None, map(words, _left_out(owner))))
        return SETS[owner["set"]] + (f"（{left_out}除外）" if left_out else "")

    whose = [f"{posts[owner['post']].unit.name} " if owner.get("post") in posts else "" for owner in found]
    return [unit + words(owner) for unit, owner in zip(whose, found, strict=True)]


def titles(posts: Collection[Post]) -> dict[Post, str]:
    """Name posts with their units; of those of one name in a unit each with its holder."""
    return {post: f"{post.unit.name} {name}" for post, name in _told_apart(posts).items()}


def exception(owner: Owner, key: str) -> str:
    """Return in words whom a set leaves out, by the key that `exceptable` gives it."""
    (left_out,) = _left_out({**owner, "except": [key]})
    if "unit" in left_out:
        return describe(left_out)
    post = db.session.get(Post, left_out["post"])
    return _told_apart([post])[post] if post else ""


def _left_out(owner: Owner) -> list[Owner]:
    """Return whom a set leaves out, as owners."""
    left_out = owner.get("except", ())
    return [{"post": int(key)} if owner["set"] == "team" else {"unit": key} for key in left_out]


def _told_apart(posts: Collection[Post]) -> dict[Post, str]:
    """Name posts; of the two 副县长 of one team each with its holder, or its number while nobody holds it."""
    there = Counter((post.unit_id, post.name) for post in _posts_in([post.unit for post in posts]))
    alike = [post for post in posts if there[post.unit_id, post.name] > 1]
    holders: dict[Post, list[str]] = {post: [] for post in alike}
    held = select(Tenure).where(Tenure.post_id.in_([post.id for post in alike]), *in_force(Tenure, today()))
    for tenure in db.session.scalars(held.order_by(Tenure.id)) if alike else ():
        holders[tenure.post].append(tenure.user.name)
    names = {post: f"（{'、'.join(held_by)}）" if held_by else f"〔{post.id}〕" for post, held_by in holders.items()}
    return {post: post.name + names.get(post, "") for post in posts}
