"""The whole path in a real browser, with JavaScript and without: from a pasted speech to a verified bundle."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

from tests import county
from tests.conftest import ROOT, Browse
from tests.forms import expect
from tests.screens import a_secretary_opens, an_official_reports, and_signs

TEXT = """一、主要任务
财政局要完善专项资金台账。各镇要公开惠民资金去向。
"""


def choose_owner(page: Page, position: int, owner: str) -> None:
    """Open the form of one proposal, and let an owner lead."""
    card = page.locator("article.duty").nth(position)
    card.get_by_role("link", name="修改").click()
    form = page.locator("form.duty")
    form.get_by_role("combobox", name=owner, exact=True).select_option("牵头")
    form.get_by_role("button", name="保存").click()
    expect(page.locator("article.duty").nth(position)).to_contain_text(f"牵头：{owner}")


def a_clerk_pastes_and_submits(page: Page) -> None:
    page.get_by_role("link", name="清单", exact=True).click()
    page.get_by_role("link", name="从讲话或文件起草清单").click()
    page.get_by_label("清单名称").fill("惠民资金任务分解表")
    page.get_by_label("文件标题").fill("在惠民资金会议上的讲话")
    page.get_by_label("全文").fill(TEXT)
    page.get_by_role("button", name="拟出责任事项").click()
    expect(page.locator("article.duty")).to_have_count(2)
    choose_owner(page, 0, "县财政局")
    choose_owner(page, 1, "各镇")
    expect(page.locator("#unready")).to_contain_text("可以提交")
    page.get_by_label("会议名称").fill("县政府常务会议")
    page.get_by_label("会议文号").fill("〔2026〕7 号")
    page.get_by_label("会议日期").fill("2026-02-27")
    page.get_by_role("button", name="提交，请另一位同志确认").click()
    expect(page.get_by_text("等待另一位同志确认")).to_be_visible()


def another_person_confirms(page: Page) -> None:
    page.goto("/lists/")
    page.get_by_role("link", name="惠民资金任务分解表").click()
    page.get_by_role("button", name="确认生效").click()
    expect(page.get_by_text("清单已生效")).to_be_visible()


def test_a_speech_becomes_a_signed_reviewed_and_verified_list(browse: Browse, tmp_path: Path) -> None:
    words = "专项资金台账"
    a_clerk_pastes_and_submits(browse("chu"))
    another_person_confirms(browse("li"))

    page = browse("zhou")
    an_official_reports(page, words)
    page.get_by_role("link", name="签认已报完成的 1 项").click()
    assert words in and_signs(page)

    page = browse("sun")
    a_secretary_opens(page, words)
    page.get_by_text("退回", exact=True).click()
    page.get_by_label("退回理由").fill("请写明台账覆盖了哪些资金。")
    page.get_by_label("请于哪天前重报").fill("2026-03-20")
    page.get_by_role("button", name="退回重报").click()
    expect(page.get_by_text("已退回")).to_be_visible()

    page = browse("zhou")
    first = page.locator("article.row").first
    expect(first).to_contain_text("请写明台账覆盖了哪些资金。")
    first.get_by_role("link", name="填写整改回复").click()
    page.get_by_label("整改回复").fill("已列明三类资金。")
    page.get_by_role("button", name="只保存").click()
    page.get_by_role("link", name="重新签认").click()
    assert "已列明三类资金。" in and_signs(page)

    page = browse("sun")
    a_secretary_opens(page, words)
    expect(page.get_by_text("与上次签认相比")).to_be_visible()
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.get_by_text("已通过").first).to_be_visible()

    page = browse("wei")
    page.goto("/audit/")
    page.get_by_role("link", name="核验日志").click()
    page.get_by_role("button", name="核验全部日志").click()
    expect(page.locator("#verdict")).to_contain_text("核验通过")
    page.goto("/audit/")
    page.get_by_role("link", name="导出日志包").click()
    page.get_by_role("button", name="导出日志包").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载日志包").click()
    bundle = tmp_path / "bundle.zip"
    download.value.save_as(bundle)
    the_bundle_verifies_until_a_byte_is_changed(bundle)


def the_bundle_verifies_until_a_byte_is_changed(bundle: Path) -> None:
    assert verify(bundle) == 3  # consistent; without a checkpoint from outside it cannot be more
    content = bytearray(bundle.read_bytes())
    where = content.index("已列明三类资金".encode())
    content[where + 2] ^= 1
    bundle.write_bytes(content)
    assert verify(bundle) == 1


def verify(bundle: Path) -> int:
    return subprocess.run([sys.executable, str(ROOT / "verify.py"), str(bundle)], capture_output=True).returncode


def test_a_clerk_adds_drops_and_brings_back_and_mends_where_she_is(browse: Browse, qinghe: county.Clock) -> None:
    draft = county.draft("节前任务", "一、任务\n财政局要压减一般性指出。\n")
    page = browse("chu")
    page.goto(f"/lists/{draft.id}")
    page.get_by_text("增加一项").click()
    page.get_by_label("任务表述").fill("节前开展一次提醒谈话")
    page.get_by_role("button", name="增加", exact=True).click()
    cards = page.locator("article.duty")
    expect(cards).to_have_count(2)
    expect(page.locator("#unready")).to_contain_text("第 2 项还没有牵头责任人")
    cards.nth(1).get_by_role("button", name="删去").click()
    expect(cards.nth(1)).to_contain_text("已删去")
    expect(page.locator("#unready")).to_contain_text("可以提交")
    cards.nth(1).get_by_role("button", name="恢复").click()
    expect(cards.nth(1)).not_to_contain_text("已删去")
    cards.nth(0).get_by_role("button", name="表述改用“一般性支出”").click()
    expect(cards.nth(0).locator(".row-wording")).to_have_text("财政局要压减一般性支出")
    expect(page.locator(".source")).to_contain_text("一般性指出")
