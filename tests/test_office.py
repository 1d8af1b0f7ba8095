"""What another office program makes of a list: saved anew by LibreOffice, it still comes in as the same rows."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from checklist import papers, tables
from checklist.imports import duties
from checklist.papers import annex, sheets
from models import DutyList
from tests import county
from tests.test_imports import previewed
from tests.test_papers import sheet

pytestmark = pytest.mark.usefixtures("qinghe")
PROGRAM = shutil.which("soffice")
Make = Callable[[DutyList], bytes]


def saved_anew(content: bytes, ending: str, folder: Path) -> bytes:
    """A file opened and saved by LibreOffice, which keeps what it needs for itself below `folder`."""
    assert PROGRAM
    given, taken = folder / f"清单.{ending}", folder / "saved"
    given.write_bytes(content)
    own = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    command = [PROGRAM, own, "--headless", "--convert-to", ending, "--outdir", str(taken), str(given)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (taken / given.name).read_bytes()


def told(found: duties.Preview) -> list[tuple[object, ...]]:
    """What comes in, without the places of the cells."""
    return [
        (row.wording, row.path, row.side, row.owners, row.cadence, row.due_on, row.targets, row.steps)
        for row in found.rows
    ]


@pytest.mark.skipif(not PROGRAM, reason="LibreOffice is missing; apt-get install libreoffice-writer libreoffice-calc")
@pytest.mark.parametrize(("ending", "make"), [("docx", annex.write_docx), ("xlsx", sheet)])
def test_a_list_that_libreoffice_has_saved_comes_in_as_the_same_rows(ending: str, make: Make, tmp_path: Path) -> None:
    content = make(county.duty("预算考核").duty_list)
    before = previewed(content)
    after = duties.preview(tables.read(saved_anew(content, ending, tmp_path)), county.unit("QH-GOV"), 2026)
    assert len(before.rows) == 7
    assert (told(after), after.bad) == (told(before), [])


def test_a_row_of_the_sheet_is_tall_enough_for_all_of_its_words() -> None:
    duties = county.draft(
        "长清单", "一、任务\n财政局要" + "健全预算考核机制、" * 20 + "定期公开。\n财政局要建立台账。\n"
    )
    out = io.BytesIO()
    papers.write_xlsx(duties, out)
    page = zipfile.ZipFile(out).read("xl/worksheets/sheet1.xml").decode()
    heights = [float(found) for found in re.findall(r'<row r="\d+"[^>]* ht="([\d.]+)"', page)]
    long = len(duties.duties[0].wording) * 2 / 44  # lines in the column of the words, in characters two digits wide
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
