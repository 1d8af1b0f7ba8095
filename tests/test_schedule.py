"""When a duty falls due, and the light that a day shows."""

from __future__ import annotations

from datetime import date

import pytest

from checklist.items import schedule
from checklist.items.workdays import Calendar
from models import Cadence, DayKind, Duty, DutyList

WHOLE_YEAR = range(date(2028, 1, 1).toordinal(), date(2029, 1, 1).toordinal())
NODES = ["2028-12-15", "2028-06-30"]
# Every weekend of 2028 is worked, so that a due day stays where it is set.
EVERY_DAY = Calendar({date.fromordinal(n): DayKind.WORK for n in WHOLE_YEAR}, frozenset({2028}))


def periods(cadence: Cadence, since: str = "2028-01-01", due_on: date | None = None) -> list[tuple[str, str]]:
    duty = Duty(cadence=cadence, due_on=due_on, duty_list=DutyList(year=2028, nodes=NODES))
    found = schedule.periods(duty, date.fromisoformat(since), EVERY_DAY)
    return [(p.name, p.due_on.isoformat()) for p in found]


def test_every_month_ends_on_its_last_day_in_a_leap_year_too() -> None:
    found = periods(Cadence.MONTHLY)
    assert len(found) == 12
    assert found[1] == ("2028-02", "2028-02-29")
    assert found[-1] == ("2028-12", "2028-12-31")


def test_quarters_halves_and_the_year_end_with_their_last_month() -> None:
    assert periods(Cadence.QUARTERLY)[0] == ("2028-Q1", "2028-03-31")
    assert periods(Cadence.HALF_YEARLY) == [("2028-H1", "2028-06-30"), ("2028-H2", "2028-12-31")]
    assert periods(Cadence.YEARLY) == [("2028", "2028-12-31")]


@pytest.mark.parametrize("cadence", [Cadence.ONGOING, Cadence.PER_EVENT])
def test_what_goes_on_falls_due_on_the_lists_nodes(cadence: Cadence) -> None:
    assert periods(cadence) == [("2028-06-30", "2028-06-30"), ("2028-12-15", "2028-12-15")]


def test_what_is_done_once_falls_due_on_its_day_or_else_the_last_node() -> None:
    assert periods(Cadence.ONCE, due_on=date(2028, 9, 30)) == [("2028", "2028-09-30")]
    assert periods(Cadence.ONCE) == [("2028", "2028-12-15")]
    assert periods(Cadence.YEARLY, due_on=date(2028, 11, 1)) == [("2028", "2028-11-01")]


def test_a_list_adopted_in_mid_year_makes_nothing_that_is_past() -> None:
    assert periods(Cadence.QUARTERLY, since="2028-06-30") == [
        ("2028-Q2", "2028-06-30"),
        ("2028-Q3", "2028-09-30"),
        ("2028-Q4", "2028-12-31"),
    ]
    assert periods(Cadence.ONGOING, since="2028-07-01") == [("2028-12-15", "2028-12-15")]


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2028", "2028 年"),
        ("2028-H1", "2028 年上半年"),
        ("2028-Q3", "2028 年三季度"),
        ("2028-03", "2028 年 3 月"),
        ("2028-12-15", "2028 年 12 月 15 日报送"),
    ],
)
def test_a_period_is_said_as_people_say_it(period: str, words: str) -> None:
    assert schedule.words(period) == words


@pytest.mark.parametrize(
    ("days", "colour", "words"),
    [(-1, "late", "逾期 1 天"), (0, "soon", "今天到期"), (7, "soon", "7 天内到期"), (8, "later", "未到期")],
)
def test_a_light_turns_a_week_before_the_day_and_the_day_after(days: int, colour: str, words: str) -> None:
    today = date(2028, 3, 1)
    light = schedule.light(date.fromordinal(today.toordinal() + days), today)
    assert (light.kind, light.words) == (colour, words)
