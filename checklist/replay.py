"""Rebuild the tables' states from the log, and compare: a state that no entry explains is tampering too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, zip_longest
from typing import Any

from sqlalchemy import select

from checklist import evidence, lines
from checklist.states import NOWHERE, State, state
from models import Logged, audit_log, audit_node, db
from verify import Verdict, entry_hash, node_hash, verify_entries

Key = tuple[str, int]  # a table's name and a row's id

TABLES: dict[str, type[Logged]] = {kind.__tablename__: kind for kind in Logged.__subclasses__()}


@dataclass(frozen=True)
class Difference:
    """Something that the log does not explain; `seq` is the entry to look at, if there is one."""

    seq: int | None
    words: str


@dataclass
class Replayed:
    """What the log says: the last state of each row (None once deleted), and where the log contradicts itself."""

    states: dict[Key, State | None] = field(default_factory=dict)
    # What a row was last, deleted or not: its unit, and that of the rows below it, are found through this.
    lasting: dict[Key, State] = field(default_factory=dict)
    last_seq: dict[Key, int] = field(default_factory=dict)
    tags: dict[tuple[Key, str], int] = field(default_factory=dict)  # a row's unit tag, and its first entry
    files: dict[str, int] = field(default_factory=dict)  # the SHA-256 of each file, and the first entry that names it
    differences: list[Difference] = field(default_factory=list)


def verify_log() -> tuple[Verdict, list[Difference]]:
    """Check the whole log, and the tables against it, as they stand at one moment."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        # One snapshot for all the queries; SQLite's read transaction is one as it is.
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    verdict = verify_entries(lines.read())
    differences = [*compare_stored(), *compare(replay(lines.read()))] if verdict.ok else []
    db.session.rollback()
    return verdict, differences


def compare_stored() -> Iterator[Difference]:
    """Where the hashes and Merkle nodes kept beside the lines are not those of the lines."""
    query = select(audit_log.c.seq, audit_log.c.prev, audit_log.c.hash, audit_log.c.line).order_by(audit_log.c.seq)
    with db.session.execute(query.execution_options(yield_per=1000)) as rows:
        for seq, prev, digest, line in rows:
            head = json.loads(line)
            if (seq, prev, digest) != (head["seq"], head["prev"], entry_hash(line.encode()).hex()):
                yield Difference(seq, f"第 {seq} 条记录旁存的序号或哈希与记录不符")
    completed = (audit_node.c.index + 1).op("<<")(audit_node.c.level)  # the number of entries that complete a node
    nodes = select(audit_node.c.level, audit_node.c.index, audit_node.c.hash).order_by(completed, audit_node.c.level)
    with db.session.execute(nodes.execution_options(yield_per=1000)) as rows:
        for kept, due in zip_longest(map(tuple, rows), _nodes()):
            if kept != due:
                yield Difference(None, f"存着的 Merkle 节点 {kept} 应是 {due}，回执会因此出错")
                return


def _nodes() -> Iterator[tuple[int, int, str]]:
    """The Merkle nodes above the log's entries, as they are completed (RFC 6962)."""
    peaks: list[bytes] = []
    for seq, (line, _) in enumerate(lines.read()):
        peaks.append(entry_hash(line))
        index = seq
        for level in count(1):
            if index % 2 == 0:
                break
            right, left = peaks.pop(), peaks.pop()
            peaks.append(node_hash(left, right))
            index //= 2
            yield level, index, peaks[-1].hex()


def replay(rows: Iterable[tuple[bytes, bytes | None]]) -> Replayed:
    """Follow every row through the log; each entry must begin where the last one about that row ended."""
    found = Replayed()
    for line, body in rows:
        if body is not None:
            _apply(found, json.loads(line), json.loads(body))
    return found


def _apply(found: Replayed, head: dict[str, Any], body: dict[str, Any]) -> None:
    row = body["object"]
    if row is None or (body["before"] is None and body["after"] is None):
        return
    key = (row["type"], row["id"])
    before, after = _completed(row["type"], body["before"]), _completed(row["type"], body["after"])
    if before != found.states.get(key):
        words = f"第 {head['seq']} 条记录所写的原状态，与此前的记录不符（{_name(key)}）"
        found.differences.append(Difference(head["seq"], words))
    found.states[key] = after
    found.lasting[key] = after or before or {}
    found.last_seq[key] = head["seq"]
    found.tags.setdefault((key, head["unit"]), head["seq"])
    for file in body["attachments"]:
        found.files.setdefault(file["sha256"], head["seq"])


def _completed(table: str, told: State | None) -> State | None:
    """A state with the fields that its schema still lacked, as the table's class says they are to be taken."""
    kind = TABLES.get(table)
    if told is None or kind is None or told["schema"] >= kind.schema:
        return told
    completed = {**told, "schema": kind.schema}
    for schema in range(told["schema"], kind.schema):
        completed = {**kind.assumed[schema], **completed}
    return completed


def compare(found: Replayed) -> list[Difference]:
    """What the tables hold against what the log says, and each entry's unit against its row's."""
    differences = list(found.differences)
    present: set[Key] = set()
    for name, kind in TABLES.items():
        for row in db.session.scalars(select(kind).order_by(kind.id).execution_options(yield_per=500)):
            key = (name, row.id)
            present.add(key)
            differences += _compare_row(found, key, state(row))
    gone = [key for key, told in found.states.items() if told is not None and key not in present]
    differences += [Difference(found.last_seq[key], f"{_name(key)}不见了，而记录里没有删除它") for key in gone]
    return differences + _wrong_tags(found) + list(_lost_files(found))


def _compare_row(found: Replayed, key: Key, actual: State) -> list[Difference]:
    told = found.states.get(key)
    if told is None:
        return [Difference(None, f"{_name(key)}在数据库里有，记录里没有")]
    changed = [name for name in actual if actual[name] != told.get(name)]
    if not changed:
        return []
    seq = found.last_seq[key]
    return [Difference(seq, f"{_name(key)}的 {'、'.join(changed)} 与第 {seq} 条记录不符")]


def _wrong_tags(found: Replayed) -> list[Difference]:
    return [
        Difference(seq, f"第 {seq} 条记录的单位标记 {tag} 不是{_name(key)}的单位")
        for (key, tag), seq in found.tags.items()
        if tag != _unit_code(found, key)
    ]


def _lost_files(found: Replayed) -> Iterator[Difference]:
    """The files that are missing or changed, one read at a time; also of deleted rows, for the log still names them."""
    for digest, seq in found.files.items():
        if not evidence.is_whole(digest):
            yield Difference(seq, f"第 {seq} 条记录的佐证文件 {digest} 不见了，或内容与哈希不符")


def _unit_code(found: Replayed, key: Key) -> str | None:
    """The unit of a row, from the log's own states: unit_path followed by foreign keys; None where they break off."""
    if key[0] not in TABLES:
        return None
    path = TABLES[key[0]].unit_path
    if path is None:
        return NOWHERE
    told = found.lasting[key]
    for step in path:
        told = found.lasting.get((step, told.get(f"{step}_id", 0)), {})
    return told.get("code")


def _name(key: Key) -> str:
    return f"{key[0]} {key[1]}"
