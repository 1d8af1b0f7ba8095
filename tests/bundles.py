"""The published vectors as a bundle, whole and changed."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import verify
from tests.published import ENTRIES, VECTORS
from tests.seals import Seal

Entries = list[tuple[bytes, bytes | None]]
ABOUT: dict[str, Any] = json.loads((VECTORS / "filter.json").read_bytes())
EMPTY = sha256(b"").hexdigest()
SEAL = Seal(ABOUT["origin"])
NOTE = SEAL.over([line for line, _ in ENTRIES])


def packed(entries: Entries, about: dict[str, Any], note: bytes = NOTE, **more: Any) -> bytes:
    """A bundle of these entries, sealed as the untouched log was: nobody else has its key."""
    out = io.BytesIO()
    more.setdefault("attachments", [(EMPTY, io.BytesIO())])  # the last entry's
    for _ in verify.write_bundle(out, entries, about, checkpoint=note, **more):
        pass
    return out.getvalue()


WHOLE = packed(ENTRIES, ABOUT)


def check(path: Path, content: bytes = WHOLE) -> verify.Verdict:
    path.write_bytes(content)
    return verify.verify_bundle(path)


def unpacked(folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        archive.extractall(folder)
    return folder


def exchanged(entries: Entries) -> Entries:
    (third, _), (fourth, _) = entries[3:5]
    return [*entries[:3], (third, entries[4][1]), (fourth, entries[3][1]), *entries[5:]]
