"""What a page weighs on its way to somebody: plain, and as it is sent to a browser that takes gzip."""

from __future__ import annotations

import zlib

import pytest
from flask.testing import FlaskClient

from checklist import lists
from models import DutyList
from tests import county
from tests.conftest import Visit
from tests.drafts import MEETING, edit
from tests.screens import HTMX

pytestmark = [pytest.mark.usefixtures("qinghe"), pytest.mark.slow]

KB = 1000


def draft(rows: int) -> DutyList:
    lines = (f"{n}.财政局要在年内完成第{n}号专项资金的清理核查，做到账实相符。\n" for n in range(1, rows + 1))
    return county.draft("专项资金清理表", "工作安排\n" + "".join(lines))


def adopted(rows: int) -> DutyList:
    duty_list = draft(rows)
    for duty in list(duty_list.duties):
        edit(duty, county.actor("chu"), owners=[{"unit": "QH-CZJ", **county.LEAD}])
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    return lists.adopt(duty_list.id, by=county.actor("li"))


def of(client: FlaskClient, address: str) -> tuple[int, int]:
    page = client.get(address).data
    return len(page), len(zlib.compress(page, 6))


def test_127_items_weigh_60_kb_and_10_as_sent(visit: Visit) -> None:
    adopted(127 - 8)  # and those that he has
    client = visit("zhou")
    assert client.get("/items/").text.count("<article") == 127
    plain, sent = of(client, "/items/")
    assert plain <= 60 * KB
    assert sent <= 10 * KB


def test_a_draft_of_44_rows_weighs_60_kb_and_10_as_sent(visit: Visit) -> None:
    duty_list = draft(44)
    assert len(duty_list.duties) == 44
    plain, sent = of(visit("chu"), f"/lists/{duty_list.id}")
    assert plain <= 60 * KB
    assert sent <= 10 * KB


def test_a_tick_is_answered_with_its_row_and_the_tally_alone(visit: Visit) -> None:
    item, client = county.item("预算考核", "zhou"), visit("zhou")
    answer = client.post(f"/items/{item.id}/tick", data={"rev": item.rev}, headers=HTMX)
    assert [answer.text.count(part) for part in ("<article", 'id="tally"', 'id="bar"', "<script", "<nav")] == [
        1,
        1,
        1,
        0,
        0,
    ]
    assert len(answer.data) <= 1.7 * KB
