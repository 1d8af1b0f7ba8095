"""The county with something at every kind of address, and where it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask

from checklist import clock, lists
from checklist.ledger import checkpoints
from checklist.lists import consultation, drafting, editing
from models import Batch, DutyList, Grant, Liaison, Portfolio, Signature, Tenure, Tier, db
from tests import county
from tests.consultations import opinion
from tests.files import attach

Places = dict[str, int | str]


def fill(app: Flask) -> None:
    """Make a list in every state, which takes longer than most tests do."""
    county.lay_key(Path(app.instance_path))
    with clock.use_clock(county.Clock(county.NOW)):
        county.draft("草稿", county.SPEECH)
        submitted = county.draft("待确认", county.SPEECH)
        for duty in list(submitted.duties):
            editing.edit(duty.id, county.decided(duty, []), by=county.actor("chu"))
        meeting = {"meeting": "常务会议", "meeting_no": "〔2026〕2 号", "meeting_day": clock.today()}
        lists.submit(submitted.id, **meeting, by=county.actor("chu"))
        county.draft("放弃", county.SPEECH)
        consulting = county.draft("征求意见", county.SPEECH)
        consultation.consult(consulting.id, clock.today() + timedelta(days=3), by=county.actor("chu"))
        about = {"year": 2026, "title": "意见", "text": county.SPEECH, "tier": Tier.MEMBER}
        drafting.draft(county.unit("QH-GOV").id, name="成员", **about, by=county.actor("chu"))


def laid_out() -> Places:
    """Add what has a file, of which a template keeps none; an id for every kind of address."""
    evidence = attach(county.item("对接会"), county.actor("zhou"))
    signed = county.signed("对接会", "zhou")
    consulting, draft = named("征求意见"), named("草稿")
    return {
        "adopted": county.duty("预算考核").duty_list.id,
        "adopted_duty": county.duty("预算考核").id,
        "consulting": consulting.id,
        "opinion": opinion(consulting, "QH-CZJ").id,
        "item": county.item("预算考核", "zhou").id,
        "signed": signed.id,
        "evidence": evidence.id,
        "batch": first(Batch),
        "draft": draft.id,
        "given_up": named("放弃").id,
        "submitted": named("待确认").id,
        "members": named("成员").id,
        "duty": draft.duties[0].id,
        "unit": county.unit("QH-XS").id,
        "post": county.post_of("chen").id,
        "user": county.user("cai").id,
        "tenure": first(Tenure),
        "liaison": first(Liaison),
        "charge": first(Portfolio),
        "grant": first(Grant),
        "entry": 40,
        "signature": first(Signature),
        "size": checkpoints.take().size,
        "parcel": parcel_of("wei"),
    }


def named(name: str) -> DutyList:
    return db.session.query(DutyList).filter_by(name=name).one()


def parcel_of(login: str) -> str:
    """The token of a bundle that somebody has made."""
    token = "0" * 32
    folder = db.folder / "exports"
    folder.mkdir()
    (folder / f"{county.user(login).id}-{token}").write_bytes(b"")
    return token


def first(kind: type[Batch | Grant | Liaison | Portfolio | Signature | Tenure]) -> int:
    return db.session.query(kind.id).order_by(kind.id).limit(1).scalar() or 0
