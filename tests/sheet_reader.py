"""Reads a workbook of one sheet, and the list on it: what an import has to understand of checklist.papers.spreadsheet."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from sqlalchemy import select

from checklist.lists import owners
from models import Cadence, DutyList, Part, Post, Side, Unit, db

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OPS = {"≥": ">=", "≤": "<=", "＞": ">", "＜": "<", "＝": "=", "增加": "+", "减少": "-"}


def cells(content: bytes) -> list[list[str]]:
    """The rows of a sheet as texts."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = ["".join(text.itertext()) for text in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not list(sheet.iter(f"{SHEET}f")), "a formula"
    return [[_text(cell, strings) for cell in row] for row in sheet.iter(f"{SHEET}row")]


def _text(cell: ElementTree.Element, strings: list[str]) -> str:
    value = cell.findtext(f"{SHEET}v") or ""
    text = strings[int(value)] if cell.get("t") == "s" else value
    return re.sub("_x([0-9A-F]{4})_", lambda escaped: chr(int(escaped[1], 16)), text)


def rows(content: bytes, root: Unit) -> list[dict[str, Any]]:
    """The duties on a sheet, in the form of `rows_of`."""
    _title, heads, *found = cells(content)
    return [_row(dict(zip(heads, row, strict=True)), root) for row in found]


def _row(row: dict[str, str], root: Unit) -> dict[str, Any]:
    return {
        "number": int(row["序号"]),
        "path": _lines(row["任务来源"]),
        "wording": row["工作内容"],
        "quote": row["原文"],
        "side": next(side for side in Side if side.label == row["侧别"]),
        "owners": [
            {**_owner(words, root), "part": part.value}
            for part, head in ((Part.LEAD, "牵头单位"), (Part.SUPPORT, "配合单位"))
            for words in _lines(row[head])
        ],
        "targets": [_target(words) for words in _lines(row["目标"])],
        "cadence": next(cadence for cadence in Cadence if cadence.label == row["频次"]),
        "due_on": date.fromisoformat(row["完成时限"]) if row["完成时限"] else None,
        "deadline": row["原文时限"] or None,
        "steps": _lines(row["步骤"]),
        "guards": _lines(row["廉政对应业务"]),
    }


def _lines(cell: str) -> list[str]:
    return cell.split("\n") if cell else []


def _owner(words: str, root: Unit) -> owners.Owner:
    for name, label in owners.SETS.items():
        found = re.fullmatch(rf"{label}(?:（(.*)除外）)?", words)
        if found:
            names = {f"{n}〔{k}〕": k for k, n in owners.exceptable({"set": name}, root)}
            left_out = found[1].split("、") if found[1] else []
            return {"set": name, "except": [_key(word, names) for word in left_out]}
    units = {f"{unit.name}〔{unit.code}〕": unit.code for unit in db.session.scalars(select(Unit))}
    posts = {f"{post.title}〔{post.id}〕": post.id for post in db.session.scalars(select(Post))}
    key = _key(words, {**units, **posts})
    return {"unit": key} if key in units.values() else {"post": int(key)}


def _key(words: str, names: dict[str, Any]) -> Any:
    if marked := re.fullmatch(r".*〔(.+)〕", words):
        return marked[1]
    return next(key for name, key in names.items() if name.rsplit("〔")[0] == words)


def _target(words: str) -> tuple[str, str, Decimal | None, str]:
    found = re.fullmatch(rf"(.*?) ({'|'.join(OPS)}) (\S+) ?(.*)", words)
    assert found, words
    return found[1], OPS[found[2]], None if found[3] == "待定" else Decimal(found[3]), found[4]


def rows_of(duty_list: DutyList) -> list[dict[str, Any]]:
    """What of a list has to survive the way out and in again; who leads comes before who supports."""
    number = {duty.lineage: str(n) for n, duty in enumerate(duty_list.kept, 1)}
    return [
        {
            "number": n,
            "path": duty.path,
            "wording": duty.wording,
            "quote": duty.quote,
            "side": duty.side,
            "owners": sorted(duty.owners, key=lambda owner: owner["part"] == Part.SUPPORT),
            "targets": [(t.of, t.op, t.value, t.unit) for t in duty.targets],
            "cadence": duty.cadence,
            "due_on": duty.due_on,
            "deadline": duty.deadline,
            "steps": duty.steps,
            "guards": [number[lineage] for lineage in duty.guards],
        }
        for n, duty in enumerate(duty_list.kept, 1)
    ]
