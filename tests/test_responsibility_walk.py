"""A vice head's list and a 班子 list in a real browser, with JavaScript and without."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from checklist import lists
from checklist.items import signoff
from checklist.lists import drafting
from models import Tier
from tests import county
from tests.conftest import Browse
from tests.forms import expect

MINUTES = "清政党组纪〔2026〕3 号"
MEETING = "县政府党组会议"


def a_clerk_draws(page: Page) -> None:
    page.goto("/lists/")
    page.get_by_role("link", name="从分工生成成员清单").click()
    page.get_by_label("单位", exact=True).select_option("清和县人民政府")
    page.get_by_label("清单名称").fill("副县长责任清单")
    page.get_by_role("button", name="看看会生成什么").click()
    expect(page.get_by_text("分管：县财政局")).to_be_visible()
    expect(page.get_by_role("cell", name="严禁截留、挪用专项资金")).to_be_visible()
    page.get_by_role("button", name="确认生成所选成员的事项").click()
    expect(page.get_by_text("已生成，清单现有")).to_be_visible()
    expect(page.locator("article.duty").first).to_contain_text("对应业务：2026 年《廉政工作任务分解表》第 1 项")


def and_corrects_a_row(page: Page, wording: str) -> None:
    page.locator("article.duty").first.get_by_role("link", name="修改").click()
    form = page.locator("form.duty")
    form.get_by_label("任务表述").fill(wording)
    form.get_by_role("button", name="保存").click()
    first = page.locator("article.duty").first
    expect(first).to_contain_text(wording)
    expect(first).to_contain_text("对应业务：2026 年《廉政工作任务分解表》第 1 项")


def and_submits(page: Page) -> None:
    page.get_by_label("会议名称").fill(MEETING)
    page.get_by_label("会议文号").fill("〔2026〕9 号")
    page.get_by_label("会议日期").fill("2026-02-27")
    page.get_by_role("button", name="提交，请另一位同志确认").click()
    expect(page.get_by_text("等待另一位同志确认")).to_be_visible()


def test_a_vice_heads_list_is_drawn_corrected_adopted_signed_and_reviewed(browse: Browse) -> None:
    wording = "管住县财政局的专项资金，严禁截留、挪用"
    page = browse("chu")
    a_clerk_draws(page)
    and_corrects_a_row(page, wording)
    and_submits(page)

    page = browse("li")
    page.goto("/lists/")
    page.get_by_role("link", name="副县长责任清单").click()
    expect(page.get_by_text("责任清单·成员").first).to_be_visible()
    page.get_by_role("button", name="确认生效").click()
    expect(page.get_by_text("清单已生效")).to_be_visible()

    page = browse("sun")
    row = page.locator("article.row", has_text=wording).first
    expect(row).to_contain_text("所管业务：财政局要完善预算考核机制")
    row.get_by_role("button", name="报完成", exact=True).click()
    row = page.locator("article.row", has_text=wording).first
    expect(row).to_contain_text("已报完成")
    expect(row).to_contain_text("所管业务：财政局要完善预算考核机制")
    page.get_by_role("link", name="签认已报完成的 1 项").click()
    expect(page.get_by_label("会议纪要文号")).to_have_count(0)
    page.get_by_label("登录密码").fill(county.PASSWORD)
    page.get_by_role("button", name="确认签认 1 项").click()
    expect(page.get_by_role("heading", name="签认回执")).to_be_visible()

    page = browse("qian")
    page.get_by_role("link", name="审核", exact=True).click()
    page.get_by_role("link", name=wording).first.click()
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.get_by_text("已通过").first).to_be_visible()


def test_a_team_list_is_signed_with_the_number_of_its_minutes(browse: Browse, qinghe: county.Clock) -> None:
    duty_list = drafting.draft(
        county.unit("QH-GOV").id,
        name="班子责任清单",
        year=2026,
        title="意见",
        text="一、责任\n要研究党风廉政建设工作。\n",
        by=county.actor("chu"),
        tier=Tier.TEAM,
    )
    meeting = {"meeting": MEETING, "meeting_no": "〔2026〕9 号", "meeting_day": qinghe.at.date()}
    lists.submit(duty_list.id, **meeting, by=county.actor("chu"))
    lists.adopt(duty_list.id, by=county.actor("li"))
    signoff.tick(county.item("研究党风廉政", "qian").id, by=county.actor("qian"))

    page = browse("qian")
    page.get_by_role("link", name="签认已报完成的 1 项").click()
    page.get_by_role("button", name="写入文号，看签认全文").click()
    expect(page.locator(".summary")).to_contain_text("请填写会议纪要文号")
    page.get_by_label("会议纪要文号").fill(MINUTES)
    page.get_by_role("button", name="写入文号，看签认全文").click()
    text = page.locator(".statement").text_content() or ""
    assert f"代表清和县人民政府党组签认\n会议纪要：{MINUTES}" in text
    page.get_by_label("登录密码").fill(county.PASSWORD)
    page.get_by_role("button", name=re.compile("^确认签认")).click()
    expect(page.get_by_role("heading", name="签认回执")).to_be_visible()
    assert page.locator(".statement").text_content() == text
    expect(page.locator("dl")).to_contain_text(MINUTES)
