"""Many processes write at once, as behind a production server: one log, nothing lost, nothing half-done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

import verify
from checklist import ledger
from checklist.actor import Actor
from checklist.county import units
from checklist.ledger import checkpoints, lines, tree
from models import Post, PostKind, Unit, UnitKind, User, audit_node, db
from tests import county
from tests.conftest import ROOT
from tests.logs import naive_root
from tests.writers import ACTS, MANY, RECEIPTS

pytestmark = pytest.mark.slow

WRITERS = 8
REFUSED = ACTS // 5
CONSOLE = Actor(console="test")


def prepare() -> tuple[User, list[Unit], verify.Key]:
    """An account that all change, a town for each, and the key of the log."""
    ledger.open_log("county.example/shuangze", by=CONSOLE)
    county = units.add_unit("HK", "河口县委", UnitKind.COMMITTEE, by=CONSOLE, short_name="县委")
    with ledger.act("user.create", by=CONSOLE):
        shared = User(login="wang", name="王建国", password_hash=None)
        db.session.add(shared)
    towns = []
    for n in range(WRITERS):
        town = units.add_unit(f"HK-Z{n}", f"{n}镇", UnitKind.TOWN, by=CONSOLE, short_name=f"{n}镇", parent=county)
        units.add_post(town.id, "镇长", PostKind.PRINCIPAL, by=CONSOLE)
        towns.append(town)
    return shared, towns, checkpoints.init_key(by=CONSOLE)


def start(
    name: str, unit: int, user: int, folder: Path, at_once: int, environment: dict[str, str]
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.writers", name, str(unit), str(user), str(folder), str(at_once)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


@pytest.mark.parametrize("at_once", [30, pytest.param(300, marks=pytest.mark.long)])
def test_eight_processes_write_one_log(app: Flask, database_url: str, tmp_path: Path, at_once: int) -> None:
    entries = ACTS + MANY * at_once
    shared, towns, key = prepare()
    size, rev, numbers = ledger.size(), shared.rev, [town.id for town in towns]
    settings = {"DATABASE_URL": database_url, "SECRET_KEY": "t" * 40, "INSTANCE": app.instance_path}
    environment = {**os.environ, **{f"SHUANGZE_{name}": value for name, value in settings.items()}}
    user, kept = shared.id, tmp_path / "receipts"
    kept.mkdir()
    db.session.rollback()

    writers = [start(f"writer-{n}", unit, user, kept, at_once, environment) for n, unit in enumerate(numbers)]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("\n")
        writer.stdin.flush()
    said, complaints = zip(*(writer.communicate() for writer in writers), strict=True)
    assert complaints == ("",) * WRITERS
    assert not any(writer.returncode for writer in writers)

    assert sum(map(int, said)) + WRITERS * REFUSED == ledger.size() - size == WRITERS * entries
    headers, bodies = zip(*lines.read(), strict=True)
    told = Counter((body["actor"]["name"], body["result"]) for body in map(json.loads, bodies[size:]))
    assert told == {
        (f"cli:writer-{n}", result): times
        for n in range(WRITERS)
        for result, times in {"ok": entries - REFUSED, "refused: 409": REFUSED}.items()
    }
    assert rev_of(user) == rev + WRITERS * ACTS * 2 // 5
    assert db.session.scalar(select(func.count()).select_from(Post)) == WRITERS * (1 + ACTS * 2 // 5)

    assert county.in_step()
    insist_on_tree([verify.entry_hash(line) for line in headers])
    insist_on_receipts(kept, key, headers)


def rev_of(user: int) -> int:
    return db.session.scalars(select(User.rev).where(User.id == user)).one()


def insist_on_tree(leaves: list[bytes]) -> None:
    """Every node of the tree that is complete is stored, rightly, and no other."""
    expected, row, level = {}, leaves, 0
    while len(row) > 1:
        row, level = [verify.node_hash(*row[n : n + 2]) for n in range(0, len(row) - 1, 2)], level + 1
        expected |= {(level, index): node.hex() for index, node in enumerate(row)}
    stored = db.session.execute(select(audit_node.c.level, audit_node.c.index, audit_node.c.hash))
    assert {(level, index): digest for level, index, digest in stored} == expected
    assert tree.root(len(leaves)) == naive_root(leaves)


def insist_on_receipts(folder: Path, key: verify.Key, headers: tuple[bytes, ...]) -> None:
    """Every receipt that was taken while others wrote proves, without the log, what the log says."""
    taken = [verify.parse_receipt(file.read_bytes()) for file in folder.iterdir()]
    assert len(taken) == WRITERS * RECEIPTS
    assert verify.verify_outside(verify.Outside([key], receipts=taken)).exit_code == verify.VERIFIED
    assert [receipt.line for receipt in taken] == [headers[receipt.index] for receipt in taken]
