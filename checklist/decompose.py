"""A text becomes proposed duties. Pure: text in, proposals out; no model, no network, the same every time.

One row is what one lead can finish and strike off once. The sentence is where it starts; it is split for another
owner, another counted object, a period of its own, or something that is done once among what goes on. What tells a
duty from background stands in grammar.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from checklist import grammar
from checklist.figures import Target, targets
from checklist.grammar import Rule
from checklist.named import BRACKET, BY_WHOM, LABELLED, Named, named
from checklist.outline import Span, blank, clauses, first, paragraphs, unmarked


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
    text = normalise(text)
    found: list[Proposal] = []
    last: list[Proposal] = []  # the rows of the paragraph before
    for paragraph in paragraphs(text):
        if LABELLED.match(paragraph.text):
            rows = _told_below(paragraph.text, last)
            found[len(found) - len(last) :] = rows
        else:
            rows = [row for sentence in paragraph.duties() for row in _rows(sentence)]
            rows = _told_at_the_end(paragraph.text, rows)
            found += rows
        last = rows
    return found


# --- rows ---------------------------------------------------------------------------------------------------


def _rows(sentence: Span) -> Iterator[Proposal]:
    """The rows of one sentence; none where it asks for nothing."""
    bare, is_told = _without_background(unmarked(sentence.text))
    if BRACKET.fullmatch(bare.rstrip("。")) or BY_WHOM.fullmatch(bare.rstrip("。")):
        return  # speaks of the rows before it
    why = first(grammar.DUTIES[:-1] if is_told else grammar.DUTIES, bare)
    if not why:
        return
    start = sentence.start + len(sentence.text) - len(bare)
    rows: list[Proposal] = []
    counted = set(_counted(bare))
    for offset, piece in _pieces(bare):
        text = piece.rstrip("。；，、！ \n")
        if text:
            row = _proposal(Span(start + offset, text, sentence.path), why)
            if rows:  # what the sentence has said of the row before holds on
                row = _with(row, rows[0].named, rows[-1].deadline if offset in counted else None)
            rows.append(row)
    yield from rows


def _without_background(sentence: str) -> tuple[str, bool]:
    """The sentence from its first clause that is not background, and whether something was told before it.

    What follows a statement is a duty only if it says so: 国家出台新举措，加大支持力度 is one statement.
    """
    at, is_told = 0, False
    for clause, end in clauses(sentence):
        background = first(grammar.BACKGROUND, clause)
        if not background:
            return sentence[at:], is_told
        at, is_told = end, is_told or background not in grammar.ONLY_TIME
    return "", is_told


def _pieces(sentence: str) -> Iterator[tuple[int, str]]:
    """A sentence, cut where another owner, a period of its own, a single act or another counted object begins."""
    cuts = {0, *_counted(sentence)}
    at, periodic, single = 0, False, False
    for clause, end in clauses(sentence):
        is_tail = bool(grammar.TAIL.pattern.search(clause)) or not grammar.BEGINS_ANEW.pattern.search(clause)
        own_period = bool(first(grammar.PERIODS, clause))
        own_day = bool(_deadline(clause)) and not own_period and not any(targets(clause))
        begins = own_period > periodic or (periodic and not own_period and not is_tail) or own_day > single
        if at and (begins or grammar.OWN_SUBJECT.pattern.search(clause)):
            cuts.add(at)
        periodic, single = own_period or (periodic and is_tail), single or own_day
        at = end
    begins_at = sorted(cuts)
    for begin, end in zip(begins_at, [*begins_at[1:], len(sentence)], strict=True):
        yield begin, sentence[begin:end]


def _counted(sentence: str) -> Iterator[int]:
    """Where, one behind the other, another object is counted: 净增企业50户、新登记市场主体800户."""
    at, counted = 0, False
    for part in re.split(r"([、，])", blank(grammar.QUOTED, sentence).rstrip("。")):
        if part not in ("、", "，"):
            figure = bool(grammar.COUNTED.pattern.search(part))
            if figure and counted:
                yield at
            counted = figure
        at += len(part)


def _proposal(span: Span, why: Rule) -> Proposal:
    text = span.text
    cadence, deadline = first(grammar.CADENCES, text), _deadline(text)
    steps = next((m for rule in grammar.STEPS if (m := rule.pattern.search(text))), None)
    return Proposal(
        start=span.start,
        end=span.start + len(text),
        text=text,
        path=span.path,
        named=named(text),
        targets=tuple(targets(text)),
        cadence=cadence.says if cadence else "once" if deadline else "ongoing",
        deadline=deadline,
        steps=tuple(steps.group().split("、")) if steps else (),
        side=_side(text),
        flags=tuple(_flags(text)),
        why=why.says,
    )


def _deadline(text: str) -> str | None:
    hidden = blank(grammar.QUOTED, text)
    found = next((m for rule in grammar.DEADLINES if (m := rule.pattern.search(hidden))), None)
    return found.group() if found else None


def _side(text: str) -> str:
    """Integrity where the text speaks of that, work where it speaks of work, both where it speaks of both."""
    integrity = bool(grammar.INTEGRITY.pattern.search(text))
    work = bool(grammar.WORK.pattern.search(text))
    return "both" if integrity and work else "integrity" if integrity else "work"


def _flags(text: str) -> Iterator[Flag]:
    for found in grammar.MASKED.finditer(text):
        yield Flag("masked", found.group())
    for phrase, near in grammar.NEAR_MISSES.items():
        for found in near.finditer(text):
            if found.group() not in grammar.RIGHT_AS_IT_IS:
                yield Flag("slip", found.group(), phrase)


# --- what stands beside the rows ----------------------------------------------------------------------------


def _told_at_the_end(paragraph: str, rows: list[Proposal]) -> list[Proposal]:
    """A bracket, or 由…牵头, at the end of a paragraph speaks of all its rows: of their owners, and of their day."""
    end = paragraph[-250:].rstrip("。 ")
    told = next((m.group() for rule in (BRACKET, BY_WHOM) for m in rule.finditer(end) if m.end() == len(end)), None)
    return rows if told is None else [_with(row, named(told), _deadline(told)) for row in rows]


def _told_below(line: str, rows: list[Proposal]) -> list[Proposal]:
    """A line 责任单位：… speaks of the rows of the paragraph above it."""
    return [_with(row, named(line), _deadline(line)) for row in rows]


def _with(row: Proposal, owners: tuple[Named, ...], deadline: str | None) -> Proposal:
    """The row with owners and a day, as far as it names none itself."""
    if deadline and row.deadline is None and row.cadence == "ongoing":
        row = replace(row, deadline=deadline, cadence="once")
    return row if row.named else replace(row, named=owners)
