"""The three tiers of 责任清单: who may lead a row of each, and in whose name a 班子 list is signed.

A 任务分解表 has no tier: its rows fall to units. Of a 责任清单 the 班子 rows are led by the unit's secretary on behalf
of its 党组, the 书记 rows by the secretary, and the 成员 rows by posts of the unit's team.
"""

from __future__ import annotations

from collections.abc import Iterable

from checklist import picture
from checklist.lists import owners
from checklist.lists.owners import Owner
from checklist.picture import Post
from models import Duty, DutyList, Part, Tier, Unit

LED_BY_SECRETARY = (Tier.TEAM, Tier.SECRETARY)
TEAM: Owner = {"set": "team", "except": []}


def secretary(unit: Unit) -> Post | None:
    """Return the open post of the unit's 党委 or 党组书记; a unit has one at most."""
    return picture.current().secretaries.get(unit.id)


def proposed(found: Iterable[Owner], duty_list: DutyList) -> list[Owner]:
    """Return of the owners that a text or a table names those that fit, led by the secretary where the tier says so."""
    if duty_list.tier is Tier.NONE:
        return list(found)
    fitting = [owner for owner in found if owner["part"] != Part.LEAD or _may_lead(owner, duty_list)]
    head = secretary(duty_list.unit)
    if duty_list.tier not in LED_BY_SECRETARY or head is None:
        return fitting
    others = [owner for owner in fitting if owner.get("post") != head.id]
    return [{"post": head.id, "part": Part.LEAD.value}, *others]


def _may_lead(owner: Owner, duty_list: DutyList) -> bool:
    if duty_list.tier is Tier.MEMBER and "post" not in owner:
        return owner.get("set") == "team"
    posts = owners.posts_of(owner, duty_list.unit)
    if duty_list.tier in LED_BY_SECRETARY:
        return posts == [secretary(duty_list.unit)]
    return all(post in owners.team(duty_list.unit) for post in posts)


def candidates(duty_list: DutyList) -> list[tuple[str, Owner]]:
    """Return who may own a duty of this list, each with a key that does for a form's field."""
    if duty_list.tier is Tier.NONE:
        return owners.candidates(duty_list.unit)
    head, team = secretary(duty_list.unit), owners.team(duty_list.unit)
    first = [head] if head and duty_list.tier in LED_BY_SECRETARY else []
    posts: list[Owner] = [{"post": post.id} for post in [*first, *(post for post in team if post not in first)]]
    return [(owners.key(owner), owner) for owner in [TEAM, *posts]]


def choices(duty: Duty) -> list[tuple[str, Owner]]:
    """Return who may own a duty, and whoever owns it already though its list would not offer them."""
    offered = candidates(duty.duty_list)
    keys = {key for key, _ in offered}
    bare = [{name: value for name, value in owner.items() if name != "part"} for owner in duty.owners]
    return offered + [(owners.key(owner), owner) for owner in bare if owners.key(owner) not in keys]


def misled(duty: Duty) -> list[str]:
    """Say what is wrong with who leads a row of a 责任清单, in Chinese."""
    duty_list = duty.duty_list
    if duty_list.tier is Tier.NONE:
        return []
    head = secretary(duty_list.unit)
    if duty_list.tier in LED_BY_SECRETARY and head is None:
        return []  # said once, of the whole list
    wrong = [o for o in duty.owners if o["part"] == Part.LEAD and not _may_lead(o, duty_list)]
    if not wrong:
        return []
    who = "、".join(map(owners.describe, wrong))
    if head and duty_list.tier in LED_BY_SECRETARY:
        return [f"由{who}牵头，{duty_list.sort}的事项要由{head.title}牵头"]
    return [f"由{who}牵头，成员清单的事项要由{duty_list.unit.name}班子成员的岗位牵头"]


def headless(duty_list: DutyList) -> list[str]:
    """Say what is to be done where a list is to be led by a secretary and its unit has none."""
    if duty_list.tier not in LED_BY_SECRETARY or secretary(duty_list.unit):
        return []
    return [
        f"{duty_list.unit.name}还没有书记的岗位，{duty_list.sort}没有人牵头。"
        "请系统管理员在“单位与岗位”里设好书记岗位并任职，再到每一项选他牵头"
    ]
