"""A log of forty entries, and all that can be proven of it, by the definitions of RFC 6962 and nothing cleverer."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import verify
from tests.seals import Seal


def split(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word, from leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\1" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1, word for word, from leaf hashes."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*inclusion(index, leaves[:k]), naive_root(leaves[k:])]
    return [*inclusion(index - k, leaves[k:]), naive_root(leaves[:k])]


def consistency(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962, section 2.1.2, word for word; `whole` is its b."""
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = split(len(leaves))
    if old <= k:
        return [*consistency(old, leaves[:k], whole), naive_root(leaves[k:])]
    return [*consistency(old - k, leaves[k:], False), naive_root(leaves[:k])]


SEAL = Seal("hekou.example/shuangze")
LARGEST = 40


def grown(size: int) -> list[bytes]:
    """The header lines of a log."""
    lines: list[bytes] = []
    for seq in range(size):
        prev = verify.entry_hash(lines[-1]).hex() if lines else verify.GENESIS
        told = {"body": verify.body_hash(b"%d" % seq), "ts": f"2026-03-02T01:{seq:02}:00.000000Z", "unit": "HK-CZJ"}
        lines.append(verify.header(seq=seq, prev=prev, **told))
    return lines


LINES = grown(LARGEST)
LEAVES = [verify.entry_hash(line) for line in LINES]
NOTES = [SEAL.note(size, naive_root(LEAVES[:size])) for size in range(LARGEST + 1)]


def receipt(index: int, size: int) -> bytes:
    return verify.receipt_text(LINES[index], index, inclusion(index, LEAVES[:size]), NOTES[size])


def proof(old: int, size: int) -> bytes:
    return verify.proof_text(old, consistency(old, LEAVES[:size]), NOTES[size])


def flipped(data: bytes) -> Iterator[bytes]:
    """The data with one bit changed, for each bit."""
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def verify_entries(entries: verify.Entries) -> verify.Verdict:
    """Check headers and bodies, in order, as one log: every link, every hash, every field.

    A body may be None only where an entry says that it was erased. Anything at all may come in; the verdict says
    at which entry it stops being a log.
    """
    chain = verify.Chain()
    verdict = verify.Verdict()
    try:
        for line, body in entries:
            chain.take(line, body)
        chain.finish()
        verdict.checked = ["chain", "bodies"]
    except verify.Bad as bad:
        verdict.refuse(bad)
    verify.describe(verdict, chain)
    return verdict
