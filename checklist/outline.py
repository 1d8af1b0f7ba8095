"""The outline of a text: its lines, the headings above them, its sentences and their clauses.

Pure: text in, spans out. Every span knows where it stands in the source, in code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checklist import grammar
from checklist.grammar import Rule

LONGEST_HEADING = 30


@dataclass(frozen=True)
class Span:
    """A stretch of the source under its headings."""

    start: int
    text: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Paragraph:
    """One line of the source; `is_preamble` before the points of its section, `is_past` under a heading that looks back."""

    text: str
    sentences: tuple[Span, ...]
    is_preamble: bool
    is_past: bool

    def duties(self) -> Iterator[Span]:
        """The sentences that ask for something: not those that look back, greet, or open a section."""
        looks_back = self.is_past
        for sentence in self.sentences:
            bare = unmarked(sentence.text)
            if grammar.TURNS_FORWARD.pattern.search(bare):
                looks_back = False
            elif first(grammar.LOOKS_BACK, bare):
                looks_back = True
            if not looks_back and not self.is_preamble and not first(grammar.NO_DUTY, bare):
                yield sentence


def paragraphs(text: str) -> Iterator[Paragraph]:
    """The lines that are not headings, each with the headings above it."""
    headings: dict[int, str] = {}
    unnumbered = ""
    lines = list(_lines(text))
    nearest = _next_levels(lines)
    for n, (start, line) in enumerate(lines):
        level = _level(line)
        if level is not None:
            for deeper in [key for key in headings if key >= level]:
                del headings[deeper]
        if _is_heading(line, level):
            unnumbered = line if level is None else ""
            if level is not None:
                headings[level] = line
            continue
        path = tuple(headings[key] for key in sorted(headings))
        is_past = any(first(grammar.LOOKS_BACK_HEADINGS, unmarked(heading)) for heading in (*path, unnumbered))
        sentences = tuple(_sentences(start, line, path))
        is_preamble = level is None and bool(path) and nearest[n] > (_level(path[-1]) or 0)
        yield Paragraph(line, sentences, is_preamble, is_past)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            yield at + line.index(stripped), stripped
        at += len(line) + 1


def _level(text: str) -> int | None:
    """The level of the mark with which a text begins."""
    return next((n for n, mark in enumerate(grammar.MARKS) if mark.pattern.search(text)), None)


def _next_levels(lines: list[tuple[int, str]]) -> list[int]:
    """For each line the level of the next numbered one; -1 where there is none.

    A paragraph before the first point of its section opens the section: what it says, the points say again.
    """
    found, following = [], -1
    for _, line in reversed(lines):
        found.append(following)
        level = _level(line)
        following = following if level is None else level
    return found[::-1]


def _is_heading(line: str, level: int | None) -> bool:
    """A line of its own that is short and ends in no full stop."""
    ends_open = not grammar.SENTENCE_END.search(line) and not line.endswith(("：", ":", "；", "，"))
    return ends_open and "：" not in line and len(line) <= LONGEST_HEADING and (level is not None or "，" not in line)


def _sentences(start: int, line: str, path: tuple[str, ...]) -> Iterator[Span]:
    """The sentences of a paragraph; a short numbered first sentence is the heading of those that follow."""
    ends = [m.end() for m in grammar.SENTENCE_END.finditer(line)]
    if not ends or ends[-1] < len(line):
        ends.append(len(line))
    at = 0
    for end in ends:
        sentence = line[at:end]
        level, last = _level(sentence), end == len(line)
        is_title = level is not None and not last and len(sentence) <= LONGEST_HEADING and "，" not in sentence
        if level is not None and not last:
            path = tuple(p for p in path if (_level(p) or 0) < level)
        if is_title:
            path = (*path, sentence.rstrip("。；！ "))
        elif sentence.strip():
            yield Span(start + at + len(sentence) - len(sentence.lstrip()), sentence.strip(), path)
        at = end


def unmarked(sentence: str) -> str:
    """A sentence without the mark that numbers it; of 一要 the 要 stays, since it is what asks."""
    for mark in grammar.MARKS:
        found = mark.pattern.search(sentence)
        if found:
            end = found.end() - (1 if found.group().endswith("要") else 0)
            return sentence[end:].lstrip(" 　")
    return sentence


def clauses(sentence: str) -> Iterator[tuple[str, int]]:
    """Each clause and where the next one begins; what stands in brackets or quotes ends no clause."""
    closed = blank(grammar.CLOSED, sentence)
    at = 0
    for end in [m.end() for m in grammar.CLAUSE_END.finditer(closed)] + [len(sentence)]:
        if at < end:
            yield sentence[at:end].rstrip("，；,;。！ "), end
        at = end


def blank(pattern: re.Pattern[str], text: str) -> str:
    """The text with what matches put out of sight, every other character in its place."""
    return pattern.sub(lambda m: "〇" * len(m.group()), text)


def first(rules: tuple[Rule, ...], text: str) -> Rule | None:
    """The first rule that fits."""
    return next((rule for rule in rules if rule.pattern.search(text)), None)
