"""A revision of the county's list, step by step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from checklist import clock, lists
from checklist.lists import editing, versions
from models import Duty, DutyList
from tests import county

WHY = "常务会议要求提高标准"


def begun(why: str = WHY) -> DutyList:
    """A second version of the county's list, still a draft."""
    return versions.revise(first().id, why, by=county.actor("chu"))


def first() -> DutyList:
    """The county's list as it was first adopted."""
    return county.duty("预算考核").duty_list


def row(duty_list: DutyList, words: str) -> Duty:
    """The duty of a version with these words in it."""
    return next(duty for duty in duty_list.kept if words in duty.wording)


def edit(duty: Duty, **changed: Any) -> Duty:
    """Change some of a draft duty's particulars, and leave the rest."""
    values = {target.id: target.value for target in duty.targets}
    kept = (duty.side, duty.cadence, duty.due_on, duty.owners, duty.guards)
    as_it_is = editing.Edit(duty.wording, *kept, values, duty.steps)
    return editing.edit(duty.id, replace(as_it_is, **changed), by=county.actor("chu"))


def submit(duty_list: DutyList) -> DutyList:
    meeting = {"meeting": "第二次常务会议", "meeting_no": "〔2026〕9 号", "meeting_day": clock.today()}
    return lists.submit(duty_list.id, **meeting, by=county.actor("chu"))


def adopt(duty_list: DutyList) -> DutyList:
    """Submit it by the clerk, and let the head of the office confirm."""
    return lists.adopt(submit(duty_list).id, by=county.actor("li"))


def reworded(words: str, wording: str) -> DutyList:
    """A second version in force, in which one duty reads otherwise."""
    revised = begun()
    edit(row(revised, words), wording=wording)
    return adopt(revised)


def without(words: str) -> DutyList:
    """A second version in force, which lacks a duty."""
    revised = begun()
    editing.drop(row(revised, words).id, by=county.actor("chu"))
    return adopt(revised)
