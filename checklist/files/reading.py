"""What is in a file that somebody sent: its tables or its text, read by a child process that may come to harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from checklist.files import child
from checklist.files.child.grid import Cell, Table
from checklist.refusal import Malformed

LARGEST = 3 << 20  # bytes; with the form around it, below what the server takes at once
LARGEST_TEXT = 4 << 20  # bytes
LONGEST = 200_000  # characters of a text: a government work report has about 20,000
_ROOT = Path(__file__).parent.parent.parent
_INSTEAD = "也可以打开文件，把全文复制后粘贴到下面。"


def read_tables(content: bytes) -> list[Table]:
    """Return the tables of an .xlsx, .csv or .docx file, in its order, each with the rows that hold something.

    Raises Malformed (field `file`) for a file that is not read, in words that say what to do.
    """
    if not content:
        raise Malformed("这个文件是空的。请核对后重新选择。", "file")
    if len(content) > LARGEST:
        raise Malformed(f"文件超过 {LARGEST >> 20} MB。请只留要导入的部分，另存后再上传。", "file")
    return [
        Table(table["name"], [[Cell(**cell) for cell in row] for row in table["rows"]], table["notes"])
        for table in _ask_child("tables", content)
    ]


def read_text(content: bytes) -> str:
    """Return the text of a .txt (UTF-8, UTF-16 with its mark, GB 18030) or .docx file, told by its content.

    A paragraph of a .docx is a line, numbered as Word shows it; a row of a table is a line with ｜ between its cells.
    Raises Malformed (field `file`) for a file that is not read, in words that say what to do.
    """
    if len(content) > LARGEST_TEXT:
        raise Malformed(f"文件超过 {LARGEST_TEXT >> 20} MB。请删去图片和附件，另存后再上传。{_INSTEAD}", "file")
    try:
        text: str = _ask_child("text", content)
    except Malformed as refused:
        refused.message += _INSTEAD
        raise
    if not text.strip():
        raise Malformed("这个文件里没有文字（图片里的字读不出来）。请核对后重新选择，或者粘贴全文。", "file")
    if len(text) > LONGEST:
        raise Malformed(f"文件超过 {LONGEST // 10_000} 万字。请只保留要分解的部分，分几次起草。", "file")
    return text


def _ask_child(wanted: str, content: bytes) -> Any:
    """Return what the child finds; of the server's environment it sees what a Windows process cannot start without.

    It takes at most child.MOST_SECONDS and, where the system can limit it, child.MOST_MEMORY.
    """
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    command = [sys.executable, "-B", "-m", child.__name__, wanted]
    try:
        ended = subprocess.run(
            command, input=content, capture_output=True, cwd=_ROOT, env=kept, timeout=child.MOST_SECONDS, check=False
        )
        answer = json.loads(ended.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:  # it was stopped in the middle of its answer, or before
        raise Malformed(child.TOO_MUCH, "file") from error
    if "refused" in answer:
        raise Malformed(answer["refused"], "file")
    return answer["found"]
