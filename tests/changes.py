"""Which files of tests a change needs, by what they name: for `make quick`."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
# folder or file → what a test of it says
SIGNS = {
    "pages": r"\b(visit|browse|client)\b",
    "templates": r"\b(visit|browse|client)\b",
    "static": r"\b(visit|browse|client)\b",
    "cli": r"\b(cli_runner|subprocess)\b",
    "verify.py": r"^import verify\b",
    "docs": r"\bprinted\b|\bdocs\b",
}


@cache
def changed() -> list[Path]:
    """Return what differs from the last commit or, if nothing does, what that commit changed."""
    commands = ("diff --name-only HEAD", "ls-files --others --exclude-standard"), ("diff --name-only HEAD~1",)
    found = ["".join(_git(command) for command in group).splitlines() for group in commands]
    return [Path(name) for name in found[0] or found[1]]


def _git(command: str) -> str:
    return subprocess.run(["git", *command.split()], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def sign_of(file: Path) -> str:
    """Return a pattern of what the tests of a file say; a file that all hang on is in every test."""
    top, *inside = file.parts
    if top in ("checklist", "tests") and inside:
        room = inside[0].removesuffix(".py")
        return rf"^from {top}(\.{room}\b| import .*\b{room}\b)"
    return SIGNS.get(top, SIGNS["docs"] if file.suffix == ".md" else "")


def is_needed(test: Path) -> bool:
    """Whether a change needs a file of tests; what the house is held to is needed by all."""
    text = test.read_text(encoding="utf-8")
    itself = test.name == "test_house.py" or test.relative_to(ROOT) in changed()
    return itself or any(re.search(sign_of(file), text, re.MULTILINE) for file in changed())
