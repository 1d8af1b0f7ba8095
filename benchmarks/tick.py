"""What the milliseconds of one tick are: python -m benchmarks.tick [TIMES]

Ticks and their undoing, by turns, through the whole application in one process, on SQLite, with htmx's header and a
CSRF token. Once without a profiler, for the processor time of one; once with it, for each layer's share of that time.
"""

from __future__ import annotations

import cProfile
import pstats
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient

from app import HERE, create_app
from checklist.county import accounts
from models import db
from tests import county

# Where a function stands, or the name of a built-in one → the layer; the first that fits.
LAYERS = {
    "SQLite": r"sqlite3",
    "ORM: statements, rows, flush": r"sqlalchemy",
    "templates": r"jinja2|markupsafe|<template>|templates/",
    "CSRF, session cookie, forms": r"flask_wtf|wtforms|itsdangerous|hmac",
    "Flask, Werkzeug": r"flask|werkzeug|click",
    "ledger": r"checklist/ledger|json|verify\.py|hashlib|sha256",
    "access, picture": r"checklist/access|checklist/picture",
    "the rest of checklist, models": r"checklist|models\.py",
    "pages": r"pages/",
    "Python": r"",
}


def visit(app: Flask, login: str) -> tuple[FlaskClient, str]:
    """Log somebody in; the client, and the token that its forms send."""
    client = app.test_client()
    for path in ("/login", "/items/"):
        text = client.get(path).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        assert token, text
        if path == "/login":
            client.post(path, data={"csrf_token": token[1], "login": login, "password": county.PASSWORD})
    return client, token[1]


def tick(client: FlaskClient, token: str, item: int, times: int) -> None:
    for n in range(times):
        path = f"/items/{item}/{'untick' if n % 2 else 'tick'}"
        answer = client.post(path, data={"csrf_token": token}, headers={"HX-Request": "true"})
        assert answer.status_code == 200, answer.text


def shares(profile: cProfile.Profile) -> dict[str, float]:
    """For each layer its share of the time; a built-in function's time is its callers'."""
    spent: Counter[str] = Counter()
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for (file, _, name), (_, _, own, _, callers) in stats.items():
        if file != "~" or layer(name) == "SQLite":
            spent[layer(file + name)] += own
        else:
            for (caller, _, _), (_, _, part, _) in callers.items():
                spent[layer(caller + name)] += part
    return {name: spent[name] / spent.total() for name in LAYERS}


def layer(where: str) -> str:
    where = where.removeprefix(f"{HERE}/").rpartition("site-packages/")[2]
    return next(name for name, pattern in LAYERS.items() if re.search(pattern, where))


def main(times: int) -> None:
    accounts.METHOD = "scrypt:128:8:1"
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(secret_key="t" * 40, instance=folder, database_url=f"sqlite:///{Path(folder) / 'bench.db'}")
        with app.app_context():
            flask_migrate.upgrade()
            county.fill(app)
            item = county.item("预算考核", "zhou").id
            db.session.remove()
        client, token = visit(app, "zhou")
        tick(client, token, item, 20)
        began = time.process_time()
        tick(client, token, item, times)
        one = (time.process_time() - began) / times * 1000
        profile = cProfile.Profile()
        profile.runcall(tick, client, token, item, times)
    print(f"| one tick, of {times} | {one:.1f} ms |\n| --- | ---: |")
    for name, share in shares(profile).items():
        print(f"| {name} | {share * one:.1f} ms |")
    if "--functions" in sys.argv:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
        pstats.Stats(profile).sort_stats("cumtime").print_stats(110)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
