"""Which days are worked: the known years, a file that is loaded, and a year that nobody knows yet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from checklist import ledger
from checklist.items import holidays
from checklist.items.workdays import Calendar
from checklist.refusal import Malformed, NotYours
from models import HolidayYear, db
from tests import county
from tests.conftest import Visit
from tests.entries import entries
from tests.notices import HEAD, NEXT


def days(*told: tuple[int, int, int]) -> list[date]:
    return [date(*day) for day in told]


# --- the known years ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "off", "worked", "notice"),
    [
        (2024, 28, 8, "国办发明电〔2023〕7号"),
        (2025, 28, 5, "国办发明电〔2024〕12号"),
        (2026, 33, 6, "国办发明电〔2025〕7号"),
    ],
)
def test_three_years_come_with_the_application(year: int, off: int, worked: int, notice: str) -> None:
    found = next(n for n in holidays.parse(holidays.OURS.read_bytes()) if n.year == year)
    kinds = [day["kind"] for day in found.days]
    assert (kinds.count("off"), kinds.count("work"), found.number) == (off, worked, notice)


@pytest.mark.usefixtures("qinghe")
def test_a_holiday_is_off_and_the_weekend_in_its_stead_is_worked() -> None:
    known = holidays.calendar()
    assert [known.is_working(day) for day in days((2026, 2, 16), (2026, 2, 14), (2026, 2, 28))] == [False, True, True]
    assert [known.is_working(day) for day in days((2026, 3, 2), (2026, 3, 7))] == [True, False]
    assert known.next_working(date(2026, 2, 15)) == date(2026, 2, 24)
    assert known.next_working(date(2026, 2, 28)) == date(2026, 2, 28)


@pytest.mark.usefixtures("qinghe")
def test_working_days_are_counted_from_the_day_after() -> None:
    known = holidays.calendar()
    assert known.add_working(date(2026, 2, 13), 1) == date(2026, 2, 14)  # a Saturday that is worked
    assert known.add_working(date(2026, 2, 13), 3) == date(2026, 2, 25)  # over the Spring Festival
    assert known.add_working(date(2026, 4, 3), 1) == date(2026, 4, 7)
    assert known.add_working(date(2026, 4, 5), 0) == date(2026, 4, 5)


def test_an_unknown_year_counts_weekdays() -> None:
    unknown = Calendar({}, frozenset())
    assert unknown.next_working(date(2027, 10, 2)) == date(2027, 10, 4)
    assert unknown.unknown(days((2027, 10, 2), (2026, 1, 1), (2027, 1, 1))) == [2026, 2027]


# --- loading ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("qinghe")
def test_a_loaded_year_is_known_and_the_log_says_so() -> None:
    size = ledger.size()
    assert holidays.load(NEXT.encode(), by=county.console).years == [2027]
    (entry,) = entries(size)
    assert (entry["action"], entry["object"]["type"], entry["unit"]) == ("holidays", "holiday_year", "-")
    assert entry["after"]["notice"] == "〔2026〕1 号"
    known = holidays.calendar()
    assert [known.is_working(day) for day in days((2027, 1, 1), (2027, 1, 3))] == [False, True]
    assert known.unknown(days((2027, 5, 1))) == []
    assert county.in_step()


@pytest.mark.usefixtures("qinghe")
def test_the_same_file_twice_changes_nothing_the_second_time() -> None:
    for content in (holidays.OURS.read_bytes(), NEXT.encode()):
        holidays.load(content, by=county.console)
        size = ledger.size()
        assert holidays.load(content, by=county.console) == holidays.Loaded([], 0)
        assert ledger.size() == size


@pytest.mark.usefixtures("qinghe")
def test_a_correction_replaces_its_year_and_moves_what_is_still_to_be_done() -> None:
    item = county.item("对接会", period="2026-Q2")
    signed = county.signed("严禁截留", "zhou")
    assert (item.due_on, signed.due_on) == (date(2026, 6, 30), date(2026, 6, 30))
    corrected = HEAD + "2026-06-30,放假,端午节,〔2026〕9 号\n2026-07-01,放假,端午节,〔2026〕9 号\n"
    size = ledger.size()
    loaded = holidays.load(corrected.encode(), by=county.console)
    assert (item.due_on, signed.due_on) == (date(2026, 7, 2), date(2026, 6, 30))
    moved = [entry for entry in entries(size) if entry["object"]["type"] == "item"]
    assert loaded.items == len(moved) > 0
    assert {entry["action"] for entry in moved} == {"holidays"}
    assert holidays.calendar().is_working(date(2026, 2, 16))  # the correction says nothing of it
    assert county.in_step()


@pytest.mark.usefixtures("qinghe")
def test_new_year_may_begin_in_the_december_before() -> None:
    text = HEAD + "2027-12-31,放假,元旦,〔2027〕1 号\n2028-01-01,放假,元旦,〔2027〕1 号\n"
    assert holidays.load(text.encode("gbk"), by=county.console).years == [2028]
    known = holidays.calendar()
    assert not known.is_working(date(2027, 12, 31))
    assert known.unknown(days((2027, 12, 31), (2028, 1, 1))) == [2027]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "第一行"),
        ("日期,名称\n2027-01-01,元旦\n", "第一行"),
        (HEAD, "第一行"),
        (HEAD + "2027-01-01,休息,元旦,1 号\n", "第 2 行.*休息"),
        (HEAD + "2027-13-01,放假,元旦,1 号\n", "第 2 行.*不是日期"),
        (HEAD + "2027-01-01,放假,元旦\n", "第 2 行.*文号"),
        (HEAD + "2027-01-01,放假,元旦,1 号\n2027-01-01,放假,元旦,1 号\n", "第 3 行.*已经出现"),
        (HEAD + "2027-01-04,上班,元旦,1 号\n", "第 2 行.*调休"),
        (HEAD + "2026-10-01,放假,国庆节,1 号\n2027-01-01,放假,元旦,1 号\n", "不在同一年"),
    ],
)
def test_a_file_that_is_not_understood_names_the_line(text: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        holidays.parse(text.encode())


@pytest.mark.usefixtures("qinghe")
def test_who_does_not_keep_the_system_loads_nothing() -> None:
    with pytest.raises(NotYours):
        holidays.load(NEXT.encode(), by=county.actor("chu"))
    assert db.session.query(HolidayYear).count() == 0
    holidays.load(NEXT.encode(), by=county.actor("shen"))
    assert db.session.query(HolidayYear).count() == 1


def test_the_command_says_what_it_has_done(app: Flask, qinghe: county.Clock, tmp_path: Path) -> None:
    file, run = tmp_path / "2027.csv", app.test_cli_runner()
    file.write_text(NEXT, encoding="utf-8")
    assert "已录入 2027 年的节假日安排" in run.invoke(args=["holidays", "load", str(file)]).output
    assert "没有变化" in run.invoke(args=["holidays", "load", str(file)]).output
    file.write_text("随便", encoding="utf-8")
    wrong = run.invoke(args=["holidays", "load", str(file)])
    assert (wrong.exit_code, "第一行" in wrong.output) == (1, True)


# --- on the screen ------------------------------------------------------------------------------------------


def test_the_page_shows_each_years_days_and_what_is_missing(visit: Visit) -> None:
    page = visit("chu").get("/holidays/").text
    for words in ("国办发明电〔2025〕7号", "2026-02-15（周日）至 2026-02-23（周一）", "2026-02-14（周六）", "2027 年"):
        assert words in page


def test_whoever_has_items_in_an_unknown_year_is_told_once(visit: Visit) -> None:
    client, item = visit("zhou"), county.item("对接会", period="2026-Q4")
    assert "还没有录入" not in client.get("/items/").text
    holidays.load(f"{HEAD}2026-12-31,放假,元旦,〔2026〕9 号\n".encode(), by=county.console)
    assert item.due_on == date(2027, 1, 1), "a Friday, in a year of which only weekdays are known"
    for page in ("/items/", f"/items/{item.id}"):
        shown = client.get(page).text
        assert shown.count("2027 年的节假日安排还没有录入") == 1
        assert "原定 12 月 31 日，逢节假日顺延到次年" in shown
