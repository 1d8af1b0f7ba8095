"""Where one duty ends and the next begins within a sentence. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from checklist.decompose import background, grammar, terms
from checklist.decompose.figures import targets
from checklist.decompose.grammar import Rule, first
from checklist.decompose.outline import blank, clauses


def without_background(sentence: str) -> tuple[str, bool]:
    """Return the sentence from its first clause that is not background, and whether a statement comes before it.

    What follows a statement is a duty only if it says so: 国家出台新举措，加大支持力度 is one statement.
    """
    at, is_told = 0, False
    for clause, end in clauses(sentence):
        told = first(background.BACKGROUND, clause)
        if not told:
            return sentence[at:], is_told
        at, is_told = end, is_told or told not in background.TELLS_NOTHING
    return "", is_told


def pieces(sentence: str) -> Iterator[tuple[int, str]]:
    """Yield the parts of a sentence, cut where another owner, a period, a single act or another counted object begins."""
    cuts = sorted({0, *_cuts(sentence), *counted(sentence)})
    for begin, end in zip(cuts, [*cuts[1:], len(sentence)], strict=True):
        yield begin, sentence[begin:end]


def counted(sentence: str) -> Iterator[int]:
    """Yield where, one behind the other, another object is counted: 净增企业50户、新登记市场主体800户.

    县级队伍不少于100人，镇级队伍不少于30人, which nobody is told to bring about, says how good the row has to be.
    """
    at, before, has_verb, is_part = 0, False, False, False
    if not grammar.SOME_FIGURE.search(sentence):
        return
    for part in re.split(r"([、，；])", blank(grammar.CLOSED, sentence).rstrip("。")):
        if part in ("，", "；"):
            is_part = False
        elif part != "、":
            is_part = is_part or "其中" in part
            is_counted = bool(grammar.COUNTED.search(part))
            makes = is_counted and bool(grammar.MAKES.search(part))
            if is_counted and before and (has_verb or makes) and not is_part:
                yield at
            before, has_verb = is_counted, (has_verb and before) or makes
        at += len(part)


def first_day(text: str) -> str | None:
    """Return by when, in the text's own words: the first day that it names."""
    if not terms.SOME_DAY.search(text):
        return None
    hidden = blank(grammar.QUOTED, text)
    found = [found for rule in terms.DEADLINES if (found := rule.search(hidden))]
    return min(found, key=lambda found: (found.start(), -found.end())).group() if found else None


class _Said(NamedTuple):
    """Who, when and how often, as a stretch of a sentence says it."""

    is_named: bool
    period: Rule | None
    day: str | None
    case: Rule | None
    whom: str | None  # 由项目单位审批
    is_told: bool  # it ends in a bracket on its owner

    @classmethod
    def by(cls, text: str) -> _Said:
        period = first((*terms.PERIODS, *terms.OTHER_PERIODS), text)
        whom = grammar.BY.search(text)
        return cls(
            is_named=bool(grammar.SUBJECT.search(text) or grammar.DOER.search(text)),
            period=period,
            day=None if period else first_day(text),
            case=first(terms.CASES, text),
            whom=whom and whom["who"],
            is_told=text.endswith("）") and bool(grammar.BRACKET.search(text)),
        )

    def then(self, later: _Said) -> _Said:
        """Return what both say; the later goes before."""
        return later._replace(
            is_named=self.is_named or later.is_named,
            period=later.period or self.period,
            day=later.day or self.day,
            case=later.case or self.case,
            whom=later.whom or self.whom,
        )


def _cuts(sentence: str) -> Iterator[int]:
    """Yield where a clause begins another duty; the conditions right before it go with it."""
    begin = 0
    before: _Said | None = None  # by the duty before
    for clause, end in clauses(sentence):
        waits = grammar.CONDITION.search(clause) or (before is None and grammar.BY_WHOM.search(clause))
        if waits and end < len(sentence):
            continue
        whole = sentence[begin:end].rstrip("，；。")
        said = _Said.by(whole)
        if before is None:
            before = said
        elif _is_apart(sentence, begin, clause) or (
            _begins(clause, whole, said, before) and not _goes_on(clause, sentence[:begin])
        ):
            yield begin
            before = said
        else:
            before = before.then(said)
        begin = end


def _is_apart(sentence: str, begin: int, clause: str) -> bool:
    """Return whether a clause asks for something behind a semicolon, where it is a duty of its own."""
    asks = clause.startswith(("对", "凡")) or first(grammar.DUTIES, clause)
    return bool(asks and sentence[begin - 1 : begin] == "；")


def _goes_on(clause: str, before: str) -> bool:
    """Return whether a clause only says more of the words before it.

    It says by when a step is done (履行专家论证、风险评估程序，专家论证10日内完成), or what a group is formed for.
    """
    step = grammar.LIMITED_STEP.match(clause)
    if step and step["step"] in before:
        return True
    return bool(grammar.SWEEP.search(clause) and grammar.MEANS.search(before))


def _begins(clause: str, whole: str, said: _Said, before: _Said) -> bool:
    """Return whether a clause, `whole` with its conditions, is a duty of its own behind what was said before."""
    has_owner = before.is_named or before.whom is not None
    if grammar.OWN_SUBJECT.search(clause) or (has_owner and grammar.DOER.match(clause)):
        return True
    if first(grammar.TAIL, clause) and not (said.day and before.day):
        return False
    if said.period:
        return said.period != before.period
    if said.case and said.case is not before.case:
        return True
    if said.whom and before.whom and said.whom != before.whom:
        return True
    if said.day and (before.day or not grammar.COMPLETES.search(whole)):
        return bool(before.day or before.period) or not any(targets(clause))
    return bool(before.is_told or (before.period and grammar.RETURNS.search(clause)))
