"""The log searched by its index: exactly what reading all of it would find, and never by reading all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import insert, select

from checklist import clock, ledger
from checklist.actor import Actor
from checklist.audit import entries, filters
from checklist.audit.filters import Filter
from checklist.audit.words import OBJECTS
from checklist.items import signoff
from checklist.ledger import lines
from checklist.ledger.acts import ACTIONS
from checklist.refusal import NotYours
from models import Duty, Unit, audit_index, db
from tests import county
from tests.conftest import Visit
from tests.queries import counted, plan, sent

pytestmark = pytest.mark.usefixtures("qinghe")

DAY = date(2026, 3, 2)
FILTERS: list[dict[str, Any]] = [
    {},
    {"person": "周"},
    {"person": "书记"},
    {"person": "test"},
    {"person": "查无此人"},
    {"person": "%"},
    {"unit": "财政"},
    {"unit": "qh"},
    {"unit": "查无此单位"},
    {"action": "签认"},
    {"action": "签"},
    {"action": "查无此事"},
    {"object": "本期事项 1"},
    {"object": "1"},
    {"object": "签认"},
    {"object": "事项"},
    {"object": "本期事项 99999"},
    {"object": "9" * 30},
    {"object": "²"},
    {"from_day": DAY},
    {"until_day": DAY - timedelta(days=1)},
    {"from_day": DAY, "until_day": DAY},
    {"from_day": DAY + timedelta(days=400)},
    {"until_day": date(2020, 1, 1)},
    {"refused": True},
    {"words": "预算考核"},
    {"words": "。"},
    {"words": "查无此词"},
]


@pytest.fixture
def busy(lived: county.Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that a county does in a year, over some days, with refusals; and as if that were a long log."""
    lived.move(days=2)
    for words, who in (("净增企业", "wu"), ("网上可办率", "li")):
        county.signed(words, who)
        with pytest.raises(NotYours):
            signoff.tick(county.item(words).id, by=county.actor("zhao"))
    with pytest.raises(NotYours):
        entries_of(Filter(), "sun")
    with ledger.act("login.failed", by=Actor(ip="10.0.0.9")) as act:
        act.add_entry({"login": "nobody"})
    monkeypatch.setattr(filters, "MOST_COUNTED", 5)


def entries_of(wanted: Filter, login: str = "wei") -> list[int]:
    return [entry.seq for entry in entries.search(wanted, by=county.actor(login), limit=10_000)]


# --- what is found ------------------------------------------------------------------------------------------


class Read(NamedTuple):
    """An entry, read from its two lines, and the duty that it concerns."""

    head: dict[str, Any]
    body: dict[str, Any]
    duty: int | None


def read() -> list[Read]:
    """Every entry, newest first."""
    of_items: dict[int, int] = {}
    told = []
    for line, text in lines.read():
        head, body = json.loads(line), json.loads(text or b"")
        about, state = body["object"] or {"type": "", "id": 0}, body["after"] or body["before"] or {}
        if about["type"] == "item" and state:
            of_items[about["id"]] = state["duty_id"]
        hangs_on = about["id"] if about["type"] == "item" else state.get("item_id")
        duty = about["id"] if about["type"] == "duty" else state.get("duty_id", of_items.get(hangs_on))
        told.append(Read(head, body, duty))
    db.session.rollback()
    return told[::-1]


class Scan:
    """A search that reads the whole log."""

    def __init__(self) -> None:
        self.log = read()
        self.units = {unit.code: unit.name for unit in db.session.scalars(select(Unit))}
        self.wordings = {duty.id: duty.wording for duty in db.session.scalars(select(Duty))}
        db.session.rollback()

    def find(self, wanted: Filter) -> list[int]:
        return [entry.head["seq"] for entry in self.log if all(self.answers(wanted, entry))]

    def answers(self, wanted: Filter, entry: Read) -> Iterator[bool]:
        head, body = entry.head, entry.body
        day = datetime.fromisoformat(head["ts"]).astimezone(clock.SHANGHAI).date()
        yield (wanted.from_day or day) <= day <= (wanted.until_day or day)
        yield not wanted.person or wanted.person in (body["actor"] or {"name": ""})["name"]
        yield wanted.unit.upper() in head["unit"] or wanted.unit in self.units.get(head["unit"], "") or not wanted.unit
        yield wanted.action in ACTIONS[body["action"]] or wanted.action in body["action"]
        about = body["object"] or {"type": "", "id": ""}
        number = re.sub("[^0-9]", "", wanted.object)
        kind = wanted.object.replace(number, "").strip()
        yield kind in OBJECTS.get(about["type"], "") or kind in about["type"]
        yield number in ("", str(about["id"]))
        yield not wanted.words or wanted.words in self.wordings.get(entry.duty or 0, "")
        yield not wanted.refused or body["result"] != "ok"


def together() -> Iterator[Filter]:
    """Each filter alone, and each two of different fields."""
    for place, one in enumerate(FILTERS):
        yield Filter(**one)
        yield from (Filter(**one, **other) for other in FILTERS[place + 1 :] if one and not set(one) & set(other))


@pytest.mark.usefixtures("busy")
def test_each_filter_and_each_two_together_find_what_reading_the_whole_log_finds() -> None:
    scan, found = Scan(), 0
    assert len(scan.log) > 300
    assert len({entry.body["action"] for entry in scan.log}) > 25
    for wanted in together():
        expected = scan.find(wanted)
        assert entries_of(wanted) == expected, wanted
        found += bool(expected)
    assert found > len(FILTERS)


@pytest.mark.usefixtures("busy")
def test_pages_go_through_all_that_matches_forwards_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "PAGE", 40)
    by = county.actor("wei")

    def walk(asked: str, there: Callable[[entries.Page], int | None], **place: int) -> list[list[int]]:
        page = entries.page(Filter(**wanted), by=by, **place)
        pages = [[entry.seq for entry in page.entries]]
        while (at := there(page)) is not None:
            page = entries.page(Filter(**wanted), by=by, **{asked: at})
            pages.append([entry.seq for entry in page.entries])
        return pages

    for wanted in FILTERS:
        expected = entries_of(Filter(**wanted))
        back = walk("before", lambda page: page.older)
        assert [seq for page in back for seq in page] == expected
        forth = walk("after", lambda page: page.newer, after=-1)
        assert [seq for page in reversed(forth) for seq in page] == expected
        assert forth[0] == expected[-40:]


@pytest.mark.usefixtures("busy")
def test_an_auditor_of_one_bureau_finds_that_bureau_with_every_filter() -> None:
    theirs = {entry.head["seq"] for entry in read() if entry.head["unit"] == "QH-CZJ"}
    for wanted in FILTERS:
        every = entries_of(Filter(**wanted))
        assert entries_of(Filter(**wanted), "jiang") == [seq for seq in every if seq in theirs]


# --- how it is found ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("place", [{}, {"before": 200}, {"after": -1}], ids=str)
def test_no_search_reads_the_log_or_its_index_from_end_to_end(place: dict[str, int]) -> None:
    with sent() as statements:
        for by in (county.actor("wei"), county.actor("jiang")):
            for wanted in together():
                entries.search(wanted, by=by, limit=3, **place)
    db.session.rollback()
    plans = {statement: plan(statement, given) for statement, given in statements.items() if "audit_" in statement}
    assert len(plans) > 30
    for statement, said in plans.items():
        assert not re.findall(r"^SCAN audit_(?!name)|Seq Scan on audit_(?!name)", said, re.MULTILINE), (statement, said)


@pytest.mark.parametrize("oldest", [False, True])
def test_for_two_filters_that_never_meet_no_more_is_read_than_answers_to_one_of_them(oldest: bool) -> None:
    first, size = ledger.size(), 20_000
    busy = [
        {"seq": seq, "at": "2026", "unit": unit, "actor": actor, "refused": False}
        for seq in range(first, first + size)
        for unit, actor in [("QH-CZJ", "周局长") if seq % 2 else ("QH-JYJ", "郑副局长")]
    ]
    with db.engine.begin() as connection:
        connection.execute(insert(audit_index), busy)
        connection.exec_driver_sql("ANALYZE")
    found = filters.Sought({"actor": ["周局长"], "unit": ["QH-JYJ"]}, first, first + size).next(50, oldest=oldest)
    assert found is not None
    with sent() as statements:
        assert db.session.scalars(select(found.c.seq)).all() == []
    db.session.rollback()
    ((statement, given),) = statements.items()
    said = plan(statement, given)
    assert re.search("ix_audit_index_(actor|unit)", said), said
    assert not re.search("pk_audit_index|USING INTEGER PRIMARY KEY", said), said


@pytest.mark.usefixtures("busy")
def test_a_search_asks_as_much_of_a_long_log_as_of_a_short_one() -> None:
    wanted = Filter(person="长", unit="QH", action="签", words="。", from_day=date(2026, 1, 1))

    def asked() -> int:
        by = county.actor("wei")
        with counted() as statements:
            entries.page(wanted, by=by)
        db.session.rollback()
        return len(statements)

    before = asked()
    for name in ("另一份", "再一份"):
        county.draft(name, county.SPEECH)
    assert asked() == before <= 8


# --- at the page --------------------------------------------------------------------------------------------


def test_the_page_finds_refusals_and_the_words_of_a_duty_and_leads_to_the_oldest(visit: Visit) -> None:
    county.ticked("预算考核", "zhou")
    with pytest.raises(NotYours):
        signoff.tick(county.item("预算考核").id, by=county.actor("sun"))
    client = visit("wei")
    page = client.get("/audit/?refused=y&words=预算考核").text
    assert "孙副县长" in page
    assert "周局长" not in page
    assert re.search(r'name="refused" value="y" checked', page)
    page = client.get("/audit/").text
    oldest = re.search(r'href="([^"]+)">最早的条目', page)
    assert oldest
    page = client.get(oldest[1]).text
    assert '/audit/0">0</a>' in page
    newer = re.search(r'href="([^"]+)">更新的条目', page)
    assert newer
    assert "最早的条目" in client.get(newer[1]).text
    assert "没有符合条件的条目" in client.get("/audit/?words=查无此词").text
