"""Files that are there whole or not at all, also after a power cut, and that only the server's account can read."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile


def write(file: Path, content: bytes) -> None:
    """Write a file (mode 0600), and the folders that it still lacks (mode 0700); one that is there is replaced.

    Raises OSError.
    """
    for folder in reversed([folder for folder in file.parents if not folder.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix="new-", delete=False) as new:  # made with mode 0600
        try:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        except BaseException:
            with suppress(OSError):
                Path(new.name).unlink()
            raise
    move(Path(new.name), file)


def move(file: Path, place: Path) -> None:
    """Rename a file so that the disk remembers it."""
    file.replace(place)
    if os.name == "posix":
        for folder in (place.parent, place.parent.parent):  # the second for a folder that is new itself
            descriptor = os.open(folder, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
