"""Every address, asked by everybody and by nobody; docs/access.md shows what they get."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from checklist import lists
from checklist.ledger import checkpoints
from checklist.lists import consultation, drafting, editing
from models import Batch, Grant, Liaison, Portfolio, Signature, Tenure, Tier, User, db
from tests import county
from tests.files import PDF, attach

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
OPEN = {"login.log_in", "static", "htmx.script"}
DONE = "✓"
PAGE = """\
# Who gets which page

Printed by `tests/test_matrix.py`, which asks every address as each of these people, on both databases: ✓ is an answer
(also one that sends back to a form), 403 is "not yours", 404 is "there is no such thing for you". Whoever is not logged
in is sent to the login page. The item, its receipt and its review are 责任人's; the lists are the county government's.

"""


@pytest.fixture
def places(qinghe: county.Clock) -> dict[str, int | str]:
    """An id for every kind of address."""
    evidence = attach(county.item("对接会"), county.actor("zhou"))
    signed = county.signed("对接会", "zhou")
    draft = county.draft("草稿", county.SPEECH)
    submitted = county.draft("待确认", county.SPEECH)
    for duty in list(submitted.duties):
        editing.edit(duty.id, county.decided(duty, []), by=county.actor("chu"))
    meeting = {"meeting": "常务会议", "meeting_no": "〔2026〕2 号", "meeting_day": qinghe.at.date()}
    lists.submit(submitted.id, **meeting, by=county.actor("chu"))
    given_up = county.draft("放弃", county.SPEECH)
    consulting = county.draft("征求意见", county.SPEECH)
    consultation.consult(consulting.id, qinghe.at.date() + timedelta(days=3), by=county.actor("chu"))
    members = drafting.draft(
        draft.unit.id,
        name="成员",
        year=2026,
        title="意见",
        text=county.SPEECH,
        by=county.actor("chu"),
        tier=Tier.MEMBER,
    )
    asked = consultation.asked(consulting).index(county.unit("QH-CZJ"))
    return {
        "adopted": county.duty("预算考核").duty_list.id,
        "adopted_duty": county.duty("预算考核").id,
        "consulting": consulting.id,
        "opinion": consulting.consultations[-1].opinions[asked].id,
        "item": county.item("预算考核", "zhou").id,
        "signed": signed.id,
        "evidence": evidence.id,
        "batch": first(Batch),
        "draft": draft.id,
        "given_up": given_up.id,
        "submitted": submitted.id,
        "members": members.id,
        "duty": draft.duties[0].id,
        "unit": county.unit("QH-XS").id,
        "post": county.post_of("chen").id,
        "user": county.user("cai").id,
        "tenure": first(Tenure),
        "liaison": first(Liaison),
        "charge": first(Portfolio),
        "grant": first(Grant),
        "entry": 40,
        "signature": first(Signature),
        "size": checkpoints.take().size,
        "parcel": parcel_of("wei"),
    }


def parcel_of(login: str) -> str:
    """The token of a bundle that somebody has made."""
    token = "0" * 32
    folder = db.folder / "exports"
    folder.mkdir()
    (folder / f"{county.user(login).id}-{token}").write_bytes(b"")
    return token


def first(kind: type[Batch | Grant | Liaison | Portfolio | Signature | Tenure | User]) -> int:
    return db.session.query(kind.id).order_by(kind.id).limit(1).scalar() or 0


# Which place each address with an id is asked for.
WHICH = {
    "audit.entry": "entry",
    "evidence.attach": "item",
    "evidence.detach": "signed",
    "evidence.download": "evidence",
    "posts.end_charge": "charge",
    "posts.end_liaison": "liaison",
    "posts.end_tenure": "tenure",
    "people.revoke": "grant",
    **{f"consultations.{verb}": "consulting" for verb in ("show", "consult", "extend", "conclude")},
    **{f"consultations.{verb}": "opinion" for verb in ("opinion", "answer")},
    **{f"versions.{verb}": "adopted" for verb in ("new", "create", "changes")},
    **{f"versions.{verb}": "given_up" for verb in ("abandonment", "abandon")},
    **{f"corrections.{verb}": "adopted_duty" for verb in ("new", "create")},
    **{f"drafts.{verb}": "draft" for verb in ("merge", "assign", "undo")},
    "lists.adopt": "submitted",
    "lists.decline": "submitted",
    "lists.withdraw": "submitted",
    "items.withdraw": "signed",
    "signatures.receipt": "batch",
    "receipts.of_signature": "signature",
    "receipts.of_signature_as_file": "signature",
    "receipts.of_entry": "entry",
    "receipts.of_entry_as_file": "entry",
    "checkpoints.show": "size",
    "checkpoints.note": "size",
    "bundles.fetch": "parcel",
}
WHICH_OF_A_PAGE = {
    "items": "item",
    "cases": "item",
    "reviews": "signed",
    "lists": "draft",
    "drawing": "members",
    "papers": "draft",
    "duties": "duty",
    "drafts": "duty",
    "units": "unit",
    "posts": "post",
    "people": "user",
}


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    """Every address but the open ones: (method, as written in the code, endpoint)."""
    found = [
        (method, str(rule), rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
        if rule.endpoint not in OPEN
    ]
    # What is only read comes first, then what people do with items and lists; who shakes the county comes last.
    shakes = ("units", "posts", "people", "login")
    return sorted(found, key=lambda a: (a[0], a[2].split(".")[0] in shakes, a[2] == "login.log_out", a[1]))


def place_of(endpoint: str, places: dict[str, int | str]) -> int | str:
    if endpoint == "duties.add":
        return places["draft"]
    return places[WHICH.get(endpoint) or WHICH_OF_A_PAGE[endpoint.split(".")[0]]]


def form_of(endpoint: str, places: dict[str, int | str]) -> dict[str, object]:
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


def test_everybody_gets_what_is_theirs_and_nothing_else(
    app: Flask, places: dict[str, int | str], printed: Callable[[str, str], None]
) -> None:
    clients = {column: logged_in(app, login) for column, login in PEOPLE.items()}
    nobody = app.test_client()
    lines = ["| |" + "".join(f" {column} |" for column in clients), "|---|" + "---|" * len(clients)]
    for method, rule, endpoint in addresses(app):
        address, shown = (re.sub("<[^>]+>", gap, rule) for gap in ("{}", "…"))
        address = address.format(place_of(endpoint, places)) if "{}" in address else address
        assert ask(nobody, method, address, form_of(endpoint, places)) == "login", address
        cells = [ask(client, method, address, form_of(endpoint, places)) for client in clients.values()]
        lines.append(f"| {method} {shown} |" + "".join(f" {cell} |" for cell in cells))
    printed("access.md", PAGE + "\n".join(lines) + "\n")


def logged_in(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    response = client.post("/login", data={"login": login, "password": county.PASSWORD})
    assert response.status_code == 303
    return client
