"""The tables in a file that somebody sent (XLSX, CSV, .docx), read by a child process that may come to harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from checklist.files import child
from checklist.files.child.grid import Cell, Table
from checklist.refusal import Malformed

LARGEST = 3 << 20  # bytes; with the form around it, below what the server takes at once
_ROOT = Path(__file__).parent.parent.parent
_TOO_MUCH = "这个文件太大或太复杂，没有读取。请只留要导入的部分，另存后再上传。"


def read(content: bytes) -> list[Table]:
    """The tables of a file, in its order, each with the rows that hold something.

    Takes at most child.MOST_SECONDS and, where the system can limit it, child.MOST_MEMORY in a process of its own.
    Raises Malformed (field `file`) for a file that is not read, in words that say what to do.
    """
    if not content:
        raise Malformed("这个文件是空的。请核对后重新选择。", "file")
    if len(content) > LARGEST:
        raise Malformed(f"文件超过 {LARGEST >> 20} MB。请只留要导入的部分，另存后再上传。", "file")
    try:
        told = json.loads(_ask_child(content))
    except ValueError as error:  # it was stopped in the middle of its answer, or before
        raise Malformed(_TOO_MUCH, "file") from error
    if "refused" in told:
        raise Malformed(told["refused"], "file")
    return [_table(table) for table in told["tables"]]


def _ask_child(content: bytes) -> bytes:
    """What the child prints; of the server's environment it sees what a Windows process cannot start without."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    command = [sys.executable, "-B", "-m", child.__name__]
    try:
        ended = subprocess.run(
            command, input=content, capture_output=True, cwd=_ROOT, env=kept, timeout=child.MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Malformed(_TOO_MUCH, "file") from error
    return ended.stdout


def _table(told: dict[str, object]) -> Table:
    rows: list[list[dict[str, object]]] = told["rows"]  # type: ignore[assignment]
    return Table(str(told["name"]), [[Cell(**cell) for cell in row] for row in rows], list(told["notes"]))  # type: ignore[arg-type, call-overload]
