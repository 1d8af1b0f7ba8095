"""The numbers that Word shows before a paragraph and does not keep in its text: 一、 （一） 1. as list levels.

Without them a .docx loses its outline. Formats that no Chinese office numbers with are shown as digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from checklist.files.child.ooxml import Reader, local, value

_CHINESE = (
    *("chineseCounting", "chineseCountingThousand", "japaneseCounting", "japaneseDigitalTenThousand"),
    *("taiwaneseCounting", "taiwaneseCountingThousand", "taiwaneseDigital", "ideographDigital"),
)
_DIGITS = "〇一二三四五六七八九"
_BULLETS = ("bullet", "none")


@dataclass
class _Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1


class Numbers(Reader):
    """word/numbering.xml: the levels of each abstract list, and which list a paragraph's numId means."""

    def __init__(self) -> None:
        self.levels: dict[str, dict[int, _Level]] = {}
        self.abstract: dict[str, str] = {}
        self._list = self._num = ""
        self._level = _Level()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        name = local(tag)
        if name == "abstractNum":
            self._list, self._num = value(attributes, "abstractNumId"), ""
            self.levels[self._list] = {}
        elif name == "num":
            self._list, self._num = "", value(attributes, "numId")
        elif name == "abstractNumId" and self._num:
            self.abstract[self._num] = value(attributes)
        elif name == "lvl" and self._list:
            self._level = self.levels[self._list][_number(value(attributes, "ilvl"))] = _Level()
        elif self._list:
            self._of_level(name, value(attributes))

    def _of_level(self, name: str, said: str) -> None:
        if name == "numFmt":
            self._level.format = said
        elif name == "lvlText":
            self._level.text = said
        elif name == "start":
            self._level.start = _number(said)

    def end(self, tag: str) -> None:
        super().end(tag)
        if local(tag) == "abstractNum":
            self._list = ""


class Styles(Reader):
    """word/styles.xml: the number that a style gives to its paragraphs."""

    def __init__(self) -> None:
        self.marks: dict[str, dict[str, str]] = {}
        self._style = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        name = local(tag)
        if name == "style":
            self._style = value(attributes, "styleId")
            self.marks[self._style] = {}
        elif name in ("numId", "ilvl") and self._style:
            self.marks[self._style][name] = value(attributes)

    def end(self, tag: str) -> None:
        super().end(tag)
        if local(tag) == "style":
            self._style = ""


@dataclass
class Numbering:
    """Counts the paragraphs of each list, in the order in which they are asked for."""

    styles: Styles
    numbers: Numbers
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def mark(self, marks: dict[str, str]) -> str:
        """What stands before a paragraph with this style, numId and ilvl; "" where it has no number."""
        told = {**self.styles.marks.get(marks.get("pStyle", ""), {}), **marks}
        listed = self.numbers.abstract.get(told.get("numId", ""), "")
        levels, at = self.numbers.levels.get(listed, {}), _number(told.get("ilvl", "0"))
        if at not in levels:
            return ""
        counts = self._counts.setdefault(listed, {})
        counts[at] = counts.get(at, levels[at].start - 1) + 1
        for deeper in [level for level in counts if level > at]:
            del counts[deeper]
        return self._shown(levels, counts, at)

    def _shown(self, levels: dict[int, _Level], counts: dict[int, int], at: int) -> str:
        if levels[at].format in _BULLETS:
            return ""

        def number(found: re.Match[str]) -> str:
            level = int(found[1]) - 1
            shown = levels.get(level, levels[at])
            return _in_format(counts.get(level, shown.start), shown.format)

        mark = re.sub(r"%([1-9])", number, levels[at].text)
        return f"{mark} " if mark.endswith(".") else mark


def _in_format(n: int, format: str) -> str:
    if format in _CHINESE and 0 < n < 100:
        tens, ones = divmod(n, 10)
        return (("" if tens == 1 else _DIGITS[tens]) + "十" if tens else "") + (_DIGITS[ones] if ones else "")
    if format.startswith("decimalEnclosedCircle") and 0 < n <= 20:
        return chr(ord("①") + n - 1)
    return str(n)


def _number(said: str) -> int:
    """A small number; 0 for what is none."""
    return int(said) if said.isdecimal() and len(said) < 6 else 0
