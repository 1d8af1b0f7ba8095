"""A log with something of everything in it, the bundles and evidence of it, and how a forger builds the same."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

import verify
from tests.seals import Seal
from tests.zips import zipped

ORIGIN = "hekou.example/shuangze"
SEAL = Seal(ORIGIN)
THIEF = Seal(ORIGIN, b"t" * 32)
PHOTO = "现场\n".encode()
PHOTO_HASH = sha256(PHOTO).hexdigest()

Contents = dict[str, bytes]  # a bundle's members by name, in order


class Entry(NamedTuple):
    """What an entry says, before it is chained; a body that was erased has left its hash."""

    unit: str
    ts: str
    body: bytes | None
    digest: str = ""


def entry(seq: int, unit: str, action: str, **told: Any) -> Entry:
    body = {
        "action": action,
        "actor": {"id": 3, "name": "王建国", "post": "河口县财政局 局长"},
        "after": {"id": seq, "note": 'Zoé 已开会\n"两个责任"', "rev": 2, "schema": 1},
        "app": "shuangze 0.1.0",
        "attachments": [],
        "before": None,
        "ip": "10.0.0.7",
        "object": {"type": "item", "id": seq, "rev": 2},
        "reason": None,
        "req": f"{seq:032x}",
        "result": "ok",
        "salt": f"{seq * 7919:032x}",
        "session": "5f1e0c9a7b3d2468",
    }
    return Entry(unit, f"2026-03-02T01:{seq:02}:00.000000Z", verify.canonical({**body, **told}))


def erased(whole: Entry) -> Entry:
    return whole._replace(body=None, digest=verify.body_hash(whole.body or b""))


ENTRIES = [
    entry(0, "-", "log.open", after={"origin": ORIGIN}, object=None),
    entry(1, "-", "log.key", after={"key": SEAL.key.vkey}, object=None),
    entry(2, "HK-CZJ", "tick"),
    entry(3, "HK-JYJ", "sign"),
    entry(
        4,
        "HK-CZJ",
        "attach",
        attachments=[{"name": "现场.png", "sha256": PHOTO_HASH, "size": len(PHOTO), "type": "image/png"}],
    ),
    erased(entry(5, "HK-JYJ", "tick")),
    entry(6, "HK-CZJ", "tick"),
    entry(7, "HK-JYJ", "erase", object={"type": "body", "id": 5, "rev": 1}),
    entry(8, "HK-CZJ", "sign", reason="é"),
    entry(9, "HK-JYJ", "tick"),
    entry(10, "HK-CZJ", "tick"),
    entry(11, "-", "export", object=None),
]
SIZE, OLDER, OLDEST = 12, 9, 4  # where the log was sealed


def chained(entries: list[Entry]) -> list[bytes]:
    """The header lines of these entries, every link and hash right."""
    lines: list[bytes] = []
    prev = verify.GENESIS
    for seq, (unit, ts, body, digest) in enumerate(entries):
        digest = digest if body is None else verify.body_hash(body)
        lines.append(verify.header(seq=seq, prev=prev, body=digest, ts=ts, unit=unit))
        prev = verify.entry_hash(lines[-1]).hex()
    return lines


def leaves(entries: list[Entry]) -> list[bytes]:
    return [verify.entry_hash(line) for line in chained(entries)]


def sealed(entries: list[Entry], seal: Seal = SEAL) -> dict[int, bytes]:
    """Checkpoints by size, of the whole and of what was sealed before."""
    lines = chained(entries)
    sizes = [size for size in (OLDEST, OLDER) if size < len(lines)]
    return {size: seal.over(lines[:size]) for size in [*sizes, len(lines)]}


def bundle(entries: list[Entry], notes: dict[int, bytes], unit: str | None = None) -> Contents:
    """The members of a bundle of these entries, everything in it right but for what the notes say."""
    lines = chained(entries)
    asked = {
        seq
        for seq, told in enumerate(entries)
        if unit is None or seq == 0 or told.unit == unit or b'"action":"log.key"' in (told.body or b"")
    }
    bodies = [(seq, told.body) for seq, told in enumerate(entries) if seq in asked and told.body is not None]
    pictured = any(PHOTO_HASH.encode() in body for _, body in bodies)
    *kept, whole = sorted(notes)
    about = {
        "filter": {"unit": unit},
        "origin": ORIGIN,
        "root": verify.root(map(verify.entry_hash, lines)).hex(),
        "size": len(lines),
    }
    return {
        verify.LOG: b"".join(line + b"\n" for line in lines),
        verify.BODIES: b"".join(b"%d %s\n" % body for body in bodies),
        **({verify.ATTACHMENT + PHOTO_HASH: PHOTO} if pictured else {}),
        verify.CHECKPOINT: notes[whole],
        **{f"{verify.KEPT}{size}": notes[size] for size in kept},
        verify.ABOUT: verify.canonical(about),
        verify.HOW_TO: verify.GUIDE.encode(),
    }


NOTES = sealed(ENTRIES)
WHOLE = bundle(ENTRIES, NOTES)
UNIT = bundle(ENTRIES, {SIZE: NOTES[SIZE]}, "HK-CZJ")
EARLIER = bundle(ENTRIES[:OLDER], {size: NOTES[size] for size in (OLDEST, OLDER)})
WHOLE_ZIP = zipped(list(WHOLE.items()))


# --- evidence -----------------------------------------------------------------------------------------------


def _halves(leaves: list[bytes]) -> int:
    """How many leaves the left subtree has (RFC 6962, 2.1)."""
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return left


def path(leaves: list[bytes], index: int) -> list[bytes]:
    """The hashes from a leaf up to the root (RFC 6962, 2.1.1)."""
    if len(leaves) == 1:
        return []
    left = _halves(leaves)
    if index < left:
        return [*path(leaves[:left], index), verify.root(leaves[left:])]
    return [*path(leaves[left:], index - left), verify.root(leaves[:left])]


def extension(leaves: list[bytes], old: int, whole: bool = True) -> list[bytes]:
    """The hashes that prove a log to begin with its first `old` entries (RFC 6962, 2.1.2)."""
    if old == len(leaves):
        return [] if whole else [verify.root(leaves)]
    left = _halves(leaves)
    if old <= left:
        return [*extension(leaves[:left], old, whole), verify.root(leaves[left:])]
    return [*extension(leaves[left:], old - left, False), verify.root(leaves[:left])]


def receipt(index: int, size: int = SIZE, entries: list[Entry] = ENTRIES) -> bytes:
    lines = chained(entries)[:size]
    return verify.receipt_text(lines[index], index, path(leaves(entries[:size]), index), SEAL.over(lines))


def proof(old: int = OLDER, entries: list[Entry] = ENTRIES) -> bytes:
    return verify.proof_text(old, extension(leaves(entries), old), SEAL.over(chained(entries)))


def anchor(size: int) -> verify.Checkpoint:
    return verify.parse_checkpoint(NOTES[size])


AUDITORS = {
    "the key and the last checkpoint": verify.Outside([SEAL.key], [anchor(SIZE)]),
    "the key and an older checkpoint": verify.Outside([SEAL.key], [anchor(OLDER)]),
    "the key and a receipt": verify.Outside([SEAL.key], receipts=[verify.parse_receipt(receipt(6, OLDER))]),
    "the key": verify.Outside([SEAL.key]),
    "nothing": verify.Outside(),
}


def respelt(seq: int, old: bytes, new: bytes) -> list[Entry]:
    body = ENTRIES[seq].body or b""
    assert body.count(old) == 1
    return [*ENTRIES[:seq], ENTRIES[seq]._replace(body=body.replace(old, new)), *ENTRIES[seq + 1 :]]


def another_log() -> list[Entry]:
    """What the same key sealed for somebody else."""
    return respelt(9, b'"reason":null', b'"reason":"x"')
