"""Adoption takes two: one hands a list over with its meeting, another confirms what he has read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from checklist import ledger, lists
from checklist.county import accounts, units
from checklist.lists import editing
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Stale, Unseen
from models import Assignment, Cadence, Duty, DutyList, Item, ListState, Part, PostKind, Role, UnitKind, db
from tests import county
from tests.conftest import Visit
from tests.drafts import MEETING, draft, edit, one, ready, submitted
from tests.entries import entries
from tests.queries import counted

pytestmark = pytest.mark.usefixtures("qinghe")


def test_a_list_that_lacks_something_is_not_submitted_and_says_what() -> None:
    duty_list = draft()
    with pytest.raises(Refused, match="第 2 项还没有牵头责任人"):
        lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    assert duty_list.state is ListState.DRAFT


@pytest.mark.parametrize("field", MEETING)
def test_a_list_is_submitted_with_its_meeting(field: str) -> None:
    with pytest.raises(Malformed) as missing:
        lists.submit(ready().id, **MEETING | {field: None}, by=county.actor("chu"))
    assert missing.value.field == field


def test_a_meeting_that_is_still_to_come_has_decided_nothing() -> None:
    tomorrow = county.NOW.date() + timedelta(days=1)
    with pytest.raises(Malformed) as early:
        lists.submit(ready().id, **MEETING | {"meeting_day": tomorrow}, by=county.actor("chu"))
    assert early.value.field == "meeting_day"


def test_a_duty_whose_day_is_past_is_not_lost_in_silence() -> None:
    duty_list = ready()
    duty = one(duty_list)
    edit(duty, county.actor("chu"), cadence=Cadence.ONCE, due_on=date(2026, 2, 1))
    assert lists.unready(duty_list) == ["第 1 项的完成日期已经过去"]
    with pytest.raises(Refused, match="第 1 项的完成日期已经过去"):
        lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    edit(duty, county.actor("chu"), cadence=Cadence.ONCE, due_on=county.NOW.date())
    assert lists.unready(duty_list) == []


def test_a_list_without_a_day_to_come_for_what_goes_on_lacks_one() -> None:
    duty_list = ready()
    lists.set_nodes(duty_list.id, [date(2026, 2, 1)], by=county.actor("chu"))
    assert "请至少设一个今天以后的报送节点" in lists.unready(duty_list)


def test_nothing_guards_what_was_left_out() -> None:
    duty_list = ready()
    guard = next(duty for duty in duty_list.duties if duty.guards)
    editing.drop(next(d for d in duty_list.duties if d.lineage in guard.guards).id, by=county.actor("chu"))
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    assert guard.guards == []


@pytest.mark.parametrize("login", ["li", "qian"])
def test_the_head_of_the_office_or_the_units_secretary_confirms(login: str) -> None:
    duty_list, size = submitted(), ledger.size()
    lists.adopt(duty_list.id, by=county.actor(login))
    assert duty_list.state is ListState.ADOPTED
    assert (duty_list.decided_by, duty_list.adopted_on) == (county.user(login), county.NOW.date())
    assert {entry["object"]["type"] for entry in entries(size)} == {"duty_list", "assignment", "item"}


@pytest.mark.parametrize(
    ("login", "refusal"), [("chu", NotYours), ("zhou", Unseen), ("zhao", Unseen), ("sun", Unseen), ("wei", Unseen)]
)
def test_nobody_else_confirms_least_of_all_who_submitted(login: str, refusal: type[Refused]) -> None:
    duty_list = submitted()
    for confirm in (
        lambda: lists.adopt(duty_list.id, by=county.actor(login)),
        lambda: lists.decline(duty_list.id, "再改改", by=county.actor(login)),
    ):
        with pytest.raises(refusal):
            confirm()
    assert duty_list.state is ListState.SUBMITTED


def test_who_drafted_does_not_confirm_even_as_head_of_the_office() -> None:
    accounts.grant(
        county.user("li").id, Role.CLERK, county.unit("QH-GOV").id, county.NOW.date(), None, by=county.console
    )
    duty_list = county.draft("主任自拟", "一、任务\n财政局要完善台账。\n", by="li")
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    with pytest.raises(NotYours):
        lists.adopt(duty_list.id, by=county.actor("li"))


def test_whoever_is_to_confirm_finds_it_on_his_first_page_until_he_has(visit: Visit) -> None:
    duty_list = submitted()
    shown = f'<a href="/lists/{duty_list.id}">去确认</a>'
    assert shown in visit("li").get("/items/").text
    assert shown not in visit("chu").get("/items/").text
    lists.adopt(duty_list.id, by=county.actor("li"))
    assert shown not in visit("li").get("/items/").text


def test_a_declined_list_goes_back_to_the_clerk_with_the_reason() -> None:
    duty_list = submitted()
    with pytest.raises(Malformed):
        lists.decline(duty_list.id, " ", by=county.actor("li"))
    lists.decline(duty_list.id, "第 3 项牵头单位不对", by=county.actor("li"))
    assert (duty_list.state, duty_list.declined_because) == (ListState.DRAFT, "第 3 项牵头单位不对")
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    assert duty_list.declined_because == ""


def test_what_was_changed_since_it_was_read_is_not_confirmed() -> None:
    duty_list = submitted()
    read = duty_list.rev
    lists.decline(duty_list.id, "第 1 项要改", by=county.actor("qian"))
    edit(one(duty_list), county.actor("chu"), wording="别的话")
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    with pytest.raises(Stale):
        lists.adopt(duty_list.id, by=county.actor("li"), rev=read)
    with pytest.raises(Stale):
        lists.decline(duty_list.id, "再改", by=county.actor("li"), rev=read)
    lists.adopt(duty_list.id, by=county.actor("li"), rev=duty_list.rev)


def test_a_second_press_of_the_same_button_is_no_error(client: FlaskClient) -> None:
    duty_list = submitted()
    client.post("/login", data={"login": "li", "password": county.PASSWORD})
    form = {"reason": "第 1 项要改", "nonce": "d" * 32, "rev": duty_list.rev}
    assert [client.post(f"/lists/{duty_list.id}/decline", data=form).status_code for _ in "12"] == [303, 303]


WHY = "会议改期"


def test_a_clerk_takes_back_what_was_submitted_and_its_meeting_stays_filled_in(visit: Visit) -> None:
    duty_list, size = submitted(), ledger.size()
    shown = f'<a href="/lists/{duty_list.id}">去确认</a>'
    assert shown in visit("li").get("/items/").text
    size = ledger.size()
    lists.withdraw_submission(duty_list.id, WHY, by=county.actor("chu"))
    (entry,) = entries(size)
    assert (entry["action"], entry["unit"], entry["reason"]) == ("withdraw_submission", "QH-GOV", WHY)
    assert (duty_list.state, duty_list.submitted_by) == (ListState.DRAFT, None)
    assert {name: getattr(duty_list, name) for name in MEETING} == MEETING
    assert shown not in visit("li").get("/items/").text
    with pytest.raises(Unseen):
        lists.adopt(duty_list.id, by=county.actor("li"))
    edit(one(duty_list), county.actor("chu"), wording="别的话")
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    lists.adopt(duty_list.id, by=county.actor("li"))
    assert county.in_step()


def test_any_clerk_of_the_unit_takes_it_back() -> None:
    duty_list = submitted()
    county_government = county.unit("QH-GOV").id
    accounts.grant(county.user("wu").id, Role.CLERK, county_government, county.NOW.date(), None, by=county.console)
    lists.withdraw_submission(duty_list.id, WHY, by=county.actor("wu"))
    assert duty_list.state is ListState.DRAFT


@pytest.mark.parametrize("why", [" ", "改" * 2001])
def test_it_is_taken_back_with_a_reason_that_can_be_read(why: str) -> None:
    duty_list = submitted()
    size = ledger.size()
    with pytest.raises(Malformed) as refused:
        lists.withdraw_submission(duty_list.id, why, by=county.actor("chu"))
    assert refused.value.field == "reason"
    assert (duty_list.state, duty_list.submitted_by) == (ListState.SUBMITTED, county.user("chu"))
    assert ledger.size() == size


@pytest.mark.parametrize(("login", "refusal"), [("li", NotYours), ("qian", NotYours), ("zhou", Unseen)])
def test_nobody_but_a_clerk_takes_it_back(login: str, refusal: type[Refused]) -> None:
    duty_list = submitted()
    with pytest.raises(refusal):
        lists.withdraw_submission(duty_list.id, WHY, by=county.actor(login))
    assert duty_list.state is ListState.SUBMITTED


@pytest.mark.parametrize("make", [ready, lambda: lists.adopt(submitted().id, by=county.actor("li"))])
def test_only_what_waits_for_confirmation_is_taken_back(make: Callable[[], DutyList]) -> None:
    duty_list = make()
    before = duty_list.state
    with pytest.raises(Refused, match="不能撤回提交"):
        lists.withdraw_submission(duty_list.id, WHY, by=county.actor("chu"))
    assert duty_list.state is before


def test_an_old_page_takes_nothing_back_that_was_submitted_anew() -> None:
    duty_list = submitted()
    read = duty_list.rev
    lists.withdraw_submission(duty_list.id, WHY, by=county.actor("chu"), rev=read)
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    with pytest.raises(Stale):
        lists.withdraw_submission(duty_list.id, WHY, by=county.actor("chu"), rev=read)
    assert duty_list.state is ListState.SUBMITTED


STEPS = {
    "submit": (ready, "chu", lambda duties, by: lists.submit(duties.id, **MEETING, by=by)),
    "adopt": (submitted, "li", lambda duties, by: lists.adopt(duties.id, by=by)),
    "decline": (submitted, "li", lambda duties, by: lists.decline(duties.id, "再改", by=by)),
    "withdraw_submission": (submitted, "chu", lambda duties, by: lists.withdraw_submission(duties.id, WHY, by=by)),
}


@pytest.mark.parametrize("verb", STEPS)
def test_each_step_is_taken_once_and_only_from_its_state(verb: str) -> None:
    ready_for_it, login, step = STEPS[verb]
    duty_list, size, by = ready_for_it(), ledger.size(), county.actor(login, nonce="c" * 32)
    before = duty_list.state.value
    size = ledger.size()
    step(duty_list, by)
    (entry,) = [e for e in entries(size) if e["object"]["type"] == "duty_list"]
    assert (entry["action"], entry["unit"], entry["actor"]["name"]) == (verb, "QH-GOV", by.user.name)
    assert (entry["before"]["state"], entry["after"]["state"]) == (before, duty_list.state.value)
    size = ledger.size()
    with pytest.raises(Repeated):
        step(duty_list, by)
    assert ledger.size() == size
    with pytest.raises(Refused, match=duty_list.state.label):
        step(duty_list, county.actor("qian" if login == "li" else login))
    assert county.in_step()


def test_a_list_is_confirmed_once() -> None:
    duty_list = submitted()
    lists.adopt(duty_list.id, by=county.actor("li"))
    items = len(db.session.scalars(select(Item)).all())
    with pytest.raises(Refused, match="已生效"):
        lists.adopt(duty_list.id, by=county.actor("li"))
    assert len(db.session.scalars(select(Item)).all()) == items


def test_what_adoption_will_bring_is_said_before_and_comes_true() -> None:
    duty_list = submitted()
    coming = lists.coming(duty_list)
    before = len(db.session.scalars(select(Item)).all())
    lists.adopt(duty_list.id, by=county.actor("li"))
    assert len(db.session.scalars(select(Item)).all()) - before == coming.items
    assigned = db.session.scalars(select(Assignment).join(Duty).where(Duty.duty_list == duty_list)).all()
    assert len({a.post for a in assigned}) == coming.posts
    assert coming.duties == 7


def test_only_leads_get_items_and_each_only_once() -> None:
    items = db.session.scalars(select(Item)).all()
    keys = [(item.lineage, item.post_id, item.period, item.case) for item in items]
    assert len(keys) == len(set(keys))
    for item in items:
        assert next(a.part for a in item.duty.assignments if a.post == item.post) is Part.LEAD


# --- planned before the write lock, and checked under it ----------------------------------------------------


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something happen between the plan and the lock, as another process could."""

    def between(happens: Callable[[], object]) -> None:
        make = lists._plan

        def planned(duty_list: DutyList) -> lists.Plan:
            monkeypatch.setattr(lists, "_plan", make)
            plan = make(duty_list)
            happens()
            return plan

        monkeypatch.setattr(lists, "_plan", planned)

    return between


def test_who_lost_his_post_meanwhile_gets_nothing(meanwhile: Callable[[Callable[[], object]], None]) -> None:
    duty_list = submitted()
    meanwhile(lambda: county.abolish("zhou"))
    with pytest.raises(Refused, match="没有可承担的岗位"):
        lists.adopt(duty_list.id, by=county.actor("li"))
    assert county.in_step()


def test_a_town_founded_meanwhile_gets_its_items(meanwhile: Callable[[Callable[[], object]], None]) -> None:
    def found() -> None:
        town = units.add_unit("QH-BS", "北山乡", UnitKind.TOWN, by=county.console, short_name="北山", parent=unit)
        units.add_post(town.id, "乡长", PostKind.PRINCIPAL, by=county.console)

    duty_list, unit = submitted(), county.unit("QH-GOV")
    meanwhile(found)
    lists.adopt(duty_list.id, by=county.actor("li"))
    duty = next(duty for duty in duty_list.duties if "第一责任人" in duty.wording)
    assert {a.post.name for a in duty.assignments} == {"镇长", "乡长"}
    assert county.in_step()


def test_what_was_worded_otherwise_meanwhile_is_adopted_as_it_was_submitted_last(
    meanwhile: Callable[[Callable[[], object]], None],
) -> None:
    def again() -> None:
        lists.withdraw_submission(duty_list.id, WHY, by=county.actor("chu"))
        edit(one(duty_list), county.actor("chu"), cadence=Cadence.MONTHLY)
        lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))

    duty_list = submitted()
    meanwhile(again)
    lists.adopt(duty_list.id, by=county.actor("li"))
    periods = db.session.scalars(select(Item.period).where(Item.duty_id == one(duty_list).id)).all()
    assert len(set(periods)) == 10  # from March on
    assert county.in_step()


def test_adoption_asks_no_more_for_a_large_list_than_for_a_small_one() -> None:
    asked = []
    for words in ("", "".join(f"要抓好第{n}件事。" for n in range(30))):
        duty_list = county.draft(f"{len(words)}字分解表", f"一、任务\n要办好实事。{words}\n")
        for duty in list(duty_list.duties):
            edit(duty, county.actor("chu"), owners=[{"set": "towns", "except": [], "part": "lead"}])
        id, by = lists.submit(duty_list.id, **MEETING, by=county.actor("chu")).id, county.actor("li")
        db.session.expunge_all()  # a request begins with nothing read
        with counted() as sent:
            lists.adopt(id, by=by)
        asked.append(len([statement for statement in sent if "audit_" not in statement]))
    assert asked[0] == asked[1]
