"""What everybody else waits while one does much: python -m benchmarks.others [ITEMS [PEOPLE [ENTRIES]]].

`flask serve` as it runs in life, with its two processes, on a county of its own in a scratch folder with SQLite or in
the empty database that SHUANGZE_DATABASE_URL names. Two people report and take back an item each, again and again,
each time on a new connection, in the minute around an adoption, a register and an export of the log.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from statistics import quantiles
from threading import Event

import flask_migrate

from app import create_app
from benchmarks import growth
from benchmarks.adoption import submitted
from checklist import ledger
from models import db
from tests import county, registers
from tests.serving import Visitor, serving

MINUTE = 60
REPORTED = {"zhou": "预算考核", "wang": "第一责任人"}
BETWEEN = "----shuangze"


def report(visitor: Visitor, item: int, done: Event, taken: list[float]) -> None:
    """Report and take back an item until told to stop; the milliseconds that each took."""
    while True:
        for verb in ("tick", "untick"):
            visitor.connect()
            started = time.perf_counter()
            visitor.post(f"/items/{item}/{verb}")
            taken.append((time.perf_counter() - started) * 1000)
            assert visitor.answer.status == 200
            visitor.close()
            if done.wait(0.1):
                return


def row(name: str, work: Callable[[], object], port: int, items: dict[str, int]) -> str:
    """Do something in the middle of a minute of reports, and say what they took."""
    done, taken = Event(), list[float]()
    with ThreadPoolExecutor(len(items)) as pool:
        others = [pool.submit(report, Visitor(port, who), item, done, taken) for who, item in items.items()]
        time.sleep(MINUTE / 4)
        started = time.perf_counter()
        work()
        seconds = time.perf_counter() - started
        time.sleep(max(MINUTE * 3 / 4 - seconds, 0))
        done.set()
        for other in others:
            other.result()
    percent = quantiles(taken, n=100)
    return f"| {name} | {seconds:.1f} s | {len(taken)} | {percent[49]:.0f} | {percent[94]:.0f} | {max(taken):.0f} |"


def patient(port: int, login: str) -> Visitor:
    """Somebody who waits for as long as it takes."""
    visitor = Visitor(port, login)
    visitor.line = HTTPConnection("127.0.0.1", port, timeout=900)
    return visitor


def bring_in(visitor: Visitor, register: bytes) -> None:
    """Upload a register, look through it and confirm it."""
    head = f'--{BETWEEN}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{visitor.token}\r\n--{BETWEEN}\r\n'
    head += 'Content-Disposition: form-data; name="files"; filename="register.xlsx"\r\n\r\n'
    body = head.encode() + register + f"\r\n--{BETWEEN}--\r\n".encode()
    kind = f"multipart/form-data; boundary={BETWEEN}"
    visitor.line.request("POST", "/register/", body, {"Cookie": visitor.cookie, "Content-Type": kind})
    token = visitor.read().partition('name="token" value="')[2].partition('"')[0]
    visitor.post("/register/confirmation", token=token)
    assert visitor.answer.status == 200


def main(items: int, people: int, entries: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("SHUANGZE_DATABASE_URL") or f"sqlite:///{folder}/bench.db"
        app = create_app(secret_key="t" * 40, instance=folder, database_url=url)
        with app.app_context():
            flask_migrate.upgrade()
            county.fill(app)
            reported = {who: county.item(words, who).id for who, words in REPORTED.items()}
            duty_list = submitted(items)
            growth.grow(entries)
            size = ledger.size()
            db.session.remove()
            db.engine.dispose()
        register = registers.workbook(registers.crowd(40, people, "M"))
        with serving(url, folder) as served:
            li, shen, wei = (patient(served.port, login) for login in ("li", "shen", "wei"))
            works = {
                "nothing else": lambda: None,
                f"an adoption of {items} items": lambda: li.post(f"/lists/{duty_list}/adoption"),
                f"a register of {people} people": lambda: bring_in(shen, register),
                f"an export of {size:,} entries": lambda: wei.post("/audit/excerpt", kind="csv"),
            }
            print(f"{url.partition(':')[0]}, load {os.getloadavg()[0]:.1f}")
            print(
                "| meanwhile | took | reports | p50, ms | p95, ms | longest, ms |\n| --- | ---: | ---: | ---: | ---: | ---: |"
            )
            for name, work in works.items():
                print(row(name, work, served.port, reported), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] + ["4000", "600", "100000"][len(sys.argv) - 1 :]))
