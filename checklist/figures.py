"""The figures that a text asks for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from checklist import grammar
from checklist.outline import blank, clauses, first

LONGEST_OF = 24
FAR = 60  # no more characters before a figure say how it is meant


@dataclass(frozen=True)
class Target:
    """A figure to reach; `value` is None where the text masks it."""

    of: str
    op: str
    value: int | Decimal | None
    unit: str


_FIGURE = re.compile(rf"(?P<value>{grammar.FIGURE})(?P<unit>{grammar.UNIT})")
_SHARED = re.compile(
    rf"(?P<things>[^，]{{1,60}}?)分别(?P<verb>[^\d，]{{0,12}}?)"
    rf"(?P<values>{grammar.FIGURE}(?:、{grammar.FIGURE})+)(?P<unit>{grammar.UNIT})"
)
_ALREADY = re.compile(r"第$|对已?[^，]*$")
_KIND = re.compile(r"项目.*$|(?:时限|比例|数量|面积).*$")


def targets(text: str) -> Iterator[Target]:
    """The figures that the text asks for; those in quotes, in background, or that only count are none."""
    for clause, _ in clauses(text):
        if first(grammar.BACKGROUND, clause) or first(grammar.PERIODS, clause):
            continue
        shared = _SHARED.search(clause)
        yield from _shared(clause, shared) if shared else _plain(clause)


def _plain(clause: str) -> Iterator[Target]:
    hidden = blank(grammar.QUOTED, clause)
    begin = 0
    for found in _FIGURE.finditer(hidden):
        start = max(begin, found.start() - FAR)
        before, behind = hidden[start : found.start()], hidden[found.end() : found.end() + 6]
        op = _op(before, behind)
        if op and not _ALREADY.search(before):
            yield Target(_of(clause[start : found.start()]), op, _value(found["value"]), _unit(found["unit"]))
        begin = found.end()


def _shared(clause: str, shared: re.Match[str]) -> Iterator[Target]:
    """政府投资、社会投资项目审批时限分别压缩至90、50个工作日以内: one target for each."""
    values = shared["values"].split("、")
    things = [t for t in re.split(r"[、和及与]", shared["things"]) if t]
    each = things if len(things) == len(values) else [shared["things"]] * len(values)
    kind = _KIND.search(each[-1])
    op = _op(shared["verb"], clause[shared.end() : shared.end() + 6]) or "="
    for thing, value in zip(each, values, strict=True):
        whole = thing if thing == each[-1] or not kind else thing + kind.group()
        yield Target(_of(whole), op, _value(value), _unit(shared["unit"]))


def _op(before: str, behind: str) -> str | None:
    """How a figure is meant (民法典 article 1259: 以上、以内 include it, 超过、不满 do not)."""
    found = first(grammar.BEHIND, behind) or first(grammar.BEFORE, before)
    if found:
        return found.says
    return ">=" if before.endswith("率") else None


def _of(words: str) -> str:
    """What a figure is about, in the text's words: without what leads up to it and the verb that sets it."""
    words = re.sub(r"^(?:以上|以内|以下|左右)?[、，和及]?", "", words)
    for rule in grammar.BEFORE:
        found = rule.pattern.search(blank(grammar.QUOTED, words))
        if found:
            noun = found.groupdict().get("noun")
            words = words[found.start("noun") :] if noun else words[: found.start()] or words
            break
    words = re.sub(r"^(?:要|确保|力争|实现|将|使|年内|全年|全县|把|推动|其中)+", "", words)
    return words.strip("、，").rstrip("的为在至到")[-LONGEST_OF:]


def _value(figure: str) -> int | Decimal | None:
    """The figure as a number; None where it is masked."""
    if not figure[0].isdigit():
        return None
    return Decimal(figure) if "." in figure else int(figure)


def _unit(unit: str) -> str:
    return "工作日" if unit == "个工作日" else "%" if unit == "％" else unit
