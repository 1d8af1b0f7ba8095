"""Who reviews whom, by the tree of units, the portfolios and the tenures of a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from checklist import clock
from models import Dated, Portfolio, Post, PostKind, Tenure, db


def in_force(kind: type[Dated], day: date) -> tuple[Any, ...]:
    """Return the conditions of a query for the dated rows that hold on a day."""
    return kind.from_day <= day, or_(kind.until_day.is_(None), kind.until_day > day)


def reviewers() -> dict[Post, Post | None]:
    """Map each post to its reviewing post; None where the superior is outside the system.

    A member's items go to the secretary of his unit. A secretary's and a 一把手's go up: to the leader in charge
    of the unit, else to the parent unit's secretary. A post may name another. Where the holder of a post is also
    the holder of its reviewing post, the next one up reviews: nobody reviews himself.
    """
    day = clock.today()
    posts = db.session.scalars(select(Post).options(joinedload(Post.unit))).all()
    ended = {p for p in posts if p.until_day and p.until_day <= day}
    secretaries = {p.unit: p for p in posts if p.is_secretary and p not in ended}
    portfolios = db.session.scalars(select(Portfolio).where(*in_force(Portfolio, day))).all()
    in_charge = {p.charge: p.post for p in portfolios if p.charge}
    holders: dict[int, set[int]] = {}
    for tenure in db.session.scalars(select(Tenure).where(*in_force(Tenure, day))):
        holders.setdefault(tenure.post_id, set()).add(tenure.user_id)

    def next_up(post: Post) -> Post | None:
        if post.reviewer and post.reviewer not in ended:
            return post.reviewer
        unit = post.unit
        secretary = secretaries.get(unit)
        if secretary and secretary is not post and post.kind is not PostKind.PRINCIPAL:
            return secretary
        charge = in_charge.get(unit)
        return charge if charge and charge is not post else secretaries.get(unit.parent) if unit.parent else None

    def reviewer_of(post: Post) -> Post | None:
        own, candidate, passed = holders.get(post.id, set()), next_up(post), {post}
        while candidate and (candidate in passed or own & holders.get(candidate.id, set())):
            if candidate in passed:
                return None
            passed.add(candidate)
            candidate = next_up(candidate)
        return candidate

    return {post: reviewer_of(post) for post in posts}
