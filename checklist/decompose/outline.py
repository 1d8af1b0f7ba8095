"""The outline of a text: its lines, the headings above them, its sentences and their clauses. Pure.

Every span knows where it stands in the source, in code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise, takewhile
from typing import NamedTuple

from checklist.decompose import background, grammar, terms
from checklist.decompose.grammar import first, first_match

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
    looks_back: tuple[bool, ...]  # of each sentence

    @property
    def told(self) -> str | None:
        """The whole paragraph, where it says nothing but whose the duties before it are, or by when."""
        text = "".join(span.text for span in self.sentences)
        return text if _only_tells_whose(text) else None

    @property
    def opening(self) -> Span | None:
        """The sentence that opens an enumeration: 各镇要压实责任。一要……。二要……。"""
        for sentence, then in pairwise(self.sentences):
            marked = [then.text, *(heading.text for heading in then.path if heading.start > sentence.start)]
            if any(map(grammar.FIRST_OF_SEVERAL.search, marked)):
                return sentence
        return None

    def duties(self) -> Iterator[Span]:
        """Yield the sentences that may ask for something: not those that look back, greet, or repeat a title.

        The sentence that opens an enumeration is said again by its points, unless it gives a figure or day of its own.
        """
        opening = self.opening
        for sentence, looks_back in zip(self.sentences, self.looks_back, strict=True):
            only_opens = sentence == opening and not any(map(str.isdigit, sentence.text))
            repeats = self.title is not None and sentence == self.sentences[0] and self._opens_with_a_slogan()
            is_empty = self.is_silent or looks_back or only_opens or repeats
            if not is_empty and not first(background.NO_DUTY, unmarked(sentence.text)):
                yield sentence

    def _opens_with_a_slogan(self) -> bool:
        """Return whether a short sentence without 要 comes first, which says the title again, and all others say 要."""
        slogan, *others = self.sentences
        bare = unmarked(slogan.text)
        is_short = len(bare) <= LONGEST_SLOGAN and not first(grammar.DEMANDS, bare)
        return is_short and bool(others) and all(span.text.startswith("要") for span in others)


def legible(text: str) -> str:
    """Return the text with Chinese punctuation, each character in its place; a comma within a figure stays."""
    text = re.sub(r'"([^"\n]{0,100})"', r"“\1”", text)
    text = re.sub(r"(?<![0-9]),|,(?![0-9])", "，", text)
    text = re.sub(r"(?<=[一-鿿）”])\.(?=\s|$|[一-鿿（])", "。", text)
    return text.translate(str.maketrans(":;?!()", "：；？！（）"))


def paragraphs(text: str) -> Iterator[Paragraph]:
    """Yield the lines that are not headings, each with the headings above it."""
    lines = [(found.start(), found.group()) for found in re.finditer(r"\S(?:[^\n]*\S)?", text)]
    following = _following(lines)
    headings: list[Heading] = []
    unnumbered, looks_back = "", False
    begin = 0  # lines before this one have been read with their heading
    for n, (start, line) in enumerate(lines):
        level = level_of(line)
        if level is not None:
            headings = [heading for heading in headings if heading.level < level]
        if _is_heading(line, level, following[n]):
            unnumbered, looks_back = line, False
            if level is not None:
                told = [line for _, line in takewhile(lambda line: _only_tells_whose(line[1]), lines[n + 1 :])]
                headings.append(Heading(start, line.rstrip("。"), level, "".join(f"{line}\n" for line in told)))
                unnumbered, begin = "", n + 1 + len(told)
        elif n >= begin:
            path = tuple(headings)
            title, sentences = _sentences(start, line, path)
            past = list(accumulate(sentences, _looks_back, initial=looks_back and level is not None))
            looks_back = past[-1]
            is_preamble = level is None and bool(path) and following[n].next_mark > path[-1].level
            above = [heading.text for heading in path] + [unnumbered, title.text if title else ""]
            is_peroration = line.startswith("同志们") and len(line) <= LONGEST_PERORATION
            is_silent = is_preamble or is_peroration or _ask_nothing([heading for heading in above if heading])
            yield Paragraph(level, path, sentences, title, is_silent, tuple(past[1:]))


def _looks_back(before: bool, sentence: Span) -> bool:
    """Return whether a sentence tells what was, given whether the one before it did."""
    bare = unmarked(sentence.text)
    return bool(first(background.LOOKS_BACK, bare)) or (before and not first(background.TURNS_FORWARD, bare))


def _ask_nothing(headings: list[str]) -> bool:
    """Return whether what was, or what guides, stands under the headings; of 总体要求, its 主要目标 are duties."""
    if headings and background.GOALS.search(headings[-1]):
        return False
    return any(first(background.EMPTY_HEADINGS, unmarked(heading)) for heading in headings)


def level_of(text: str) -> int | None:
    """Return the level of the mark with which a text begins: its place in grammar.MARKS."""
    return next((n for n, mark in enumerate(grammar.MARKS) if mark.search(text)), None)


class _Following(NamedTuple):
    next_mark: int  # the level of the next numbered line, -1 where there is none
    is_under: bool  # the next line belongs under this one: it is numbered more narrowly, or not at all


def _following(lines: list[tuple[int, str]]) -> list[_Following]:
    """Return for each line what comes after it; lines that only say whose a duty is do not count.

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
    """Return whether a line says nothing but whose the duties before it are, or by when."""
    is_label = grammar.LABEL.match(line) or grammar.TIME_LABEL.match(line)
    return bool(is_label or grammar.BRACKET.pattern.fullmatch(line.rstrip("。")))


def _is_heading(line: str, level: int | None, following: _Following) -> bool:
    """Return whether a line is short and alone; a numbered one may end in a full stop, but has something under it."""
    line = _without_bracket(line) or line if level is not None else line
    if len(line) > LONGEST_HEADING or "：" in line or line.endswith(("；", "，")):
        return False
    stops = [found.end() for found in grammar.SENTENCE_END.finditer(line)]
    if level is None:
        return not stops and "，" not in line
    is_open = not stops or (stops == [len(line)] and following.next_mark > level)
    return is_open and following.is_under and not _is_specific(line)


def _is_specific(line: str) -> bool:
    """Return whether a line says who, how much or by when: more than a heading does."""
    bare = _without_bracket(unmarked(line)).removeprefix("要")
    return bool(first((*grammar.DEMANDS, grammar.INDICATOR, *terms.PERIODS, *terms.DEADLINES), bare))


def _without_bracket(title: str) -> str:
    return grammar.CLOSED_END.sub("", title.rstrip("。"))


def _sentences(start: int, line: str, path: tuple[Heading, ...]) -> tuple[Heading | None, tuple[Span, ...]]:
    """Return the title with which a paragraph opens, if any, and its sentences under it and their own marks."""
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
    """Yield the sentences of a line and where they begin."""
    ends = [found.end() for found in grammar.SENTENCE_END.finditer(line)]
    for begin, end in pairwise([0, *ends, len(line)]):
        if sentence := line[begin:end].strip():
            yield start + line.index(sentence, begin), sentence


def _is_title(sentence: str, level: int, following: str) -> bool:
    """Return whether a short numbered sentence names what those behind it are about."""
    title = _without_bracket(sentence)
    mark = grammar.MARKS[level].says
    may_have_comma = mark in grammar.WITH_A_COMMA or grammar.TWO_HALVES.search(sentence)
    next_level = level_of(following)
    return (
        len(title) <= LONGEST_HEADING
        and sentence.endswith(("。", "；"))
        and bool("，" not in unmarked(title) or may_have_comma)
        and (next_level is None or next_level > level)
        and not grammar.BY_WHOM.search(following.rstrip("。"))
        and (not _is_specific(sentence) or _asks_nobody(unmarked(sentence), mark, following))
    )


def _asks_nobody(sentence: str, mark: str, following: str) -> bool:
    """Return whether a sentence with 要 is a title all the same.

    一是排查要全覆盖。 is, since 要 asks nobody here, and so is （三）党员干部要筑牢思想防线。 where what follows says what
    they are to do.
    """
    if mark in grammar.SAID_ALOUD and grammar.SHORT_SAYING.search(sentence):
        return not grammar.SUBJECT.search(sentence)
    is_owned = mark == "point" and grammar.SHORT_DEMAND.search(sentence)
    return bool(is_owned and first(grammar.DEMANDS, following))


def unmarked(sentence: str) -> str:
    """Return a sentence without the mark that numbers it; of 一要 the 要 stays, since it is what asks."""
    if found := first_match(grammar.MARKS, sentence):
        return sentence[found.end() - found.group().endswith("要") :].lstrip(" 　")
    return sentence


def clauses(sentence: str) -> Iterator[tuple[str, int]]:
    """Yield each clause and where the next one begins; what stands in brackets or quotes ends no clause."""
    ends = [found.end() for found in grammar.CLAUSE_END.finditer(blank(grammar.CLOSED, sentence))]
    for begin, end in pairwise([0, *ends, len(sentence)]):
        if begin < end:
            yield sentence[begin:end].rstrip("，；。！— "), end


def blank(pattern: re.Pattern[str], text: str) -> str:
    """Return the text with each match put out of sight, every other character in its place."""
    return pattern.sub(lambda found: HIDDEN * len(found.group()), text)
