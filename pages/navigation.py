"""Where somebody can go from here, by what they are today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import request, url_for

from checklist import access, picture
from models import Post, Role


class Me(NamedTuple):
    """The person at the page, for the head of every page."""

    name: str
    post: Post | picture.Post | None
    posts: tuple[picture.Post, ...]


class Link(NamedTuple):
    url: str
    label: str
    current: bool


# A link's endpoint and label, and who gets it.
LINKS: tuple[tuple[str, str, Callable[[access.Standing], Any]], ...] = (
    ("items.mine", "我的清单", lambda s: s.posts or s.prepares),
    ("reviews.queue", "审核", lambda s: access.reviews_somebody(s)),
    ("lists.index", "清单", lambda s: s.posts or s.prepares or _granted(s, Role.CLERK, Role.AUDITOR)),
    ("audit.log", "审计日志", lambda s: _granted(s, Role.AUDITOR, Role.LOG_ADMIN)),
    ("units.index", "单位与岗位", lambda s: _granted(s, Role.SYSTEM_ADMIN)),
    ("holidays.index", "节假日", lambda s: _granted(s, Role.SYSTEM_ADMIN, Role.CLERK)),
    ("people.index", "人员与授权", lambda s: _granted(s, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)),
)


# Rooms within the room of a link.
WITHIN = {
    "cases": "items",
    **dict.fromkeys(("posts", "register"), "units"),
    **dict.fromkeys(("bundles", "checkpoints"), "audit"),
    **dict.fromkeys(("speeches", "imports", "papers", "consultations", "versions", "corrections"), "lists"),
}


def me(standing: access.Standing) -> Me:
    by = standing.by
    return Me(by.user.name if by.user else "", by.post, standing.posts)


def links(standing: access.Standing) -> list[Link]:
    """Return links to the rooms that are of use to this person; the first is their front page."""
    shown = [(endpoint, label) for endpoint, label, fits in LINKS if fits(standing)]
    room = (request.endpoint or "").split(".")[0]
    room = WITHIN.get(room, room)
    found = [Link(url_for(endpoint), label, endpoint.split(".")[0] == room) for endpoint, label in shown]
    return found or [Link(url_for("login.change_password"), "修改密码", room == "login")]


def _granted(standing: access.Standing, *roles: Role) -> bool:
    return any(standing.granted(role, None) for role in roles)
