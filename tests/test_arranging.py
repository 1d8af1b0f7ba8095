"""Where one row ends and the next begins: merged, split and moved by the clerk, exact in the source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from checklist import ledger, lists
from checklist.actor import Actor
from checklist.lists import arranging, editing, undoing
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Stale, Unseen
from models import DutyList, Part, Side
from tests import county
from tests.county import LEAD, SUPPORT
from tests.drafts import MEETING, chosen, draft, edit, ready, submitted
from tests.entries import entries

pytestmark = pytest.mark.usefixtures("qinghe")
TEXT = """一、任务
财政局要完善专项资金台账，年内压减银行账户30个。要公开惠民资金去向。
教育局要加强食堂监管。
"""


def small() -> DutyList:
    return county.draft("短清单", TEXT)


def exact(duty_list: DutyList) -> bool:
    return all(duty_list.source.text[d.start : d.end] == d.quote for d in duty_list.duties if d.start is not None)


def wordings(duty_list: DutyList) -> list[str]:
    return [duty.wording for duty in sorted(duty_list.kept, key=lambda duty: duty.position)]


MOVES: dict[str, Callable[[DutyList, Actor], Any]] = {
    "merge": lambda duties, by: arranging.merge(duties.id, chosen(*duties.duties[:2]), by=by),
    "split": lambda duties, by: arranging.split(duties.duties[0].id, 5, by=by),
    "move": lambda duties, by: arranging.move(duties.duties[0].id, 3, by=by),
    "assign": lambda duties, by: editing.assign(
        duties.id, chosen(*duties.duties[:2]), ["unit-QH-JYJ"], Part.LEAD, by=by
    ),
}


@pytest.mark.parametrize("verb", MOVES)
def test_the_clerk_does_it_once_and_the_log_says_so(verb: str) -> None:
    duty_list, size, by = draft(), ledger.size(), county.actor("chu", nonce="a" * 32)
    size = ledger.size()
    MOVES[verb](duty_list, by)
    found = entries(size)
    assert {(entry["action"], entry["result"], entry["unit"]) for entry in found} == {(verb, "ok", "QH-GOV")}
    with pytest.raises(Repeated):
        MOVES[verb](duty_list, by)
    assert ledger.size() == size + len(found)
    assert county.in_step()


@pytest.mark.parametrize("verb", MOVES)
@pytest.mark.parametrize(("login", "refusal"), [("qian", NotYours), ("zhou", Unseen), ("wei", Unseen)])
def test_nobody_else_rearranges_a_draft(verb: str, login: str, refusal: type[Refused]) -> None:
    duty_list = draft()
    before = wordings(duty_list)
    with pytest.raises(refusal):
        MOVES[verb](duty_list, county.actor(login))
    assert wordings(duty_list) == before


@pytest.mark.parametrize("verb", MOVES)
def test_once_submitted_nothing_is_rearranged(verb: str) -> None:
    duty_list = submitted()
    with pytest.raises(Refused, match="不能再改"):
        MOVES[verb](duty_list, county.actor("chu"))


# --- merge --------------------------------------------------------------------------------------------------


def test_neighbours_become_one_row_that_quotes_both() -> None:
    duty_list = small()
    first, second, _ = duty_list.duties
    first_lineage, words = first.lineage, second.wording
    merged = arranging.merge_with_next(first.id, by=county.actor("chu"), rev=first.rev)
    assert merged.quote == "财政局要完善专项资金台账，年内压减银行账户30个。要公开惠民资金去向" == merged.wording
    assert exact(duty_list)
    assert merged.lineage == first_lineage
    assert (second.dropped, second.wording) == (True, words)


def test_rows_that_lie_apart_are_joined_in_words_and_quote_the_first() -> None:
    duty_list = small()
    first, _, last = duty_list.duties
    quote = first.quote
    merged = arranging.merge(duty_list.id, chosen(first, last), by=county.actor("chu"))
    assert merged.wording == f"{quote}；教育局要加强食堂监管"
    assert merged.quote == quote
    assert exact(duty_list)


def test_a_merged_row_has_everybody_and_every_figure_once() -> None:
    duty_list = draft()
    first, second, third = duty_list.duties[:3]
    edit(first, county.actor("chu"), owners=[{"unit": "QH-CZJ", "part": "support"}], side=Side.WORK)
    edit(
        second,
        county.actor("chu"),
        owners=[{"unit": "QH-CZJ", "part": "lead"}, {"set": "towns", "except": ["QH-DH"], "part": "support"}],
    )
    edit(third, county.actor("chu"), owners=[{"set": "towns", "except": ["QH-DH", "QH-XS"], "part": "support"}])
    merged = arranging.merge(duty_list.id, chosen(first, second, third), by=county.actor("chu"))
    assert merged.owners == [
        {"unit": "QH-CZJ", "part": "lead"},
        {"set": "towns", "except": ["QH-DH"], "part": "support"},
    ]
    assert merged.side is Side.BOTH


def test_figures_are_copied_so_that_the_dropped_row_can_come_back_whole() -> None:
    duty_list = draft()
    rate, growth = (d for d in duty_list.duties if d.targets)
    merged = arranging.merge(duty_list.id, chosen(rate, growth), by=county.actor("chu"))
    assert [(t.n, t.of, t.value) for t in merged.targets][1][2] == 50
    editing.restore(growth.id, by=county.actor("chu"))
    assert [t.value for t in growth.targets] == [50]


def test_what_guarded_the_merged_row_guards_what_it_became() -> None:
    duty_list = ready()
    guard = next(d for d in duty_list.duties if d.guards)
    guarded = next(d for d in duty_list.duties if d.lineage in guard.guards)
    other = next(d for d in duty_list.duties if d not in (guard, guarded))
    edit(other, county.actor("chu"), side=Side.WORK)
    arranging.move(other.id, 1, by=county.actor("chu"))
    arranging.merge(duty_list.id, chosen(other, guarded), by=county.actor("chu"))
    assert guard.guards == [other.lineage]


def test_one_row_or_a_dropped_one_is_not_merged() -> None:
    duty_list = small()
    first, second, last = duty_list.duties
    for none in ({}, chosen(first), {first.id: None, 99: None}):
        with pytest.raises(Malformed):
            arranging.merge(duty_list.id, none, by=county.actor("chu"))
    editing.drop(second.id, by=county.actor("chu"))
    with pytest.raises(Refused, match="第 2 项已经删去"):
        arranging.merge(duty_list.id, chosen(first, second), by=county.actor("chu"))
    with pytest.raises(Refused, match="没有可以合并"):
        arranging.merge_with_next(last.id, by=county.actor("chu"))


def test_what_another_clerk_changed_meanwhile_is_not_merged_unread() -> None:
    duty_list = small()
    first, second, _ = duty_list.duties
    page = chosen(first, second)
    edit(second, county.actor("chu"), wording="别的话")
    with pytest.raises(Stale):
        arranging.merge(duty_list.id, page, by=county.actor("chu"))
    assert county.in_step()


# --- split --------------------------------------------------------------------------------------------------


def test_a_row_is_split_behind_its_comma_and_each_half_quotes_its_own_words() -> None:
    duty_list = small()
    first = duty_list.duties[0]
    (place,) = arranging.places(first.wording)
    second = arranging.split(first.id, place, by=county.actor("chu"), rev=first.rev)
    assert wordings(duty_list)[:2] == ["财政局要完善专项资金台账", "年内压减银行账户30个"]
    assert (first.quote, second.quote) == (first.wording, second.wording)
    assert exact(duty_list)
    assert [d.position for d in duty_list.duties] == [1, 2, 3, 4]
    assert second.lineage != first.lineage
    assert second.owners == first.owners == [{"unit": "QH-CZJ", "part": "lead"}]


def test_a_figure_goes_with_its_words() -> None:
    first = small().duties[0]
    assert [target.value for target in first.targets] == [30]
    second = arranging.split(first.id, arranging.places(first.wording)[0], by=county.actor("chu"))
    assert (first.targets, [t.value for t in second.targets]) == ([], [30])


def test_a_mended_wording_is_still_found_in_the_source() -> None:
    duty_list = county.draft("笔误", "一、任务\n财政局要压减一般性指出，清理闲置账户。\n")
    (first,) = duty_list.duties
    editing.mend(first.id, "一般性指出", "一般性支出", by=county.actor("chu"))
    second = arranging.split(first.id, arranging.places(first.wording)[0], by=county.actor("chu"))
    assert (first.wording, first.quote) == ("财政局要压减一般性支出", "财政局要压减一般性指出")
    assert second.quote == second.wording == "清理闲置账户"
    assert exact(duty_list)


def test_a_place_that_the_source_does_not_have_leaves_both_the_whole_quote() -> None:
    duty_list = small()
    first = duty_list.duties[0]
    whole = first.quote
    edit(first, county.actor("chu"), wording="另起一句，完全是新写的文字")
    second = arranging.split(first.id, 4, by=county.actor("chu"))
    assert (first.wording, second.wording) == ("另起一句", "完全是新写的文字")
    assert first.quote == second.quote == whole
    assert exact(duty_list)


@pytest.mark.parametrize("at", [None, -3, 0, 500])
def test_a_half_without_words_is_sent_back(at: int | None) -> None:
    duty_list = small()
    with pytest.raises(Malformed) as wrong:
        arranging.split(duty_list.duties[0].id, at, by=county.actor("chu"))
    assert wrong.value.field == "at"
    assert len(duty_list.duties) == 3


def test_merging_again_what_was_split_gives_the_row_back() -> None:
    duty_list = small()
    first = duty_list.duties[0]
    was = (first.wording, first.quote, first.start, first.end)
    for place in range(1, len(first.wording)):
        arranging.split(first.id, place, by=county.actor("chu"))
        arranging.merge_with_next(first.id, by=county.actor("chu"))
        assert (first.quote, first.start, first.end) == was[1:]
        assert first.wording == was[0]
        edit(first, county.actor("chu"), wording=was[0])


# --- doubts -------------------------------------------------------------------------------------------------


DOUBTFUL = "一、任务\n财政局要履行一岗双则，即办率达到60%，每周通报一次。\n"


def test_who_merges_has_looked_at_the_rows_and_a_slip_stays_flagged() -> None:
    duty_list = county.draft("没把握", DOUBTFUL)
    first, second = duty_list.duties
    assert first.doubts
    assert second.doubts
    merged = arranging.merge_with_next(first.id, by=county.actor("chu"))
    assert merged.doubts == []
    assert [flag["text"] for flag in merged.flags] == ["一岗双则"]
    editing.restore(second.id, by=county.actor("chu"))
    assert second.doubts  # at this row alone nobody has looked
    assert county.in_step()


def test_who_splits_has_looked_at_both_halves() -> None:
    duty_list = county.draft("没把握", DOUBTFUL)
    first = duty_list.duties[0]
    second = arranging.split(first.id, first.wording.index("，") + 1, by=county.actor("chu"))
    assert (first.doubts, second.doubts) == ([], [])
    assert [flag["text"] for flag in first.flags] == ["一岗双则"]
    assert county.in_step()


# --- move ---------------------------------------------------------------------------------------------------


def test_a_row_is_moved_and_the_others_make_room() -> None:
    duty_list = small()
    first, second, third = duty_list.duties
    arranging.move(third.id, 1, by=county.actor("chu"))
    assert [(d.position, d) for d in sorted(duty_list.duties, key=lambda d: d.position)] == [
        (1, third),
        (2, first),
        (3, second),
    ]
    assert (arranging.beside(third, -1), arranging.beside(first, -1), arranging.beside(first, 1)) == (None, 1, 3)


def test_a_step_up_goes_past_what_is_dropped() -> None:
    duty_list = small()
    first, second, third = duty_list.duties
    editing.drop(second.id, by=county.actor("chu"))
    assert arranging.beside(third, -1) == 1
    assert arranging.beside(second, -1) is None
    arranging.move(third.id, arranging.beside(third, -1), by=county.actor("chu"))
    assert wordings(duty_list) == [third.wording, first.wording]


@pytest.mark.parametrize("to", [None, 0, 4])
def test_there_is_no_such_place(to: int | None) -> None:
    with pytest.raises(Malformed) as wrong:
        arranging.move(small().duties[0].id, to, by=county.actor("chu"))
    assert wrong.value.field == "to"


def test_a_submitted_list_is_numbered_without_gaps() -> None:
    duty_list = ready()
    editing.drop(duty_list.duties[1].id, by=county.actor("chu"))
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    assert [d.position for d in duty_list.kept] == list(range(1, len(duty_list.kept) + 1))


# --- many at once -------------------------------------------------------------------------------------------


def test_many_rows_get_their_owners_at_once_and_none_is_skipped_in_silence() -> None:
    duty_list = small()
    first, second, third = duty_list.duties
    keys = ["unit-QH-CZJ", "set-towns"]
    edit(second, county.actor("chu"), owners=[{"set": "towns", "except": ["QH-DH"], "part": "support"}])
    told = editing.assign(duty_list.id, chosen(first, second), keys, Part.LEAD, by=county.actor("chu"))
    assert (told.changed, told.same) == ([first, second], [])
    assert second.owners == [
        {"set": "towns", "except": ["QH-DH"], "part": "lead"},
        {"unit": "QH-CZJ", "part": "lead"},
    ]
    told = editing.assign(duty_list.id, chosen(first, third), keys, Part.LEAD, by=county.actor("chu"))
    assert (told.changed, told.same) == ([third], [first])


def test_new_leads_take_the_place_of_the_old_ones_and_who_supports_stays() -> None:
    duty_list = small()
    first, second, third = duty_list.duties
    towns = {"set": "towns", "except": ["QH-DH"], "part": "lead"}
    edit(first, county.actor("chu"), owners=[{"unit": "QH-CZJ", **LEAD}, {"unit": "QH-JYJ", **SUPPORT}])
    edit(second, county.actor("chu"), owners=[towns, {"unit": "QH-CZJ", **SUPPORT}])
    edit(third, county.actor("chu"), owners=[towns])
    before = [duty.owners for duty in duty_list.duties]
    rows = chosen(first, second, third)
    told = editing.assign(duty_list.id, rows, ["set-towns"], Part.LEAD, by=county.actor("chu"), replace=True)
    assert (told.changed, told.same) == ([first], [second, third])
    assert first.owners == [{"unit": "QH-JYJ", **SUPPORT}, {"set": "towns", "except": [], "part": "lead"}]
    assert second.owners == before[1]
    undoing.undo(duty_list.id, by=county.actor("chu"))
    assert [duty.owners for duty in duty_list.duties] == before
    assert county.in_step()


def test_a_unit_that_leads_instead_supports_no_more() -> None:
    duty_list = small()
    first = duty_list.duties[0]
    edit(first, county.actor("chu"), owners=[{"unit": "QH-CZJ", **LEAD}, {"unit": "QH-JYJ", **SUPPORT}])
    editing.assign(duty_list.id, chosen(first), ["unit-QH-JYJ"], Part.LEAD, by=county.actor("chu"), replace=True)
    assert first.owners == [{"unit": "QH-JYJ", **LEAD}]


@pytest.mark.parametrize("keys", [[], ["unit-MOON"]])
def test_nobody_is_not_made_responsible(keys: list[str]) -> None:
    duty_list = small()
    with pytest.raises(Malformed) as wrong:
        editing.assign(duty_list.id, chosen(duty_list.duties[0]), keys, Part.LEAD, by=county.actor("chu"))
    assert wrong.value.field == "owners"
