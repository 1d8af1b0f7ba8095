"""What a click costs as the county grows: python -m benchmarks.units [UNITS…] [--plot FILE]

For each number of units a county of its own (see benchmarks.bureaus), in a scratch folder with SQLite. The whole
application is asked in one process, as a browser would: for everything once to warm up, then CALLS times, or as often
as fits in PATIENCE seconds. The table has queries, median and 95th percentile; FILE has the medians.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from benchmarks import bureaus, plot
from benchmarks.ledger import Rows, table
from benchmarks.tick import visit
from checklist import clock, ledger, lists
from checklist.county import accounts
from checklist.lists import drafting, editing
from models import DutyList, Item, ItemState, db
from tests import county
from tests.drafts import MEETING, edit
from tests.queries import counted

UNITS = (1, 10, 100, 1_000)
CALLS, PATIENCE = 30, 20
HTMX = {"HX-Request": "true"}
HEAD = bureaus.login(1)
ADOPTION = "adoption, 60 items, once"
PAGES = {
    "my checklist, 60 items": (HEAD, "/items/"),
    "index of lists, the 3 of a bureau": (HEAD, "/lists/"),
    "index of lists, the county's clerk": ("chu", "/lists/"),
    "one list, 60 items": (HEAD, "/lists/{list}"),
    "review queue, 20 of 2 posts": (HEAD, "/reviews/"),
    "review queue, 10 of all heads": ("qian", "/reviews/"),
}
SEARCHES = {
    "the log, newest": {},
    "the log, a person": {"person": "0001局0号"},
    "the log, an act": {"action": "签认"},
    "the log, an object": {"object": "本期事项 17"},
    "the log, no hit": {"person": "查无此人"},
}

Figures = dict[str, float]  # what was measured → its median in ms


class Visitors:
    """People at the pages of an application, each logged in once."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._known: dict[str, tuple[FlaskClient, str]] = {}

    def get(self, login: str, address: str, **headers: str) -> None:
        answer = self._at_work(login)[0].get(address, headers=headers)
        assert answer.status_code == 200, answer.text

    def post(self, login: str, address: str) -> None:
        client, token = self._at_work(login)
        answer = client.post(address, data={"csrf_token": token}, headers=HTMX)
        assert answer.status_code in (200, 303), answer.text

    def _at_work(self, login: str) -> tuple[FlaskClient, str]:
        if login not in self._known:
            self._known[login] = visit(self._app, login)
        return self._known[login]


@dataclass(frozen=True)
class Ids:
    """What is asked for of the first bureau: its list of the year, an open item of its head, a list to be confirmed."""

    list: int
    item: int
    waiting: int


def measure(units: int) -> tuple[Rows, Figures]:
    """Build a county of so many units, and measure everything about it."""
    its_time = county.Clock(county.FOUNDED)
    with tempfile.TemporaryDirectory(prefix="shuangze-benchmark-") as folder, clock.use_clock(its_time):
        app = create_app(secret_key="b" * 40, instance=folder, database_url=f"sqlite:///{folder}/shuangze.db")
        with app.app_context():
            flask_migrate.upgrade()
            county.fill(app)
            started = time.perf_counter()
            ids = ids_of(bureaus.build(units, its_time)[0])
            told = {"entries in the log": f"{ledger.size():,}", "built in": f"{time.perf_counter() - started:.0f} s"}
            db.session.remove()
        visitors = Visitors(app)
        rows, medians = Rows(), Figures()
        for name, do in clicks(visitors, ids).items():
            rows[name], medians[name] = figures(do)
        address = f"/lists/{ids.waiting}"
        visitors.get(HEAD, address)
        started = time.perf_counter()
        with counted() as sent:
            visitors.post(HEAD, f"{address}/adoption")
        medians[ADOPTION] = (time.perf_counter() - started) * 1000
        rows[ADOPTION] = f"{len(sent)}: {medians[ADOPTION]:.0f}"
        with app.app_context():
            db.engine.dispose()
    return rows | told, medians


def clicks(visitors: Visitors, ids: Ids) -> dict[str, Callable[[], None]]:
    """Return what can be done again and again, by its name in the table."""
    turns = cycle(("tick", "untick"))
    found: dict[str, Callable[[], None]] = {
        "tick": lambda: visitors.post(HEAD, f"/items/{ids.item}/{next(turns)}"),
    }
    for name, (login, path) in PAGES.items():
        found[name] = partial(visitors.get, login, path.format(list=ids.list))
    for name, filled in SEARCHES.items():
        found[name] = partial(visitors.get, "wei", f"/audit/?{urlencode(filled)}", **HTMX)
    return found


def ids_of(bureau: bureaus.Bureau) -> Ids:
    """Look up what is asked for, and draft one more list for the bureau, as large as those in force, to be confirmed."""
    of_year = select(DutyList.id).filter_by(unit_id=bureau.unit, year=bureaus.TODAY.year)
    of_head = select(Item.id).filter_by(post_id=bureau.posts[0], state=ItemState.OPEN).limit(1)
    in_force, item = db.session.scalars(of_year).one(), db.session.scalars(of_head).one()
    return Ids(in_force, item, submitted(bureau))


def submitted(bureau: bureaus.Bureau) -> int:
    """Draft a list of ten duties for a bureau, due on two days, and hand it over for confirmation; return its id."""
    by, year = county.actor("chu"), bureaus.TODAY.year
    told = {"name": "秋季工作任务分解表", "year": year, "title": "工作安排", "text": "要抓好落实。"}
    duty_list = drafting.draft(bureau.unit, **told, by=by)
    for wording in bureaus.WORDINGS[len(duty_list.duties) :]:
        editing.add(duty_list.id, wording, by=by)
    lists.set_nodes(duty_list.id, [date(year, 10, 31), date(year, 12, 15)], by=by)
    for duty in list(duty_list.duties):
        edit(duty, by, **bureaus.led_by(bureau))
    return lists.submit(duty_list.id, **MEETING, by=by).id


def figures(do: Callable[[], object]) -> tuple[str, float]:
    """Return the queries, median and 95th percentile of something, in words, and the median alone."""
    do()
    asked, taken = list[int](), list[float]()
    while len(taken) < 2 or (len(taken) < CALLS and sum(taken) < PATIENCE * 1000):
        with counted() as sent:
            started = time.perf_counter()
            do()
            taken.append((time.perf_counter() - started) * 1000)
        asked.append(len(sent))
    cuts, few = quantiles(taken, n=20), f" ({len(taken)} calls)" if len(taken) < CALLS else ""
    return f"{median(asked):.0f}: {cuts[9]:.1f}, {cuts[18]:.1f}{few}", cuts[9]


def main() -> None:
    """Measure each size asked for, the smallest first; print it all and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("units", metavar="UNITS", type=int, nargs="*", default=UNITS)
    parser.add_argument("--plot", metavar="FILE", type=Path, help="draw the medians as SVG")
    wanted = parser.parse_args()
    accounts.METHOD = "scrypt:128:8:1"
    columns, medians = dict[int, Rows](), dict[int, Figures]()
    for units in sorted(wanted.units):
        columns[units], medians[units] = measure(units)
        columns[units]["load of the machine"] = f"{os.getloadavg()[0]:.1f}"
        print(f"{units:,} units measured", file=sys.stderr, flush=True)
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {versions}\n\n{table(columns, markdown=True)}")
    if wanted.plot:
        lines = {name: {units: of[name] for units, of in medians.items()} for name in next(iter(medians.values()))}
        wanted.plot.write_text(plot.log_log(lines, "What a click costs as the county grows", "units", "ms, median"))


if __name__ == "__main__":
    main()
