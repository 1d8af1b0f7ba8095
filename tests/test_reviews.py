"""Approve and send back: by whom, when, with what, and what the official then sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from checklist import access, ledger, lists
from checklist.access import Standing
from checklist.county import accounts, units
from checklist.items import signoff
from checklist.lists import editing
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Stale, Unseen
from models import Item, ItemState, Post, PostKind, Review, Role, Tenure, db
from tests import county
from tests.entries import entries

pytestmark = pytest.mark.usefixtures("qinghe")
SOON = county.NOW.date() + timedelta(days=10)


def signed() -> Item:
    return county.signed("预算考核", "zhou")


def test_the_leader_in_charge_approves_what_a_head_signed() -> None:
    item, size = signed(), ledger.size()
    signoff.approve(item.id, by=county.actor("sun"))
    assert item.state is ItemState.APPROVED
    (review,) = item.reviews
    assert (review.reviewer, review.reviewer_post) == (county.user("sun"), county.post_of("sun", "QH-GOV"))
    assert review.recorded_by == review.reviewer
    kinds = {entry["object"]["type"]: entry for entry in entries(size)}
    assert kinds.keys() == {"item", "review"}
    assert kinds["item"]["action"] == "approve"
    assert kinds["item"]["actor"]["post"] == "清和县人民政府 副县长"


def test_sending_back_carries_a_reason_and_a_day_that_then_counts() -> None:
    item, size = signed(), ledger.size()
    signoff.send_back(item.id, "请附清单", SOON, by=county.actor("sun"))
    assert item.state is ItemState.RETURNED
    assert item.due == SOON
    assert {entry["reason"] for entry in entries(size)} == {"请附清单"}
    (entry,) = [e for e in entries(size) if e["object"]["type"] == "item"]
    assert (entry["action"], entry["unit"]) == ("send_back", "QH-CZJ")
    assert (entry["before"]["state"], entry["after"]["state"]) == ("signed", "returned")


@pytest.mark.parametrize(
    ("reason", "days", "field"), [(" ", 3, "reason"), ("请附清单", -1, "redo_by"), ("请附清单", None, "redo_by")]
)
def test_sending_back_without_them_changes_nothing(reason: str, days: int | None, field: str) -> None:
    item = signed()
    day = None if days is None else county.NOW.date() + timedelta(days=days)
    with pytest.raises(Malformed) as missing:
        signoff.send_back(item.id, reason, day, by=county.actor("sun"))
    assert missing.value.field == field
    assert item.state is ItemState.SIGNED
    assert not db.session.scalars(select(Review)).all()


def test_an_item_may_be_asked_for_again_today_and_the_day_is_the_countys(qinghe: county.Clock) -> None:
    item, sun = signed(), county.actor("sun")
    yesterday = qinghe.at.date()
    qinghe.move(hours=16)  # one o'clock at night in the county, still the day before in Greenwich
    with pytest.raises(Malformed):
        signoff.send_back(item.id, "请附清单", yesterday, by=sun)
    signoff.send_back(item.id, "请附清单", yesterday + timedelta(days=1), by=sun)
    assert item.due == yesterday + timedelta(days=1)


def test_after_a_return_signing_takes_a_reply() -> None:
    item = signed()
    signoff.send_back(item.id, "请附清单", SOON, by=county.actor("sun"))
    with pytest.raises(Refused, match="回复"):
        county.sign(item, by=county.actor("zhou"))
    signoff.report(item.id, signoff.Report(note="已附", reply="清单见附件"), by=county.actor("zhou"))
    county.sign(item, by=county.actor("zhou"))
    assert "对退回的回复：清单见附件" in item.signatures[-1].statement
    signoff.approve(item.id, by=county.actor("sun"))
    assert [review.verdict.value for review in item.reviews] == ["send_back", "approve"]


def test_no_way_round_leads_past_the_reply() -> None:
    item, zhou = signed(), county.actor("zhou")
    signoff.send_back(item.id, "请附清单", SOON, by=county.actor("sun"))
    signoff.report(item.id, signoff.Report(note="已附", reply="清单见附件"), by=zhou)
    county.sign(item, by=zhou)
    signoff.withdraw(item.id, "再改", by=zhou)
    signoff.untick(item.id, by=zhou)
    signoff.report(item.id, signoff.Report(note="已附", reply=" "), by=zhou)
    with pytest.raises(Refused, match="回复"):
        county.sign(item, by=zhou)
    assert item.state is ItemState.OPEN


def test_whatever_becomes_of_an_item_the_log_explains_it() -> None:
    item, zhou, sun = signed(), county.actor("zhou"), county.actor("sun")
    signoff.withdraw(item.id, "数字有误", by=zhou)
    signoff.untick(item.id, by=zhou)
    said = signoff.Report(note="已办", document_no="财〔2026〕3 号", happened_on=county.NOW.date())
    signoff.tick(item.id, by=zhou, report=said)
    signoff.report(item.id, signoff.Report(note="没有文号"), by=zhou)
    county.sign(item, by=zhou)
    with pytest.raises(Malformed):
        signoff.send_back(item.id, "", SOON, by=sun)
    with pytest.raises(NotYours):
        signoff.approve(item.id, by=zhou)
    signoff.approve(item.id, by=sun)
    signoff.send_back(item.id, "抽查发现数字不符", SOON, by=sun)
    assert county.in_step()


def test_what_was_approved_can_still_be_sent_back() -> None:
    item = signed()
    signoff.approve(item.id, by=county.actor("sun"))
    signoff.send_back(item.id, "抽查发现数字不符", SOON, by=county.actor("sun"))
    assert item.state is ItemState.RETURNED


def test_only_what_is_signed_is_approved_and_nothing_unsigned_is_sent_back() -> None:
    sun = county.actor("sun")
    for item in (county.item("预算考核"), county.ticked("对接会", "zhou")):
        with pytest.raises(Refused, match=item.state.label):
            signoff.approve(item.id, by=sun)
        with pytest.raises(Refused, match=item.state.label):
            signoff.send_back(item.id, "请附清单", SOON, by=sun)


def test_nothing_is_reviewed_twice_over() -> None:
    item, sun = signed(), county.actor("sun")
    signoff.approve(item.id, by=sun)
    with pytest.raises(Refused, match="已通过"):
        signoff.approve(item.id, by=sun)
    signoff.send_back(item.id, "抽查发现数字不符", SOON, by=sun)
    with pytest.raises(Refused, match="已退回"):
        signoff.send_back(item.id, "再退一次", SOON, by=sun)
    assert len(item.reviews) == 2


def test_what_has_been_reviewed_is_not_taken_back() -> None:
    item = signed()
    signoff.approve(item.id, by=county.actor("sun"))
    with pytest.raises(Refused):
        signoff.withdraw(item.id, "改", by=county.actor("zhou"))


def test_the_same_press_twice_reviews_once() -> None:
    item, by = signed(), county.actor("sun", nonce="a" * 32)
    signoff.approve(item.id, by=by)
    with pytest.raises(Repeated):
        signoff.approve(item.id, by=by)
    assert len(item.reviews) == 1


def test_the_same_press_twice_sends_back_once() -> None:
    item, by = signed(), county.actor("sun", nonce="a" * 32)
    today = county.NOW.date()  # soon enough
    signoff.send_back(item.id, "请附清单", today, by=by)
    with pytest.raises(Repeated):
        signoff.send_back(item.id, "请附清单", today, by=by)
    assert len(item.reviews) == 1


def test_a_page_that_is_out_of_date_reviews_nothing() -> None:
    item = signed()
    with pytest.raises(Stale):
        signoff.approve(item.id, by=county.actor("sun"), rev=item.rev - 1)


# --- by whom ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "refusal"),
    [
        ("zhou", NotYours),  # his own
        ("qian", NotYours),  # above, but not the one in charge
        ("wu", Unseen),  # his deputy
        ("wei", NotYours),  # an auditor watches
        ("chu", Unseen),  # a clerk, where a superior reviews in the system
        ("shen", Unseen),
        ("yang", Unseen),
    ],
)
def test_nobody_but_the_reviewer_reviews(login: str, refusal: type[Refused]) -> None:
    item = signed()
    for review in (
        lambda: signoff.approve(item.id, by=county.actor(login)),
        lambda: signoff.send_back(item.id, "理由", SOON, by=county.actor(login)),
    ):
        with pytest.raises(refusal):
            review()
    db.session.expire_all()
    assert item.state is ItemState.SIGNED


def test_a_members_items_go_to_the_secretary_of_his_unit() -> None:
    item = county.signed("净增企业", "wu")
    signoff.approve(item.id, by=county.actor("zhou"))
    assert item.state is ItemState.APPROVED


def test_reviewers_come_from_the_tree() -> None:
    found = {
        post.title: up.title if (up := county.reviewer_of(post)) else None for post in db.session.scalars(select(Post))
    }
    assert found["县财政局 副局长"] == "县财政局 局长"  # a member: his unit's secretary
    assert found["县财政局 局长"] == "清和县人民政府 副县长"  # a head: the leader in charge
    assert found["县教育局 局长"] == "清和县人民政府 县长"  # nobody in charge: the parent's secretary
    assert found["东河镇 镇长"] == "清和县人民政府 县长"
    assert found["东河镇 党委书记"] == "清和县人民政府 县长"
    assert found["清和县人民政府 副县长"] == "清和县人民政府 县长"
    assert found["清和县人民政府 县长"] == "中共清和县委员会 县委书记"
    assert found["中共清和县委员会 县委书记"] is None


def test_nobody_reviews_himself_by_a_second_post() -> None:
    item = signed()
    charge = county.post_of("sun", "QH-GOV")
    leave("sun", charge.id)
    units.appoint(county.user("zhou").id, charge.id, county.NOW.date(), by=county.console)
    assert county.reviewer_of(item.post) == county.post_of("qian")  # the next one up
    with pytest.raises(NotYours):
        signoff.approve(item.id, by=county.actor("zhou"))
    signoff.approve(item.id, by=county.actor("qian"))


def test_whoever_signed_and_then_moved_up_does_not_review_it() -> None:
    item = signed()
    leave("zhou", item.post.id)
    leave("sun", county.post_of("sun", "QH-GOV").id)
    units.appoint(county.user("zhou").id, county.post_of("sun", "QH-GOV").id, county.NOW.date(), by=county.console)
    with pytest.raises(NotYours):
        signoff.approve(item.id, by=county.actor("zhou"))


def leave(login: str, post_id: int) -> None:
    held = select(Tenure).where(Tenure.user == county.user(login), Tenure.post_id == post_id)
    units.end_tenure(db.session.scalars(held).one().id, county.NOW.date(), by=county.console)


def test_a_reviewer_reviews_from_his_first_day_to_his_last(qinghe: county.Clock) -> None:
    item, charge = signed(), county.post_of("sun", "QH-GOV")
    tomorrow = qinghe.at.date() + timedelta(days=1)
    held = db.session.scalars(select(Tenure).where(Tenure.post == charge)).one()
    units.end_tenure(held.id, tomorrow, by=county.console)
    units.appoint(county.user("chu").id, charge.id, tomorrow, by=county.console)
    with pytest.raises(Unseen):
        signoff.approve(item.id, by=county.actor("chu"))
    qinghe.move(days=1)
    with pytest.raises(Unseen):
        signoff.approve(item.id, by=county.actor("sun"))
    signoff.approve(item.id, by=county.actor("chu"))
    assert item.reviews[0].reviewer == county.user("chu")


def test_a_post_may_name_another_reviewer_as_long_as_that_one_lasts() -> None:
    named = county.post_of("zhao")
    deputy = units.add_post(county.unit("QH-JYJ").id, "副局长", PostKind.MEMBER, by=county.console, reviewer=named)
    assert county.reviewer_of(deputy) == named
    leave("zhao", named.id)
    units.end_post(named.id, county.NOW.date(), by=county.console)
    assert county.reviewer_of(deputy) == county.post_of("zheng")


def outside() -> Item:
    """The county head's item, once there is nobody in the system to review it."""
    leave("zhao", county.post_of("zhao").id)
    units.end_post(county.post_of("zhao").id, county.NOW.date(), by=county.console)
    return county.signed("率先垂范", "qian")


def of_the_top() -> Item:
    """An item that the county secretary has signed."""
    chu, day = county.actor("chu"), county.NOW.date()
    duty_list = county.draft("书记任务", "要率先垂范，廉洁自律。")
    for duty in list(duty_list.duties):
        owners = [{"post": county.post_of("zhao").id, **county.LEAD}]
        editing.edit(duty.id, replace(county.decided(duty, guards=[]), owners=owners), by=chu)
    lists.submit(duty_list.id, meeting="县委常委会会议", meeting_no="〔2026〕2 号", meeting_day=day, by=chu)
    lists.adopt(duty_list.id, by=county.actor("li"))
    return county.signed("廉洁自律", "zhao")


def test_a_review_outside_the_system_is_recorded_with_its_document() -> None:
    item = outside()
    with pytest.raises(Malformed, match="文号"):
        signoff.approve(item.id, by=county.actor("chu"))
    with pytest.raises(Malformed, match="不超过 120 字"):
        signoff.approve(item.id, by=county.actor("chu"), outside_document="文" * 121)
    signoff.approve(item.id, by=county.actor("chu"), outside_document="清委〔2026〕9 号")
    (review,) = item.reviews
    assert (review.reviewer, review.recorded_by) == (None, county.user("chu"))
    assert review.outside_document == "清委〔2026〕9 号"


def test_an_outside_return_without_its_document_changes_nothing() -> None:
    item, size = outside(), ledger.size()
    with pytest.raises(Malformed) as missing:
        signoff.send_back(item.id, "请附清单", SOON, by=county.actor("cai"))
    assert missing.value.field == "outside_document"
    db.session.expire_all()
    assert (item.state, item.redo_by, ledger.size()) == (ItemState.SIGNED, None, size)


def test_above_the_county_secretary_there_is_only_a_document() -> None:
    """The review of the county secretary's item is recorded by the root's clerk, not by the government's."""
    item = of_the_top()
    for login, refusal in {"zhao": NotYours, "qian": Unseen, "chu": Unseen, "wei": NotYours, "shen": Unseen}.items():
        with pytest.raises(refusal):
            signoff.approve(item.id, by=county.actor(login), outside_document="市委〔2026〕9 号")
    signoff.approve(item.id, by=county.actor("cai"), outside_document="市委〔2026〕9 号")
    assert item.reviews[0].recorded_by == county.user("cai")


@pytest.mark.parametrize("login", ["shen", "han", "yang"])
def test_none_of_the_three_officers_records_a_review_even_as_a_clerk(login: str) -> None:
    item = outside()
    root, today = county.unit("QH").id, county.NOW.date()
    accounts.grant(county.user(login).id, Role.CLERK, root, today, None, by=county.console)
    with pytest.raises(Unseen):
        signoff.approve(item.id, by=county.actor(login), outside_document="清委〔2026〕9 号")
    assert not access.reviews_somebody(Standing.of(county.actor(login)))  # nor finds the queue in the navigation


def test_nobody_records_an_outside_review_of_his_own() -> None:
    with pytest.raises(NotYours):
        signoff.approve(outside().id, by=county.actor("qian"), outside_document="清委〔2026〕9 号")


def test_a_reviewer_is_offered_what_the_verbs_allow() -> None:
    item = signed()
    assert signoff.choices(item, Standing.of(county.actor("sun"))) == ["approve", "send_back"]
    assert signoff.choices(item, Standing.of(county.actor("zhou"))) == ["withdraw"]
    assert signoff.choices(item, Standing.of(county.actor("lian"))) == []
