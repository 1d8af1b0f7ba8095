"""The oldest Python that an auditor may have says word for word what ours says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bundles import ABOUT, SEAL, WHOLE, exchanged, packed
from tests.conftest import ROOT, missing
from tests.published import ENTRIES

OLDEST = "3.9"


def version(python: Path) -> str:
    command = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def found() -> list[Path]:
    """Every Python 3.9 of this machine; what bears the name may be another, or none (a shim)."""
    named = [Path(path) for path in map(shutil.which, (f"python{OLDEST}", "pypy3")) if path]
    pyenv = (Path.home() / ".pyenv" / "versions").glob(f"{OLDEST}*/bin/python")
    return [python for python in [*named, *sorted(pyenv)] if version(python) == OLDEST]


@pytest.fixture(params=found() or [None], ids=str)
def python(request: pytest.FixtureRequest) -> Path:
    if request.param is None:
        missing(f"Python {OLDEST}", f"apt-get install pypy3, or: pyenv install {OLDEST}")
    return Path(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sound.zip").write_bytes(WHOLE)
    (tmp_path / "tampered.zip").write_bytes(packed(exchanged(ENTRIES), ABOUT))
    (tmp_path / "kept").write_bytes(SEAL.over([line for line, _ in ENTRIES[:5]]))
    return tmp_path


def run(python: Path, folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code and output of verify.py by itself."""
    command = [python, "-I", "-S", "-W", "error", ROOT / "verify.py", *arguments]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    return told.returncode, told.stdout, told.stderr


EVIDENCE = ("--key", SEAL.key.vkey, "--anchor", "kept")


@pytest.mark.parametrize(
    ("arguments", "code", "zh", "en"),
    [
        pytest.param(
            ("sound.zip", *EVIDENCE), 0, "可信：共 7 条记录，与外部留存的相符", "verified: 7 entries", id="sound"
        ),
        pytest.param(
            ("tampered.zip", *EVIDENCE), 1, "不可信：第 3 条记录", "not to be trusted: entry 3", id="tampered"
        ),
        pytest.param(("missing.zip",), 2, "读不了", "cannot read missing.zip", id="missing"),
        pytest.param(("sound.zip",), 3, "前后一致，共 7 条记录", "consistent, 7 entries", id="unanchored"),
    ],
)
def test_an_old_python_says_the_same(
    arguments: tuple[str, ...], code: int, zh: str, en: str, python: Path, folder: Path
) -> None:
    for language, words in (("zh", zh), ("en", en)):
        told = run(python, folder, *arguments, "--lang", language)
        assert told == run(Path(sys.executable), folder, *arguments, "--lang", language)
        assert told[0] == code
        assert words in told[1] + told[2]
