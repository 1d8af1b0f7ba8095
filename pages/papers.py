"""A list to be carried away: as a sheet, as the annex in Word, and as a page to be printed."""

from __future__ import annotations

import io
import re

from flask import Blueprint, Response, render_template, send_file

from checklist import access, papers
from checklist.papers import annex, spreadsheet
from models import DutyList
from pages import current

bp = Blueprint("papers", __name__, url_prefix="/lists/<int:id>")

NO_FILE_NAME = re.compile(r'[\\/:*?"<>|\s\x00-\x1f]+')  # on Windows


@bp.get("/print")
def page(id: int) -> str:
    found = access.see(current.actor(), DutyList, id)
    return render_template("papers/page.html", list=found, annex=annex.of(found), mark=annex.MARK)


@bp.get("/sheet")
def sheet(id: int) -> Response:
    found = access.see(current.actor(), DutyList, id)
    out = io.BytesIO()
    spreadsheet.write_xlsx(found, out)
    out.seek(0)
    return _file(found, out, "xlsx")


@bp.get("/annex")
def document(id: int) -> Response:
    found = access.see(current.actor(), DutyList, id)
    return _file(found, io.BytesIO(annex.write_docx(found)), "docx")


def _file(found: DutyList, content: io.BytesIO, ending: str) -> Response:
    name = NO_FILE_NAME.sub(" ", papers.title(found)).strip()
    return send_file(content, as_attachment=True, download_name=f"{name}.{ending}")
