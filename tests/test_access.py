"""Who may do what to which row; the table is one, and whoever is not in it is refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from checklist import access, ledger, lists
from checklist.county import accounts, units
from checklist.items import signoff
from checklist.refusal import Refused, Unseen
from models import DutyList, Item, ItemState, Role, Tenure, db
from tests import county
from tests.items import VERBS, Verb
from tests.revisions import without

pytestmark = pytest.mark.usefixtures("qinghe")


def standing(login: str) -> access.Standing:
    return access.Standing.of(county.actor(login))


def sees(login: str, item: Item) -> bool:
    return access.may(standing(login), "see", item) is not None


def test_every_move_stands_in_the_table() -> None:
    assert signoff.MOVES.keys() <= access.TABLE[Item].keys()
    assert lists.LIST_MOVES.keys() <= access.TABLE[DutyList].keys()


def test_every_relation_has_a_name_that_people_understand() -> None:
    relations = {relation for verbs in access.TABLE.values() for found in verbs.values() for relation in found}
    assert all(relation.__doc__ for relation in relations)


def test_a_head_sees_his_unit_and_below_and_not_the_neighbour() -> None:
    deputys = county.item("净增企业", "wu")
    assert sees("zhou", deputys)  # head of the bureau
    assert sees("qian", deputys)  # head of the county government
    assert sees("zhao", deputys)  # the root
    assert not sees("zheng", deputys)  # another bureau
    assert not sees("feng", deputys)  # a town
    assert not sees("wu", county.item("预算考核"))  # not upwards


def test_what_one_may_not_see_is_not_there() -> None:
    with pytest.raises(Unseen):
        access.see(county.actor("feng"), Item, county.item("预算考核").id)
    with pytest.raises(Unseen):
        access.see(county.actor("feng"), Item, 99_999)


def test_an_auditor_sees_only_while_and_where_the_grant_holds(qinghe: county.Clock) -> None:
    item = county.item("预算考核")
    assert sees("jiang", item)
    assert not sees("jiang", county.item("网上可办率"))
    for_a_week = qinghe.at.date() + timedelta(days=7)
    accounts.grant(
        county.user("cai").id, Role.AUDITOR, county.unit("QH").id, qinghe.at.date(), for_a_week, by=county.console
    )
    assert sees("cai", item)
    qinghe.move(days=7)
    assert not sees("cai", item)


@pytest.mark.parametrize("login", ["wei", "jiang", "shen", "han", "yang", "chu"])
def test_auditors_officers_and_clerks_are_offered_no_move(login: str) -> None:
    county.signed("预算考核", "zhou")
    items = db.session.scalars(select(Item)).all()
    assert not [item for item in items if signoff.choices(item, standing(login))]


def test_everybody_is_offered_exactly_what_the_verbs_then_allow() -> None:
    """Whoever is offered a move is not refused it; whoever is not, is. Over all people, states and moves."""
    items = one_in_each_state()
    assert {item.state for item in items} == set(ItemState)
    wrong = []
    by_people = [verb for verb in signoff.MOVES if access.TABLE[Item][verb] != (access.revision,)]
    for login, item, verb in product(county.PEOPLE, items, by_people):
        offered = verb in signoff.choices(item, standing(login))
        if offered != allowed(verb, item, login):
            wrong.append((login, item.state, verb, offered))
    assert not wrong


REVIEWS: dict[str, Verb] = {
    "approve": lambda item, by: signoff.approve(item.id, by=by),
    "send_back": lambda item, by: signoff.send_back(item.id, "请附清单", county.NOW.date(), by=by),
}


def one_in_each_state() -> list[Item]:
    """Of the bureau head's, one signed by his deputy, and one that a revision dropped."""
    without("第一责任人")
    zhou, sun = county.actor("zhou"), county.actor("sun")
    quarters = [county.item("对接会", "zhou", f"2026-Q{n}") for n in (1, 2, 3)]
    for item in quarters:
        county.sign(item, by=zhou)
    signed, returned, approved = quarters
    REVIEWS["approve"](approved, sun)
    REVIEWS["send_back"](returned, sun)
    signoff.report(returned.id, signoff.Report(reply="已附"), by=zhou)
    ticked, opened = county.ticked("预算考核", "zhou"), county.item("对接会", "zhou", "2026-Q4")
    dropped = county.item("第一责任人", "wang")
    return [opened, ticked, signed, returned, approved, dropped, county.signed("净增企业", "wu")]


class Rehearsed(Exception):
    """Ends an act before it is done, so that the next starts from the same state."""


def allowed(verb: str, item: Item, login: str) -> bool:
    by = county.actor(login)
    refused = False
    with suppress(Rehearsed), ledger.act("rehearse", by=by):
        try:
            (VERBS | REVIEWS)[verb](item, by)
        except Refused:
            refused = True
        raise Rehearsed
    return not refused


def test_a_closed_account_is_nobody_from_its_next_act() -> None:
    item, by = county.signed("预算考核", "zhou"), county.actor("zhou")
    accounts.disable(by.user.id, by=county.console)
    for row, verb in ((item, "see"), (item.signatures[0].batch, "see"), (by.user, "change_password")):
        with pytest.raises(Unseen):
            access.require(by, verb, row)


def test_an_official_sees_his_units_adopted_lists_and_no_drafts() -> None:
    adopted = county.duty("预算考核").duty_list
    draft = county.draft("草稿", county.SPEECH)
    assert access.may(standing("sun"), "see", adopted)  # of the unit
    assert access.may(standing("zhou"), "see", adopted)  # owns a duty in it
    assert access.may(standing("wang"), "see", adopted)  # a town with a duty in it
    assert not access.may(standing("chen"), "see", adopted)  # a town that was left out
    assert not access.may(standing("sun"), "see", draft)
    assert access.may(standing("chu"), "see", draft)


def test_a_receipt_is_seen_by_whoever_sees_the_item() -> None:
    batch = county.signed("预算考核", "zhou").signatures[0].batch
    for login, may in {"zhou": True, "lian": True, "sun": True, "wei": True, "feng": False, "shen": False}.items():
        assert bool(access.may(standing(login), "see", batch)) == may, login


def test_whoever_is_gone_from_a_post_still_sees_what_he_signed() -> None:
    item = county.signed("预算考核", "zhou")
    held = db.session.scalars(select(Tenure).where(Tenure.user == county.user("zhou"))).one()
    units.end_tenure(held.id, county.NOW.date(), by=county.console)
    assert sees("zhou", item)
    assert item.state is ItemState.SIGNED
    assert signoff.choices(item, standing("zhou")) == []


def test_no_list_that_somebody_may_see_lies_outside_of_what_is_read_for_it(prepared: county.Clock) -> None:
    lists_there_are = list(db.session.scalars(select(DutyList)))
    for who in map(standing, county.PEOPLE):
        seen = {each.id for each in lists_there_are if access.may(who, "see", each)}
        near = set(db.session.scalars(select(DutyList.id).where(access.within_sight(who))))
        assert seen <= near, who.by
