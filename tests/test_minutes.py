"""A 班子 list is signed by the secretary on behalf of the 党组, with the number of its minutes in the text."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from checklist import ledger, picture
from checklist.items import signoff, statements
from checklist.refusal import Malformed, Stale
from models import Duty, DutyList, Item, ItemState, Signature, Tier, db
from tests import county
from tests.conftest import Visit
from tests.responsibility import MINUTES, adopted, draft, shown, team_item

pytestmark = pytest.mark.usefixtures("qinghe")


@pytest.mark.parametrize(
    ("code", "body"),
    [("QH", "中共清和县委员会"), ("QH-GOV", "清和县人民政府党组"), ("QH-CZJ", "县财政局党组"), ("QH-DH", "东河镇党委")],
)
def test_in_whose_name_a_team_signs(code: str, body: str) -> None:
    assert statements.party_body(picture.current().by_code[code]) == body


def test_a_team_list_is_signed_in_the_name_of_the_party_group_with_its_minutes() -> None:
    found = team_item()
    signoff.sign(shown(found, MINUTES), by=county.actor("qian"), minutes_no=f" {MINUTES} ")
    signature = found.signature
    assert signature is not None
    assert (signature.on_behalf_of, signature.minutes_no) == ("清和县人民政府党组", MINUTES)
    assert signature.statement.splitlines()[-3:-1] == ["代表清和县人民政府党组签认", f"会议纪要：{MINUTES}"]
    assert "所属清单：责任清单（2026 年，责任清单·班子，第 1 版）" in signature.statement.splitlines()
    assert signature.statement_version == statements.VERSION == 5
    assert county.in_step()


def test_without_the_number_it_is_not_signed_and_nothing_is_logged() -> None:
    found = team_item()
    size = ledger.size()
    for lacking in ("", "  ", "纪" * 61):
        with pytest.raises(Malformed, match="会议纪要文号") as refused:
            signoff.sign(shown(found, lacking), by=county.actor("qian"), minutes_no=lacking)
        assert refused.value.field == "minutes_no"
    assert ledger.size() == size
    db.session.expire_all()
    assert found.state is ItemState.TICKED


@pytest.mark.parametrize("no", [f"{MINUTES}\n签认人：别人", "一\u2028二", "三\v四", "\u200b", "\u202e号 3"])
def test_a_number_of_more_than_one_line_or_with_something_unseen_in_it_is_not_signed(no: str) -> None:
    found = team_item()
    size = ledger.size()
    with pytest.raises(Malformed, match="看不见的字符") as refused:
        signoff.sign(shown(found, no), by=county.actor("qian"), minutes_no=no)
    assert refused.value.field == "minutes_no"
    assert ledger.size() == size


def test_another_number_than_the_page_showed_is_not_signed() -> None:
    found = team_item()
    with pytest.raises(Stale):
        signoff.sign(shown(found, MINUTES), by=county.actor("qian"), minutes_no="另一号")


def test_in_a_mixed_batch_the_number_is_for_the_team_list_alone() -> None:
    found = team_item()
    own = signoff.tick(county.item("率先垂范", "qian").id, by=county.actor("qian"))
    both = shown(found, MINUTES) | shown(own, "")
    batch = signoff.sign(both, by=county.actor("qian"), minutes_no=MINUTES)
    told = {s.item_id: (s.on_behalf_of, s.minutes_no) for s in batch.signatures}
    assert told == {found.id: ("清和县人民政府党组", MINUTES), own.id: ("", "")}
    assert "会议纪要" not in (own.signature.statement if own.signature else "")


def test_a_secretarys_own_list_takes_no_minutes() -> None:
    adopted(draft(Tier.SECRETARY))
    found = db.session.scalars(select(Item).join(Duty).join(DutyList).where(DutyList.tier == Tier.SECRETARY)).first()
    assert found is not None
    signoff.tick(found.id, by=county.actor("qian"))
    county.sign(found, by=county.actor("qian"))
    assert found.signature is not None
    assert (found.signature.on_behalf_of, found.signature.minutes_no) == ("", "")


def sheet_form(page: str, **more: str) -> dict[str, object]:
    digests = dict(re.findall(r'name="(digest-[0-9]+)" value="([^"]+)"', page))
    items = re.findall(r'name="item" value="([0-9]+)"', page)
    minutes = re.findall(r'name="minutes_shown" type="hidden" value="([^"]*)"', page)
    return {"item": items, **digests, "minutes_shown": minutes[0], **more}


def opened(client: FlaskClient, item: Item) -> str:
    return client.get(f"/signatures/new?item={item.id}").text


def test_the_sheet_asks_for_the_number_shows_it_in_the_text_and_then_signs(visit: Visit) -> None:
    found, qian = team_item(), visit("qian")
    page = opened(qian, found)
    assert "会议纪要：（未填）" in page
    assert "确认签认" not in page
    lacking = qian.post("/signatures/", data=sheet_form(page, password=county.PASSWORD))
    assert lacking.status_code == 422
    assert "请填写会议纪要文号" in lacking.text
    read = qian.post("/signatures/", data=sheet_form(page, minutes_no=MINUTES))
    assert read.status_code == 200
    assert f"会议纪要：{MINUTES}" in read.text
    assert db.session.query(Signature).count() == 0
    wrong = qian.post("/signatures/", data=sheet_form(read.text, minutes_no=MINUTES, password="no"))
    assert wrong.status_code == 422
    assert f"会议纪要：{MINUTES}" in wrong.text
    done = qian.post("/signatures/", data=sheet_form(wrong.text, minutes_no=MINUTES, password=county.PASSWORD))
    assert done.status_code == 303
    receipt = qian.get(done.headers["Location"]).text
    assert "<dt>代表</dt><dd>清和县人民政府党组（班子清单 1 项）</dd><dt>会议纪要</dt>" in receipt
    review = visit("zhao").get(f"/reviews/{found.id}").text
    assert f"代表清和县人民政府党组签认，会议纪要 {MINUTES}：" in review


def test_a_number_changed_on_the_sheet_is_read_before_it_is_signed(visit: Visit) -> None:
    found, qian = team_item(), visit("qian")
    page = qian.post("/signatures/", data=sheet_form(opened(qian, found), minutes_no="一号")).text
    again = qian.post("/signatures/", data=sheet_form(page, minutes_no="二号", password=county.PASSWORD))
    assert (again.status_code, db.session.query(Signature).count()) == (200, 0)
    assert "会议纪要：二号" in again.text


def test_what_was_signed_before_stays_as_it_was_signed(visit: Visit) -> None:
    found = county.signed("预算考核", "zhou")
    signature = found.signature
    assert signature is not None
    with ledger.act("sign", by=county.console):  # as version 3 of the text had it
        old = db.session.get(Signature, signature.id)
        assert old is not None
        old.statement_version, old.statement = 3, old.statement.replace("，任务分解表，", "，")
    page = visit("zhou").get(f"/signatures/{signature.batch_id}").text
    assert "所属清单：廉政工作任务分解表（2026 年，第 1 版）" in page
    assert county.in_step()
