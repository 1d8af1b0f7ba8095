"""The clerk sets the steps of what is done whenever it arises; each case then runs through them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checklist import cases, ledger, lists
from checklist.lists import undoing
from checklist.refusal import Malformed
from models import Cadence, Item, db
from tests import county
from tests.conftest import Browse, Visit
from tests.test_imports import previewed
from tests.test_lists import MEETING, draft, edit, one
from tests.test_signoff import entries

pytestmark = pytest.mark.usefixtures("qinghe")
STEPS = ["集体研究", "公示3个工作日", "签订合同"]


def test_a_case_runs_through_the_steps_that_the_clerk_wrote() -> None:
    duties = county.draft("逢事清单", "一、规范程序\n财政局重大支出要履行专家论证、风险评估程序。\n")
    duty = one(duties)
    edit(duty, county.actor("chu"), cadence=Cadence.PER_EVENT, steps=STEPS, owners=[{"unit": "QH-CZJ", **county.LEAD}])
    lists.submit(duties.id, **MEETING, by=county.actor("chu"))
    lists.adopt(duties.id, by=county.actor("li"))
    item = db.session.scalars(select(Item).where(Item.duty_id == duty.id)).first()
    assert item
    case = cases.begin(item.id, "购置设备", county.NOW.date(), by=county.actor("zhou"))
    assert [step.name for step in case.steps] == STEPS
    assert county.in_step()


def test_steps_are_logged_and_undone_like_every_other_field() -> None:
    duties = draft()
    size = ledger.size()
    edit(one(duties), county.actor("chu"), steps=["  集体研究 ", "", "公示"])
    (entry,) = entries(size)
    assert (entry["before"]["steps"], entry["after"]["steps"]) == ([], ["集体研究", "公示"])
    undoing.undo(duties.id, by=county.actor("chu"))
    assert one(duties).steps == []
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
    duties = draft()
    page = browse("chu")
    page.goto(f"/duties/{one(duties).id}/edit")
    page.get_by_label("程序（办理步骤）").fill("集体研究\n公示\n")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator(f"article#d-{one(duties).id}").get_by_text("程序：集体研究 → 公示").wait_for()
