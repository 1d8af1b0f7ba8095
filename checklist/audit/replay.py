"""Rebuild the tables' states from the log, and compare: a state that no entry explains is tampering too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from checklist.items import evidence
from checklist.ledger.states import NOWHERE, State, state
from models import Logged, db

Key = tuple[str, int]  # a table's name and a row's id

TABLES: dict[str, type[Logged]] = {kind.__tablename__: kind for kind in Logged.__subclasses__()}


@dataclass(frozen=True)
class Difference:
    """Something that the log does not explain; `seq` is the entry to look at, if there is one."""

    seq: int | None
    words: str


# Raised on reading a row that holds a value of no form that its column has.
UNREADABLE = (LookupError, ValueError, TypeError, ArithmeticError)


class Replay:
    """The state of every row by the log, followed entry by entry, and where the log contradicts itself."""

    def __init__(self) -> None:
        self.states: dict[Key, State | None] = {}  # the last state of each row; None once deleted
        # What a row was last, deleted or not: its unit, and that of the rows below it, are found through this.
        self.lasting: dict[Key, State] = {}
        self.last_seq: dict[Key, int] = {}
        self._tags: dict[tuple[Key, str], int] = {}  # a row's unit tag, and its first entry
        self._files: dict[str, int] = {}  # the SHA-256 of each file, and the first entry that names it
        self._contradictions: list[Difference] = []

    def follow(self, line: bytes, body: bytes | None) -> None:
        """Follow an entry; it must begin where the last one about its row ended."""
        if body is None:
            return
        head, entry = json.loads(line), json.loads(body)
        row = entry["object"]
        if row is None or (entry["before"] is None and entry["after"] is None):
            return
        key = (row["type"], row["id"])
        before, after = _completed(key[0], entry["before"]), _completed(key[0], entry["after"])
        if before != self.states.get(key):
            words = f"第 {head['seq']} 条记录所写的原状态，与此前的记录不符（{_name(key)}）"
            self._contradictions.append(Difference(head["seq"], words))
        self.states[key] = after
        self.lasting[key] = after or before or {}
        self.last_seq[key] = head["seq"]
        self._tags.setdefault((key, head["unit"]), head["seq"])
        for file in entry["attachments"]:
            self._files.setdefault(file["sha256"], head["seq"])

    def compare(self) -> list[Difference]:
        """Compare what the tables hold with the log, each entry's unit with its row's, and the files with their hashes."""
        differences = list(self._contradictions)
        present: set[Key] = set()
        for name, kind in TABLES.items():
            for id, row in _rows(kind):
                present.add((name, id))
                differences += self._compare_row((name, id), row)
        gone = [key for key, last in self.states.items() if last is not None and key not in present]
        differences += [Difference(self.last_seq[key], f"{_name(key)}不见了，而记录里没有删除它") for key in gone]
        return differences + self._wrong_tags() + list(self._lost_files())

    def _compare_row(self, key: Key, row: Logged | None) -> list[Difference]:
        last = self.states.get(key)
        if last is None:
            return [Difference(None, f"{_name(key)}在数据库里有，记录里没有")]
        seq = self.last_seq[key]
        if row is None:
            return [Difference(seq, f"{_name(key)}有读不懂的值，与第 {seq} 条记录不符")]
        actual = state(row)
        changed = [name for name in actual if actual[name] != last.get(name)]
        return [Difference(seq, f"{_name(key)}的 {'、'.join(changed)} 与第 {seq} 条记录不符")] if changed else []

    def _wrong_tags(self) -> list[Difference]:
        return [
            Difference(seq, f"第 {seq} 条记录的单位标记 {tag} 不是{_name(key)}的单位")
            for (key, tag), seq in self._tags.items()
            if tag != self._unit_code(key)
        ]

    def _lost_files(self) -> Iterator[Difference]:
        """Yield the files that are missing or changed, also of deleted rows: the log still names them."""
        for digest, seq in self._files.items():
            if not evidence.is_whole(digest):
                yield Difference(seq, f"第 {seq} 条记录的佐证文件 {digest} 不见了，或内容与哈希不符")

    def _unit_code(self, key: Key) -> str | None:
        """Return the code of a row's unit by the log: unit_path by way of foreign keys; None where they break off."""
        if key[0] not in TABLES:
            return None
        path = TABLES[key[0]].unit_path
        if path is None:
            return NOWHERE
        last = self.lasting[key]
        for step in path:
            last = self.lasting.get((step, last.get(f"{step}_id", 0)), {})
        return last.get("code")


def _completed(table: str, state: State | None) -> State | None:
    """Return a state with the fields that its schema still lacked, as the table's class says they are to be taken."""
    kind = TABLES.get(table)
    if state is None or kind is None or state["schema"] >= kind.schema:
        return state
    completed = {**state, "schema": kind.schema}
    for schema in range(state["schema"], kind.schema):
        completed = {**kind.assumed[schema], **completed}
    return completed


def _rows(kind: type[Logged]) -> Iterator[tuple[int, Logged | None]]:
    """Yield every row of a table with its id; None in place of one that cannot be read."""
    every = db.session.scalars(select(kind.id).order_by(kind.id)).all()
    for start in range(0, len(every), 500):
        ids = every[start : start + 500]
        try:
            yield from [(row.id, row) for row in _read(kind, ids)]
        except UNREADABLE:
            for id in ids:
                yield id, _read_one(kind, id)


def _read(kind: type[Logged], ids: Sequence[int]) -> Sequence[Logged]:
    return db.session.scalars(select(kind).where(kind.id.in_(ids)).order_by(kind.id)).all()


def _read_one(kind: type[Logged], id: int) -> Logged | None:
    try:
        return _read(kind, [id])[0]
    except UNREADABLE:
        return None


def _name(key: Key) -> str:
    return f"{key[0]} {key[1]}"
