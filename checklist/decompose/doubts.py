"""How sure the decomposer is of a row, and what to look at where it is not. Pure.

Each doubt is one of a few plain observations; no doubt is 高, one is 中, more are 低. docs/decomposition.md tells how
often the rows of each level are wrong in the texts whose tables were written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from checklist.decompose import terms
from checklist.decompose.figures import unread
from checklist.decompose.grammar import first

LEVELS = ("高", "中", "低")
LONGEST = 80  # characters of a row that asks for one thing

CUT = "这句话拆成了几项，请看拆得对不对"
INFERRED = "责任人是从标题或上句推出的，本句没有点名"
WEAK = "句中没有“要”“必须”这样的词，是按指标或语气判断的"
FINER = "频次比每月更密，没有对应的频次，暂作长期坚持"
LONG = "这一项较长，可能不止一件事"

_WEAK_RULES = {"指标要求", "点名安排", "把字句", "程序", "办结", "分工括注"}


def doubts(text: str, why: str, *, is_cut: bool, has_target: bool) -> Iterator[str]:
    """Yield what to look at in a row: `why` names the rule that made it one, `is_cut` says that it is part of a sentence."""
    if is_cut:
        yield CUT
    if why in _WEAK_RULES:
        yield WEAK
    if first(terms.OTHER_PERIODS, text) and not first(terms.PERIODS, text):
        yield FINER
    if len(text) > LONGEST:
        yield LONG
    if not has_target:
        yield from (f"“{figure}”没有读成指标" for figure in unread(text))


def level(count: int) -> str:
    """Return how sure a row with so many doubts is: 高, 中 or 低."""
    return LEVELS[min(count, 2)]
