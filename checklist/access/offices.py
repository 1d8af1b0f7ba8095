"""The offices that somebody holds today: posts, those prepared as a liaison, and roles granted."""

from __future__ import annotations

from dataclasses import dataclass
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

    @classmethod
    def of(cls, by: Actor) -> Standing:
        """Read it anew: a disabled account, an ended tenure or a lapsed grant counts from the next act."""
        return cls(Actor() if by.user and by.user.disabled_at else by)

    # Each is read when it is asked for: most rules need but one of them.

    @cached_property
    def posts(self) -> tuple[Post, ...]:
        return tuple(tenure.post for tenure in tenures_of(self.by.user))

    @cached_property
    def prepares(self) -> tuple[Post, ...]:
        return tuple(liaison.post for liaison in _held(Liaison, self.by.user))

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        return tuple(_held(Grant, self.by.user))

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


def _held(kind: Any, user: User | None) -> list[Any]:
    """Return the dated rows of a kind that give somebody something today: tenures, grants, a liaison's posts."""
    if user is None:
        return []
    return list(db.session.scalars(select(kind).where(kind.user_id == user.id, *in_force(kind, clock.today()))))


def tenures_of(user: User | None) -> list[Tenure]:
    """Return the tenures by which somebody holds posts today."""
    return _held(Tenure, user)
