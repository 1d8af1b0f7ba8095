"""One log with all that a county does in a year: its tables are what the log says, and its bundles verify anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

import verify
from checklist.audit import bundles
from tests import county

pytestmark = pytest.mark.usefixtures("lived")


def test_the_tables_are_what_the_log_says_and_each_bundle_verifies(tmp_path: Path) -> None:
    assert county.in_step()
    for code in (None, "QH-GOV", "QH-CZJ", "QH-SLJ"):
        file = tmp_path / f"{code}.zip"
        bundle = bundles.export(by=county.actor("wei"), code=code)
        with file.open("w+b") as out:
            for _ in bundle.write(out):
                pass
        command = [str(file), "--key", county.KEY.public.vkey, *(["--unit", code] if code else [])]
        assert verify.main(command) == 3, code  # consistent; nobody has kept a checkpoint to hold it to
    assert county.in_step()
