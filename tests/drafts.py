"""A list on its way into force: drafted, made ready, submitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from checklist import lists
from checklist.actor import Actor
from checklist.lists import editing
from models import Duty, DutyList
from tests import county

MEETING = {"meeting": "常务会议", "meeting_no": "〔2026〕2 号", "meeting_day": date(2026, 2, 27)}


def draft() -> DutyList:
    return county.draft("春季任务分解表", county.SPEECH)


def ready() -> DutyList:
    """A draft of which every duty has an owner."""
    duty_list = draft()
    work = next(d for d in duty_list.duties if "预算考核" in d.wording)
    for duty in list(duty_list.duties):
        editing.edit(duty.id, county.decided(duty, [work.lineage]), by=county.actor("chu"))
    return duty_list


def submitted() -> DutyList:
    return lists.submit(ready().id, **MEETING, by=county.actor("chu"))


def one(duty_list: DutyList) -> Duty:
    return duty_list.duties[0]


def edit(duty: Duty, by: Actor, rev: int | None = None, **changed: Any) -> Duty:
    kept = (duty.side, duty.cadence, duty.due_on, duty.owners, duty.guards)
    as_it_is = editing.Edit(duty.wording, *kept, {}, duty.steps)
    return editing.edit(duty.id, replace(as_it_is, **changed), by=by, rev=rev)


EDITS: dict[str, Callable[[DutyList, Actor], Any]] = {
    "add": lambda duties, by: editing.add(duties.id, "报送年度总结", by=by),
    "edit": lambda duties, by: edit(one(duties), by, wording="完善预算绩效考核机制"),
    "drop": lambda duties, by: editing.drop(one(duties).id, by=by),
    "set_nodes": lambda duties, by: lists.set_nodes(duties.id, [date(2026, 11, 30)], by=by),
}


def chosen(*duties: Duty) -> dict[int, int | None]:
    return {duty.id: duty.rev for duty in duties}
