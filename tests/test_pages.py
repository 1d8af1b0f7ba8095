"""What every page has in common: the login, the headers, and how a change and a refusal are answered."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from checklist import ledger, lists
from checklist.items import signoff
from models import Item, ItemState, Session, Signature, db
from tests import county
from tests.conftest import Visit
from tests.screens import HTMX


def anew(item: Item) -> Item:
    db.session.expire_all()
    return item


# --- the login ----------------------------------------------------------------------------------------------


def test_whoever_is_not_logged_in_is_sent_to_the_login_and_back(client: FlaskClient, qinghe: county.Clock) -> None:
    response = client.get("/items/?a=1")
    assert response.status_code == 302
    assert response.headers["Location"] == "/login?next=/items/?a%3D1"
    data = {"login": "zhou", "password": county.PASSWORD}
    response = client.post(response.headers["Location"], data=data)
    assert (response.status_code, response.headers["Location"]) == (303, "/items/?a=1")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(client: FlaskClient, qinghe: county.Clock, elsewhere: str) -> None:
    data = {"login": "zhou", "password": county.PASSWORD}
    where = client.post("/login", query_string={"next": elsewhere}, data=data).headers["Location"]
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))


def test_an_ended_session_sends_htmx_to_the_login_not_a_login_into_a_row(visit: Visit) -> None:
    zhou, found = visit("zhou"), county.item("预算考核")
    zhou.post("/logout")
    response = zhou.post(f"/items/{found.id}/tick", headers=HTMX)
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/login?next=/items/?from%3Dhere"
    assert response.text == ""


def test_a_session_ends_after_its_hours_though_the_cookie_lives(visit: Visit, qinghe: county.Clock) -> None:
    zhou = visit("zhou")
    assert zhou.get("/items/").status_code == 200
    qinghe.move(hours=12)
    assert zhou.get("/items/").status_code == 302


def test_a_cookie_without_its_session_is_worth_nothing(visit: Visit, app: Flask) -> None:
    zhou = visit("zhou")
    with zhou.session_transaction() as cookie:
        cookie["_user_id"] = db.session.scalar(select(Session.token_hash))
    assert zhou.get("/items/").status_code == 302


def test_a_first_password_has_to_be_changed_before_anything_else(app: Flask, qinghe: county.Clock) -> None:
    from checklist.county import accounts

    password = accounts.reset_password(county.user("zhou").id, by=county.actor("shen"))
    client = app.test_client()
    client.post("/login", data={"login": "zhou", "password": password})
    assert client.get("/items/").headers["Location"] == "/password"
    form = {"old": password, "new": "another-river", "again": "another-river"}
    assert client.post("/password", data=form).status_code == 303
    assert client.get("/items/").status_code == 200


def test_somebody_with_two_posts_chooses_in_which_he_is_at_work(visit: Visit) -> None:
    sun = visit("sun")
    other = county.post_of("sun", "QH-XS")
    assert "西山镇 党委书记" not in head(sun.get("/items/").text)
    sun.post("/post", data={"post": other.id})
    assert "西山镇 党委书记" in head(sun.get("/items/").text)


def head(page: str) -> str:
    return re.search(r"<summary>.*?</summary>", page, re.DOTALL)[0]  # type: ignore[index]


# --- headers ------------------------------------------------------------------------------------------------


def test_no_page_is_kept_or_framed_or_runs_what_is_not_ours(visit: Visit) -> None:
    response = visit("zhou").get("/items/")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' https://cdn.jsdelivr.net/npm/htmx.org@2.0.10/")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert "HX-Request" in response.headers["Vary"]
    assert not re.findall(r"<style|\sstyle=|\son\w+=", response.text)


def test_a_get_writes_nothing(visit: Visit) -> None:
    zhou = visit("zhou")
    size = ledger.size()
    for address in ("/", "/items/", "/items/1", "/signatures/new", "/lists/", "/lists/1", "/reviews/", "/feedback/"):
        assert zhou.get(address).status_code in (200, 302)
    assert ledger.size() == size


# --- a change and a refusal ---------------------------------------------------------------------------------


def test_reporting_answers_the_row_and_the_tally_to_htmx_and_the_page_to_a_browser(visit: Visit) -> None:
    zhou, found = visit("zhou"), county.item("预算考核")
    response = zhou.post(f"/items/{found.id}/tick", data={"rev": found.rev}, headers=HTMX)
    assert response.status_code == 200
    assert response.text.count("<article") == 1
    assert f'id="item-{found.id}"' in response.text
    assert 'id="tally"' in response.text
    assert "hx-swap-oob" in response.text
    assert "<html" not in response.text
    response = zhou.post(f"/items/{found.id}/untick", data={"rev": anew(found).rev})
    assert (response.status_code, response.headers["Location"]) == (303, f"/items/#item-{found.id}")


def test_a_missing_figure_is_asked_for_and_what_was_typed_is_kept(visit: Visit) -> None:
    li, found = visit("li"), county.item("网上可办率")
    response = li.post(f"/items/{found.id}/tick", data={"note": "差一点"}, headers=HTMX)
    assert response.status_code == 422
    assert "完成值" in response.text
    assert "差一点" in response.text
    assert anew(found).state is ItemState.OPEN


def test_figures_are_judged_as_they_are_entered(visit: Visit) -> None:
    li, found = visit("li"), county.item("网上可办率")
    (target,) = found.duty.targets
    response = li.post(f"/items/{found.id}/tick", data={f"value-{target.id}": "95.9"}, headers=HTMX)
    assert "未达标" in response.text
    li.post(f"/items/{found.id}/untick")
    response = li.post(f"/items/{found.id}/tick", data={f"value-{target.id}": "96"}, headers=HTMX)
    assert "达标" in response.text
    assert "未达标" not in response.text


def test_somebody_elses_later_change_is_shown_not_overwritten(visit: Visit) -> None:
    zhou, found = visit("zhou"), county.item("预算考核")
    rev = found.rev
    signoff.report(found.id, signoff.Report(note="联络员先写了"), by=county.actor("lian"))
    response = zhou.post(f"/items/{found.id}/report", data={"rev": rev, "note": "我写的"}, headers=HTMX)
    assert response.status_code == 409
    assert "有变化" in response.text
    assert "我写的" in response.text
    assert anew(found).note == "联络员先写了"


def test_the_same_form_twice_signs_once_and_shows_the_same_receipt(visit: Visit) -> None:
    zhou, found = visit("zhou"), county.ticked("预算考核", "zhou")
    page = zhou.get("/signatures/new").text
    digest = re.search(rf'name="digest-{found.id}" value="(\w+)"', page)[1]  # type: ignore[index]
    form = {"item": found.id, f"digest-{found.id}": digest, "password": county.PASSWORD, "nonce": "0" * 32}
    receipts = [zhou.post("/signatures/", data=form).headers["Location"] for _ in range(2)]
    assert receipts[0] == receipts[1]
    assert len(db.session.scalars(select(Signature)).all()) == 1


def test_signing_asks_for_the_password_once_in_a_quarter_of_an_hour(visit: Visit, qinghe: county.Clock) -> None:
    zhou = visit("zhou")
    first, second = county.ticked("预算考核", "zhou"), county.ticked("对接会", "zhou")
    assert press(zhou, first).status_code == 422
    assert press(zhou, first, password="wrong").status_code == 422
    assert press(zhou, first, password=county.PASSWORD).status_code == 303
    qinghe.move(minutes=14)
    assert press(zhou, second).status_code == 303
    assert anew(second).state is ItemState.SIGNED


def press(client: FlaskClient, found: Item, **more: str) -> object:
    page = client.get(f"/signatures/new?item={found.id}").text
    digest = re.search(rf'name="digest-{found.id}" value="(\w+)"', page)[1]  # type: ignore[index]
    return client.post("/signatures/", data={"item": found.id, f"digest-{found.id}": digest, **more})


def test_nobody_approves_what_he_has_not_opened(visit: Visit) -> None:
    sun, found = visit("sun"), county.signed("预算考核", "zhou")
    assert sun.post(f"/reviews/{found.id}/approval", data={"rev": found.rev}).status_code == 422
    page = sun.get(f"/reviews/{found.id}").text
    proof = re.search(r'name="opened"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]
    assert sun.post(f"/reviews/{found.id}/approval", data={"rev": found.rev, "opened": proof}).status_code == 303
    assert anew(found).state is ItemState.APPROVED


def test_a_refusal_reaches_htmx_as_a_message_that_leaves_the_form_alone(visit: Visit) -> None:
    zheng, found = visit("zheng"), county.item("对接会")
    response = zheng.post(f"/items/{found.id}/tick", headers=HTMX)
    assert response.status_code == 403
    assert response.headers["HX-Retarget"] == "#problem"
    assert "没有这项权限" in response.text


@pytest.mark.parametrize(("address", "status"), [("/items/99999", 404), ("/nowhere", 404), ("/login/x", 404)])
def test_what_is_not_there_is_said_in_chinese(visit: Visit, address: str, status: int) -> None:
    response = visit("zhou").get(address)
    assert response.status_code == status
    assert "找不到" in response.text


def test_a_text_that_is_too_long_is_refused_in_words(visit: Visit) -> None:
    response = visit("chu").post("/lists/", data={"text": "字" * 2_000_000})
    assert response.status_code == 413
    assert "4 MB" in response.text


def test_a_form_without_its_token_changes_nothing(app: Flask, visit: Visit) -> None:
    zhou, found = visit("zhou"), county.item("预算考核")
    app.config["WTF_CSRF_ENABLED"] = True
    response = zhou.post(f"/items/{found.id}/tick")
    assert response.status_code == 400
    assert "页面已过期" in response.text
    assert anew(found).state is ItemState.OPEN


def test_markup_in_what_people_write_stays_text(visit: Visit) -> None:
    zhou, found = visit("zhou"), county.item("预算考核")
    zhou.post(f"/items/{found.id}/report", data={"note": "<script>alert(1)</script>"})
    page = zhou.get(f"/items/{found.id}").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_cookie_is_sent_over_https_only_where_the_site_is() -> None:
    from app import create_app

    assert create_app(https="1", secret_key="t" * 40).config["SESSION_COOKIE_SECURE"]
    assert create_app(idle_minutes="20").config["PERMANENT_SESSION_LIFETIME"] == timedelta(minutes=20)


def test_a_list_that_changed_since_it_was_read_is_shown_again_before_it_is_confirmed(visit: Visit) -> None:
    li, chu = visit("li"), county.actor("chu")
    duty_list = county.draft("节前任务", "一、任务\n财政局要建立台账。\n")
    meeting = {"meeting": "常务会议", "meeting_no": "〔2026〕2 号", "meeting_day": county.NOW.date()}
    lists.submit(duty_list.id, **meeting, by=chu)
    read = re.search(r'name="rev" value="(\d+)"', li.get(f"/lists/{duty_list.id}").text)[1]  # type: ignore[index]
    lists.decline(duty_list.id, "改一改", by=county.actor("li"))
    lists.submit(duty_list.id, **meeting, by=chu)
    response = li.post(f"/lists/{duty_list.id}/adoption", data={"rev": read})
    assert response.status_code == 409
    assert "有变化" in response.text
    read = re.search(r'name="rev" value="(\d+)"', response.text)[1]  # type: ignore[index]
    assert li.post(f"/lists/{duty_list.id}/adoption", data={"rev": read}).status_code == 303


def test_a_form_sent_before_opens_no_row_but_its_own(visit: Visit) -> None:
    theirs, own = county.item("网上可办率", "li").id, county.item("预算考核", "zhou").id
    client, sent = visit("zhou"), {"nonce": "n" * 32}
    htmx = {"HX-Request": "true"}
    assert client.post(f"/items/{own}/tick", data=sent, headers=htmx).status_code == 200
    assert client.post(f"/items/{own}/tick", data=sent, headers=htmx).status_code == 200
    assert client.post(f"/items/{theirs}/tick", data=sent, headers=htmx).status_code == 404


def test_no_template_compares_a_state_or_asks_who_may() -> None:
    """They draw what the pages hand over as `offers`, which comes from the verbs."""
    compares = re.compile(r"(state|verdict)(\.value)? (==|!=|in|not in) |\{%-? (el)?if may_")
    templates = (Path(__file__).parent.parent / "templates").rglob("*.html")
    assert [file.name for file in templates if compares.search(file.read_text(encoding="utf-8"))] == []


def test_a_press_on_a_row_that_changed_meanwhile_comes_back_with_the_row_as_it_stands(visit: Visit) -> None:
    item, zhou = county.item("预算考核", "zhou"), visit("zhou")
    path, old = f"/items/{item.id}", item.rev
    zhou.post(f"{path}/tick", data={"rev": old})
    answer = zhou.post(f"{path}/untick", data={"rev": old})
    assert answer.status_code == 409
    told = set(re.findall(r'name="rev"[^>]*value="(\d+)"', answer.text))
    assert told == {str(county.item("预算考核", "zhou").rev)} != {str(old)}


def test_the_rows_of_a_page_have_one_form_in_common_and_each_press_counts_once(visit: Visit) -> None:
    zhou, items = visit("zhou"), [county.item("预算考核", "zhou"), county.item("严禁截留", "zhou")]
    (page,) = re.findall('name="press" value="([0-9a-f]+)"', zhou.get("/items/").text)
    size = ledger.size()
    for item in items:
        press = {"press": page, "rev": item.rev}
        answers = [zhou.post(f"/items/{item.id}/tick", data=press, headers=HTMX) for _ in "12"]
        assert [(answer.status_code, "已报完成" in answer.text) for answer in answers] == [(200, True)] * 2
    assert ledger.size() == size + 2
    undone = zhou.post(f"/items/{items[0].id}/untick", data={"press": page, "rev": anew(items[0]).rev}, headers=HTMX)
    again = zhou.post(f"/items/{items[0].id}/tick", data={"press": page, "rev": anew(items[0]).rev}, headers=HTMX)
    assert ("待办" in undone.text, "已报完成" in again.text, ledger.size()) == (True, True, size + 4)


def test_a_form_that_htmx_sends_whole_is_answered_with_a_page_or_the_way_to_it(visit: Visit) -> None:
    zhou, item = visit("zhou"), county.item("预算考核", "zhou")
    boosted = HTMX | {"HX-Boosted": "true"}
    answer = zhou.post(f"/items/{item.id}/report", data={"rev": item.rev, "note": "字" * 3000}, headers=boosted)
    assert (answer.status_code, "<title>" in answer.text, "字" * 3000 in answer.text) == (422, True, True)
    answer = zhou.post(f"/items/{item.id}/tick", data={"rev": item.rev, "note": "已办"}, headers=boosted)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, f"/items/#item-{item.id}")
