"""Many processes write at once, as behind a production server: one log, nothing lost, nothing half-done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

import verify
from checklist import ledger, lines, tree, units
from checklist.actor import Actor
from models import Post, PostKind, Unit, UnitKind, User, audit_node, db
from tests import county
from tests.conftest import ROOT
from tests.logs import naive_root

WRITERS, ACTS = 8, 200
CONSOLE = Actor(console="test")


def prepare() -> tuple[User, list[Unit]]:
    """An account that all change, and a town for each."""
    ledger.open_log("county.example/shuangze", by=CONSOLE)
    county = units.found("HK", "河口县委", UnitKind.COMMITTEE, by=CONSOLE, short_name="县委")
    with ledger.act("user.create", by=CONSOLE):
        shared = User(login="wang", name="王建国", password_hash=None)
        db.session.add(shared)
    towns = []
    for n in range(WRITERS):
        town = units.found(f"HK-Z{n}", f"{n}镇", UnitKind.TOWN, by=CONSOLE, short_name=f"{n}镇", parent=county)
        units.add_post(town.id, "镇长", PostKind.PRINCIPAL, by=CONSOLE)
        towns.append(town)
    return shared, towns


def start(name: str, unit: int, user: int, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.writers", name, str(unit), str(user), str(ACTS)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_eight_processes_write_one_log(app: Flask, database_url: str, tmp_path: Path) -> None:
    shared, towns = prepare()
    size, rev, numbers = ledger.size(), shared.rev, [town.id for town in towns]
    settings = {"DATABASE_URL": database_url, "SECRET_KEY": "t" * 40, "INSTANCE": str(tmp_path)}
    environment = {**os.environ, **{f"SHUANGZE_{name}": value for name, value in settings.items()}}
    user = shared.id
    db.session.rollback()

    writers = [start(f"writer-{n}", unit, user, environment) for n, unit in enumerate(numbers)]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("\n")
        writer.stdin.flush()
    complaints = [writer.communicate()[1] for writer in writers]
    assert complaints == [""] * WRITERS
    assert not any(writer.returncode for writer in writers)

    written = [json.loads(body or b"") for _, body in lines.read()][size:]
    assert Counter((body["actor"]["name"], body["result"]) for body in written) == {
        (f"cli:writer-{n}", result): times
        for n in range(WRITERS)
        for result, times in {"ok": ACTS * 4 // 5, "refused: 409": ACTS // 5}.items()
    }
    assert rev_of(user) == rev + WRITERS * ACTS * 2 // 5
    assert db.session.scalar(select(func.count()).select_from(Post)) == WRITERS * (1 + ACTS * 2 // 5)

    assert county.in_step()
    insist_on_tree()


def rev_of(user: int) -> int:
    return db.session.scalars(select(User.rev).where(User.id == user)).one()


def insist_on_tree() -> None:
    """Every node of the tree that is complete is stored, rightly, and no other."""
    leaves = [verify.entry_hash(line) for line, _ in lines.read()]
    expected, row, level = {}, leaves, 0
    while len(row) > 1:
        row, level = [verify.node_hash(*row[n : n + 2]) for n in range(0, len(row) - 1, 2)], level + 1
        expected |= {(level, index): node.hex() for index, node in enumerate(row)}
    stored = db.session.execute(select(audit_node.c.level, audit_node.c.index, audit_node.c.hash))
    assert {(level, index): digest for level, index, digest in stored} == expected
    assert tree.root(len(leaves)) == naive_root(leaves)
