"""A text becomes proposed duties. Pure: text in, proposals out; no model, no network, the same every time.

One row is what one lead can finish and strike off once. The sentence is where it starts; it is split for another
owner, another counted object, a period of its own, or something that is done once among what goes on. What tells a
duty from background stands in grammar.py and background.py.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from checklist.decompose import doubts, grammar, terms
from checklist.decompose.division import counted, first_day, pieces, without_background
from checklist.decompose.figures import Target, targets, verb_op
from checklist.decompose.grammar import Rule, first
from checklist.decompose.named import Named, named, told_behind, told_when, without_told
from checklist.decompose.outline import Heading, Paragraph, Span, clauses, legible, paragraphs, unmarked

SHORTEST = 4  # characters: a verb alone asks for nothing


@dataclass(frozen=True)
class Flag:
    """Something to look at: kind `masked` (待定), `slip`, a near miss of the phrase `standard`, or `doubt`."""

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

    @property
    def sure(self) -> str:
        """How sure the decomposer is of the row: 高, 中 or 低."""
        return doubts.level(sum(flag.kind == "doubt" for flag in self.flags))

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON wants it; a figure with decimals is the float that prints the same."""
        row = asdict(self)
        for target in row["targets"]:
            if isinstance(target["value"], Decimal):
                target["value"] = float(target["value"])
        row["flags"] = [{k: v for k, v in flag.items() if v is not None} for flag in row["flags"]]
        row["sure"] = self.sure
        return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def normalise(text: str) -> str:
    """Return a text as offsets count it: without a BOM, line ends LF, NFC."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text)


def decompose(text: str) -> list[Proposal]:
    """Return the duties that a text, any text at all, asks for, in its order."""
    source = normalise(text)
    rows: list[_Row] = []
    point = _Point()
    for tells_whose, group in groupby(paragraphs(legible(source)), lambda paragraph: bool(paragraph.told)):
        if tells_whose:
            told = "；".join(paragraph.told or "" for paragraph in group)
            rows += [row.told(told) for row in point.rows]
            point = _Point()
            continue
        for paragraph in group:
            if paragraph.level is not None or paragraph.path != point.path:
                rows += point.closed()
                point = _Point(paragraph.path)
            point.add(*_rows_of(paragraph, source))
    return [row.under_its_headings() for row in rows + point.closed()]


# --- rows ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """A proposal whose owners and day may still come from what stands beside it."""

    proposal: Proposal
    path: tuple[Heading, ...]
    is_told: bool = False

    def told(self, words: str) -> _Row:
        """Return the row with the time and owners that stand beside or below it; these go before who is spoken of."""
        proposal = _timed(self.proposal, words)
        return replace(self, proposal=replace(proposal, named=named(words) or proposal.named), is_told=True)

    def owned(self, owners: tuple[Named, ...]) -> _Row:
        return replace(self, proposal=_inferred(self.proposal, _with(self.proposal, owners)))

    def under_its_headings(self) -> Proposal:
        """Return the proposal with what its headings add, the nearest first.

        They add it on the lines right below them, in brackets, as （一）自查自纠（4月底前）, or by whom they tell to do
        what stands under them, as （三）党员干部要筑牢思想防线.
        """
        row = self.proposal
        for heading in reversed(self.path):
            bracket = grammar.CLOSED_END.search(heading.text)
            for words in (heading.told, bracket.group() if bracket else ""):
                row = _with(_timed(row, words), named(words)) if words else row
            bare = unmarked(heading.text)
            row = _with(row, named(bare)) if grammar.SUBJECT.match(bare) else row
        return row if any(heading.told for heading in self.path) else _inferred(self.proposal, row)


@dataclass
class _Point:
    """The rows of one numbered point; `ending` is what its last paragraph says of whose all of them are."""

    path: tuple[Heading, ...] = ()
    rows: list[_Row] = field(default_factory=list)
    ending: str | None = None

    def add(self, rows: list[_Row], ending: str | None) -> None:
        """Add a paragraph; its ending holds for the rows before it where none of these has one of its own."""
        if any(row.is_told for row in self.rows):
            self.rows, ending = [replace(row, is_told=True) for row in self.rows], None
        self.rows, self.ending = self.rows + rows, ending

    def closed(self) -> list[_Row]:
        return [row if row.is_told or not self.ending else row.told(self.ending) for row in self.rows]


def _rows_of(paragraph: Paragraph, source: str) -> tuple[list[_Row], str | None]:
    """Return the rows of a paragraph, and what its end says of whose they are.

    Words on owners behind a sentence hold for the rows since the last such words. Whoever is named in the sentence
    that opens an enumeration, as in 各镇要压实责任。一要……, owns its points.
    """
    done: list[_Row] = []
    waiting: list[_Row] = []
    told = None
    opening = paragraph.opening
    for sentence in paragraph.duties():
        owners = named(opening.text) if opening and sentence.start > opening.start else ()
        waiting += [_Row(proposal, sentence.path).owned(owners) for proposal in _proposals(sentence, source)]
        if told := told_behind(sentence.text):
            done += [row.told(told) for row in waiting]
            waiting = []
    return done + waiting, told


def _proposals(sentence: Span, source: str) -> Iterator[Proposal]:
    """Yield the rows of one sentence; none where it asks for nothing."""
    asked = without_told(unmarked(sentence.text))
    bare, follows_background = without_background(asked)
    why = first(grammar.DEMANDS if follows_background else grammar.DUTIES, bare)
    if not why:
        return
    start = sentence.start + sentence.text.index(asked) + len(asked) - len(bare)
    counts = set(counted(bare))
    cut = list(pieces(bare))
    before: Proposal | None = None
    for offset, piece in cut:
        text = piece.rstrip("。；，、！ ")
        if len(text) < SHORTEST:
            continue
        row = _proposal(Span(start + offset, text, sentence.path), first(grammar.DUTIES, text) or why, source)
        if _is_integrity_here(row, before):
            row = replace(row, side="integrity")
        if before:
            is_apart = bare[offset - 1] == "；"
            row = _following(row, before, goes_on=offset in counts and not is_apart, is_apart=is_apart)
        before = row
        yield _doubted(row, *doubts.doubts(row.text, row.why, is_cut=len(cut) > 1, has_target=bool(row.targets)))


def _proposal(span: Span, why: Rule, source: str) -> Proposal:
    text, own_day = span.text, first_day(span.text)
    cadence = first(terms.CADENCES, text)
    begins = next(clauses(text), (text, 0))[0]
    if cadence in terms.CASES and first_day(begins) and not first(terms.CASES, begins):
        cadence = None  # the case comes behind what is done once: 4月15日前完成整改，一时难以整改的……
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


def _following(row: Proposal, before: Proposal, *, goes_on: bool, is_apart: bool) -> Proposal:
    """Return a row cut off a sentence with the owner that the sentence has named, and in an enumeration its day."""
    rules = (grammar.BY, grammar.FORBIDDEN_TO) if is_apart else (grammar.BY,)
    is_anothers = first(rules, before.text) or grammar.BY.search(row.text)
    row = _with(row, () if is_anothers else before.named, before.deadline if goes_on else None)
    if before.targets:
        op = verb_op(before.text) or before.targets[-1].op if goes_on and not row.targets else None
        row = replace(row, targets=tuple(targets(row.text, op=op, whose=before.targets[-1].of)))
    return row


def _timed(row: Proposal, words: str) -> Proposal:
    """Return the row with the time that words beside or below it set."""
    when = told_when(words) or ""
    period = first(terms.PERIODS, when)
    if period and row.cadence == "ongoing":
        row = replace(row, cadence=period.says)
    return _with(row, (), first_day(when))


def _with(row: Proposal, owners: tuple[Named, ...], deadline: str | None = None) -> Proposal:
    """Return the row with owners and a day, as far as it names none itself."""
    if deadline and row.deadline is None and row.cadence == "ongoing":
        row = replace(row, deadline=deadline, cadence="once")
    return row if row.named else replace(row, named=owners)


def _doubted(row: Proposal, *found: str) -> Proposal:
    return replace(row, flags=(*row.flags, *(Flag("doubt", doubt) for doubt in found)))


def _inferred(before: Proposal, row: Proposal) -> Proposal:
    """Return the row, doubted where its owners have come from beside it."""
    return _doubted(row, doubts.INFERRED) if row.named != before.named else row


def _steps(text: str) -> tuple[str, ...]:
    """Return the steps of the procedure that a text tells, in the procedure's order."""
    for procedure in terms.PROCEDURES:
        if found := terms.in_a_row(procedure).search(text):
            steps = tuple(step for step in procedure if step in found.group())
            return steps if len(steps) > 1 else ()
    return ()


def side_of(text: str) -> str:
    """Return `integrity` where a text speaks of that alone, `work` where it does not, `both` where it asks for both.

    Where a clause forbids, names an offence or the procedure that guards against it, or only says in which case, its
    words of work tell the field: 严查骗取医保基金的行为 is integrity alone.
    """
    if not terms.INTEGRITY_WORDS.search(text):
        return "work"
    tells_the_field = (terms.GUARDED, grammar.FORBIDDEN, grammar.CONDITION)
    asked = (clause for clause, _ in clauses(text) if not first(tells_the_field, clause))
    return "both" if any(map(terms.WORK_WORDS.search, asked)) else "integrity"


def _is_integrity_here(row: Proposal, before: Proposal | None) -> bool:
    """Return whether a row that speaks of no work goes with an integrity row before it, or such a heading above it."""
    if terms.WORK_WORDS.search(row.text):
        return False
    return any(map(terms.INTEGRITY_HEADING.search, row.path)) or (before is not None and before.side == "integrity")


def flags_of(text: str) -> Iterator[Flag]:
    """Yield what a human has to look at: what the text masks, and what may be a slip."""
    for found in terms.MASKED.finditer(text):
        yield Flag("masked", found.group())
    for found in terms.NEAR_MISS.pattern.finditer(text):
        if phrase := terms.standard(found.group()):
            yield Flag("slip", found.group(), phrase)
