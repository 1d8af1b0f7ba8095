"""Two texts side by side: nothing is lost, figures and dates change whole, and single characters make no confetti."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklist.lists.difference import Piece, sides, size


def changed(side: list[Piece]) -> list[str]:
    return [piece.text for piece in side if piece.changed]


@pytest.mark.parametrize(
    ("before", "after", "removed", "added"),
    [
        ("网上可办率96%以上", "网上可办率98.5%以上", ["96%"], ["98.5%"]),
        ("2026-06-30", "2026-09-30", ["2026-06-30"], ["2026-09-30"]),
        ("完善预算考核机制", "完善预算绩效考核机制", [], ["绩效"]),
        ("牵头：县财政局、县教育局", "牵头：县财政局", ["、县教育局"], []),
        ("", "新增一项", [], ["新增一项"]),
        ("一字不差", "一字不差", [], []),
        ("甲乙丙丁戊", "己乙庚丁戊", ["甲乙丙"], ["己乙庚"]),
    ],
)
def test_what_changed_is_marked_on_its_own_side(before: str, after: str, removed: list[str], added: list[str]) -> None:
    left, right = sides(before, after)
    assert (changed(left), changed(right)) == (removed, added)


@given(st.text(alphabet="甲乙丙12%. a\n", max_size=30), st.text(alphabet="甲乙丙12%. a\n", max_size=30))
def test_joined_again_each_side_is_its_text(before: str, after: str) -> None:
    left, right = sides(before, after)
    assert ("".join(p.text for p in left), "".join(p.text for p in right)) == (before, after)
    unchanged = [[p.text for p in side if not p.changed] for side in (left, right)]
    assert "".join(unchanged[0]) == "".join(unchanged[1])
    assert (size(before, after) == 0) == (before == after)
