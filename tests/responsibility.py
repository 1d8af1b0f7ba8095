"""责任清单 of each tier: drawn from other lists, adopted, and signed with minutes."""

from __future__ import annotations

from sqlalchemy import select

from checklist import lists
from checklist.actor import Actor
from checklist.items import signoff
from checklist.lists import drafting, drawing
from models import (
    Duty,
    DutyList,
    Item,
    Tier,
    db,
)
from tests import county
from tests.drafts import MEETING

YEAR = 2026
TEXT = "一、责任\n要研究党风廉政建设工作。财政局要严禁截留、挪用专项资金。\n"
MINUTES = "清政党组纪〔2026〕3 号"


def of(login: str, draft: DutyList | None = None, unit: str = "QH-GOV") -> drawing.Member:
    """What would be drawn for somebody."""
    found = drawing.members(county.unit(unit), YEAR, draft)
    return next(member for member in found if member.post.id == county.post_of(login).id)


def chosen(*members: drawing.Member) -> dict[int, str]:
    return {member.post.id: member.digest for member in members}


def drawn(by: Actor | None = None, name: str = "班子成员责任清单") -> DutyList:
    """The list of the vice head, in charge of the finance bureau."""
    unit = county.unit("QH-GOV").id
    return drawing.begin(unit, chosen(of("sun")), name=name, year=YEAR, by=by or county.actor("chu"))


def draft(tier: Tier, unit: str = "QH-GOV", name: str = "责任清单", text: str = TEXT, by: str = "chu") -> DutyList:
    return drafting.draft(
        county.unit(unit).id, name=name, year=2026, title="意见", text=text, by=county.actor(by), tier=tier
    )


def adopted(duty_list: DutyList) -> DutyList:
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    return lists.adopt(duty_list.id, by=county.actor("li"))


def team_item(login: str = "qian") -> Item:
    """An item of the government's 班子 list, reported by the county head."""
    adopted(draft(Tier.TEAM))
    found = db.session.scalars(select(Item).join(Duty).join(DutyList).where(DutyList.tier == Tier.TEAM)).first()
    assert found is not None
    return signoff.tick(found.id, by=county.actor(login))


def shown(item: Item, minutes_no: str, login: str = "qian") -> dict[int, str]:
    return {item.id: signoff.digest(signoff.statement(item, county.user(login), False, minutes_no))}
