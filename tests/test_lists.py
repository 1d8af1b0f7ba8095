"""A list's life: drafted, corrected, submitted by one, confirmed by another, and from then on frozen."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select

from checklist import ledger, lists
from checklist.lists import editing
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Stale, Unseen
from models import Cadence, DutyList, Item, ListState, Side, db
from tests import county
from tests.drafts import EDITS, MEETING, draft, edit, one, ready, submitted
from tests.entries import entries

pytestmark = pytest.mark.usefixtures("qinghe")


# --- drafting ---------------------------------------------------------------------------------------------------


def test_a_clerk_turns_a_text_into_a_draft_that_quotes_it_exactly() -> None:
    size = ledger.size()
    duty_list = draft()
    assert duty_list.state is ListState.DRAFT
    assert len(duty_list.duties) == 7
    for duty in duty_list.duties:
        assert duty_list.source.text[duty.start : duty.end] == duty.quote == duty.wording
    assert {entry["object"]["type"] for entry in entries(size)} >= {"source", "duty_list", "duty"}
    assert {entry["action"] for entry in entries(size)} == {"draft"}


def test_owners_that_the_text_names_are_proposed_and_others_stay_open() -> None:
    owners = {duty.wording[:6]: duty.owners for duty in draft().duties}
    assert owners["财政局要完善"] == [{"unit": "QH-CZJ", "part": "lead"}]
    assert owners["各镇主要负责"] == [{"set": "towns", "except": [], "part": "lead"}]
    assert owners["要每季度召开"] == []


@pytest.mark.parametrize(("login", "refusal"), [("zhou", NotYours), ("qian", NotYours), ("shen", NotYours)])
def test_only_a_clerk_of_the_unit_drafts(login: str, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        county.draft("清单", county.SPEECH, by=login)
    assert len(db.session.scalars(select(DutyList)).all()) == 1


def test_an_empty_text_and_a_name_that_is_taken_are_sent_back() -> None:
    with pytest.raises(Malformed) as empty:
        county.draft("清单", "  \n")
    assert empty.value.field == "text"
    with pytest.raises(Malformed) as taken:
        county.draft("廉政工作任务分解表", county.SPEECH)
    assert taken.value.field == "name"


@pytest.mark.parametrize("verb", EDITS)
def test_the_clerk_corrects_a_draft_and_the_log_says_so(verb: str) -> None:
    duty_list = draft()
    size = ledger.size()
    EDITS[verb](duty_list, county.actor("chu"))
    found = entries(size)
    assert {entry["action"] for entry in found} == {verb}
    assert {entry["unit"] for entry in found} == {"QH-GOV"}
    assert {entry["actor"]["name"] for entry in found} == {"褚经办"}


@pytest.mark.parametrize("verb", EDITS)
@pytest.mark.parametrize("login", ["zhou", "li", "wei", "shen"])
def test_nobody_else_sees_a_draft(verb: str, login: str) -> None:
    duty_list = draft()
    with pytest.raises(Unseen):
        EDITS[verb](duty_list, county.actor(login))


@pytest.mark.parametrize("verb", EDITS)
def test_the_units_secretary_sees_the_draft_and_changes_nothing(verb: str) -> None:
    duty_list = draft()
    with pytest.raises(NotYours):
        EDITS[verb](duty_list, county.actor("qian"))


@pytest.mark.parametrize("verb", EDITS)
def test_the_same_form_twice_changes_once(verb: str) -> None:
    duty_list, by = draft(), county.actor("chu", nonce="b" * 32)
    EDITS[verb](duty_list, by)
    size = ledger.size()
    with pytest.raises(Repeated):
        EDITS[verb](duty_list, by)
    assert ledger.size() == size


@pytest.mark.parametrize("verb", EDITS)
@pytest.mark.parametrize("state", [submitted, lambda: county.duty("预算考核").duty_list], ids=["submitted", "adopted"])
def test_once_submitted_the_words_are_frozen(verb: str, state: Callable[[], DutyList]) -> None:
    duty_list = state()
    words = [(duty.wording, duty.owners, duty.dropped) for duty in duty_list.duties]
    with pytest.raises(Refused, match="不能再改"):
        EDITS[verb](duty_list, county.actor("chu"))
    db.session.expire_all()
    assert [(duty.wording, duty.owners, duty.dropped) for duty in duty_list.duties] == words


def test_a_page_that_is_out_of_date_changes_nothing() -> None:
    duty = one(draft())
    edit(duty, county.actor("chu"), wording="另一位经办人改过")
    with pytest.raises(Stale):
        edit(duty, county.actor("chu"), rev=1, wording="我的改法")
    assert duty.wording == "另一位经办人改过"


def test_the_quote_stays_whatever_becomes_of_the_wording() -> None:
    duty = one(draft())
    quote = duty.quote
    edit(duty, county.actor("chu"), wording="换一种说法")
    assert (duty.quote, duty.wording) == (quote, "换一种说法")


def test_a_slip_is_mended_in_the_wording_only_and_only_as_offered() -> None:
    (duty,) = county.draft("笔误", "一、任务\n要压减一般性指出。\n").duties
    with pytest.raises(Refused):
        editing.mend(duty.id, "压减", "增加", by=county.actor("chu"))
    editing.mend(duty.id, "一般性指出", "一般性支出", by=county.actor("chu"))
    assert (duty.quote, duty.wording) == ("要压减一般性指出", "要压减一般性支出")


def test_leaving_out_bringing_back_and_mending_are_the_clerks_acts_and_logged() -> None:
    (duty,) = county.draft("笔误", "一、任务\n要压减一般性指出。\n").duties
    size = ledger.size()
    for act in (
        lambda by: editing.drop(duty.id, by=by),
        lambda by: editing.restore(duty.id, by=by),
        lambda by: editing.mend(duty.id, "一般性指出", "一般性支出", by=by),
    ):
        with pytest.raises(NotYours):
            act(county.actor("qian"))
        act(county.actor("chu"))
    assert [(entry["action"], entry["result"]) for entry in entries(size)] == [
        (verb, result) for verb in ("drop", "restore", "mend") for result in ("refused: 403", "ok")
    ]


@pytest.mark.parametrize("figure", ["NaN", "-Infinity", "1E+999"])
def test_a_target_that_is_no_figure_is_sent_back(figure: str) -> None:
    duty = next(d for d in draft().duties if d.targets)
    (target,) = duty.targets
    with pytest.raises(Malformed) as wrong:
        edit(duty, county.actor("chu"), values={target.id: Decimal(figure)})
    assert wrong.value.field == f"value-{target.id}"


def test_an_empty_wording_is_sent_back() -> None:
    with pytest.raises(Malformed) as empty:
        edit(one(draft()), county.actor("chu"), wording=" ")
    assert empty.value.field == "wording"


def test_what_is_dropped_can_be_brought_back_and_makes_no_items() -> None:
    duty_list = ready()
    duty = one(duty_list)
    editing.drop(duty.id, by=county.actor("chu"))
    editing.restore(duty.id, by=county.actor("chu"))
    assert duty in duty_list.kept
    editing.drop(duty.id, by=county.actor("chu"))
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    lists.adopt(duty_list.id, by=county.actor("li"))
    assert not db.session.scalars(select(Item).where(Item.duty == duty)).all()


def test_integrity_guards_work_and_nothing_else() -> None:
    duty_list = draft()
    work, other = duty_list.duties[0], duty_list.duties[1]
    guarding = edit(other, county.actor("chu"), side=Side.INTEGRITY, guards=[work.lineage, other.lineage, "0" * 16])
    assert guarding.guards == [work.lineage]
    assert edit(work, county.actor("chu"), guards=[other.lineage]).guards == []


def test_a_duty_of_ones_own_stands_at_the_end_without_a_quote() -> None:
    duty_list = draft()
    duty = editing.add(duty_list.id, " 报送年度总结 ", by=county.actor("chu"))
    assert (duty.wording, duty.quote, duty.start) == ("报送年度总结", "", None)
    assert duty.position == 8
    assert duty.cadence is Cadence.ONGOING
