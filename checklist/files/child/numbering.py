"""The numbers that Word shows before a paragraph and does not keep in its text: 一、 （一） 1. as list levels.

Without them a .docx loses its outline. Formats that no Chinese office numbers with are shown as digits.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.etree.ElementTree import Element

from checklist.files.child.office import Parts, Tree, number

_CHINESE = (
    *("chineseCounting", "chineseCountingThousand", "japaneseCounting", "japaneseDigitalTenThousand"),
    *("taiwaneseCounting", "taiwaneseCountingThousand", "taiwaneseDigital", "ideographDigital"),
)
_DIGITS = "〇一二三四五六七八九"
_BULLETS = ("bullet", "none")
_LEVEL = ("numFmt", "lvlText", "start")


class _Level(NamedTuple):
    format: str
    text: str
    start: int


class Numbering:
    """Counts the paragraphs of each list, in the order in which they are asked for."""

    MARKS = ("pStyle", "numId", "ilvl")  # what a paragraph, and but for the first a style, says of its number

    def __init__(self, parts: Parts) -> None:
        styles = parts.read("word/styles.xml", Tree({"style", *self.MARKS[1:]})).root
        self._styles = {style.get("styleId", ""): _values(style) for style in styles}
        numbers = parts.read("word/numbering.xml", Tree({"abstractNum", "lvl", *_LEVEL, "num", "abstractNumId"})).root
        self._levels = {
            listed.get("abstractNumId", ""): {number(level.get("ilvl")): _level(level) for level in listed}
            for listed in numbers.findall("abstractNum")
        }
        self._lists = {num.get("numId", ""): _values(num).get("abstractNumId", "") for num in numbers.findall("num")}
        self._counts: dict[str, dict[int, int]] = {}

    def mark(self, paragraph: Element) -> str:
        """Return what stands before a paragraph; "" where it has no number."""
        own = {name: value for name, value in _values(paragraph).items() if name in self.MARKS}
        marks = {**self._styles.get(own.get("pStyle", ""), {}), **own}
        listed = self._lists.get(marks.get("numId", ""), "")
        levels, at = self._levels.get(listed, {}), number(marks.get("ilvl"))
        if at not in levels:
            return ""
        counts = self._counts.setdefault(listed, {})
        counts[at] = counts.get(at, levels[at].start - 1) + 1
        for deeper in [level for level in counts if level > at]:
            del counts[deeper]
        return _shown(levels, counts, at)


def _values(above: Element) -> dict[str, str]:
    return {element.tag: element.get("val", "") for element in above}


def _level(level: Element) -> _Level:
    said = {"numFmt": "decimal", "lvlText": "", "start": "1", **_values(level)}
    return _Level(said["numFmt"], said["lvlText"], number(said["start"]))


def _shown(levels: dict[int, _Level], counts: dict[int, int], at: int) -> str:
    if levels[at].format in _BULLETS:
        return ""

    def figure(found: re.Match[str]) -> str:
        level = int(found[1]) - 1
        shown = levels.get(level, levels[at])
        return _in_format(counts.get(level, shown.start), shown.format)

    mark = re.sub(r"%([1-9])", figure, levels[at].text)
    return f"{mark} " if mark.endswith(".") else mark


def _in_format(n: int, format: str) -> str:
    if format in _CHINESE and 0 < n < 100:
        tens, ones = divmod(n, 10)
        return (("" if tens == 1 else _DIGITS[tens]) + "十" if tens else "") + (_DIGITS[ones] if ones else "")
    if format.startswith("decimalEnclosedCircle") and 0 < n <= 20:
        return chr(ord("①") + n - 1)
    return str(n)
