"""Integrity beside the work it guards: proposed with a reason, and decided by the clerk; who led last, likewise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from checklist import ledger
from checklist.actor import Actor
from checklist.lists import editing, guarding, pairing, precedents
from checklist.lists.likeness import likeness
from checklist.lists.pairing import KINSHIPS
from checklist.refusal import NotYours, Refused, Repeated, Stale
from models import Duty, DutyList, Side
from tests import county
from tests.drafts import draft, edit, submitted
from tests.entries import entries

pytestmark = pytest.mark.usefixtures("qinghe")


def unpaired(duty_list: DutyList) -> list[Duty]:
    return pairing.unpaired(duty_list, guarding.citations(duty_list))


def proposed(duty_list: DutyList) -> list[pairing.Pair]:
    return pairing.proposals(duty_list, unpaired(duty_list))


def row(duty_list: DutyList, words: str) -> Duty:
    return next(d for d in duty_list.duties if words in d.wording)


@pytest.mark.parametrize("kin", KINSHIPS, ids=lambda kin: kin.says)
def test_each_kind_of_work_meets_its_watch(kin: pairing.Kinship) -> None:
    assert kin.work.search(kin.of_work)
    assert kin.integrity.search(kin.of_integrity)


def test_a_fund_is_proposed_to_its_supervision_with_the_reason() -> None:
    duty_list = county.draft("资金", "一、任务\n要拨付专项资金。严禁截留、挪用专项资金。要绿化县城道路。\n")
    edit(row(duty_list, "严禁"), county.actor("chu"), side=Side.INTEGRITY)
    edit(row(duty_list, "拨付"), county.actor("chu"), side=Side.WORK)
    edit(row(duty_list, "绿化"), county.actor("chu"), side=Side.WORK)
    (pair,) = proposed(duty_list)
    assert (pair.guard, pair.work) == (row(duty_list, "严禁"), row(duty_list, "拨付"))
    assert pair.why == "资金与它的监管（“拨付”）"
    assert unpaired(duty_list) == [pair.guard]
    pairing.pair(pair.guard.id, pair.work.id, by=county.actor("chu"), rev=pair.guard.rev)
    assert pair.guard.guards == [pair.work.lineage]
    assert (proposed(duty_list), unpaired(duty_list)) == ([], [])
    editing.drop(pair.work.id, by=county.actor("chu"))
    assert unpaired(duty_list) == [pair.guard]


def test_two_rows_that_share_only_whom_they_ask_are_not_offered_as_a_pair() -> None:
    duty_list = county.draft("常委会", "一、任务\n县委常委会要每半年听取汇报。县委常委会要每季度研究产业。\n")
    first, second = duty_list.duties
    assert likeness(first.wording, second.wording) >= pairing.ALIKE
    edit(first, county.actor("chu"), side=Side.INTEGRITY)
    edit(second, county.actor("chu"), side=Side.WORK)
    assert proposed(duty_list) == []


def test_without_a_rule_shared_words_are_the_reason() -> None:
    duty_list = county.draft("河长", "一、任务\n要落实河道巡河责任。要对河道巡河责任落空严肃问责。\n")
    edit(row(duty_list, "问责"), county.actor("chu"), side=Side.INTEGRITY)
    edit(row(duty_list, "落实"), county.actor("chu"), side=Side.WORK)
    (pair,) = proposed(duty_list)
    assert pair.why == "用词相近 52%（“河道巡河责任”）"


def test_work_is_not_guarded_by_work_nor_by_what_was_left_out() -> None:
    duty_list = draft()
    work, other, integrity = row(duty_list, "预算考核"), row(duty_list, "对接会"), row(duty_list, "严禁")
    for guard in (work, integrity):
        edit(guard, county.actor("chu"), side=Side.WORK if guard is work else Side.INTEGRITY)
    for guard, guarded in ((work, other), (integrity, integrity)):
        with pytest.raises(Refused, match="不能配对"):
            pairing.pair(guard.id, guarded.id, by=county.actor("chu"))
    editing.drop(work.id, by=county.actor("chu"))
    with pytest.raises(Refused, match="不能配对"):
        pairing.pair(integrity.id, work.id, by=county.actor("chu"))


VERBS: dict[str, Callable[[DutyList, Actor], Any]] = {
    "pair": lambda duties, by: pairing.pair(row(duties, "严禁").id, row(duties, "对接会").id, by=by),
    "take_lead": lambda duties, by: precedents.take_lead(row(duties, "对接会").id, by=by),
}


@pytest.mark.parametrize("verb", VERBS)
def test_it_is_the_clerks_act_done_once_and_logged(verb: str) -> None:
    duty_list, by = draft(), county.actor("chu", nonce="e" * 32)
    with pytest.raises(NotYours):
        VERBS[verb](duty_list, county.actor("qian"))
    size = ledger.size()
    VERBS[verb](duty_list, by)
    assert [(e["action"], e["result"], e["object"]["type"]) for e in entries(size)] == [(verb, "ok", "duty")]
    with pytest.raises(Repeated):
        VERBS[verb](duty_list, by)
    assert county.in_step()


@pytest.mark.parametrize("verb", VERBS)
def test_once_submitted_it_is_settled(verb: str) -> None:
    duty_list = submitted()
    with pytest.raises(Refused, match="不能再改"):
        VERBS[verb](duty_list, county.actor("chu"))


# --- who led last -------------------------------------------------------------------------------------------


def test_who_led_the_same_words_last_is_suggested_and_never_taken_by_itself() -> None:
    duty_list = county.draft("新清单", "一、任务\n要每个季度召开一次政银企对接会。要修好乡村道路。\n")
    meeting, road = duty_list.duties
    found = precedents.suggestions(duty_list)
    assert list(found) == [meeting.id]
    assert found[meeting.id].owners == [{"unit": "QH-CZJ", "part": "lead"}]
    assert precedents.NEAR <= found[meeting.id].alike < 100
    assert meeting.owners == []
    edit(meeting, county.actor("chu"), owners=[{"unit": "QH-JYJ", "part": "support"}])
    precedents.take_lead(meeting.id, by=county.actor("chu"), rev=meeting.rev)
    assert meeting.owners == [{"unit": "QH-CZJ", "part": "lead"}, {"unit": "QH-JYJ", "part": "support"}]
    for without in (meeting, road):
        with pytest.raises(Refused, match="没有可以采用的建议"):
            precedents.take_lead(without.id, by=county.actor("chu"))


def test_who_has_no_post_any_more_is_not_suggested() -> None:
    duty_list = draft()
    meeting = row(duty_list, "对接会")
    assert meeting.id in precedents.suggestions(duty_list)
    county.abolish("zhou")
    assert meeting.id not in precedents.suggestions(duty_list)


def test_a_suggestion_from_an_old_page_is_not_taken() -> None:
    meeting = row(draft(), "对接会")
    rev = meeting.rev
    edit(meeting, county.actor("chu"), wording="改成了别的")
    with pytest.raises(Stale):
        precedents.take_lead(meeting.id, by=county.actor("chu"), rev=rev)
