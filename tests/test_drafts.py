"""The clerk's desk in a real browser, with JavaScript and without: corrected, merged, paired, undone, linted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from models import Duty, DutyList, db
from tests import county
from tests.conftest import Browse, Visit
from tests.drafts import draft, ready
from tests.forms import expect
from tests.screens import HTMX, WITH_SCRIPTS

TEXT = """一、任务
财政局要管好惠民补贴资金，及时足额发放。财政局要公开补贴去向。财政局严禁截留、挪用补贴资金。
教育局要每周打卡上报食堂检查情况。
"""


def press_more(page: Page, n: int, button: str) -> None:
    page.locator("article.duty").nth(n).get_by_role("link", name="更多").click()
    page.get_by_role("button", name=button).click()


def test_a_clerk_corrects_merges_pairs_undoes_and_submits_once_nothing_is_forbidden(
    browse: Browse, qinghe: county.Clock
) -> None:
    duty_list = county.draft("食堂与补贴", TEXT)
    page = browse("chu")
    page.goto(f"/lists/{duty_list.id}")
    cards = page.locator("article.duty")
    expect(cards).to_have_count(4)
    expect(page.locator("#unready")).to_contain_text("打卡签到")

    press_more(page, 0, "与第 2 项合并")
    expect(cards.nth(1)).to_contain_text("已删去")
    expect(cards.nth(0).locator(".row-wording")).to_contain_text("公开补贴去向")

    page.locator("#pairs").get_by_role("button", name="守护第 1 项").click()
    expect(page.locator("#pairs")).not_to_contain_text("还没有配对")

    page.get_by_role("button", name="撤销上一步：廉政与业务配对").click()
    expect(page.locator("#pairs")).to_contain_text("还没有配对")
    page.get_by_role("button", name="撤销上一步：合并责任事项").click()
    expect(cards.nth(1)).not_to_contain_text("已删去")
    expect(cards.nth(0).locator(".row-wording")).not_to_contain_text("公开补贴去向")

    fill_meeting(page)
    page.get_by_role("button", name="提交，请另一位同志确认").click()
    expect(page.locator(".summary")).to_contain_text("指尖上的形式主义")
    expect(page.get_by_label("会议名称")).to_have_value("县政府常务会议")

    cards.nth(3).get_by_role("link", name="修改").click()
    page.locator("form.duty").get_by_label("任务表述").fill("教育局要每季度检查一次食堂")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#unready")).to_contain_text("可以提交")
    fill_meeting(page)
    page.get_by_role("button", name="提交，请另一位同志确认").click()
    expect(page.get_by_text("等待另一位同志确认")).to_be_visible()


@WITH_SCRIPTS
def test_the_form_of_a_row_begins_with_its_wording_and_shows_a_figure_as_exactly_as_it_is_kept(browse: Browse) -> None:
    duty_list = county.draft("指标", "一、任务\n财政局要让预算执行率达到96.125%。\n" + "教育局要建立台账。\n" * 5)
    page = browse("chu")
    page.goto(f"/lists/{duty_list.id}")
    card = page.locator(f"#d-{duty_list.duties[0].id}")
    expect(card).to_contain_text("预算执行率 ≥ 96.125 %")
    card.get_by_role("link", name="修改").click()
    expect(card.get_by_label("任务表述")).to_be_focused()
    expect(card.get_by_label("预算执行率 ≥ 多少%")).to_have_value("96.125")


@WITH_SCRIPTS
def test_who_pairs_one_after_the_other_stays_with_the_pairs(browse: Browse) -> None:
    duty_list = county.draft(
        "配对", "一、任务\n" + "财政局要管好惠民补贴资金，及时足额发放。财政局严禁截留、挪用补贴资金。\n" * 2
    )
    page = browse("chu")
    page.goto(f"/lists/{duty_list.id}")
    pairs = page.locator("#pairs")
    left = pairs.locator(".guard").count()
    assert left > 1
    pairs.get_by_role("button", name="守护第").first.click()
    expect(pairs.locator(".guard")).to_have_count(left - 1)
    expect(pairs.get_by_role("button").first).to_be_focused()


@WITH_SCRIPTS
def test_a_saved_row_takes_the_focus_where_it_is_corrected_again(browse: Browse) -> None:
    duty_list = county.draft("保存", TEXT)
    page = browse("chu")
    page.goto(f"/lists/{duty_list.id}")
    first = duty_list.duties[0].id
    page.locator(f"#edit-{first}").click()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(f"#edit-{first}")).to_be_focused()


def fill_meeting(page: Page) -> None:
    page.get_by_label("会议名称").fill("县政府常务会议")
    page.get_by_label("会议文号").fill("〔2026〕9 号")
    page.get_by_label("会议日期").fill("2026-02-27")


def test_many_rows_are_merged_or_given_an_owner_and_rows_are_split_and_moved(
    browse: Browse, qinghe: county.Clock
) -> None:
    duty_list = county.draft("食堂与补贴", TEXT)
    page = browse("chu")
    page.goto(f"/lists/{duty_list.id}")
    cards = page.locator("article.duty")
    page.get_by_text("成批处理勾选的事项").click()
    page.get_by_role("button", name="追加为责任人").click()
    expect(page.locator(".summary")).to_contain_text("请选择牵头或配合")
    page.goto(f"/lists/{duty_list.id}")
    for n in (0, 1):
        cards.nth(n).get_by_role("checkbox").check()
    page.get_by_text("成批处理勾选的事项").click()
    page.locator("#many").get_by_label("县教育局", exact=True).check()
    page.locator("#many").get_by_label("配合", exact=True).check()
    page.get_by_role("button", name="追加为责任人").click()
    expect(page.locator(".success").get_by_text("已改 2 项。")).to_be_visible()
    expect(cards.nth(1)).to_contain_text("配合：县教育局")
    for n in (0, 1):
        cards.nth(n).get_by_role("checkbox").check()
    page.get_by_text("成批处理勾选的事项").click()
    page.locator("#many").get_by_label("县财政局", exact=True).check()
    page.locator("#many").get_by_label("配合", exact=True).check()
    page.get_by_role("button", name="替换原来的责任人").click()
    expect(cards.nth(1)).to_contain_text("配合：县财政局")
    expect(cards.nth(1)).not_to_contain_text("县教育局")

    press_more(page, 0, "惠民补贴资金，”后拆开")
    expect(cards).to_have_count(5)
    expect(cards.nth(1).locator(".row-wording")).to_have_text("及时足额发放")
    press_more(page, 1, "上移")
    expect(cards.nth(0).locator(".row-wording")).to_have_text("及时足额发放")
    cards.nth(0).get_by_role("link", name="更多").click()
    page.get_by_label("移到第几项").fill("5")
    page.get_by_role("button", name="移到那里").click()
    expect(cards.nth(4).locator(".row-wording")).to_have_text("及时足额发放")


def test_without_a_row_checked_the_form_comes_back_as_it_was(visit: Visit) -> None:
    duty_list = draft()
    response = visit("chu").post(f"/lists/{duty_list.id}/merger", data={})
    assert response.status_code == 422
    assert "请先在各项前面的方框里勾选" in response.text
    form = {"chosen": f"{duty_list.duties[0].id}-1", "part": "lead"}
    response = visit("chu").post(f"/lists/{duty_list.id}/owners", data=form)
    assert response.status_code == 422
    assert "请选择责任人" in response.text
    assert f'value="{duty_list.duties[0].id}-1" checked' in response.text


@pytest.mark.parametrize(
    ("place", "field", "typed", "said"),
    [
        ("position", "to", "99", "1 到 7 之间"),
        ("parts", "at", "0", "前后两半都有文字"),
        ("position", "to", "三", "数字"),
    ],
)
def test_a_number_that_does_not_fit_is_shown_again_in_the_card(
    visit: Visit, place: str, field: str, typed: str, said: str
) -> None:
    duty = draft().duties[0]
    for headers in (HTMX, {}):
        response = visit("chu").post(f"/duties/{duty.id}/{place}", data={field: typed}, headers=headers)
        assert response.status_code == 422
        assert said in response.text
        assert f'value="{typed}"' in response.text
        assert response.headers["HX-Retarget"] == f"#more-{duty.id}"


def test_htmx_gets_the_rows_and_what_stands_beside_them_anew(visit: Visit) -> None:
    duty_list = draft()
    chu = visit("chu")
    page = chu.post(f"/duties/{duty_list.duties[0].id}/merger", headers=HTMX).text
    assert page.count("<article") == 7
    for place in ("undo", "pairs", "load", "unready"):
        assert page.count(f'id="{place}"') == 1
    assert "撤销上一步：合并责任事项（第 1、2 项）" in page
    page = chu.post(f"/lists/{duty_list.id}/undo", headers=HTMX).text
    assert "已撤销这一步。" in page
    assert "撤销上一步" not in page


def test_the_same_press_twice_is_no_error(visit: Visit) -> None:
    duty_list, chu = draft(), visit("chu")
    first, second = duty_list.duties[:2]
    forms: list[tuple[str, dict[str, object]]] = [
        (f"/lists/{duty_list.id}/merger", {"chosen": [f"{first.id}-{first.rev}", f"{second.id}-{second.rev}"]}),
        (f"/lists/{duty_list.id}/undo", {}),
        (f"/duties/{first.id}/position", {"to": 2}),
    ]
    for n, (address, form) in enumerate(forms):
        answers = [chu.post(address, data={**form, "nonce": str(n) * 32}).status_code for _ in "12"]
        assert answers == [303, 303]
    assert first.position == 2


def test_what_each_official_is_given_is_shown_to_the_clerk_and_to_who_confirms(visit: Visit) -> None:
    duty_list = ready()
    page = visit("chu").get(f"/lists/{duty_list.id}").text
    assert '<td data-head="平均每月事项">' in page
    form = {"meeting": "常务会议", "meeting_no": "〔2026〕2 号", "meeting_day": "2026-02-27"}
    assert visit("chu").post(f"/lists/{duty_list.id}/submission", data=form).status_code == 303
    assert '<td data-head="平均每月事项">' in visit("li").get(f"/lists/{duty_list.id}").text


def test_a_clerk_copies_a_list_for_the_next_year_and_nobody_else_is_offered_it(visit: Visit) -> None:
    (adopted,) = db.session.scalars(select(DutyList)).all()
    assert "抄为草稿" in visit("chu").get(f"/lists/{adopted.id}").text
    assert "抄为草稿" not in visit("zhou").get(f"/lists/{adopted.id}").text
    response = visit("chu").post(f"/lists/{adopted.id}/copies", data={"year": "", "name": "新的一年"})
    assert response.status_code == 422
    assert "新的一年" in response.text
    form = {"year": 2027, "name": adopted.name, "nonce": "a" * 32}
    answers = [visit("chu").post(f"/lists/{adopted.id}/copies", data=form).headers["Location"] for _ in "12"]
    assert answers[0] == answers[1]
    (card, *_) = re.findall('href="(/duties/[0-9]+/more)"', visit("chu").get(answers[0]).text)
    assert "抄自 2026 年" in visit("chu").get(card).text


def test_a_suggestion_is_shown_apart_and_taken_with_one_press(visit: Visit) -> None:
    duty_list, chu = draft(), visit("chu")
    row = next(d for d in duty_list.duties if "对接会" in d.wording)
    page = chu.get(f"/lists/{duty_list.id}").text
    assert "相近的第 2 项（100%）由县财政局牵头" in page
    assert row.owners == []
    assert chu.post(f"/duties/{row.id}/lead", data={"rev": row.rev}).status_code == 303
    assert db.session.get_one(Duty, row.id).owners == [{"unit": "QH-CZJ", "part": "lead"}]
