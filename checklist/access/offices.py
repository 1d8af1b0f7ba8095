"""The offices that somebody holds today: posts, those prepared as a liaison, and roles granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select

from checklist import clock
from checklist.access.reviewing import in_force, reviewers
from checklist.actor import Actor
from models import Grant, Liaison, Post, Role, Tenure, Unit, User, db


@dataclass(frozen=True)
class Capacity:
    """As what somebody may act: the relation's name, and the post it comes with, if it comes with one."""

    role: str
    post: Post | None = None


@dataclass(frozen=True)
class Standing:
    """What a person is today: the posts held, those prepared as a liaison, and the roles granted."""

    by: Actor
    posts: tuple[Post, ...] = ()
    prepares: tuple[Post, ...] = ()
    grants: tuple[Grant, ...] = ()

    @classmethod
    def of(cls, by: Actor) -> Standing:
        """Read it anew: a disabled account, an ended tenure or a lapsed grant counts from the next act."""
        if by.user is None:
            return cls(by)
        if by.user.disabled_at is not None:
            return cls(Actor())
        day = clock.today()
        return cls(
            by,
            tuple(tenure.post for tenure in held(Tenure, by.user, day)),
            tuple(liaison.post for liaison in held(Liaison, by.user, day)),
            tuple(held(Grant, by.user, day)),
        )

    @cached_property
    def reviewers(self) -> dict[Post, Post | None]:
        """Who reviews whom, read once: a page asks of each of its rows."""
        return reviewers()

    def granted(self, role: Role, unit: Unit | None) -> bool:
        """Return whether the role is held for this unit or one above it; with no unit, for any."""
        scopes = {grant.unit for grant in self.grants if grant.role is role}
        return bool(scopes if unit is None else scopes.intersection(unit.line()))

    def leads(self, unit: Unit) -> Post | None:
        """Return the post as 一把手 or secretary of this unit, or of one above it, that the person holds."""
        line = unit.line()
        return next((post for post in self.posts if post.is_head and post.unit in line), None)


def held(kind: Any, user: User, day: date) -> list[Any]:
    """Return the dated rows of a kind that give somebody something on a day: tenures, grants, a liaison's posts."""
    return list(db.session.scalars(select(kind).where(kind.user_id == user.id, *in_force(kind, day))))


def tenures_of(user: User | None) -> list[Tenure]:
    """Return the tenures by which somebody holds posts today."""
    return held(Tenure, user, clock.today()) if user else []
