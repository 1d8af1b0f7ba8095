"""How many questions a page or an act asks of the database: few, and no more of them in a county that has grown.

The login's own are among them; see tests.queries for what is not counted. docs/queries.md has the numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient

from checklist import ledger
from checklist.actor import Actor
from checklist.county import accounts, units
from checklist.items import statements
from models import Duty, Item, PostKind, Session, db
from tests import county, growth
from tests.addresses import OPEN, place_of
from tests.conftest import Visit
from tests.drafts import MEETING
from tests.places import Places, laid_out
from tests.queries import counted, plan, sent
from tests.screens import HTMX

pytestmark = pytest.mark.slow

MOST_OF_A_PAGE = 12
MOST_OF_AN_ACT = 18
# What asks more, and why.
MORE = {
    "GET /lists/… (revising, li)": "lays two versions side by side, with the items of both",
    "tick what guards": "reads, for the row that it draws, the work that is guarded",
    "report": "reads the item for its form before the lock, and again under it",
    "approve": "as report, and looks up in the log what was opened",
    "send back": "as approve",
    "edit": "reads the list for the form before the lock, and again for the card that it draws",
    "drop": "reads the list for the card that it draws",
    "restore": "as drop",
    "submit": "looks through the whole list, and forgets guards of what was left out",
    "sign 20": "writes each signature and its item's state by itself",
    "adopt": "plans before the lock, and sees under it whether the plan still holds; writes three tables",
    "appoint": "reads whom one can choose, and what the one chosen holds already",
    "grant": "as appoint",
}
PAGE = """\
# How many questions a page asks

Printed by `tests/test_queries.py`, which asks for every page and does the common acts in a small county and in the same
county with more units, posts, lists, rows, cases and log: both databases are asked the same, and no page reads more
often where there is more to read. Counted is what is sent to the database, the login's own included, without BEGIN,
COMMIT and the lock; a statement for many rows counts once. A page may ask {page} questions and an act {act}; the last
column says why one asks more. Whether an act reads and writes the log's tree goes by the length of the log: both are
always counted. A checkpoint, which follows every so many acts, is not.

"""

# Who asks for the pages of a room, and for single ones: whoever sees most there.
ROOMS = {
    **dict.fromkeys(("items", "cases", "evidence", "signatures", "receipts", "feedback", "login", "home"), "zhou"),
    **dict.fromkeys(("lists", "speeches", "imports", "drawing", "duties", "drafts", "papers"), "chu"),
    **dict.fromkeys(("consultations", "versions"), "chu"),
    **dict.fromkeys(("audit", "bundles", "checkpoints"), "wei"),
    **dict.fromkeys(("units", "posts", "people", "register", "holidays"), "shen"),
    "reviews": "sun",
    "corrections": "li",
}
PAGES = {
    "consultations.opinion": "zhou",
    "feedback.read": "shen",
    "receipts.of_entry": "wei",
    "receipts.of_entry_as_file": "wei",
}
# What is another page by its state and by who looks.
STATES = (
    ("lists.show", "adopted", "chu"),
    ("lists.show", "submitted", "li"),
    ("lists.show", "consulting", "zhou"),
    ("lists.show", "revised", "chu"),
    ("lists.show", "revising", "li"),
    ("versions.changes", "revised", "chu"),
    ("items.show", "returned", "zhou"),
    ("reviews.open", "returned", "sun"),
    ("cases.index", "case", "zhou"),
)

Client = Callable[[str], FlaskClient]
Form = dict[str, object]
# Makes what is acted on, with so many rows where there can be many; the address and the form.
Prepare = Callable[[Client, Places, int], tuple[str, Form]]


def test_no_page_and_no_act_asks_more_in_a_county_that_has_grown(
    app: Flask,
    prepared: county.Clock,
    visit: Visit,
    printed: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledger, "after_commit", [])  # no checkpoint is due
    client = cache(visit)
    places = growth.one_of_each()
    pages, acts = of_pages(app, client, places), of_acts(client, places, growth.FEW)
    places = growth.more_of_each(places)
    more_pages, more_acts = of_pages(app, client, places), of_acts(client, places, growth.ROWS)

    assert grown(pages, more_pages) == {}
    read, more_read = ({name: reads(sent) for name, sent in asked.items()} for asked in (acts, more_acts))
    assert grown(read, more_read) == {}
    few = {name: len(sent) for name, sent in pages.items()} | {name: with_tree(sent) for name, sent in acts.items()}
    most = {name: MOST_OF_A_PAGE if name in pages else MOST_OF_AN_ACT for name in few}
    rows = [f"| {name} | {number} | {MORE.get(name, '')} |\n" for name, number in few.items()]
    head = PAGE.format(page=MOST_OF_A_PAGE, act=MOST_OF_AN_ACT) + "| | questions | |\n|---|---|---|\n"
    printed("queries.md", head + "".join(rows))
    assert {name for name in few if few[name] > most[name]} == MORE.keys()


def grown(small: dict[str, list[str]], large: dict[str, list[str]]) -> dict[str, list[str]]:
    """What was asked in the large county only, of all that does not ask as much in both."""
    shapes = {name: (Counter(map(shape, sent)), Counter(map(shape, small[name]))) for name, sent in large.items()}
    return {
        name: sorted((new - old) or (old - new))
        for name, (new, old) in shapes.items()
        if len(large[name]) != len(small[name])
    }


def shape(statement: str) -> str:
    return re.sub(r"\s+|\(([?, ]|%\(\w+\)s)+\)", " ", re.sub(r"(?s)^SELECT.*?FROM", "SELECT … FROM", statement))


def reads(sent: list[str]) -> list[str]:
    return [statement for statement in sent if statement.startswith("SELECT") and "audit_node" not in statement]


def with_tree(sent: list[str]) -> int:
    return sum("audit_node" not in statement for statement in sent) + 2


# --- pages --------------------------------------------------------------------------------------------------


def of_pages(app: Flask, client: Client, places: Places) -> dict[str, list[str]]:
    rules = {
        rule.endpoint: rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and rule.endpoint not in OPEN
    }
    found = {}
    for endpoint, rule in rules.items():
        place = place_of(endpoint, places) if "<" in rule else ""
        login = PAGES.get(endpoint) or ROOMS[endpoint.split(".")[0]]
        found[f"GET {re.sub('<[^>]+>', '…', rule)}"] = of_page(client(login), re.sub("<[^>]+>", str(place), rule))
    for endpoint, state, login in STATES:
        address = re.sub("<[^>]+>", str(places[state]), rules[endpoint])
        found[f"GET {re.sub('<[^>]+>', '…', rules[endpoint])} ({state}, {login})"] = of_page(client(login), address)
    return found


def of_page(client: FlaskClient, address: str) -> list[str]:
    client.get(address)  # the picture of the county is then drawn
    with counted() as sent:
        answer = client.get(address)
    assert answer.status_code in (200, 302, 303), address
    return sent


# --- acts ---------------------------------------------------------------------------------------------------


def of_acts(client: Client, places: Places, many: int) -> dict[str, list[str]]:
    return {name: of_act(client, login, *prepare(client, places, many)) for name, (login, prepare) in ACTS.items()}


def of_act(client: Client, login: str, address: str, form: Form) -> list[str]:
    client(login).get("/password")
    with counted() as sent:
        answer = client(login).post(address, data=form, headers=HTMX)
    assert answer.status_code in (200, 303), (address, answer.text)
    assert any("INSERT INTO audit_log" in statement for statement in sent), f"{address} did nothing"
    return sent


nonces = count()


def form(**fields: object) -> Form:
    return {"nonce": f"{next(nonces):032x}", **fields}


def ticking(guards: bool) -> Prepare:
    def prepare(_client: Client, _places: Places, _many: int) -> tuple[str, Form]:
        item = growth.open_item(guards)
        return f"/items/{item.id}/tick", form(rev=item.rev)

    return prepare


def on_reported_item(act: str, **said: object) -> Prepare:
    def prepare(_client: Client, _places: Places, _many: int) -> tuple[str, Form]:
        (item,) = growth.tick(1)
        return f"/items/{item.id}/{act}", form(rev=item.rev, **said)

    return prepare


def signing(_client: Client, _places: Places, many: int) -> tuple[str, Form]:
    items, by = growth.tick(many), county.user("zhou")
    session = db.session.query(Session).filter_by(user=by).order_by(Session.id.desc()).first()
    assert session
    accounts.confirm(county.PASSWORD, by=Actor(user=by, session=session.public_id))
    digests = {f"digest-{item.id}": statements.digest(statements.statement(item, by, False)) for item in items}
    return "/signatures/", form(item=[item.id for item in items], **digests)


def signing_one(client: Client, places: Places, _many: int) -> tuple[str, Form]:
    return signing(client, places, 1)


def reviewing(act: str, **said: object) -> Prepare:
    def prepare(client: Client, _places: Places, _many: int) -> tuple[str, Form]:
        (item,) = growth.tick(1)
        county.sign(item, by=county.actor("zhou"))
        opened = re.search('name="opened" type="hidden" value="([^"]+)"', client("sun").get(f"/reviews/{item.id}").text)
        assert opened
        rev = db.session.get_one(Item, item.id).rev
        return f"/reviews/{item.id}/{act}", form(rev=rev, opened=opened[1], **said)

    return prepare


def on_duty(act: str, **said: object) -> Prepare:
    def prepare(_client: Client, places: Places, _many: int) -> tuple[str, Form]:
        duty = db.session.get_one(Duty, places["duty"])
        return f"/duties/{duty.id}{act}", form(rev=duty.rev, **said)

    return prepare


def submitting(_client: Client, _places: Places, many: int) -> tuple[str, Form]:
    return f"/lists/{growth.led(growth.draft(f'提交{many}', many)).id}/submission", form(**MEETING)


def adopting(_client: Client, _places: Places, many: int) -> tuple[str, Form]:
    duty_list = growth.submitted(rows=many)
    return f"/lists/{duty_list.id}/adoption", form(rev=duty_list.rev)


def appointing(_client: Client, _places: Places, many: int) -> tuple[str, Form]:
    post = units.add_post(county.unit("QH-XS").id, f"新岗{many}", PostKind.STAFF, by=county.console)
    return f"/posts/{post.id}/tenures", form(user=growth.person().id, from_day="2026-03-02")


def granting(_client: Client, _places: Places, _many: int) -> tuple[str, Form]:
    town = county.unit("QH-XS").id
    return f"/people/{growth.person().id}/grants", form(role="auditor", unit=town, from_day="2026-03-02")


def logging_in(_client: Client, _places: Places, _many: int) -> tuple[str, Form]:
    return "/login", form(login="wu", password=county.PASSWORD)


ACTS: dict[str, tuple[str, Prepare]] = {
    "tick": ("zhou", ticking(guards=False)),
    "tick what guards": ("zhou", ticking(guards=True)),
    "untick": ("zhou", on_reported_item("untick")),
    "report": ("zhou", on_reported_item("report", note="已办妥")),
    "sign 1": ("zhou", signing_one),
    "sign 20": ("zhou", signing),
    "approve": ("sun", reviewing("approval")),
    "send back": ("sun", reviewing("return", reason="重写", redo_by="2026-03-20")),
    "edit": ("chu", on_duty("", wording="改过", side="work", cadence="once", **{"part-unit-QH-CZJ": "lead"})),
    "drop": ("chu", on_duty("/drop")),
    "restore": ("chu", on_duty("/restore")),
    "submit": ("chu", submitting),
    "adopt": ("li", adopting),
    "appoint": ("shen", appointing),
    "grant": ("han", granting),
    "log in": ("wu", logging_in),
}


# --- how it is found ----------------------------------------------------------------------------------------

# The tables that grow with the years.
LONG = (
    "item duty target assignment reading evidence signature review session submission audit_log audit_body audit_node"
)
READ_THROUGH = re.compile(rf"(?m)^(?:SCAN|.*Seq Scan on) ({'|'.join(LONG.split())}|audit_index)(?:_\d+)?\b(?!.* USING)")


def test_what_is_asked_most_is_found_by_an_index(prepared: county.Clock, visit: Visit) -> None:
    client, places = cache(visit), laid_out()
    pages = {
        "zhou": ("/items/", f"/items/{places['item']}", "/signatures/new"),
        "sun": ("/reviews/", f"/reviews/{places['signed']}"),
        "chu": ("/lists/", f"/lists/{places['adopted']}", f"/lists/{places['draft']}"),
    }
    item = db.session.get_one(Item, places["item"])
    presses = [(f"/items/{item.id}/{act}", form(rev=item.rev + n)) for n, act in enumerate(("tick", "untick", "tick"))]
    with sent() as statements:
        for login, addresses in pages.items():
            for address in addresses:
                assert client(login).get(address).status_code == 200
        for address, press in presses:
            assert client("zhou").post(address, data=press, headers=HTMX).status_code == 200
    asked = {statement: given for statement, given in statements.items() if statement.startswith(("SELECT", "UPDATE"))}
    assert len(asked) > 40
    plans = {statement: plan(statement, given) for statement, given in asked.items()}
    through = {statement for statement, said in plans.items() if READ_THROUGH.search(said)}
    assert {s for s in through if "ORDER BY audit_log.seq DESC" not in s} == set()  # that reads the last one
