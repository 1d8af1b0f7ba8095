"""The rows for units and posts: told apart, put in an order in which they can come, and brought in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from checklist.county import units
from checklist.county.register.incoming import Incoming
from checklist.county.register.names import Titles, alike, as_code, unmarked
from checklist.county.register.rows import UNITS_PAGE, Row
from checklist.county.register.shapes import NO, YES, Line
from models import Post, PostKind, Unit, UnitKind, Word

Place = TypeVar("Place", Unit, Post)
Kind = TypeVar("Kind", bound=Word)


# --- units --------------------------------------------------------------------------------------------------


def bring_units(coming: Incoming, lines: Sequence[Line]) -> list[Row]:
    """Bring units in; a parent may stand below its children, or in another file."""
    rows = list(map(Row, lines))
    new, known, seen = dict[Unit, Row](), list[tuple[Unit, Row]](), dict[Unit, str]()
    for row in rows:
        code, name = as_code(row.line.text("code")), row.line.text("name")
        same = coming.with_code(code) if code else coming.with_name(name)
        if same in seen:
            row.blame("code", f"与 {seen[same]} 是同一个单位，请删去一行")
            continue
        unit = same or _await_unit(coming, row, code, name)
        seen[unit] = row.line.at("code")
        if same:
            known.append((unit, row))
        else:
            new[unit] = row
    for unit, row in known:
        _compare_unit(coming, row, unit)
    parents = {
        unit: row.find("parent", coming.unit) or coming.top if row.line.text("parent") else None
        for unit, row in new.items()
    }
    order, stuck = _in_order({unit: [parent] for unit, parent in parents.items()})
    for unit in order:
        _add_unit(coming, new[unit], unit, coming.now(parents[unit]))
    for unit in stuck:
        new[unit].blame("parent", "上级单位绕成了一个圈，请核对")
        _add_unit(coming, new[unit], unit, coming.top)
    return rows


def _await_unit(coming: Incoming, row: Row, code: str, name: str) -> Unit:
    if name and (twin := coming.with_name(name)):
        same = f"叫“{twin.name}”的单位已经有了（代码 {twin.code}）"
        row.blame("name", f"{same}，同一个单位请写这个代码，另一个请换名称")
    kind = _of(UnitKind, row.choice("kind") if row.line.text("kind") else row.need("kind"))
    unit = Unit(code=code, name=name, short_name=row.line.text("short_name"), kind=kind or UnitKind.DEPARTMENT)
    coming.add_unit(unit)
    return unit


def _add_unit(coming: Incoming, row: Row, unit: Unit, parent: Unit | None) -> None:
    told = {key: getattr(unit, key) for key in ("code", "name", "short_name", "kind")}
    harmless = {"code": f"ROW-{len(coming.at)}", "name": "单位", "short_name": "单位", "parent": coming.top}
    made = coming.bring(row, "code", units.add_unit, {**told, "parent": parent}, harmless)
    coming.come(unit, made)
    coming.top = coming.top or made


def _compare_unit(coming: Incoming, row: Row, unit: Unit) -> None:
    kind = row.choice("kind")
    for key, there in (("name", unit.name), ("short_name", unit.short_name)):
        if alike(row.line.text(key)) not in ("", alike(there)):
            row.differs(key, there, UNITS_PAGE)
    if kind and kind != unit.kind.label:
        row.differs("kind", unit.kind.label, UNITS_PAGE)
    if row.line.text("parent"):
        parent = row.find("parent", coming.unit)
        if parent and parent is not unit.parent:
            row.differs("parent", unit.parent.name if unit.parent else "没有", UNITS_PAGE)


# --- posts --------------------------------------------------------------------------------------------------


def bring_posts(coming: Incoming, lines: Sequence[Line]) -> list[Row]:
    """Bring posts in; a reviewing post may come later."""
    rows = list(map(Row, lines))
    new, known, seen = dict[Post, Row](), list[tuple[Post, Row]](), dict[Post, str]()
    for row in rows:
        post = _told_post(coming, row)
        if post in seen:
            again = f"“{post.name}〔1〕”“{post.name}〔2〕”"
            row.blame("name", f"与 {seen[post]} 是同一个岗位。同名的岗位请写成{again}")
        elif post:
            seen[post] = row.line.at("name")
            if post.id:
                known.append((post, row))
            else:
                new[post] = row
    titles = Titles(coming.posts)
    for post, row in known:
        _compare_post(coming, row, post, titles)
    reviewers = {post: _reviewer(coming, row, post, titles) for post, row in new.items()}
    before = {post: _twins(coming, post).get(coming.posts[post] - 1) for post in new}
    order, stuck = _in_order({post: [reviewers[post], before[post]] for post in new})
    for post in order:
        _add_post(coming, new[post], post, coming.now(reviewers[post]))
    for post in stuck:
        if reviewers[post] in stuck:
            how = "几个岗位互相审核，或者由编号在后的同名岗位审核"
            new[post].blame("reviewer", f"{how}，没有哪个能先设立，请至少让其中一个空着")
        _add_post(coming, new[post], post, None)
    return rows


def _told_post(coming: Incoming, row: Row) -> Post | None:
    """Return the post that a row means; one that is not there yet joins the register, to be awaited."""
    unit, label = coming.unit_of(row), row.need("name")
    kind, secretary = row.choice("kind"), row.choice("is_secretary")
    if not (unit and label):
        return None
    name, n = unmarked(label)
    twins = coming.twins(unit, name)
    if n is None and len([twin for twin in twins.values() if twin.id]) > 1:
        row.blame("name", f"{unit.name}有几个“{name}”，请写明是哪一个，例如“{name}〔1〕”")
        return None
    if (n or 1) not in twins:
        post = Post(unit=unit, name=name, kind=_of(PostKind, kind) or PostKind.STAFF, is_secretary=secretary == YES)
        coming.add_post(post, n or 1)
    return coming.twins(unit, name)[n or 1]


def _twins(coming: Incoming, post: Post) -> dict[int, Post]:
    return coming.twins(post.unit, post.name)


def _reviewer(coming: Incoming, row: Row, post: Post, titles: Titles) -> Post | None:
    if not row.line.text("reviewer"):
        return None
    reviewer = row.find("reviewer", lambda text: titles.find(text, post.unit))
    if reviewer is post:
        row.blame("reviewer", "岗位不能由自己审核，请另填一个，或者空着")
        return None
    return reviewer


def _compare_post(coming: Incoming, row: Row, post: Post, titles: Titles) -> None:
    kind, secretary, reviewer = row.choice("kind"), row.choice("is_secretary"), _reviewer(coming, row, post, titles)
    if kind and kind != post.kind.label:
        row.differs("kind", post.kind.label, UNITS_PAGE)
    if secretary and (secretary == YES) != post.is_secretary:
        row.differs("is_secretary", YES if post.is_secretary else NO, UNITS_PAGE)
    if reviewer and reviewer is not post.reviewer:
        row.differs("reviewer", post.reviewer.title if post.reviewer else "按上下级关系确定", UNITS_PAGE)


def _add_post(coming: Incoming, row: Row, post: Post, reviewer: Post | None) -> None:
    row.need("kind")
    if missing := set(range(1, coming.posts[post])) - _twins(coming, post).keys():
        row.blame("name", f"没有“{post.name}〔{min(missing)}〕”，同名的岗位请从〔1〕起连着编号")
    told = {key: getattr(post, key) for key in ("name", "kind", "is_secretary")}
    told |= {"unit_id": post.unit.id, "reviewer": reviewer}
    harmless = {"name": "岗位", "kind": PostKind.STAFF, "is_secretary": False, "reviewer": None}
    coming.come(post, coming.bring(row, "name", units.add_post, told, harmless))


def _in_order(awaits: Mapping[Place, Sequence[Place | None]]) -> tuple[list[Place], list[Place]]:
    """Return what is new, each behind those that it awaits, and apart from them those that await each other."""
    sorter = TopologicalSorter(
        {row: [other for other in others if other and other in awaits] for row, others in awaits.items()}
    )
    with suppress(CycleError):  # what is in no circle still comes out
        sorter.prepare()
    order: list[Place] = []
    while ready := sorter.get_ready():
        order += ready
        sorter.done(*ready)
    placed = set(order)
    return order, [row for row in awaits if row not in placed]


def _of(kind: type[Kind], label: str | None) -> Kind | None:
    return next((word for word in kind if word.label == label), None)
