"""A tick, a sign of 20 items and an approval, sent one after the other to a demo server over HTTP."""

from __future__ import annotations

import re
import time
from html import unescape
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

HOLDER, REVIEWER, PASSWORD = "caizheng", "changwu", "qinghe-demo"
MANY = 20  # items that are signed in one press
TIMES = 40  # ticks and approvals; as many batches are signed as there are items for
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')

Fields = list[tuple[str, str]]


class Stay(HTTPRedirectHandler):
    """Does not go on to the page that shows the result: a press is timed, not that page."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Browser:
    """Somebody who is logged in."""

    def __init__(self, base: str, login: str) -> None:
        self.base, self.jar = base, CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.jar), Stay)
        self.post("/login", [*self.token("/login"), ("login", login), ("password", PASSWORD)])

    def get(self, path: str) -> str:
        with self._opener.open(self.base + path) as answer:
            return str(answer.read().decode())

    def form(self, path: str, action: str) -> Fields:
        """Return the hidden fields of the form with this action on a page."""
        inside = self.get(path).partition(f'action="{action}"')[2].partition("</form>")[0]
        tags = [dict(ATTRIBUTE.findall(tag)) for tag in HIDDEN.findall(inside)]
        return [(tag["name"], unescape(tag["value"])) for tag in tags]

    def token(self, path: str) -> Fields:
        """Return what every form on a page has to prove that it is ours."""
        found = TOKEN.search(self.get(path))
        assert found
        return [("csrf_token", found[1])]

    def post(self, path: str, fields: Fields, **headers: str) -> bytes:
        """Send a form, and return what it is answered with; nothing where it leads to another page."""
        try:
            with self._opener.open(Request(self.base + path, urlencode(fields).encode(), headers)) as answer:
                return bytes(answer.read())
        except HTTPError as answer:
            if answer.code not in (302, 303):
                raise
            return b""


def measured(base: str) -> dict[str, list[float]]:
    """Return the milliseconds of each tick, sign and approval, without the first sign, which takes the password."""
    holder, reviewer = Browser(base, HOLDER), Browser(base, REVIEWER)
    page = holder.get("/items/")
    items = sorted(set(re.findall(r"/items/(\d+)/(?:un)?tick", page)))
    token = holder.token("/items/")
    taken: dict[str, list[float]] = {"tick": [], f"sign of {MANY}": [], "approval": []}

    def post(what: str, by: Browser, path: str, fields: Fields, **headers: str) -> None:
        started = time.perf_counter()
        by.post(path, fields, **headers)
        taken.setdefault(what, []).append((time.perf_counter() - started) * 1000)

    open_item = re.search(r"/items/(\d+)/tick", page)
    assert open_item
    for n in range(TIMES):
        post("tick", holder, f"/items/{open_item[1]}/{'untick' if n % 2 else 'tick'}", token, **{"HX-Request": "true"})
    for n in range(0, len(items) - MANY + 1, MANY):
        sheet = f"/signatures/new?{urlencode({'item': items[n : n + MANY]}, doseq=True)}"
        password = [("password", PASSWORD)] if n == 0 else []
        what = f"sign of {MANY}" if n else "with the password"
        post(what, holder, "/signatures/", holder.form(sheet, "/signatures/") + password)
    waiting = sorted(set(re.findall(r"/reviews/(\d+)", reviewer.get("/reviews/"))))
    for id in waiting[:TIMES]:
        action = f"/reviews/{id}/approval"
        post("approval", reviewer, action, reviewer.form(f"/reviews/{id}", action))
    return {what: times for what, times in taken.items() if what != "with the password"}
