"""核验: the whole log, what is kept beside it, and the tables against it, in one pass and at one moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import select

import verify
from checklist import access, ledger
from checklist.actor import Actor
from checklist.audit.index import Comparison
from checklist.audit.replay import Difference, Replay
from checklist.ledger import checkpoints
from models import audit_body, audit_log, audit_node, db

REPORTED_EVERY = 5000  # entries


@dataclass
class Check:
    """A check of the log; `run` is to be exhausted, then verdict and differences stand.

    `anchors` are checkpoints that somebody kept outside. The verdict is verify.py's, on the log with those and the
    checkpoints that the log itself keeps.
    """

    anchors: list[verify.Checkpoint] = field(default_factory=list)
    verdict: verify.Verdict = field(default_factory=verify.Verdict)
    differences: list[Difference] = field(default_factory=list)
    proven_until: str = ""  # the time of the last entry that an anchor covers, as the log writes it

    @property
    def good(self) -> bool:
        return self.verdict.ok and not self.differences

    def words(self) -> list[str]:
        """Return the verdict in Chinese, line by line; the differences have words of their own."""
        report = verify.report(self.verdict)
        if self.verdict.ok and self.differences:
            report[0] = "日志本身前后一致，但数据库或存着的封签、文件与它不符"
        return report

    def run(self) -> Iterator[int]:
        """Check all, and yield the number of entries checked now and then."""
        db.session.rollback()
        db.session.expire_all()  # what this session has read already may have been changed since
        if db.engine.dialect.name == "postgresql":
            # One snapshot for all the queries; SQLite's read transaction is one as it is.
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        try:
            with closing(Nodes()) as nodes, closing(Comparison()) as index:
                yield from self._check(nodes, index)
        finally:
            db.session.rollback()

    def _check(self, nodes: Nodes, index: Comparison) -> Iterator[int]:
        kept = list(self._kept())
        anchors = [("anchor", note) for note in self.anchors]
        chain = verify.Chain(notes=[*anchors, *(("checkpoint", note) for note in kept)])
        replay = Replay()
        try:
            for line, body, beside in _rows():
                prev = chain.prev.decode()
                chain.take(line, body)
                if beside != (chain.seq - 1, prev, chain.prev.decode()):
                    words = f"第 {chain.seq - 1} 条记录旁存的序号或哈希与记录不符"
                    self.differences.append(Difference(chain.seq - 1, words))
                nodes.add(bytes.fromhex(chain.prev.decode()))
                head, told = json.loads(line), json.loads(body or "null")
                replay.follow(head, told)
                index.add(head, told)
                if chain.anchored == chain.seq:
                    self.proven_until = chain.ts.decode()
                if chain.seq % REPORTED_EVERY == 0:
                    yield chain.seq
            chain.finish()
            self._insist_on_anchors(chain)
        except verify.Bad as bad:
            self.verdict.refuse(bad)
            self.differences.clear()  # a log that is broken explains nothing
        else:
            self._compare(chain, kept)
            self.differences += [*nodes.differences(), *replay.compare(), *index.differences()]
            self.verdict.doubts = [] if chain.anchored else ["anchor"]
        verify.describe(self.verdict, chain)
        self.verdict.checked = ["chain", "bodies", *(["anchor"] if chain.anchored else [])]

    def _kept(self) -> Iterator[verify.Checkpoint]:
        for size, text in checkpoints.before(verify.LARGEST_INTEGER):
            try:
                note = verify.parse_checkpoint(text)
            except verify.FormatError:
                note = None
            if note is not None and note.size == size:
                yield note
            else:
                self.differences.append(Difference(None, f"存着的第 {size} 条的封签不合格式"))

    def _insist_on_anchors(self, chain: verify.Chain) -> None:
        named = [key for _, key in chain.keys]
        for note in self.anchors:
            if note.origin != chain.origin:
                raise verify.Bad("origin", 0)
            if not _signed(note, named):
                raise verify.Bad("signature")

    def _compare(self, chain: verify.Chain, kept: list[verify.Checkpoint]) -> None:
        named = [key for _, key in chain.keys]
        for note in kept:
            if note.origin != chain.origin or not _signed(note, named):
                self.differences.append(Difference(None, f"存着的第 {note.size} 条的封签不是用日志的密钥签的"))


def verify_log(check: Check, *, by: Actor) -> Iterator[int]:
    """Return the steps of a check for somebody who may read some unit's log; that it was made is an entry too."""
    require_reader(by=by)
    return _run(check, by)


def require_reader(*, by: Actor) -> None:
    """Insist on somebody who may read some unit's log. Raises Unseen or NotYours."""
    access.require(by, "read_log", access.readable_logs(by)[0])


def _run(check: Check, by: Actor) -> Iterator[int]:
    yield from check.run()
    with ledger.act("verify", by=by) as act:
        act.add_entry({"ok": check.good, "size": check.verdict.size, "anchored": check.verdict.anchored})


def _signed(note: verify.Checkpoint, keys: list[verify.Key]) -> bool:
    try:
        return len(verify.signers(note, keys)) == len(note.signatures)
    except verify.FormatError:
        return False


def _rows() -> Iterator[tuple[bytes, bytes | None, tuple[int, str, str]]]:
    """Yield each entry's header and body, with the number and hashes that are kept beside them."""
    joined = audit_log.outerjoin(audit_body, audit_log.c.seq == audit_body.c.seq)
    query = select(audit_log, audit_body.c.body).select_from(joined).order_by(audit_log.c.seq)
    with db.session.execute(query.execution_options(yield_per=1000)) as rows:
        for seq, prev, digest, line, body in rows:
            yield line.encode(), None if body is None else body.encode(), (seq, prev, digest)


class Nodes:
    """A comparison of the kept Merkle nodes with those of the log, as they complete, up to the first difference."""

    def __init__(self) -> None:
        completed = (audit_node.c.index + 1).op("<<")(audit_node.c.level)  # the entries that complete a node
        query = select(audit_node.c.level, audit_node.c.index, audit_node.c.hash)
        ordered = query.order_by(completed, audit_node.c.level).execution_options(yield_per=1000)
        self._kept = db.session.execute(ordered)
        self._peaks: list[bytes] = []
        self._size = 0
        self._differences: list[Difference] = []

    def add(self, leaf: bytes) -> None:
        """Compare the nodes that an entry's hash completes."""
        self._peaks.append(leaf)
        index, self._size = self._size, self._size + 1
        for level in count(1):
            if index % 2 == 0:
                break
            right, left = self._peaks.pop(), self._peaks.pop()
            self._peaks.append(verify.node_hash(left, right))
            index //= 2
            self._compare((level, index, self._peaks[-1].hex()))

    def close(self) -> None:
        """End the query."""
        self._kept.close()

    def differences(self) -> list[Difference]:
        """Return the difference that was found, also of a node too many."""
        self._compare(None)
        return self._differences

    def _compare(self, due: tuple[int, int, str] | None) -> None:
        row = self._kept.fetchone() if not self._differences else due
        if (kept := row and tuple(row)) != due:
            self._differences.append(Difference(None, f"存着的 Merkle 节点 {kept} 应是 {due}，回执会因此出错"))
