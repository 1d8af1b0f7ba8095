"""A text becomes proposed duties. Pure: text in, proposals out; no model, no network, the same every time.

One row is what one lead can finish and strike off once. The sentence is where it starts; it is split for another
owner, another counted object, a period of its own, or something that is done once among what goes on. What tells a
duty from background stands in grammar.py.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from checklist import grammar, terms
from checklist.division import counted, day, pieces, without_background
from checklist.figures import Target, targets
from checklist.grammar import Rule
from checklist.named import Named, named, told_behind, told_when, without_told
from checklist.outline import Paragraph, Span, first, legible, paragraphs, unmarked
from checklist.vocabulary import RIGHT_AS_IT_IS

SHORTEST = 4  # characters: a verb alone asks for nothing


@dataclass(frozen=True)
class Flag:
    """Something to look at: kind `masked` (待定) or `slip`, a near miss of the phrase `standard`."""

    kind: str
    text: str
    standard: str | None = None


@dataclass(frozen=True)
class Proposal:
    """One proposed duty. `source[start:end] == text`, in code points of the normalised source."""

    start: int
    end: int
    text: str
    path: tuple[str, ...]
    named: tuple[Named, ...]
    targets: tuple[Target, ...]
    cadence: str
    deadline: str | None
    steps: tuple[str, ...]
    side: str
    flags: tuple[Flag, ...]
    why: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON wants it; a figure with decimals is the float that prints the same."""
        row = asdict(self)
        for target in row["targets"]:
            if isinstance(target["value"], Decimal):
                target["value"] = float(target["value"])
        row["flags"] = [{k: v for k, v in flag.items() if v is not None} for flag in row["flags"]]
        return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def normalise(text: str | bytes) -> str:
    """Text as offsets count it: UTF-8 decoded, without a BOM, line ends LF, NFC.

    Raises ValueError, in Chinese, for bytes that are not UTF-8.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError("文件不是 UTF-8 编码，请另存为 UTF-8 后再试。") from error
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text)


def decompose(text: str) -> list[Proposal]:
    """The duties that a text asks for, in its order. Any text at all may come in."""
    source = normalise(text)
    found: list[Proposal] = []
    point: list[Proposal] = []  # the rows of the present point
    for is_told, group in groupby(paragraphs(legible(source)), lambda paragraph: bool(paragraph.told)):
        if is_told:
            told = "；".join(paragraph.told or "" for paragraph in group)
            found += [_told(row, told) for row in point]
            point = []
            continue
        for paragraph in group:
            if paragraph.level is not None:
                found += point
                point = []
            point += _rows_of(paragraph, source)
    return [_under(row) for row in found + point]


# --- rows ---------------------------------------------------------------------------------------------------


def _rows_of(paragraph: Paragraph, source: str) -> list[Proposal]:
    """The rows of a paragraph; what stands behind a sentence speaks of the rows since the last such words."""
    found: list[Proposal] = []
    waiting: list[Proposal] = []
    for sentence in paragraph.duties():
        waiting += _rows(sentence, source)
        if told := told_behind(sentence.text):
            found += [_told(row, told) for row in waiting]
            waiting = []
    return found + waiting


def _rows(sentence: Span, source: str) -> Iterator[Proposal]:
    """The rows of one sentence; none where it asks for nothing."""
    asked = without_told(unmarked(sentence.text))
    bare, is_told = without_background(asked)
    why = first(grammar.DEMANDS if is_told else grammar.DUTIES, bare)
    if not why:
        return
    start = sentence.start + sentence.text.index(asked) + len(asked) - len(bare)
    goes_on = set(counted(bare))
    before: Proposal | None = None
    for offset, piece in pieces(bare):
        text = piece.rstrip("。；，、！ ")
        if len(text) >= SHORTEST:
            row = _proposal(Span(start + offset, text, sentence.path), first(grammar.DUTIES, text) or why, source)
            before = _following(row, before, goes_on=offset in goes_on) if before else row
            yield before


def _proposal(span: Span, why: Rule, source: str) -> Proposal:
    text, own_day = span.text, day(span.text)
    cadence = first(terms.CADENCES, text)
    return Proposal(
        start=span.start,
        end=span.end,
        text=source[span.start : span.end],
        path=tuple(source[above.start : above.start + len(above.text)] for above in span.path),
        named=named(text),
        targets=tuple(targets(text)),
        cadence=cadence.says if cadence else "once" if own_day else "ongoing",
        deadline=own_day,
        steps=_steps(text),
        side=side_of(text),
        flags=tuple(flags_of(text)),
        why=why.says,
    )


def _following(row: Proposal, before: Proposal, *, goes_on: bool) -> Proposal:
    """A row cut off a sentence: what the sentence has said of its owner, and in an enumeration of its day, holds on."""
    row = _with(row, before.named, before.deadline if goes_on else None)
    if goes_on and before.targets and not row.targets:
        row = replace(row, targets=tuple(targets(row.text, op=before.targets[-1].op)))
    return row


def _told(row: Proposal, words: str) -> Proposal:
    """The row with the owners and the time that stand beside or below it."""
    when = told_when(words) or ""
    period = first(terms.PERIODS, when)
    if period and row.cadence == "ongoing":
        row = replace(row, cadence=period.says)
    return _with(row, named(words), day(when))


def _under(row: Proposal) -> Proposal:
    """The row with what its headings say in brackets: （一）自查自纠（4月底前）."""
    for heading in reversed(row.path):
        if found := grammar.CLOSED_END.search(legible(heading)):
            row = _told(row, found.group())
    return row


def _with(row: Proposal, owners: tuple[Named, ...], deadline: str | None) -> Proposal:
    """The row with owners and a day, as far as it names none itself."""
    if deadline and row.deadline is None and row.cadence == "ongoing":
        row = replace(row, deadline=deadline, cadence="once")
    return row if row.named else replace(row, named=owners)


def _steps(text: str) -> tuple[str, ...]:
    """The steps of a procedure that the text tells, in their order."""
    for procedure in terms.PROCEDURES:
        found = terms.in_a_row(procedure).search(text)
        if found:
            return tuple(step for step in procedure if step in found.group())
    return ()


def side_of(text: str) -> str:
    """Integrity where the text speaks of that, work where it speaks of work, both where it speaks of both."""
    integrity = bool(terms.INTEGRITY_WORDS.pattern.search(text))
    work = bool(terms.WORK_WORDS.pattern.search(text))
    return "both" if integrity and work else "integrity" if integrity else "work"


def flags_of(text: str) -> Iterator[Flag]:
    """What a human has to look at: what the text masks, and what may be a slip."""
    for found in terms.MASKED.finditer(text):
        yield Flag("masked", found.group())
    for found in terms.NEAR_MISS.finditer(text):
        phrase = None if found.group() in RIGHT_AS_IT_IS else terms.standard(found.group())
        if phrase:
            yield Flag("slip", found.group(), phrase)
