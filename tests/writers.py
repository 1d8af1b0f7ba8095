"""One of several processes that write at once (see test_writers.py)."""

from __future__ import annotations

import random
import warnings
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

from app import create_app
from checklist import access, ledger
from checklist.actor import Actor
from checklist.audit import receipts
from checklist.county import units
from checklist.ledger import checkpoints
from checklist.refusal import Refused
from models import PostKind, User


@dataclass(frozen=True)
class Load:
    """How much each writes."""

    acts: int  # of one entry each
    at_once: int  # entries in an act of many, of which there is one for every three others

    @property
    def many(self) -> int:
        return self.acts // 3

    @property
    def entries(self) -> int:
        return self.acts + self.many * self.at_once

    @property
    def refused(self) -> int:
        return self.acts // 5


written: list[range] = []  # the numbers of the entries of each act


def begin(settings: dict[str, str], together: Barrier) -> None:
    """Make this process ready to write, and wait until all are."""
    warnings.simplefilter("error")
    ledger.after_commit.append(written.append)
    create_app(**settings).app_context().push()
    together.wait()


def write(name: str, unit: int, user: int, folder: Path, load: Load) -> int:
    """Write entries, single ones and many at once by turns, keep receipts in a folder meanwhile; return how many it wrote."""
    for n in range(load.acts):
        write_one(n, name, unit, user)
        if n % 3 == 2:
            seqs = write_many(name, load.at_once)
            insist_on_seal(seqs)
            keep(random.choice(seqs), folder / f"{name}-{n}-own")
            keep(random.randrange(seqs.start), folder / f"{name}-{n}-older")
    return sum(map(len, written))


def write_one(n: int, name: str, unit: int, user: int) -> None:
    """Of five acts two change one row that all share, two make rows of one's own, and one is refused."""
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
                return
            raise AssertionError("a second 一把手 was let in")


def rename(user: int, name: str, by: Actor) -> None:
    with ledger.act("rename", by=by):
        access.load(User, user).name = name


def write_many(name: str, at_once: int) -> range:
    """Write many entries in one act; their numbers."""
    with ledger.act("tell", by=Actor(console=name)) as act:
        for n in range(at_once):
            act.add_entry({"told": n})
    return written[-1]


def insist_on_seal(seqs: range) -> None:
    """Whoever crosses a thousand has sealed the log by the end of the act, however many others write."""
    if seqs.start // checkpoints.EVERY < seqs.stop // checkpoints.EVERY:
        sealed = checkpoints.latest()
        assert sealed
        assert sealed.size >= seqs.stop


def keep(seq: int, file: Path) -> None:
    """Take the receipt of an entry as somebody does who signed it, while the others write on."""
    file.write_bytes(receipts.make(seq))
