"""A draft that is given up stays to be read, and makes room for another."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checklist import access, ledger, lists
from checklist.actor import Actor
from checklist.lists import copying, versions
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Stale, Unseen
from models import DutyList, ItemState, ListState
from tests import county
from tests.conftest import Browse, Visit
from tests.consultations import consulting
from tests.drafts import EDITS, draft, submitted
from tests.entries import entries
from tests.forms import expect
from tests.revisions import adopt, begun, edit, first, row

pytestmark = pytest.mark.usefixtures("qinghe")
WHY = "起草时用错了讲话稿"


def give_up(duty_list: DutyList, by: Actor | None = None, why: str = WHY) -> DutyList:
    return lists.abandon(duty_list.id, why, by=by or county.actor("chu"))


@pytest.mark.parametrize("make", [draft, begun])
def test_a_draft_is_given_up_with_a_reason_and_nothing_of_it_is_lost(make: Callable[[], DutyList]) -> None:
    duty_list = make()
    words, size = [duty.wording for duty in duty_list.duties], ledger.size()
    give_up(duty_list)
    assert (duty_list.state, duty_list.abandoned_because) == (ListState.ABANDONED, WHY)
    assert [duty.wording for duty in duty_list.duties] == words
    (entry,) = entries(size)
    assert (entry["action"], entry["reason"], entry["after"]["state"]) == ("abandon", WHY, "abandoned")
    assert county.in_step()


def test_it_needs_a_reason() -> None:
    duty_list = draft()
    with pytest.raises(Malformed) as refused:
        give_up(duty_list, why=" ")
    assert refused.value.field == "reason"
    assert duty_list.state is ListState.DRAFT
    assert county.in_step()


@pytest.mark.parametrize(("login", "refusal"), [("qian", NotYours), ("zhou", Unseen), ("li", Unseen)])
def test_only_the_clerk_gives_it_up(login: str, refusal: type[Refused]) -> None:
    duty_list = draft()
    with pytest.raises(refusal):
        give_up(duty_list, county.actor(login))
    assert duty_list.state is ListState.DRAFT


@pytest.mark.parametrize("make", [consulting, submitted, first, lambda: give_up(draft())])
def test_only_a_draft_is_given_up(make: Callable[[], DutyList]) -> None:
    duty_list = make()
    before = duty_list.state
    with pytest.raises(Refused, match=before.label):
        give_up(duty_list)
    assert duty_list.state is before


def test_the_same_form_twice_gives_up_once_and_an_old_page_nothing() -> None:
    duty_list, by = draft(), county.actor("chu", nonce="a" * 32)
    with pytest.raises(Stale):
        lists.abandon(duty_list.id, WHY, by=by, rev=duty_list.rev - 1)
    give_up(duty_list, by)
    with pytest.raises(Repeated):
        give_up(duty_list, by)
    assert county.in_step()


@pytest.mark.parametrize("verb", EDITS)
def test_what_was_given_up_is_changed_no_more(verb: str) -> None:
    duty_list = give_up(draft())
    with pytest.raises(Refused, match="已放弃"):
        EDITS[verb](duty_list, county.actor("chu"))


# --- another one --------------------------------------------------------------------------------------------


def test_another_revision_can_be_begun_and_comes_into_force() -> None:
    signed = county.signed("预算考核", "zhou")
    wrong = begun()
    edit(row(wrong, "预算考核"), wording="财政局要停止预算考核")
    give_up(wrong)
    assert versions.offers(first(), access.Standing.of(county.actor("chu"))) == {"revise"}
    right = begun()
    assert (right.version, versions.before(right)) == (3, first())
    edit(row(right, "预算考核"), wording="财政局要完善预算绩效考核机制")
    adopt(right)
    assert [version.version for version in versions.series(right)] == [1, 3]
    assert versions.before(wrong) == first()
    assert not versions.is_under_way(wrong)
    # The difference shown is from what he signed, not from the draft that came to nothing.
    (field,) = versions.changes_of(signed)
    assert "".join(piece.text for piece in field.before) == signed.signatures[0].duty.wording
    assert county.in_step()


def test_an_official_without_a_signature_is_shown_the_version_before_not_the_draft_given_up() -> None:
    wrong = begun()
    edit(row(wrong, "预算考核"), wording="财政局要停止预算考核")
    give_up(wrong)
    right = begun()
    old = row(right, "预算考核").wording
    edit(row(right, "预算考核"), wording="财政局要完善预算绩效考核机制")
    adopt(right)
    (field,) = versions.changes_of(county.item("预算绩效考核", "zhou"))
    assert "".join(piece.text for piece in field.before) == old


def test_the_name_of_a_draft_given_up_is_free_again() -> None:
    wrong = give_up(draft())
    again = draft()
    assert (again.name, again.version, versions.before(again)) == (wrong.name, 2, None)
    assert not versions.is_under_way(again)
    with pytest.raises(Malformed, match="换一个名称"):
        draft()
    assert county.in_step()


def test_a_copy_takes_the_name_of_one_given_up() -> None:
    copy = lambda: copying.copy(first().id, year=2027, name="明年", by=county.actor("chu"))  # noqa: E731
    give_up(copy())
    assert copy().version == 2


# --- on the screen ------------------------------------------------------------------------------------------


def test_it_is_out_of_the_way_and_can_still_be_read(visit: Visit) -> None:
    duty_list = give_up(begun())
    chu = visit("chu")
    page = chu.get("/lists/").text
    folded = page[page.index("已放弃（1）") :]
    assert f'href="/lists/{duty_list.id}"' in folded
    assert f'href="/lists/{duty_list.id}"' not in page.replace(folded, "")
    shown = chu.get(f"/lists/{duty_list.id}").text
    assert WHY in shown
    assert "已被第" not in shown
    assert "修订这份清单" in chu.get(f"/lists/{first().id}").text
    assert visit("zhou").get(f"/lists/{duty_list.id}").status_code == 404


def test_a_clerk_gives_up_a_revision_on_the_page(browse: Browse) -> None:
    duty_list = begun()
    page = browse("chu")
    page.goto(f"/lists/{duty_list.id}")
    page.get_by_role("link", name="放弃这次修订").click()
    page.get_by_role("button", name="放弃这次修订").click()
    expect(page.locator(".summary")).to_contain_text("请填写放弃的理由")
    page.get_by_label("放弃的理由").fill(WHY)
    page.get_by_role("button", name="放弃这次修订").click()
    expect(page.get_by_text("这份草稿已放弃")).to_be_visible()


def test_what_was_signed_stays_signed_when_a_revision_is_given_up() -> None:
    signed = county.signed("预算考核", "zhou")
    revision = begun()
    edit(row(revision, "预算考核"), wording="财政局要停止预算考核")
    give_up(revision)
    assert (signed.state, signed.duty) == (ItemState.SIGNED, row(first(), "预算考核"))
    assert signed.signature
    assert signed.signature.voided_at is None
    assert first().state is ListState.ADOPTED
