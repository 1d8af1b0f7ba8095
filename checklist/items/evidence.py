"""佐证文件: kept by their hash. An official may attach one to an item, and never must."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from checklist import access, durable, ledger
from checklist.actor import Actor
from checklist.formats import Kind, kind_of
from checklist.items import signoff
from checklist.ledger.states import unit_code
from checklist.refusal import Damaged, Malformed, Refused, Unseen
from models import Evidence, Item, db

LARGEST = 3 << 20  # bytes; with the form around it, below what the server takes at once
MOST = 10  # files on an item
LONGEST_NAME = 120  # characters

_DIGEST = re.compile("[0-9a-f]{64}")
_UNSAFE = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)  # no file on Windows may be called so


# --- files by their hash ------------------------------------------------------------------------------------


def path(digest: str) -> Path:
    """Return where the file with this SHA-256 (64 hex digits) is kept, if it is. Raises ValueError for anything else."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is not a SHA-256")
    return db.folder / "evidence" / digest[:2] / digest


def keep(content: bytes) -> str:
    """Keep a file for good, readable for the server's account alone, and return its SHA-256.

    The same content is kept once. To be called inside the act, before its entry is written: a committed entry
    then never names a missing file. An act that is rolled back leaves a file that nothing names; that does no
    harm, and the same content sent again takes its place.
    """
    digest = sha256(content).hexdigest()
    durable.write(path(digest), content)
    return digest


def is_whole(digest: str) -> bool:
    """Return whether the file with this SHA-256 is there, and has it."""
    return _read(digest) is not None


def _read(digest: str) -> bytes | None:
    try:
        content = path(digest).read_bytes()
    except OSError:
        return None
    return content if sha256(content).hexdigest() == digest else None


# --- attaching and taking away ------------------------------------------------------------------------------


def attach(item_id: int, name: str, content: BinaryIO, *, by: Actor) -> Evidence:
    """Attach a file to an item that is not signed; `name` is what the official calls it.

    Raises Malformed for a file that is empty, larger than LARGEST, or of a kind that is not kept.
    """
    received = content.read(LARGEST + 1)
    kind = _insist_on_a_good_file(received)  # before the act: nobody waits for the lock while it is looked into
    with ledger.act_on("attach", Item, item_id, by=by) as item:
        _insist_on_unsigned(item, item)
        if sha256(received).hexdigest() in {file.file_sha256 for file in item.files}:
            raise Refused("这个文件已经附在这一项上了，不用再传。", item)
        if len(item.files) >= MOST:
            raise Refused(f"一项最多附 {MOST} 个文件。请先删除不需要的，或者合并成一个。", item)
        attached = Evidence(
            document_no="",
            file_name=shown_name(name, kind),
            file_sha256=keep(received),
            file_size=len(received),
            file_type=kind.type,
        )
        item.evidence.append(attached)
        db.session.flush()
    return attached


def detach(id: int, *, by: Actor) -> Item:
    """Take a file off an item that is not signed. The bytes stay: the log names them for ever."""
    with ledger.act_on("detach", Evidence, id, by=by) as attached:
        item = attached.item
        if attached.file_sha256 is None:
            raise Unseen(attached)
        _insist_on_unsigned(item, attached)
        signoff.delete(attached)
    return item


def may_change(item: Item, standing: access.Standing) -> bool:
    """Return whether this person can add files to an item, or take them off it, now."""
    return item.state.is_unsigned and access.may(standing, "attach", item) is not None


def _insist_on_unsigned(item: Item, about: Item | Evidence) -> None:
    if not item.state.is_unsigned:
        raise Refused(f"这一项{item.state.label}，佐证文件不能再增减。要改请先撤回签认。", about)


def _insist_on_a_good_file(content: bytes) -> Kind:
    if not content:
        raise Malformed("这个文件是空的。请核对后重新选择。", "file")
    if len(content) > LARGEST:
        raise Malformed(f"文件超过 {LARGEST >> 20} MB。请压缩或分成几个再上传；也可以不附文件，只填文号。", "file")
    return kind_of(content)


def shown_name(name: str, kind: Kind) -> str:
    """Return a file's name as it is shown and downloaded: no folders, nothing unseen, its kind's ending, not too long."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    # C: control, format (the bidirectional ones too), unassigned; Zl, Zp: line and paragraph separators
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C" and unicodedata.category(c) not in ("Zl", "Zp"))
    text = _UNSAFE.sub("", text).strip(" .")
    stem, ending = PurePosixPath(text).stem, PurePosixPath(text).suffix
    if ending.lower() not in kind.endings:
        stem, ending = text, kind.endings[0]
    if not stem.strip(" .") or _DEVICE.fullmatch(stem.split(".")[0].strip()):
        stem = "佐证文件"
    return stem[: LONGEST_NAME - len(ending)] + ending


# --- looking ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """A file with its hash just checked; `type` is the media type that its content showed."""

    name: str
    type: str
    content: bytes


def look(id: int, *, by: Actor) -> Opened:
    """Return the file of a row to whoever may see its item. An auditor's look is an entry.

    Raises Unseen, and Damaged when what is on the disk is not what was attached.
    """
    attached = access.see(by, Evidence, id)
    digest = attached.file_sha256
    if digest is None:
        raise Unseen(attached)
    content = _read(digest)
    if content is None:
        raise Damaged(
            f"佐证文件“{attached.file_name}”已丢失，或与登记时的哈希不符，不能下载。"
            "请系统管理员运行 flask verify 核对，并从备份恢复。"
        )
    opened = Opened(attached.file_name or "", attached.file_type or "", content)
    capacity = access.may(access.Standing.of(by), "see", attached)
    if capacity and capacity.role == "auditor":
        with ledger.act("look", by=by) as act:
            act.add_entry({"evidence": id, "sha256": digest}, unit=unit_code(access.load(Evidence, id)))
    return opened
