"""A list's whole life in a real browser, with JavaScript and without: consulted, corrected, adopted, signed, revised."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from models import DutyList
from tests import county
from tests.conftest import Browse
from tests.forms import expect
from tests.revisions import begun, edit, row
from tests.screens import IN_CHROMIUM, a_secretary_opens, an_official_reports, and_signs

TEXT = "一、任务\n财政局要完善专项资金台账。教育局要公开招生信息。\n"
OBJECTION = "台账应包含结转资金"
WORDING = "财政局要完善专项资金台账，含结转资金"
REVISED = "财政局要完善专项资金台账，含结转资金和存量资金"


def choose(page: Page, words: str, wording: str) -> None:
    """Reword one row of a draft."""
    card = page.locator("article.duty", has_text=words)
    card.get_by_role("link", name="修改").click()
    form = page.locator("form.duty")
    form.get_by_label("任务表述").fill(wording)
    form.get_by_role("button", name="保存").click()
    expect(page.locator("article.duty", has_text=wording)).to_be_visible()


def a_clerk_asks_the_units(page: Page, draft: DutyList) -> None:
    page.goto(f"/lists/{draft.id}")
    page.get_by_role("link", name="先征求意见").click()
    expect(page.get_by_text("将请这 2 个单位答复")).to_be_visible()
    page.get_by_label("答复截止日期").fill("2026-03-05")
    page.get_by_role("button", name="开始征求意见").click()
    expect(page.locator("p.note", has_text="还没有答复（2）")).to_contain_text("县财政局")


def a_unit_objects_and_another_agrees(browse: Browse) -> None:
    page = browse("zhou")
    page.get_by_role("link", name="去答复").click()
    row = page.locator("li.row", has_text="专项资金台账")
    expect(page.get_by_role("heading", name="涉及本单位")).to_be_visible()
    expect(row).to_be_visible()  # not folded away among the others
    row.get_by_text("写意见").click()
    row.get_by_role("textbox").fill(OBJECTION)
    page.get_by_role("button", name="无意见").click()  # the wrong button: what was typed stays
    expect(page.get_by_role("alert").filter(has_text="您已经写了意见")).to_be_visible()
    expect(row.get_by_role("textbox")).to_have_value(OBJECTION)
    page.get_by_role("button", name="提交意见").click()
    expect(page.get_by_text("已答复：有意见")).to_be_visible()
    page = browse("zheng")
    page.get_by_role("link", name="去答复").click()
    page.get_by_role("button", name="无意见").click()
    expect(page.get_by_text("已答复：无意见")).to_be_visible()


def the_clerk_hears_corrects_and_submits(page: Page, draft: DutyList) -> None:
    page.goto(f"/lists/{draft.id}/consultation")
    expect(page.get_by_text("2 个单位都已答复")).to_be_visible()
    page.get_by_role("button", name="结束征求意见，开始修改").click()
    expect(page.locator("article.duty", has_text="专项资金台账")).to_contain_text(f"县财政局的意见：{OBJECTION}")
    choose(page, "专项资金台账", WORDING)
    submit(page, "县政府常务会议", "〔2026〕7 号")


def submit(page: Page, meeting: str, number: str) -> None:
    page.get_by_label("会议名称").fill(meeting)
    page.get_by_label("会议文号").fill(number)
    page.get_by_label("会议日期").fill("2026-02-27")
    page.get_by_role("button", name="提交，请另一位同志确认").click()
    expect(page.get_by_text("等待另一位同志确认")).to_be_visible()


def another_person_confirms(page: Page, draft: DutyList, version: int) -> None:
    page.goto("/lists/")
    page.get_by_role("link", name=draft.name).first.click()
    if version > 1:
        expect(page.get_by_text("生效后作废签认")).to_contain_text("改动 1 项。生效后作废签认 1 个")
    page.get_by_role("button", name="确认生效").click()
    expect(page.get_by_text("清单已生效")).to_be_visible()


def signs(page: Page) -> str:
    an_official_reports(page, "专项资金台账")
    page.get_by_role("link", name="签认已报完成的 1 项").click()
    return and_signs(page)


def the_clerk_revises(page: Page, draft: DutyList) -> None:
    page.goto(f"/lists/{draft.id}")
    page.get_by_role("link", name="修订这份清单").click()
    page.get_by_label("修订的理由").fill("审计提出存量资金问题")
    page.get_by_role("button", name="开始修订").click()
    choose(page, "专项资金台账", REVISED)
    page.get_by_role("link", name="修改对照").click()
    expect(page.locator("ins")).to_have_text("和存量资金")
    page.get_by_role("link", name="返回第 2 版").click()
    submit(page, "县政府第二次常务会议", "〔2026〕9 号")


@IN_CHROMIUM
def test_a_list_is_consulted_adopted_signed_revised_and_signed_again(browse: Browse) -> None:
    draft = county.draft("专项资金任务", TEXT)
    a_clerk_asks_the_units(browse("chu"), draft)
    a_unit_objects_and_another_agrees(browse)
    the_clerk_hears_corrects_and_submits(browse("chu"), draft)
    another_person_confirms(browse("li"), draft, 1)
    assert f"任务表述：{WORDING}\n" in signs(browse("zhou"))

    the_clerk_revises(browse("chu"), draft)
    another_person_confirms(browse("li"), draft, 2)

    page = browse("zhou")
    page.locator("article.row", has_text="存量资金").first.get_by_role("link").first.click()
    expect(page.get_by_text("原签认因此作废")).to_be_visible()
    expect(page.locator("ins")).to_have_text("和存量资金")
    expect(page.get_by_text("因清单修订作废：审计提出存量资金问题")).to_be_visible()
    page.goto("/items/")
    assert f"任务表述：{REVISED}\n" in signs(page)

    page = browse("sun")
    a_secretary_opens(page, "存量资金")
    expect(page.locator("ins")).to_have_text("和存量资金")
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.get_by_text("已通过").first).to_be_visible()

    page = browse("zhou")
    page.goto(f"/lists/{draft.id}")
    expect(page.get_by_text("这一版已被第 2 版取代")).to_be_visible()
    expect(page.get_by_text(re.compile(f"^{WORDING}$"))).to_be_visible()
    assert county.in_step()


@IN_CHROMIUM
def test_two_columns_on_a_desk_and_one_above_the_other_on_a_phone(browse: Browse) -> None:
    new = begun()
    edit(row(new, "预算考核"), wording="财政局要完善预算绩效考核机制")
    page = browse("chu")
    for width, beside in ((1280, True), (390, False)):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/lists/{new.id}/changes")
        left, right = (page.locator(".differs .pair p").nth(n).bounding_box() for n in (0, 1))
        assert left
        assert right
        assert (left["y"] == right["y"]) is beside
        assert page.evaluate("document.documentElement.scrollWidth") <= width
