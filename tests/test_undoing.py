"""The clerk takes back her last steps, one by one, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from checklist import ledger, lists
from checklist.actor import Actor
from checklist.county import accounts
from checklist.ledger.states import State, state
from checklist.lists import arranging, editing, pairing, precedents, undoing
from checklist.refusal import NotYours, Refused, Stale
from models import Cadence, DutyList, Part, Role, Side, db
from tests import county
from tests.drafts import MEETING, chosen, draft, edit, ready
from tests.entries import entries

pytestmark = pytest.mark.usefixtures("qinghe")

STEPS: dict[str, Callable[[DutyList, Actor], Any]] = {
    "add": lambda d, by: editing.add(d.id, "报送年度总结", by=by),
    "edit": lambda d, by: edit(
        row(d, "净增企业"),
        by,
        wording="净增企业六十户",
        side=Side.BOTH,
        cadence=Cadence.ONCE,
        due_on=date(2026, 9, 1),
        values={t.id: None for t in row(d, "净增企业").targets},
    ),
    "drop": lambda d, by: editing.drop(row(d, "率先垂范").id, by=by),
    "set_nodes": lambda d, by: lists.set_nodes(d.id, [date(2026, 11, 30)], by=by),
    "merge": lambda d, by: arranging.merge(d.id, chosen(row(d, "可办率"), row(d, "净增企业")), by=by),
    "split": lambda d, by: arranging.split(row(d, "净增企业").id, 8, by=by),
    "move": lambda d, by: arranging.move(row(d, "净增企业").id, 1, by=by),
    "assign": lambda d, by: editing.assign(d.id, chosen(*d.duties[:3]), ["unit-QH-JYJ"], Part.SUPPORT, by=by),
    "pair": lambda d, by: pairing.pair(row(d, "严禁截留").id, row(d, "对接会").id, by=by),
    "take_lead": lambda d, by: precedents.take_lead(row(d, "对接会").id, by=by),
}


def row(duty_list: DutyList, words: str) -> Any:
    return next(d for d in duty_list.duties if words in d.wording)


def content(duty_list: DutyList) -> list[State]:
    """Everything that a draft says, without the revisions."""
    db.session.expire_all()
    rows = [duty_list, *duty_list.duties, *(target for d in duty_list.duties for target in d.targets)]
    return [{key: value for key, value in state(r).items() if key != "rev"} for r in rows]


@pytest.mark.parametrize("verb", STEPS)
def test_every_step_can_be_taken_back(verb: str) -> None:
    duty_list = draft()
    before = content(duty_list)
    STEPS[verb](duty_list, county.actor("chu"))
    assert content(duty_list) != before
    size = ledger.size()
    undoing.undo(duty_list.id, by=county.actor("chu"))
    assert content(duty_list) == before
    assert {(entry["action"], entry["result"]) for entry in entries(size)} == {("undo", "ok")}
    assert county.in_step()


def test_all_steps_are_taken_back_to_the_drafts_beginning() -> None:
    duty_list = draft()
    states = [content(duty_list)]
    for step in STEPS.values():
        step(duty_list, county.actor("chu"))
        states.append(content(duty_list))
    while states[1:]:
        states.pop()
        undoing.undo(duty_list.id, by=county.actor("chu"))
        assert content(duty_list) == states[-1]
    with pytest.raises(Refused, match="没有您可以撤销的步骤"):
        undoing.undo(duty_list.id, by=county.actor("chu"))
    assert undoing.last_step(duty_list, county.actor("chu")) is None
    assert county.in_step()


def test_after_taking_back_one_goes_on_and_takes_back_again() -> None:
    duty_list, by = draft(), county.actor("chu")
    for wording in ("第一稿", "第二稿"):
        edit(duty_list.duties[0], county.actor("chu"), wording=wording)
    undoing.undo(duty_list.id, by=county.actor("chu"))
    assert duty_list.duties[0].wording == "第一稿"
    edit(duty_list.duties[0], county.actor("chu"), wording="第三稿")
    undoing.undo(duty_list.id, by=county.actor("chu"))
    undoing.undo(duty_list.id, by=by)
    assert duty_list.duties[0].wording == duty_list.duties[0].quote


def second_clerk() -> Actor:
    accounts.grant(
        county.user("zheng").id, Role.CLERK, county.unit("QH-GOV").id, county.NOW.date(), None, by=county.console
    )
    return county.actor("zheng")


def test_another_clerks_steps_are_hers() -> None:
    duty_list = draft()
    other = second_clerk()
    edit(duty_list.duties[0], county.actor("chu"), wording="褚的改法")
    edit(duty_list.duties[1], other, wording="郑的改法")
    undoing.undo(duty_list.id, by=county.actor("chu"))
    assert [d.wording == d.quote for d in duty_list.duties[:2]] == [True, False]


def test_what_somebody_else_changed_since_is_not_taken_back() -> None:
    duty_list = draft()
    edit(duty_list.duties[0], county.actor("chu"), wording="褚的改法")
    edit(duty_list.duties[0], second_clerk(), wording="褚的改法", cadence=Cadence.YEARLY)
    with pytest.raises(Refused, match="第 1 项后来又被改过"):
        undoing.undo(duty_list.id, by=county.actor("chu"))
    assert (duty_list.duties[0].wording, duty_list.duties[0].cadence) == ("褚的改法", Cadence.YEARLY)
    assert county.in_step()


def test_an_old_page_takes_back_nothing_new() -> None:
    duty_list = draft()
    edit(duty_list.duties[0], county.actor("chu"), wording="一稿")
    step = undoing.last_step(duty_list, county.actor("chu"))
    assert step
    assert (step.action, step.positions) == ("edit", [1])
    edit(duty_list.duties[1], county.actor("chu"), wording="二稿")
    with pytest.raises(Stale):
        undoing.undo(duty_list.id, by=county.actor("chu"), step=step.seq)


def test_another_drafts_steps_are_not_this_ones() -> None:
    duty_list = draft()
    other = county.draft("另一份", county.SPEECH)
    edit(other.duties[0], county.actor("chu"), wording="另一份的改动")
    assert undoing.last_step(duty_list, county.actor("chu")) is None


def test_only_a_clerk_and_only_in_a_draft() -> None:
    duty_list = ready()
    with pytest.raises(NotYours):
        undoing.undo(duty_list.id, by=county.actor("qian"))
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    with pytest.raises(Refused, match="不能再改"):
        undoing.undo(duty_list.id, by=county.actor("chu"))
