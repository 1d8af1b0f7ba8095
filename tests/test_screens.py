"""What a machine can see of the screens: contrast, names, sizes, width, focus, words for screen readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from checklist.ledger import checkpoints
from checklist.lists import drafting
from models import Tier, db
from tests import county, messy, revisions
from tests.cases import begun
from tests.conftest import Browse
from tests.consultations import consulting
from tests.files import attach
from tests.forms import expect
from tests.screens import IN_CHROMIUM, WITH_SCRIPTS

ROOMS = {
    "zhou": [
        "/items/",
        "/items/1",
        "/items/2",
        "/signatures/new?item=1",
        "/lists/1",
        "/feedback/",
        "/password",
        "/receipts/",
    ],
    "sun": ["/reviews/", "/reviews/2"],
    "chu": [
        *("/lists/", "/lists/new", "/lists/2", "/duties/8/edit", "/duties/8/more"),
        *("/lists/1/revision", "/lists/3", "/lists/4/changes", "/lists/2/abandonment", "/lists/3/consultation"),
        *("/lists/import", "/lists/drawing", "/lists/6/drawing"),
    ],
    "li": ["/lists/4", "/lists/4/changes", "/duties/1/correction"],
    "lian": ["/lists/3", "/opinions/1"],
    "wei": [
        *("/audit/", "/audit/40", "/audit/verdict", "/bundles/", "/receipts/entries/40"),
        *("/checkpoints/", "/checkpoints/{sealed}"),
    ],
    "shen": ["/units/", "/units/2", "/posts/2", "/people/", "/people/2", "/holidays/", "/register/"],
}


@pytest.fixture(autouse=True)
def something_to_see(qinghe: county.Clock) -> None:
    county.signed("预算考核", "zhou")
    attach(county.item("预算考核", period="2026-12-15"), county.actor("zhou"), name="长" * 110 + ".pdf")
    county.draft("草稿", county.SPEECH)
    consulting()
    new = revisions.begun()
    revisions.edit(revisions.row(new, "预算考核"), wording="财政局要完善预算绩效考核机制")
    revisions.submit(new)
    begun()
    members = {"name": "成员", "year": 2026, "title": "意见", "text": county.SPEECH, "tier": Tier.MEMBER}
    drafting.draft(county.unit("QH-GOV").id, **members, by=county.actor("chu"))


def rooms(login: str) -> list[str]:
    note = checkpoints.latest()
    db.session.rollback()
    return [address.format(sealed=note.size if note else 0) for address in ROOMS[login]]


@WITH_SCRIPTS
@pytest.mark.parametrize("login", ROOMS)
def test_every_room_can_be_read_and_used_by_everybody(browse: Browse, login: str) -> None:
    page = browse(login)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for address in rooms(login):
        response = page.goto(address)
        assert response
        assert response.status == 200, address
        assert faults(page) == [], address
    assert not complaints


def faults(page: Page) -> list[Any]:
    """What hinders somebody on a page: for the eyes, the thumb, a screen reader."""
    violations = Axe().run(page).response["violations"]
    small = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") < 18
    found = [(found["id"], found["nodes"][0]["html"]) for found in violations]
    return [*found, *(["letters below 18 px"] if small else []), *small_targets(page)]


def small_targets(page: Page) -> list[Any]:
    """Buttons and fields that a thumb would miss: less than 44 px high."""
    found: list[Any] = page.evaluate(
        """() => [...document.querySelectorAll('button, .button, select, textarea, input:not([type=hidden])')]
             .filter(e => e.offsetParent && !e.closest('label.option') && e.getBoundingClientRect().height < 44)
             .map(e => e.outerHTML)"""
    )
    return found


@IN_CHROMIUM
@pytest.mark.parametrize("login", ROOMS)
def test_no_room_scrolls_sideways_on_a_narrow_phone(browse: Browse, login: str) -> None:
    page = browse(login)
    page.set_viewport_size({"width": 320, "height": 640})
    for address in rooms(login):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


@WITH_SCRIPTS
def test_what_she_has_signed_is_on_paper_too(browse: Browse) -> None:
    page = browse("zhou")
    page.emulate_media(media="print")
    expect(page.locator("article.row", has_text="预算考核").filter(has_text="已签认")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)


@WITH_SCRIPTS
def test_what_a_table_would_bring_in_can_be_read_by_everybody_and_on_a_narrow_phone(
    browse: Browse, tmp_path: Path
) -> None:
    file = tmp_path / "任务.xlsx"
    file.write_bytes(messy.workbook())
    page = browse("chu")
    page.goto("/lists/import")
    page.get_by_label("清单名称").fill("重点任务分解表")
    page.get_by_label("文件标题").fill("重点任务分解表（征求意见稿）")
    page.get_by_label("表格文件").set_input_files(file)
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("heading", name="导入预览")).to_be_visible()
    assert faults(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@WITH_SCRIPTS
def test_focus_stays_on_what_was_pressed_and_the_result_is_said_once(browse: Browse) -> None:
    page = browse("zhou")
    row = page.locator("article.row", has_text="对接会").first
    place = row.get_attribute("id") or ""
    row.get_by_role("button", name="报完成", exact=True).press("Enter")
    expect(page.locator("#tally")).to_contain_text("已报完成 1")
    expect(page.locator(f"#{place} button")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("已报完成")
    page.keyboard.press("Enter")  # undone by the very next press
    expect(page.locator("#tally")).to_contain_text("已报完成 0")
    expect(page.locator(f"#{place} button")).to_be_focused()


@WITH_SCRIPTS
def test_an_error_takes_the_focus_and_links_to_its_field(browse: Browse) -> None:
    page = browse("chu")
    page.goto("/lists/new")
    page.get_by_label("清单名称").fill("只有名称")
    page.evaluate("document.querySelectorAll('[required]').forEach(e => e.removeAttribute('required'))")
    page.get_by_role("button", name="拟出责任事项").click()
    summary = page.locator(".summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    assert page.evaluate("location.hash") in ("#title", "#text")
    expect(page.get_by_label("清单名称")).to_have_value("只有名称")


@WITH_SCRIPTS
def test_when_the_network_fails_nothing_is_lost_and_it_is_said(browse: Browse, context: BrowserContext) -> None:
    page = browse("zhou")
    page.locator("article.row", has_text="对接会").first.get_by_role("link").click()
    page.get_by_label("完成说明").fill("写了很久的一段话")
    context.set_offline(True)
    page.get_by_role("button", name="报完成", exact=True).click()
    expect(page.locator("#problem")).to_contain_text("没有连上服务器")
    expect(page.get_by_label("完成说明")).to_have_value("写了很久的一段话")
    context.set_offline(False)
    page.get_by_role("button", name="报完成", exact=True).click()
    expect(page.locator("article.row", has_text="对接会").filter(has_text="已报完成")).to_be_visible()


@WITH_SCRIPTS
def test_the_log_is_filtered_as_one_types(browse: Browse) -> None:
    page = browse("wei")
    page.goto("/audit/")
    page.get_by_label("人员").press_sequentially("周局")
    expect(page.locator("#entries tbody tr").first).to_contain_text("周局长")
    expect(page.locator("#entries")).not_to_contain_text("褚经办")
    assert "person=" in page.url


@WITH_SCRIPTS
def test_what_goes_into_a_drawer_is_printed_on_one_sheet(browse: Browse) -> None:
    page = browse("wei")
    for address in (*rooms("wei")[-1:], "/receipts/entries/40"):
        page.goto(address)
        paper = page.pdf(format="A4", prefer_css_page_size=True)
        assert paper.count(b"/Type /Page\n") == 1, address


def test_an_official_keeps_a_receipt_and_a_neighbour_has_it_checked(browse: Browse, tmp_path: Path) -> None:
    page = browse("zhou")
    page.goto("/signatures/1")
    page.get_by_role("link", name="存证回执").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载回执").click()
    receipt = tmp_path / download.value.suggested_filename
    download.value.save_as(receipt)
    page = browse("wang")
    page.goto("/receipts/")
    page.get_by_label("选择文件").set_input_files(receipt)
    page.get_by_role("button", name="核验回执").click()
    expect(page.locator("#checked")).to_contain_text("回执是真的")
    receipt.write_text(receipt.read_text().replace("index ", "index 1"))
    page.get_by_label("选择文件").set_input_files(receipt)
    page.get_by_role("button", name="核验回执").click()
    expect(page.locator("#checked")).to_contain_text("通不过核验")


def test_an_auditor_uploads_what_she_kept_and_is_told_since_when_the_log_is_whole(
    browse: Browse, tmp_path: Path
) -> None:
    page = browse("wei")
    page.goto("/checkpoints/")
    page.get_by_role("button", name="现在封签").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载封签").click()
    kept = tmp_path / "kept.txt"
    download.value.save_as(kept)
    page.goto("/audit/verdict")
    page.get_by_label("选择文件").set_input_files(kept)
    page.get_by_role("button", name="核验全部日志").click()
    expect(page.locator("#verdict")).to_contain_text("与您留存的封签相符")
    expect(page.locator("#verdict")).to_contain_text("这次核验不能说明什么")
