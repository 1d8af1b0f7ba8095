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
    """Return the receipt of an entry, with the first checkpoint that covers it.

    Raises Unseen, and what checkpoints.covering raises.
    """
    line, _ = lines.entry(seq)
    if line is None:
        raise Unseen()
    with checkpoints.unbroken():
        note = checkpoints.covering(seq)
        return verify.receipt_text(line, seq, tree.inclusion(seq, note.size), note.note)


def of_entry(seq: int, *, by: Actor) -> bytes:
    """Return the receipt of an entry to somebody who may read it in the log."""
    return make(entries.entry(seq, by=by).seq)


def of_signature(id: int, *, by: Actor) -> tuple[Signature, bytes]:
    """Return a signature and the receipt of the entry by which it was made, to somebody who may see it."""
    signature = access.load(Signature, id)
    access.see(by, Batch, signature.batch_id)
    return signature, make(_made_at(signature))


def body_of(signature: Signature, *, by: Actor) -> str | None:
    """Return the body whose hash is in the receipt, to the signer, who keeps it beside; None to anybody else.

    It holds what was signed to the letter, and from which address: that is the signer's own.
    """
    if by.user != signature.user:
        return None
    _, body = lines.entry(_made_at(signature))
    return None if body is None else body.decode()


def _made_at(signature: Signature) -> int:
    """Return the number of the entry by which a signature was made."""
    seq = lines.about("signature", signature.id)
    if seq is None:
        raise Unseen(signature)
    return seq


@dataclass(frozen=True)
class CheckedReceipt:
    """The result of a check: `problem` is a code of verify.PROBLEMS, "" where the receipt is genuine."""

    problem: str
    receipt: verify.Receipt | None = None

    @cached_property
    def entry(self) -> entries.LogEntry | None:
        """The entry of a genuine receipt, as far as the receipt itself tells of it: its header."""
        if self.problem or self.receipt is None:
            return None
        return entries.LogEntry.of_header(self.receipt.line)

    @property
    def words(self) -> str:
        return verify.PROBLEMS[self.problem][0] if self.problem else ""


def check(text: str) -> CheckedReceipt:
    """Compare what is said to be a receipt with the log as it stands now. Any text at all may come in."""
    try:
        receipt = verify.parse_receipt(text.encode())
    except (verify.FormatError, UnicodeEncodeError):
        return CheckedReceipt("outside")
    known = keys.known()
    if receipt.checkpoint.origin != ledger.origin():
        return CheckedReceipt("origin", receipt)
    if not known:
        return CheckedReceipt("receipt_signature", receipt)
    verdict = verify.verify_outside(verify.Outside(known, receipts=[receipt]))
    return CheckedReceipt(verdict.problem or _against_the_log(receipt), receipt)


def _against_the_log(receipt: verify.Receipt) -> str:
    """Return what is wrong with the log, if it is the receipt that is right."""
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
