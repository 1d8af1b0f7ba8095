"""Files that wait an hour for the one who asked for them: what was exported, and what is to be imported."""

from __future__ import annotations

import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

from checklist import durable
from models import db
from pages import current

KEPT = 3600  # seconds
_TOKEN = re.compile("[0-9a-f]{32}")


def new_token() -> str:
    return secrets.token_hex(16)


def place(kind: str, token: str) -> Path:
    """Return where this person's file of a kind, a folder's name, lies or will lie; what is no token leads to nothing."""
    user = current.actor().user
    name = token if _TOKEN.fullmatch(token) else "none"
    return db.folder / kind / f"{user.id if user else 0}-{name}"


def keep(kind: str, content: bytes) -> str:
    """Keep a file for this person, and return its token."""
    sweep(kind)
    token = new_token()
    durable.write(place(kind, token), content)
    return token


def kept(kind: str, token: str) -> bytes | None:
    """Return what this person's file holds; None when it has been fetched already or its hour is over."""
    sweep(kind)
    with suppress(FileNotFoundError):
        return place(kind, token).read_bytes()
    return None


def drop(kind: str, token: str) -> None:
    """Delete this person's file, which has served; it may be gone already."""
    place(kind, token).unlink(missing_ok=True)


def sweep(kind: str) -> None:
    """Delete what nobody has come for."""
    folder = db.folder / kind
    folder.mkdir(mode=0o700, exist_ok=True)
    for file in folder.iterdir():
        with suppress(FileNotFoundError):  # somebody else sweeps, or has come for it
            if file.stat().st_mtime < time.time() - KEPT:
                file.unlink()
