"""Units, their posts, and who holds them: the county's own shape, kept by the system administrator."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import joinedload

from checklist import access, clock, ledger, picture
from checklist.actor import Actor
from checklist.refusal import Malformed, Refused, insist_on, length
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

DEEPEST = 10  # levels of units
_CODE = re.compile(r"[A-Z0-9-]{1,32}")


# --- reading ------------------------------------------------------------------------------------------------


def names() -> list[str]:
    """Return the names of all units there ever were, for somebody who looks for one."""
    return list(db.session.scalars(select(Unit.name).order_by(Unit.code)))


def is_open(row: Unit | Post) -> bool:
    """Return whether a unit or a post has not ended by today."""
    return row.until_day is None or row.until_day > clock.today()


@dataclass(frozen=True)
class Office:
    """A post with its reviewing post, and what has not ended of it: running now, or from a coming day on."""

    post: Post
    reviewer: picture.Post | None
    tenures: list[Tenure]
    liaisons: list[Liaison]
    charges: list[Portfolio]


def offices(*wanted: ColumnElement[bool]) -> list[Office]:
    """Return the posts that there ever were, or those that meet conditions, in the order in which they were added."""
    county, found = picture.current(), select(Post).where(*wanted)
    posts = list(db.session.scalars(found.options(joinedload(Post.unit)).order_by(Post.id)))
    kinds = ((Tenure, Tenure.user), (Liaison, Liaison.user), (Portfolio, Portfolio.charge))
    tenures, liaisons, charges = (_lasting_by_post(kind, shown, wanted) for kind, shown in kinds)
    return [
        Office(post, county.reviewer(post.id), tenures[post.id], liaisons[post.id], charges[post.id]) for post in posts
    ]


def _lasting_by_post(kind: Any, shown: Any, wanted: Iterable[ColumnElement[bool]]) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = defaultdict(list)
    query = lasting(kind, clock.today()).join(kind.post).where(*wanted).options(joinedload(shown))
    for row in db.session.scalars(query.order_by(kind.from_day, kind.id)):
        rows[row.post_id].append(row)
    return rows


def open_units() -> list[Unit]:
    """Return the units that take posts and lower units: those without a last day."""
    return list(db.session.scalars(select(Unit).where(Unit.until_day.is_(None)).order_by(Unit.code)))


# --- units and posts ----------------------------------------------------------------------------------------


def add_unit(code: str, name: str, kind: UnitKind, *, by: Actor, short_name: str, parent: Unit | None = None) -> Unit:
    """Add a unit below `parent`; without one it is the root, of which there is only one."""
    with ledger.act("unit.found", by=by) as act:
        name, short_name = name.strip(), short_name.strip()
        unit = Unit(code=code, name=name, short_name=short_name, kind=kind, parent=parent, from_day=clock.today())
        act.post = access.require(by, "keep", parent or unit)
        insist_on("单位代码", code, "code")
        if not _CODE.fullmatch(code):
            raise Malformed("单位代码用 1–32 个大写字母、数字或横线，定了就不能再改。", "code")
        insist_on("单位名称", name, "name", most=length(Unit.name))
        insist_on("单位简称", short_name, "short_name", most=length(Unit.short_name))
        if used := db.session.scalar(select(Unit).where(Unit.code == code)):
            state = "已经撤销的" if used.until_day else ""
            raise Malformed(f"这个单位代码已经用过了，它是{state}“{used.name}”的代码，请换一个。", "code")
        if parent:
            _refuse_ended(parent, "parent")
            if len(parent.line()) == DEEPEST:
                raise Malformed(f"上下级超过 {DEEPEST} 层，请核对上级单位。", "parent")
        elif top := access.root():
            raise Refused(f"根单位已经有了，那是“{top.name}”（代码 {top.code}），请选择上级单位。", top, "parent")
        db.session.add(unit)
    return unit


def end_unit(unit_id: int, until_day: date, *, by: Actor) -> Unit:
    """Let a unit end before a day; it is never deleted. Its posts and the units below it end first."""
    with ledger.act_on("unit.end", Unit, unit_id, by=by, needs="keep") as unit:
        if unit.parent is None:
            raise Refused("根单位不能撤销。", unit)
        first = _first(Unit, until_day, parent_id=unit.id) or _first(Post, until_day, unit_id=unit.id)
        if first:
            raise Refused(f"请先撤销{first.name}，再撤销{unit.name}。", unit)
        _end(unit, unit.from_day, until_day)
        _end_along(Portfolio, until_day, charge_id=unit.id)
    return unit


def add_post(
    unit_id: int, name: str, kind: PostKind, *, by: Actor, is_secretary: bool = False, reviewer: Post | None = None
) -> Post:
    """Add an office to a unit. A unit has one 一把手 and one secretary, who may be the same post."""
    with ledger.act_on("post.add", Unit, unit_id, by=by, needs="keep") as unit:
        name = name.strip()
        insist_on("岗位名称", name, "name", most=length(Post.name))
        _refuse_ended(unit, "unit")
        if reviewer:
            _refuse_ended(reviewer, "reviewer")
        of_unit = lasting(Post, clock.today(), unit_id=unit.id)
        if kind is PostKind.PRINCIPAL and (head := db.session.scalar(of_unit.where(Post.kind == kind))):
            raise Refused(f"{unit.name}已经有一把手岗位“{head.name}”，只能有一个。", unit, "kind")
        if is_secretary and (secretary := db.session.scalar(of_unit.where(Post.is_secretary))):
            raise Refused(f"{unit.name}已经有书记岗位“{secretary.name}”，只能有一个。", unit, "is_secretary")
        post = Post(unit=unit, name=name, kind=kind, is_secretary=is_secretary, reviewer=reviewer)
        db.session.add(post)
    return post


def end_post(post_id: int, until_day: date, *, by: Actor) -> Post:
    """Let an office end before a day, once nobody holds it any more; its liaisons and charges end with it."""
    with ledger.act_on("post.end", Post, post_id, by=by, needs="keep", of=lambda post: post.unit) as post:
        if holding := _first(Tenure, until_day, post_id=post.id):
            raise Refused(f"{post.title}由{holding.user.name}担任，请先办理免职。", post)
        _end(post, post.unit.from_day, until_day)
        _end_along(Liaison, until_day, post_id=post.id)
        _end_along(Portfolio, until_day, post_id=post.id)
    return post


# --- who holds what -----------------------------------------------------------------------------------------


def appoint(user_id: int, post_id: int, from_day: date, *, by: Actor, acting: bool = False) -> Tenure:
    """Let somebody hold a post from a day on; a post that is held must be left first.

    None of the three officers (三员) holds a post: who keeps the system neither signs nor reviews in it.
    """
    with ledger.act_on("appoint", Post, post_id, by=by, needs="keep", of=lambda post: post.unit) as post:
        user = access.load(User, user_id)
        _refuse_ended(post, "post")
        _refuse_disabled(user)
        office = db.session.scalar(lasting(Grant, from_day, user_id=user.id).where(Grant.role.in_(THREE_OFFICERS)))
        if office:
            raise Refused(f"{user.name}是{office.role.label}，不签认也不审核，不能任职。请另选一人。", user, "user")
        if holding := _first(Tenure, from_day, post_id=post.id):
            name, until_day = holding.user.name, holding.until_day
            if until_day:
                words = f"{post.title}到 {until_day} 前由{name}担任，起始日期不能早于这一天。"
                raise Refused(words, post, "from_day")
            raise Refused(f"{post.title}自 {holding.from_day} 由{name}担任，请先办理免职。", post, "post")
        tenure = Tenure(user=user, post=post, from_day=from_day, acting=acting)
        db.session.add(tenure)
    return tenure


def end_tenure(tenure_id: int, until_day: date, *, by: Actor) -> Tenure:
    """End a tenure before a day; before its own first day, to call it off."""
    with ledger.act_on(
        "end_tenure", Tenure, tenure_id, by=by, needs="keep", of=lambda tenure: tenure.post.unit
    ) as tenure:
        _end(tenure, tenure.from_day, until_day)
    return tenure


def make_liaison(user_id: int, post_id: int, *, by: Actor, from_day: date | None = None) -> Liaison:
    """Let somebody prepare a post's notes and completions, from today or another day on; the holder alone signs."""
    with ledger.act_on("make_liaison", Post, post_id, by=by, needs="keep", of=lambda post: post.unit) as post:
        user = access.load(User, user_id)
        _refuse_ended(post, "post")
        _refuse_disabled(user)
        if _first(Liaison, clock.today(), post_id=post.id, user_id=user.id):
            raise Refused(f"{user.name}已经是{post.title}的联络员。", post, "user")
        liaison = Liaison(user=user, post=post, from_day=from_day or clock.today())
        db.session.add(liaison)
    return liaison


def end_liaison(liaison_id: int, *, by: Actor) -> Liaison:
    """End somebody's work as a liaison today."""
    with ledger.act_on(
        "end_liaison", Liaison, liaison_id, by=by, needs="keep", of=lambda liaison: liaison.post.unit
    ) as liaison:
        _end(liaison, liaison.from_day, clock.today())
    return liaison


def put_in_charge(post_id: int, unit_id: int, *, by: Actor, field: str = "") -> Portfolio:
    """Put a leader in charge of a unit below his own (分管); its head's items then go to that leader."""
    with ledger.act_on("put_in_charge", Post, post_id, by=by, needs="keep", of=lambda post: post.unit) as post:
        charge = access.load(Unit, unit_id)
        field = field.strip()
        if field:
            insist_on("分管领域", field, "field", most=length(Portfolio.field))
        _refuse_ended(post, "post")
        _refuse_ended(charge, "charge")
        if post.unit not in charge.line()[1:]:
            raise Refused(f"{charge.name}不在{post.unit.name}之下，不能由{post.title}分管。", post, "charge")
        already = _first(Portfolio, clock.today(), charge_id=charge.id)
        if already:
            raise Refused(f"{charge.name}现由{already.post.title}分管，请先解除。", post, "charge")
        portfolio = Portfolio(post=post, charge=charge, field=field, from_day=clock.today())
        db.session.add(portfolio)
    return portfolio


def end_charge(portfolio_id: int, *, by: Actor) -> Portfolio:
    """End a leader's charge of a unit today."""
    with ledger.act_on(
        "end_charge", Portfolio, portfolio_id, by=by, needs="keep", of=lambda portfolio: portfolio.post.unit
    ) as portfolio:
        _end(portfolio, portfolio.from_day, clock.today())
    return portfolio


# --- what has ended, and what has not -----------------------------------------------------------------------


def lasting(kind: Any, day: date, **of: int) -> Select[Any]:
    """Select the rows that have not ended on a day, also those that begin later; none that was called off before it began."""
    began = kind.until_day > kind.from_day if issubclass(kind, Dated) else true()
    return select(kind).filter_by(**of).where(or_(kind.until_day.is_(None), and_(kind.until_day > day, began)))


def _first(kind: Any, day: date, **of: int) -> Any:
    return db.session.scalars(lasting(kind, day, **of)).first()


def _refuse_disabled(user: User) -> None:
    if user.disabled_at:
        raise Refused(f"{user.name}的账号已停用，请先启用。", user, "user")


def _refuse_ended(place: Unit | Post, field: str) -> None:
    if place.until_day:
        raise Refused(f"{place.name}自 {place.until_day} 起撤销，不能再用。", place, field)


def _end(row: Unit | Post | Tenure | Liaison | Portfolio, from_day: date, until_day: date) -> None:
    """Set the day before which a row ends; a day that is still to come may be brought forward."""
    if row.until_day and row.until_day <= max(until_day, clock.today()):
        raise Refused(f"已定于 {row.until_day} 结束，结束以前可以提前，不能推后。", row)
    if until_day < from_day:
        raise Malformed("结束日期不能早于开始日期。", "until_day")
    row.until_day = until_day


def _end_along(kind: Any, until_day: date, **of: int) -> None:
    """End with a row what hangs on it."""
    for row in db.session.scalars(lasting(kind, until_day, **of)):
        row.until_day = max(until_day, row.from_day)
