"""How a page is asked for, and the steps that several walks take."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests import county
from tests.forms import expect

# Walked in Chromium without scripts too: of other walks forms and links are all that counts then.
IN_CHROMIUM = pytest.mark.chromium
WITH_SCRIPTS = pytest.mark.parametrize("js", [True], ids=["chromium"], indirect=True)
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://localhost/items/?from=here"}


def an_official_reports(page: Page, words: str) -> None:
    row = page.locator("article.row", has_text=words).first
    row.get_by_role("button", name="报完成", exact=True).click()
    expect(page.locator("article.row", has_text=words).first).to_contain_text("已报完成")
    expect(page.locator("#tally")).to_contain_text("已报完成 1")


def and_signs(page: Page) -> str:
    """Sign what is on the sheet; the exact text that was on the screen."""
    text = page.locator(".statement").text_content() or ""
    if page.get_by_label("登录密码").count():
        page.get_by_label("登录密码").fill(county.PASSWORD)
    page.get_by_role("button", name=re.compile("^确认签认")).click()
    expect(page.get_by_role("heading", name="签认回执")).to_be_visible()
    assert page.locator(".statement").text_content() == text
    return text


def a_secretary_opens(page: Page, words: str) -> None:
    page.get_by_role("link", name="审核", exact=True).click()
    page.get_by_role("link", name=words).click()
    expect(page.locator(".statement")).to_contain_text(words)
