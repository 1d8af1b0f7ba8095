"""Lists on paper, on their way in and out.

In, a table of somebody's becomes a draft: `imports` (the verb) calls `duties` (what a row asks for), which reads it by
`rows` and `columns` (which rows and columns are what), `cellwords` (what the words of a cell say) and `whom` (whom they
mean). Out, a list becomes a `spreadsheet` that can be imported back without loss, or the `annex` that is stamped and
sent, also as a Word file (`docx`).
"""

from __future__ import annotations

from checklist.decompose import figures
from models import DutyList, ListKind, Target


def title(duty_list: DutyList) -> str:
    """Return a list's name in full, as it heads the page and every paper; of a 责任清单 with its tier."""
    whole = f"{duty_list.unit.name} {duty_list.year} 年{duty_list.name}"
    if duty_list.kind is not ListKind.RESPONSIBILITY:
        return whole
    return f"{whole}（{duty_list.tier.label if duty_list.kind.label in duty_list.name else duty_list.sort}）"


def target(of: Target) -> str:
    """Return a target in words: 网上可办率 ≥ 96 %."""
    return figures.in_words(of.of, of.op, of.value, of.unit)
