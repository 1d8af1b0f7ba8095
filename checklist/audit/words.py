"""What an entry changed, in words, for who reads no code: the words of its columns stand in models.py.

The raw line stands below on the same page; what has no word is shown as it is.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Enum, inspect

from checklist.audit.replay import TABLES
from checklist.ledger.acts import FACTS
from checklist.lists.owners import SETS
from models import DayKind, Part, Word

# What the rows are called that entries are about.
OBJECTS = {table: kind.word for table, kind in TABLES.items()}

_PARTS = {part.value: part.label for part in Part}
# What stands for another word inside the JSON of a column, by its key.
_LABELS = {"part": _PARTS, "role": _PARTS, "set": SETS, "kind": {kind.value: kind.label for kind in DayKind}}


def word(table: str, name: str) -> str:
    """Return the word of a column, or of a fact that an act without a row tells."""
    column = _column(table, name)
    return FACTS.get(name, name) if column is None else str(column.info["word"])


def legible(table: str, name: str, value: Any) -> str:
    """Return a field's value for a reader: 每季度 for `quarterly`, 是 for true; a list on one line, without brackets."""
    column = _column(table, name)
    if column is None:
        return _in_words(value, FACTS, {})
    kind = column.type.enum_class if isinstance(column.type, Enum) else None
    labels = {one.value: one.label for one in kind or () if isinstance(one, Word)}
    return _in_words(value, column.info["inside"], labels)


def _column(table: str, name: str) -> Column[Any] | None:
    return inspect(TABLES[table]).columns.get(name) if table in TABLES else None


def _in_words(value: Any, keys: dict[str, str], labels: dict[str, str]) -> str:
    if value is None:
        return "（无）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join(_in_words(one, keys, labels) for one in value) or "（空）"
    if isinstance(value, dict):
        filled = {key: one for key, one in value.items() if one not in ([], "")}
        pairs = (f"{keys.get(k, k)} {_in_words(one, keys, _LABELS.get(k, {}))}" for k, one in filled.items())
        return "，".join(pairs) or "（空）"
    return labels.get(str(value), str(value)) or "（空）"
