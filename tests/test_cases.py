"""What has to be done whenever it arises: a case is opened, its steps are signed in their order, or it is called off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from checklist import access, ledger
from checklist.actor import Actor
from checklist.items import cases, signoff, statements
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Unseen
from models import Case, Item, ItemState, Step, db
from tests import county
from tests.cases import LIMITED, STEPS, begun, items_of, report
from tests.conftest import Visit
from tests.entries import entries
from tests.files import attach

pytestmark = pytest.mark.usefixtures("qinghe")


def tick(item: Item) -> Item:
    return signoff.tick(item.id, by=county.actor("zhou"))


def sign(*items: Item) -> None:
    county.sign(*items, by=county.actor("zhou"))


# --- opening ------------------------------------------------------------------------------------------------


def test_a_case_puts_its_steps_on_the_checklist_in_order_each_with_its_day() -> None:
    case = begun()
    assert [step.name for step in case.steps] == STEPS
    assert [item.period for item in items_of(case)] == ["2026-S01", "2026-S02", "2026-S03"]
    assert {(item.case, item.state, item.post) for item in items_of(case)} == {
        ("预算调整", ItemState.OPEN, county.post_of("zhou"))
    }
    # Ten working days from the second of March; without a limit, with the next step that has one, or by the node.
    assert [item.due_on for item in items_of(case)] == [date(2026, 3, 16), date(2026, 3, 16), date(2026, 6, 30)]


def test_a_duty_that_names_no_steps_has_cases_of_one_step() -> None:
    item = report("遇有重大险情，财政局必须在三个工作日内书面报告", "遇有重大险情，三个工作日内书面报告")
    case = cases.begin(item.id, "河堤险情", date(2026, 2, 27), by=county.actor("zhou"))
    assert [(step.name, step.item.due_on) for step in case.steps] == [
        (cases.ONLY_STEP, date(2026, 3, 3))
    ]  # Saturday the 28th is worked


@pytest.mark.parametrize("login", ["zhou", "lian"])
def test_the_lead_or_who_prepares_for_him_opens_it_and_the_log_says_so(login: str) -> None:
    item, size = report(), ledger.size()
    size = ledger.size()
    cases.begin(item.id, "预算调整", county.NOW.date(), by=county.actor(login))
    told = entries(size)
    assert {entry["object"]["type"] for entry in told} == {"case", "step", "item"}
    assert {(entry["action"], entry["unit"], entry["actor"]["name"]) for entry in told} == {
        ("begin_case", "QH-CZJ", county.PEOPLE[login])
    }
    assert county.in_step()


@pytest.mark.parametrize(
    ("login", "refusal"), [("sun", NotYours), ("wei", NotYours), ("wang", Unseen), ("chu", Unseen)]
)
def test_nobody_else_opens_or_calls_off_a_case(login: str, refusal: type[Refused]) -> None:
    case = begun()
    step, size = items_of(case)[0], ledger.size()
    for verb in (
        lambda: cases.begin(step.id, "另一件", county.NOW.date(), by=county.actor(login)),
        lambda: cases.cancel(step.id, "不办了", by=county.actor(login)),
    ):
        with pytest.raises(refusal):
            verb()
    assert len(entries(size)) == 2
    assert [entry["result"] for entry in entries(size)] == [f"refused: {refusal.status}"] * 2
    assert len(db.session.scalars(select(Case)).all()) == 1


@pytest.mark.parametrize(
    ("name", "day", "field"),
    [
        (" ", date(2026, 3, 2), "name"),
        ("长" * 61, date(2026, 3, 2), "name"),
        ("预算调整", None, "began_on"),
        ("预算调整", date(2026, 3, 3), "began_on"),
        ("预算调整", date(2025, 12, 31), "began_on"),
    ],
)
def test_a_case_needs_a_name_and_a_day_of_this_year_that_is_past(name: str, day: date | None, field: str) -> None:
    item, size = report(), ledger.size()
    size = ledger.size()
    with pytest.raises(Malformed) as wrong:
        cases.begin(item.id, name, day, by=county.actor("zhou"))
    assert (wrong.value.field, ledger.size()) == (field, size)


def test_a_name_is_used_once_a_year_unless_the_case_was_called_off() -> None:
    case = begun()
    with pytest.raises(Malformed, match="已经有名为"):
        cases.begin(report_of(case).id, "预算调整", county.NOW.date(), by=county.actor("zhou"))
    cases.cancel(items_of(case)[0].id, "登记错了", by=county.actor("zhou"))
    again = cases.begin(report_of(case).id, "预算调整", county.NOW.date(), by=county.actor("zhou"))
    assert (again.id != case.id, len(again.steps)) == (True, 3)
    assert county.in_step()


def report_of(case: Case) -> Item:
    query = select(Item).where(Item.lineage == case.lineage, Item.case == "").order_by(Item.period)
    return db.session.scalars(query).first()  # type: ignore[return-value]


def test_what_is_done_each_quarter_knows_no_cases() -> None:
    item = county.item("对接会", "zhou")
    with pytest.raises(Refused, match="逢事必办"):
        cases.begin(item.id, "一次对接会", county.NOW.date(), by=county.actor("zhou"))


# --- the order of steps -------------------------------------------------------------------------------------


def test_a_step_is_reported_once_the_one_before_is() -> None:
    first, second, third = items_of(begun())
    for early in (second, third):
        with pytest.raises(Refused, match="请先报完成上一步"):
            tick(early)
    tick(first)
    assert tick(second).state is ItemState.TICKED
    with pytest.raises(Refused, match="请先撤销那一步"):
        signoff.untick(first.id, by=county.actor("zhou"))
    assert first.state is ItemState.TICKED


def test_a_step_is_signed_once_the_one_before_is() -> None:
    first, second, third = items_of(begun())
    with pytest.raises(Refused, match="请先签认上一步“公众参与”"):
        sign(second)
    sign(first)
    sign(second)
    signoff.approve(second.id, by=county.actor("sun"))
    sign(third)
    assert {item.state for item in (first, third)} == {ItemState.SIGNED}


def test_steps_that_are_all_reported_are_signed_in_one_press() -> None:
    items = items_of(begun())
    for item in items:
        tick(item)
    sign(*reversed(items))
    assert {item.state for item in items} == {ItemState.SIGNED}
    assert county.in_step()


def test_signatures_are_withdrawn_from_the_last_step_on() -> None:
    first, second, _ = items_of(begun())
    sign(first)
    sign(second)
    with pytest.raises(Refused, match="请先撤回那一步"):
        signoff.withdraw(first.id, "数字有误", by=county.actor("zhou"))
    signoff.withdraw(second.id, "数字有误", by=county.actor("zhou"))
    signoff.withdraw(first.id, "数字有误", by=county.actor("zhou"))
    assert {first.state, second.state} == {ItemState.TICKED}


def test_a_step_sent_back_holds_up_the_next_one_until_it_is_signed_again() -> None:
    first, second, _ = items_of(begun())
    sign(first)
    signoff.send_back(first.id, "请附名单", date(2026, 3, 10), by=county.actor("sun"))
    with pytest.raises(Refused, match="请先签认上一步"):
        sign(second)
    signoff.report(first.id, signoff.Report(reply="名单已附"), by=county.actor("zhou"))
    sign(first)
    sign(second)
    assert second.state is ItemState.SIGNED


def test_no_button_is_offered_out_of_turn() -> None:
    first, second, _ = items_of(begun())
    standing = access.Standing.of(county.actor("zhou"))
    assert signoff.choices(first, standing) == ["tick", "sign"]
    assert signoff.choices(second, standing) == []
    assert cases.waits(second) == "请先报完成上一步“公众参与”。"


def test_who_signs_a_step_reads_of_which_case_it_is() -> None:
    item = items_of(begun())[1]
    text = statements.statement(item, county.user("zhou"), acting=False)
    assert "办件：预算调整（2026-03-02 发生）\n步骤：第 2 步，共 3 步：专家论证\n" in text
    assert "本期：第 2 步，2026-03-16 前完成" in text


# --- calling off --------------------------------------------------------------------------------------------


def test_a_case_is_called_off_with_what_was_noted_of_it() -> None:
    case = begun()
    first = items_of(case)[0]
    signoff.tick(first.id, by=county.actor("zhou"), report=signoff.Report(note="已公告", document_no="〔2026〕5 号"))
    attach(first, county.actor("zhou"))
    size, gone = ledger.size(), first.id
    cases.cancel(first.id, "项目不再实施", by=county.actor("zhou"))
    assert (case.cancelled_on, case.cancelled_because, case.steps) == (county.NOW.date(), "项目不再实施", [])
    assert db.session.get(Item, gone) is None
    told = entries(size)
    assert {(entry["action"], entry["reason"], entry["unit"]) for entry in told} == {
        ("cancel_case", "项目不再实施", "QH-CZJ")
    }
    assert {e["object"]["type"] for e in told if e["after"] is None} == {"item", "step", "evidence"}
    assert county.in_step()


def test_a_case_of_which_something_was_ever_signed_is_not_called_off() -> None:
    case = begun()
    first = items_of(case)[0]
    sign(first)
    signoff.withdraw(first.id, "数字有误", by=county.actor("zhou"))
    with pytest.raises(Refused, match="签认过"):
        cases.cancel(first.id, "不办了", by=county.actor("zhou"))
    assert len(case.steps) == 3
    assert county.in_step()


def test_calling_off_needs_a_reason_and_a_case() -> None:
    case = begun()
    with pytest.raises(Malformed):
        cases.cancel(items_of(case)[0].id, " ", by=county.actor("zhou"))
    with pytest.raises(Refused, match="不是办件"):
        cases.cancel(report_of(case).id, "不办了", by=county.actor("zhou"))


VERBS: dict[str, Callable[[Item, Item, Actor], Any]] = {
    "begin_case": lambda report, _, by: cases.begin(report.id, "第二件", county.NOW.date(), by=by),
    "cancel_case": lambda _, step, by: cases.cancel(step.id, "登记错了", by=by),
}


@pytest.mark.parametrize("verb", VERBS)
def test_the_same_form_twice_acts_once(verb: str) -> None:
    case = begun()
    rows, by = (report_of(case), items_of(case)[0]), county.actor("zhou", nonce="f" * 32)
    VERBS[verb](*rows, by)
    size = ledger.size()
    with pytest.raises(Repeated):
        VERBS[verb](*rows, by)
    assert ledger.size() == size


# --- the report on a node -----------------------------------------------------------------------------------


def words(item: Item) -> str:
    return cases.count(item, cases.of_duty(item)).words


def test_the_report_counts_the_cases_of_its_period(qinghe: county.Clock) -> None:
    june = report()
    december = county.item("公众参与", period="2026-12-15")
    assert words(june) == "本期没有登记办件（零报告）"
    done = cases.begin(june.id, "预算调整", date(2026, 3, 2), by=county.actor("zhou"))
    sign(*items_of(done))
    wrong = cases.begin(june.id, "登记错的", date(2026, 3, 1), by=county.actor("zhou"))
    cases.begin(june.id, "国资处置", date(2026, 2, 2), by=county.actor("zhou"))
    cases.cancel(items_of(wrong)[0].id, "登记错了", by=county.actor("zhou"))
    qinghe.set_day(date(2026, 7, 1))
    cases.begin(june.id, "专项资金安排", date(2026, 7, 1), by=county.actor("zhou"))
    assert (words(june), words(december)) == ("本期 2 件，其中办结 1 件", "本期 1 件，其中办结 0 件")
    assert "办件：本期 2 件，其中办结 1 件\n" in statements.statement(june, county.user("zhou"), acting=False)


def test_a_figure_is_asked_for_once_at_the_last_step() -> None:
    item = report(LIMITED)
    first, second, third = items_of(cases.begin(item.id, "预算调整", county.NOW.date(), by=county.actor("zhou")))
    assert item.targets == third.targets != []
    tick(first)
    tick(second)
    with pytest.raises(Malformed, match="完成值"):
        tick(third)


# --- on the screen ------------------------------------------------------------------------------------------


def test_a_case_is_one_card_in_the_section_of_the_step_whose_turn_it_is(visit: Visit) -> None:
    case = begun()
    page = visit("zhou").get("/items/").text
    assert page.count(f'id="case-{case.id}"') == 1
    card = page[page.index(f'id="case-{case.id}"') :]
    assert [card.index(f'id="item-{item.id}"') for item in items_of(case)] == sorted(
        card.index(f'id="item-{item.id}"') for item in items_of(case)
    )
    assert db.session.query(Step).count() == 3


def test_what_was_typed_stays_when_a_case_cannot_be_opened_or_called_off(visit: Visit) -> None:
    case, client = begun(), visit("zhou")
    again = client.post(f"/items/{report_of(case).id}/cases", data={"name": "预算调整", "began_on": "2026-03-02"})
    assert (again.status_code, 'value="预算调整"' in again.text) == (422, True)
    step = items_of(case)[0]
    empty = client.post(f"/items/{step.id}/case/cancellation", data={"reason": " "})
    assert (empty.status_code, "请填写撤销办件的理由" in empty.text) == (422, True)


def test_the_cancellation_sent_twice_is_no_error(visit: Visit) -> None:
    step, client = items_of(begun())[0].id, visit("zhou")
    form = {"reason": "登记错了", "nonce": "e" * 32}
    answers = [client.post(f"/items/{step}/case/cancellation", data=form) for _ in "12"]
    assert [(a.status_code, a.headers["Location"]) for a in answers] == [(303, "/items/")] * 2
