"""Another process that looks on: for each moment told to it, it says who may what then (see test_picture.py)."""

from __future__ import annotations

from multiprocessing.connection import Connection

from app import create_app
from checklist import access, clock, ledger, picture
from checklist.refusal import Refused
from models import db
from tests import county


def seen() -> dict[str, object]:
    """What this process takes to be true."""
    reviewer = picture.current().reviewer(county.post_of("wu").id)
    return {
        "wei": bool(access.may(access.Standing.of(county.actor("wei")), "read_log", county.unit("QH"))),
        "wu": may_tick("wu", "净增企业"),
        "reviewer": reviewer.title if reviewer else None,
    }


def may_tick(login: str, words: str) -> bool:
    """Whether a verb lets somebody report an item; nothing is kept of it."""
    with ledger.rehearsal(by=county.actor(login)):
        try:
            county.ticked(words, login)
        except Refused:
            return False
        return True


def look_on(settings: dict[str, str], asked: Connection) -> None:
    """Say what is seen at each moment that is asked for, until None is."""
    standing = county.Clock(county.NOW)
    with create_app(**settings).app_context(), clock.use_clock(standing):
        while moment := asked.recv():
            standing.at = moment
            asked.send(seen())
            db.session.rollback()
