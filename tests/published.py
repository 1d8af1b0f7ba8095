"""The vectors and the page that docs/log-format.md publishes."""

from __future__ import annotations

import shutil

import pytest

from tests.conftest import ROOT

VECTORS = ROOT / "tests" / "vectors"
LINES = (VECTORS / "log.jsonl").read_bytes().splitlines()
BODIES = dict(line.split(b" ", 1) for line in (VECTORS / "bodies.jsonl").read_bytes().splitlines())
ENTRIES = [(line, BODIES.get(b"%d" % seq)) for seq, line in enumerate(LINES)]
posix_shell = pytest.mark.skipif(not shutil.which("sha256sum"), reason="sh and sha256sum are missing, as on Windows")
PAGE = (ROOT / "docs" / "log-format.md").read_text(encoding="utf-8")
