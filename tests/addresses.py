"""Every address of the application, and the place of tests.places that one with an id is asked for."""

from __future__ import annotations

from flask import Flask

from tests.places import Places

OPEN = {"login.log_in", "static", "htmx.script"}

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


def place_of(endpoint: str, places: Places) -> int | str:
    if endpoint == "duties.add":
        return places["draft"]
    return places[WHICH.get(endpoint) or WHICH_OF_A_PAGE[endpoint.split(".")[0]]]
