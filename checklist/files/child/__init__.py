"""The child that reads a file which somebody sent: bytes on standard input, JSON on standard output, then it is gone.

It is started by tables.read() with nothing of the server's in its environment, limits itself before it looks at the
first byte, opens no file and no connection, and loads only the standard library. What kind of file it is, the content
tells, never a name.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from dataclasses import asdict

from checklist.files.child import wordtable, workbook
from checklist.files.child.grid import Sheet, Table, Unreadable

MOST_MEMORY = 256 << 20  # bytes
MOST_SECONDS = 10

_SAVE_ANEW = "请用表格软件打开，另存为 .xlsx 后再上传。"
_UNKNOWN = "这个文件不是 XLSX、CSV 或 DOCX（看的是内容，不是文件名）。" + _SAVE_ANEW
_DELIMITERS = ",\t;"


def limit_oneself() -> None:
    """Take memory and time away from this process, where the system can (not on Windows: there only time runs out)."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def tables(content: bytes) -> list[Table]:
    """The tables of a file. Raises Unreadable, in words that say what to do."""
    if content.startswith(b"PK\3\4"):
        return _office(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable("这个文件加了密码。请去掉密码，另存为 .xlsx 后再上传。")
        raise Unreadable("这是旧版 Office 文件（.xls、.doc、.wps、.et）。请另存为 .xlsx 或 .docx 后再上传。")
    if content.lstrip()[:1] == b"<":
        raise Unreadable("这是网页或 XML 格式的表格（常被命名为 .xls）。请另存为 .xlsx 后再上传。")
    return [_delimited(content)]


def _office(content: bytes) -> list[Table]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [member.filename for member in archive.infolist()]
            lower = {name.lower() for name in names}
            if len(names) > workbook.MOST_MEMBERS or len(set(names)) != len(names):
                raise Unreadable(workbook.BROKEN)
            if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in lower):
                raise Unreadable("这个文件带有宏，不能读取。请另存为不带宏的 .xlsx 或 .docx 后再上传。")
            if any(member.flag_bits & 1 for member in archive.infolist()):
                raise Unreadable("这个文件加了密码。请去掉密码，另存为 .xlsx 后再上传。")
            if "xl/workbook.xml" in names:
                return workbook.read(archive)
            if "word/document.xml" in names:
                return wordtable.read(archive)
            if "xl/workbook.bin" in lower:
                raise Unreadable("这是二进制表格（.xlsb）。请另存为 .xlsx 后再上传。")
    except (zipfile.BadZipFile, NotImplementedError, OverflowError, ValueError, KeyError) as error:
        raise Unreadable(workbook.BROKEN) from error
    raise Unreadable(_UNKNOWN)


def _delimited(content: bytes) -> Table:
    text = _decoded(content)
    if any(ord(c) < 32 and c not in "\t\r\n\f" for c in text) or not text.strip():
        raise Unreadable(_UNKNOWN if text.strip() else "这个文件是空的。请核对后重新选择。")
    if text.lower().startswith("sep=") and "\n" in text:  # a hint to one spreadsheet program
        delimiter, text = text[4], text.partition("\n")[2]
        offset = 1
    else:
        delimiter, offset = max(_DELIMITERS, key=lambda d: _fit(text, d)), 0
    sheet = Sheet()
    try:
        for n, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            for column, cell in enumerate(row, 1):
                sheet.put(n + offset, column, cell)
    except csv.Error as error:
        raise Unreadable(f"这个 CSV 文件读不下去（{error}），可能引号没有成对。{_SAVE_ANEW}") from error
    return Table("CSV", sheet.rows([], lambda row, column: f"{workbook.letters(column)}{row}"))


def _decoded(content: bytes) -> str:
    """The text in whatever the office's programs write: UTF-8, UTF-16 with its mark, or GB 18030, of which GBK is a part."""
    mark = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}.get(content[:2])
    for encoding in [mark] if mark else ["utf-8-sig", "gb18030"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_UNKNOWN)


def _fit(text: str, delimiter: str) -> int:
    """How well a delimiter cuts the first lines: how many of them it cuts, all told into how many cells."""
    try:
        rows = [
            row
            for row, _ in zip(
                csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=delimiter), range(30), strict=False
            )
        ]
    except csv.Error:
        return 0
    return sum(len(row) - 1 for row in rows)


def main() -> None:
    """Read one file and say what is in it, or why not."""
    limit_oneself()
    try:
        told: object = {"tables": [asdict(table) for table in tables(sys.stdin.buffer.read())]}
    except Unreadable as why:
        told = {"refused": str(why)}
    except (MemoryError, RecursionError):
        told = {"refused": "这个文件太大或太复杂，没有读取。请只留要导入的部分，另存后再上传。"}
    sys.stdout.buffer.write(json.dumps(told).encode())
