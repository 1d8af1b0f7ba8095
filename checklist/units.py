"""Units, their posts, and who holds them: the county's own shape, kept by the system administrator."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select

from checklist import access, clock, ledger
from checklist.actor import Actor
from checklist.refusal import Malformed, Refused
from models import Liaison, Portfolio, Post, PostKind, Tenure, Unit, UnitKind, User, db

_CODE = re.compile(r"[A-Z0-9-]{1,32}")


def root() -> Unit | None:
    """The county committee, above all other units."""
    return db.session.scalar(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1))


def names() -> list[str]:
    """The names of all units there ever were, for somebody who looks for one."""
    return list(db.session.scalars(select(Unit.name).order_by(Unit.code)))


def found(code: str, name: str, kind: UnitKind, *, by: Actor, short_name: str, parent: Unit | None = None) -> Unit:
    """Add a unit below `parent`; without one it is the root, of which there is only one."""
    with ledger.act("unit.found", by=by) as act:
        if parent is None and root():
            raise Refused("根单位已经有了，请选择上级单位。", root())
        unit = Unit(code=code, name=name, short_name=short_name, kind=kind, parent=parent, from_day=clock.today())
        act.post = access.require(by, "keep", parent or unit)
        if not _CODE.fullmatch(code):
            raise Malformed("单位代码用 1–32 个大写字母、数字或横线，定了就不能再改。", "code")
        with db.session.no_autoflush:
            if db.session.scalar(select(Unit.id).where(Unit.code == code)):
                raise Malformed("这个单位代码已经用过了，请换一个。", "code")
        db.session.add(unit)
    return unit


def add_post(
    unit_id: int, name: str, kind: PostKind, *, by: Actor, is_secretary: bool = False, reviewer: Post | None = None
) -> Post:
    """Add an office to a unit. A unit has one 一把手 and one secretary, who may be the same post."""
    with ledger.act("post.add", by=by) as act:
        unit = access.load(Unit, unit_id)
        act.post = access.require(by, "keep", unit)
        if not name.strip():
            raise Malformed("请填写岗位名称。", "name")
        others = db.session.scalars(select(Post).where(Post.unit_id == unit.id, Post.until_day.is_(None))).all()
        if kind is PostKind.PRINCIPAL and any(p.kind is kind for p in others):
            raise Refused(f"{unit.name}已经有一把手岗位。", unit)
        if is_secretary and any(p.is_secretary for p in others):
            raise Refused(f"{unit.name}已经有书记岗位。", unit)
        post = Post(unit=unit, name=name.strip(), kind=kind, is_secretary=is_secretary, reviewer=reviewer)
        db.session.add(post)
    return post


def appoint(user_id: int, post_id: int, from_day: date, *, by: Actor, acting: bool = False) -> Tenure:
    """Let somebody hold a post from a day on; a post that is held must be left first."""
    with ledger.act("appoint", by=by) as act:
        user, post = access.load(User, user_id), access.load(Post, post_id)
        act.post = access.require(by, "keep", post.unit)
        running = select(Tenure).where(Tenure.post_id == post.id, Tenure.until_day.is_(None))
        holder = db.session.scalar(running)
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
        if until_day < tenure.from_day:
            raise Malformed("免职日期不能早于任职日期。", "until_day")
        tenure.until_day = until_day
    return tenure


def put_in_charge(post_id: int, unit_id: int, *, by: Actor, field: str = "") -> Portfolio:
    """Put a leader in charge of a unit (分管); its head's items then go to that leader."""
    with ledger.act("put_in_charge", by=by) as act:
        post, charge = access.load(Post, post_id), access.load(Unit, unit_id)
        act.post = access.require(by, "keep", post.unit)
        portfolio = Portfolio(post=post, charge=charge, field=field, from_day=clock.today())
        db.session.add(portfolio)
    return portfolio


def make_liaison(user_id: int, post_id: int, *, by: Actor) -> Liaison:
    """Let somebody prepare a post's notes and completions; signing stays with the post's holder."""
    with ledger.act("make_liaison", by=by) as act:
        user, post = access.load(User, user_id), access.load(Post, post_id)
        act.post = access.require(by, "keep", post.unit)
        liaison = Liaison(user=user, post=post, from_day=clock.today())
        db.session.add(liaison)
    return liaison
