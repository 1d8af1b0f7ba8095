"""The proofs that are read from the stored nodes are those of RFC 6962, for every entry and size."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event

import verify
from checklist import ledger
from checklist.actor import Actor
from checklist.ledger import lines, tree
from models import db
from tests import logs

CONSOLE = Actor(console="test")
SIZE = 70


@pytest.fixture
def leaves(app: Flask) -> list[bytes]:
    """The leaf hashes of a log that grew by acts of one to five entries."""
    ledger.open_log("county.example/shuangze", by=CONSOLE)
    while (size := ledger.size()) < SIZE:
        with ledger.act("export", by=CONSOLE) as act:
            for _ in range(min(size % 5 + 1, SIZE - size)):
                act.add_entry({})
    return [verify.entry_hash(line) for line, _ in lines.read()]


def test_every_entry_has_its_path_at_every_size(leaves: list[bytes]) -> None:
    for size in range(1, SIZE + 1):
        root = tree.root(size)
        for index in {0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)):
            path = tree.inclusion(index, size)
            assert path == logs.inclusion(index, leaves[:size])
            assert verify.includes(leaves[index], index, size, path, root)


def test_every_size_is_shown_to_begin_with_every_smaller_one(leaves: list[bytes]) -> None:
    for size in {1, 2, 3, 8, 31, 32, 33, 64, 69, SIZE}:
        root = tree.root(size)
        for old in range(1, size + 1):
            path = tree.consistency(old, size)
            assert path == logs.consistency(old, leaves[:size])
            assert verify.extends(old, tree.root(old), size, root, path)


def test_a_proof_reads_as_many_nodes_as_the_tree_is_high(leaves: list[bytes]) -> None:
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))
    tree.inclusion(35, SIZE)
    assert len(asked) <= 2 * SIZE.bit_length()
