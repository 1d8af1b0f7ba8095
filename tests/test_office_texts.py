"""A .docx as an office suite writes it, with real lists, headings and a footnote, gives the rows of its plain text."""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from checklist.decompose import decompose
from checklist.files import reading
from tests import evaluate, office

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "style", "text", "table")
)
MARKS = (r"^[一二三四五六七八九十]+、", r"^（[一二三四五六七八九十]+）", r"^[0-9]+[.．]")
LEVELS = (("一, 二, 三, ...", "", "、"), ("一, 二, 三, ...", "（", "）"), ("1", "", "."))
FOOTNOTE = (
    '<text:note text:note-class="footnote" text:id="f"><text:note-citation>1</text:note-citation>'
    "<text:note-body><text:p>各部门要看脚注。</text:p></text:note-body></text:note>"
)


def flat(text: str) -> str:
    """A text as a flat .fodt: its numbers are those of a list, its short points headings, its title has a footnote."""
    body = ""
    for n, line in enumerate(text.splitlines()):
        level = next((n for n, mark in enumerate(MARKS, 1) if re.search(mark, line)), 0)
        said = escape(re.sub(MARKS[level - 1], "", line) if level else line) + (FOOTNOTE if n == 0 else "")
        is_heading = level and len(line) < 30
        element = f'<text:h text:outline-level="{level}">{said}</text:h>' if is_heading else f"<text:p>{said}</text:p>"
        for _ in range(level):
            item = f"<text:list-item>{element}</text:list-item>"
            element = f'<text:list text:style-name="L" text:continue-numbering="true">{item}</text:list>'
        body += element
    levels = "".join(
        f'<text:list-level-style-number text:level="{n}" style:num-format="{form}" style:num-prefix="{before}" '
        f'style:num-suffix="{behind}"/>'
        for n, (form, before, behind) in enumerate(LEVELS, 1)
    )
    styles = f'<office:automatic-styles><text:list-style style:name="L">{levels}</text:list-style>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'  # without it the suite takes the file for plain text
        f'<office:document {NAMES} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">'
        f"{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document>"
    )


@office.NEEDED
@pytest.mark.parametrize("name", ["plan", "elderly"])
def test_a_docx_that_an_office_suite_wrote_gives_the_same_rows(name: str, tmp_path: Path) -> None:
    text, _ = evaluate.texts()[name]
    given = tmp_path / "text.fodt"
    given.write_text(flat(text), encoding="utf-8")
    read = reading.read_text(office.saved_anew(given, "docx:MS Word 2007 XML"))
    assert [(row.text, row.named, row.cadence, row.deadline) for row in decompose(read)] == [
        (row.text, row.named, row.cadence, row.deadline) for row in decompose(text)
    ]
