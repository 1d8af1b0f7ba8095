"""意见反馈: what people say of a page, kept for whoever runs the system."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from checklist import clock, ledger
from checklist.actor import Actor
from checklist.refusal import Malformed
from models import Feedback, db


def write(text: str, page: str, *, by: Actor) -> Feedback:
    """Keep somebody's words about a page."""
    with ledger.act("feedback", by=by):
        if not text.strip():
            raise Malformed("请写下您的意见再提交。", "text")
        written = Feedback(user=by.user, page=page[:200], text=text, written_at=clock.now())
        db.session.add(written)
    return written


def newest(limit: int = 50) -> list[Feedback]:
    """The latest words, for the system administrator."""
    return list(
        db.session.scalars(
            select(Feedback).options(joinedload(Feedback.user)).order_by(Feedback.id.desc()).limit(limit)
        )
    )
