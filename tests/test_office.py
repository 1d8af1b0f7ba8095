"""What another office program makes of a list: saved anew by LibreOffice, it still comes in as the same rows."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from checklist.files import reading, sheets
from checklist.papers import annex, duties, spreadsheet
from models import DutyList
from tests import county, office
from tests.sheets import previewed, sheet

pytestmark = pytest.mark.usefixtures("qinghe")
Make = Callable[[DutyList], bytes]


def told(found: duties.Preview) -> list[tuple[object, ...]]:
    """What comes in, without the places of the cells."""
    return [
        (row.wording, row.path, row.side, row.owners, row.cadence, row.due_on, row.targets, row.steps)
        for row in found.rows
    ]


@office.NEEDED
@pytest.mark.parametrize(("ending", "make"), [("docx", annex.write_docx), ("xlsx", sheet)])
def test_a_list_that_libreoffice_has_saved_comes_in_as_the_same_rows(ending: str, make: Make, tmp_path: Path) -> None:
    given = tmp_path / f"清单.{ending}"
    given.write_bytes(make(county.duty("预算考核").duty_list))
    before = previewed(given.read_bytes())
    after = duties.propose(reading.read_tables(office.saved_anew(given, ending)), county.unit("QH-GOV"), 2026)
    assert len(before.rows) == 7
    assert (told(after), after.bad) == (told(before), [])


def test_a_row_of_the_sheet_is_tall_enough_for_all_of_its_words() -> None:
    duty_list = county.draft(
        "长清单", "一、任务\n财政局要" + "健全预算考核机制、" * 20 + "定期公开。\n财政局要建立台账。\n"
    )
    out = io.BytesIO()
    spreadsheet.write_xlsx(duty_list, out)
    page = zipfile.ZipFile(out).read("xl/worksheets/sheet1.xml").decode()
    heights = [float(found) for found in re.findall(r'<row r="\d+"[^>]* ht="([\d.]+)"', page)]
    long = len(duty_list.duties[0].wording) * 2 / 44  # lines in the column of the words, in characters two digits wide
    assert long * sheets.LINE <= heights[1] <= sheets.TALLEST
    assert heights[2] < heights[1] / 3


@pytest.mark.parametrize(
    ("texts", "lines"),
    [(["", "a"], 1), (["一\n二\n三", "a"], 3), (["a", "十" * 10], 3), (["a", "b" * 10], 2)],
)
def test_a_row_is_as_tall_as_its_tallest_cell(texts: list[str], lines: int) -> None:
    assert sheets.height(texts, [10, 10]) == lines * sheets.LINE


def test_no_row_is_taller_than_excel_takes() -> None:
    assert sheets.height(["一" * 9999], [10]) == sheets.TALLEST
