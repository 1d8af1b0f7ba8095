"""The browser of tests.forms is no more lenient than a real one without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, request

from tests.forms import Page, expect

PAGE = """
<a id="scripted">只有脚本</a>
<form method="post" action="/sent" id="form">
  <input type="hidden" name="token" value="t">
  <label for="name">姓名</label> <input id="name" name="name" required>
  <label><input type="checkbox" name="agreed" value="yes"> 同意</label>
  <label><input type="radio" name="part" value="lead" checked> 牵头</label>
  <label><input type="radio" name="part" value="support"> 配合</label>
  <label for="unit">单位</label> <select id="unit" name="unit"><option value="1">财政局</option><option value="2">教育局</option></select>
  <input name="off" value="x" disabled>
  <details><summary>更多</summary> <label for="why">理由</label> <textarea id="why" name="why"></textarea></details>
  <button type="button">脚本</button>
  <button name="verb" value="keep">保存</button>
</form>
<input name="outside" value="o" form="form">
"""


@pytest.fixture
def page(tmp_path: Path) -> Page:
    app = Flask(__name__)
    app.add_url_rule("/", "form", lambda: PAGE)
    app.add_url_rule("/sent", "sent", lambda: repr(sorted(request.form.items())), methods=["POST"])
    page = Page(app.test_client(), tmp_path)
    page.goto("/")
    return page


def test_a_form_is_sent_with_what_was_typed_chosen_and_pressed(page: Page) -> None:
    page.get_by_label("姓名").fill("周")
    page.get_by_label("配合").check()
    page.get_by_label("单位").select_option("教育局")
    page.get_by_text("更多").click()
    page.get_by_label("理由").fill("两\n行")
    page.get_by_role("button", name="保存").click()
    sent = {
        "name": "周",
        "outside": "o",
        "part": "support",
        "token": "t",
        "unit": "2",
        "verb": "keep",
        "why": "两\r\n行",
    }
    assert page.text_content() == repr(sorted(sent.items()))


DEEDS: dict[str, Callable[[Page], object]] = {
    "typing into what is folded away": lambda page: page.get_by_label("理由").fill("x"),
    "leaving out what is asked for": lambda page: page.get_by_role("button", name="保存").click(),
    "pressing what only a script would hear": lambda page: page.get_by_role("button", name="脚本").click(),
    "following what leads nowhere": lambda page: page.get_by_text("只有脚本").click(),
    "pressing what is there twice": lambda page: page.get_by_role("radio").check(),
    "pressing what is not there": lambda page: page.get_by_role("button", name="删除").click(),
    "typing into what is switched off": lambda page: page.locator("input").nth(5).fill("x"),
    "seeing what is folded away": lambda page: expect(page.get_by_label("理由")).to_be_visible(),
}


@pytest.mark.parametrize("what", DEEDS)
def test_what_a_browser_would_not_do_fails(page: Page, what: str) -> None:
    with pytest.raises(AssertionError):
        DEEDS[what](page)
