"""The tampers of tests.tampers.LEDGER that are done to receipts, proofs and checkpoints on their way; and a count."""

from __future__ import annotations

from pathlib import Path

import pytest

import verify
from tests import forgeries, tampers
from tests.forgeries import ENTRIES, NOTES, OLDER, OLDEST, SEAL, SIZE, THIEF, WHOLE, another_log, chained, leaves
from tests.tampered_bundles import BUNDLES
from tests.tampered_rows import TAMPERS
from tests.tampers import Auditor, Verdict
from tests.zips import zipped

ANCHOR = NOTES[SIZE]
LEAVES = leaves(ENTRIES)
PATH = forgeries.path(LEAVES, 6)
LINE = chained(ENTRIES)[6]


def made(line: bytes = LINE, index: int = 6, path: list[bytes] = PATH, note: bytes = ANCHOR) -> bytes:
    return verify.receipt_text(line, index, path, note)


def node_for_leaf() -> bytes:
    """The two hashes below a node as if they were an entry, in a tree of half the height."""
    return made(line=LEAVES[6] + LEAVES[7], index=3, path=PATH[1:])


def numbered(seq: int) -> bytes:
    """The line of an entry, as if it had another number."""
    return LINE.replace(b'"seq":6', b'"seq":%d' % seq)


# What is done to the receipt of entry 6; and what is said of it by itself, and beside the bundle.
RECEIPTS: dict[str, tuple[bytes, Verdict, Verdict]] = {
    "00 nothing at all": (made(), (0, "", None), (0, "", None)),
    "21 a node passed off as a leaf": (node_for_leaf(), (1, "receipt", 3), (1, "receipt", 3)),
    "21 one hash too few": (made(path=PATH[:-1]), (1, "receipt", 6), (1, "receipt", 6)),
    "21 the leaf's neighbour left out": (made(path=PATH[1:]), (1, "receipt", 6), (1, "receipt", 6)),
    "21 one hash too many": (made(path=[*PATH, PATH[-1]]), (1, "receipt", 6), (1, "receipt", 6)),
    "21 no hashes": (made(path=[]), (1, "receipt", 6), (1, "receipt", 6)),
    "21 the hashes turned round": (made(path=PATH[::-1]), (1, "receipt", 6), (1, "receipt", 6)),
    "21 another index": (made(index=7), (1, "receipt", 7), (1, "receipt", 7)),
    "21 another index, in the line too": (made(numbered(7), 7), (1, "receipt", 7), (1, "receipt", 7)),
    "21 an index beyond the log": (made(numbered(SIZE), SIZE), (1, "receipt", SIZE), (1, "receipt", SIZE)),
    "21 an index with a zero before": (
        made().replace(b"index 6", b"index 06"),
        (1, "outside", None),
        (1, "outside", None),
    ),
    "22 another's line": (made(line=chained(ENTRIES)[8]), (1, "receipt", 6), (1, "receipt", 6)),
    "22 another's path": (made(path=forgeries.path(LEAVES, 8)), (1, "receipt", 6), (1, "receipt", 6)),
    "22 another checkpoint": (made(note=NOTES[OLDER]), (1, "receipt", 6), (1, "receipt", 6)),
    "22 of a log that was never published": (
        forgeries.receipt(9, SIZE, another_log()),
        (0, "", None),
        (1, "fork", None),
    ),
    "22 of a thief's": (
        made(note=THIEF.over(chained(ENTRIES))),
        (1, "receipt_signature", None),
        (1, "receipt_signature", None),
    ),
    "26 no signature": (made(note=ANCHOR.split(b"\n\n")[0] + b"\n\n"), (1, "outside", None), (1, "outside", None)),
    "27 an older form": (made().replace(b"@v1", b"@v0"), (1, "outside", None), (1, "outside", None)),
    "27 v 0 in the line": (made(LINE.replace(b'"v":1', b'"v":0')), (1, "receipt", 6), (1, "receipt", 6)),
    "29 CRLF on the last line": (made()[:-1] + b"\r\n", (1, "outside", None), (1, "outside", None)),
    "29 CRLF on every line": (made().replace(b"\n", b"\r\n"), (1, "outside", None), (1, "outside", None)),
    "29 CRLF on the entry's line": (made(line=LINE + b"\r\n"), (1, "receipt", 6), (1, "receipt", 6)),
}


@pytest.fixture
def auditor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Auditor:
    return Auditor(tmp_path, capsys, SEAL.key)


@pytest.mark.parametrize("what", RECEIPTS)
def test_a_receipt_that_was_tampered_with_is_found_out(what: str, auditor: Auditor) -> None:
    text, alone, beside = RECEIPTS[what]
    whole, kept = auditor.file("bundle.zip", zipped(list(WHOLE.items()))), auditor.file("kept", ANCHOR)
    receipt = auditor.file("receipt", text)
    assert auditor.verify("--receipt", receipt) == alone
    assert auditor.verify(whole, "--anchor", kept, "--receipt", receipt) == beside


@pytest.mark.parametrize("change", ["none", "one too few", "one too many", "another old size"])
def test_21_a_proof_of_another_length_or_size(change: str, auditor: Auditor) -> None:
    hashes = forgeries.extension(LEAVES, OLDER)
    text = {
        "none": verify.proof_text(OLDER, hashes, ANCHOR),
        "one too few": verify.proof_text(OLDER, hashes[:-1], ANCHOR),
        "one too many": verify.proof_text(OLDER, [*hashes, hashes[-1]], ANCHOR),
        "another old size": verify.proof_text(OLDEST, hashes, ANCHOR),
    }[change]
    older, oldest = auditor.file("older", NOTES[OLDER]), auditor.file("oldest", NOTES[OLDEST])
    said = (0, "", None) if change == "none" else (1, "proof", None)
    assert auditor.verify("--proof", auditor.file("proof", text), "--anchor", older, "--anchor", oldest) == said


def test_14_two_checkpoints_of_one_size_from_outside(auditor: Auditor) -> None:
    """Shown one log, and somebody else another: either of them, and both with good signatures."""
    whole = auditor.file("bundle.zip", zipped(list(WHOLE.items())))
    ours = auditor.file("ours", ANCHOR)
    theirs = auditor.file("theirs", SEAL.over(chained(another_log())))
    assert auditor.verify(whole, "--anchor", ours) == (0, "", None)
    assert auditor.verify(whole, "--anchor", theirs) == (1, "anchor", 0)
    assert auditor.verify(whole, "--anchor", ours, "--anchor", theirs) == (1, "fork", None)
    receipt = auditor.file("receipt", forgeries.receipt(6, SIZE, another_log()))
    assert auditor.verify("--receipt", receipt) == (0, "", None)
    assert auditor.verify(whole, "--receipt", receipt) == (1, "receipt", 0)
    assert auditor.verify("--anchor", ours, "--receipt", receipt) == (1, "fork", None)
    proof = auditor.file("proof", forgeries.proof(OLDER, another_log()))
    assert auditor.verify("--proof", proof, "--anchor", auditor.file("older", NOTES[OLDER])) == (0, "", None)
    assert auditor.verify("--proof", proof, "--anchor", ours) == (1, "fork", None)


# --- all of them --------------------------------------------------------------------------------------------


def test_every_tamper_of_the_ledger_is_here() -> None:
    done = [*TAMPERS, *BUNDLES, *RECEIPTS]
    assert {int(what[:2]) for what in done} == {0, *tampers.LEDGER}
