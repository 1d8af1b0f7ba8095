"""LibreOffice, where a machine has it: the office program that the build server does without."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = shutil.which("soffice")
NEEDED = pytest.mark.skipif(
    not PROGRAM, reason="LibreOffice is missing; apt-get install libreoffice-writer libreoffice-calc"
)


def saved_anew(given: Path, ending: str) -> bytes:
    """A file opened by LibreOffice and saved as another kind; what it needs for itself lies beside the file."""
    assert PROGRAM
    own = f"-env:UserInstallation={(given.parent / 'office').as_uri()}"
    taken = given.parent / "saved"
    command = [PROGRAM, own, "--headless", "--convert-to", ending, "--outdir", str(taken), str(given)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (taken / given.stem).with_suffix(f".{ending.partition(':')[0]}").read_bytes()
