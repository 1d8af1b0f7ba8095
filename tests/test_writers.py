"""Many processes write at once, as behind a production server: one log, nothing lost, nothing half-done."""

from __future__ import annotations

import json
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
from tests.forks import FORKS
from tests.logs import naive_root
from tests.writers import Load, begin, write

pytestmark = pytest.mark.slow

WRITERS = 8
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


@pytest.mark.parametrize("load", [Load(60, 30), pytest.param(Load(200, 300), marks=pytest.mark.long)], ids=str)
def test_eight_processes_write_one_log(app: Flask, database_url: str, tmp_path: Path, load: Load) -> None:
    shared, towns, key = prepare()
    size, rev, user = ledger.size(), shared.rev, shared.id
    jobs = [(f"writer-{n}", town.id, user, tmp_path, load) for n, town in enumerate(towns)]
    settings = {"database_url": database_url, "secret_key": "t" * 40, "instance": app.instance_path}
    db.session.rollback()

    with FORKS.Pool(WRITERS, begin, (settings, FORKS.Barrier(WRITERS))) as pool:
        said = pool.starmap(write, jobs, chunksize=1)

    assert sum(said) + WRITERS * load.refused == ledger.size() - size == WRITERS * load.entries
    headers, bodies = zip(*lines.read(), strict=True)
    told = Counter((body["actor"]["name"], body["result"]) for body in map(json.loads, bodies[size:]))
    assert told == {
        (f"cli:writer-{n}", result): times
        for n in range(WRITERS)
        for result, times in {"ok": load.entries - load.refused, "refused: 409": load.refused}.items()
    }
    assert rev_of(user) == rev + WRITERS * load.acts * 2 // 5
    assert db.session.scalar(select(func.count()).select_from(Post)) == WRITERS * (1 + load.acts * 2 // 5)

    assert county.in_step()
    insist_on_tree([verify.entry_hash(line) for line in headers])
    insist_on_receipts([verify.parse_receipt(file.read_bytes()) for file in tmp_path.glob("writer-*")], key, headers)
    assert len(list(tmp_path.glob("writer-*"))) == WRITERS * 2 * load.many


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


def insist_on_receipts(taken: list[verify.Receipt], key: verify.Key, headers: tuple[bytes, ...]) -> None:
    """Every receipt that was taken while others wrote proves, without the log, what the log says."""
    assert verify.verify_outside(verify.Outside([key], receipts=taken)).exit_code == verify.VERIFIED
    assert [receipt.line for receipt in taken] == [headers[receipt.index] for receipt in taken]
