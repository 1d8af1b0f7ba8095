"""The offices that somebody holds today: posts, those prepared as a liaison, and roles granted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from checklist import picture
from checklist.actor import Actor
from checklist.picture import Picture
from models import Assignment, Duty, Role, User, db


@dataclass(frozen=True)
class Capacity:
    """As what somebody may act: the relation's name, and the post it comes with, if it comes with one."""

    role: str
    post: picture.Post | None = None


@dataclass(frozen=True)
class Standing:
    """What a person is today: the posts held, those prepared as a liaison, and the roles granted."""

    by: Actor
    county: Picture

    @classmethod
    def of(cls, by: Actor) -> Standing:
        """Return what somebody is now: a closed account, an ended tenure or a lapsed grant counts from the next act."""
        county = picture.current()
        is_closed = by.user is not None and county.people[by.user.id].is_closed
        return cls(Actor() if is_closed else by, county)

    @cached_property
    def posts(self) -> tuple[picture.Post, ...]:
        """The posts that the person holds."""
        return self.county.held_by(self.user_id)

    @cached_property
    def prepares(self) -> tuple[picture.Post, ...]:
        """The posts that the person prepares as a liaison."""
        return tuple(self.county.posts[id] for id in self.county.liaisons.get(self.user_id, ()))

    @cached_property
    def grants(self) -> tuple[tuple[Role, int], ...]:
        """The roles that the person holds, each with the id of the unit for which it is."""
        return tuple(self.county.grants.get(self.user_id, ()))

    @cached_property
    def assigned_lists(self) -> frozenset[int]:
        """The ids of the lists with a duty that falls to a post held or prepared."""
        ids = [post.id for post in self.posts + self.prepares]
        rows = select(Duty.duty_list_id).join(Assignment, Assignment.duty_id == Duty.id)
        return frozenset(db.session.scalars(rows.where(Assignment.post_id.in_(ids), ~Duty.dropped).distinct()))

    @property
    def user_id(self) -> int:
        """The person's id; 0 for nobody and for the console."""
        return self.by.user.id if self.by.user else 0

    def holds(self, post_id: int) -> bool:
        """Return whether the person holds a post."""
        return post_id in self.county.tenures.get(self.user_id, ())

    def granted(self, role: Role, unit_id: int | None) -> bool:
        """Return whether the role is held for this unit or one above it; with no unit, for any."""
        scopes = {scope for held, scope in self.grants if held is role}
        return bool(scopes if unit_id is None else scopes.intersection(self.county.units[unit_id].line))

    def leads(self, unit_id: int) -> picture.Post | None:
        """Return the post as 一把手 or secretary of this unit, or of one above it, that the person holds."""
        line = self.county.units[unit_id].line
        return next((post for post in self.posts if post.is_head and post.unit.id in line), None)


def is_acting(user: User, post_id: int) -> bool:
    """Return whether somebody holds a post as 代理/主持工作 today."""
    return picture.current().tenures.get(user.id, {}).get(post_id, False)
