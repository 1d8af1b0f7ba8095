"""Whom a duty falls to: from the names in a text, by the clerk's choice, to posts.

While a list is a draft an owner is {"unit": code}, {"post": id} or {"set": name, "except": [unit codes]}, each
with a "part" (lead or support). Adoption spreads them into posts once and for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from checklist import picture
from checklist.picture import Post, Unit
from models import Assignment, Duty, DutyList, Part, PostKind, UnitKind, db
from models import Unit as UnitRow

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


def units_below(root: UnitRow) -> list[Unit]:
    """Return the open units directly below one, and it, by code."""
    county = picture.current()
    units = [county.units[root.id], *county.below.get(root.id, [])]
    return sorted((unit for unit in units if not unit.has_ended), key=lambda unit: unit.code)


def proposed(named: Iterable[dict[str, str]], root: UnitRow) -> list[Owner]:
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


def assigned(duty_list: DutyList) -> dict[Duty, Spread]:
    """Return what the owners of each row of an adopted list came to then, also where a post has ended since."""
    county, found = picture.current(), {duty.id: Spread({}, []) for duty in duty_list.duties}
    rows = select(Assignment).where(Assignment.duty_id.in_(found)).order_by(Assignment.id)
    for row in db.session.scalars(rows):
        found[row.duty_id].posts[county.posts[row.post_id]] = row.part
    return {duty: found[duty.id] for duty in duty_list.duties}


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


def _looked_up(owner: Owner, root: UnitRow) -> tuple[list[Post], list[str]]:
    """Return an owner's posts and who of it has none: each single unit of a set must be left out in so many words."""
    found = posts_of(owner, root)
    headed = {post.unit for post in found}
    headless = [unit.name for unit in _units_of(owner, root) if unit not in headed]
    return found, headless or ([] if found else [describe(owner)])


def posts_of(owner: Owner, root: UnitRow) -> list[Post]:
    """Return the open posts that one owner stands for: a unit is its one principal, a set those of its units."""
    if "post" in owner:
        post = picture.current().posts.get(owner["post"])
        return [post] if post and not post.has_ended else []
    if owner.get("set") == "team":
        return [post for post in team(root) if str(post.id) not in owner["except"]]
    return [post for post in _posts_in(_units_of(owner, root)) if post.kind is PostKind.PRINCIPAL]


def _units_of(owner: Owner, root: UnitRow) -> list[Unit]:
    if "unit" in owner:
        return [u for u in units_below(root) if u.code == owner["unit"]]
    kind = _KINDS.get(owner.get("set", ""))
    return [u for u in units_below(root) if u.kind is kind and u.code not in owner["except"]]


def team(root: UnitRow) -> list[Post]:
    """Return the posts of a unit's leading team: its 一把手 and its 班子成员."""
    return [post for post in _posts_in([root]) if post.kind in (PostKind.PRINCIPAL, PostKind.MEMBER)]


def _posts_in(units: Iterable[Unit | UnitRow]) -> list[Post]:
    county = picture.current()
    found = (post for unit in units for post in county.open_posts.get(unit.id, ()))
    return sorted(found, key=lambda post: post.id)


def candidates(root: UnitRow) -> list[tuple[str, Owner]]:
    """Return who may own a duty of a 任务分解表 of this unit: sets, units below it, and its own team's posts."""
    below = sorted(units_below(root), key=lambda unit: list(UnitKind).index(unit.kind))
    offered: list[Owner] = [{"set": name, "except": []} for name in SETS]
    offered += [{"unit": unit.code} for unit in below if unit.id != root.id]
    offered += [{"post": post.id} for post in team(root)]
    return [(key(owner), owner) for owner in offered]


def key(owner: Owner) -> str:
    """Return a name for an owner that does for a form's field: set-towns, unit-CZJ, post-7."""
    kind = next(kind for kind in ("set", "unit", "post") if kind in owner)
    return f"{kind}-{owner[kind]}"


def exceptable(owner: Owner, root: UnitRow) -> list[tuple[str, str]]:
    """Return whom a set can leave out: (unit code or post id, name)."""
    if owner["set"] == "team":
        return [(str(post.id), post.name) for post in team(root)]
    return [(unit.code, unit.name) for unit in units_below(root) if unit.kind is _KINDS[owner["set"]]]


def describe(owner: Owner) -> str:
    """Return an owner in words, as the screen shows it."""
    post = picture.current().posts.get(owner.get("post", 0))
    return title(post) if post else _words(owner)


def _words(owner: Owner) -> str:
    """Return an owner in words, a post without its unit."""
    county = picture.current()
    if "unit" in owner:
        unit = county.by_code.get(owner["unit"])
        return unit.name if unit else str(owner["unit"])
    if "post" in owner:
        return _told_apart(county.posts[owner["post"]]) if owner["post"] in county.posts else ""
    left_out = "、".join(filter(None, map(_words, _left_out(owner))))
    return SETS[owner["set"]] + (f"（{left_out}除外）" if left_out else "")


def title(post: Post) -> str:
    """Name a post with its unit; one of several of that name in the unit also with its holder."""
    return f"{post.unit.name} {_told_apart(post)}"


def exception(owner: Owner, key: str) -> str:
    """Return in words whom a set leaves out, by the key that `exceptable` gives it."""
    (left_out,) = _left_out({**owner, "except": [key]})
    return _words(left_out)


def _left_out(owner: Owner) -> list[Owner]:
    """Return whom a set leaves out, as owners."""
    left_out = owner.get("except", ())
    return [{"post": int(key)} if owner["set"] == "team" else {"unit": key} for key in left_out]


def _told_apart(post: Post) -> str:
    """Name a post; of the two 副县长 of one team each with its holder, or its number while nobody holds it."""
    county = picture.current()
    alike = [other for other in county.open_posts.get(post.unit.id, ()) if other.name == post.name]
    if len(alike) < 2:
        return post.name
    held_by = "、".join(county.people[id].name for id in sorted(county.holders.get(post.id, ())))
    return post.name + (f"（{held_by}）" if held_by else f"〔{post.id}〕")
