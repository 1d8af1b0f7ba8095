"""A draft is laid before the units: each answers or is named, and objections come back beside their rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from checklist import access, ledger, lists
from checklist.actor import Actor
from checklist.lists import arranging, consultation, editing, owners
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Stale, Unseen
from models import Answer, DutyList, ListState, db
from tests import county
from tests.conftest import Browse, Visit
from tests.consultations import LAST_DAY, WORDS, agree, answered, consulting, lineage, object_to, opinion
from tests.drafts import EDITS, MEETING, ready
from tests.entries import entries
from tests.forms import expect

pytestmark = pytest.mark.usefixtures("qinghe")


def end(duty_list: DutyList, by: Actor | None = None, why: str = "") -> DutyList:
    return consultation.conclude(duty_list.id, reason=why, by=by or county.actor("chu"))


# --- asking -------------------------------------------------------------------------------------------------


def test_the_units_that_are_to_do_something_are_asked_and_named_until_they_answer() -> None:
    duty_list = ready()
    size = ledger.size()
    consultation.consult(duty_list.id, LAST_DAY, by=county.actor("chu"))
    (asked,) = duty_list.consultations
    assert (duty_list.state, asked.from_day, asked.last_day) == (ListState.CONSULTING, county.NOW.date(), LAST_DAY)
    everybody = ["QH-CZJ", "QH-DH", "QH-GOV", "QH-JYJ", "QH-ZFB"]
    assert [unit.code for unit in consultation.silent(asked)] == everybody
    found = entries(size)
    assert {entry["action"] for entry in found} == {"consult"}
    assert sorted(entry["unit"] for entry in found if entry["object"]["type"] == "opinion") == everybody
    agree(duty_list, "zheng", "QH-JYJ")
    assert "QH-JYJ" not in [unit.code for unit in consultation.silent(asked)]
    assert county.in_step()


@pytest.mark.parametrize("day", [None, county.NOW.date(), county.NOW.date() - timedelta(days=1)])
def test_the_units_get_time_to_answer(day: date | None) -> None:
    duty_list = ready()
    with pytest.raises(Malformed) as early:
        consultation.consult(duty_list.id, day, by=county.actor("chu"))
    assert early.value.field == "last_day"
    assert (duty_list.state, duty_list.consultations) == (ListState.DRAFT, [])


def test_without_an_owner_there_is_nobody_to_ask() -> None:
    duty_list = county.draft("无主任务", "一、任务\n要提高站位。\n")
    with pytest.raises(Refused, match="责任人"):
        consultation.consult(duty_list.id, LAST_DAY, by=county.actor("chu"))


def test_while_the_units_read_the_draft_nobody_changes_or_submits_it() -> None:
    duty_list = consulting()
    for change in EDITS.values():
        with pytest.raises(Refused, match="征求意见中"):
            change(duty_list, county.actor("chu"))
    with pytest.raises(Refused, match="征求意见中"):
        lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))


def test_the_units_read_rows_numbered_without_gaps_as_they_will_be_adopted() -> None:
    duty_list = ready()
    editing.drop(duty_list.duties[2].id, by=county.actor("chu"))
    arranging.move(duty_list.duties[6].id, 1, by=county.actor("chu"))
    wording = [duty.wording for duty in duty_list.kept]
    consultation.consult(duty_list.id, LAST_DAY, by=county.actor("chu"))
    db.session.expire_all()
    assert [(duty.position, duty.wording) for duty in duty_list.kept] == list(enumerate(wording, 1))
    assert duty_list.duties[-1].dropped
    assert county.in_step()


# --- answering ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["zhou", "lian"])
def test_a_unit_answers_by_its_head_or_his_liaison_row_by_row(login: str) -> None:
    duty_list = consulting()
    size = ledger.size()
    said = object_to(duty_list, login)
    assert (said.answer, said.answered_by) == (Answer.OBJECTS, county.user(login))
    assert consultation.objections(duty_list) == {lineage(duty_list, "对接会"): [(county.unit("QH-CZJ"), WORDS)]}
    (entry,) = entries(size)
    assert (entry["action"], entry["unit"], entry["after"]["answer"]) == ("answer", "QH-CZJ", "objects")
    assert county.in_step()


@pytest.mark.parametrize(
    ("login", "refusal"), [("wu", Unseen), ("wang", Unseen), ("chen", Unseen), ("chu", NotYours), ("qian", NotYours)]
)
def test_nobody_answers_for_another_unit(login: str, refusal: type[Refused]) -> None:
    duty_list = consulting()
    with pytest.raises(refusal):
        object_to(duty_list, login)
    assert opinion(duty_list, "QH-CZJ").answer is None
    assert county.in_step()


def test_a_unit_may_think_again_until_the_last_day_is_over(qinghe: county.Clock) -> None:
    duty_list = consulting()
    object_to(duty_list)
    qinghe.set_day(LAST_DAY)
    assert agree(duty_list, "zhou", "QH-CZJ").objections == {}
    qinghe.move(days=1)
    with pytest.raises(Refused, match="已经结束"):
        object_to(duty_list)
    assert opinion(duty_list, "QH-CZJ").answer is Answer.AGREES


def test_an_answer_and_its_words_do_not_contradict_each_other() -> None:
    duty_list = consulting()
    for what, said in ((Answer.OBJECTS, " "), (Answer.AGREES, WORDS)):
        objections = {lineage(duty_list, "对接会"): said}
        with pytest.raises(Malformed):
            consultation.answer(opinion(duty_list, "QH-CZJ").id, what, objections, by=county.actor("zhou"))
    assert opinion(duty_list, "QH-CZJ").answer is None


def test_a_unit_reads_its_own_rows_first_with_all_that_it_would_be_held_to(visit: Visit) -> None:
    duty_list = consulting()
    page = visit("zhou").get(f"/opinions/{opinion(duty_list, 'QH-CZJ').id}").text
    own, others = page.split("其他 ")[0], page.split("其他 ")[1]
    assert "对接会" in own
    assert "涉及本单位（" in own
    assert any(duty.wording in others for duty in duty_list.kept)
    for duty in duty_list.kept:
        assert (duty.wording in own) == any(post.unit.code == "QH-CZJ" for post in owners.spread(duty).posts)


def test_head_and_liaison_do_not_overwrite_each_other_unseen() -> None:
    duty_list = consulting()
    read = opinion(duty_list, "QH-CZJ").rev
    object_to(duty_list, "lian")
    with pytest.raises(Stale):
        consultation.answer(opinion(duty_list, "QH-CZJ").id, Answer.AGREES, {}, by=county.actor("zhou"), rev=read)
    assert opinion(duty_list, "QH-CZJ").answer is Answer.OBJECTS


def test_a_consulted_unit_sees_the_draft_as_long_as_it_is_asked() -> None:
    draft = ready()
    seen = lambda: [who for who in ("zhou", "lian", "wu", "chen") if sees(who, draft)]  # noqa: E731
    assert seen() == []
    consultation.consult(draft.id, LAST_DAY, by=county.actor("chu"))
    assert seen() == ["zhou", "lian"]
    assert [o.unit.code for o in consultation.open_to(access.Standing.of(county.actor("lian")))] == ["QH-CZJ"]


def sees(login: str, duty_list: DutyList) -> bool:
    return access.may(access.Standing.of(county.actor(login)), "see", duty_list) is not None


# --- ending -------------------------------------------------------------------------------------------------


def test_it_ends_when_all_have_answered_and_the_clerk_goes_on() -> None:
    duty_list = answered()
    size = ledger.size()
    end(duty_list)
    assert duty_list.state is ListState.DRAFT
    assert {entry["object"]["type"] for entry in entries(size)} == {"duty_list", "consultation"}
    assert consultation.objections(duty_list)
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    assert county.in_step()


def test_it_ends_after_its_last_day_whoever_has_said_nothing(qinghe: county.Clock) -> None:
    duty_list = consulting()
    for day in (county.NOW.date(), LAST_DAY):
        qinghe.set_day(day)
        with pytest.raises(Malformed, match=r"县财政局.*还没有答复"):
            end(duty_list)
    qinghe.move(days=1)
    end(duty_list)
    assert len(consultation.silent(duty_list.consultations[-1])) == 5
    assert county.in_step()


def test_the_clerk_ends_it_early_with_a_reason_and_who_was_silent_stays_named() -> None:
    duty_list = consulting()
    object_to(duty_list)
    size = ledger.size()
    with pytest.raises(Malformed, match=r"县教育局.*还没有答复.*请填写理由") as refused:
        end(duty_list, why=" ")
    assert (refused.value.field, ledger.size(), duty_list.state) == ("reason", size, ListState.CONSULTING)
    end(duty_list, why="常委会提前到明天")
    assert duty_list.state is ListState.DRAFT
    found = entries(size)
    assert {(entry["action"], entry["reason"]) for entry in found} == {("conclude", "常委会提前到明天")}
    assert {entry["object"]["type"] for entry in found} == {"duty_list", "consultation"}
    silent = [unit.code for unit in consultation.silent(duty_list.consultations[-1])]
    assert silent == ["QH-DH", "QH-GOV", "QH-JYJ", "QH-ZFB"]
    assert consultation.objections(duty_list)
    with pytest.raises(Refused, match="已经结束"):
        agree(duty_list, "zheng", "QH-JYJ")
    assert county.in_step()


def test_the_console_ends_it_only_when_it_is_over(qinghe: county.Clock) -> None:
    duty_list = consulting()
    with pytest.raises(Refused, match="还没有答复"):
        end(duty_list, county.console, "等不及了")
    assert duty_list.state is ListState.CONSULTING
    qinghe.set_day(LAST_DAY + timedelta(days=1))
    end(duty_list, county.console)
    assert duty_list.state is ListState.DRAFT
    assert county.in_step()


def test_a_draft_may_go_out_a_second_time() -> None:
    duty_list = answered()
    end(duty_list)
    consultation.consult(duty_list.id, LAST_DAY, by=county.actor("chu"))
    assert consultation.objections(duty_list) == {}
    assert len(duty_list.consultations) == 2


# --- more time ----------------------------------------------------------------------------------------------


def test_the_units_get_more_time_and_who_has_answered_keeps_the_answer(qinghe: county.Clock) -> None:
    duty_list = consulting()
    object_to(duty_list)
    later, size = LAST_DAY + timedelta(days=4), ledger.size()
    consultation.extend(duty_list.id, later, by=county.actor("chu"))
    (entry,) = entries(size)
    days = entry["before"]["last_day"], entry["after"]["last_day"]
    assert (entry["action"], *days) == ("extend", LAST_DAY.isoformat(), later.isoformat())
    qinghe.set_day(later)
    agree(duty_list, "zheng", "QH-JYJ")
    assert opinion(duty_list, "QH-CZJ").answer is Answer.OBJECTS
    qinghe.move(days=1)
    with pytest.raises(Refused, match="已经结束"):
        agree(duty_list, "wang", "QH-DH")
    assert county.in_step()


def test_time_that_is_over_can_be_given_again_until_the_clerk_ends_it(qinghe: county.Clock) -> None:
    duty_list = consulting()
    qinghe.set_day(LAST_DAY + timedelta(days=1))
    consultation.extend(duty_list.id, LAST_DAY + timedelta(days=2), by=county.actor("chu"))
    agree(duty_list, "zhou", "QH-CZJ")
    with pytest.raises(Malformed, match="还没有答复"):
        end(duty_list)
    qinghe.move(days=5)
    end(duty_list)
    with pytest.raises(Refused, match="没有正在进行的征求意见"):
        consultation.extend(duty_list.id, LAST_DAY + timedelta(days=30), by=county.actor("chu"))


@pytest.mark.parametrize("day", [None, LAST_DAY, LAST_DAY - timedelta(days=1)])
def test_more_time_is_not_less(day: date | None) -> None:
    duty_list = consulting()
    with pytest.raises(Malformed, match=LAST_DAY.isoformat()) as refused:
        consultation.extend(duty_list.id, day, by=county.actor("chu"))
    assert refused.value.field == "last_day"
    assert duty_list.consultations[-1].last_day == LAST_DAY


def test_more_time_is_the_clerks_to_give_and_given_once() -> None:
    duty_list, later = consulting(), LAST_DAY + timedelta(days=4)
    for login in ("qian", "zhou"):
        with pytest.raises(NotYours):
            consultation.extend(duty_list.id, later, by=county.actor(login))
    by = county.actor("chu", nonce="e" * 32)
    consultation.extend(duty_list.id, later, by=by)
    with pytest.raises(Repeated):
        consultation.extend(duty_list.id, later, by=by)
    with pytest.raises(Stale):
        consultation.extend(duty_list.id, later + timedelta(days=1), by=county.actor("chu"), rev=duty_list.rev - 1)
    assert county.in_step()


def test_a_clerk_gives_more_time_on_the_page(browse: Browse, qinghe: county.Clock) -> None:
    duty_list = consulting()
    page = browse("chu")
    page.goto(f"/lists/{duty_list.id}/consultation")
    page.get_by_text("延长时间").click()
    page.get_by_label("答复截止日期").fill(LAST_DAY.isoformat())
    page.get_by_role("button", name="延长到这一天").click()
    expect(page.locator(".summary")).to_contain_text(f"原定的 {LAST_DAY}")
    page.get_by_label("答复截止日期").fill("2026-03-12")
    page.get_by_role("button", name="延长到这一天").click()
    expect(page.get_by_role("heading", name="2026-03-02 至 2026-03-12")).to_be_visible()


@pytest.mark.parametrize(("state", "status"), [(consulting, 422), (ready, 409)])
def test_what_cannot_be_ended_yet_or_any_more_is_said_on_the_page(
    visit: Visit, state: Callable[[], DutyList], status: int
) -> None:
    response = visit("chu").post(f"/lists/{state().id}/consultation/end")
    assert response.status_code == status
    assert "答复截止日期" in response.text


STEPS: dict[str, tuple[Callable[[], DutyList], str, str, Callable[[DutyList, Actor], Any]]] = {
    "consult": (ready, "chu", "qian", lambda duties, by: consultation.consult(duties.id, LAST_DAY, by=by)),
    "conclude": (answered, "chu", "qian", lambda duties, by: end(duties, by)),
    "conclude early": (consulting, "chu", "qian", lambda duties, by: end(duties, by, "常委会提前到明天")),
}


@pytest.mark.parametrize("verb", STEPS)
def test_each_step_is_the_clerks_and_taken_once_from_its_state(verb: str) -> None:
    start, login, stranger, step = STEPS[verb]
    duty_list, by = start(), county.actor(login, nonce="f" * 32)
    before = duty_list.state
    with pytest.raises(NotYours):
        step(duty_list, county.actor(stranger))
    step(duty_list, by)
    size = ledger.size()
    with pytest.raises(Repeated):
        step(duty_list, by)
    assert ledger.size() == size
    with pytest.raises(Refused, match=duty_list.state.label):
        step(duty_list, county.actor(login))
    assert duty_list.state is not before
    assert county.in_step()
