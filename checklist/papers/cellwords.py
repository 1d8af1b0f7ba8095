"""What the words in a table's cell say: who, by when, how often, how much. Pure; the decomposer's rules where they fit.

Nothing is guessed: what is not understood comes back as such, and stays 待定.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from checklist.decompose import figures, grammar, terms
from checklist.decompose.figures import Target
from checklist.decompose.grammar import first
from checklist.decompose.named import Named, named
from checklist.decompose.outline import legible
from models import Cadence, ExactDecimal, Side

_NOTHING = re.compile(r"[\s/\\—–\-－_.。、无]*")
_WIDE = {ord(c): ord(c) - 0xFEE0 for c in "０１２３４５６７８９％．／－＋"}  # other full-width signs are punctuation
_CHINESE_MONTH = {"十二": "12", "十一": "11", "十": "10", **{c: str(n) for n, c in enumerate("一二三四五六七八九", 1)}}


def plain(text: str) -> str:
    """Return the text with figures as one types them: ６月 is 6月, 六月 is 6月."""
    text = text.translate(_WIDE)
    return re.sub(
        r"(?<![一二三四五六七八九十])(十[一二]?|[一二三四五六七八九])(?=月)", lambda m: _CHINESE_MONTH[m[1]], text
    )


def is_nothing(text: str) -> bool:
    """Tell whether a cell says that there is nothing to say: empty, 无, /, —."""
    return bool(_NOTHING.fullmatch(text))


# --- who ----------------------------------------------------------------------------------------------------

_SUPPORTS = ("配合", "协办", "协助", "参与")
_ROLE = re.compile(r"(?P<who>[^（）]+)（(?P<role>牵头|主办|主责|负责|配合|协办|协助|参与)(?:单位|部门)?）")
_EXCEPTED = re.compile(r"[^（）]+（[^（）]+除外）")
_BARE_LABEL = re.compile(r"(牵头|主办|责任|配合|协办|协助|参与)(?=：)")


def named_in(text: str, part: str, known: Collection[str] = ()) -> list[Named]:
    """Return those whom a cell names; `part` (lead or support) is its column's, which a word in the cell may overrule.

    Names in `known` stay whole, whatever is in them.
    """
    if is_nothing(text):
        return []
    text = _BARE_LABEL.sub(r"\1单位", legible(plain(text)).strip())
    if grammar.LABEL.pattern.search(text):
        text = re.sub(r"\s*\n\s*", "；", text)
        return list(named(text if grammar.LABEL.pattern.match(text) else f"责任单位：{text}"))
    pieces = [piece for piece in _apart(text) if piece]
    roles = {piece: found for piece in pieces if (found := _ROLE.fullmatch(piece))}
    if not roles and re.search(r"牵头|主办|配合|协办|协助|参与", text):
        lines = [line.strip("，；。 ") for line in text.split("\n") if line.strip()]
        return list(named(f"（{'，'.join(lines)}）"))
    has_lead = any(found["role"] not in _SUPPORTS for found in roles.values())
    who: dict[str, Named] = {}
    for whole, run in groupby(pieces, lambda piece: _is_whole(piece, roles, known)):
        for name in run if whole else _names("、".join(run)):
            role = roles.get(name)
            taken = ("support" if role["role"] in _SUPPORTS else "lead") if role else "support" if has_lead else part
            bare = role["who"] if role else name
            who.setdefault(bare, Named(bare, taken))
    return list(who.values())


def _apart(text: str) -> Iterator[str]:
    """Cut the text at its commas and line ends, but not within brackets."""
    depth, begin = 0, 0
    for at, c in enumerate(text):
        depth += (c == "（") - (c == "）")
        if depth <= 0 and c in "、，；\n/":
            yield text[begin:at].strip(" 。")
            begin = at + 1
    yield text[begin:].strip(" 。")


def _is_whole(piece: str, roles: Collection[str], known: Collection[str]) -> bool:
    return piece in roles or piece in known or piece.endswith("〕") or _EXCEPTED.fullmatch(piece) is not None


def _names(words: str) -> list[str]:
    """财政、税务部门 are two departments."""
    return [who.name for who in named(f"责任单位：{words}")] or [words]


# --- when ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timing:
    """`due_on` is the day that a cell sets beyond doubt; `wrong` says that it names a day that there is not."""

    due_on: date | None = None
    cadence: Cadence | None = None
    wrong: bool = False

    @property
    def is_understood(self) -> bool:
        return self.due_on is not None or self.cadence is not None


_DAY = re.compile(
    r"(?:(?P<year>20[0-9]{2})\s*[年./-]\s*)?(?P<month>[0-9]{1,2})\s*(?:月\s*(?P<day>[0-9]{1,2})\s*[日号]|[./-](?P<day2>[0-9]{1,2})(?![0-9]))"
)
_MONTH = re.compile(
    r"(?:(?P<year>20[0-9]{2})年)?(?P<month>[0-9]{1,2})月(?![0-9])(?!.{0,2}(?:前|上旬|中旬)(?<!底前)(?<!末前))"
)
_COMPACT = re.compile(r"(?<![0-9])(20[0-9]{2})([0-9]{2})([0-9]{2})(?![0-9])")
_RANGE = re.compile(r"[0-9]{1,2}月?(?:份|[0-9]{1,2}日)?(?:至|到|—+|-|–|~|～|－)(?=(?:20[0-9]{2}年)?[0-9]{1,2}月)")
_ENDS = (
    (re.compile(r"(?<!每)(?<!下)(?<!上)(?:第?[一1]季度)"), (3, 31)),
    (re.compile(r"(?<!每)第?[二2]季度|(?<!每)上半年"), (6, 30)),
    (re.compile(r"(?<!每)第?[三3]季度"), (9, 30)),
    (re.compile(r"(?<!每)第?[四4]季度|(?<!每)下半年|年底|年末|年内|年终"), (12, 31)),
)
_ONGOING = re.compile(r"长期|持续|常态|全年|日常|常年|贯穿|一以贯之|始终")
_PER_EVENT = re.compile(r"逢|按需|随时|适时|每(?:次|起|宗|例|批)|发生时|即时")


def timing_in(text: str, year: int) -> Timing:
    """Return by when and how often, from a cell for either; months and days without a year are in `year`.

    A month, quarter or half-year stands for its last day. Two days in one cell set none: a human says which.
    """
    if terms.MASKED.search(text):
        return Timing()
    text = plain(text)
    cadence = cadence_in(text)
    bare = _RANGE.sub("", text)
    days = [found.groups() for found in _COMPACT.finditer(bare)]
    days += [(m["year"], m["month"], m["day"] or m["day2"]) for m in _DAY.finditer(_COMPACT.sub("", bare))]
    rest = _DAY.sub("", _COMPACT.sub("", bare))
    days += [(m["year"], m["month"], None) for m in _MONTH.finditer(rest)]
    try:
        found = {_day(int(y or year), int(m), int(d) if d else None) for y, m, d in days}
        stated = re.search(r"(20[0-9]{2})年", rest)
        of = int(stated[1]) if stated else year
        found |= {date(of, *end) for words, end in _ENDS if words.search(rest)}
    except ValueError:
        return Timing(cadence=cadence, wrong=True)
    if cadence not in (None, Cadence.ONCE, Cadence.YEARLY, Cadence.ONGOING):
        return Timing(cadence=cadence)
    due = found.pop() if len(found) == 1 else None
    if found:
        return Timing()
    if due and cadence in (None, Cadence.ONGOING):
        return Timing(due, Cadence.ONCE)
    return Timing(due, cadence)


def _day(year: int, month: int, day: int | None) -> date:
    return date(year, month, day or monthrange(year, month)[1])


def cadence_in(text: str) -> Cadence | None:
    """Return how often, in the words of the screen or of official Chinese; None where it is not said, or more than we know."""
    for cadence in Cadence:
        if cadence.label in text:
            return cadence
    if any(rule.pattern.search(text) for rule in terms.OTHER_PERIODS):
        return None
    if rule := first(terms.PERIODS, text):
        return Cadence(rule.says)
    if _PER_EVENT.search(text):
        return Cadence.PER_EVENT
    if re.search(r"一次性|^(?:1|一)次$", text):
        return Cadence.ONCE
    return Cadence.ONGOING if _ONGOING.search(text) else None


# --- how much -----------------------------------------------------------------------------------------------

# As a list's own sheet writes a target: 网上可办率 ≥ 96 %.
_EXACT = re.compile(
    r"(?P<of>.{1,80}) (?P<op>[≥≤＞＜＝]|增加|减少) (?P<value>待定|-?[0-9]{1,20}(?:\.[0-9]{1,20})?)(?: (?P<unit>.{0,20}))?"
)
_OPS = {"≥": ">=", "≤": "<=", "＞": ">", "＜": "<", "＝": "=", "增加": "+", "减少": "-"}
_ONLY_SIGN = re.compile(r"(?:不低于|不少于|不高于|不超过|达到?|至少|净增|新增|控制在|完成|实现|超过|增长|下降)?")


def targets_in(text: str, about: str) -> tuple[list[Target], list[str]]:
    """Return the figures that a cell for targets sets, and what in it is not settled: figures that are not understood, and
    those of which it does not say whether more or less would be better.

    A figure that stands alone (96%以上) is `about` the row itself. Lines as the list's own sheet has them come back
    exactly.
    """
    found: list[Target] = []
    unclear: list[str] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        if exact := _EXACT.fullmatch(line):
            value = None if exact["value"] == "待定" else Decimal(exact["value"])
            found.append(Target(exact["of"], _OPS[exact["op"]], value, exact["unit"] or ""))
            continue
        for piece in re.split(r"[；;。]", plain(line)):
            words = piece.replace("≥", "不低于").replace("≤", "不超过").replace(">", "超过").replace("<", "低于")
            read = _about(words, about)
            found += read
            if re.search(r"[0-9]", piece) and (not read or any(target.op == "=" for target in read)):
                unclear.append(piece.strip())
    kept = [target for target in found if target.value is None or ExactDecimal.holds(Decimal(target.value))]
    return kept, unclear + [f"{target.of}{target.value}" for target in found if target not in kept]


def _about(words: str, about: str) -> list[Target]:
    """Return the figures in some words; one that stands alone is read behind the words that it is about."""
    found = list(figures.targets(legible(words), op="="))
    if not any(_ONLY_SIGN.fullmatch(target.of) for target in found):
        return [replace(target, of=target.of.rstrip("：")) for target in found]
    together = list(figures.targets(legible(about + words)))
    return together or [replace(target, of=about[: figures.LONGEST_OF]) for target in found]


# --- of what kind -------------------------------------------------------------------------------------------


def side_in(text: str) -> Side | None:
    """Return 业务 or 廉政, where a cell says just that."""
    bare = re.sub(r"[\s类工作职责事项]", "", text)
    words = {"业务": Side.WORK, "廉政": Side.INTEGRITY, "廉洁": Side.INTEGRITY, "党风廉政": Side.INTEGRITY}
    return next((s for s in Side if s.label == text.strip()), None) or words.get(bare)
