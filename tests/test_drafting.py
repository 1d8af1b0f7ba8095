"""A clerk starts a list from a file or from what he pastes, and sees first where the proposal is not sure."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select
from werkzeug.test import TestResponse

from checklist.files import reading
from checklist.lists import editing
from checklist.refusal import Malformed
from models import DutyList, db
from tests import county, messy
from tests.conftest import Browse, Visit
from tests.docx import docx, paragraph
from tests.forms import expect

pytestmark = pytest.mark.usefixtures("qinghe")
UNSURE = "一、任务\n财政局要建立台账。\n即办率达到60%，每季度通报一次。\n各镇要严查问题。\n"


def post(chu: FlaskClient, content: bytes | None = None, file: str = "讲话.docx", **fields: str) -> TestResponse:
    data: dict[str, object] = {"name": "新清单", "year": "2026", "title": "讲话", "text": "", **fields}
    data["unit"] = str(county.unit("QH-GOV").id)
    if content is not None:
        data["file"] = (io.BytesIO(content), file)
    return chu.post("/lists/", data=data, content_type="multipart/form-data")


def newest() -> DutyList:
    return db.session.scalars(select(DutyList).order_by(DutyList.id.desc())).first()  # type: ignore[return-value]


@pytest.mark.parametrize(
    "content",
    [
        county.SPEECH.encode("gbk"),
        b"\xef\xbb\xbf" + county.SPEECH.encode(),
        docx("".join(map(paragraph, county.SPEECH.split("\n")))),
    ],
)
def test_a_file_makes_the_same_list_as_its_text_pasted(visit: Visit, content: bytes) -> None:
    response = post(visit("chu"), content)
    assert response.status_code == 303
    assert [d.wording for d in newest().duties] == [d.wording for d in county.draft("粘贴", county.SPEECH).duties]
    assert county.in_step()


def test_a_file_that_cannot_be_read_is_refused_and_what_was_typed_stays(visit: Visit) -> None:
    response = post(visit("chu"), b"%PDF-1.7", "讲话.pdf")
    assert response.status_code == 422
    assert "只能读 TXT 和 DOCX" in response.text
    assert 'value="新清单"' in response.text
    assert newest().name != "新清单"


def test_a_docx_in_an_encoding_that_nobody_knows_is_sent_back_in_words(visit: Visit) -> None:
    response = post(visit("chu"), messy.in_encoding("foo", docx(paragraph("要管好资金。")), "word/document.xml"))
    assert response.status_code == 422
    assert "这个文件不完整或已损坏" in response.text
    assert 'value="新清单"' in response.text


def test_what_was_read_stays_when_something_else_is_wrong(visit: Visit) -> None:
    response = post(visit("chu"), county.SPEECH.encode(), "讲话.txt", name="廉政工作任务分解表")
    assert response.status_code == 422
    assert "请换一个名称" in response.text
    assert "财政局要完善预算考核机制" in response.text


def test_a_file_beside_a_pasted_text_is_asked_about(visit: Visit) -> None:
    response = post(visit("chu"), county.SPEECH.encode(), "讲话.txt", text="要管好资金。")
    assert response.status_code == 422
    assert "只能用一种" in response.text
    assert "要管好资金。" in response.text


def test_neither_a_file_nor_a_text_is_sent_back(visit: Visit) -> None:
    assert "请选择文件，或者粘贴" in post(visit("chu")).text


def test_a_text_that_would_hold_everybody_up_is_sent_back() -> None:
    with pytest.raises(Malformed) as refused:
        county.draft("长清单", "要" * (reading.LONGEST + 1))
    assert refused.value.field == "text"


def test_the_editor_shows_the_unsure_first_when_asked_to(visit: Visit) -> None:
    duty_list = county.draft("没把握", UNSURE)
    chu = visit("chu")
    page = chu.get(f"/lists/{duty_list.id}").text
    assert "先看没有把握的 1 项" in page
    assert page.count('<span class="flag">没有把握</span>') == 1
    assert "没有“要”“必须”这样的词" in page
    sorted_page = chu.get(f"/lists/{duty_list.id}?first=unsure").text
    order = [int(id) for id in re.findall(r'<article id="d-(\d+)"', sorted_page)]
    unsure = next(duty for duty in duty_list.duties if duty.is_unsure)
    assert order == [unsure.id, *(duty.id for duty in duty_list.duties if duty is not unsure)]


def test_a_row_that_the_clerk_has_saved_is_unsure_no_more(visit: Visit) -> None:
    duty_list = county.draft("没把握", UNSURE)
    duty = next(duty for duty in duty_list.duties if duty.is_unsure)
    kept = (duty.side, duty.cadence, duty.due_on, duty.owners, duty.guards)
    as_it_is = editing.Edit(duty.wording, *kept, {}, duty.steps)
    editing.edit(duty.id, as_it_is, by=county.actor("chu"))
    assert not duty.doubts
    assert "没有把握" not in visit("chu").get(f"/lists/{duty_list.id}").text
    assert county.in_step()


def test_a_clerk_chooses_a_file_and_looks_at_the_unsure(browse: Browse) -> None:
    page: Page = browse("chu")
    page.goto("/lists/new")
    page.get_by_label("清单名称").fill("从文件来")
    page.get_by_label("文件标题").fill("讲话")
    file = {"name": "讲话.docx", "mimeType": "", "buffer": docx("".join(map(paragraph, UNSURE.split("\n"))))}
    page.get_by_label("从文件读入").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="拟出责任事项").click()
    page.get_by_role("link", name="先看没有把握的 1 项").click()
    expect(page.locator("#duties article").first).to_contain_text("即办率达到60%")
    page.get_by_role("link", name="恢复原文的顺序").click()
    expect(page.locator("#duties article").first).to_contain_text("财政局要建立台账")
