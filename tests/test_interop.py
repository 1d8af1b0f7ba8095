"""Programs that have no line in common with verify.py agree with it: Go's, OpenSSL, a shell, an older Python."""

from __future__ import annotations

import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

import verify
from tests.conftest import ROOT, missing
from tests.test_bundle import ABOUT, ENTRIES, SEAL
from tests.test_verify import naive_root

KEY = SEAL.key
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


def split(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1


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


def receipt(index: int, size: int) -> bytes:
    return verify.receipt_text(LINES[index], index, inclusion(index, LEAVES[:size]), NOTES[size])


def proof(old: int, size: int) -> bytes:
    return verify.proof_text(old, consistency(old, LEAVES[:size]), NOTES[size])


# --- what verify.py accepts ---------------------------------------------------------------------------------


def accepts_checkpoint(text: bytes) -> bool:
    try:
        return verify.signers(verify.parse_checkpoint(text), [KEY]) == [KEY]
    except verify.FormatError:
        return False


def accepts_receipt(text: bytes) -> bool:
    try:
        outside = verify.Outside([KEY], receipts=[verify.parse_receipt(text)])
    except verify.FormatError:
        return False
    return verify.verify_outside(outside).exit_code == verify.VERIFIED


def accepts_proof(text: bytes, old: int) -> bool:
    try:
        outside = verify.Outside([KEY], [verify.parse_checkpoint(NOTES[old])], proof=verify.parse_proof(text))
    except verify.FormatError:
        return False
    return verify.verify_outside(outside).exit_code == verify.VERIFIED


# --- Go -----------------------------------------------------------------------------------------------------

GOPATH = Path("/usr/share/gocode")  # where Debian puts libraries
Witness = Callable[[list[str], list[bytes]], list[str]]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tests/interop/witness.go, built without a network."""
    go = shutil.which("go")
    if not go or not (GOPATH / "src/golang.org/x/mod/sumdb").exists():
        missing("Go with golang.org/x/mod", "apt-get install golang-go golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    settings = {"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": "-p=1", "GOCACHE": str(folder / "cache")}
    command = [go, "build", "-o", str(folder / "witness"), str(ROOT / "tests" / "interop" / "witness.go")]
    subprocess.run(command, env={**os.environ, **settings}, check=True)
    return folder / "witness"


@pytest.fixture
def witness(program: Path, tmp_path: Path) -> Witness:
    """What Go says of each of these texts: the size and root in Base64, or why it is refused."""

    def witness(command: list[str], texts: list[bytes]) -> list[str]:
        names = [str(number) for number in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            (tmp_path / name).write_bytes(text)
        told = subprocess.run([program, *command, *names], cwd=tmp_path, capture_output=True, text=True)
        lines = told.stdout.splitlines()
        assert (len(lines), told.stderr) == (len(texts), "")
        assert told.returncode == any(line.startswith("refused: ") for line in lines)
        return lines

    return witness


def tree(size: int) -> str:
    return f"{size} {b64encode(naive_root(LEAVES[:size])).decode()}"


def test_go_follows_the_same_chain_to_the_same_root(witness: Witness) -> None:
    logs = [b"".join(line + b"\n" for line in LINES[:size]) for size in range(1, LARGEST + 1)]
    assert witness(["chain"], logs) == [tree(size) for size in range(1, LARGEST + 1)]
    assert verify.root(LEAVES) == naive_root(LEAVES)
    of_vectors = b"".join(line + b"\n" for line, _ in ENTRIES)
    assert witness(["chain"], [of_vectors]) == [f"7 {b64encode(bytes.fromhex(ABOUT['root'])).decode()}"]


def test_go_finds_the_same_broken_link(witness: Witness) -> None:
    changed = [b"".join(line + b"\n" for line in LINES).replace(b":%02d:" % seq, b":59:") for seq in range(39)]
    assert witness(["chain"], changed) == [f"refused: entry {seq + 1} does not follow" for seq in range(39)]
    for seq, text in enumerate(changed):
        verdict = verify.verify_entries((line, None) for line in text.splitlines())
        assert (verdict.problem, verdict.first_bad) == ("link", seq + 1)


def test_go_takes_every_checkpoint(witness: Witness) -> None:
    assert witness(["checkpoint", KEY.vkey], NOTES) == [tree(size) for size in range(LARGEST + 1)]
    assert all(map(accepts_checkpoint, NOTES))


def test_go_takes_every_receipt(witness: Witness) -> None:
    places = [(index, size) for size in range(1, LARGEST + 1) for index in range(size)]
    receipts = [receipt(index, size) for index, size in places]
    assert witness(["receipt", KEY.vkey], receipts) == [tree(size) for _, size in places]
    assert all(map(accepts_receipt, receipts))


def command_for(old: int) -> list[str]:
    return ["proof", KEY.vkey, *tree(old).split()]


@pytest.mark.parametrize("old", range(1, LARGEST + 1))
def test_go_takes_every_proof(old: int, witness: Witness) -> None:
    sizes = range(old, LARGEST + 1)
    proofs = [proof(old, size) for size in sizes]
    assert witness(command_for(old), proofs) == [tree(size) for size in sizes]
    assert all(accepts_proof(text, old) for text in proofs)
