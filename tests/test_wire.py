"""What goes over the wire: few bytes for our own pages, plain ones for strangers, and files that never change."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Visit

GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize("told", ["same-origin", "none", None])
def test_a_page_that_somebody_opens_himself_is_compressed(visit: Visit, told: str | None) -> None:
    zhou = visit("zhou")
    said = {"Sec-Fetch-Site": told} if told else {}
    answer = zhou.get("/items/", headers=GZIP | said)
    assert "我的清单" in gzip.decompress(answer.data).decode()
    assert len(answer.data) < len(zhou.get("/items/").data) / 2
    assert {"Accept-Encoding", "HX-Request"} <= set(answer.vary)


@pytest.mark.parametrize("told", ["cross-site", "same-site"])
def test_a_page_that_another_site_asks_for_is_not(visit: Visit, told: str) -> None:
    answer = visit("wei").get("/audit/", query_string={"unit": "guess"}, headers=GZIP | {"Sec-Fetch-Site": told})
    assert "Content-Encoding" not in answer.headers


def test_over_https_nobody_who_does_not_say_who_asks_gets_it_compressed(app: Flask, visit: Visit) -> None:
    wu = visit("wu")
    app.config["SESSION_COOKIE_SECURE"] = True
    try:
        assert "Content-Encoding" not in wu.get("/items/", headers=GZIP).headers
        assert "Content-Encoding" in wu.get("/items/", headers=GZIP | {"Sec-Fetch-Site": "none"}).headers
    finally:
        app.config["SESSION_COOKIE_SECURE"] = False


def test_a_file_is_kept_for_a_year_under_an_address_that_changes_with_it(app: Flask, visit: Visit) -> None:
    copy = Path(app.instance_path) / "vendor" / "htmx.min.js"
    copy.parent.mkdir()
    copy.write_bytes(b"one")
    wu = visit("wu")
    files = re.findall(r'(?:href|src)="(/[^"]*\?v=[^"]*)"', wu.get("/items/").text)
    assert len(files) == 4
    for file in files:
        assert wu.get(file).headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "immutable" not in wu.get(file.partition("?")[0]).headers["Cache-Control"]
    copy.write_bytes(b"two")
    assert len(set(files) - set(re.findall(r'(?:href|src)="([^"]*)"', wu.get("/items/").text))) == 1


def test_a_page_has_no_lines_without_anything(visit: Visit) -> None:
    lines = visit("wu").get("/items/").text.splitlines()
    assert sum(not line.strip() for line in lines) < len(lines) / 20
