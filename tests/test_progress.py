"""What stands where: the checklist in the order in which it is due, its count, and the reviewer's queue."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from checklist import ledger
from checklist.items import progress, signoff
from models import Item, ItemState, db
from tests import county
from tests.conftest import Visit
from tests.queries import counted, plan, sent

pytestmark = pytest.mark.usefixtures("qinghe")


def mine(login: str = "zhou") -> list[Item]:
    return progress.items_of([county.post_of(login)])


def sections() -> dict[str, list[str]]:
    return {name: [row.item.duty.wording[:5] for row in rows] for name, rows in progress.agenda(mine()).items()}


def test_what_came_back_stands_first_then_what_is_late_then_what_is_due(qinghe: county.Clock) -> None:
    item = county.signed("预算考核", "zhou")
    signoff.send_back(item.id, "请附清单", county.NOW.date() + timedelta(days=90), by=county.actor("sun"))
    qinghe.set_day(date(2026, 6, 25))
    signoff.tick(county.item("对接会", period="2026-Q3").id, by=county.actor("zhou"))
    assert list(sections()) == ["returned", "late", "soon", "later"]
    assert sections()["late"] == ["要每季度召"]  # the first quarter's


def test_what_is_signed_and_what_is_approved_come_last() -> None:
    signoff.approve(county.signed("预算考核", "zhou").id, by=county.actor("sun"))
    county.signed("对接会", "zhou")
    assert list(sections())[-2:] == ["waiting", "done"]


def test_an_integrity_duty_stands_beside_the_work_that_it_guards() -> None:
    rows = [row for found in progress.agenda(mine()).values() for row in found]
    (beside,) = [row for row in rows if "预算考核" in row.item.duty.wording and row.item.period == "2026-06-30"]
    assert [guard.duty.wording for guard in beside.guards] == ["严禁截留、挪用专项资金"]
    shown = [row.item.id for row in rows] + [guard.id for row in rows for guard in row.guards]
    assert sorted(shown) == sorted(item.id for item in mine())


def test_the_tally_counts_what_needs_nothing_more() -> None:
    county.ticked("对接会", "zhou")
    county.signed("预算考核", "zhou")
    tally = progress.Tally.of([county.post_of("zhou")])
    assert (tally.total, tally.ticked, tally.signed, tally.done) == (8, 1, 1, 1)


def test_what_has_been_dropped_is_not_counted() -> None:
    with ledger.act("drop", by=county.console):
        county.item("对接会", period="2026-Q4").state = ItemState.DROPPED
    assert progress.Tally.of([county.post_of("zhou")]).total == len(mine()) == 7


def test_a_row_drawn_again_names_the_work_that_the_checklist_names(qinghe: county.Clock) -> None:
    signed = county.signed("预算考核", "zhou")  # what guards it stands alone from now on
    rows = [row for found in progress.agenda(mine()).values() for row in found]
    named = {row.item: row.guarded for row in rows} | {guard: [] for row in rows for guard in row.guards}
    assert {item: progress.guarded_in_row(item) for item in mine()} == named
    alone = county.item("严禁截留", period=signed.period)
    assert [duty.lineage for duty in named[alone]] == [signed.lineage]


def test_a_report_reads_no_row_but_its_own_and_the_work_that_it_guards(visit: Visit) -> None:
    work, guard = county.item("预算考核", period="2026-06-30"), county.item("严禁截留", period="2026-06-30")
    zhou, read = visit("zhou"), set()

    def note(item: Item, _context: object) -> None:
        read.add(item.id)

    event.listen(Item, "load", note)
    try:
        zhou.post(f"/items/{guard.id}/tick", headers={"HX-Request": "true"})
    finally:
        event.remove(Item, "load", note)
    assert read == {work.id, guard.id}


def test_a_late_entry_says_by_how_many_days(qinghe: county.Clock) -> None:
    qinghe.set_day(date(2026, 4, 20))
    item = county.item("对接会", period="2026-Q1")
    signoff.tick(item.id, by=county.actor("zhou"), report=signoff.Report(happened_on=date(2026, 3, 30)))
    assert progress.late_entry(item) == "补记 21 天"


def test_a_late_entry_is_labelled_even_when_it_is_signed_at_once(qinghe: county.Clock) -> None:
    qinghe.set_day(date(2026, 4, 20))
    item = county.item("对接会", period="2026-Q1")
    signoff.report(item.id, signoff.Report(happened_on=date(2026, 3, 30)), by=county.actor("zhou"))
    county.sign(item, by=county.actor("zhou"))
    assert progress.late_entry(item) == "补记 21 天"


def test_what_was_entered_in_time_or_happened_too_late_is_no_late_entry(qinghe: county.Clock) -> None:
    in_time = county.item("对接会", period="2026-Q1")
    signoff.tick(in_time.id, by=county.actor("zhou"), report=signoff.Report(happened_on=date(2026, 3, 1)))
    assert progress.late_entry(in_time) == ""
    qinghe.set_day(date(2026, 7, 20))
    too_late = county.item("对接会", period="2026-Q2")
    signoff.tick(too_late.id, by=county.actor("zhou"), report=signoff.Report(happened_on=date(2026, 7, 10)))
    assert progress.late_entry(too_late) == ""


def queue() -> dict[str, list[str]]:
    posts = [county.post_of("zhou"), county.post_of("li")]
    return {waiting.item.duty.wording[:5]: waiting.notices for waiting in progress.waiting(posts)}


def test_a_reviewer_sees_what_is_late_and_what_looks_hurried(qinghe: county.Clock) -> None:
    qinghe.set_day(date(2026, 7, 10))
    values = {county.item("网上可办率").duty.targets[0].id: Decimal(90)}
    report = signoff.Report(values=values)
    unmet = signoff.tick(county.item("网上可办率").id, by=county.actor("li"), report=report)
    county.sign(unmet, by=county.actor("li"))
    for words in ("预算考核", "严禁截留"):
        county.signed(words, "zhou")  # both say 已办
    assert queue() == {
        "要推动政务": ["逾期 10 天签认", "没有说明和文号", "有指标未达标"],
        "财政局要完": ["逾期 10 天签认", "与本岗位另 1 项说明相同"],
        "严禁截留、": ["逾期 10 天签认", "与本岗位另 1 项说明相同"],
    }


def test_the_longest_waiting_comes_first_and_a_second_try_is_marked() -> None:
    first = county.signed("预算考核", "zhou")
    second = county.signed("对接会", "zhou")
    assert [w.item for w in progress.waiting([first.post])] == [first, second]
    signoff.send_back(first.id, "请附清单", county.NOW.date(), by=county.actor("sun"))
    signoff.report(first.id, signoff.Report(note="附上了", reply="已附"), by=county.actor("zhou"))
    county.sign(first, by=county.actor("zhou"))
    assert [w.item for w in progress.waiting([first.post])] == [second, first]
    assert progress.waiting([first.post])[1].notices == ["退回后重报"]


def test_a_lists_rows_show_how_far_they_have_come(qinghe: county.Clock) -> None:
    county.signed("对接会", "zhou")
    qinghe.set_day(date(2026, 7, 1))
    duty = county.duty("对接会")
    count = progress.counts([duty])[duty.id]
    assert (count.total, count.signed, count.approved, count.late) == (4, 1, 0, 1)


def test_what_was_sent_back_is_late_by_the_reviewers_day(qinghe: county.Clock) -> None:
    item = county.signed("对接会", "zhou")
    signoff.send_back(item.id, "请附清单", date(2026, 4, 20), by=county.actor("sun"))
    approved = county.item("对接会", "zhou", "2026-Q2")
    signoff.tick(approved.id, by=county.actor("zhou"))
    county.sign(approved, by=county.actor("zhou"))
    signoff.approve(approved.id, by=county.actor("sun"))
    with ledger.act("drop", by=county.console):
        county.item("对接会", period="2026-Q4").state = ItemState.DROPPED
    for day, late in ((date(2026, 4, 20), 0), (date(2026, 4, 21), 1), (date(2026, 12, 31), 2)):
        qinghe.set_day(day)
        count = progress.counts([item.duty])[item.duty_id]
        assert (count.total, count.signed, count.approved, count.late) == (3, 0, 1, late)


def test_the_day_that_counts_is_one_to_the_database_too(qinghe: county.Clock) -> None:
    signoff.send_back(county.signed("对接会", "zhou").id, "请附清单", date(2026, 4, 20), by=county.actor("sun"))
    days = dict(db.session.execute(select(Item.id, Item.due)).all())
    assert days == {item.id: item.due for item in db.session.scalars(select(Item))}


def test_the_rows_of_a_list_are_counted_in_one_question() -> None:
    duties = county.duty("对接会").duty_list.kept
    with counted() as statements:
        assert len(progress.counts(duties)) == len(duties)
    assert len(statements) == 1


def test_a_checklist_comes_in_its_order_out_of_the_index() -> None:
    post = county.post_of("zhou")
    with sent() as statements:
        progress.items_of([post])
    db.session.rollback()
    (asked,) = [statement for statement in statements if "ORDER BY coalesce" in statement]
    assert "ix_item_post_id_due" in plan(asked, statements[asked])
