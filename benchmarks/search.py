"""How fast the log is searched: python -m benchmarks.search [SIZE] [--runs N].

A log of SIZE entries is grown in a scratch folder with SQLite, or in the empty database that SHUANGZE_DATABASE_URL
names; one that has a log already is taken as it is. Each filter is asked for as the page does it, by the whole
county's auditor: its newest page, one in the middle and its oldest. What is timed is the search with its queries, and
the page as the application answers it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from statistics import quantiles
from urllib.parse import urlencode

import flask_migrate
from flask import Flask
from sqlalchemy import text

from app import create_app
from benchmarks.growth import grow
from benchmarks.ledger import machine
from checklist import clock, ledger
from checklist.audit import entries, index
from checklist.audit.filters import Filter
from models import db
from tests import county

FILTERS = {
    "none": {},
    "a person": {"person": "周局长"},
    "part of many names": {"person": "长"},
    "a name that is not there": {"person": "查无此人"},
    "a unit": {"unit": "QH-CZJ"},
    "all units": {"unit": "QH"},
    "an act": {"action": "签认"},
    "an act of long ago": {"action": "启用密钥"},
    "an object": {"object": "本期事项 17"},
    "objects of a kind": {"object": "本期事项"},
    "an object that is not there": {"object": "本期事项 999999999"},
    "a day": {"from_day": clock.today(), "until_day": clock.today()},
    "a day of long ago": {"until_day": date(2026, 1, 5)},
    "refused": {"refused": True},
    "a duty's words": {"words": "预算考核"},
    "words of every duty": {"words": "。"},
    "words that are not there": {"words": "查无此词"},
    "a person and an act": {"person": "周局长", "action": "签认"},
    "a person in another's unit": {"person": "周局长", "unit": "QH-JYJ"},
    "refused acts of a person": {"person": "周局长", "refused": True},
    "words, unit, act and day": {"words": "预算", "unit": "QH", "action": "报", "until_day": clock.today()},
}


@contextmanager
def log_of(size: int) -> Iterator[Flask]:
    """An application with a log of so many entries, or the one that there is."""
    with tempfile.TemporaryDirectory(prefix="shuangze-benchmark-") as folder:
        os.environ.setdefault("SHUANGZE_DATABASE_URL", f"sqlite:///{folder}/shuangze.db")
        os.environ |= {"SHUANGZE_INSTANCE": folder, "SHUANGZE_SECRET_KEY": "b" * 32}
        app = create_app()
        app.config.update(WTF_CSRF_ENABLED=False)
        with app.app_context():
            flask_migrate.upgrade()
            if not ledger.size():
                county.fill(app)
                grow(size)
            if db.engine.dialect.name == "postgresql":
                db.session.rollback()
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text("VACUUM ANALYZE"))  # as its own vacuuming does it in time
            yield app


def milliseconds(runs: int, do: Callable[[], object]) -> tuple[float, float]:
    """The median and the 95th percentile of some runs."""
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        do()
        taken.append((time.perf_counter() - started) * 1000)
    cuts = quantiles(taken, n=20)
    return cuts[9], cuts[18]


def main() -> None:
    """Time every filter, and the index itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", metavar="SIZE", type=int, nargs="?", default=100_000, help="entries")
    parser.add_argument("--runs", type=int, default=40, help="of each filter and place")
    wanted = parser.parse_args()
    with log_of(wanted.size) as app:
        client, size = app.test_client(), ledger.size()
        client.post("/login", data={"login": "wei", "password": county.PASSWORD})
        by = county.actor("wei")
        places = {"newest": {}, "middle": {"before": size // 2}, "oldest": {"after": -1}}
        print(f"{machine()}, load {os.getloadavg()[0]:.1f}\n{size:,} entries; ms, median and 95th percentile")
        slowest = (0.0, 0.0)
        for name, asked in FILTERS.items():
            for place, at in places.items():

                def search(asked: dict[str, object] = asked, at: dict[str, int] = at) -> None:
                    db.session.rollback()
                    entries.page(Filter(**asked), by=by, **at)  # type: ignore[arg-type]

                address = f"/audit/?{urlencode({**asked, **at})}"
                figures = (
                    *milliseconds(wanted.runs, search),
                    *milliseconds(wanted.runs, lambda at=address: client.get(at)),
                )
                print(
                    f"{name:28} {place:7}  search {figures[0]:6.1f} {figures[1]:6.1f}  page {figures[2]:6.1f} {figures[3]:6.1f}"
                )
                slowest = max(slowest[0], figures[1]), max(slowest[1], figures[3])
        print(f"highest 95th percentile: search {slowest[0]:.1f} ms, page {slowest[1]:.1f} ms")
        started, used = time.perf_counter(), time.process_time()
        for _ in index.rebuild():
            pass
        print(f"flask reindex: {time.perf_counter() - started:.1f} s, {time.process_time() - used:.1f} s of CPU here")


if __name__ == "__main__":
    main()
