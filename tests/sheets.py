"""A list as a sheet, on its way in and out."""

from __future__ import annotations

import io

from checklist.files import reading
from checklist.papers import duties, spreadsheet
from models import DutyList
from tests import county


def previewed(content: bytes) -> duties.Preview:
    return duties.propose(reading.read_tables(content), county.unit("QH-GOV"), 2026)


def sheet(duty_list: DutyList) -> bytes:
    out = io.BytesIO()
    spreadsheet.write_xlsx(duty_list, out)
    return out.getvalue()
