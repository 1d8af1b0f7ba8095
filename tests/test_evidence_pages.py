"""Attaching, taking off and downloading as the browser does it, with scripts and without."""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from checklist import ledger
from checklist.items import evidence
from models import Evidence, Item, db
from pages import size
from tests import county
from tests.conftest import Browse, Visit
from tests.files import BAD, PDF, PDF_SHA256, attached, png
from tests.forms import expect

HTMX = {"HX-Request": "true"}


def send(
    client: FlaskClient,
    item: Item,
    content: bytes = PDF,
    name: str = "纪要.pdf",
    *,
    htmx: bool = False,
    nonce: str = "",
    told: str | None = None,
    percent: int = 100,
) -> TestResponse:
    """Send a file as a browser does: it may say what type it is, or be cut off at so many percent."""
    file = FileStorage(io.BytesIO(content), name, content_type=told)
    boundary, body = encode_multipart({"nonce": nonce, "file": file})
    return client.post(
        f"/items/{item.id}/evidence",
        input_stream=io.BytesIO(body[: len(body) * percent // 100]),
        content_type=f"multipart/form-data; boundary={boundary}",
        environ_overrides={"CONTENT_LENGTH": str(len(body))},
        headers=HTMX if htmx else {},
    )


def rows() -> list[Evidence]:
    db.session.expire_all()
    return list(db.session.scalars(select(Evidence)))


# --- attaching ----------------------------------------------------------------------------------------------


def test_a_file_goes_from_the_items_page_onto_it_and_off_again(visit: Visit) -> None:
    zhou, item = visit("zhou"), county.item("预算考核")
    page = zhou.get(f"/items/{item.id}").text
    assert 'type="file"' in page
    assert 'enctype="multipart/form-data"' in page
    response = send(zhou, item)
    assert (response.status_code, response.headers["Location"]) == (303, f"/items/{item.id}#files")
    (row,) = rows()
    page = zhou.get(f"/items/{item.id}").text
    assert f'<a href="/evidence/{row.id}">纪要.pdf</a>' in page
    assert f"{len(PDF)} 字节" in page
    response = zhou.post(f"/items/{item.id}/evidence/removal", data={"evidence": row.id})
    assert (response.status_code, response.headers["Location"]) == (303, f"/items/{item.id}#files")
    assert rows() == []


def test_htmx_gets_the_files_alone_so_that_what_is_typed_above_them_stays(visit: Visit) -> None:
    zhou, item = visit("zhou"), county.item("预算考核")
    response = send(zhou, item, htmx=True)
    assert response.status_code == 200
    assert response.text.strip().startswith('<section id="files"')
    assert "纪要.pdf" in response.text
    response = zhou.post(f"/items/{item.id}/evidence/removal", data={"evidence": rows()[0].id}, headers=HTMX)
    assert response.text.strip().startswith('<section id="files"')
    assert "纪要.pdf" not in response.text


@pytest.mark.parametrize("what", ["a program called .pdf", "a drawing with a script", "a page", "nothing", "too much"])
@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_a_bad_file_is_refused_beside_the_field_with_words_that_say_what_to_do(
    visit: Visit, what: str, htmx: bool
) -> None:
    content, words = BAD[what]
    zhou, item = visit("zhou"), county.item("预算考核")
    size = ledger.size()
    response = send(zhou, item, content, htmx=htmx)
    assert response.status_code == 422
    assert re.search(rf'id="file-error">[^<]*{words}', response.text)
    assert ("<html" in response.text) != htmx
    assert (rows(), ledger.size()) == ([], size)


def test_a_press_without_a_file_asks_for_one(visit: Visit) -> None:
    response = visit("zhou").post(f"/items/{county.item('预算考核').id}/evidence")
    assert response.status_code == 422
    assert "请先选择文件" in response.text


def test_more_than_the_server_takes_is_refused_in_words(visit: Visit) -> None:
    response = send(visit("zhou"), county.item("预算考核"), PDF + b"\0" * (4 << 20))
    assert response.status_code == 413
    assert "4 MB" in response.text
    assert rows() == []


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
@pytest.mark.parametrize("percent", [1, 25, 50, 75, 99])
def test_an_upload_cut_short_leaves_no_row_and_no_file(visit: Visit, percent: int) -> None:
    zhou, item = visit("zhou"), county.item("预算考核")
    assert send(zhou, item, PDF + b"\0" * 100_000, percent=percent).status_code == 400
    gc.collect()  # Werkzeug leaves the part that it was writing to the collector
    assert rows() == []
    assert not (db.folder / "evidence").exists()


def test_the_same_form_five_times_attaches_once_and_every_answer_shows_it(visit: Visit) -> None:
    zhou, item = visit("zhou"), county.item("预算考核")
    for _ in range(5):
        response = send(zhou, item, nonce="a" * 32, htmx=True)
        assert (response.status_code, response.text.count(">纪要.pdf<")) == (200, 1)
    (row,) = rows()
    form = {"evidence": row.id, "nonce": "b" * 32}
    for _ in range(5):
        assert zhou.post(f"/items/{item.id}/evidence/removal", data=form, headers=HTMX).status_code == 200
    assert rows() == []


def test_a_form_sent_twice_shows_nobody_an_item_of_others(visit: Visit) -> None:
    zhou, row, anothers = visit("zhou"), attached(), county.item("第一责任人")
    form = {"evidence": row.id, "nonce": "c" * 32}
    assert zhou.post(f"/items/{row.item_id}/evidence/removal", data=form, headers=HTMX).status_code == 200
    response = zhou.post(f"/items/{anothers.id}/evidence/removal", data=form, headers=HTMX)
    assert response.status_code == 404


def test_what_is_signed_shows_its_files_and_takes_none(visit: Visit) -> None:
    zhou, row = visit("zhou"), attached()
    county.sign(row.item, by=county.actor("zhou"))
    page = zhou.get(f"/items/{row.item_id}").text
    assert f'href="/evidence/{row.id}"' in page
    assert 'type="file"' not in page
    assert "/evidence/removal" not in page
    response = zhou.post(f"/items/{row.item_id}/evidence/removal", data={"evidence": row.id})
    assert response.status_code == 409
    assert "请先撤回签认" in response.text
    assert rows() == [row]


def test_the_reviewer_finds_the_file_beside_what_was_signed(visit: Visit) -> None:
    row = attached()
    county.sign(row.item, by=county.actor("zhou"))
    page = visit("sun").get(f"/reviews/{row.item_id}").text
    assert f"佐证文件：会议纪要.pdf（SHA-256 前 16 位 {PDF_SHA256[:16]}）" in page
    assert f'<a href="/evidence/{row.id}">会议纪要.pdf</a>' in page


# --- downloading --------------------------------------------------------------------------------------------


def test_a_download_is_saved_never_shown_and_bears_its_name(visit: Visit) -> None:
    row = attached(name="会议纪要.pdf")
    response = visit("zhou").get(f"/evidence/{row.id}")
    assert (response.status_code, response.data) == (200, PDF)
    assert response.headers["Content-Type"] == "application/pdf"
    name = "%E4%BC%9A%E8%AE%AE%E7%BA%AA%E8%A6%81.pdf"
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert f"filename*=UTF-8''{name}" in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"


def test_the_type_is_what_the_content_showed_not_what_the_browser_said(visit: Visit) -> None:
    zhou, item = visit("zhou"), county.item("预算考核")
    send(zhou, item, png(), "a.html", told="text/html")
    response = zhou.get(f"/evidence/{rows()[0].id}")
    assert response.headers["Content-Type"] == "image/png"
    assert "a.html.png" in response.headers["Content-Disposition"]


@pytest.mark.parametrize("login", ["wang", "wu", "chu", "shen", "yang"])
def test_whoever_may_not_see_the_item_finds_no_file(visit: Visit, login: str) -> None:
    row = attached()
    assert visit(login).get(f"/evidence/{row.id}").status_code == 404


def test_a_file_is_asked_for_after_the_login_only(client: FlaskClient, qinghe: county.Clock) -> None:
    response = client.get(f"/evidence/{attached().id}")
    assert (response.status_code, PDF in response.data) == (302, False)
    assert "/login" in response.headers["Location"]


def test_the_auditors_download_is_in_the_log_and_the_holders_is_not(visit: Visit) -> None:
    row = attached()
    wei, zhou = visit("wei"), visit("zhou")
    size = ledger.size()
    assert zhou.get(f"/evidence/{row.id}").status_code == 200
    assert ledger.size() == size
    assert wei.get(f"/evidence/{row.id}").status_code == 200
    (line,) = county.gained(size)
    assert (line.action, line.actor) == ("查阅佐证文件", "卫审计")


@pytest.mark.parametrize("harm", [Path.unlink, lambda file: file.write_bytes(PDF[:-1])], ids=["lost", "changed"])
def test_a_damaged_file_is_not_sent_and_the_page_says_what_to_do(visit: Visit, harm: Callable[[Path], object]) -> None:
    row, zhou = attached(), visit("zhou")
    harm(evidence.path(PDF_SHA256))
    response = zhou.get(f"/evidence/{row.id}")
    assert response.status_code == 500
    assert "与登记时的哈希不符" in response.text
    assert "从备份恢复" in response.text


def test_a_name_full_of_markup_stays_text(visit: Visit) -> None:
    zhou, item = visit("zhou"), county.item("预算考核")
    send(zhou, item, name="{{7+7}}&'onx=1.pdf")
    page = zhou.get(f"/items/{item.id}").text
    assert "{{7+7}}&amp;&#39;onx=1.pdf</a>" in page


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 字节"), (1023, "1023 字节"), (45_678, "45 千字节"), (1_300_000, "1.2 兆字节")]
)
def test_a_size_is_said_in_words(count: int, words: str) -> None:
    assert size(count) == words


# --- in a browser -------------------------------------------------------------------------------------------


def test_an_official_attaches_a_file_and_takes_it_off(browse: Browse, app: Flask, js: bool) -> None:
    item = county.item("预算考核").id
    page = browse("zhou")
    page.goto(f"/items/{item}")
    if js:
        page.get_by_label("完成说明").fill("还没有保存的话")
    page.get_by_label("选择文件").set_input_files({"name": "坏.pdf", "mimeType": "application/pdf", "buffer": b"MZ"})
    page.get_by_role("button", name="上传").click()
    expect(page.locator("#file-error")).to_contain_text("不是 PDF")
    page.get_by_label("选择文件").set_input_files({"name": "纪要.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_role("button", name="上传").click()
    expect(page.locator("#files li")).to_contain_text("纪要.pdf")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="纪要.pdf").click()
    assert downloading.value.suggested_filename == "纪要.pdf"
    assert Path(downloading.value.path()).read_bytes() == PDF
    page.get_by_role("button", name="删除 纪要.pdf").click()
    expect(page.locator("#files li")).to_have_count(0)
    if js:
        expect(page.get_by_label("完成说明")).to_have_value("还没有保存的话")
