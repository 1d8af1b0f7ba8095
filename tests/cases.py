"""A case of what a bureau does whenever it comes up, and its steps."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from checklist import lists
from checklist.items import cases
from models import Cadence, Case, Item, db
from tests import county
from tests.drafts import MEETING, edit

DECISION = "财政局重大事项要履行公众参与、专家论证、风险评估程序"
LIMITED = DECISION + "，专家论证10个工作日内完成"
STEPS = ["公众参与", "专家论证", "风险评估"]


def report(text: str = DECISION, wording: str = LIMITED) -> Item:
    """The item with which 周局长 reports in June on what his bureau does case by case."""
    duty_list = county.draft("逢事清单", f"一、规范程序\n{text}。\n")
    (duty,) = duty_list.duties
    assert duty.cadence is Cadence.PER_EVENT
    edit(duty, county.actor("chu"), wording=wording, owners=[{"unit": "QH-CZJ", **county.LEAD}])
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    lists.adopt(duty_list.id, by=county.actor("li"))
    return db.session.scalars(select(Item).where(Item.duty_id == duty.id).order_by(Item.period)).first()  # type: ignore[return-value]


def begun(name: str = "预算调整", began_on: date | None = None, login: str = "zhou") -> Case:
    """A case with its three steps."""
    return cases.begin(report().id, name, began_on or county.NOW.date(), by=county.actor(login))


def items_of(case: Case) -> list[Item]:
    return [step.item for step in case.steps]
