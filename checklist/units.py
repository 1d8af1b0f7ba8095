"""Units, their posts, and who holds them: the county's own shape, kept by the system administrator."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from checklist import access, clock, ledger
from checklist.actor import Actor
from checklist.refusal import Malformed, Refused
from models import Dated, Liaison, Portfolio, Post, PostKind, Tenure, Unit, UnitKind, User, db

_CODE = re.compile(r"[A-Z0-9-]{1,32}")


def root() -> Unit | None:
    """The county committee, above all other units."""
    return db.session.scalar(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1))


def names() -> list[str]:
    """The names of all units there ever were, for somebody who looks for one."""
    return list(db.session.scalars(select(Unit.name).order_by(Unit.code)))


# --- units and posts ----------------------------------------------------------------------------------------


def found(code: str, name: str, kind: UnitKind, *, by: Actor, short_name: str, parent: Unit | None = None) -> Unit:
    """Add a unit below `parent`; without one it is the root, of which there is only one."""
    with ledger.act("unit.found", by=by) as act:
        if parent is None and root():
            raise Refused("根单位已经有了，请选择上级单位。", root())
        name, short_name = name.strip(), short_name.strip()
        unit = Unit(code=code, name=name, short_name=short_name, kind=kind, parent=parent, from_day=clock.today())
        act.post = access.require(by, "keep", parent or unit)
        if not _CODE.fullmatch(code):
            raise Malformed("单位代码用 1–32 个大写字母、数字或横线，定了就不能再改。", "code")
        _insist_on("单位名称", name, "name")
        _insist_on("单位简称", short_name, "short_name")
        with db.session.no_autoflush:
            if db.session.scalar(select(Unit.id).where(Unit.code == code)):
                raise Malformed("这个单位代码已经用过了，请换一个。", "code")
        db.session.add(unit)
    return unit


def end_unit(unit_id: int, until_day: date, *, by: Actor) -> Unit:
    """Let a unit end before a day; it is never deleted. Its posts and the units below it end first."""
    with ledger.act("unit.end", by=by) as act:
        unit = access.load(Unit, unit_id)
        act.post = access.require(by, "keep", unit)
        below = db.session.scalar(select(Unit).where(Unit.parent_id == unit.id, Unit.until_day.is_(None)).limit(1))
        post = db.session.scalar(select(Post).where(Post.unit_id == unit.id, Post.until_day.is_(None)).limit(1))
        if below or post:
            first = below.name if below else post.title if post else ""
            raise Refused(f"请先撤销{first}，再撤销{unit.name}。", unit)
        _end(unit, unit.from_day, until_day)
    return unit


def add_post(
    unit_id: int, name: str, kind: PostKind, *, by: Actor, is_secretary: bool = False, reviewer: Post | None = None
) -> Post:
    """Add an office to a unit. A unit has one 一把手 and one secretary, who may be the same post."""
    with ledger.act("post.add", by=by) as act:
        unit = access.load(Unit, unit_id)
        act.post = access.require(by, "keep", unit)
        _insist_on("岗位名称", name, "name")
        others = db.session.scalars(select(Post).where(Post.unit_id == unit.id, Post.until_day.is_(None))).all()
        if kind is PostKind.PRINCIPAL and any(p.kind is kind for p in others):
            raise Refused(f"{unit.name}已经有一把手岗位。", unit)
        if is_secretary and any(p.is_secretary for p in others):
            raise Refused(f"{unit.name}已经有书记岗位。", unit)
        post = Post(unit=unit, name=name.strip(), kind=kind, is_secretary=is_secretary, reviewer=reviewer)
        db.session.add(post)
    return post


def end_post(post_id: int, until_day: date, *, by: Actor) -> Post:
    """Let an office end before a day, once nobody holds it any more."""
    with ledger.act("post.end", by=by) as act:
        post = access.load(Post, post_id)
        act.post = access.require(by, "keep", post.unit)
        holder = _running(Tenure, post, until_day)
        if holder:
            raise Refused(f"{post.title}现由{holder.user.name}担任，请先办理免职。", post)
        _end(post, post.unit.from_day, until_day)
    return post


# --- who holds what -----------------------------------------------------------------------------------------


def appoint(user_id: int, post_id: int, from_day: date, *, by: Actor, acting: bool = False) -> Tenure:
    """Let somebody hold a post from a day on; a post that is held must be left first."""
    with ledger.act("appoint", by=by) as act:
        user, post = access.load(User, user_id), access.load(Post, post_id)
        act.post = access.require(by, "keep", post.unit)
        _insist_on_open(user, post)
        holder = _running(Tenure, post, from_day)
        if holder:
            raise Refused(f"{post.title}现由{holder.user.name}担任，请先办理免职。", post)
        tenure = Tenure(user=user, post=post, from_day=from_day, acting=acting)
        db.session.add(tenure)
    return tenure


def end_tenure(tenure_id: int, until_day: date, *, by: Actor) -> Tenure:
    """End a tenure before a day."""
    with ledger.act("end_tenure", by=by) as act:
        tenure = access.load(Tenure, tenure_id)
        act.post = access.require(by, "keep", tenure.post.unit)
        _end(tenure, tenure.from_day, until_day)
    return tenure


def make_liaison(user_id: int, post_id: int, *, by: Actor) -> Liaison:
    """Let somebody prepare a post's notes and completions; signing stays with the post's holder."""
    with ledger.act("make_liaison", by=by) as act:
        user, post = access.load(User, user_id), access.load(Post, post_id)
        act.post = access.require(by, "keep", post.unit)
        _insist_on_open(user, post)
        if _running(Liaison, post, clock.today(), Liaison.user_id == user.id):
            raise Refused(f"{user.name}已经是{post.title}的联络员。", post)
        liaison = Liaison(user=user, post=post, from_day=clock.today())
        db.session.add(liaison)
    return liaison


def end_liaison(liaison_id: int, *, by: Actor) -> Liaison:
    """End somebody's work as a liaison today."""
    with ledger.act("end_liaison", by=by) as act:
        liaison = access.load(Liaison, liaison_id)
        act.post = access.require(by, "keep", liaison.post.unit)
        _end(liaison, liaison.from_day, clock.today())
    return liaison


def put_in_charge(post_id: int, unit_id: int, *, by: Actor, field: str = "") -> Portfolio:
    """Put a leader in charge of a unit (分管); its head's items then go to that leader."""
    with ledger.act("put_in_charge", by=by) as act:
        post, charge = access.load(Post, post_id), access.load(Unit, unit_id)
        act.post = access.require(by, "keep", post.unit)
        running = select(Portfolio).where(Portfolio.charge_id == charge.id, *_from(Portfolio, clock.today()))
        already = db.session.scalars(running).first()
        if already:
            raise Refused(f"{charge.name}现由{already.post.title}分管，请先解除。", post)
        portfolio = Portfolio(post=post, charge=charge, field=field, from_day=clock.today())
        db.session.add(portfolio)
    return portfolio


def end_charge(portfolio_id: int, *, by: Actor) -> Portfolio:
    """End a leader's charge of a unit today."""
    with ledger.act("end_charge", by=by) as act:
        portfolio = access.load(Portfolio, portfolio_id)
        act.post = access.require(by, "keep", portfolio.post.unit)
        _end(portfolio, portfolio.from_day, clock.today())
    return portfolio


# --- what all of them insist on -----------------------------------------------------------------------------


def _insist_on(what: str, text: str, field: str) -> None:
    if not text.strip():
        raise Malformed(f"请填写{what}。", field)


def _insist_on_open(user: User, post: Post) -> None:
    if user.disabled_at:
        raise Refused(f"{user.name}的账号已停用，请先启用。", user)
    if post.until_day:
        raise Refused(f"{post.title}已撤销。", post)


def _from(kind: type[Dated], day: date) -> tuple[Any, ...]:
    """The conditions for dated rows that hold on a day or later."""
    return (or_(kind.until_day.is_(None), kind.until_day > day),)


def _running(kind: Any, post: Post, day: date, *also: Any) -> Any:
    return db.session.scalars(select(kind).where(kind.post_id == post.id, *_from(kind, day), *also)).first()


def _end(row: Unit | Post | Tenure | Liaison | Portfolio, from_day: date, until_day: date) -> None:
    if row.until_day:
        raise Refused("这一条已经结束，不用再办。", row)
    if until_day < from_day:
        raise Malformed("结束日期不能早于开始日期。", "until_day")
    row.until_day = until_day
