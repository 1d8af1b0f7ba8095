"""verify.py as somebody types it: with what is at hand, into a pipe, and with the wrong file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import verify
from checklist.ledger import keys
from tests.conftest import ROOT
from tests.forgeries import NOTES, OLDER, SEAL, SIZE, THIEF, WHOLE
from tests.zips import zipped

KEY = SEAL.key.vkey


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    file = tmp_path / "kept.txt"
    file.write_bytes(NOTES[OLDER])
    return file


def test_a_checkpoint_is_checked_at_the_moment_it_is_handed_over(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify.main(["--anchor", str(kept), "--key", KEY]) == 0
    said = capsys.readouterr().out
    assert "所给的封签、回执和衔接证明都成立" in said
    assert "未核对：整部日志" in said
    assert "共" not in said.splitlines()[0]  # nothing is said of entries that were not there
    assert verify.main(["--anchor", str(kept)]) == verify.UNANCHORED
    assert verify.main(["--anchor", str(kept), "--key", THIEF.key.vkey]) in (verify.TAMPERED, verify.UNREADABLE)


def test_what_the_server_prints_of_its_key_is_a_key_file(kept: Path, tmp_path: Path) -> None:
    shown = tmp_path / "keys.txt"
    shown.write_text(f"{KEY}\n{keys.pem(SEAL.key)}")
    assert verify.main(["--anchor", str(kept), "--key", str(shown)]) == 0


def test_two_checkpoints_of_one_size_and_two_roots_are_two_logs(kept: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_bytes(SEAL.note(OLDER, b"r" * 32))
    assert verify.main(["--anchor", str(kept), "--anchor", str(other), "--key", KEY]) == verify.TAMPERED


def test_a_reader_who_has_seen_enough_changes_no_exit_code(kept: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(zipped(list(WHOLE.items())))
    command = [sys.executable, str(ROOT / "verify.py"), str(bundle), "--key", KEY, "--anchor", str(kept)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout
    running.stdout.close()  # before it has written a word
    _, complaint = running.communicate()
    assert (running.returncode, complaint) == (0, b"")


def test_nothing_at_all_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        verify.main(["--key", KEY])
    assert ended.value.code == verify.UNREADABLE


def test_the_largest_checkpoint_of_several_is_the_one_reported(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = tmp_path / "newer.txt"
    newer.write_bytes(NOTES[SIZE])
    assert verify.main(["--anchor", str(kept), "--anchor", str(newer), "--key", KEY, "--json"]) == 0
    assert f'"size": {SIZE}' in capsys.readouterr().out
