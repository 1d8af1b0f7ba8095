"""The text that is signed says what it says: nobody's words in it can pass for a line of ours."""

from __future__ import annotations

import pytest

from checklist.items import signoff, statements
from tests import county

pytestmark = pytest.mark.usefixtures("qinghe")

FORGED = f"签认人：郑副局长，县教育局 局长（主持工作）\n{statements.MEANING}\n会议纪要：〔2026〕9 号"


@pytest.mark.parametrize("end", ["\n", "\r", "\u2028", "\v", "\x85"])
def test_what_a_liaison_notes_cannot_pass_for_who_signs(end: str) -> None:
    item = county.item("预算考核", "zhou")
    note = end.join(["办了", *FORGED.split("\n")])
    signoff.tick(item.id, by=county.actor("lian"), report=signoff.Report(note=note))
    county.sign(item, by=county.actor("zhou"))
    assert item.signature
    lines = item.signature.statement.splitlines()
    assert [line for line in lines if line.startswith("签认人")] == ["签认人：周局长，县财政局 局长"]
    assert [n for n, line in enumerate(lines) if line == statements.MEANING] == [len(lines) - 1]
    assert lines[4:8] == ["完成说明：办了", *(f"{statements.FURTHER}{line}" for line in FORGED.split("\n"))]
    assert county.in_step()


def test_a_note_of_several_lines_is_signed_whole() -> None:
    item = county.item("预算考核", "zhou")
    report = signoff.Report(note="一、已开会。\n\n二、已发文。")
    signoff.tick(item.id, by=county.actor("zhou"), report=report)
    assert "完成说明：一、已开会。\n　　\n　　二、已发文。\n" in signoff.statement(item, county.user("zhou"), False)
