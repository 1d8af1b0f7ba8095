"""回执: the proof that the log has an entry, for whoever signed it to keep; read again by anybody."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

import verify
from checklist import access, ledger
from checklist.actor import Actor
from checklist.audit import entries
from checklist.ledger import checkpoints, keys, lines, tree
from checklist.refusal import Unseen
from models import Batch, Signature


def make(seq: int) -> bytes:
    """The receipt of an entry, with the first checkpoint that covers it. Raises Unseen, and what take() raises."""
    line, _ = lines.entry(seq)
    if line is None:
        raise Unseen()
    with checkpoints.unbroken():
        note = checkpoints.covering(seq)
        return verify.receipt_text(line, seq, tree.inclusion(seq, note.size), note.note)


def of_entry(seq: int, *, by: Actor) -> bytes:
    """The receipt of an entry for somebody who may read it in the log."""
    return make(entries.entry(seq, by=by).seq)


def of_signature(id: int, *, by: Actor) -> tuple[Signature, bytes]:
    """A signature, and the receipt of the entry by which it was made, for somebody who may see it."""
    signature = access.load(Signature, id)
    access.see(by, Batch, signature.batch_id)
    return signature, make(_made_at(signature))


def body_of(signature: Signature, *, by: Actor) -> str | None:
    """The body that a receipt's header has the hash of, for the signer to keep beside it; None for anybody else.

    It holds what was signed to the letter, and from where: that is the signer's own.
    """
    if by.user != signature.user:
        return None
    _, body = lines.entry(_made_at(signature))
    return None if body is None else body.decode()


def _made_at(signature: Signature) -> int:
    """The entry by which a signature was made."""
    seq = lines.about("signature", signature.id)
    if seq is None:
        raise Unseen(signature)
    return seq


@dataclass(frozen=True)
class Checked:
    """What a check of a receipt came to: a code of verify.PROBLEMS, or none where it is genuine."""

    problem: str
    receipt: verify.Receipt | None = None

    @cached_property
    def entry(self) -> entries.Line | None:
        """The entry of a genuine receipt, as far as the receipt itself tells of it: its header."""
        if self.problem or self.receipt is None:
            return None
        return entries.header_of(self.receipt.line)

    @property
    def words(self) -> str:
        return verify.PROBLEMS[self.problem][0] if self.problem else ""


def check(text: str) -> Checked:
    """Hold what is said to be a receipt to the log as it stands now. Anything at all may come in."""
    try:
        receipt = verify.parse_receipt(text.encode())
    except (verify.FormatError, UnicodeEncodeError):
        return Checked("outside")
    known = keys.known()
    if receipt.checkpoint.origin != ledger.origin():
        return Checked("origin", receipt)
    if not known:
        return Checked("receipt_signature", receipt)
    verdict = verify.verify_outside(verify.Outside(known, receipts=[receipt]))
    return Checked(verdict.problem or _against_the_log(receipt), receipt)


def _against_the_log(receipt: verify.Receipt) -> str:
    """What is wrong with the log, if it is the receipt that is right."""
    note = receipt.checkpoint
    line, body = lines.entry(receipt.index)
    if note.size > ledger.size():
        return "truncated"
    try:
        root = tree.root(note.size)
    except tree.Broken:
        return "anchor"
    if root != note.root:
        return "anchor"
    if line != receipt.line:
        return "receipt"
    return "" if body is None or verify.body_hash(body) == json.loads(line)["body"] else "body"
