"""Two texts side by side: what was taken out of the first, and what was put into the second."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# A figure with its unit, a date, a word of letters and a run of space are one piece; of Chinese, each character is.
_PIECES = re.compile(r"\d{4}-\d{2}-\d{2}|\d+(?:[.,]\d+)*[%％‰]?|[A-Za-z]+|\s+|.", re.DOTALL)
_TOO_SHORT = 2  # a single character that stayed between two changes only makes them harder to read


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; `changed` when the other text lacks it."""

    text: str
    changed: bool


Side = list[Piece]


def sides(before: str, after: str) -> tuple[Side, Side]:
    """Cut both texts where they differ. Joined again, the pieces of each side are the text that was given."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for n, (code, i, j, k, m) in enumerate(blocks):
        same = code == "equal" and (n in (0, len(blocks) - 1) or j - i >= _TOO_SHORT)
        _append(left, "".join(old[i:j]), not same)
        _append(right, "".join(new[k:m]), not same)
    return left, right


def _append(side: Side, text: str, changed: bool) -> None:
    if side and side[-1].changed == changed:
        text = side.pop().text + text
    if text:
        side.append(Piece(text, changed))


def size(before: str, after: str) -> int:
    """Count the characters that a change takes out or puts in, whichever is more."""
    return max(sum(len(piece.text) for piece in side if piece.changed) for side in sides(before, after))
