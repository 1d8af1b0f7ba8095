"""What is done to a bundle, and what an auditor with the log's key is told of it."""

from __future__ import annotations

import json
from base64 import b64encode

import verify
from tests import forgeries
from tests.forgeries import (
    ENTRIES,
    NOTES,
    OLDER,
    OLDEST,
    PHOTO,
    PHOTO_HASH,
    SEAL,
    SIZE,
    THIEF,
    UNIT,
    WHOLE,
    Contents,
    Entry,
    another_log,
    bundle,
    chained,
    respelt,
    sealed,
)
from tests.tampers import Verdict

ANCHOR = NOTES[SIZE]
LAST = SIZE - 1


def edited(name: str, old: bytes, new: bytes, contents: Contents = WHOLE) -> Contents:
    """A file with one place in it changed, in a zip that is whole again."""
    assert contents[name].count(old) == 1
    return {**contents, name: contents[name].replace(old, new)}


def line_of(seq: int, old: bytes, new: bytes) -> Contents:
    """A header changed, and no hash."""
    lines = WHOLE[verify.LOG].splitlines(keepends=True)
    assert lines[seq].count(old) == 1
    lines[seq] = lines[seq].replace(old, new)
    return {**WHOLE, verify.LOG: b"".join(lines)}


def body_of(seq: int, old: bytes, new: bytes) -> Contents:
    """A body changed, and no hash."""
    return {**WHOLE, verify.BODIES: bundle(respelt(seq, old, new), NOTES)[verify.BODIES]}


def rehashed(seq: int, old: bytes, new: bytes) -> Contents:
    """A body changed, every hash made anew, and all sealed with the log's own key."""
    entries = respelt(seq, old, new)
    return bundle(entries, sealed(entries))


def without(name: str) -> Contents:
    return {member: content for member, content in WHOLE.items() if member != name}


def by_a_thief() -> list[Entry]:
    """The log with another key of the same name in its entry."""
    return respelt(1, SEAL.key.vkey.encode(), THIEF.key.vkey.encode())


def taken_over() -> Contents:
    """The thief's key named as the log's new one, and what follows sealed with it alone."""
    entries = [*ENTRIES, forgeries.entry(SIZE, "-", "log.key", after={"key": THIEF.key.vkey}, object=None)]
    return bundle(entries, {**NOTES, SIZE + 1: THIEF.over(chained(entries))})


def downgraded(version: bytes) -> Contents:
    """Every header of another version, every hash made anew, and all sealed with the log's own key."""
    lines: list[bytes] = []
    prev = verify.GENESIS.encode()
    for line in chained(ENTRIES):
        old = json.loads(line)["prev"].encode()
        lines.append(line.replace(old, prev).replace(b'"v":1}', version))
        prev = verify.entry_hash(lines[-1]).hex().encode()
    root = verify.root(map(verify.entry_hash, lines))
    about = {**json.loads(WHOLE[verify.ABOUT]), "root": root.hex()}
    kept = {f"{verify.KEPT}{size}": SEAL.over(lines[:size]) for size in NOTES if size != SIZE}
    log = b"".join(line + b"\n" for line in lines)
    sealed = {verify.LOG: log, verify.CHECKPOINT: SEAL.over(lines), verify.ABOUT: verify.canonical(about)}
    return {**WHOLE, **sealed, **kept}


def unsealed() -> Contents:
    """The checkpoint is an older one; two entries have come since."""
    return {**without(f"{verify.KEPT}{OLDER}"), verify.CHECKPOINT: NOTES[OLDER]}


def without_a_body(seq: int) -> Contents:
    kept = [line for line in UNIT[verify.BODIES].splitlines(keepends=True) if not line.startswith(b"%d " % seq)]
    assert len(kept) == UNIT[verify.BODIES].count(b"\n") - 1
    return {**UNIT, verify.BODIES: b"".join(kept)}


def under_another_unit(seq: int) -> Contents:
    """A unit's entry tagged as another's, its body left out, and the rest made anew and sealed."""
    entries = [*ENTRIES[:seq], ENTRIES[seq]._replace(unit="HK-JYJ"), *ENTRIES[seq + 1 :]]
    return bundle(entries, {SIZE: SEAL.over(chained(entries))}, "HK-CZJ")


NAME, POST = '"王建国","post":"河口县'.encode(), '"王建国河","post":"口县'.encode()
E_ACUTE, E_AND_ACUTE = "Zoé".encode(), "Zoe\u0301".encode()
HEAD = b'{"body":"'
LINK = chained(ENTRIES)[2][len(HEAD) + 63 :][: len(b'0","prev":"')]
CR = b"\r\n"


# What is done; and what verify.py says of it to somebody with the key and the last checkpoint.
BUNDLES: dict[str, tuple[Contents, Verdict]] = {
    "00 nothing at all": (WHOLE, (0, "", None)),
    "00 nothing at all, one unit's": (UNIT, (0, "", None)),
    "03 an attachment's byte": ({**WHOLE, verify.ATTACHMENT + PHOTO_HASH: PHOTO[:-1] + b" "}, (1, "attachment", 4)),
    "03 an attachment lost": (without(verify.ATTACHMENT + PHOTO_HASH), (1, "attachment", 4)),
    "13 an attacker's log": (bundle(by_a_thief(), sealed(by_a_thief(), THIEF)), (1, "anchor", 0)),
    "13 an attacker's key as the new one": (taken_over(), (1, "signature", None)),
    "13 an attacker's key as a file": ({**WHOLE, "log.pub": THIEF.key.vkey.encode()}, (1, "zip", None)),
    "13 an attacker's checkpoint": ({**WHOLE, verify.CHECKPOINT: THIEF.over(chained(ENTRIES))}, (1, "signature", None)),
    "14 another root in the bundle": (bundle(another_log(), sealed(another_log())), (1, "anchor", OLDER)),
    "14 another root among its own": (
        {**WHOLE, f"{verify.KEPT}{OLDEST}": SEAL.note(OLDEST, b"r" * 32)},
        (1, "checkpoint", 0),
    ),
    "14 two checkpoints of one size": (
        {**WHOLE, f"{verify.KEPT}{OLDER}": ANCHOR},
        (1, "note", None),
    ),
    "17 from the name to the post": (body_of(2, NAME, POST), (1, "body", 2)),
    "17 from the name to the post, sealed": (rehashed(2, NAME, POST), (1, "anchor", 0)),
    "17 from the time to the unit": (line_of(2, b'0Z","unit":"HK', b'","unit":"0ZHK'), (1, "header", 2)),
    "17 from the header's hash to the link": (line_of(2, LINK, LINK[1:] + LINK[:1]), (1, "header", 2)),
    "17 from a body's number to the body": (edited(verify.BODIES, b"\n10 ", b"\n1 0"), (1, "bodies", 10)),
    "18 a key twice in a header": (line_of(3, b',"v":1}', b',"v":1,"v":1}'), (1, "header", 3)),
    "18 a key twice in a body": (rehashed(3, b'"rev":2,"schema"', b'"rev":1,"rev":2,"schema"'), (1, "fields", 3)),
    "18 a space in a header": (line_of(3, b'"seq":', b'"seq": '), (1, "header", 3)),
    "18 a space in a body": (rehashed(3, b'"reason":', b'"reason": '), (1, "fields", 3)),
    "18 an escape in a header": (line_of(3, b"HK-JYJ", b"HK\\u002dJYJ"), (1, "header", 3)),
    "18 an escape in a body": (rehashed(3, b'"sign"', b'"\\u0073ign"'), (1, "fields", 3)),
    "18 CRLF in a header": (line_of(3, b"}\n", b"}\r\n"), (1, "header", 3)),
    "18 CRLF in a body": (rehashed(3, b'd2468"}', b'd2468"}\r'), (1, "fields", 3)),
    "18 a byte-order mark before a header": (line_of(0, HEAD, b"\xef\xbb\xbf" + HEAD), (1, "header", 0)),
    "18 a byte-order mark before a body": (rehashed(3, b'{"action"', b'\xef\xbb\xbf{"action"'), (1, "fields", 3)),
    "19 a float in a header": (line_of(3, b'"seq":3', b'"seq":3.0'), (1, "header", 3)),
    "19 a float in a body": (rehashed(3, b'"id":3,"name"', b'"id":3.0,"name"'), (1, "fields", 3)),
    "19 NaN in a header": (line_of(3, b'"seq":3', b'"seq":NaN'), (1, "header", 3)),
    "19 NaN in a body": (rehashed(3, b'"id":3,"name"', b'"id":NaN,"name"'), (1, "fields", 3)),
    "19 2^53 in a header": (line_of(3, b'"seq":3', b'"seq":9007199254740992'), (1, "header", 3)),
    "19 2^53 in a body": (rehashed(3, b'"id":3,"name"', b'"id":9007199254740992,"name"'), (1, "fields", 3)),
    "19 a lone surrogate in a header": (line_of(3, b"HK-JYJ", b"\\ud800"), (1, "header", 3)),
    "19 a lone surrogate in a body": (rehashed(3, b'"reason":null', b'"reason":"\\ud800"'), (1, "fields", 3)),
    "20 NFD for NFC": (body_of(6, E_ACUTE, E_AND_ACUTE), (1, "body", 6)),
    "20 NFD for NFC, sealed": (rehashed(9, E_ACUTE, E_AND_ACUTE), (1, "anchor", OLDER)),
    "23 a unit's body left out": (without_a_body(6), (1, "missing", 6)),
    "23 a unit's last body left out": (without_a_body(10), (1, "missing", 10)),
    "23 a unit's entry passed off as another's": (under_another_unit(6), (1, "anchor", 0)),
    "26 no signature": ({**WHOLE, verify.CHECKPOINT: ANCHOR.split(b"\n\n")[0] + b"\n\n"}, (1, "note", None)),
    "26 no checkpoint": (without(verify.CHECKPOINT), (1, "zip", None)),
    "26 an empty signature": (
        edited(verify.CHECKPOINT, ANCHOR.split()[-1], b64encode(SEAL.key.id)),
        (1, "signature", None),
    ),
    "26 no signature on an older one": (
        {**WHOLE, f"{verify.KEPT}{OLDER}": NOTES[OLDER].split(b"\n\n")[0] + b"\n\n"},
        (1, "note", None),
    ),
    "27 v 0": (downgraded(b'"v":0}'), (1, "header", 0)),
    "27 no v": (downgraded(b"}"), (1, "header", 0)),
    "27 v 1 as a text": (downgraded(b'"v":"1"}'), (1, "header", 0)),
    "28 an unsealed tail": (unsealed(), (3, "", None)),
    "29 CRLF on the last header": (line_of(LAST, b"}\n", b"}" + CR), (1, "header", LAST)),
    "29 CRLF on the last body": ({**WHOLE, verify.BODIES: WHOLE[verify.BODIES][:-1] + CR}, (1, "body", LAST)),
    "29 CRLF on the last body, sealed": (rehashed(LAST, b'd2468"}', b'd2468"}\r'), (1, "fields", LAST)),
    "29 CRLF on the checkpoint": ({**WHOLE, verify.CHECKPOINT: ANCHOR[:-1] + CR}, (1, "note", None)),
    "29 CRLF on the filter": ({**WHOLE, verify.ABOUT: WHOLE[verify.ABOUT] + CR}, (1, "filter", None)),
}
