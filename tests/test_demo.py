"""The demo county: what it promises to show, and that its log is as real as any other."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from checklist import clock, demo, replay
from models import Grant as RoleGrant
from models import (
    Item,
    ItemState,
    Liaison,
    Logged,
    PostKind,
    Role,
    Signature,
    Tenure,
    Unit,
    UnitKind,
    User,
    db,
)
from tests.conftest import ROOT

SEEDS = ROOT.parent / "shared" / "seeds"


@pytest.fixture
def filled(app: Flask) -> Flask:
    demo.fill()
    return app


def count(kind: type[Logged], *where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(kind).where(*where)) or 0  # type: ignore[arg-type]


def test_the_county_has_what_a_visitor_wants_to_see(filled: Flask) -> None:
    verdict, differences = replay.verify_log()
    assert verdict.ok
    assert not differences
    assert verdict.origin == "demo.shuangze.example/log"
    assert count(Unit, Unit.kind == UnitKind.TOWN) >= 3
    assert count(Unit, Unit.kind == UnitKind.DEPARTMENT) >= 8
    assert count(User) >= 30
    assert count(Liaison)
    assert count(Tenure, Tenure.acting)
    posts_held = db.session.scalars(select(func.count()).select_from(Tenure).group_by(Tenure.user_id))
    assert max(posts_held) == 2
    for state in ItemState:
        assert count(Item, Item.state == state), state
    assert count(Signature, Signature.withdrawn_at.is_not(None))


def test_the_three_officers_are_three_people(filled: Flask) -> None:
    officers = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.LOG_ADMIN)
    held = db.session.scalars(select(RoleGrant).where(RoleGrant.role.in_(officers))).all()
    assert len({grant.user_id for grant in held}) == len(officers)


def test_only_the_printed_accounts_have_a_password(filled: Flask) -> None:
    with_password = db.session.scalars(select(User.login).where(User.password_hash.is_not(None))).all()
    assert sorted(with_password) == sorted(account.login for account in demo.ACCOUNTS)


def test_one_bureau_is_far_behind(filled: Flask) -> None:
    late = db.session.scalars(select(Item).where(Item.state == ItemState.OPEN, Item.due_on < clock.today())).all()
    of_one = [item for item in late if item.post.unit.code == "QH-ZJJ" and item.post.kind is PostKind.PRINCIPAL]
    assert len(of_one) > len(late) / 3


@pytest.mark.parametrize("day", ["2026-01-02", "2026-02-28", "2026-07-15", "2026-12-31"])
def test_there_is_something_late_and_something_to_come_on_any_day(app: Flask, day: str) -> None:
    now = datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=UTC)
    with clock.told_by(lambda: now):
        demo.fill()
        items = db.session.scalars(select(Item)).all()
        assert {item.state for item in items} == set(ItemState)
        still_open = [item.due_on for item in items if item.state is ItemState.OPEN]
        assert min(still_open) < clock.today() < max(still_open)


@pytest.mark.skipif(not SEEDS.exists(), reason="the real speech is not beside this repository")
def test_no_sentence_of_the_real_speech_is_in_the_made_up_one() -> None:
    real = {sentence for file in SEEDS.glob("*.txt") for sentence in sentences(file)}
    assert not real & sentences(demo.SPEECH)


def sentences(file: Path) -> set[str]:
    found = re.split(r"[。；！\n]", file.read_text(encoding="utf-8"))
    return {sentence.strip() for sentence in found if len(sentence.strip()) > 8}
