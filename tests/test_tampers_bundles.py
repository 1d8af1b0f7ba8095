"""The tampers of tests.tampers.LEDGER that are done to files: a bundle, a receipt, a checkpoint on its way."""

from __future__ import annotations

from pathlib import Path

import pytest

import verify
from tests import forgeries
from tests.forgeries import NOTES, OLDER, SEAL, SIZE, WHOLE
from tests.tampered_bundles import ANCHOR, BUNDLES, unsealed
from tests.tampers import Auditor
from tests.zips import zipped


@pytest.fixture
def auditor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Auditor:
    return Auditor(tmp_path, capsys, SEAL.key)


@pytest.mark.parametrize("what", BUNDLES)
def test_a_bundle_that_was_tampered_with_is_found_out(what: str, auditor: Auditor) -> None:
    contents, said = BUNDLES[what]
    file = auditor.file("bundle.zip", zipped(list(contents.items())))
    old, new = auditor.file("older", NOTES[OLDER]), auditor.file("newest", ANCHOR)
    assert auditor.verify(file, "--anchor", new, "--anchor", old) == said
    assert auditor.verify(file)[0] != verify.VERIFIED
    assert verify.verify_bundle(Path(file)).exit_code != verify.VERIFIED


@pytest.mark.parametrize("what", ["log", "key as the new one", "checkpoint"])
def test_13_the_key_alone_tells_an_attackers_from_the_logs(what: str, auditor: Auditor) -> None:
    contents, _ = BUNDLES[f"13 an attacker's {what}"]
    assert auditor.verify(auditor.file("bundle.zip", zipped(list(contents.items())))) == (1, "signature", None)


def test_28_an_unsealed_tail_is_named(tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(zipped(list(unsealed().items())))
    for anchors in ([OLDER], [SIZE], [OLDER, SIZE]):
        verdict = verify.verify_bundle(
            tmp_path / "bundle.zip", verify.Outside([SEAL.key], list(map(forgeries.anchor, anchors)))
        )
        assert (verdict.exit_code, verdict.doubts) == (verify.UNANCHORED, ["tail"])


def test_14_a_root_beside_an_anchors_is_found_among_entries_that_there_are(tmp_path: Path) -> None:
    contents = {**WHOLE, f"{verify.KEPT}{OLDER}": SEAL.note(OLDER, b"r" * 32)}
    (tmp_path / "bundle.zip").write_bytes(zipped(list(contents.items())))
    outside = verify.Outside([SEAL.key], [forgeries.anchor(OLDER)])
    verdict = verify.verify_bundle(tmp_path / "bundle.zip", outside)
    assert (verdict.exit_code, verdict.problem) == (verify.TAMPERED, "checkpoint")
    assert verdict.first_bad is not None
    assert verdict.last_bad is not None
    assert verdict.first_bad <= verdict.last_bad
