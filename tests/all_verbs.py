"""All that a county does in a year, by the verbs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask

from checklist import clock, lists
from checklist.items import cases, signoff
from checklist.lists import consultation, copying, editing, versions
from tests import county, registers, revisions
from tests.cases import items_of, report
from tests.consultations import LAST_DAY, consulting
from tests.responsibility import MINUTES, adopted, drawn, shown, team_item


def fill(app: Flask) -> None:
    county.lay_key(Path(app.instance_path))
    with clock.use_clock(county.Clock(county.NOW)):
        live()


def live() -> None:
    """A register comes in, lists are drawn, signed with minutes, laid before units, given up, begun again, revised."""
    chu, qian, zhou = county.actor("chu"), county.actor("qian"), county.actor("zhou")
    registers.take(registers.new())
    adopted(drawn())
    item = team_item()
    signoff.sign(shown(item, MINUTES), by=qian, minutes_no=MINUTES)
    signoff.withdraw(item.id, "纪要写错了", by=qian)
    signoff.sign(shown(item, "另一号"), by=qian, minutes_no="另一号")
    signoff.approve(item.id, by=county.actor("zhao"))
    asked = consultation.extend(consulting().id, LAST_DAY + timedelta(days=3), by=chu).duty_list
    consultation.conclude(asked.id, reason="会议提前", by=chu)
    lists.withdraw_submission(revisions.submit(asked).id, "会议改期", by=chu)
    for _ in range(2):
        lists.abandon(county.draft("又一份", county.SPEECH).id, "用错了讲话稿", by=chu)
    lists.abandon(copying.copy(revisions.first().id, year=2027, name="明年", by=chu).id, "太早", by=chu)
    lists.abandon(revisions.begun().id, "不改了", by=chu)
    reported = report()
    case = cases.begin(reported.id, "预算调整", county.NOW.date(), by=zhou)
    county.sign(*items_of(case)[:2], by=zhou)
    steps = versions.revise(reported.duty.duty_list.id, "简化程序", by=chu)
    revisions.edit(steps.duties[0], steps=["公示"])
    revisions.adopt(steps)
    guarded = revisions.begun()
    editing.drop(revisions.row(guarded, "预算考核").id, by=chu)
    revisions.adopt(guarded)
