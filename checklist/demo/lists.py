"""The demo county's lists: its clerks edit the proposals of a text, and a second person brings them into force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from checklist import clock, lists
from checklist.demo.county import (
    BECAUSE,
    DECISION,
    EVERYTHING_ELSE,
    GOALS,
    GUARDS,
    LEFT_OUT,
    NO_DUTIES,
    NOTICE,
    OWNERS,
    REVISION,
    REWORDED,
    SIDES,
    TEAM_DUTIES,
)
from checklist.demo.story import Story
from checklist.lists import drafting, drawing, editing, owners, versions
from models import Cadence, Duty, DutyList, Tier, db

SPEECH = Path(__file__).with_name("speech.txt")


def adopt_the_lists(story: Story) -> None:
    """Bring the lists into force from their texts, each by two people."""
    story.on(story.adopted)
    speech = SPEECH.read_text(encoding="utf-8")
    tasks = draft(story, "jingban", "QH-GOV", "廉政工作会任务分解表", "在县政府系统廉政工作会上的讲话", speech)
    submit(story, "jingban", tasks, "县政府第三次常务会议", story.number("清政纪"))
    team = draft(story, "xianwei", "QH", "县委班子廉政任务分解表", "县委关于落实主体责任的决定", DECISION)
    submit(story, "xianwei", team, "县委常委会会议", story.number("清常纪"))
    story.on(story.adopted, hour=15)
    lists.adopt(tasks.id, by=story.actor("zhuren"))
    lists.adopt(team.id, by=story.actor("shuji"))


def adopt_the_tiers(story: Story) -> None:
    """Bring the committee's 班子 list into force, and that of what government leaders guard in their charge."""
    title = "县委领导班子落实主体责任清单"
    team = draft(story, "xianwei", "QH", "县委班子责任清单", title, TEAM_DUTIES, Tier.TEAM)
    hand_over(story, "xianwei", team, "县委常委会会议", story.number("清常纪"))
    lists.adopt(team.id, by=story.actor("shuji"))
    government, clerk = story.units["QH-GOV"], story.actor("jingban")
    leaders = {m.post.id: m.digest for m in drawing.members(government, story.year) if m.lines}
    members = drawing.begin(government.id, leaders, name="县政府班子成员责任清单", year=story.year, by=clerk)
    for duty in [d for d in members.duties if d.cadence is not Cadence.ONGOING]:
        editing.drop(duty.id, by=clerk)  # what a bureau does each quarter, its own row says
    hand_over(story, "jingban", members, "县政府党组会议", story.number("清政党组纪"))
    lists.adopt(members.id, by=story.actor("zhuren"))


def draft(story: Story, clerk: str, unit: str, name: str, title: str, text: str, tier: Tier = Tier.NONE) -> DutyList:
    by, below = story.actor(clerk), story.units[unit].id
    return drafting.draft(below, name=name, year=story.year, title=title, text=text, by=by, tier=tier)


def submit(story: Story, clerk: str, duty_list: DutyList, meeting: str, number: str) -> None:
    """Go through the proposals, and hand the list over."""
    go_through(story, clerk, duty_list)
    hand_over(story, clerk, duty_list, meeting, number)


def hand_over(story: Story, clerk: str, duty_list: DutyList, meeting: str, number: str) -> None:
    """Set the days, and submit the list with its meeting."""
    # One day to report on is past and one to come, whatever day it is now.
    nodes = [clock.day_of(story.end + timedelta(days=days)) for days in (-55, 25)]
    lists.set_nodes(duty_list.id, nodes, by=story.actor(clerk))
    lists.submit(duty_list.id, meeting=meeting, meeting_no=number, meeting_day=clock.today(), by=story.actor(clerk))


def go_through(story: Story, clerk: str, duty_list: DutyList) -> None:
    """Edit the proposals as the clerk does: mend slips, drop what is no duty, find owners for the rest."""
    for duty in list(duty_list.duties):
        for flag in duty.flags:
            if flag.get("standard"):
                editing.mend(duty.id, flag["text"], flag["standard"], by=story.actor(clerk))
        if any(words in duty.wording for words in NO_DUTIES):
            editing.drop(duty.id, by=story.actor(clerk))
        else:
            editing.edit(duty.id, decided(story, duty_list, duty), by=story.actor(clerk))


def decided(story: Story, duty_list: DutyList, duty: Duty) -> editing.Edit:
    wording = duty.wording
    for proposed, better in REWORDED.items():
        wording = wording.replace(proposed, better)
    leads, supports = next(((leads, helps) for words, leads, helps in OWNERS if words in wording), EVERYTHING_ELSE)
    goal = next((Decimal(goal) for words, goal in GOALS.items() if words in wording), None)
    guarded = [work for words, work in GUARDS if words in wording]
    return editing.Edit(
        wording=wording,
        side=next((side for words, side in SIDES.items() if words in wording), duty.side),
        cadence=Cadence(duty.cadence),
        due_on=None,
        owners=[*chosen(story, leads, "lead"), *chosen(story, supports, "support")],
        guards=[d.lineage for d in duty_list.duties for work in guarded if work in d.wording],
        values={target.id: target.value if target.value is not None else goal for target in duty.targets},
        steps=duty.steps,
    )


def chosen(story: Story, names: str, part: str) -> Iterator[owners.Owner]:
    """Yield the owners whom a name in county.OWNERS stands for."""
    for name in names.split():
        group, _, left_out = name.partition("!")
        login, _, unit = name.partition("@")
        if name in story.units:
            yield {"unit": name, "part": part}
        elif group in owners.SETS:
            yield {"set": group, "except": left_out.split(), "part": part}
        else:
            post = story.posts[login, unit] if unit else story.posts_of(login)[0]
            yield {"post": post.id, "part": part}


def revise_a_list(story: Story) -> None:
    """Revise the county committee's list: leave one row out, word one anew, and have it signed again."""
    clerk = story.actor("xianwei")
    in_force = db.session.scalars(
        select(DutyList).where(DutyList.unit == story.units["QH"], DutyList.tier == Tier.NONE)
    ).one()
    revised = versions.revise(in_force.id, BECAUSE, by=clerk)
    for duty in list(revised.duties):
        if LEFT_OUT in duty.wording:
            editing.drop(duty.id, by=clerk)
        for old, new in REVISION.items():
            if old in duty.wording:
                editing.edit(duty.id, reworded(duty, duty.wording.replace(old, new)), by=clerk)
    day = clock.today()
    number = story.number("清常纪")
    lists.submit(revised.id, meeting="县委常委会会议", meeting_no=number, meeting_day=day, by=clerk)
    lists.adopt(revised.id, by=story.actor("shuji"))


def reworded(duty: Duty, wording: str) -> editing.Edit:
    """Return a duty as it is, but for its wording."""
    values = {target.id: target.value for target in duty.targets}
    return editing.Edit(wording, duty.side, duty.cadence, duty.due_on, duty.owners, duty.guards, values, duty.steps)


def begin_another_list(story: Story) -> None:
    """Begin a draft for visitors to go on with: one row gone through, one added, the rest as proposed."""
    title = "关于开展节日期间纠治“四风”工作的通知"
    unit, name, clerk = story.units["QH-GOV"].id, "节日期间纠治“四风”任务分解表", story.actor("jingban")
    duty_list = drafting.draft(unit, name=name, year=clock.today().year, title=title, text=NOTICE, by=clerk)
    first = duty_list.duties[0]
    editing.edit(first.id, decided(story, duty_list, first), by=clerk)
    editing.add(duty_list.id, "节后 5 个工作日内汇总各单位自查情况", by=clerk)
