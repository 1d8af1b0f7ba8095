"""Every address, asked by everybody and by nobody; docs/access.md shows what they get."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import county
from tests.addresses import addresses, place_of
from tests.conftest import ROOT
from tests.files import PDF
from tests.places import Places, laid_out

pytestmark = pytest.mark.slow

# column → who asks
PEOPLE = {
    "责任人": "zhou",
    "联络员": "lian",
    "审核人": "sun",
    "配合责任人": "zheng",
    "无关单位": "wang",
    "经办人": "chu",
    "确认人": "li",
    "审计员": "wei",
    "本局审计员": "jiang",
    "系统管理员": "shen",
    "安全管理员": "han",
    "审计管理员": "yang",
}
DONE = "✓"
PAGE = """\
# Who gets which page

Printed by `tests/test_matrix.py`, which asks every address as each of these people, each on a county that nobody else
has asked, on both databases: ✓ is an answer (also one that sends back to a form), 403 is "not yours", 404 is "there is
no such thing for you". Whoever is not logged in is sent to the login page. The item, its receipt and its review are 责任人's; the lists are the county government's.

"""


@pytest.fixture
def places(prepared: county.Clock) -> Places:
    return laid_out()


def form_of(endpoint: str, places: Places) -> dict[str, object]:
    """What a form has to hold to be refused for who sends it, and not for what it lacks."""
    return {
        "signatures.create": {"item": places["item"], f"digest-{places['item']}": "0"},
        "evidence.attach": {"file": (io.BytesIO(PDF), "纪要.pdf")},
        "evidence.detach": {"evidence": places["evidence"]},
        "cases.begin": {"name": "一件", "began_on": "2026-03-01"},
        "cases.cancel": {"reason": "登记错了"},
    }.get(endpoint, {})


def ask(client: FlaskClient, method: str, address: str, form: dict[str, object]) -> str:
    """What somebody gets: an answer, or a refusal."""
    response = client.open(address, method=method, data=form if method == "POST" else None)
    response.close()
    assert response.status_code < 500, address
    if response.status_code == 302 and "/login" in response.headers["Location"]:
        return "login"
    return str(response.status_code) if response.status_code in (403, 404) else DONE


def asked_for(app: Flask, places: Places) -> Iterator[tuple[str, str, str, dict[str, object]]]:
    """Each address with its method, as the page shows it, as it is asked for, and with its form."""
    for method, rule, endpoint in addresses(app):
        address, shown = (re.sub("<[^>]+>", gap, rule) for gap in ("{}", "…"))
        address = address.format(place_of(endpoint, places)) if "{}" in address else address
        yield method, shown, address, form_of(endpoint, places)


@pytest.mark.parametrize("column", PEOPLE)
def test_everybody_gets_what_is_theirs_and_nothing_else(
    app: Flask, places: Places, column: str, printed: Callable[[str, str], None]
) -> None:
    client = logged_in(app, PEOPLE[column])
    cells = {
        f"{method} {shown}": ask(client, method, address, form)
        for method, shown, address, form in asked_for(app, places)
    }
    printed("access.md", page_with(column, cells))


def page_with(column: str, cells: dict[str, str]) -> str:
    """The page as it is, but with one column as it is found now."""
    current = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in current.splitlines() if line.startswith("| ")]
    known = {row[0]: dict(zip(PEOPLE, row[1:], strict=True)) for row in rows[1:]}
    lines = ["| |" + "".join(f" {person} |" for person in PEOPLE), "|---|" + "---|" * len(PEOPLE)]
    for address, cell in cells.items():
        row = {**known.get(address, {}), column: cell}
        lines.append(f"| {address} |" + "".join(f" {row.get(person, '')} |" for person in PEOPLE))
    return PAGE + "\n".join(lines) + "\n"


def test_whoever_is_not_logged_in_is_sent_to_the_login_page(app: Flask, places: Places) -> None:
    nobody = app.test_client()
    for method, _, address, form in asked_for(app, places):
        assert ask(nobody, method, address, form) == "login", address


def logged_in(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    response = client.post("/login", data={"login": login, "password": county.PASSWORD})
    assert response.status_code == 303
    return client
