"""A list is revised: what is untouched stays signed, what changed is signed again, and every version stays readable."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from checklist import access, ledger, lists
from checklist.items import progress, signoff
from checklist.lists import editing, versions
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Unseen
from models import Cadence, Item, ItemState, ListState, Side, db
from tests import county, revisions
from tests.entries import entries
from tests.queries import counted
from tests.revisions import WHY, adopt, begun, edit, first, reworded, row, without

pytestmark = pytest.mark.usefixtures("qinghe")
NEW = "财政局要完善预算绩效考核机制"


def approved(words: str, login: str) -> Item:
    return signoff.approve(county.signed(words, login).id, by=county.actor("sun"))


def items_of(login: str, words: str) -> list[Item]:
    return [i for i in progress.items_of([county.post_of(login)]) if words in i.duty.wording]


# --- a new version ------------------------------------------------------------------------------------------


def test_a_revision_is_a_draft_of_the_same_duties_and_the_list_stays_in_force() -> None:
    old, size = first(), ledger.size()
    new = begun()
    assert (new.version, new.state, new.revised_because) == (2, ListState.DRAFT, WHY)
    assert old.state is ListState.ADOPTED
    assert [duty.lineage for duty in new.duties] == [duty.lineage for duty in old.kept]
    assert versions.changes(new) == []
    assert {(entry["action"], entry["reason"]) for entry in entries(size)} == {("revise", WHY)}
    assert {entry["object"]["type"] for entry in entries(size)} == {"duty_list", "duty", "target"}
    assert county.in_step()


@pytest.mark.parametrize(("login", "refusal"), [("li", NotYours), ("zhou", NotYours), ("chen", Unseen)])
def test_only_the_clerk_begins_one(login: str, refusal: type[Refused]) -> None:
    size = ledger.size()
    with pytest.raises(refusal):
        versions.revise(first().id, WHY, by=county.actor(login))
    (entry,) = entries(size)
    assert (entry["action"], entry["result"]) == ("revise", f"refused: {refusal.status}")
    assert county.in_step()


def test_a_revision_needs_a_reason_a_list_in_force_and_no_other_revision() -> None:
    with pytest.raises(Malformed) as missing:
        begun(" ")
    assert missing.value.field == "reason"
    new = begun()
    with pytest.raises(Refused, match="第 2 版正在修订"):
        begun()
    with pytest.raises(Refused, match="草稿"):
        versions.revise(new.id, WHY, by=county.actor("chu"))
    assert len(versions.series(new)) == 2


def test_the_same_form_twice_begins_one_revision() -> None:
    by = county.actor("chu", nonce="e" * 32)
    versions.revise(first().id, WHY, by=by)
    with pytest.raises(Repeated):
        versions.revise(first().id, WHY, by=by)
    assert len(versions.series(first())) == 2


def test_a_revision_asks_nothing_again_for_each_item() -> None:
    for words, login in (("预算考核", "zhou"), ("净增企业", "wu"), ("对接会", "zhou")):
        county.signed(words, login)
    revised = begun()
    for duty in revised.kept:
        edit(duty, wording=f"{duty.wording}，务求实效")
    submitted = revisions.submit(revised).id
    db.session.expunge_all()
    with counted() as sent:
        lists.adopt(submitted, by=county.actor("li"))
    again = Counter(statement for statement in sent if re.search(r"\sFROM (item|reading|signature|step)\b", statement))
    assert max(again.values()) == 1
    assert county.in_step()


# --- what is untouched --------------------------------------------------------------------------------------


def test_what_a_revision_leaves_alone_stays_signed_and_reviewed() -> None:
    signed, done = county.signed("净增企业", "wu"), approved("预算考核", "zhou")
    rows = {item.id: item.state for item in db.session.scalars(select(Item))}
    new = adopt(begun())
    assert {item.id: item.state for item in db.session.scalars(select(Item))} == rows
    assert signed.signature
    assert signed.signature.voided_at is None
    assert (signed.duty.duty_list, done.duty.duty_list, done.duty.version) == (new, new, 1)
    assert done.reviews[-1].signature is done.signature
    assert {reading.target.duty for reading in signed.readings} == {signed.duty}
    assert county.in_step()


def test_a_revision_of_one_duty_voids_no_signature_for_another() -> None:
    other = county.signed("对接会", "zhou")
    county.signed("预算考核", "zhou")
    reworded("预算考核", NEW)
    assert other.state is ItemState.SIGNED
    assert other.signature


# --- what changed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [county.ticked, county.signed, approved], ids=["ticked", "signed", "approved"])
def test_what_was_said_of_a_duty_that_changed_has_to_be_said_again(make: type) -> None:
    item, old = make("预算考核", "zhou"), first()
    signatures = list(item.signatures)
    size = ledger.size()
    new = reworded("预算考核", NEW)
    assert item.state is ItemState.OPEN
    assert (item.duty.duty_list, item.duty.version, item.duty.wording) == (new, 2, NEW)
    assert (item.reported_at, item.note, item.signature) == (None, "已办", None)
    for signature in signatures:
        assert (signature.voided_by, signature.duty.duty_list) == (item.duty, old)
        assert "预算考核机制" in signature.statement
    changed = [e for e in entries(size) if e["object"] == {"type": "item", "id": item.id, "rev": item.rev}]
    assert [(e["action"], e["reason"], e["after"]["state"]) for e in changed] == [("adopt", WHY, "open")]
    assert county.in_step()


def test_it_is_signed_again_in_the_new_words_and_the_old_signature_stays_in_sight() -> None:
    item = county.signed("预算考核", "zhou")
    reworded("预算考核", NEW)
    county.sign(item, by=county.actor("zhou"))
    voided, standing = item.signatures
    assert item.signature is standing
    assert voided.voided_at
    assert (standing.duty_version, NEW in standing.statement) == (2, True)
    (field,) = versions.changes_of(item)
    assert field.name == "任务表述"
    assert [piece.text for piece in field.after if piece.changed] == ["绩效"]
    assert county.in_step()


def test_what_was_sent_back_stays_sent_back() -> None:
    item = county.signed("预算考核", "zhou")
    signoff.send_back(item.id, "请附清单", date(2026, 3, 20), by=county.actor("sun"))
    reworded("预算考核", NEW)
    assert (item.state, item.duty.wording, item.due) == (ItemState.RETURNED, NEW, date(2026, 3, 20))


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"wording": NEW}, "任务表述"),
        ({"side": Side.BOTH}, "类别"),
        ({"cadence": Cadence.ONCE}, "频次"),
        ({"cadence": Cadence.ONCE, "due_on": date(2026, 11, 1)}, "完成日期"),
    ],
)
def test_whatever_voids_a_signature_can_be_shown(changed: dict[str, object], name: str) -> None:
    new = begun()
    duty = edit(row(new, "预算考核"), **changed)
    (change,) = versions.changes(new)
    assert (change.kind, change.after) == ("改动", duty)
    assert name in [field.name for field in change.fields]


def test_a_figure_that_moves_voids_too_and_what_was_reached_is_measured_anew() -> None:
    item = county.signed("净增企业", "wu")
    assert [reading.met for reading in item.readings] == [True]
    new = begun()
    duty = row(new, "净增企业")
    edit(duty, values={target.id: Decimal(60) for target in duty.targets})
    adopt(new)
    assert item.state is ItemState.OPEN
    assert [(reading.target.value, reading.met) for reading in item.readings] == [(Decimal(60), False)]
    assert county.in_step()


def test_a_reviewer_cannot_approve_what_a_revision_has_voided() -> None:
    item = county.signed("预算考核", "zhou")
    read = item.rev
    reworded("预算考核", NEW)
    with pytest.raises(Refused, match="待办"):
        signoff.approve(item.id, by=county.actor("sun"), rev=read)
    assert signoff.choices(item, access.Standing.of(county.actor("sun"))) == []


def test_what_was_signed_for_a_period_that_is_over_was_done_in_the_words_of_its_time(qinghe: county.Clock) -> None:
    quarter = county.item("对接会", "zhou", "2026-Q1")
    county.sign(quarter, by=county.actor("zhou"))
    qinghe.set_day(date(2026, 5, 8))
    reworded("对接会", "要每季度召开两次政银企对接会")
    assert (quarter.state, quarter.duty.version) == (ItemState.SIGNED, 1)
    assert county.item("两次", "zhou").period == "2026-Q2"
    signoff.approve(quarter.id, by=county.actor("sun"))
    assert county.in_step()


def test_a_change_of_cadence_drops_the_periods_that_are_no_more_and_makes_the_new_ones() -> None:
    new = begun()
    edit(row(new, "对接会"), cadence=Cadence.HALF_YEARLY)
    adopt(new)
    assert {item.period for item in items_of("zhou", "对接会")} == {"2026-H1", "2026-H2"}
    dropped = db.session.scalars(select(Item).where(Item.state == ItemState.DROPPED)).all()
    assert {item.period for item in dropped} == {f"2026-Q{n}" for n in (1, 2, 3, 4)}
    assert county.in_step()


# --- what has gone, what is new, who has changed ------------------------------------------------------------


def test_the_items_of_a_duty_that_is_removed_are_dropped_but_what_was_approved_stands() -> None:
    done, signed = approved("预算考核", "zhou"), county.signed("净增企业", "wu")
    new = begun()
    for words in ("预算考核", "净增企业"):
        editing.drop(row(new, words).id, by=county.actor("chu"))
    adopt(new)
    assert (done.state, signed.state) == (ItemState.APPROVED, ItemState.DROPPED)
    assert items_of("wu", "净增企业") == []
    assert signed.signatures[0].withdrawn_at is None
    with pytest.raises(Refused, match="已取消"):
        signoff.tick(signed.id, by=county.actor("wu"))
    assert county.in_step()


def test_a_duty_that_is_added_falls_due_only_where_it_is_still_to_come(qinghe: county.Clock) -> None:
    qinghe.set_day(date(2026, 8, 1))
    new = begun()
    added = editing.add(new.id, "要每季度通报一次进展", by=county.actor("chu"))
    edit(added, cadence=Cadence.QUARTERLY, owners=[{"unit": "QH-JYJ", "part": "lead"}])
    adopt(new)
    assert {item.period for item in items_of("zheng", "通报")} == {"2026-Q3", "2026-Q4"}


def test_a_duty_that_changes_hands_leaves_one_checklist_and_enters_another() -> None:
    new = begun()
    edit(row(new, "网上可办率"), owners=[{"unit": "QH-JYJ", "part": "lead"}])
    (change,) = versions.changes(new)
    assert (change.kind, [field.name for field in change.fields]) == ("责任人变动", ["责任人"])
    adopt(new)
    assert items_of("li", "网上可办率") == []
    assert {item.state for item in items_of("zheng", "网上可办率")} == {ItemState.OPEN}
    assert county.in_step()


def test_who_stays_an_owner_stays_signed_when_another_joins() -> None:
    item = county.signed("第一责任人", "wang")
    new = begun()
    edit(row(new, "第一责任人"), owners=[{"set": "towns", "except": [], "part": "lead"}])
    adopt(new)
    assert item.state is ItemState.SIGNED
    assert items_of("chen", "第一责任人")


def test_an_owner_who_comes_back_takes_his_items_up_again() -> None:
    held = {item.id for item in items_of("li", "网上可办率")}
    new = begun()
    edit(row(new, "网上可办率"), owners=[{"unit": "QH-JYJ", "part": "lead"}])
    third = versions.revise(adopt(new).id, "改回原单位", by=county.actor("chu"))
    edit(row(third, "网上可办率"), owners=[{"unit": "QH-ZFB", "part": "lead"}])
    adopt(third)
    assert {(item.id, item.state) for item in items_of("li", "网上可办率")} == {(id, ItemState.OPEN) for id in held}
    assert county.in_step()


# --- coming into force --------------------------------------------------------------------------------------


def test_the_old_version_gives_way_and_both_stay_readable() -> None:
    old = first()
    new = reworded("预算考核", NEW)
    assert (old.state, new.state) == (ListState.SUPERSEDED, ListState.ADOPTED)
    assert (versions.in_force(old), versions.before(new)) == (new, old)
    for login in ("sun", "zhou", "wei"):
        assert access.may(access.Standing.of(county.actor(login)), "see", old), login
    assert row(old, "预算考核").wording != NEW
    with pytest.raises(Refused, match="已被新版取代"):
        versions.revise(old.id, WHY, by=county.actor("chu"))


def test_what_confirming_will_do_is_said_before_and_comes_true() -> None:
    county.signed("预算考核", "zhou")
    county.signed("净增企业", "wu")
    new = begun()
    edit(row(new, "预算考核"), wording=NEW)
    editing.drop(row(new, "净增企业").id, by=county.actor("chu"))
    revisions.submit(new)
    said = versions.outlook(new)
    assert (dict(said.duties), said.voided) == ({"改动": 1, "删去": 1}, 1)
    assert lists.coming(new).items == 0
    count = len(db.session.scalars(select(Item)).all())
    lists.adopt(new.id, by=county.actor("li"))
    dropped = db.session.scalars(select(Item).where(Item.state == ItemState.DROPPED)).all()
    assert (len(dropped), len(db.session.scalars(select(Item)).all())) == (said.dropped, count)


def test_a_revision_that_is_declined_changes_nothing_that_is_in_force() -> None:
    item = county.signed("预算考核", "zhou")
    new = begun()
    edit(row(new, "预算考核"), wording=NEW)
    lists.decline(revisions.submit(new).id, "再议", by=county.actor("li"))
    assert (item.state, first().state) == (ItemState.SIGNED, ListState.ADOPTED)


def test_a_duty_whose_day_is_past_holds_no_revision_up_unless_it_was_changed(qinghe: county.Clock) -> None:
    new = begun()
    edit(row(new, "预算考核"), cadence=Cadence.ONCE, due_on=date(2026, 4, 1))
    adopt(new)
    qinghe.set_day(date(2026, 5, 1))
    third = versions.revise(new.id, WHY, by=county.actor("chu"))
    assert lists.unready(third) == []
    edit(row(third, "预算考核"), wording=NEW)
    assert lists.unready(third) == ["第 1 项的完成日期已经过去"]


def test_a_first_version_has_nothing_to_compare_with() -> None:
    assert versions.plan(first()) == []
    assert len(versions.changes(first())) == len(first().kept)


def test_a_removed_duty_is_no_longer_anybodys() -> None:
    without("网上可办率")
    assert items_of("li", "网上可办率") == []
    assert county.in_step()


@pytest.mark.parametrize("table", ["item", "duty_list"])
def test_the_database_still_refuses_a_state_that_there_is_not(table: str) -> None:
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET state = 'lost' WHERE id = 1"))
