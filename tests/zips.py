"""Zips that no bundle of ours is: their members in any order, with any attribute."""

from __future__ import annotations

import io
import stat
import warnings
import zipfile


def member(name: str) -> zipfile.ZipInfo:
    """A zip's member as a bundle has it."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system = 3
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    return info


def zipped(contents: list[tuple[str, bytes]], comment: bytes = b"", **attributes: object) -> bytes:
    """A zip by Python's own hand; `attributes` go to the first member."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name twice
        archive.comment = comment
        for n, (name, content) in enumerate(contents):
            info = member(name)
            for attribute, value in attributes.items() if n == 0 else ():
                setattr(info, attribute, value)
            archive.writestr(info, content)
    return out.getvalue()
