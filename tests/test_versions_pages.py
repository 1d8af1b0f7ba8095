"""The pages of consultation, revision and correction: what they show to whom, and that nothing typed is lost."""

from __future__ import annotations

import pytest

from checklist import lists
from checklist.items import signoff
from checklist.lists import consultation
from models import Answer, DutyList, ListState
from tests import county
from tests.conftest import Visit
from tests.consultations import LAST_DAY, WORDS, answered, consulting, lineage, opinion
from tests.drafts import MEETING, ready, submitted
from tests.revisions import begun, first, reworded

pytestmark = pytest.mark.usefixtures("qinghe")
NEW = "财政局要完善预算绩效考核机制"


# --- consultation -------------------------------------------------------------------------------------------


def test_the_clerk_sets_the_day_and_a_wrong_one_comes_back_with_what_was_typed(visit: Visit) -> None:
    duty_list, chu = ready(), visit("chu")
    address = f"/lists/{duty_list.id}/consultation"
    wrong = chu.post(address, data={"last_day": "2026-03-01"})
    assert wrong.status_code == 422
    assert 'value="2026-03-01"' in wrong.text
    assert chu.post(address, data={"last_day": "2026-03-05", "rev": duty_list.rev}).status_code == 303
    assert duty_list.state is ListState.CONSULTING
    assert "还没有答复（5）" in chu.get(address).text


def test_a_unit_is_reminded_on_its_own_page_until_it_answers(visit: Visit) -> None:
    duty_list, zhou = consulting(), visit("zhou")
    assert "正在征求县财政局的意见" in zhou.get("/items/").text
    address = f"/opinions/{opinion(duty_list, 'QH-CZJ').id}"
    field = f"on-{lineage(duty_list, '对接会')}"
    wrong = zhou.post(address, data={field: WORDS, "answer": "agrees"})
    assert (wrong.status_code, WORDS in wrong.text) == (422, True)
    assert zhou.post(address, data={field: WORDS, "answer": "objects"}).status_code == 303
    assert "正在征求" not in zhou.get("/items/").text
    assert f"{WORDS}</textarea>" in zhou.get(address).text


def test_an_answer_on_an_old_page_is_not_lost_and_overwrites_nothing(visit: Visit) -> None:
    duty_list, zhou = consulting(), visit("zhou")
    asked = opinion(duty_list, "QH-CZJ")
    read = asked.rev
    consultation.answer(asked.id, Answer.AGREES, {}, by=county.actor("lian"))
    field = f"on-{lineage(duty_list, '对接会')}"
    late = zhou.post(f"/opinions/{asked.id}", data={field: WORDS, "answer": "objects", "rev": read})
    assert (late.status_code, WORDS in late.text) == (409, True)
    assert opinion(duty_list, "QH-CZJ").answer is Answer.AGREES


def test_objections_stand_beside_their_rows_and_the_silent_are_named_at_submission(
    visit: Visit, qinghe: county.Clock
) -> None:
    duty_list = consulting()
    said = {lineage(duty_list, "对接会"): WORDS}
    consultation.answer(opinion(duty_list, "QH-CZJ").id, Answer.OBJECTS, said, by=county.actor("zhou"))
    qinghe.set_day(LAST_DAY)
    qinghe.move(days=1)
    chu = visit("chu")
    assert chu.post(f"/lists/{duty_list.id}/consultation/end", data={"rev": duty_list.rev}).status_code == 303
    page = chu.get(f"/lists/{duty_list.id}").text
    assert f"县财政局的意见：</strong>{WORDS}" in page
    assert "没有答复：东河镇、" in page
    card = chu.get(
        f"/duties/{next(d.id for d in duty_list.duties if '对接会' in d.wording)}", headers={"HX-Request": "true"}
    )
    assert WORDS in card.text  # also in the card that htmx swaps in
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    assert "没有答复：东河镇、" in visit("li").get(f"/lists/{duty_list.id}").text


def test_ending_too_early_says_who_is_missing_and_takes_a_reason(visit: Visit) -> None:
    duty_list, chu = consulting(), visit("chu")
    address = f"/lists/{duty_list.id}/consultation/end"
    answer = chu.post(address, data={"rev": duty_list.rev})
    assert (answer.status_code, "还没有答复。请等到期" in answer.text) == (422, True)
    assert "提前结束，请填写理由" in answer.text
    assert chu.post(address, data={"rev": duty_list.rev, "reason": "明天要上会"}).status_code == 303
    assert duty_list.state is ListState.DRAFT
    assert "<strong>没有答复：县财政局、" in chu.get(f"/lists/{duty_list.id}").text


def test_the_clerk_takes_a_submission_back_with_a_reason_and_its_meeting_stays_filled_in(visit: Visit) -> None:
    duty_list, chu = submitted(), visit("chu")
    address = f"/lists/{duty_list.id}"
    assert "撤回提交" not in visit("li").get(address).text
    missing = chu.post(f"{address}/withdrawal", data={"reason": " "})
    assert (missing.status_code, "请填写撤回提交的理由" in missing.text) == (422, True)
    assert chu.post(f"{address}/withdrawal", data={"reason": "漏了一项", "rev": duty_list.rev}).status_code == 303
    page = chu.get(address).text
    assert 'value="〔2026〕2 号"' in page
    assert 'value="2026-02-27"' in page


def test_what_the_units_said_is_for_who_decides(visit: Visit) -> None:
    duty_list = answered()
    address = f"/lists/{duty_list.id}/consultation"
    assert visit("chu").get(address).status_code == visit("qian").get(address).status_code == 200
    assert visit("wang").get(address).status_code == 403
    assert WORDS not in visit("wang").get(f"/lists/{duty_list.id}").text


# --- revision -----------------------------------------------------------------------------------------------


def test_a_revision_begins_with_a_reason_and_once(visit: Visit) -> None:
    chu, address = visit("chu"), f"/lists/{first().id}/revision"
    assert chu.post(address, data={"reason": " "}).status_code == 422
    form = {"reason": "调整分工", "nonce": "b" * 32}
    places = {chu.post(address, data=form).location for _ in "12"}
    (new,) = [d for d in DutyList.query.all() if d.version == 2]
    assert places == {f"/lists/{new.id}"}
    again = chu.post(address, data={"reason": "再来一次"})
    assert (again.status_code, "第 2 版正在修订" in again.text) == (409, True)
    assert "修订这份清单" not in chu.get(f"/lists/{first().id}").text


def test_every_version_stays_at_its_own_address_and_names_the_one_in_force(visit: Visit) -> None:
    old, new = first(), reworded("预算考核", NEW)
    page = visit("sun").get(f"/lists/{old.id}").text
    assert "这一版已被第 2 版取代" in page
    assert "财政局要完善预算考核机制" in page
    assert f'href="/lists/{new.id}"' in page
    assert NEW in visit("sun").get(f"/lists/{new.id}").text


def test_whoever_may_not_see_a_draft_is_told_of_no_revision(visit: Visit) -> None:
    new = begun()
    page = visit("zhou").get(f"/lists/{first().id}").text
    assert f'href="/lists/{new.id}"' not in page
    assert visit("zhou").get(f"/lists/{new.id}/changes").status_code == 404


def test_official_and_secretary_see_what_a_revision_changed(visit: Visit) -> None:
    item = county.signed("预算考核", "zhou")
    batch = item.signatures[0].batch_id
    reworded("预算考核", NEW)
    zhou = visit("zhou")
    assert "须重新签认" in zhou.get("/items/").text
    assert "<ins>绩效</ins>" in zhou.get(f"/items/{item.id}").text
    assert "因清单修订作废" in zhou.get(f"/signatures/{batch}").text
    signoff.tick(item.id, by=county.actor("zhou"))
    county.sign(item, by=county.actor("zhou"))
    assert "须重新签认" not in zhou.get("/items/").text
    assert "<ins>绩效</ins>" in visit("sun").get(f"/reviews/{item.id}").text


def test_a_first_version_says_that_there_is_nothing_to_compare(visit: Visit) -> None:
    assert "这是第一版" in visit("sun").get(f"/lists/{first().id}/changes").text


# --- correction ---------------------------------------------------------------------------------------------


def test_the_confirmer_mends_a_slip_and_is_sent_back_with_more(visit: Visit) -> None:
    duty, li = county.duty("预算考核"), visit("li")
    address, typed = f"/duties/{duty.id}/correction", "教育局要完善预算考核机制"
    assert 'href="' + address in li.get(f"/lists/{first().id}").text
    refused = li.post(address, data={"wording": typed, "reason": "笔误", "rev": duty.rev})
    assert (refused.status_code, typed in refused.text, "请用“修订”" in refused.text) == (409, True, True)
    form = {"wording": "财政局要健全预算考核机制", "reason": "笔误", "rev": duty.rev}
    assert li.post(address, data=form).status_code == 303
    page = visit("zhou").get(f"/items/{county.item('健全预算', 'zhou').id}").text
    assert "原为“财政局要完善预算考核机制”" in page
