"""Who acts, from where, and how surely we know it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from checklist import picture
from models import Post, User


@dataclass(frozen=True)
class Auth:
    """The proof of identity asked for anew when signing: by what means, and when."""

    method: str
    at: datetime


@dataclass(frozen=True)
class Actor:
    """A person at a page, a command at a terminal (`console`), or nobody (somebody who failed to log in).

    `post` is the office in which the person is at work now, `session` the public id of the session, `req` is
    shared by all entries of one request, `nonce` identifies the form that was sent.
    """

    user: User | None = None
    post: Post | picture.Post | None = None
    ip: str | None = None
    session: str | None = None
    req: str = field(default_factory=partial(secrets.token_hex, 16))
    auth: Auth | None = None
    nonce: str | None = None
    console: str | None = None
