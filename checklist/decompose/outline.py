"""The outline of a text: its lines, the headings above them, its sentences and their clauses.

Pure: text in, spans out. Every span knows where it stands in the source, in code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from checklist.decompose import background, grammar, terms
from checklist.decompose.grammar import Rule

LONGEST_HEADING = 30
LONGEST_SLOGAN = 20
LONGEST_PERORATION = 300
HIDDEN = "\N{OBJECT REPLACEMENT CHARACTER}"


class Heading(NamedTuple):
    start: int
    text: str
    level: int
    told: str = ""  # the lines right below it that say whose it is


@dataclass(frozen=True)
class Span:
    """A stretch of the source under its headings."""

    start: int
    text: str
    path: tuple[Heading, ...]

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Paragraph:
    """One line of the source; `level` is that of the mark it begins with, if any."""

    level: int | None
    path: tuple[Heading, ...]
    sentences: tuple[Span, ...]
    title: Heading | None  # the short sentence it opens with
    is_silent: bool  # it asks for nothing, whatever its words: a preamble, a section on the past
    looks_back: bool  # what was said before it goes on in it

    @property
    def told(self) -> str | None:
        """The whole paragraph, where it says nothing but whose the duties before it are, or by when."""
        text = "".join(span.text for span in self.sentences)
        return text if _only_tells_whose(text) else None

    @cached_property
    def opening(self) -> Span | None:
        """The sentence that opens an enumeration: 各镇要压实责任。一要……。二要……。"""
        for sentence, then in pairwise(self.sentences):
            marked = [then.text, *(heading.text for heading in then.path if heading.start > sentence.start)]
            if any(map(grammar.FIRST_OF_SEVERAL.search, marked)):
                return sentence
        return None

    def duties(self) -> Iterator[Span]:
        """The sentences that may ask for something: not those that look back, greet, or repeat a title."""
        looks_back = self.looks_back
        for n, sentence in enumerate(self.sentences):
            bare = unmarked(sentence.text)
            looks_back = _looks_back(bare, looks_back)
            is_slogan = n == 0 and self.title is not None and self._repeats_its_title(bare)
            if not (
                looks_back
                or self.is_silent
                or is_slogan
                or self._only_opens(sentence)
                or first(background.NO_DUTY, bare)
            ):
                yield sentence

    def _only_opens(self, sentence: Span) -> bool:
        """What opens an enumeration is said again by its points, unless it gives a figure or a day of its own."""
        return sentence == self.opening and not any(map(str.isdigit, sentence.text))

    def ends_in_the_past(self) -> bool:
        looks_back = self.looks_back
        for sentence in self.sentences:
            looks_back = _looks_back(unmarked(sentence.text), looks_back)
        return looks_back

    def _repeats_its_title(self, sentence: str) -> bool:
        """Behind a title, a short sentence without 要 says the same again where all that follow say 要."""
        following = [span.text for span in self.sentences[1:]]
        is_short = len(sentence) <= LONGEST_SLOGAN and not first(grammar.DEMANDS, sentence)
        return is_short and bool(following) and all(text.startswith("要") for text in following)


def _looks_back(sentence: str, before: bool) -> bool:
    if first(background.LOOKS_BACK, sentence):
        return True
    return before and not first(background.TURNS_FORWARD, sentence)


def legible(text: str) -> str:
    """The text with Chinese punctuation, each character in its place; a comma within a figure stays."""
    text = re.sub(r'"([^"\n]{0,100})"', r"“\1”", text)
    text = re.sub(r"(?<![0-9]),|,(?![0-9])", "，", text)
    text = re.sub(r"(?<=[一-鿿）”])\.(?=\s|$|[一-鿿（])", "。", text)
    return text.translate(str.maketrans(":;?!()", "：；？！（）"))


def paragraphs(text: str) -> Iterator[Paragraph]:
    """The lines that are not headings, each with the headings above it."""
    lines = list(_lines(text))
    following = _following(lines)
    headings: list[Heading] = []
    unnumbered, looks_back = "", False
    begin = 0  # lines before this one have been read with their heading
    for n, (start, line) in enumerate(lines):
        level = level_of(line)
        if level is not None:
            headings = [heading for heading in headings if heading.level < level]
        if _is_heading(line, level, following[n]):
            unnumbered = line if level is None else ""
            told = _told_below(lines, n + 1)
            headings += [Heading(start, line.rstrip("。"), level, told)] if level is not None else []
            looks_back = False
            begin = n + 1 + (told.count("\n") if level is not None else 0)
            continue
        if n < begin:
            continue
        path = tuple(headings)
        title, sentences = _sentences(start, line, path, level)
        is_preamble = level is None and bool(path) and following[n].next_mark > path[-1].level
        above = (*(heading.text for heading in path), unnumbered, title.text if title else "")
        is_empty = not _tells_goals(above) and any(first(background.EMPTY_HEADINGS, unmarked(each)) for each in above)
        is_silent = is_preamble or is_empty or (line.startswith("同志们") and len(line) <= LONGEST_PERORATION)
        paragraph = Paragraph(level, path, sentences, title, is_silent, looks_back and level is not None)
        looks_back = paragraph.ends_in_the_past()
        yield paragraph


def _tells_goals(headings: tuple[str, ...]) -> bool:
    """The figures that stand under 总体要求 as its 主要目标 are duties."""
    last = next((heading for heading in reversed(headings) if heading), "")
    return bool(background.GOALS.search(last))


def _told_below(lines: list[tuple[int, str]], n: int) -> str:
    """The lines from the nth on that only tell whose it is, each with its line end."""
    told = ""
    while n < len(lines) and _only_tells_whose(lines[n][1]):
        told += lines[n][1] + "\n"
        n += 1
    return told


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            yield at + line.index(stripped), stripped
        at += len(line) + 1


def level_of(text: str) -> int | None:
    """The level of the mark with which a text begins."""
    return next((n for n, mark in enumerate(grammar.MARKS) if mark.search(text)), None)


class _Following(NamedTuple):
    next_mark: int  # the level of the next numbered line, -1 where there is none
    is_under: bool  # the next line belongs under this one: it is numbered more narrowly, or not at all


def _following(lines: list[tuple[int, str]]) -> list[_Following]:
    """What comes after each line; lines that only say whose a duty is do not count.

    A paragraph before the first point of its section opens the section: what it says, the points say again.
    """
    found: list[_Following] = []
    next_mark, below = -1, -1
    for _, line in reversed(lines):
        level = level_of(line)
        found.append(_Following(next_mark, below > (-1 if level is None else level)))
        if not _only_tells_whose(line):
            below = len(grammar.MARKS) if level is None else level
        next_mark = next_mark if level is None else level
    return found[::-1]


def _only_tells_whose(line: str) -> bool:
    """It says nothing but whose the duties before it are, or by when."""
    is_label = any(rule.match(line) for rule in (grammar.LABEL, grammar.TIME_LABEL))
    return is_label or bool(grammar.BRACKET.pattern.fullmatch(line.rstrip("。")))


def _is_heading(line: str, level: int | None, following: _Following) -> bool:
    """A short line of its own; a numbered one may end in a full stop, but has something under it."""
    line = _without_bracket(line) or line if level is not None else line
    if len(line) > LONGEST_HEADING or "：" in line or line.endswith(("；", "，")):
        return False
    stops = [found.end() for found in grammar.SENTENCE_END.finditer(line)]
    if level is None:
        return not stops and "，" not in line
    is_open = not stops or (stops == [len(line)] and following.next_mark > level)
    return is_open and following.is_under and not is_specific(line)


def is_specific(line: str) -> bool:
    """It says who, how much or by when: more than a heading does."""
    bare = _without_bracket(unmarked(line))
    groups = (grammar.DEMANDS, (grammar.INDICATOR,), terms.PERIODS, terms.DEADLINES)
    return any(first(group, bare.removeprefix("要")) for group in groups)


def _without_bracket(title: str) -> str:
    return grammar.CLOSED_END.sub("", title.rstrip("。"))


def _sentences(
    start: int, line: str, path: tuple[Heading, ...], level: int | None
) -> tuple[Heading | None, tuple[Span, ...]]:
    """The title with which a paragraph opens, if any, and its sentences under it and their own marks."""
    spans, title = [], None
    pieces = list(_split(start, line))
    for n, (at, sentence) in enumerate(pieces):
        level = level_of(sentence)
        following = pieces[n + 1][1] if n + 1 < len(pieces) else None
        if level is not None and (following is not None or n):
            path = tuple(heading for heading in path if heading.level < level)
        if level is not None and following is not None and _is_title(sentence, level, following):
            path = (*path, Heading(at, sentence.rstrip("。；！ "), level))
            title = path[-1] if n == 0 else title
        else:
            spans.append(Span(at, sentence, path))
    return title, tuple(spans)


def _split(start: int, line: str) -> Iterator[tuple[int, str]]:
    at = 0
    for end in [*(found.end() for found in grammar.SENTENCE_END.finditer(line)), len(line)]:
        sentence = line[at:end].strip()
        if sentence:
            yield start + line.index(sentence, at), sentence
        at = end


def _is_title(sentence: str, level: int, following: str) -> bool:
    """A short numbered sentence that names what those behind it are about."""
    has_halves = bool(grammar.TWO_HALVES.search(sentence))
    may_have_comma = has_halves or grammar.MARKS[level].says in grammar.WITH_A_COMMA
    next_level = level_of(following)
    return (
        len(_without_bracket(sentence)) <= LONGEST_HEADING
        and sentence.endswith(("。", "；"))
        and ("，" not in _without_bracket(unmarked(sentence)) or may_have_comma)
        and (next_level is None or next_level > level)
        and not grammar.BY_WHOM.search(following.rstrip("。"))
        and (
            not is_specific(sentence)
            or _is_said_aloud(unmarked(sentence), level)
            or _says_whose(sentence, level, following)
        )
    )


def _is_said_aloud(sentence: str, level: int) -> bool:
    """一是排查要全覆盖。 is a title too: 要 asks nobody here."""
    is_short = grammar.MARKS[level].says in grammar.SAID_ALOUD and grammar.SHORT_SAYING.search(sentence)
    return bool(is_short) and not grammar.SUBJECT.search(sentence)


def _says_whose(sentence: str, level: int, following: str) -> bool:
    """（三）党员干部要筑牢思想防线。 is a title where what follows says what they are to do."""
    bare = unmarked(sentence)
    is_short = grammar.MARKS[level].says == "point" and bool(grammar.SHORT_DEMAND.search(bare))
    return is_short and bool(first(grammar.DEMANDS, following))


def unmarked(sentence: str) -> str:
    """A sentence without the mark that numbers it; of 一要 the 要 stays, since it is what asks."""
    for mark in grammar.MARKS:
        found = mark.search(sentence)
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
            yield sentence[at:end].rstrip("，；。！— "), end
        at = end


def blank(pattern: re.Pattern[str], text: str) -> str:
    """The text with what matches put out of sight, every other character in its place."""
    return pattern.sub(lambda m: HIDDEN * len(m.group()), text)


def first(rules: tuple[Rule, ...], text: str) -> Rule | None:
    """The first rule that fits."""
    return next((rule for rule in rules if rule.search(text)), None)
