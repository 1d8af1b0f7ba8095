"""Receipts, checkpoints, proofs and keys changed at random, by themselves and beside a bundle, and the command."""

from __future__ import annotations

import contextlib
import io
import tempfile
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify
from tests import forgeries
from tests.forgeries import NOTES, OLDER, SEAL, SIZE, THIEF, WHOLE_ZIP
from tests.mutations import (
    EXAMPLES,
    TEXTS,
    Forgery,
    damage,
    damaged,
    damaged_zips,
    disordered,
    laid_down,
    misspelt,
    unsigned,
)
from tests.seals import Seal

pytestmark = pytest.mark.slow

EVIDENCE = {
    "a key": SEAL.key.vkey.encode() + b"\n",
    "a checkpoint": NOTES[OLDER],
    "a receipt": forgeries.receipt(6),
    "a proof": forgeries.proof(),
}


def ran(*arguments: object) -> int:
    """The exit code of the command in this process, where a traceback is an exception that fails the test."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            return verify.main(list(map(str, arguments)))
        except SystemExit as ended:  # argparse's
            return int(ended.code or 0)


def statement(what: str, text: bytes) -> object:
    """What a piece of evidence says: a key's first line; all but the signatures of others, which say nothing."""
    told = TEXTS[what].parse(text.splitlines()[0].strip() if what == "a key" else text)
    if isinstance(told, verify.Key):
        return told
    note = told if isinstance(told, verify.Checkpoint) else told.checkpoint
    seal = (SEAL.key.name, SEAL.key.id)
    signed = {signature for *whose, signature in note.signatures if tuple(whose) == seal}
    if isinstance(told, verify.Receipt):
        return told.index, told.line, told.path, note.text, signed
    if isinstance(told, verify.Proof):
        return told.old, told.path, note.text, signed
    return note.text, signed


def outcomes(folder: Path, evidence: dict[str, bytes]) -> tuple[int, int, int]:
    """What the command makes of evidence by itself, beside the whole bundle, and beside it without the key."""
    bundle = laid_down(Forgery("untouched", WHOLE_ZIP), folder)
    options: list[object] = []
    for option, (what, text) in zip(("--key", "--anchor", "--receipt", "--proof"), evidence.items(), strict=True):
        (folder / what).write_bytes(text)
        options += [option, folder / what]
    return ran(*options), ran(bundle, *options), ran(bundle, *options[2:])


def test_the_evidence_is_good_before_it_is_changed(tmp_path: Path) -> None:
    assert outcomes(tmp_path, EVIDENCE) == (verify.VERIFIED, verify.VERIFIED, verify.UNANCHORED)


@pytest.mark.parametrize("what", EVIDENCE)
@EXAMPLES
@given(data=st.data())
def test_changed_evidence_verifies_nothing(what: str, data: st.DataObject) -> None:
    good = EVIDENCE[what]
    how, text = data.draw(damaged(good) | disordered(good) | misspelt(good))
    with tempfile.TemporaryDirectory() as folder:
        alone, beside, without = outcomes(Path(folder), {**EVIDENCE, what: text})
    assert {alone, beside, without} <= {0, 1, 2, 3}
    assert without != verify.VERIFIED
    if verify.VERIFIED in (alone, beside):
        assert statement(what, text) == statement(what, good), how


RECEIPTS = {(index, size): forgeries.receipt(index, size) for index in (3, 6) for size in (OLDER, SIZE)}


@pytest.mark.parametrize("index", [3, 6])
@pytest.mark.parametrize("seal", [SEAL, THIEF], ids=["the log's key", "a thief's"])
def test_a_receipt_put_together_from_others_proves_nothing(index: int, seal: Seal, tmp_path: Path) -> None:
    bundle = laid_down(Forgery("untouched", WHOLE_ZIP), tmp_path)
    good = 0
    for parts in product(map(verify.parse_receipt, RECEIPTS.values()), repeat=3):
        line, path, (size, root) = parts[0].line, parts[1].path, (parts[2].checkpoint.size, parts[2].checkpoint.root)
        text = verify.receipt_text(line, index, path, seal.note(size, root))
        outside = verify.Outside([SEAL.key], receipts=[verify.parse_receipt(text)])
        codes = {verify.verify_outside(outside).exit_code, verify.verify_bundle(bundle, outside).exit_code}
        assert codes == {verify.VERIFIED if text in RECEIPTS.values() else verify.TAMPERED}
        good += text in RECEIPTS.values()
    assert good == (2 * 2 * 2 if seal is SEAL else 0)  # a line and a checkpoint stand in two receipts each


@EXAMPLES
@given(forgery=damaged_zips() | damage() | unsigned(), language=st.sampled_from(["zh", "en", "json"]))
def test_the_command_has_an_answer_to_any_forgery(forgery: Forgery, language: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "anchor").write_bytes(NOTES[SIZE])
        (folder / "bundle").mkdir()
        bundle = laid_down(forgery, folder / "bundle")
        tongue = ["--json"] if language == "json" else ["--lang", language]
        certain = ran(bundle, "--key", SEAL.key.vkey, "--anchor", folder / "anchor", *tongue)
        assert certain in (verify.TAMPERED, verify.UNANCHORED)
        assert ran(bundle, *tongue) in (verify.TAMPERED, verify.UNANCHORED)
