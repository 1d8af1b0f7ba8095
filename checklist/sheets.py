"""What a cell of a spreadsheet holds: text that stays text, in Excel, WPS and LibreOffice alike."""

from __future__ import annotations

# XlsxWriter would otherwise turn what looks like one into a formula, a link or a number.
ONLY_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LONGEST_CELL = 32_767  # UTF-16 units


def fitting(text: str, cut: str) -> str:
    """A cell that Excel opens; `cut` says at its end where the rest of a text that is too long can be found."""
    units = text.encode("utf-16-le")
    if len(units) > 2 * LONGEST_CELL:
        kept = units[: 2 * (LONGEST_CELL - len(cut))]
        return kept.decode("utf-16-le", "ignore") + cut  # half a character at the cut is dropped
    # XlsxWriter takes such a text for formatting of its own and writes it unescaped, unless something follows it.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
