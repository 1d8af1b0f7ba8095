"""A change needs the tests that name its room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import changes
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("file", "test", "needed"),
    [
        ("checklist/items/signoff.py", "test_signoff.py", True),
        ("checklist/items/signoff.py", "test_ed25519.py", False),
        ("checklist/ledger/__init__.py", "test_access.py", True),
        ("templates/base.html", "test_walk.py", True),
        ("templates/base.html", "test_tree.py", False),
        ("verify.py", "test_verify.py", True),
        ("tests/drafts.py", "test_lists.py", True),
        ("tests/test_lists.py", "test_lists.py", True),
        ("tests/test_lists.py", "test_verify.py", False),
        ("models.py", "test_ed25519.py", True),
        ("README.md", "test_house.py", True),
        ("README.md", "test_ed25519.py", False),
    ],
)
def test_a_change_needs_the_tests_that_name_it(
    monkeypatch: pytest.MonkeyPatch, file: str, test: str, needed: bool
) -> None:
    monkeypatch.setattr(changes, "changed", lambda: [Path(file)])
    assert changes.is_needed(ROOT / "tests" / test) == needed
