"""A year's life: due days that move on, and what an adoption or an appointment in the middle of it makes."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from checklist import lists
from checklist.county import units
from checklist.items import holidays, progress, schedule, signoff
from models import Cadence, Duty, DutyList, Item, ItemState, Post, PostKind, db
from tests import county
from tests.conftest import Visit
from tests.drafts import MEETING, edit, one, ready, submitted

pytestmark = [pytest.mark.usefixtures("qinghe"), pytest.mark.slow]


def periods(
    cadence: Cadence, *nodes: str, year: int = 2026, due_on: date | None = None
) -> dict[str, tuple[date, date]]:
    duty = Duty(cadence=cadence, due_on=due_on, duty_list=DutyList(year=year, nodes=list(nodes)))
    found = schedule.periods(duty, date(year, 1, 1), holidays.calendar())
    return {period.name: (period.set_for, period.due_on) for period in found}


# --- 顺延 -----------------------------------------------------------------------------------------------------


def test_the_end_of_a_period_moves_on_to_a_working_day_and_the_period_keeps_its_name() -> None:
    months = periods(Cadence.MONTHLY)
    assert months["2026-01"] == (date(2026, 1, 31), date(2026, 2, 2))
    assert months["2026-02"] == (date(2026, 2, 28), date(2026, 2, 28))  # a Saturday that is worked
    assert months["2026-05"] == (date(2026, 5, 31), date(2026, 6, 1))


def test_a_node_and_the_clerks_own_day_move_on_too() -> None:
    assert periods(Cadence.ONGOING, "2026-10-01") == {"2026-10-01": (date(2026, 10, 1), date(2026, 10, 8))}
    assert periods(Cadence.ONCE, due_on=date(2026, 6, 20)) == {"2026": (date(2026, 6, 20), date(2026, 6, 22))}


def test_a_reviewers_day_moves_on_and_the_page_says_from_where(visit: Visit) -> None:
    item = county.signed("预算考核", "zhou")
    signoff.send_back(item.id, "请附清单", date(2026, 4, 4), by=county.actor("sun"))
    assert (item.redo_by, item.reviews[0].redo_by) == (date(2026, 4, 7), date(2026, 4, 4))
    page = visit("zhou").get(f"/items/{item.id}").text
    assert "2026-04-07（周二）前（原定 4 月 4 日，逢节假日顺延）" in page


def test_no_due_day_moves_past_the_end_of_the_year_in_silence() -> None:
    item = Item(
        duty=Duty(cadence=Cadence.YEARLY, duty_list=DutyList(year=2028, nodes=[])),
        period="2028",
        due_on=date(2029, 1, 1),
    )
    assert schedule.moved(item, holidays.calendar()) == "原定 12 月 31 日，逢节假日顺延到次年"


def test_a_day_that_was_not_moved_says_nothing() -> None:
    assert {schedule.moved(item, holidays.calendar()) for item in db.session.scalars(select(Item))} == {""}


def test_what_is_moved_on_is_not_late_on_the_day_it_was_set_for(qinghe: county.Clock) -> None:
    duty_list = ready()
    edit(one(duty_list), county.actor("chu"), cadence=Cadence.ONCE, due_on=date(2026, 3, 7))
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    lists.adopt(duty_list.id, by=county.actor("li"))
    item = db.session.scalars(select(Item).where(Item.duty_id == one(duty_list).id)).one()
    qinghe.set_day(date(2026, 3, 8))
    assert progress.light_of(item).words == "1 天内到期"
    qinghe.set_day(date(2026, 3, 10))
    assert progress.light_of(item).words == "逾期 1 天"


# --- limits in words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wording", "names", "due"),
    [
        ("3个工作日内报告", ["办结"], [date(2026, 9, 29)]),
        ("十五个工作日内报告", ["办结"], [date(2026, 10, 21)]),
        ("二十日内报告", ["办结"], [date(2026, 10, 13)]),
        ("10日之内报告", ["办结"], [date(2026, 10, 8)]),
        ("公示3个工作日内、合同5个工作日以内备案", ["公示", "合同"], [date(2026, 9, 29), date(2026, 10, 12)]),
        ("公示、合同5个工作日内备案", ["公示", "合同"], [date(2026, 10, 8), date(2026, 10, 8)]),
        ("公示3个工作日内、合同备案", ["公示", "合同"], [date(2026, 9, 29), date(2026, 12, 15)]),
        ("及时报告", ["办结"], [date(2026, 12, 15)]),
    ],
)
def test_a_limit_is_counted_from_the_day_of_the_step_before(wording: str, names: list[str], due: list[date]) -> None:
    # A Wednesday; the 25th to the 27th and the 1st to the 7th of October are off, Saturday the 10th is worked.
    duty = Duty(wording=wording, duty_list=DutyList(year=2026, nodes=["2026-06-30", "2026-12-15"]))
    found = schedule.steps(duty, names, date(2026, 9, 23), holidays.calendar())
    assert [step.due_on for step in found] == due


def test_a_step_after_the_last_node_has_until_the_end_of_the_year() -> None:
    duty = Duty(wording="及时报告", duty_list=DutyList(year=2026, nodes=["2026-12-15"]))
    (step,) = schedule.steps(duty, ["办结"], date(2026, 12, 20), holidays.calendar())
    assert (step.name, step.due_on) == ("2026-S01", date(2026, 12, 31))


# --- in the middle of the year ------------------------------------------------------------------------------


def test_a_list_adopted_in_july_makes_nothing_that_is_past(qinghe: county.Clock) -> None:
    qinghe.set_day(date(2026, 7, 1))
    duty_list = submitted()
    coming = lists.coming(duty_list).items
    lists.adopt(duty_list.id, by=county.actor("li"))
    made = db.session.scalars(select(Item).join(Duty).where(Duty.duty_list == duty_list)).all()
    assert len(made) == coming > 0
    assert min(item.due_on for item in made) > date(2026, 7, 1)


def test_whoever_is_appointed_finds_what_the_post_still_has_to_do_and_nothing_is_made(qinghe: county.Clock) -> None:
    post = county.post_of("zhou")
    signed, before = county.signed("预算考核", "zhou"), items_of(post)
    qinghe.move(days=120)
    tenure = county.tenures_of("zhou")[0]
    units.end_tenure(tenure.id, qinghe.at.date(), by=county.console)
    units.appoint(county.user("cai").id, post.id, qinghe.at.date(), by=county.console)
    assert items_of(post) == before, "items belong to the post, whoever holds it"
    assert signed.signature
    assert signed.signature.signer == "周局长"
    late = next(item for item in before if item.state is ItemState.OPEN and item.due < qinghe.at.date())
    signoff.tick(late.id, by=county.actor("cai"))
    assert late.state is ItemState.TICKED


def test_a_post_added_after_adoption_has_nothing_to_do_until_a_list_names_it(qinghe: county.Clock) -> None:
    post = units.add_post(county.unit("QH-GOV").id, "副县长（新设）", PostKind.MEMBER, by=county.console)
    units.appoint(county.user("cai").id, post.id, qinghe.at.date(), by=county.console)
    assert items_of(post) == []
    qinghe.set_day(date(2026, 7, 1))
    lists.adopt(submitted().id, by=county.actor("li"))
    made = items_of(post)
    assert {item.period for item in made} == {"2026-12-15"}, "班子成员 takes the new post in, for what is still to come"


def test_a_unit_that_has_ended_keeps_what_it_had_and_gets_nothing_new(qinghe: county.Clock) -> None:
    post, day = county.post_of("wang"), date(2026, 7, 1)
    before = items_of(post)
    qinghe.set_day(day)
    for login in ("wang", "feng"):
        units.end_tenure(county.tenures_of(login)[0].id, day, by=county.console)
        units.end_post(county.post_of(login).id, day, by=county.console)
    units.end_unit(county.unit("QH-DH").id, day, by=county.console)
    duty_list = ready_for_all_towns()
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    lists.adopt(duty_list.id, by=county.actor("li"))
    assert items_of(post) == before != []


def ready_for_all_towns() -> DutyList:
    duty_list = ready()
    towns = next(duty for duty in duty_list.duties if "第一责任人" in duty.wording)
    edit(towns, county.actor("chu"), owners=[{"set": "towns", "except": [], **county.LEAD}])
    return duty_list


def items_of(post: Post) -> list[Item]:
    return list(db.session.scalars(select(Item).where(Item.post_id == post.id).order_by(Item.id)))
