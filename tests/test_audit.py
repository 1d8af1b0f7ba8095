"""The log as an auditor reads it: filtered, by pages, within the grant; and what is carried away."""

from __future__ import annotations

from datetime import date

import pytest

from checklist import ledger
from checklist.audit import bundles, entries, receipts
from checklist.audit.check import Check, verify_log
from checklist.audit.filters import Filter
from checklist.items import signoff
from checklist.ledger import checkpoints
from checklist.refusal import NotYours, Refused, Unseen
from tests import county
from tests.conftest import Visit

pytestmark = pytest.mark.usefixtures("qinghe")


def found(**wanted: object) -> list[entries.LogEntry]:
    return entries.search(Filter(**wanted), by=county.actor("wei"), limit=10_000)  # type: ignore[arg-type]


def test_the_newest_come_first_and_pages_go_by_key() -> None:
    everything = found()
    assert [line.seq for line in everything] == list(range(ledger.size() - 1, -1, -1))
    page = entries.search(Filter(), by=county.actor("wei"), limit=10)
    older = entries.search(Filter(), by=county.actor("wei"), before=page[-1].seq, limit=10)
    assert [line.seq for line in page + older] == [line.seq for line in everything[:20]]


def test_the_log_is_searched_by_person_unit_act_and_object() -> None:
    item = county.signed("预算考核", "zhou")
    assert {line.actor for line in found(person="周")} == {"周局长"}
    assert {line.head["unit"] for line in found(unit="财政")} == {"QH-CZJ"}
    assert {line.head["unit"] for line in found(unit="qh-cz")} == {"QH-CZJ"}
    assert {line.action for line in found(action="签认")} == {"签认"}
    assert {line.action for line in found(action="报完成")} == {"报完成"}
    by_object = found(object=f"本期事项 {item.id}")
    assert {line.object for line in by_object} == {f"本期事项 {item.id}"}
    assert {line.action for line in by_object} == {"签认", "报完成", "确认清单生效"}
    assert found(person="周", action="签认", object=str(item.id))
    assert not found(person="周", unit="教育")


def test_a_day_is_a_day_of_the_county(qinghe: county.Clock) -> None:
    qinghe.set_day(date(2026, 3, 4))
    qinghe.move(hours=-8, minutes=-59)  # one minute past midnight in the county, the day before in Greenwich
    county.ticked("预算考核", "zhou")
    assert found(from_day=date(2026, 3, 4), until_day=date(2026, 3, 4))
    assert not found(from_day=date(2026, 3, 3), until_day=date(2026, 3, 3))


def test_words_of_a_pattern_are_only_words() -> None:
    assert not found(person="%")
    assert not found(person="_")


def test_an_auditor_of_one_bureau_reads_that_bureau_and_no_other() -> None:
    county.ticked("预算考核", "zhou")
    jiang = county.actor("jiang")
    lines = entries.search(Filter(), by=jiang, limit=10_000)
    assert {line.head["unit"] for line in lines} == {"QH-CZJ"}
    with pytest.raises(Unseen):
        entries.entry(0, by=jiang)
    with pytest.raises(NotYours):
        bundles.export(by=jiang)


@pytest.mark.parametrize("login", ["zhou", "qian", "chu", "shen", "han"])
def test_nobody_else_reads_verifies_or_exports(login: str) -> None:
    by = county.actor(login)
    for act in (
        lambda: entries.search(Filter(), by=by),
        lambda: entries.entry(1, by=by),
        lambda: verify_log(Check(), by=by),
        lambda: bundles.export(by=by),
        lambda: checkpoints.seal(by=by),
        lambda: checkpoints.search(by=by),
        lambda: receipts.of_entry(1, by=by),
    ):
        with pytest.raises(Refused):
            act()


def test_a_refused_act_is_in_the_log_with_what_was_said() -> None:
    with pytest.raises(NotYours):
        signoff.tick(county.item("预算考核").id, by=county.actor("sun"))
    line = found()[0]
    assert line.refused
    assert line.body["result"] == "refused: 403"
    assert "责任人、联络员" in line.body["reason"]


def test_an_entry_shows_what_changed() -> None:
    county.ticked("预算考核", "zhou")
    line = found(action="报完成")[0]
    changes = {name: (before, after) for name, before, after in line.changes()}
    assert changes["state"] == ("open", "ticked")
    assert "id" not in changes


def test_a_verdict_is_an_entry_too() -> None:
    size = ledger.size()
    check = Check()
    list(verify_log(check, by=county.actor("wei")))
    assert check.good
    assert check.verdict.size == size
    assert found()[0].body["after"] == {"anchored": 0, "ok": True, "size": size}


def test_what_an_entry_changed_is_said_in_words(visit: Visit) -> None:
    item = county.ticked("预算考核", "zhou")
    (line,) = found(action="报完成", object=f"本期事项 {item.id}")
    page = visit("wei").get(f"/audit/{line.seq}").text
    assert '状态 <span class="hint">state</span>' in page
    assert ">已报完成<" in page
