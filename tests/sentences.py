"""A sentence on its own: the duty that the decomposer makes of it."""

from __future__ import annotations

from checklist.decompose import Proposal, decompose

HEAD = "一、重点任务\n"


def only(text: str) -> Proposal:
    """Return the one duty that a sentence asks for."""
    (row,) = decompose(HEAD + text)
    return row
