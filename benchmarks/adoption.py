"""How long the adoption of a large list takes, and how long others wait: python -m benchmarks.adoption [ITEMS].

A county of its own with 100 more bureaus and a list of two nodes whose duties are led by 各部门, in a scratch folder
with SQLite or in the empty database that SHUANGZE_DATABASE_URL names. Meanwhile somebody else reports and takes back,
again and again. Seconds of processor time are those of the one thread; the others are by the clock.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import timedelta
from statistics import quantiles
from threading import Event, Thread

import flask_migrate
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from benchmarks.register import lock_watched
from checklist import clock, ledger, lists
from checklist.county import register
from checklist.items import signoff
from checklist.lists import editing
from models import Item, db
from tests import county, registers
from tests.drafts import MEETING, edit

UNITS = 100
NODES = 2


def submitted(items: int) -> int:
    """Hand a list that comes to about so many items over for confirmation, and return its id."""
    register.take([("register.xlsx", registers.workbook(registers.crowd(UNITS, UNITS)))], by=county.actor("shen"))
    by = county.actor("chu")
    every = [{"set": "departments", "except": [], "part": "lead"}]
    duty_list = county.draft("全县任务分解表", "一、任务\n要抓好落实。\n")
    for n in range(items // (UNITS * NODES) - len(duty_list.duties)):
        editing.add(duty_list.id, f"抓好第{n}项任务的落实", by=by)
    for duty in list(duty_list.duties):
        edit(duty, by, owners=every)
    lists.set_nodes(duty_list.id, [clock.today() + timedelta(days=30 * n) for n in range(1, NODES + 1)], by=by)
    return lists.submit(duty_list.id, **MEETING, by=by).id


def tick_away(app: Flask, done: Event, taken: list[float]) -> None:
    """Report and take back one item until told to stop, as somebody at a page does."""
    with app.app_context():
        by, item = county.actor("zhou"), county.item("预算考核", "zhou").id
        while not done.wait(0.1):
            for verb in (signoff.tick, signoff.untick):
                started = time.perf_counter()
                verb(item, by=by)
                taken.append((time.perf_counter() - started) * 1000)
        db.session.remove()


def main(items: int) -> None:
    """Adopt once and say what it took."""
    with tempfile.TemporaryDirectory() as folder, clock.use_clock(county.Clock(county.NOW)):
        app = create_app(secret_key="t" * 40, instance=folder)
        with app.app_context():
            flask_migrate.upgrade()
            county.fill(app)
            duty_list, by = submitted(items), county.actor("li")
            size, there = ledger.size(), db.session.scalar(select(func.count(Item.id))) or 0
            done, taken = Event(), list[float]()
            other = Thread(target=tick_away, args=(app, done, taken))
            other.start()
            time.sleep(2)
            with lock_watched() as held:
                started, worked = time.perf_counter(), time.thread_time()
                lists.adopt(duty_list, by=by)
                seconds, processor = time.perf_counter() - started, time.thread_time() - worked
            time.sleep(2)
            done.set()
            other.join()
            made = (db.session.scalar(select(func.count(Item.id))) or 0) - there
            print(f"adopted, {made} items: {seconds:.2f} s, {processor:.2f} s of the processor")
            print(f"of which the lock was held: {max(held):.2f} s, for {ledger.size() - size} entries and the reports'")
            percentiles = quantiles(taken, n=20)
            print(
                f"{len(taken)} reports meanwhile: median {percentiles[9]:.0f} ms, p95 {percentiles[18]:.0f} ms, longest {max(taken):.0f} ms"
            )
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] or ["4000"]))
