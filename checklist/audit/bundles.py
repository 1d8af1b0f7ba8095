"""日志包: the log as an auditor carries it away, whole or one unit's, for verify.py to read at home."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import BinaryIO

from sqlalchemy import select

import verify
from checklist import access, ledger
from checklist.actor import Actor
from checklist.items import evidence
from checklist.ledger import checkpoints, keys, lines, tree
from checklist.ledger.states import NOWHERE
from checklist.refusal import Malformed
from models import Unit, db


@dataclass(frozen=True)
class Bundle:
    """The log up to a checkpoint, with the bodies of the unit of a code, or of all (`unit` is None)."""

    unit: str | None
    checkpoint: verify.Checkpoint
    _attached: set[str] = field(default_factory=set)

    def write(self, out: BinaryIO) -> Iterator[int]:
        """Write it to a seekable file, in constant memory, and yield the number of entries written now and then.

        Raises verify.FormatError when it would be larger than a zip can be.
        """
        sealed = self.checkpoint
        about = {
            "filter": {"unit": self.unit},
            "origin": sealed.origin,
            "root": sealed.root.hex(),
            "size": sealed.size,
        }
        with ExitStack() as files:
            yield from verify.write_bundle(
                out,
                self._entries(),
                about,
                checkpoint=sealed.note,
                checkpoints=checkpoints.before(sealed.size),
                attachments=self._attachments(files),
            )
        db.session.rollback()

    def _entries(self) -> Iterator[tuple[bytes, bytes | None]]:
        for line, body in lines.read(self.checkpoint.size, self.unit):
            if body and b'"attachments":[{' in body:  # perhaps within a text: JSON tells
                self._attached.update(attached["sha256"] for attached in json.loads(body)["attachments"])
            yield line, body

    def _attachments(self, files: ExitStack) -> Iterator[tuple[str, BinaryIO]]:
        """Yield the files by their hashes; one that is lost is left out, and verify.py says which entry misses it."""
        for digest in sorted(self._attached):
            path = evidence.path(digest)
            if path.exists():
                with path.open("rb") as file:
                    yield digest, file


def export(*, by: Actor, code: str | None = None) -> Bundle:
    """Seal the log, and return it to be carried away: whole, or with the bodies of the unit of that code.

    The export is an entry before its first byte leaves, with the size and root that the log had then; it is in the
    bundle too, the last but for what others wrote in that moment. Raises Malformed for a code that no unit has.
    """
    with ledger.act("export", by=by) as act:
        scope = db.session.scalar(select(Unit).where(Unit.code == code)) if code else access.county()
        if scope is None:
            raise Malformed("没有这个代码的单位。请从列表里选一个。", "unit")
        act.post = access.require(by, "export", scope)
        keys.signing()  # nothing is said to have left that cannot be sealed
        size = ledger.size()
        act.add_entry({"filter": {"unit": code}, "size": size, "root": tree.root(size).hex()}, unit=code or NOWHERE)
    return Bundle(code, checkpoints.take())
