"""A case in a real browser, with JavaScript and without: opened, run through its steps in their order, signed."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests import county
from tests.cases import STEPS, begun, report
from tests.conftest import Browse
from tests.forms import expect
from tests.screens import WITH_SCRIPTS


def open_a_case(page: Page, name: str) -> None:
    page.locator("article.row", has_text="公众参与、专家论证").first.get_by_role("link", name="登记和查看办件").click()
    page.get_by_label("办件名称").fill(name)
    page.get_by_label("发生日期").fill("2026-03-02")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.goto("/items/")


def test_a_case_is_opened_run_through_its_steps_and_signed(browse: Browse, qinghe: county.Clock) -> None:
    report()
    page = browse("zhou")
    open_a_case(page, "预算调整")
    card = page.locator("article.case")
    expect(card).to_contain_text("预算调整")
    rows = card.locator("article.row")
    expect(rows).to_have_count(3)
    for n in range(3):
        # Only the step whose turn it is has a button; once it is reported, the next one has.
        expect(card.get_by_role("button", name="报完成", exact=True)).to_have_count(1)
        if n < 2:
            expect(rows.nth(n + 1)).to_contain_text(f"请先报完成上一步“{STEPS[n]}”")
        rows.nth(n).get_by_role("button", name="报完成", exact=True).click()
        expect(rows.nth(n)).to_contain_text("已报完成")
        expect(page.locator("#tally")).to_contain_text(f"已报完成 {n + 1}")
    page.get_by_role("link", name="签认已报完成的 3 项").click()
    for name in STEPS:
        expect(page.locator(".statement", has_text=f"：{name}")).to_contain_text("办件：预算调整（2026-03-02 发生）")
    if page.get_by_label("登录密码").count():
        page.get_by_label("登录密码").fill(county.PASSWORD)
    page.get_by_role("button", name=re.compile("^确认签认")).click()
    expect(page.get_by_role("heading", name="签认回执")).to_be_visible()

    page.goto("/items/")
    expect(page.locator("article.row", has_text="本期 1 件，其中办结 1 件")).to_be_visible()


@WITH_SCRIPTS
def test_in_a_card_too_focus_stays_and_the_result_is_said_once(browse: Browse, qinghe: county.Clock) -> None:
    case = begun()
    page = browse("zhou")
    first = case.steps[0].item_id
    page.locator(f"#item-{first} button").press("Enter")
    expect(page.locator(f"#item-{first} button")).to_have_text("撤销报完成")
    expect(page.locator(f"#item-{first} button")).to_be_focused()
    expect(page.locator("#said")).to_have_text(f"第 {first} 号事项，已报完成")
    page.goto(f"/items/{first}/cases")
    assert not [found["id"] for found in Axe().run(page).response["violations"]]


def test_a_case_that_was_opened_by_mistake_is_called_off(browse: Browse, qinghe: county.Clock) -> None:
    report()
    page = browse("lian")
    open_a_case(page, "登记错的")
    page.locator("article.case").get_by_role("link", name="登记错的").click()
    page.get_by_text("撤销这一件").click()
    page.get_by_role("button", name=re.compile("^撤销")).click()
    expect(page.get_by_role("alert").filter(has_text="请填写撤销办件的理由")).to_be_visible()
    page.get_by_label("撤销理由").fill("不是本局的事")
    page.get_by_role("button", name=re.compile("^撤销")).click()
    expect(page.locator("article.case")).to_have_count(0)
    expect(page.locator("article.row", has_text="本期没有登记办件（零报告）").first).to_be_visible()
