"""The cells of the workbooks that we write: text that stays text, in Excel, WPS and LibreOffice alike."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from datetime import datetime

# XlsxWriter would otherwise turn what looks like one into a formula, a link or a number.
ONLY_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# Excel wants a day on which a file was made; the same content is to give the same file.
NO_DAY = datetime(1980, 1, 1)  # noqa: DTZ001
LONGEST_CELL = 32_767  # UTF-16 units
LINE, TALLEST = 17, 409  # points: a line of 11 pt in any face, and the tallest row that Excel takes


def fitting(text: str, cut: str) -> str:
    """Return a cell that Excel opens; `cut` says at its end where the rest of a text that is too long can be found."""
    units = text.encode("utf-16-le")
    if len(units) > 2 * LONGEST_CELL:
        kept = units[: 2 * (LONGEST_CELL - len(cut))]
        return kept.decode("utf-16-le", "ignore") + cut  # half a character at the cut is dropped
    # XlsxWriter takes such a text for formatting of its own and writes it unescaped, unless something follows it.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def height(texts: Sequence[str], widths: Sequence[int]) -> int:
    """Return how tall a row has to be, in points, for texts wrapped in columns of these widths (in digits) to be seen whole.

    Excel fits rows by itself; LibreOffice leaves those of a file that says nothing one line tall, the rest cut off.
    """
    lines = (_lines(text, width) for text, width in zip(texts, widths, strict=True))
    return min(LINE * max(lines), TALLEST)


def _lines(text: str, width: int) -> int:
    return sum(max(1, math.ceil(_digits(line) / width)) for line in text.split("\n"))


def _digits(line: str) -> float:
    """Return how many digits wide a line is; a Chinese character is a little more than two."""
    return sum(2.2 if unicodedata.east_asian_width(char) in "WFA" else 1.1 for char in line)
