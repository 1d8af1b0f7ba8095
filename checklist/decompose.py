"""A text becomes proposed duties. Pure: text in, proposals out; no model, no network, the same every time.

One row is what one lead can finish and strike off once. The sentence is where it starts; it is split for another
owner, another counted object, or a period of its own. What tells a duty from background stands in grammar.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from checklist import grammar
from checklist.grammar import Rule

LONGEST_HEADING = 30
LONGEST_OF = 24


@dataclass(frozen=True)
class Named:
    """Somebody whom the text names for a row: `role` is lead or support."""

    name: str
    role: str


@dataclass(frozen=True)
class Target:
    """A figure to reach; `value` is None where the text masks it."""

    of: str
    op: str
    value: int | Decimal | None
    unit: str


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
    for paragraph in _paragraphs(text):
        rows = [row for sentence in paragraph.duties() for row in _rows(text, sentence)]
        found += _with_owners_of_paragraph(paragraph.text, rows)
    return found


# --- the outline --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """A stretch of the source under its headings."""

    start: int
    text: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Paragraph:
    """One line of the source, and where it stands: under a numbered point, or before the first."""

    text: str
    sentences: tuple[Span, ...]
    is_preamble: bool

    def duties(self) -> Iterator[Span]:
        """The sentences that ask for something: not those that look back, greet, or open a section."""
        looks_back = False
        for sentence in self.sentences:
            bare = _unmarked(sentence.text)
            if grammar.TURNS_FORWARD.pattern.search(bare):
                looks_back = False
            elif _first(grammar.LOOKS_BACK, bare):
                looks_back = True
            if not looks_back and not self.is_preamble and not _first(grammar.NO_DUTY, bare):
                yield sentence


def _paragraphs(text: str) -> Iterator[Paragraph]:
    """The lines that are not headings, each with the headings above it."""
    headings: dict[int, str] = {}
    lines = list(_lines(text))
    for n, (start, line) in enumerate(lines):
        level = _level(line)
        if level is not None:
            _climb(headings, level)
        if _is_heading(line, level):
            if level is not None:
                headings[level] = line.strip()
            continue
        path = tuple(headings[key] for key in sorted(headings))
        sentences = tuple(_sentences(start, line, path))
        yield Paragraph(line, sentences, _is_preamble(lines, n, level, path))


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


def _climb(headings: dict[int, str], level: int) -> None:
    for deeper in [key for key in headings if key >= level]:
        del headings[deeper]


def _is_heading(line: str, level: int | None) -> bool:
    """A line of its own that is short and ends in no full stop."""
    ends_open = not grammar.SENTENCE_END.search(line) and not line.endswith(("：", ":", "；", "，"))
    return ends_open and len(line) <= LONGEST_HEADING and (level is not None or "，" not in line)


def _is_preamble(lines: list[tuple[int, str]], n: int, level: int | None, path: tuple[str, ...]) -> bool:
    """Whether a paragraph opens a section whose numbered points are still to come."""
    if level is not None or not path:
        return False
    for _, line in lines[n + 1 :]:
        following = _level(line)
        if following is not None:
            return following > (_level(path[-1]) or 0)
    return False


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
            yield Span(start + at + _indent(sentence), sentence.strip(), path)
        at = end


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _unmarked(sentence: str) -> str:
    """A sentence without the mark that numbers it; of 一要 the 要 stays, since it is what asks."""
    for mark in grammar.MARKS:
        found = mark.pattern.search(sentence)
        if found:
            end = found.end() - (1 if found.group().endswith("要") else 0)
            return sentence[end:].lstrip(" 　")
    return sentence


def _first(rules: tuple[Rule, ...], text: str) -> Rule | None:
    return next((rule for rule in rules if rule.pattern.search(text)), None)


# --- rows ---------------------------------------------------------------------------------------------------


def _rows(source: str, sentence: Span) -> Iterator[Proposal]:
    """The rows of one sentence; none where it asks for nothing."""
    bare = _without_background(_unmarked(sentence.text))
    why = _first(grammar.DUTIES, bare)
    if not why:
        return
    start = sentence.start + len(sentence.text) - len(bare)
    for offset, piece in _pieces(bare):
        text = piece.rstrip("。；，、 \n")
        if text:
            yield _proposal(Span(start + offset, text, sentence.path), why)


def _without_background(sentence: str) -> str:
    """The sentence from its first clause that is not background."""
    at = 0
    for clause, end in _clauses(sentence):
        if not _first(grammar.BACKGROUND, clause):
            return sentence[at:]
        at = end
    return ""


def _clauses(sentence: str) -> Iterator[tuple[str, int]]:
    """Each clause and where the next one begins; what stands in brackets ends no clause."""
    closed = _blank(r"[（(][^）)]*[）)]|“[^”]*”|《[^》]*》", sentence)
    at = 0
    for end in [m.end() for m in grammar.CLAUSE_END.finditer(closed)] + [len(sentence)]:
        if at < end:
            yield sentence[at:end].rstrip("，；,;。！ "), end
        at = end


def _blank(pattern: str | re.Pattern[str], text: str) -> str:
    """The text with what matches put out of sight, every other character in its place."""
    return re.sub(pattern, lambda m: "〇" * len(m.group()), text)


def _pieces(sentence: str) -> Iterator[tuple[int, str]]:
    """A sentence, cut where another owner, a period of its own or another counted object begins."""
    cuts = [0]
    at, periodic = 0, False
    for clause, end in _clauses(sentence):
        own_period = bool(_first(grammar.CADENCES[:4], clause))
        if at and not grammar.TAIL.pattern.search(clause) and (own_period != periodic or _names_owner(clause)):
            cuts.append(at)
        cuts += [at + offset for offset in _counted(clause)]
        periodic = own_period or (periodic and bool(grammar.TAIL.pattern.search(clause)))
        at = end
    cuts = sorted(set(cuts))
    for begin, end in zip(cuts, [*cuts[1:], len(sentence)], strict=True):
        yield begin, sentence[begin:end]


def _names_owner(clause: str) -> bool:
    return bool(re.search(rf"^{grammar.ACTOR}(?:要|负责)", clause)) and not clause.startswith(("要", "尤其要"))


def _counted(clause: str) -> Iterator[int]:
    """Where, behind a 、, another object is counted: 净增企业50户、新登记市场主体800户."""
    parts = re.split(r"(、)", clause)
    at, counted = 0, False
    for part in parts:
        figure = re.search(rf"[^\d分别]{{2,}}{grammar.FIGURE}{grammar.COUNTED.pattern}$", part)
        if figure and counted:
            yield at
        counted = bool(figure) or (counted and part == "、")
        at += len(part)


def _proposal(span: Span, why: Rule) -> Proposal:
    text = span.text
    cadence, deadline = _cadence(text), _deadline(text)
    return Proposal(
        start=span.start,
        end=span.start + len(text),
        text=text,
        path=span.path,
        named=tuple(_named(text)),
        targets=tuple(_targets(text)),
        cadence=cadence or ("once" if deadline else "ongoing"),
        deadline=deadline,
        steps=_steps(text),
        side=_side(text),
        flags=tuple(_flags(text)),
        why=why.says,
    )


def _cadence(text: str) -> str | None:
    found = _first(grammar.CADENCES, text)
    return found.says if found else None


def _deadline(text: str) -> str | None:
    found = next((m for r in grammar.DEADLINE if (m := r.pattern.search(_blank(grammar.QUOTED, text)))), None)
    return found.group() if found else None


def _steps(text: str) -> tuple[str, ...]:
    found = next((m for r in grammar.STEPS if (m := r.pattern.search(text))), None)
    return tuple(found.group().split("、")) if found else ()


def _side(text: str) -> str:
    """By its clauses: integrity where all that speak of either speak of that, work likewise, else both."""
    integrity = bool(grammar.INTEGRITY.pattern.search(text))
    work = bool(grammar.WORK.pattern.search(text))
    return "both" if integrity and work else "integrity" if integrity else "work"


# --- owners -------------------------------------------------------------------------------------------------

_BRACKET = re.compile(r"[（(](?P<inside>[^（）()]*(?:牵头|负责|配合|责任单位)[^（）()]*)[）)]")
_LEAD = re.compile(r"(?:由)?(?P<who>[^，；：]+?)(?:共同)?(?:牵头|分别负责|按职责分工负责|负责)")
_SUPPORT = re.compile(r"(?P<who>[^，；：]+?)(?:等)?(?:配合|协助|参与)")
_LABELLED = re.compile(r"(?P<role>牵头|责任|配合)(?:单位|部门|人)：(?P<who>[^；]+)")
_BY = re.compile(r"由(?P<who>[^，。由]{2,30}?)(?:牵头|负责)")
_SUBJECT = re.compile(
    rf"(?:^|，)(?:尤其是|特别是)?(?P<who>{grammar.ACTOR})，?(?:都|一定|必须)?(?:要|须|应当?|必须|负责)"
)
_KIND = re.compile(r"(?:部门|局|委|办|镇|乡|街道|单位|党组|公司|中心)$")
_RANK = re.compile(r"(?:的?(?:主要)?负责同志|“?一把手”?|党政|主要领导|负责人)+$")


def _named(text: str) -> Iterator[Named]:
    """Whom the text names, in its words; 财政、税务部门 are two."""
    seen: set[str] = set()
    for who, role in _owner_phrases(text):
        for name in _split_names(who):
            if name not in seen:
                seen.add(name)
                yield Named(name, role)


def _owner_phrases(text: str) -> Iterator[tuple[str, str]]:
    bracket = _BRACKET.search(text)
    if bracket:
        yield from _bracketed(bracket["inside"])
        return
    found = _BY.search(text) or _SUBJECT.search(text)
    if found and not re.search(r"要|^我们|^大家", found["who"]):
        yield found["who"], "lead"


def _bracketed(inside: str) -> Iterator[tuple[str, str]]:
    labelled = list(_LABELLED.finditer(inside))
    for found in labelled:
        yield found["who"], "support" if found["role"] == "配合" else "lead"
    if labelled:
        return
    for part in re.split(r"[，；]", inside):
        if found_support := _SUPPORT.fullmatch(part):
            yield found_support["who"], "support"
        elif found_lead := _LEAD.match(part):
            yield found_lead["who"], "lead"


def _split_names(who: str) -> Iterator[str]:
    """Names joined by 、 or 和; a kind that stands only behind the last belongs to all."""
    names = [n for n in re.split(r"[、和及与]", _RANK.sub("", who.removeprefix("县级")).strip("“”")) if n]
    names = [_RANK.sub("", name).removesuffix("等") for name in names]
    kind = _KIND.search(names[-1]) if names else None
    for name in names:
        bare = kind and not _KIND.search(name) and not name.startswith("各") and 2 <= len(name) <= 4
        yield name + kind.group() if bare and kind else name


def _with_owners_of_paragraph(paragraph: str, rows: list[Proposal]) -> list[Proposal]:
    """A bracket at the end of a paragraph names the owners of all its rows that name none themselves."""
    bracket = _BRACKET.search(paragraph[-120:])
    if not bracket or not paragraph.rstrip("。 ").endswith(bracket.group()):
        return rows
    owners = tuple(_named(bracket.group()))
    return [row if row.named else replace(row, named=owners) for row in rows]


# --- figures ------------------------------------------------------------------------------------------------

_FIGURE = re.compile(rf"(?P<value>{grammar.FIGURE})(?P<unit>{grammar.UNIT})")
_SHARED = re.compile(
    rf"(?P<things>[^，]+?)分别(?P<verb>[^\d，]*?)(?P<values>{grammar.FIGURE}(?:、{grammar.FIGURE})+)(?P<unit>{grammar.UNIT})"
)


def _targets(text: str) -> Iterator[Target]:
    """The figures that the text asks for; those in quotes, in background, or that only count are none."""
    for clause, _ in _clauses(text):
        if _first(grammar.BACKGROUND, clause) or _first(grammar.CADENCES[:4], clause):
            continue
        shared = _SHARED.search(clause)
        if shared:
            yield from _shared_targets(clause, shared)
        else:
            yield from _plain_targets(clause)


def _plain_targets(clause: str) -> Iterator[Target]:
    hidden = _blank(grammar.QUOTED, clause)
    begin = 0
    for found in _FIGURE.finditer(hidden):
        before, behind = hidden[begin : found.start()], hidden[found.end() :]
        op = _op(before, behind)
        if op and not re.search(r"第$|对(?:已)?[^，]*$", before):
            of = _of(clause[begin : found.start()])
            yield Target(of, op, _value(found["value"]), found["unit"])
        begin = found.end()


def _shared_targets(clause: str, shared: re.Match[str]) -> Iterator[Target]:
    """政府投资、社会投资项目审批时限分别压缩至90、50个工作日以内: one target for each."""
    values = shared["values"].split("、")
    things = [t for t in re.split(r"[、和及与]", shared["things"]) if t]
    kind = re.search(r"项目.*$|(?:时限|比例|数量|面积).*$", things[-1])
    op = _op(shared["verb"], clause[shared.end() :]) or "="
    for n, value in enumerate(values):
        thing = things[n] if len(things) == len(values) else shared["things"]
        whole = thing + kind.group() if kind and len(things) == len(values) and n < len(things) - 1 else thing
        yield Target(_of(whole), op, _value(value), shared["unit"])


def _op(before: str, behind: str) -> str | None:
    found = _first(grammar.BEHIND, behind) or _first(grammar.BEFORE, before)
    if found:
        return found.says
    return ">=" if before.endswith("率") else None


def _of(words: str) -> str:
    """What a figure is about, in the text's words: without what leads up to it and the verb that sets it."""
    words = re.sub(r"^(?:以上|以内|以下)?[、，和及]?", "", words)
    words = re.sub(r"^(?:要|确保|力争|实现|将|使|年内|全年|全县|把)+", "", words)
    for rule in grammar.BEFORE:
        words = rule.pattern.sub("", words) or words
    return words.strip("、，“”")[-LONGEST_OF:]


def _value(figure: str) -> int | Decimal | None:
    """The figure as a number; None where it is masked."""
    if not figure[0].isdigit():
        return None
    return Decimal(figure) if "." in figure else int(figure)


# --- what to look at ----------------------------------------------------------------------------------------


def _flags(text: str) -> Iterator[Flag]:
    for found in re.finditer(rf"{grammar.MASK}[^，。、；）]{{0,4}}", text):
        yield Flag("masked", found.group())
    for phrase in grammar.STANDARD_PHRASES:
        slip = _near_miss(phrase, text)
        if slip:
            yield Flag("slip", slip, phrase)


def _near_miss(phrase: str, text: str) -> str | None:
    """A stretch of the text that differs from a standard phrase in one character, and is none itself."""
    if len(phrase) < 4:
        return None
    for at in range(len(text) - len(phrase) + 1):
        window = text[at : at + len(phrase)]
        wrong = [n for n in range(len(phrase)) if window[n] != phrase[n]]
        if len(wrong) == 1 and "\u4e00" <= window[wrong[0]] <= "\u9fff" and window not in grammar.STANDARD_PHRASES:
            return window
    return None
