"""What is no longer so is over everywhere at once: in every process, whichever of them ended it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from checklist import clock
from checklist.county import accounts, units
from models import Grant, db
from tests import county
from tests.forks import FORKS
from tests.onlooker import look_on

Ask = Callable[[], dict[str, Any]]


@pytest.fixture
def ask(app: Flask, qinghe: county.Clock, database_url: str) -> Iterator[Ask]:
    """Ask another process, which has kept its picture of the county since it was asked last."""
    settings = {"database_url": database_url, "secret_key": "t" * 40, "instance": app.instance_path}
    here, there = FORKS.Pipe()
    other = FORKS.Process(target=look_on, args=[settings, there])
    other.start()

    def ask() -> dict[str, Any]:
        db.session.rollback()
        here.send(clock.now())
        return here.recv()  # type: ignore[no-any-return]

    assert ask() == {"wei": True, "wu": True, "reviewer": "县财政局 局长"}
    yield ask
    here.send(None)
    other.join()


def test_a_revoked_role_is_over_in_every_process(ask: Ask) -> None:
    held = db.session.scalars(select(Grant).where(Grant.user == county.user("wei"))).one()
    accounts.revoke(held.id, by=county.console)
    assert not ask()["wei"]


def test_who_has_left_a_post_reports_nothing_in_any_process(ask: Ask) -> None:
    units.end_tenure(county.tenures_of("wu")[0].id, clock.today(), by=county.console)
    assert not ask()["wu"]


def test_who_reviews_changes_in_every_process(ask: Ask) -> None:
    county.abolish("zhou")
    assert ask()["reviewer"] == "清和县人民政府 副县长"


def test_a_tenure_ends_at_midnight_in_the_county_without_anybody_doing_anything(ask: Ask, qinghe: county.Clock) -> None:
    units.end_tenure(county.tenures_of("wu")[0].id, clock.today() + timedelta(days=1), by=county.console)
    qinghe.move(hours=14, minutes=59, seconds=59)  # a second before, in Shanghai
    assert ask()["wu"]
    qinghe.move(seconds=1)
    assert not ask()["wu"]
