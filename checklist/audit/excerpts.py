"""Excerpts of the log (摘录): the entries that match a filter, as a list to read in a spreadsheet.

An excerpt proves nothing by itself. The number and the hash of each row find the entry in the bundle, which does.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import asdict
from typing import BinaryIO

from sqlalchemy import Engine, Select, func, select
from xlsxwriter import Workbook

from checklist import clock, ledger
from checklist.actor import Actor
from checklist.audit.entries import LogEntry, matching
from checklist.audit.filters import Filter
from checklist.files import sheets
from checklist.refusal import Malformed, Refused
from models import audit_log, db

KINDS = ("csv", "xlsx")

NOTICE = "本表是从日志中筛选出来的，只供阅读，本身不能证明什么；凭每一行的序号和哈希，可以在日志包里找到并核验那一条。"
# head → width in a sheet, in characters
COLUMNS = {
    "序号": 9,
    "时间（北京）": 20,
    "人员": 14,
    "单位": 14,
    "行为": 18,
    "对象": 18,
    "结果": 24,
    "理由": 60,
    "哈希": 68,
}

MOST_ENTRIES = 1_048_576 - 2  # what a sheet of Excel's holds, besides the notice and the heads
CUT = "……（太长，余下部分见日志包）"

# First characters that make a formula of a CSV cell (OWASP ASVS 5.0, 1.2.10), and what Chinese keyboards type for them.
LIVE = tuple("=+-@\t\r\n＝＋－＠")


def export(wanted: Filter, kind: str, *, by: Actor) -> Generator[LogEntry]:
    """Log that somebody takes an excerpt, and return the entries that match now, oldest first, to be written.

    They are for `as_csv` or `write_xlsx`, as `kind` says, and read as they are asked for, over a connection of their
    own: also when the request and its session have ended.

    Raises Unseen or NotYours for somebody who may not read the log, Malformed for another kind than these two, and
    Refused when more match than a sheet holds.
    """
    with ledger.act("export", by=by) as act:
        query = matching(wanted, by=by).where(audit_log.c.seq < ledger.size())
        if kind not in KINDS:
            raise Malformed("请选择存为 CSV 还是 Excel。")
        size = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
        if kind == "xlsx" and size > MOST_ENTRIES:
            raise Refused(
                f"符合条件的有 {size} 条，一张 Excel 工作表最多放 {MOST_ENTRIES} 条。请缩小筛选范围（例如分几段日期），或者存为 CSV。"
            )
        filled = {name: value if value is True else str(value) for name, value in asdict(wanted).items() if value}
        act.add_entry({"filter": filled, "kind": kind, "root": None, "size": size})
    return _read(query.order_by(audit_log.c.seq), db.engine)


def _read(query: Select[int, str, str, str | None], engine: Engine) -> Generator[LogEntry]:
    with engine.connect() as connection, connection.execute(query.execution_options(yield_per=1000)) as rows:
        for row in rows:
            yield LogEntry(*row)


def _cells(entry: LogEntry) -> list[str]:
    """Return the cells of a row after its number."""
    at = entry.at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    reason = entry.body.get("reason") or ""
    return [at, entry.actor, entry.head["unit"], entry.action, entry.object, entry.result, reason, entry.hash]


# --- CSV ----------------------------------------------------------------------------------------------------


def as_csv(found: Generator[LogEntry]) -> Generator[str]:
    """Yield the entries as CSV, row by row; `found` is closed at the end, or when whoever reads it goes away."""
    with closing(found):
        yield "\ufeff"  # Excel would otherwise take UTF-8 for GBK
        yield _csv_row([NOTICE])
        yield _csv_row(COLUMNS)
        for entry in found:
            yield _csv_row([str(entry.seq), *_cells(entry)])


def _csv_row(texts: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(map(_inert, texts))
    return out.getvalue()


def _inert(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(LIVE) else text


# --- XLSX ---------------------------------------------------------------------------------------------------


def write_xlsx(found: Iterable[LogEntry], out: BinaryIO) -> None:
    """Write the entries to `out` as a workbook of one sheet, in memory that does not grow with them."""
    with (
        tempfile.TemporaryDirectory() as scratch,  # so that nothing of the log stays behind when the disk is full
        Workbook(out, {"constant_memory": True, "tmpdir": scratch, "use_zip64": True, **sheets.ONLY_TEXT}) as book,
    ):
        sheet = book.add_worksheet("日志摘录")
        for column, width in enumerate(COLUMNS.values()):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(2, 0)
        sheet.write_row(0, 0, [NOTICE])
        sheet.write_row(1, 0, COLUMNS, book.add_format({"bold": True}))
        for row, entry in enumerate(found, 2):
            sheet.write_row(row, 0, [entry.seq, *(sheets.fitting(text, CUT) for text in _cells(entry))])
