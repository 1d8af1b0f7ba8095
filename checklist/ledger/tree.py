"""The Merkle tree over the log (RFC 6962), from nodes that are kept as they complete: all of it in O(log n) reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any

from sqlalchemy import and_, false, or_, select

import verify
from models import audit_log, audit_node, db


class Broken(RuntimeError):
    """A hash that the tree needs is not there, or is none."""


def completed(first: int, prev: bytes, leaves: list[bytes]) -> list[dict[str, Any]]:
    """Return the rows of the nodes that new leaves complete, about one for each.

    The leaves are those of the entries from number `first` on; `prev` is the hash of the entry before.
    """
    known = {(0, first - 1): prev} | {(0, seq): leaf for seq, leaf in enumerate(leaves, first)}
    rows = []
    for seq, current in enumerate(leaves, first):
        level, index = 0, seq
        while index % 2:
            if (level, index - 1) not in known:
                known |= _left_of(first)
            current = verify.node_hash(known[level, index - 1], current)
            level, index = level + 1, index // 2
            known[level, index] = current
            rows.append({"level": level, "index": index, "hash": current.hex()})
    return rows


def _left_of(seq: int) -> dict[tuple[int, int], bytes]:
    """Read the nodes, above the leaves, that cover the entries before number `seq`: one for each bit of it."""
    wanted = [(level, (seq >> level) - 1) for level in range(1, seq.bit_length()) if seq >> level & 1]
    return {node: bytes.fromhex(digits) for node, digits in _stored(wanted).items()}


def _stored(wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Read nodes above the leaves, each by its own key: SQLite goes through all of them for a list of pairs."""
    key = audit_node.c
    keys = (and_(key.level == level, key.index == index) for level, index in wanted)
    rows = db.session.execute(select(audit_node).where(or_(false(), *keys)))
    return {(level, index): digits for level, index, digits in rows}


def root(size: int) -> bytes:
    """Return the root over the first `size` entries."""
    return _over([(0, size)])[0] if size else verify.root([])


def inclusion(index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from entry `index` to the root over `size` entries (RFC 6962, 2.1.1)."""
    path, first, last = [], 0, size
    while last - first > 1:
        middle = first + _left(last - first)
        if index < middle:
            path.append((middle, last))
            last = middle
        else:
            path.append((first, middle))
            first = middle
    return _over(path[::-1])


def consistency(old: int, size: int) -> list[bytes]:
    """Return the hashes, at least one, that show that `size` entries begin with the first `old` (RFC 6962, 2.1.2)."""
    path, first, last = [], 0, size
    while old < last:
        middle = first + _left(last - first)
        if old <= middle:
            path.append((middle, last))
            last = middle
        else:
            path.append((first, middle))
            first = middle
    if first:  # else it is the old root, which the reader has
        path.append((first, last))
    return _over(path[::-1])


def _left(size: int) -> int:
    """Return how many of `size` leaves are below the left child of their root: the largest power of two below."""
    return 1 << (size - 1).bit_length() - 1


def _over(ranges: list[tuple[int, int]]) -> list[bytes]:
    """Return the hash over the entries of each range, first up to last, where `first` begins a subtree of that many."""
    peaks = [list(_peaks(*entries)) for entries in ranges]
    known = _read({peak for found in peaks for peak in found})
    return [reduce(lambda right, left: verify.node_hash(left, right), (known[p] for p in reversed(f))) for f in peaks]


def _peaks(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the nodes, by level and index, that cover a range together."""
    while first < last:
        level = (last - first).bit_length() - 1
        yield level, first >> level
        first += 1 << level


def _read(wanted: set[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Read nodes, those of level 0 from the log itself: however many, by two questions. Raises Broken."""
    leaves = select(audit_log.c.seq, audit_log.c.hash).where(
        audit_log.c.seq.in_([i for level, i in wanted if not level])
    )
    found = {(0, seq): digits for seq, digits in db.session.execute(leaves)}
    found |= _stored(node for node in wanted if node[0])
    try:
        return {node: bytes.fromhex(found.get(node) or "none") for node in wanted}
    except ValueError as error:
        raise Broken("a Merkle node is missing") from error
