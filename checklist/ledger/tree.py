"""The Merkle tree over the log (RFC 6962), from nodes that are kept as they complete: all of it in O(log n) reads."""

from __future__ import annotations

from functools import reduce
from typing import Any

from sqlalchemy import select

import verify
from models import audit_log, audit_node, db


class Broken(RuntimeError):
    """A hash that the tree needs is not there, or is none."""


def completed(leaves: list[tuple[int, bytes]]) -> list[dict[str, Any]]:
    """Return the rows of the nodes that new leaves, (entry's number, hash), complete: about one for each."""
    fresh: dict[tuple[int, int], bytes] = {(0, seq): leaf for seq, leaf in leaves}
    rows = []
    for seq, current in leaves:
        level, index = 0, seq
        while index % 2:
            sibling = fresh.get((level, index - 1)) or _node(level, index - 1)
            current = verify.node_hash(sibling, current)
            level, index = level + 1, index // 2
            fresh[level, index] = current
            rows.append({"level": level, "index": index, "hash": current.hex()})
    return rows


def root(size: int) -> bytes:
    """Return the root over the first `size` entries."""
    return _over(0, size) if size else verify.root([])


def inclusion(index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from entry `index` to the root over `size` entries (RFC 6962, 2.1.1)."""
    path, first, last = [], 0, size
    while last - first > 1:
        middle = first + _left(last - first)
        if index < middle:
            path.append(_over(middle, last))
            last = middle
        else:
            path.append(_over(first, middle))
            first = middle
    return path[::-1]


def consistency(old: int, size: int) -> list[bytes]:
    """Return the hashes, at least one, that show that `size` entries begin with the first `old` (RFC 6962, 2.1.2)."""
    path, first, last = [], 0, size
    while old < last:
        middle = first + _left(last - first)
        if old <= middle:
            path.append(_over(middle, last))
            last = middle
        else:
            path.append(_over(first, middle))
            first = middle
    if first:  # else it is the old root, which the reader has
        path.append(_over(first, last))
    return path[::-1]


def _left(size: int) -> int:
    """Return how many of `size` leaves are below the left child of their root: the largest power of two below."""
    return 1 << (size - 1).bit_length() - 1


def _over(first: int, last: int) -> bytes:
    """Return the hash over entries `first` up to `last`, where `first` begins a subtree of that many."""
    peaks = []
    while first < last:
        level = (last - first).bit_length() - 1
        peaks.append(_node(level, first >> level))
        first += 1 << level
    return reduce(lambda right, left: verify.node_hash(left, right), reversed(peaks))


def _node(level: int, index: int) -> bytes:
    if level == 0:
        digits = db.session.scalar(select(audit_log.c.hash).where(audit_log.c.seq == index))
    else:
        key = (audit_node.c.level == level, audit_node.c.index == index)
        digits = db.session.scalar(select(audit_node.c.hash).where(*key))
    try:
        return bytes.fromhex(digits or "none")
    except ValueError as error:
        raise Broken(f"Merkle node {index} of level {level} is missing") from error
