"""Files without a format of their own: text in the encodings that offices use, and tables as .csv."""

from __future__ import annotations

import codecs
import csv
import io
import re
from itertools import islice

from checklist.files.child.grid import Sheet, Table, Unreadable
from checklist.files.child.workbook import address

SAVE_ANEW = "请用表格软件打开，另存为 .xlsx 后再上传。"
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f]")
_DELIMITERS = ",\t;"


def decoded(content: bytes) -> str | None:
    """Return the text that is in UTF-8, UTF-16 with its mark, or GB 18030, of which GBK is a part; None for no text."""
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if is_utf_16 else ["utf-8-sig", "gb18030"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    return None


def table(text: str) -> Table:
    """Return the table of a .csv with commas, tabs or semicolons. Raises Unreadable."""
    if not text.strip():
        raise Unreadable("这个文件是空的。请核对后重新选择。")
    first, delimiter = 1, max(_DELIMITERS, key=lambda delimiter: _cuts(text, delimiter))
    if text.lower().startswith("sep=") and "\n" in text:  # a hint to one spreadsheet program
        first, delimiter, text = 2, text[4], text.partition("\n")[2]
    sheet = Sheet()
    try:
        for n, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), first):
            for column, cell in enumerate(row, 1):
                sheet.put(n, column, cell)
    except csv.Error as error:
        raise Unreadable(f"这个 CSV 文件读不下去（{error}），可能引号没有成对。{SAVE_ANEW}") from error
    return Table("CSV", sheet.rows([], address))


def _cuts(text: str, delimiter: str) -> int:
    """Count how often a delimiter cuts the first lines."""
    try:
        rows = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=delimiter)
        return sum(len(row) - 1 for row in islice(rows, 30))
    except csv.Error:
        return 0
