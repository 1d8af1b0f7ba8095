"""日志封签: the log's size and root, signed; whoever keeps one can tell whether the log was rewritten before it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, insert, select
from sqlalchemy.exc import SQLAlchemyError

import verify
from checklist import access, ledger
from checklist.actor import Actor
from checklist.ledger import keys, tree
from checklist.refusal import Problem, Refused, Unseen
from models import audit_checkpoint, db

EVERY = 1000  # entries
PAGE = 50


class Rewritten(Problem):
    """The log is not what was sealed, or broken so that nothing can be said of it: it must not be sealed again."""

    status = 503


@contextmanager
def unbroken() -> Iterator[None]:
    """Raise Rewritten where a hash or a checkpoint that the block needs cannot be read."""
    try:
        yield
    except (verify.FormatError, tree.Broken) as error:
        words = "日志存着的哈希或封签缺了、坏了，这一步办不了。请保全现场，运行 flask --app app verify 并报告。"
        raise Rewritten(words) from error


# --- sealing ------------------------------------------------------------------------------------------------


def take() -> verify.Checkpoint:
    """Seal the log as it stands, keep the checkpoint and return it; the last one, when nothing was written since.

    Nothing is signed that has not been committed. Raises keys.Unusable, and Rewritten.
    """
    with unbroken(), ledger.writing() as session:
        try:
            size, last = ledger.size(), latest()
            root = tree.root(size)
            if last and not _begins_with(last, size, root):
                raise Rewritten("日志与上一张封签对不上，没有再签。请保全现场，运行 flask --app app verify 并报告。")
            if last and last.size == size:
                note = last
            else:
                text = verify.checkpoint_text(ledger.origin(), size, root)
                signed = text + b"\n" + b"".join(key.sign(text) for key in keys.signing())
                session.execute(insert(audit_checkpoint), {"size": size, "note": signed.decode()})
                note = verify.parse_checkpoint(signed)
            session.commit()
        except BaseException:
            session.rollback()
            raise
    return note


def _begins_with(old: verify.Checkpoint, size: int, root: bytes) -> bool:
    """Return whether the log as it is, of this size and root, begins with the one of a checkpoint."""
    if old.size > size:
        return False
    return verify.extends(old.size, old.root, size, root, tree.consistency(old.size, size))


def seal(*, by: Actor) -> verify.Checkpoint:
    """Write that the log is being sealed, and seal it with that entry."""
    with ledger.act("checkpoint", by=by) as act:
        act.post = access.require(by, "seal", access.county())
        keys.signing()
        act.add_entry({"size": ledger.size()})
    return take()


def _seal_every_thousand(written: range) -> None:
    if written.start // EVERY == written.stop // EVERY:
        return
    try:
        take()
    except (Problem, SQLAlchemyError):  # what was to be written has been; the next one is a thousand entries away
        logging.getLogger("shuangze").exception("no checkpoint was made at entry %d", written.stop)


ledger.after_commit.append(_seal_every_thousand)


# --- the key ------------------------------------------------------------------------------------------------


def init_key(*, by: Actor, lost: bool = False) -> verify.Key:
    """Make the log's first key, name it in the log and seal the log; with `lost`, in place of one that is gone.

    Finishes what a call that was cut short began. Raises Refused where there is a key.
    """
    with ledger.act("log.key", by=by) as act:
        access.require(by, "keep_key", access.county())
        named = keys.known()
        if not keys.current().exists():
            if named and not lost:
                raise Refused(
                    f"日志已有密钥，但 {keys.current()} 不在了。请从备份恢复；确实找不回来，请加 --lost 另造一把，"
                    "并把新公钥亲手交给每一位审计员：旧公钥担保不了它。"
                )
            keys.make(keys.current(), ledger.origin())
        key = keys.read(keys.current()).public
        if key.name != ledger.origin():
            raise Refused(f"{keys.current()} 是另一部日志（{key.name}）的密钥。请移走它，再运行一次。")
        if key in named:
            raise Refused("日志的密钥已经有了。要换一把，请用 flask --app app keys renew。")
        act.add_entry({"key": key.vkey})
    take()
    return key


def renew_key(*, by: Actor) -> verify.Key:
    """Take a new key into use: an entry that names it, and a checkpoint that the old and the new key sign.

    The new key's file is written first and takes the old one's place last, so that a call that was cut short can be
    made again. Raises keys.Unusable.
    """
    with ledger.act("log.key", by=by) as act:
        access.require(by, "keep_key", access.county())
        keys.signing()
        if not keys.successor().exists():
            keys.make(keys.successor(), ledger.origin())
        new = keys.read(keys.successor()).public
        if new not in keys.known():
            act.add_entry({"key": new.vkey})
    take()
    keys.install_successor()
    return new


# --- proving -------------------------------------------------------------------------------------------------


def prove(old: verify.Checkpoint) -> bytes:
    """Return the proof that the log as it stands begins with the one of a checkpoint that somebody kept.

    Raises Rewritten where it does not, and what take() raises.
    """
    note = take()
    if old.origin != note.origin:
        raise Rewritten(f"这张封签是另一部日志（{old.origin}）的。")
    if not 0 < old.size <= note.size:
        raise Rewritten(f"这张封签封了 {old.size} 条，日志现在有 {note.size} 条：证明不了。日志若变短，请立即报告。")
    with unbroken():
        begins, path = _begins_with(old, note.size, note.root), tree.consistency(old.size, note.size)
    if not begins:
        raise Rewritten("日志的开头与这张封签对不上：封签之后日志被改写过。请保全现场并报告。")
    return verify.proof_text(old.size, path, note.note)


# --- those that are kept ------------------------------------------------------------------------------------


def get(size: int) -> verify.Checkpoint | None:
    """Return the kept checkpoint of this many entries."""
    return _parse(db.session.scalar(select(audit_checkpoint.c.note).where(audit_checkpoint.c.size == size)))


def latest() -> verify.Checkpoint | None:
    """Return the last kept checkpoint."""
    return _parse(db.session.scalar(select(audit_checkpoint.c.note).order_by(audit_checkpoint.c.size.desc()).limit(1)))


def covering(seq: int) -> verify.Checkpoint:
    """Return the first checkpoint that covers an entry, made now where none does. Raises what take() raises."""
    size = db.session.scalar(select(func.min(audit_checkpoint.c.size)).where(audit_checkpoint.c.size > seq))
    return (size and get(size)) or take()


def before(size: int) -> Iterator[tuple[int, bytes]]:
    """Read the kept checkpoints of fewer entries, (size, note), from the first."""
    query = select(audit_checkpoint).where(audit_checkpoint.c.size < size).order_by(audit_checkpoint.c.size)
    with db.session.execute(query.execution_options(yield_per=1000)) as rows:
        for number, note in rows:
            yield number, note.encode()


def _parse(note: str | None) -> verify.Checkpoint | None:
    return None if note is None else verify.parse_checkpoint(note.encode())


# --- for an auditor -----------------------------------------------------------------------------------------


def search(*, by: Actor, below: int | None = None) -> list[verify.Checkpoint]:
    """Return a page of the kept checkpoints, the newest first; `below` is the size of the last one seen."""
    access.require(by, "read_log", access.readable_logs(by)[0])
    query = select(audit_checkpoint.c.note).order_by(audit_checkpoint.c.size.desc()).limit(PAGE)
    if below is not None:
        query = query.where(audit_checkpoint.c.size < below)
    return [verify.parse_checkpoint(note.encode()) for note in db.session.scalars(query)]


def see(size: int, *, by: Actor) -> verify.Checkpoint:
    """Return a kept checkpoint. Raises Unseen."""
    access.require(by, "read_log", access.readable_logs(by)[0])
    checkpoint = get(size)
    if checkpoint is None:
        raise Unseen()
    return checkpoint
