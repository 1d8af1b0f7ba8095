"""The figures that a text asks for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from checklist import grammar, terms
from checklist.outline import blank, clauses, first
from checklist.vocabulary import COUNTER, FIGURE, SPAN_OF_TIME, UNIT

LONGEST_OF = 24
FAR = 60  # no more characters before a figure say how it is meant


@dataclass(frozen=True)
class Target:
    """A figure to reach; `value` is None where the text masks it."""

    of: str
    op: str
    value: int | Decimal | None
    unit: str


_FIGURE = re.compile(rf"(?:(?P<low>{FIGURE})(?:{UNIT})?[-—－~至])?(?P<value>{FIGURE})(?P<unit>{UNIT})")
_ONE = re.compile(rf"(?P<value>{FIGURE})(?P<unit>{UNIT})?")
_SHARED = re.compile(
    rf"(?P<things>[^，]{{1,60}}?)分别(?P<verb>[^0-9，]{{0,12}}?)(?P<values>{FIGURE}(?:{UNIT})?(?:[、和及]{FIGURE}(?:{UNIT})?){{1,9}})"
)
_ALREADY = re.compile(r"第$|对(?:已|现有)[^，]{0,60}$")
_COMPARED = re.compile(r"不|至少|以上|以内|以下|超过")
_KIND = re.compile(r"项目.*$|(?:时限|比例|数量|面积).*$")
_LEADING = re.compile(
    rf"^(?:(?:{grammar.SUBJECT.pattern.pattern})|要|须|必须|确保|力争|争取|实现|努力|推动|推进|使(?!用)|让|将|把|其中|再|也|并|"
    rf"(?:比|较)(?:上|去|往)年|在[^，]{{1,12}}基础上|每(?:[日周月年]|季度?|半年)|到|年内|全年|今年|我县|全县|逐步|带头|至少)+"
)
# What stands between the words and their figure: 在去年基础上再, 自收到之日起, 全年.
_BETWEEN = re.compile(
    r"在[^，]{1,12}基础上再?|再$|(?:应|须|要|必须)?[在自]?[^，]{0,10}(?:之日起|后)$|(?:全年|年内|每(?:年|季度|月|人)|累计)$"
)
_TRAILING = "的为在至到要应须都均将、，"
_COUNTS = re.compile(rf"^{COUNTER}$")
_NOUN_BEHIND = re.compile(r"^[^，、；。0-9（）]{2,24}")


def targets(text: str, *, op: str | None = None) -> Iterator[Target]:
    """The figures that the text asks for; those in quotes, in background or in a condition are none.

    `op` is how a figure is meant where the text has no word for it: in 新增企业8家、农场5家 the second goes with 新增.
    """
    before = ""
    for clause, end in clauses(text):
        is_condition = end < len(text) and grammar.CONDITION.pattern.search(clause)
        if not is_condition and not first(grammar.BACKGROUND, clause):
            shared = _SHARED.search(clause)
            yield from _shared(clause, shared) if shared else _plain(clause, before, op)
        before = clause


def _plain(clause: str, context: str, otherwise: str | None) -> Iterator[Target]:
    hidden = blank(grammar.CLOSED, clause)
    begin = 0
    for found in _FIGURE.finditer(hidden):
        start = max(begin, found.start() - FAR)
        before, behind = hidden[start : found.start()], hidden[found.end() : found.end() + FAR]
        op = _op(before, behind) or otherwise
        if op is None and terms.FROM.search(before):
            continue
        begin = found.end()
        if op and not _only_tells(before, behind, found["unit"]):
            words = clause[start : found.start()].rsplit("、", 1 if start else 0)[-1]
            about = _about(words, clause[found.end() : found.end() + FAR], found["unit"]) or _bare(context)
            yield from _targets((about or _LEADING.sub("", words) or words)[-LONGEST_OF:], op, found)


def _only_tells(before: str, behind: str, unit: str) -> bool:
    """It says what is there already, which things are meant, or that something is done once."""
    is_frequency = unit == "次" and not _COMPARED.search(before + behind[:2])
    picks_out = before.startswith(("对", "凡")) and bool(terms.ATTRIBUTE.pattern.search(behind))
    return is_frequency or picks_out or bool(_ALREADY.search(before))


def _targets(about: str, op: str, found: re.Match[str]) -> Iterator[Target]:
    """One target, or the two ends of 3至5家."""
    unit = _unit(found["unit"])
    if found["low"]:
        yield Target(about, ">=", _value(found["low"]), unit)
        yield Target(about, "<=", _value(found["value"]), unit)
    else:
        yield Target(about, op, _value(found["value"]), unit)


def _shared(clause: str, shared: re.Match[str]) -> Iterator[Target]:
    """政府投资、社会投资项目审批时限分别压缩至90、50个工作日以内: one target for each."""
    values = list(_ONE.finditer(shared["values"]))
    unit = next((value["unit"] for value in reversed(values) if value["unit"]), None)
    if unit is None:
        return
    things = [t for t in re.split(r"[、和及与]", shared["things"]) if t]
    each = things if len(things) == len(values) else [shared["things"]] * len(values)
    kind = _KIND.search(each[-1])
    op = _op(shared["verb"], clause[shared.end() : shared.end() + 12]) or "="
    for thing, value in zip(each, values, strict=True):
        whole = thing if thing == each[-1] or not kind else thing + kind.group()
        yield Target(_bare(whole)[-LONGEST_OF:] or whole, op, _value(value["value"]), _unit(value["unit"] or unit))


def _op(before: str, behind: str) -> str | None:
    """How a figure is meant (民法典 article 1259: 以上、以内 include it, 超过、不满 do not)."""
    found = first(terms.BEHIND, behind) or first((*terms.BEFORE, terms.SHARE), before)
    return found.says if found else None


def _about(words: str, behind: str, unit: str) -> str:
    """What a figure is about, in the text's words: what stands before the verb that sets it, or behind the figure."""
    hidden = blank(grammar.CLOSED, words)
    verb = next((m for rule in terms.BEFORE if (m := rule.pattern.search(hidden))), None)
    if verb and verb.groupdict().get("noun"):
        return _bare(words[verb.start("noun") :])
    if unit.removeprefix("个") in SPAN_OF_TIME and behind.startswith(("内", "之内")) and _behind(behind, unit):
        return _behind(behind, unit)
    changes = verb and first(terms.BEHIND, behind) and first(terms.CHANGES, hidden)
    counted = _behind(behind, unit) if verb and not changes else ""
    return counted or _bare(words[: verb.start()] if verb and not changes else words) or _behind(behind, unit)


def _bare(words: str) -> str:
    """The words without what leads up to them: who is to do it, by when, and 确保 or 力争."""
    words = terms.FROM.sub("", re.sub(r"^(?:以上|以内|以下|左右)?[、，和及]?", "", words))
    doer = grammar.DOER.pattern.match(words)
    words = words[doer.end("who") :] if doer else words
    words = words.removeprefix("到")
    day = next((m for rule in terms.DEADLINES if (m := rule.pattern.match(words))), None)
    words = _LEADING.sub("", words[day.end() :] if day else words)
    return _BETWEEN.sub("", words).lstrip("、，").rstrip(_TRAILING)


def _behind(words: str, unit: str) -> str:
    """What is counted, or what has to be done in time, where it stands behind the figure."""
    if not _COUNTS.search(unit) and unit.removeprefix("个") not in SPAN_OF_TIME:
        return ""
    found = _NOUN_BEHIND.search(re.sub(r"^(?:以上|以内|之内|以下|内)?的?", "", words))
    return found.group() if found else ""


def _value(figure: str) -> int | Decimal | None:
    """The figure as a number; None where it is masked."""
    if not figure[0].isdigit() or not figure[-1].isdigit():
        return None
    figure = figure.replace(",", "")
    return Decimal(figure) if "." in figure else int(figure)


def _unit(unit: str) -> str:
    return "工作日" if unit == "个工作日" else "%" if unit == "％" else unit
