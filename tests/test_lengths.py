"""Nothing is kept that is longer than its place: too long is said at its field, by every verb, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from checklist import ledger, lists
from checklist.actor import Actor
from checklist.lists import arranging, consultation, copying, corrections, drafting, editing, versions
from checklist.papers import imports
from checklist.refusal import Malformed
from models import Answer, DutyList, db
from tests import county, revisions
from tests.conftest import Visit
from tests.consultations import consulting, lineage, opinion
from tests.drafts import MEETING, draft, edit, one, ready, submitted

pytestmark = pytest.mark.usefixtures("qinghe")
Verb = Callable[[DutyList, Actor], Any]
SHEET = "工作内容,廉政责任,责任单位,完成时限\n{},{},财政局,2026年6月底\n"


def submit(**told: Any) -> Verb:
    return lambda duty_list, by: lists.submit(duty_list.id, **MEETING | told, by=by)


def draw_up(**told: str) -> Verb:
    named = {"name": "另一份", "title": "讲话", "text": county.SPEECH} | told
    return lambda duty_list, by: drafting.draft(duty_list.unit_id, year=2026, **named, by=by)


def take_in(wording: str = "建立台账", integrity: str = "公开台账", **told: str) -> Verb:
    named = {"name": "另一份", "title": "任务分解表"} | told
    content = SHEET.format(wording, integrity).encode()
    return lambda duty_list, by: imports.import_list(
        duty_list.unit_id, year=2026, **named, content=content, leave_out=False, by=by
    )


def object_at_length(duty_list: DutyList, _by: Actor) -> None:
    said = {lineage(duty_list, "对接会"): "不" * 1001}
    consultation.answer(opinion(duty_list, "QH-CZJ").id, Answer.OBJECTS, said, by=county.actor("zhou"))


def of_one(verb: Callable[..., Any], *told: Any) -> Verb:
    return lambda duty_list, by: verb(duty_list.id, *told, by=by)


TOO_LONG: dict[str, tuple[Callable[[], DutyList], str, Verb, str]] = {
    "the meeting": (ready, "chu", submit(meeting="会" * 500), "会议名称不超过 120 字。"),
    "its number": (ready, "chu", submit(meeting_no="〔" * 61), "会议文号或纪要号不超过 60 字。"),
    "a list's name": (ready, "chu", draw_up(name="表" * 121), "清单名称不超过 120 字。"),
    "its source's title": (ready, "chu", draw_up(title="题" * 201), "文件标题不超过 200 字。"),
    "an imported list's name": (ready, "chu", take_in(name="表" * 500), "清单名称不超过 120 字。"),
    "an imported file's title": (ready, "chu", take_in(title="题" * 500), "文件标题不超过 200 字。"),
    "an imported wording": (ready, "chu", take_in("管" * 5000), "有 2 行有错"),
    "an imported wording of integrity": (ready, "chu", take_in(integrity="廉" * 5000), "有 2 行有错"),
    "a copy's name": (
        revisions.first,
        "chu",
        lambda duty_list, by: copying.copy(duty_list.id, year=2027, name="表" * 121, by=by),
        "清单名称不超过 120 字。",
    ),
    "a wording added": (ready, "chu", of_one(editing.add, "管" * 5000), "任务表述不超过 2000 字。"),
    "a wording edited": (
        ready,
        "chu",
        lambda duty_list, by: edit(one(duty_list), by, wording="管" * 2001),
        "任务表述不超过 2000 字。",
    ),
    "a step": (ready, "chu", lambda duty_list, by: edit(one(duty_list), by, steps=["议" * 81]), "超过 80 字"),
    "a wording corrected": (
        revisions.first,
        "li",
        lambda duty_list, by: corrections.correct(one(duty_list).id, "管" * 5000, "笔误", by=by),
        "任务表述不超过 2000 字。",
    ),
    "why it is corrected": (
        revisions.first,
        "li",
        lambda duty_list, by: corrections.correct(one(duty_list).id, "财政局要健全预算考核机制", "错" * 201, by=by),
        "勘误的理由不超过 200 字。",
    ),
    "an objection": (consulting, "zhou", object_at_length, r"对第 \d 项的意见不超过 1000 字。"),
    "why it is declined": (submitted, "li", of_one(lists.decline, "改" * 2001), "退回修改的理由不超过 2000 字。"),
    "why it is given up": (draft, "chu", of_one(lists.abandon, "弃" * 2001), "放弃的理由不超过 2000 字。"),
    "why it is revised": (revisions.first, "chu", of_one(versions.revise, "修" * 2001), "修订的理由不超过 2000 字。"),
    "why it is over early": (
        consulting,
        "chu",
        lambda duty_list, by: consultation.conclude(duty_list.id, reason="完" * 2001, by=by),
        "提前结束的理由不超过 2000 字。",
    ),
}


@pytest.mark.parametrize("what", TOO_LONG)
def test_what_is_too_long_is_said_and_changes_nothing(what: str) -> None:
    make, login, verb, words = TOO_LONG[what]
    duty_list = make()
    before, size = len(db.session.scalars(select(DutyList)).all()), ledger.size()
    with pytest.raises(Malformed, match=words) as refused:
        verb(duty_list, county.actor(login))
    assert refused.value.field
    assert (len(db.session.scalars(select(DutyList)).all()), ledger.size()) == (before, size)
    assert county.in_step()


def test_two_rows_that_are_too_long_together_stay_two() -> None:
    duty_list = ready()
    first, second, *_ = duty_list.kept
    for duty in (first, second):
        edit(duty, county.actor("chu"), wording="管" * 1500)
    with pytest.raises(Malformed, match="合并后的任务表述不超过 2000 字"):
        arranging.merge(duty_list.id, {first.id: first.rev, second.id: second.rev}, by=county.actor("chu"))
    assert (first.wording, second.dropped) == ("管" * 1500, False)
    assert county.in_step()


def test_a_meeting_and_a_wording_that_are_too_long_come_back_on_the_page(visit: Visit) -> None:
    duty_list = ready()
    duty, chu = one(duty_list), visit("chu")
    size, words = ledger.size(), duty.wording
    meeting = {"meeting": "会" * 500, "meeting_no": "〔2026〕2 号", "meeting_day": "2026-02-27"}
    shown = chu.post(f"/lists/{duty_list.id}/submission", data=meeting)
    assert (shown.status_code, "120 字" in shown.text) == (422, True)
    added = chu.post(f"/lists/{duty_list.id}/duties", data={"wording": "管" * 5000})
    assert (added.status_code, "2000 字" in added.text) == (422, True)
    changed = {"wording": "管" * 5000, "side": "work", "cadence": "ongoing", "rev": duty.rev}
    edited = chu.post(f"/duties/{duty.id}", data=changed)
    assert (edited.status_code, "2000 字" in edited.text) == (422, True)
    assert (ledger.size(), duty.wording, duty_list.state.value) == (size, words, "draft")
