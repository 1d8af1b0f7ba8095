"""Everybody can say what is wrong with a page; the system administrator reads it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checklist import feedback, ledger
from checklist.refusal import Malformed
from models import Feedback, db
from tests import county
from tests.conftest import Visit

pytestmark = pytest.mark.usefixtures("qinghe")


def test_what_somebody_wrote_is_kept_with_its_page_and_logged() -> None:
    size = ledger.size()
    feedback.write("“补记”是什么意思？", "/items/7", by=county.actor("wu"))
    [written] = feedback.newest()
    assert (written.user.name, written.page, written.text) == ("吴副局长", "/items/7", "“补记”是什么意思？")
    assert written.written_at == county.NOW
    [line] = county.gained(size)
    assert (line.body["action"], line.actor, line.head["unit"]) == ("feedback", "吴副局长", "-")
    assert county.in_step()


def test_nothing_said_is_nothing_kept() -> None:
    size = ledger.size()
    with pytest.raises(Malformed) as problem:
        feedback.write(" \n", "/items/", by=county.actor("wu"))
    assert (problem.value.field, ledger.size()) == ("text", size)


def test_the_newest_comes_first_and_not_without_end() -> None:
    for n in range(4):
        feedback.write(f"意见 {n}", "/", by=county.actor("wu"))
    assert [written.text for written in feedback.newest(3)] == ["意见 3", "意见 2", "意见 1"]


def test_every_page_leads_to_the_form_and_the_form_back(visit: Visit) -> None:
    page = visit("wu")
    assert "/feedback/?page=/items/" in page.get("/items/").text
    assert 'value="/items/"' in page.get("/feedback/?page=/items/").text
    answer = page.post("/feedback/", data={"page": "/items/", "text": "字太小"})
    assert (answer.status_code, answer.location) == (303, "/items/")
    assert "谢谢，意见已收到。" in page.get("/items/").text


def test_the_same_form_twice_is_one_opinion(visit: Visit) -> None:
    page, form = visit("wu"), {"page": "/items/", "text": "字太小", "nonce": "n" * 32}
    assert [page.post("/feedback/", data=form).status_code for _ in range(2)] == [303, 303]
    assert len(feedback.newest()) == 1


@pytest.mark.parametrize("page", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(page: str, visit: Visit) -> None:
    browser = visit("wu")
    assert page not in browser.get("/feedback/", query_string={"page": page}).text
    assert browser.post("/feedback/", data={"page": page, "text": "字太小"}).location == "/"


def test_after_a_form_that_failed_one_comes_back_to_the_front_page(visit: Visit) -> None:
    address = f"/items/{county.item('净增企业').id}/tick"  # takes forms only
    answer = visit("wu").post("/feedback/", data={"page": address, "text": "按了没有反应"})
    assert answer.location == "/"
    assert db.session.scalars(select(Feedback.page)).one() == address


@pytest.mark.parametrize(("text", "words"), [(" ", "请写下您的意见"), ("长" * 2001, "不超过 2000 字")])
def test_a_form_that_is_wrong_comes_back_with_what_to_do(text: str, words: str, visit: Visit) -> None:
    answer = visit("wu").post("/feedback/", data={"page": "/items/", "text": text})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="/items/"' in answer.text


def test_the_system_administrator_reads_it_and_nobody_else(visit: Visit) -> None:
    feedback.write("<b>字太小</b>", "/items/", by=county.actor("wu"))
    shown = visit("shen").get("/feedback/all").text
    assert "吴副局长" in shown
    assert "&lt;b&gt;字太小" in shown
    assert visit("han").get("/feedback/all").status_code == 403
