"""How long a register takes to come in, and how long others wait: python -m benchmarks.register [UNITS [PEOPLE]].

A county of its own, with that many new units and people, each with a post, in a scratch folder with SQLite or in the
empty database that SHUANGZE_DATABASE_URL names.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import flask_migrate
from sqlalchemy.orm import Session

from app import create_app
from checklist import ledger
from checklist.actor import Actor
from checklist.county import accounts, register
from models import User, db
from tests import county, registers


@contextmanager
def timed(what: str) -> Iterator[None]:
    started, worked = time.perf_counter(), time.thread_time()
    yield
    processor = time.thread_time() - worked
    print(f"{what}: {time.perf_counter() - started:.2f} s, {processor:.2f} s of the thread's processor")


@contextmanager
def lock_watched() -> Iterator[list[float]]:
    """The seconds for which the write lock is held, of one act after another."""
    held: list[float] = []
    original = ledger.writing

    @contextmanager
    def writing() -> Iterator[Session]:
        with original() as session:
            started = time.perf_counter()
            yield session
            held.append(time.perf_counter() - started)

    ledger.writing = writing
    yield held
    ledger.writing = original


def main(units: int, people: int) -> None:
    content = registers.workbook(registers.crowd(units, people))
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(secret_key="t" * 40, instance=folder)
        with app.app_context():
            flask_migrate.upgrade()
            county.fill(app)
            administrator = db.session.query(User).where(User.login == "shen").one()
            by = Actor(user=administrator)
            with timed(f"read and previewed, {units} units and {people} people; the lock is not taken"):
                contents = register.read([("register.xlsx", content)])
                register.preview(contents, by=by)
            with timed(f"{people} passwords hashed"):
                accounts.first_passwords(str(n) for n in range(people))
            size = ledger.size()
            with timed("brought in, all told"), lock_watched() as held:
                register.take([("register.xlsx", content)], by=by)
            print(f"of which the lock was held: {held[0]:.2f} s, for {ledger.size() - size} entries")
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main(*(int(told) for told in (sys.argv[1:] + ["40", "300"][len(sys.argv) - 1 :])))
