"""One of several processes that write at once: python -m tests.writers NAME UNIT USER ACTS (see test_writers.py)."""

from __future__ import annotations

import sys

from app import create_app
from checklist import access, ledger, units
from checklist.actor import Actor
from checklist.refusal import Refused
from models import PostKind, User


def write(name: str, unit: int, user: int, acts: int) -> None:
    """Of five acts two change one row that all share, two make rows of one's own, and one is refused."""
    for n in range(acts):
        by = Actor(console=name)
        match n % 5:
            case 0 | 1:
                rename(user, f"{name} {n}", by)
            case 2 | 3:
                units.add_post(unit, f"岗位{n}", PostKind.STAFF, by=by)
            case 4:
                try:
                    units.add_post(unit, "又一位镇长", PostKind.PRINCIPAL, by=by)
                except Refused:
                    continue
                raise AssertionError("a second 一把手 was let in")


def rename(user: int, name: str, by: Actor) -> None:
    with ledger.act("rename", by=by):
        access.load(User, user).name = name


if __name__ == "__main__":
    with create_app().app_context():
        print("ready", flush=True)
        sys.stdin.readline()  # so that all begin together
        name, *numbers = sys.argv[1:]
        write(name, *map(int, numbers))
