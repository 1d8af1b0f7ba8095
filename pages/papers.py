"""A list to be carried away: as a sheet, as the annex in Word, and as a page to be printed."""

from __future__ import annotations

import io
import re

from flask import Blueprint, Response, render_template, send_file

from checklist import papers
from checklist.papers import annex, spreadsheet
from models import DutyList
from pages import current

bp = Blueprint("papers", __name__, url_prefix="/lists/<int:id>")

NO_FILE_NAME = re.compile(r'[\\/:*?"<>|\s\x00-\x1f]+')  # on Windows


@bp.get("/print")
def page(id: int) -> str:
    duty_list = current.see(DutyList, id)
    return render_template("papers/page.html", list=duty_list, annex=annex.of(duty_list), mark=annex.MARK)


@bp.get("/sheet")
def sheet(id: int) -> Response:
    duty_list = current.see(DutyList, id)
    out = io.BytesIO()
    spreadsheet.write_xlsx(duty_list, out)
    out.seek(0)
    return _file(duty_list, out, "xlsx")


@bp.get("/annex")
def document(id: int) -> Response:
    duty_list = current.see(DutyList, id)
    return _file(duty_list, io.BytesIO(annex.write_docx(duty_list)), "docx")


def _file(duty_list: DutyList, content: io.BytesIO, ending: str) -> Response:
    name = NO_FILE_NAME.sub(" ", papers.title(duty_list)).strip()
    return send_file(content, as_attachment=True, download_name=f"{name}.{ending}")
