"""The clerk sets the steps of what is done whenever it arises; each case then runs through them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checklist import ledger, lists
from checklist.items import cases, signoff
from checklist.lists import undoing, versions
from checklist.refusal import Malformed
from models import Cadence, Item, ItemState, db
from tests import county, revisions
from tests.cases import items_of, report
from tests.conftest import Browse, Visit
from tests.drafts import MEETING, draft, edit, one
from tests.entries import entries
from tests.sheets import previewed

pytestmark = pytest.mark.usefixtures("qinghe")
STEPS = ["集体研究", "公示3个工作日", "签订合同"]


def test_a_case_runs_through_the_steps_that_the_clerk_wrote() -> None:
    duty_list = county.draft("逢事清单", "一、规范程序\n财政局重大支出要履行专家论证、风险评估程序。\n")
    duty = one(duty_list)
    edit(duty, county.actor("chu"), cadence=Cadence.PER_EVENT, steps=STEPS, owners=[{"unit": "QH-CZJ", **county.LEAD}])
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    lists.adopt(duty_list.id, by=county.actor("li"))
    item = db.session.scalars(select(Item).where(Item.duty_id == duty.id)).first()
    assert item
    case = cases.begin(item.id, "购置设备", county.NOW.date(), by=county.actor("zhou"))
    assert [step.name for step in case.steps] == STEPS
    assert county.in_step()


def test_a_case_goes_on_by_the_steps_it_was_opened_with_and_the_next_by_the_new_ones() -> None:
    item = report()
    case = cases.begin(item.id, "预算调整", county.NOW.date(), by=county.actor("zhou"))
    first, second, third = items_of(case)
    county.sign(first, second, by=county.actor("zhou"))
    signoff.approve(first.id, by=county.actor("sun"))
    revised = versions.revise(item.duty.duty_list.id, "简化程序", by=county.actor("chu"))
    revisions.edit(one(revised), steps=STEPS)
    revisions.adopt(revised)
    states = [step.item.state for step in case.steps]
    assert states == [ItemState.APPROVED, ItemState.SIGNED, ItemState.OPEN]
    assert not [signature for signature in first.signatures + second.signatures if signature.voided_at]
    county.sign(third, by=county.actor("zhou"))
    assert cases.is_done(case)
    new = cases.begin(item.id, "购置设备", county.NOW.date(), by=county.actor("zhou"))
    assert [step.name for step in new.steps] == STEPS
    assert county.in_step()


def test_a_case_of_a_duty_that_asks_for_something_else_is_signed_again() -> None:
    item = report()
    case = cases.begin(item.id, "预算调整", county.NOW.date(), by=county.actor("zhou"))
    county.sign(items_of(case)[0], by=county.actor("zhou"))
    revised = versions.revise(item.duty.duty_list.id, "改要求", by=county.actor("chu"))
    revisions.edit(one(revised), wording="财政局的一切支出都要履行程序", steps=STEPS)
    revisions.adopt(revised)
    assert {step.item.state for step in case.steps} == {ItemState.OPEN}
    assert items_of(case)[0].signatures[0].voided_at
    assert county.in_step()


def test_steps_are_logged_and_undone_like_every_other_field() -> None:
    duty_list = draft()
    size = ledger.size()
    edit(one(duty_list), county.actor("chu"), steps=["  集体研究 ", "", "公示"])
    (entry,) = entries(size)
    assert (entry["before"]["steps"], entry["after"]["steps"]) == ([], ["集体研究", "公示"])
    undoing.undo(duty_list.id, by=county.actor("chu"))
    assert one(duty_list).steps == []
    assert county.in_step()


@pytest.mark.parametrize(("steps", "said"), [(["步"] * 21, "不超过 20 步"), (["公示", "长" * 81], "第 2 步超过 80 字")])
def test_more_than_anybody_can_follow_is_sent_back(steps: list[str], said: str) -> None:
    duty = one(draft())
    with pytest.raises(Malformed, match=said) as refused:
        edit(duty, county.actor("chu"), steps=steps)
    assert refused.value.field == "steps"
    assert duty.steps == []


def test_a_table_with_such_steps_says_in_which_cell() -> None:
    table = f"工作内容,责任单位,步骤\n购置设备,县财政局,{'长' * 81}\n".encode()
    (row,) = previewed(table).rows
    assert [(wrong.at, "超过 80 字" in wrong.words) for wrong in row.wrong] == [("C2", True)]


def test_what_was_typed_is_still_there_when_it_is_sent_back(visit: Visit) -> None:
    duty = one(draft())
    form = {"wording": "改了", "side": "work", "cadence": "per-event", "steps": "公示\n" + "长" * 81, "rev": duty.rev}
    response = visit("chu").post(f"/duties/{duty.id}", data=form)
    assert response.status_code == 422
    assert "第 2 步超过 80 字" in response.text
    assert "公示\n" + "长" * 81 in response.text


def test_a_clerk_writes_one_step_a_line(browse: Browse) -> None:
    duty_list = draft()
    page = browse("chu")
    page.goto(f"/duties/{one(duty_list).id}/edit")
    page.get_by_label("程序（办理步骤）").fill("集体研究\n公示\n")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator(f"article#d-{one(duty_list).id}").get_by_text("程序：集体研究 → 公示").wait_for()
