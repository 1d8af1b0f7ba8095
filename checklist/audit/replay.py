"""Rebuild the tables' states from the log, and compare: a state that no entry explains is tampering too.

A county has too many rows to keep their states in memory: of each a digest is kept, and what leads to its unit. A
state is read again where the words need it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from sys import intern
from typing import Any

from sqlalchemy import inspect, select

from checklist.items import evidence
from checklist.ledger.states import NOWHERE, State, state_of
from models import Logged, audit_body, db

Key = tuple[str, int]  # a table's name and a row's id

TABLES: dict[str, type[Logged]] = {kind.__tablename__: kind for kind in Logged.__subclasses__()}


@dataclass(frozen=True)
class Difference:
    """Something that the log does not explain; `seq` is the entry to look at, if there is one."""

    seq: int | None
    words: str


# Raised on reading a row that holds a value of no form that its column has.
UNREADABLE = (LookupError, ValueError, TypeError, ArithmeticError)


@dataclass(slots=True)
class Trace:
    """What is kept of a row that the log speaks of."""

    first: int  # its first entry, and the unit with which that is tagged
    tag: str
    last: int = 0
    digest: bytes | None = None  # of its last state; None once deleted
    # What it was last, deleted or not, leads by this to its unit: the id of the row above it, or a unit's own code.
    above: int | str | None = None
    is_there: bool = False  # in its table


class Replay:
    """A trace of every row by the log, followed entry by entry, and where the log contradicts itself."""

    def __init__(self) -> None:
        self.traces: dict[Key, Trace] = {}
        self._tagged_anew: dict[tuple[Key, str], int] = {}  # a row's other unit tags, and the first entry of each
        self._files: dict[str, int] = {}  # the SHA-256 of each file, and the first entry that names it
        self._contradictions: list[Difference] = []

    def follow(self, head: State, entry: State | None) -> None:
        """Follow an entry by its header and body; it must begin where the last one about its row ended."""
        if entry is None:
            return
        row = entry["object"]
        if row is None or (entry["before"] is None and entry["after"] is None):
            return
        key, seq, tag = (intern(row["type"]), row["id"]), head["seq"], intern(head["unit"])
        before, after = _completed(key[0], entry["before"]), _completed(key[0], entry["after"])
        trace = self.traces.setdefault(key, Trace(seq, tag))
        if _digest(before) != trace.digest:
            words = f"第 {seq} 条记录所写的原状态，与此前的记录不符（{_name(key)}）"
            self._contradictions.append(Difference(seq, words))
        trace.digest, trace.last, trace.above = _digest(after), seq, _above(key[0], after or before or {})
        if tag != trace.tag:
            self._tagged_anew.setdefault((key, tag), seq)
        for file in entry["attachments"]:
            self._files.setdefault(file["sha256"], seq)

    def compare(self) -> list[Difference]:
        """Compare what the tables hold with the log, each entry's unit with its row's, and the files with their hashes."""
        differences = list(self._contradictions)
        for name, kind in TABLES.items():
            for id, actual in _states(kind):
                differences += self._compare_row((name, id), actual)
        gone = [(key, trace) for key, trace in self.traces.items() if trace.digest and not trace.is_there]
        differences += [Difference(trace.last, f"{_name(key)}不见了，而记录里没有删除它") for key, trace in gone]
        return differences + self._wrong_tags() + list(self._lost_files())

    def _compare_row(self, key: Key, actual: State | None) -> list[Difference]:
        trace = self.traces.get(key)
        if trace is None or trace.digest is None:
            return [Difference(None, f"{_name(key)}在数据库里有，记录里没有")]
        trace.is_there, seq = True, trace.last
        if actual is None:
            return [Difference(seq, f"{_name(key)}有读不懂的值，与第 {seq} 条记录不符")]
        if _digest(actual) == trace.digest:
            return []
        last = _after(key[0], seq)
        changed = [name for name in actual if actual[name] != last.get(name)]
        return [Difference(seq, f"{_name(key)}的 {'、'.join(changed)} 与第 {seq} 条记录不符")] if changed else []

    def _wrong_tags(self) -> list[Difference]:
        tags = [
            (trace.first, key, trace.tag) for key, trace in self.traces.items() if trace.tag != self._unit_code(key)
        ]
        tags += [(seq, key, tag) for (key, tag), seq in self._tagged_anew.items() if tag != self._unit_code(key)]
        return [
            Difference(seq, f"第 {seq} 条记录的单位标记 {tag} 不是{_name(key)}的单位") for seq, key, tag in sorted(tags)
        ]

    def _lost_files(self) -> Iterator[Difference]:
        """Yield the files that are missing or changed, also of deleted rows: the log still names them."""
        for digest, seq in self._files.items():
            if not evidence.is_whole(digest):
                yield Difference(seq, f"第 {seq} 条记录的佐证文件 {digest} 不见了，或内容与哈希不符")

    def _unit_code(self, key: Key) -> int | str | None:
        """Return the code of a row's unit by the log: unit_path by way of foreign keys; None where they break off."""
        if key[0] not in TABLES:
            return None
        path, trace = TABLES[key[0]].unit_path, self.traces.get(key)
        if path is None:
            return NOWHERE
        for step in path:
            trace = self.traces.get((step, trace.above)) if trace and isinstance(trace.above, int) else None
        return trace.above if trace else None


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr).encode


def _digest(state: State | None) -> bytes | None:
    return None if state is None else sha256(_encode(state).encode()).digest()


def _above(table: str, state: State) -> Any:
    """Return what leads from a row to the next one of its unit_path; of a unit its code."""
    path = TABLES[table].unit_path if table in TABLES else None
    if path is None:
        return None
    return state.get(f"{path[0]}_id" if path else "code")


def _after(table: str, seq: int) -> State:
    """Read again in which state an entry left its row."""
    body = db.session.scalar(select(audit_body.c.body).where(audit_body.c.seq == seq))
    return _completed(table, json.loads(body or "{}").get("after")) or {}


def _completed(table: str, state: State | None) -> State | None:
    """Return a state with the fields that its schema still lacked, as the table's class says they are to be taken."""
    kind = TABLES.get(table)
    if state is None or kind is None or state["schema"] >= kind.schema:
        return state
    completed = {**state, "schema": kind.schema}
    for schema in range(state["schema"], kind.schema):
        completed = {**kind.assumed[schema], **completed}
    return completed


def _states(kind: type[Logged]) -> Iterator[tuple[int, State | None]]:
    """Yield the id and state of every row of a table, by id; None in place of a state that cannot be read."""
    every = db.session.scalars(select(kind.id).order_by(kind.id)).all()
    for start in range(0, len(every), 500):
        ids = every[start : start + 500]
        try:
            yield from _read(kind, ids)
        except UNREADABLE:
            for id in ids:
                yield id, _read_one(kind, id)


def _read(kind: type[Logged], ids: Sequence[int]) -> list[tuple[int, State]]:
    rows = db.session.execute(select(*inspect(kind).columns).where(kind.id.in_(ids)).order_by(kind.id)).mappings()
    return [(row["id"], state_of(kind, row)) for row in rows]


def _read_one(kind: type[Logged], id: int) -> State | None:
    try:
        return _read(kind, [id])[0][1]
    except UNREADABLE:
        return None


def _name(key: Key) -> str:
    return f"{key[0]} {key[1]}"
