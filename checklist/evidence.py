"""佐证文件: kept by their hash, so that a file that was changed is found out."""

from __future__ import annotations

import re
from pathlib import Path

from models import db


def path(digest: str) -> Path:
    """Where the file with this SHA-256, 64 hex digits, is kept."""
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise ValueError(digest)
    return db.folder / "evidence" / digest[:2] / digest
