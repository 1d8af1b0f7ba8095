"""Report, sign, withdraw: each verb works, refuses the wrong person and the wrong state, logs, and acts once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from checklist import ledger
from checklist.actor import Actor
from checklist.county import accounts, units
from checklist.items import signoff, statements
from checklist.ledger import states
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Stale, Unconfirmed, Unseen
from models import Item, ItemState, Liaison, Signature, Target, Tenure, db
from tests import county
from tests.entries import entries
from tests.items import VERBS

pytestmark = pytest.mark.usefixtures("qinghe")


READY: dict[str, Callable[[], Item]] = {
    "tick": lambda: county.item("预算考核"),
    "untick": lambda: county.ticked("预算考核", "zhou"),
    "report": lambda: county.item("预算考核"),
    "sign": lambda: county.ticked("预算考核", "zhou"),
    "withdraw": lambda: county.signed("预算考核", "zhou"),
}
AFTER = {
    "tick": ItemState.TICKED,
    "untick": ItemState.OPEN,
    "report": ItemState.OPEN,
    "sign": ItemState.SIGNED,
    "withdraw": ItemState.TICKED,
}
WRONG_STATE: dict[str, Callable[[], Item]] = {
    "tick": lambda: county.ticked("预算考核", "zhou"),
    "untick": lambda: county.item("预算考核"),
    "report": lambda: county.signed("预算考核", "zhou"),
    "sign": lambda: county.signed("预算考核", "zhou"),
    "withdraw": lambda: county.ticked("预算考核", "zhou"),
}


# --- each verb ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_the_holder_does_it_and_the_log_says_so(verb: str) -> None:
    item = READY[verb]()
    size, before = ledger.size(), states.state(item)
    VERBS[verb](item, county.actor("zhou"))
    assert item.state is AFTER[verb]
    (entry,) = [e for e in entries(size) if e["object"]["type"] == "item"]
    assert entry["actor"] == {"id": county.user("zhou").id, "name": "周局长", "post": "县财政局 局长"}
    assert (entry["action"], entry["unit"], entry["result"]) == (verb, "QH-CZJ", "ok")
    assert (entry["before"], entry["after"]) == (before, states.state(item))
    assert len({e["req"] for e in entries(size)}) == 1


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("login", "refusal"),
    [("sun", NotYours), ("wei", NotYours), ("qian", NotYours), ("zheng", Unseen), ("shen", Unseen), ("han", Unseen)],
)
def test_nobody_else_does_it(verb: str, login: str, refusal: type[Refused]) -> None:
    item = READY[verb]()
    size, state = ledger.size(), states.state(item)
    with pytest.raises(refusal):
        VERBS[verb](item, county.actor(login))
    db.session.expire_all()
    assert states.state(item) == state
    (entry,) = entries(size)
    assert (entry["action"], entry["result"]) == (verb, f"refused: {refusal.status}")
    assert (entry["before"], entry["after"]) == (None, None)


@pytest.mark.parametrize("verb", VERBS)
def test_the_wrong_state_refuses_it_and_says_what_it_is(verb: str) -> None:
    item = WRONG_STATE[verb]()
    state = states.state(item)
    with pytest.raises(Refused, match=item.state.label) as refused:
        VERBS[verb](item, county.actor("zhou"))
    assert refused.value.status == 409
    db.session.expire_all()
    assert states.state(item) == state


@pytest.mark.parametrize("verb", VERBS)
def test_the_same_form_twice_acts_once(verb: str) -> None:
    item = READY[verb]()
    by = county.actor("zhou", nonce="f" * 32)
    VERBS[verb](item, by)
    size = ledger.size()
    with pytest.raises(Repeated):
        VERBS[verb](item, by)
    assert ledger.size() == size


@pytest.mark.parametrize("verb", ["tick", "untick", "report", "withdraw"])
def test_a_page_that_is_out_of_date_changes_nothing(verb: str) -> None:
    item = READY[verb]()
    old = item.rev - 1
    late: dict[str, Callable[[], object]] = {
        "tick": lambda: signoff.tick(item.id, by=county.actor("zhou"), rev=old),
        "untick": lambda: signoff.untick(item.id, by=county.actor("zhou"), rev=old),
        "report": lambda: signoff.report(item.id, signoff.Report(), by=county.actor("zhou"), rev=old),
        "withdraw": lambda: signoff.withdraw(item.id, "改", by=county.actor("zhou"), rev=old),
    }
    with pytest.raises(Stale):
        late[verb]()


def test_a_page_drawn_before_a_figure_or_a_document_changed_is_out_of_date() -> None:
    """Both stand in rows of their own; to whoever reports they are parts of the item."""
    item, li = county.item("网上可办率"), county.actor("li")
    (target,) = item.duty.targets
    for change in (signoff.Report(values={target.id: Decimal(50)}), signoff.Report(document_no="〔2026〕7 号")):
        drawn = item.rev
        signoff.report(item.id, change, by=li, rev=drawn)
        with pytest.raises(Stale):
            signoff.report(item.id, signoff.Report(note="没看到别人填的数"), by=li, rev=drawn)
    assert county.in_step()


def test_saving_what_is_said_already_changes_nothing() -> None:
    item = county.item("网上可办率")
    said = signoff.Report(note="已办", document_no="〔2026〕7 号", values={item.duty.targets[0].id: Decimal(96)})
    signoff.report(item.id, said, by=county.actor("li"))
    rev, size = item.rev, ledger.size()
    signoff.report(item.id, said, by=county.actor("li"), rev=rev)
    assert (item.rev, ledger.size()) == (rev, size)


# --- who --------------------------------------------------------------------------------------------------------


def test_a_liaison_reports_for_the_post_and_never_signs() -> None:
    lian = county.actor("lian")
    item = signoff.tick(county.item("预算考核").id, by=lian, report=signoff.Report(note="联络员代填"))
    assert item.reported_by == county.user("lian")
    with pytest.raises(NotYours):
        county.sign(item, by=lian)
    county.sign(item, by=county.actor("zhou"))
    assert item.signature
    assert item.signature.signer == "周局长"


def test_a_liaison_of_yesterday_reports_no_more(qinghe: county.Clock) -> None:
    units.end_liaison(db.session.scalars(select(Liaison)).one().id, by=county.console)
    qinghe.move(days=1)
    with pytest.raises(Unseen):
        signoff.tick(county.item("预算考核").id, by=county.actor("lian"))


def test_a_support_sees_the_item_and_never_reports_it() -> None:
    with pytest.raises(NotYours):
        signoff.tick(county.item("对接会").id, by=county.actor("zheng"))


def test_whoever_left_the_post_signs_no_more(qinghe: county.Clock) -> None:
    item = county.ticked("预算考核", "zhou")
    tenure = db.session.scalars(select(Tenure).where(Tenure.user == county.user("zhou"))).one()
    units.end_tenure(tenure.id, qinghe.at.date(), by=county.console)
    with pytest.raises(Unseen):
        county.sign(item, by=county.actor("zhou"))


def test_a_closed_account_acts_no_more_even_in_a_running_request() -> None:
    item, by = county.item("预算考核"), county.actor("zhou")
    accounts.disable(county.user("zhou").id, by=county.console)
    with pytest.raises(Unseen):
        signoff.tick(item.id, by=by)


def test_somebody_acting_signs_as_such() -> None:
    item = county.item("对接会")
    units.end_tenure(tenure_of("zhou"), county.NOW.date(), by=county.console)
    units.appoint(county.user("wu").id, item.post.id, county.NOW.date(), by=county.console, acting=True)
    wu = Actor(user=county.user("wu"), post=item.post, auth=county.actor("wu").auth, session="0" * 16)
    signoff.tick(item.id, by=wu)
    batch = county.sign(item, by=wu)
    assert batch.signatures[0].acting
    assert "县财政局 局长（主持工作）" in batch.signatures[0].statement


def tenure_of(login: str) -> int:
    return db.session.scalars(select(Tenure).where(Tenure.user == county.user(login))).one().id


# --- signing ----------------------------------------------------------------------------------------------------


def test_what_is_stored_is_what_was_shown_to_the_letter() -> None:
    item, size = county.ticked("预算考核", "zhou"), ledger.size()
    shown = signoff.statement(item, county.user("zhou"), acting=False)
    signoff.sign({item.id: signoff.digest(shown)}, by=county.actor("zhou"))
    (signature,) = item.signatures
    assert signature.statement == shown
    logged = {entry["object"]["type"]: entry["after"] for entry in entries(size)}
    assert logged.keys() == {"batch", "signature", "item"}
    assert logged["signature"]["statement"] == shown
    assert signature.statement_version == statements.VERSION
    assert (signature.signer, signature.post_title) == ("周局长", "县财政局 局长")
    assert "完成说明：已办" in shown
    assert statements.MEANING in shown


def test_a_statement_that_changed_since_it_was_shown_is_not_signed() -> None:
    item = county.ticked("预算考核", "zhou")
    shown = signoff.digest(signoff.statement(item, county.user("zhou"), acting=False))
    signoff.report(item.id, signoff.Report(note="别的话"), by=county.actor("lian"))
    with pytest.raises(Stale):
        signoff.sign({item.id: shown}, by=county.actor("zhou"))


def test_one_press_signs_all_or_nothing() -> None:
    one, two = county.ticked("预算考核", "zhou"), county.ticked("对接会", "zhou")
    zhou = county.actor("zhou")
    shown = {i.id: signoff.digest(signoff.statement(i, county.user("zhou"), acting=False)) for i in (one, two)}
    with pytest.raises(Stale):
        signoff.sign(shown | {two.id: "0" * 64}, by=zhou)
    assert not db.session.scalars(select(Signature)).all()
    batch = signoff.sign(shown, by=zhou)
    assert [s.item for s in batch.signatures] == [one, two]


def test_one_sheet_is_one_post() -> None:
    one = county.ticked("率先垂范", "sun")
    units.end_tenure(tenure_of("wang"), county.NOW.date(), by=county.console)
    units.appoint(county.user("sun").id, county.post_of("wang").id, county.NOW.date(), by=county.console)
    two = county.item("第一责任人")
    with pytest.raises(Refused, match="同一个岗位"):
        county.sign(one, two, by=county.actor("sun"))


def test_the_password_counts_for_a_quarter_of_an_hour(qinghe: county.Clock) -> None:
    item, late, by = county.ticked("预算考核", "zhou"), county.item("对接会"), county.actor("zhou")
    qinghe.move(minutes=15)
    assert county.sign(item, by=by).signatures[0].auth_at == county.NOW
    qinghe.move(seconds=1)
    with pytest.raises(Unconfirmed):
        county.sign(late, by=by)


def test_a_login_alone_does_not_sign() -> None:
    with pytest.raises(Unconfirmed):
        county.sign(county.ticked("预算考核", "zhou"), by=county.actor("zhou", signing=False))


def test_nobody_slips_an_item_of_another_post_into_his_sheet() -> None:
    own, anothers = county.ticked("预算考核", "zhou"), county.ticked("净增企业", "wu")
    with pytest.raises(NotYours):
        county.sign(own, anothers, by=county.actor("zhou"))
    db.session.expire_all()
    assert (own.state, anothers.state) == (ItemState.TICKED, ItemState.TICKED)


def test_somebody_with_two_posts_signs_as_the_holder_of_the_items_post() -> None:
    item, size = county.ticked("率先垂范", "sun"), ledger.size()
    at_work_as = county.actor("sun", "QH-XS")
    assert county.sign(item, by=at_work_as).post == county.post_of("sun", "QH-GOV")
    assert {entry["actor"]["post"] for entry in entries(size)} == {"清和县人民政府 副县长"}


def test_signing_at_once_is_a_report_too() -> None:
    item = county.item("预算考核")
    county.sign(item, by=county.actor("zhou"))
    assert (item.reported_at, item.reported_by) == (county.NOW, county.user("zhou"))


def test_an_empty_sheet_is_no_signature() -> None:
    with pytest.raises(Malformed):
        signoff.sign({}, by=county.actor("zhou"))


def test_taking_a_signature_back_needs_a_reason_and_keeps_the_signature_on_record() -> None:
    item = county.signed("预算考核", "zhou")
    with pytest.raises(Malformed, match="理由"):
        signoff.withdraw(item.id, " ", by=county.actor("zhou"))
    signoff.withdraw(item.id, "数字有误", by=county.actor("zhou"))
    (signature,) = item.signatures
    assert signature.withdrawn_because == "数字有误"
    assert item.signature is None


# --- figures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "below", "equal", "above"),
    [
        (">=", False, True, True),  # 以上、不低于
        ("<=", True, True, False),  # 以内
        (">", False, False, True),  # 超过
        ("<", True, False, False),  # 不满
        ("=", False, True, False),
        ("+", False, True, True),  # 净增
        ("-", False, True, True),  # 压减
    ],
)
def test_a_figure_is_met_as_the_civil_code_reads_it(op: str, below: bool, equal: bool, above: bool) -> None:
    target = Target(op=op, value=Decimal("96.0"))
    values = [Decimal("95.9"), Decimal("96"), Decimal("96.1")]
    assert [signoff.is_met(target, value) for value in values] == [below, equal, above]


def test_a_figure_that_is_still_open_is_neither_met_nor_missed() -> None:
    assert signoff.is_met(Target(op="+", value=None), Decimal(5)) is None


def test_a_value_is_asked_for_by_name() -> None:
    item = county.item("网上可办率")
    with pytest.raises(Malformed, match="网上可办率") as missing:
        signoff.tick(item.id, by=county.actor("li"))
    assert missing.value.field == f"value-{item.duty.targets[0].id}"
    assert item.state is ItemState.OPEN


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+999", "1E-999"])
def test_what_is_no_figure_is_asked_for_again(value: str) -> None:
    item = county.item("网上可办率")
    (target,) = item.duty.targets
    with pytest.raises(Malformed) as wrong:
        signoff.tick(item.id, by=county.actor("li"), report=signoff.Report(values={target.id: Decimal(value)}))
    assert wrong.value.field == f"value-{target.id}"


def test_nothing_happened_tomorrow(qinghe: county.Clock) -> None:
    tomorrow = qinghe.at.date() + timedelta(days=1)
    with pytest.raises(Malformed, match="不能晚于今天"):
        signoff.tick(county.item("预算考核").id, by=county.actor("zhou"), report=signoff.Report(happened_on=tomorrow))
    qinghe.move(hours=15)  # midnight in the county
    signoff.tick(county.item("预算考核").id, by=county.actor("zhou"), report=signoff.Report(happened_on=tomorrow))
