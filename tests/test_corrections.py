"""A slip in a list in force is mended by a second person, in sight of everybody; it voids nothing and changes nothing."""

from __future__ import annotations

import pytest

from checklist import ledger
from checklist.lists import corrections, versions
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Stale, Unseen
from models import Duty, ItemState
from tests import county, revisions
from tests.entries import entries

pytestmark = pytest.mark.usefixtures("qinghe")
RIGHT = "财政局要健全预算考核机制"


def correct(wording: str = RIGHT, reason: str = "笔误", login: str = "li", rev: int | None = None) -> Duty:
    return corrections.correct(county.duty("预算考核").id, wording, reason, by=county.actor(login), rev=rev)


def test_a_correction_mends_the_words_and_voids_nothing() -> None:
    item = county.signed("预算考核", "zhou")
    size = ledger.size()
    duty = correct()
    assert (duty.wording, duty.version, duty.quote) == (RIGHT, 1, "财政局要完善预算考核机制")
    assert item.state is ItemState.SIGNED
    assert item.signature
    assert "完善" in item.signature.statement
    (made,) = duty.corrections
    assert (made.before, made.after, made.user) == ("财政局要完善预算考核机制", RIGHT, county.user("li"))
    found = entries(size)
    assert {entry["object"]["type"] for entry in found} == {"duty", "correction"}
    assert {(entry["action"], entry["unit"], entry["reason"]) for entry in found} == {("correct", "QH-GOV", "笔误")}
    assert county.in_step()


@pytest.mark.parametrize(
    ("login", "refusal"), [("chu", NotYours), ("zhou", NotYours), ("sun", NotYours), ("chen", Unseen)]
)
def test_it_takes_a_second_person(login: str, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        correct(login=login)
    assert county.duty("预算考核").corrections == []
    assert county.in_step()


@pytest.mark.parametrize(
    ("words", "wording", "why"),
    [
        ("预算考核", "财政局要全面建立健全预算考核机制", "超过 4 个字"),
        ("对接会", "要每季度召开二次政银企对接会", "数字"),
        ("对接会", "要每月召开一次政银企对接会", "时间"),
        ("净增企业", "要加大企业培育力度，年内净增企业80户", "数字"),
        ("严禁截留", "不得截留、挪用专项资金", "否定和禁止"),
        ("网上可办率", "要推动政务服务事项网上可办率96%以下", "幅度"),
        ("第一责任人", "各镇主要负责同志可切实履行第一责任人职责", "要求的轻重"),
        ("预算考核", "教育局要完善预算考核机制", "责任单位"),
    ],
)
def test_whatever_could_change_the_meaning_is_no_slip(words: str, wording: str, why: str) -> None:
    duty = county.duty(words)
    before = duty.wording
    with pytest.raises(Refused, match=f"{why}.*请用“修订”"):
        corrections.correct(duty.id, wording, "笔误", by=county.actor("li"))
    assert duty.wording == before
    assert county.in_step()


@pytest.mark.parametrize(
    ("wording", "reason", "field"),
    [(" ", "笔误", "wording"), ("财政局要完善预算考核机制", "笔误", "wording"), (RIGHT, " ", "reason")],
)
def test_a_correction_says_what_and_why(wording: str, reason: str, field: str) -> None:
    with pytest.raises(Malformed) as missing:
        correct(wording, reason)
    assert missing.value.field == field


def test_only_what_is_in_force_is_corrected() -> None:
    draft = revisions.row(revisions.begun(), "预算考核")
    with pytest.raises(Refused, match="草稿"):
        corrections.correct(draft.id, RIGHT, "笔误", by=county.actor("qian"))


def test_a_correction_made_on_an_old_page_or_twice_is_none() -> None:
    duty = county.duty("预算考核")
    read, by = duty.rev, county.actor("li", nonce="a" * 32)
    corrections.correct(duty.id, RIGHT, "笔误", by=by)
    with pytest.raises(Repeated):
        corrections.correct(duty.id, RIGHT, "笔误", by=by)
    with pytest.raises(Stale):
        correct("财政局要改善预算考核机制", rev=read)
    assert len(duty.corrections) == 1


def test_a_revision_under_way_takes_the_correction_over_and_voids_nothing_by_it() -> None:
    item = county.signed("预算考核", "zhou")
    new = revisions.begun()
    correct()
    assert revisions.row(new, "预算考核").wording == RIGHT
    assert versions.changes(new) == []
    revisions.adopt(new)
    assert item.state is ItemState.SIGNED
    assert county.in_step()
