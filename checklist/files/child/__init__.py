"""The child that reads a file which somebody sent: bytes on standard input, JSON on standard output, then it is gone.

It is started by files/reading.py with nothing of the server's in its environment, limits itself before it looks at the
first byte, opens no file and no connection, and loads only the standard library. What kind of file it is, the content
tells, never a name.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from checklist.files.child import office, plain, word, workbook
from checklist.files.child.grid import Table, Unreadable

MOST_MEMORY = 256 << 20  # bytes
MOST_SECONDS = 10
TOO_MUCH = "这个文件太大或太复杂，没有读取。请只留需要的部分，另存后再上传。"

_NO_TABLE = "这个文件不是 XLSX、CSV 或 DOCX（看的是内容，不是文件名）。" + plain.SAVE_ANEW
_NO_TEXT = "只能读 TXT 和 DOCX 文件。请另存为其中一种后再上传。"
_OTHERS = (b"%PDF-", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf")


def tables(content: bytes) -> list[Table]:
    """Return the tables of an .xlsx, .csv or .docx file. Raises Unreadable, in words that say what to do."""
    if office.is_office(content):
        with office.opened(content) as parts:
            if "xl/workbook.xml" in parts:
                return workbook.read(parts)
            if "word/document.xml" in parts:
                return word.tables(parts)
            if "xl/workbook.bin" in parts:
                raise Unreadable("这是二进制表格（.xlsb）。请另存为 .xlsx 后再上传。")
            raise Unreadable(_NO_TABLE)
    _refuse_others(content, _NO_TABLE)
    if content.lstrip()[:1] == b"<":
        raise Unreadable("这是网页或 XML 格式的表格（常被命名为 .xls）。请另存为 .xlsx 后再上传。")
    text = plain.decoded(content)
    if text is None:
        raise Unreadable(_NO_TABLE)
    return [plain.table(text)]


def text(content: bytes) -> str:
    """Return the text of a .txt or .docx file. Raises Unreadable, in words that say what to do."""
    if office.is_office(content):
        with office.opened(content) as parts:
            if "word/document.xml" in parts:
                return word.text(parts)
            raise Unreadable(_NO_TEXT)
    _refuse_others(content, _NO_TEXT)
    text = plain.decoded(content)
    if text is None:
        raise Unreadable(
            "这个文件既不是 UTF-8，也不是 GB18030（GBK）编码的文字，读不出来。请另存为 DOCX 或 UTF-8 编码的 TXT 后再上传。"
        )
    return text


def _refuse_others(content: bytes, words: str) -> None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable(office.ENCRYPTED)
        raise Unreadable("这是旧版 Office 文件（.xls、.doc、.wps、.et）。请另存为 .xlsx 或 .docx 后再上传。")
    if content.startswith(_OTHERS):
        raise Unreadable(words)


def main() -> None:
    """Read one file and say what is in it, or why not."""
    limit_oneself()
    read = {"tables": tables, "text": text}[sys.argv[1]]
    try:
        answer = json.dumps({"found": read(sys.stdin.buffer.read())}, default=asdict)
    except Unreadable as why:
        answer = json.dumps({"refused": str(why)})
    except (MemoryError, RecursionError):
        answer = json.dumps({"refused": TOO_MUCH})
    sys.stdout.buffer.write(answer.encode())


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
