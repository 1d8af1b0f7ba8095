"""Programs that have no line in common with verify.py agree with it: Go's library, OpenSSL, a shell."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import verify
from tests.bundles import ABOUT
from tests.conftest import ROOT, missing
from tests.logs import (
    LARGEST,
    LEAVES,
    LINES,
    NOTES,
    SEAL,
    consistency,
    flipped,
    inclusion,
    naive_root,
    proof,
    receipt,
    verify_entries,
)
from tests.published import ENTRIES, PAGE, posix_shell
from tests.seals import Seal

pytestmark = pytest.mark.slow

KEY = SEAL.key

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
        verdict = verify_entries((line, None) for line in text.splitlines())
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


def each_flipped(path: list[bytes]) -> Iterator[list[bytes]]:
    for at, node in enumerate(path):
        for changed in flipped(node):
            yield [*path[:at], changed, *path[at + 1 :]]


INDEX, OLD, SIZE = 4, 6, 11  # where paths turn left and right, and skip a level
NOTE = NOTES[SIZE]
ROOT_OF_SIZE = naive_root(LEAVES[:SIZE])
RESEALED = [SEAL.note(SIZE, root) for root in flipped(ROOT_OF_SIZE)]
UNPROVEN = "refused: invalid transparency proof"


def test_neither_takes_a_signature_with_a_flipped_bit(witness: Witness) -> None:
    text, _ = NOTE.split(b"\n\n")
    (_, _, signature), *_ = verify.parse_checkpoint(NOTE).signatures
    notes = [text + b"\n\n" + verify.signature_line(KEY, changed) for changed in flipped(signature)]
    said = witness(["checkpoint", KEY.vkey], notes)
    assert all(line.startswith("refused: invalid signature for key") for line in said)
    assert not any(map(accepts_checkpoint, notes))


def test_neither_takes_a_receipt_with_a_flipped_bit_in_line_path_or_root(witness: Witness) -> None:
    line, path = LINES[INDEX], inclusion(INDEX, LEAVES[:SIZE])
    receipts = [
        *(verify.receipt_text(changed, INDEX, path, NOTE) for changed in flipped(line)),
        *(verify.receipt_text(line, INDEX, changed, NOTE) for changed in each_flipped(path)),
        *(verify.receipt_text(line, INDEX, path, note) for note in RESEALED),
    ]
    assert set(witness(["receipt", KEY.vkey], receipts)) == {UNPROVEN}
    assert not any(map(accepts_receipt, receipts))


def test_neither_takes_a_proof_with_a_flipped_bit_in_path_or_root(witness: Witness) -> None:
    path = consistency(OLD, LEAVES[:SIZE])
    proofs = [
        *(verify.proof_text(OLD, changed, NOTE) for changed in each_flipped(path)),
        *(verify.proof_text(OLD, path, note) for note in RESEALED),
    ]
    assert set(witness(command_for(OLD), proofs)) == {UNPROVEN}
    assert not any(accepts_proof(text, OLD) for text in proofs)


@pytest.mark.parametrize("bit", range(0, 256, 16))
def test_neither_takes_a_proof_from_an_old_root_with_a_flipped_bit(bit: int, witness: Witness) -> None:
    old_root = list(flipped(naive_root(LEAVES[:OLD])))[bit]
    command = ["proof", KEY.vkey, str(OLD), b64encode(old_root).decode()]
    assert witness(command, [proof(OLD, SIZE)]) == [UNPROVEN]
    assert not verify.extends(OLD, old_root, SIZE, ROOT_OF_SIZE, consistency(OLD, LEAVES[:SIZE]))


@pytest.mark.parametrize(
    ("command", "text", "accepts"),
    [
        pytest.param(["checkpoint", KEY.vkey], NOTE, accepts_checkpoint, id="checkpoint"),
        pytest.param(["receipt", KEY.vkey], receipt(INDEX, SIZE), accepts_receipt, id="receipt"),
        pytest.param(command_for(OLD), proof(OLD, SIZE), lambda text: accepts_proof(text, OLD), id="proof"),
    ],
)
def test_no_bit_of_a_file_is_free(
    command: list[str], text: bytes, accepts: Callable[[bytes], bool], witness: Witness
) -> None:
    """But for the bits that Base64 does not use: Go ignores them, verify.py wants them to be zero."""
    files = list(flipped(text))
    said = witness(command, files)
    taken = [at for at, line in enumerate(said) if not line.startswith("refused: ")]
    assert all(text[at // 8 + 1 : at // 8 + 2] == b"=" for at in taken)
    assert not any(map(accepts, files))


def mangled(path: list[bytes]) -> Iterator[list[bytes]]:
    """Paths of another length or order."""
    yield [*path, ROOT_OF_SIZE]
    yield [ROOT_OF_SIZE, *path]
    if path:
        yield []
        yield path[:-1]
        yield path[1:]
    if len(path) > 1:
        yield path[::-1]


def test_neither_takes_a_path_that_is_another_entrys_too_long_or_too_short(witness: Witness) -> None:
    receipts = []
    for size in range(1, 13):
        leaves, root = LEAVES[:size], naive_root(LEAVES[:size])
        for index in range(size):
            path = inclusion(index, leaves)
            wrong = [(claimed, path) for claimed in range(size + 1) if claimed != index]
            for claimed, nodes in [*wrong, *((index, nodes) for nodes in mangled(path))]:
                receipts.append(verify.receipt_text(LINES[index], claimed, nodes, NOTES[size]))
                assert not verify.includes(LEAVES[index], claimed, size, nodes, root)
    assert all(line.startswith("refused: ") for line in witness(["receipt", KEY.vkey], receipts))


@pytest.mark.parametrize("old", range(1, 13))
def test_neither_takes_a_proof_that_is_too_long_or_too_short(old: int, witness: Witness) -> None:
    proofs = []
    for size in range(old, 13):
        for nodes in mangled(consistency(old, LEAVES[:size])):
            proofs.append(verify.proof_text(old, nodes, NOTES[size]))
            assert not verify.extends(old, naive_root(LEAVES[:old]), size, naive_root(LEAVES[:size]), nodes)
    assert set(witness(command_for(old), proofs)) == {UNPROVEN}


@pytest.mark.parametrize("old", range(1, 13))
def test_both_give_one_answer_to_a_checkpoint_that_lies_about_the_size(old: int, witness: Witness) -> None:
    """A path may fit more than one size; then the signature alone stands for the number."""
    proofs, extends = [], []
    for size in range(old, 13):
        path, root = consistency(old, LEAVES[:size]), naive_root(LEAVES[:size])
        for claimed in range(1, 20):
            proofs.append(verify.proof_text(old, path, SEAL.note(claimed, root)))
            extends.append(verify.extends(old, naive_root(LEAVES[:old]), claimed, root, path))
    said = witness(command_for(old), proofs)
    assert [not line.startswith("refused: ") for line in said] == extends
    assert {True, False} == set(extends)


def test_neither_takes_a_path_that_goes_on_above_the_root(witness: Witness) -> None:
    above, old_root = LEAVES[-1], naive_root(LEAVES[:OLD])
    higher, old_higher = (verify.node_hash(above, root) for root in (ROOT_OF_SIZE, old_root))
    note = SEAL.note(SIZE, higher)
    up, across = [*inclusion(INDEX, LEAVES[:SIZE]), above], [*consistency(OLD, LEAVES[:SIZE]), above]
    receipts = [verify.receipt_text(LINES[INDEX], INDEX, up, note)]
    assert witness(["receipt", KEY.vkey], receipts) == [UNPROVEN]
    assert not verify.includes(LEAVES[INDEX], INDEX, SIZE, up, higher)
    command = ["proof", KEY.vkey, str(OLD), b64encode(old_higher).decode()]
    assert witness(command, [verify.proof_text(OLD, across, note)]) == [UNPROVEN]
    assert not verify.extends(OLD, old_higher, SIZE, higher, across)


def test_neither_takes_a_checkpoint_under_another_logs_name(witness: Witness) -> None:
    text = verify.checkpoint_text("another.example", SIZE, ROOT_OF_SIZE)
    note = text + b"\n" + SEAL.line(text)
    assert witness(["checkpoint", KEY.vkey], [note]) == ["refused: another log's checkpoint"]
    assert not accepts_checkpoint(note)


# --- a shell ------------------------------------------------------------------------------------------------

BY_HAND = r"""
sed '/^$/,$d' checkpoint >text
tail -1 checkpoint | awk '{print $3}' | base64 -d | tail -c64 >signature
openssl pkeyutl -verify -pubin -inkey log.pub.pem -rawin -in text -sigfile signature
"""
Shell = Callable[[bytes], subprocess.CompletedProcess[str]]


@pytest.fixture
def by_hand(tmp_path: Path) -> Shell:
    """Check a checkpoint's signature by OpenSSL and the tools that every Unix has."""
    openssl = shutil.which("openssl")
    version = subprocess.run([openssl, "version"], capture_output=True, text=True).stdout if openssl else ""
    if not re.match("OpenSSL [3-9]", version):  # older ones, and LibreSSL, have no -rawin for Ed25519
        missing("OpenSSL 3", "apt-get install openssl")
    public = Ed25519PublicKey.from_public_bytes(KEY.public)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "log.pub.pem").write_bytes(pem)

    def by_hand(note: bytes) -> subprocess.CompletedProcess[str]:
        (tmp_path / "checkpoint").write_bytes(note)
        return subprocess.run(["sh", "-c", BY_HAND], cwd=tmp_path, capture_output=True, text=True)

    return by_hand


@pytest.mark.parametrize("size", [0, 1, SIZE, LARGEST])
def test_openssl_takes_a_checkpoint(size: int, by_hand: Shell, tmp_path: Path) -> None:
    told = by_hand(NOTES[size])
    assert (told.returncode, told.stdout) == (0, "Signature Verified Successfully\n")
    assert (tmp_path / "text").read_bytes() == verify.parse_checkpoint(NOTES[size]).text


TEXT, SIGNED = NOTE.split(b"\n\n")
OTHER_TEXT, OTHERS_SIGNATURE = NOTES[SIZE - 1].split(b"\n\n")
CHANGED = {
    "a letter of the name": NOTE.replace(b"hekou", b"hekov", 1),
    "the number": NOTE.replace(b"\n%d\n" % SIZE, b"\n%d\n" % (SIZE + 1)),
    "the root": TEXT.replace(*(b64encode(naive_root(LEAVES[:size])) for size in (SIZE, SIZE - 1))) + b"\n\n" + SIGNED,
    "the text": OTHER_TEXT + b"\n\n" + SIGNED,
    "the signature": TEXT + b"\n\n" + OTHERS_SIGNATURE,
    "the key": Seal(KEY.name, b"o" * 32).note(SIZE, ROOT_OF_SIZE),
}


@pytest.mark.parametrize("what", CHANGED)
def test_openssl_refuses_a_checkpoint_with_something_changed(what: str, by_hand: Shell) -> None:
    assert CHANGED[what] != NOTE
    told = by_hand(CHANGED[what])
    assert (told.returncode, told.stdout) == (1, "Signature Verification Failure\n")
    assert not accepts_checkpoint(CHANGED[what])


@posix_shell
def test_sha256sum_finds_the_hashes_that_link_the_log(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(b"".join(line + b"\n" for line in LINES))
    [script] = [block for block in re.findall("```sh\n(.+?)\n```", PAGE, re.DOTALL) if "sha256sum" in block]
    told = subprocess.run(["sh", "-c", script], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    hashes = [line.split()[0] for line in told.splitlines()]
    assert hashes == [verify.entry_hash(line).hex() for line in LINES]
    assert [verify.GENESIS, *hashes[:-1]] == [json.loads(line)["prev"] for line in LINES]
