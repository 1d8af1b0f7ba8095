"""The demo county: what it promises to show, and that its log is as real as any other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from checklist import clock, demo
from checklist.actor import Actor
from checklist.county import accounts
from checklist.items import cases, progress
from models import (
    Case,
    Duty,
    DutyList,
    Evidence,
    Grant,
    Item,
    ItemState,
    Liaison,
    ListState,
    Logged,
    Post,
    PostKind,
    Reading,
    Review,
    Role,
    Signature,
    Tenure,
    Tier,
    Unit,
    UnitKind,
    User,
    audit_log,
    db,
)
from tests import county
from tests.conftest import ROOT, migrate
from tests.databases import Templates, running

pytestmark = pytest.mark.slow

SEEDS = ROOT.parent / "shared" / "seeds"
LONGEST_SHARED = 30  # the steps of a decision are those of the regulation: their names alone take 26


@pytest.fixture
def filled(app: Flask) -> Flask:
    demo.fill()
    return app


@pytest.fixture
def empty(sqlite: Templates, application: Flask, tmp_path: Path) -> Iterator[Flask]:
    """A demo that has not been filled: what a calendar does to it does not hang on the database."""
    with sqlite.database(sqlite.make("migrated", migrate)) as url, running(application, url, tmp_path / "instance"):
        yield application


def count(kind: type[Logged], *where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(kind).where(*where)) or 0  # type: ignore[arg-type]


def late() -> list[Item]:
    query = select(Item).where(Item.state == ItemState.OPEN, Item.due_on < clock.today())
    return list(db.session.scalars(query))


# One test for all that is looked up: filling takes seconds.
def test_a_visitor_finds_everything_that_was_promised(filled: Flask) -> None:
    check = county.checked()
    assert check.good
    assert check.verdict.origin == "demo.shuangze.example/log"

    assert_the_county_is_whole()
    assert_only_the_printed_accounts_can_log_in()
    assert_every_case_is_there()
    assert_what_people_wrote_is_their_own()
    assert_nobody_is_buried_but_one_bureau_is_far_behind()


def assert_the_county_is_whole() -> None:
    assert count(Unit, Unit.kind == UnitKind.TOWN) >= 3
    assert count(Unit, Unit.kind == UnitKind.DEPARTMENT) >= 8
    assert count(User) >= 30
    assert count(Liaison)
    assert count(Tenure, Tenure.acting)
    posts_held = db.session.scalars(select(func.count()).select_from(Tenure).group_by(Tenure.user_id))
    assert max(posts_held) == 2
    for town in db.session.scalars(select(Unit).where(Unit.kind == UnitKind.TOWN)):
        assert count(Post, Post.unit == town, Post.kind == PostKind.PRINCIPAL, ~Post.is_secretary) == 1
        assert count(Post, Post.unit == town, Post.is_secretary) == 1
    officers = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.LOG_ADMIN)
    held = db.session.scalars(select(Grant.user_id).where(Grant.role.in_(officers))).all()
    assert len(held) == len(set(held)) == len(officers)
    assert {grant.role for grant in db.session.scalars(select(Grant))} == set(Role)


def assert_only_the_printed_accounts_can_log_in() -> None:
    with_password = db.session.scalars(select(User.login).where(User.password_hash.is_not(None))).all()
    assert sorted(with_password) == sorted(account.login for account in demo.ACCOUNTS)
    _, login, password = demo.ACCOUNTS[0]
    assert accounts.log_in(login, password, by=Actor(ip="192.0.2.1"))


def assert_every_case_is_there() -> None:
    items = db.session.scalars(select(Item)).all()
    assert {item.state for item in items} == set(ItemState)
    assert 150 <= len(items) <= 350
    assert any(item.state is ItemState.APPROVED and len(item.signatures) == 2 for item in items)
    assert any(progress.late_entry(item) for item in items)
    assert count(Signature, Signature.withdrawn_at.is_not(None))
    assert count(Reading, Reading.met.is_(True))
    assert count(Reading, Reading.met.is_(False))
    assert count(Review, Review.outside_document != "", Review.reviewer_id.is_(None))
    assert count(DutyList, DutyList.state == ListState.ADOPTED)
    draft = db.session.scalars(select(DutyList).where(DutyList.state == ListState.DRAFT)).one()
    assert {bool(duty.owners) for duty in draft.duties} == {True, False}
    assert count(Duty, Duty.dropped)
    assert count(DutyList, DutyList.state == ListState.SUPERSEDED)
    assert count(DutyList, DutyList.state == ListState.ADOPTED, DutyList.tier == Tier.MEMBER)
    assert count(Signature, Signature.minutes_no != "")
    assert count(Signature, Signature.voided_at.is_not(None))
    done, under_way = db.session.scalars(select(Case).order_by(Case.id))
    assert cases.is_done(done)
    assert {step.item.state for step in under_way.steps} >= {ItemState.OPEN, ItemState.SIGNED, ItemState.APPROVED}
    assert any(duty.guards for duty in db.session.scalars(select(Duty)))


def assert_what_people_wrote_is_their_own() -> None:
    notes = Counter(db.session.scalars(select(Item.note).where(Item.state.not_in((ItemState.OPEN, ItemState.DROPPED)))))
    assert [times for times in notes.values() if times > 1] == [2]  # the pair that a reviewer is to notice
    assert not notes[""]
    numbers = db.session.scalars(select(Evidence.document_no)).all()
    assert len(numbers) == len(set(numbers))


def assert_nobody_is_buried_but_one_bureau_is_far_behind() -> None:
    of_heads = (
        select(func.count()).join(Post).where(Post.kind == PostKind.PRINCIPAL, Item.case == "").group_by(Item.post_id)
    )
    assert max(db.session.scalars(of_heads.select_from(Item))) <= 12
    behind = Counter(item.post.unit.code for item in late())
    most = behind.pop("QH-ZJJ")
    assert most > 2 * max(behind.values())


# The days around which the tale of a year turns; `make long` has the others.
DAYS = ("2026-01-10", "2026-04-30", "2026-12-31")
OTHERS = [pytest.param(day, marks=pytest.mark.long) for day in ("2026-03-01", "2026-05-01", "2026-07-15", "2026-11-23")]


@pytest.mark.parametrize("day", [*DAYS, *OTHERS])
def test_it_is_a_living_county_on_any_day_of_the_year(empty: Flask, monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setattr("checklist.demo.story.ACCOUNTS", ())  # without passwords: hashing them is slow
    now = datetime.combine(datetime.fromisoformat(day), time(0, 5), clock.SHANGHAI).astimezone(UTC)
    with clock.use_clock(lambda: now):
        demo.fill()
        items = db.session.scalars(select(Item)).all()
        assert {item.state for item in items} == set(ItemState)
        still_open = [item.due_on for item in items if item.state is ItemState.OPEN]
        assert min(still_open) < clock.today() < max(still_open)
        # What comes later in the tale, revisions and 责任清单, comes after New Year when spring is told of.
        first = DutyList.version == 1, DutyList.tier == Tier.NONE, DutyList.adopted_on.is_not(None)
        for adopted in db.session.scalars(select(DutyList).where(*first)):
            assert adopted.adopted_on
            assert adopted.adopted_on.year == adopted.year
            assert f"〔{adopted.year}〕" in adopted.meeting_no
        assert_the_clock_kept_working_hours(now)


def assert_the_clock_kept_working_hours(now: datetime) -> None:
    moments = [datetime.fromisoformat(json.loads(line)["ts"]) for line in db.session.scalars(select(audit_log.c.line))]
    assert moments == sorted(moments)
    assert moments[-1] < now
    in_the_county = [moment.astimezone(clock.SHANGHAI) for moment in moments]
    assert {moment.weekday() for moment in in_the_county} == {0, 1, 2, 3, 4}
    assert all(9 <= moment.hour < 18 for moment in in_the_county)


@pytest.mark.skipif(not SEEDS.exists(), reason="the real speech is not beside this repository")
def test_the_made_up_speech_is_in_words_of_its_own() -> None:
    made_up = demo.SPEECH.read_text(encoding="utf-8")
    stretches = {made_up[at : at + LONGEST_SHARED] for at in range(len(made_up) - LONGEST_SHARED + 1)}
    for seed in SEEDS.glob("*.txt"):
        real = seed.read_text(encoding="utf-8")
        assert not [stretch for stretch in stretches if stretch in real]
