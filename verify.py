"""The log format, and its offline verifier.

One file, standard library only, Python 3.9 or later, nothing of the application: an auditor carries it on a
stick. The application writes its log with the functions of the first part, so the format stands in one place.

An entry is two lines of canonical JSON. The header L is what the chain and the Merkle tree are made of; the body
B says who did what to which row, and the header carries its hash.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import stat
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

# --- the format ---------------------------------------------------------------------------------------------

VERSION = 1
GENESIS = "0" * 64
LARGEST_INTEGER = 2**53 - 1

HEADER = re.compile(
    rb'\{"body":"(?P<body>[0-9a-f]{64})","prev":"(?P<prev>[0-9a-f]{64})","seq":(?P<seq>0|[1-9][0-9]{0,14}),'
    rb'"ts":"(?P<ts>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)",'
    rb'"unit":"(?P<unit>[A-Z0-9-]{1,32})","v":1\}'
)


class FormatError(ValueError):
    """Something is not of the format that this file defines."""


_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: Any) -> bytes:
    """JSON in its one canonical spelling (RFC 8785), for the values that the log uses.

    Those are objects with ASCII keys, arrays, strings, integers below 2**53, booleans and null; for these
    sorted keys and no spaces are exactly RFC 8785. Raises FormatError for anything else.
    """
    try:
        _insist_on_subset(value)
        return _WRITER.encode(value).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise FormatError("a lone surrogate or too deep nesting") from error


def _insist_on_subset(value: Any) -> None:
    if value is None or isinstance(value, (bool, str)):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise FormatError(f"the integer {value} is too large")
    elif isinstance(value, list):
        for part in value:
            _insist_on_subset(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise FormatError(f"the key {key!r} is not ASCII")
            _insist_on_subset(part)
    else:
        raise FormatError(f"a {type(value).__name__} has no canonical form here")


def body_hash(body: bytes) -> str:
    """The hex SHA-256 by which a header names its body."""
    return sha256(body).hexdigest()


def header(*, seq: int, prev: str, body: str, ts: str, unit: str) -> bytes:
    """The header line L of an entry, without its newline. Raises FormatError when a part is not of the format."""
    line = canonical({"body": body, "prev": prev, "seq": seq, "ts": ts, "unit": unit, "v": VERSION})
    if not HEADER.fullmatch(line):
        raise FormatError(f"not a header: {line!r}")
    return line


def entry_hash(line: bytes) -> bytes:
    """h = SHA-256(0x00 ‖ L): the next header's `prev`, and the entry's leaf in the Merkle tree (RFC 6962)."""
    return sha256(b"\0" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """An inner node of the Merkle tree: SHA-256(0x01 ‖ left ‖ right) (RFC 6962)."""
    return sha256(b"\1" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle root of leaf hashes (RFC 6962), in memory that grows with the tree's height only."""
    peaks: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, node = 1, leaf
        while peaks and peaks[-1][0] == size:
            node = node_hash(peaks.pop()[1], node)
            size *= 2
        peaks.append((size, node))
    if not peaks:
        return sha256(b"").digest()
    node = peaks.pop()[1]
    while peaks:
        node = node_hash(peaks.pop()[1], node)
    return node


def _nullable(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or check(value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _count(value: Any) -> bool:
    return _whole(value) and value >= 0


def _state(value: Any) -> bool:
    return isinstance(value, dict)


def _like(pattern: str) -> Callable[[Any], bool]:
    fits = re.compile(pattern).fullmatch
    return lambda value: isinstance(value, str) and fits(value) is not None


def _record(**fields: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, dict)
        and value.keys() == fields.keys()
        and all(check(value[name]) for name, check in fields.items())
    )


_ATTACHMENT = _record(name=_text, sha256=_like("[0-9a-f]{64}"), size=_count, type=_text)

# The body B, field by field: what it holds, and what it may be.
BODY: dict[str, Callable[[Any], bool]] = {
    # 128 random bits, so that nobody can guess an erased body from its hash
    "salt": _like("[0-9a-f]{32}"),
    # a person by id, name and the post acted in; a command by the name of who ran it; null for somebody unknown
    "actor": _nullable(_record(id=_nullable(_whole), name=_text, post=_nullable(_text))),
    "ip": _nullable(_text),
    # the public id of the session, never its token
    "session": _nullable(_text),
    # shared by all entries of one request or command
    "req": _like("[0-9a-f]{32}"),
    "action": _like(r"[a-z_]+(\.[a-z_]+)*"),
    # the row that the entry is about: its table, id, and revision afterwards
    "object": _nullable(_record(type=_text, id=_whole, rev=_whole)),
    # the whole row before and after; null where there was or is none. Facts of an act without a row stand in after
    "before": _nullable(_state),
    "after": _nullable(_state),
    "reason": _nullable(_text),
    # "ok", or "refused: " and the HTTP status
    "result": _like("ok|refused: [0-9]{3}"),
    "attachments": lambda value: isinstance(value, list) and all(map(_ATTACHMENT, value)),
    # the program that wrote the entry, and its version
    "app": _text,
}


def check_body(body: bytes) -> dict[str, Any]:
    """Read a body. Raises FormatError unless it is canonical JSON with exactly the fields of BODY."""
    value = _parse(body)
    if not isinstance(value, dict) or value.keys() != BODY.keys():
        raise FormatError("the body does not have exactly its fields")
    for name, check in BODY.items():
        if not check(value[name]):
            raise FormatError(f"the body's field {name} is not as it should be")
    return value


def _parse(text: bytes) -> Any:
    """Canonical JSON only: a second key of one name, a space, an escape or a float changes the bytes."""
    try:
        value = _READER.decode(text.decode())
        written = _WRITER.encode(value).encode()
    except (ValueError, RecursionError) as error:
        raise FormatError("not JSON, or with what the log does not use") from error
    if written != text:
        raise FormatError("not canonical JSON")
    return value


def _no_number(text: str) -> Any:
    raise FormatError(f"{text} is no integer")


def _integer(text: str) -> int:
    value = int(text)
    if abs(value) > LARGEST_INTEGER:
        raise FormatError(f"the integer {text} is too large")
    return value


def _record_with_ascii_keys(value: dict[str, Any]) -> dict[str, Any]:
    if not "".join(value).isascii():
        raise FormatError("a key is not ASCII")
    return value


_READER = json.JSONDecoder(
    parse_float=_no_number, parse_constant=_no_number, parse_int=_integer, object_hook=_record_with_ascii_keys
)


# --- the chain ----------------------------------------------------------------------------------------------


class Bad(Exception):
    """What is wrong, as a code of WORDS, and the entry at which it shows."""

    def __init__(self, code: str, seq: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.seq = seq


@dataclass
class Verdict:
    """What a check came to. `problem` is a code of WORDS and `first_bad` the entry at which it shows."""

    ok: bool = True
    size: int = 0
    root: str = ""
    origin: str = ""
    erased: int = 0
    first_bad: int | None = None
    problem: str = ""
    checked: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    def refuse(self, bad: Bad) -> None:
        self.ok, self.first_bad, self.problem = False, bad.seq, bad.code


def verify_entries(entries: Iterable[tuple[bytes, bytes | None]]) -> Verdict:
    """Check headers and bodies, in order, as one log: every link, every hash, every field.

    A body may be None only where an entry says that it was erased. Anything at all may come in; the verdict says
    at which entry it stops being a log.
    """
    verdict = Verdict()
    chain = Chain()
    try:
        verdict.root = root(chain.leaves(entries)).hex()
        chain.insist_on_bodies()
        verdict.checked = ["chain", "bodies"]
    except Bad as bad:
        # A line that is cut off has no number of its own: it shows where the log can be followed no further.
        verdict.refuse(bad if bad.seq is not None else Bad(bad.code, chain.seq))
    verdict.size, verdict.origin, verdict.erased = chain.seq, chain.origin, len(chain.bodiless)
    return verdict


class Chain:
    """Where a log has been followed to: the next entry's number, and what that entry has to link to."""

    def __init__(self) -> None:
        self.seq = 0
        self.prev = GENESIS.encode()
        self.ts = b""
        self.origin = ""
        self.bodiless: list[int] = []
        self.erasures: set[int] = set()

    def leaves(self, entries: Iterable[tuple[bytes, bytes | None]]) -> Iterator[bytes]:
        """The entry hashes, one after the other, each only once its entry has been found good. Raises Bad."""
        for line, body in entries:
            yield self._follow(line, body)
        if self.seq == 0:
            raise Bad("empty")

    def _follow(self, line: bytes, body: bytes | None) -> bytes:
        head = HEADER.fullmatch(line)
        if not head:
            raise Bad("header", self.seq)
        if int(head["seq"]) != self.seq:
            raise Bad("sequence", self.seq)
        if head["prev"] != self.prev:
            raise Bad("link", self.seq)
        if head["ts"] < self.ts:
            raise Bad("time", self.seq)
        self._read(body, head["body"])
        leaf = entry_hash(line)
        self.seq, self.prev, self.ts = self.seq + 1, leaf.hex().encode(), head["ts"]
        return leaf

    def _read(self, body: bytes | None, digest: bytes) -> None:
        if body is None:
            self.bodiless.append(self.seq)
            if self.seq == 0:
                raise Bad("open", 0)
            return
        if body_hash(body).encode() != digest:
            raise Bad("body", self.seq)
        try:
            told = check_body(body)
        except FormatError as error:
            raise Bad("fields", self.seq) from error
        if (told["action"] == "log.open") != (self.seq == 0):
            raise Bad("open", self.seq)
        if self.seq == 0:
            self.origin = _origin(told)
        erased = told["object"] if told["action"] == "erase" and told["result"] == "ok" else None
        if erased and erased["type"] == "body" and erased["id"] < self.seq:
            self.erasures.add(erased["id"])

    def insist_on_bodies(self) -> None:
        """Raise Bad at the first entry whose body is missing though no later entry says that it was erased."""
        for seq in self.bodiless:
            if seq not in self.erasures:
                raise Bad("missing", seq)


def _origin(opening: dict[str, Any]) -> str:
    origin = (opening["after"] or {}).get("origin")
    if not isinstance(origin, str) or not origin:
        raise Bad("open", 0)
    return origin


# --- the bundle ---------------------------------------------------------------------------------------------
#
# A folder, or a zip that is written in one way only: the members in this order, stored as they are.
#   log.jsonl     the header lines, each ended by a line feed
#   bodies.jsonl  for each body its entry's number, a space, the body, a line feed; an erased body has no line
#   filter.json   canonical JSON: what was asked for, and the size and root that the log had then
#   VERIFY.md     how to check it all; not checked itself

MEMBERS = ("log.jsonl", "bodies.jsonl", "filter.json", "VERIFY.md")
FILTER = _record(
    app=_text,
    created=_text,
    filter=_record(unit=lambda value: value is None),
    origin=_text,
    root=_like("[0-9a-f]{64}"),
    size=_count,
)

HOW_TO = """# 怎样核验这个日志包 / How to verify this bundle

    python verify.py BUNDLE.zip

退出码 0 可信且有外部封签；1 有改动或格式不符；2 用法或读写错误；3 内部一致，但没有外部封签可以对照。
请从可信的地方取得 verify.py，不要使用与本包一起送来的版本。本文件本身不在核验之列。

Exit code 0 verified and anchored; 1 tampering or malformed; 2 usage or I/O; 3 consistent but unanchored.
Take verify.py from a source that you trust, not from whoever sent this bundle. This file is not checked.
"""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION_NEEDED = 20
_UNIX_FILE = 3 << 8 | _VERSION_NEEDED
_MODE = (stat.S_IFREG | 0o644) << 16
_MIDNIGHT, _FIRST_DAY = 0, 0x21  # 1980-01-01 00:00: a bundle tells its own time in filter.json
_LARGEST_ZIP = 2**32 - 1


def write_bundle(out: BinaryIO, entries: Iterable[tuple[bytes, bytes | None]], about: dict[str, Any]) -> None:
    """Write a bundle as a canonical zip to a seekable file, in memory that does not grow with the log.

    `about` becomes filter.json. Raises FormatError when the bundle would pass 4 GiB.
    """
    # One pass over the entries makes two members, so the second waits in a file of its own.
    with tempfile.TemporaryFile() as bodies:
        directory = [_write_member(out, MEMBERS[0], _lines_leaving(entries, bodies))]
        bodies.seek(0)
        directory.append(_write_member(out, MEMBERS[1], iter(lambda: bodies.read(1 << 20), b"")))
    directory.append(_write_member(out, MEMBERS[2], [canonical(about)]))
    directory.append(_write_member(out, MEMBERS[3], [HOW_TO.encode()]))
    start = out.tell()
    for record in directory:
        out.write(record)
    size = out.tell() - start
    out.write(_END.pack(b"PK\5\6", 0, 0, len(MEMBERS), len(MEMBERS), size, start, 0))


def _lines_leaving(entries: Iterable[tuple[bytes, bytes | None]], bodies: BinaryIO) -> Iterator[bytes]:
    for seq, (line, body) in enumerate(entries):
        if body is not None:
            bodies.write(b"%d %s\n" % (seq, body))
        yield line + b"\n"


def _write_member(out: BinaryIO, name: str, content: Iterable[bytes]) -> bytes:
    """Write one member; returns its record for the directory at the end."""
    start = out.tell()
    out.write(_local_record(name, 0, 0))
    crc = size = 0
    for part in content:
        crc, size = zlib.crc32(part, crc), size + len(part)
        if start + size > _LARGEST_ZIP:
            raise FormatError("the bundle would be larger than 4 GiB")
        out.write(part)
    end = out.tell()
    out.seek(start)
    out.write(_local_record(name, crc, size))
    out.seek(end)
    return _central_record(name, crc, size, start)


def _local_record(name: str, crc: int, size: int) -> bytes:
    told = (_VERSION_NEEDED, 0, 0, _MIDNIGHT, _FIRST_DAY, crc, size, size, len(name), 0)
    return _LOCAL.pack(b"PK\3\4", *told) + name.encode()


def _central_record(name: str, crc: int, size: int, start: int) -> bytes:
    told = (_UNIX_FILE, _VERSION_NEEDED, 0, 0, _MIDNIGHT, _FIRST_DAY, crc, size, size, len(name), 0, 0, 0, 0)
    return _CENTRAL.pack(b"PK\1\2", *told, _MODE, start) + name.encode()


class Part(io.RawIOBase):
    """A stretch of a file, read as a file of its own."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self.file, self.at, self.end = file, start, start + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.file.seek(self.at)
        part = self.file.read(min(len(buffer), self.end - self.at))
        buffer[: len(part)] = part
        self.at += len(part)
        return len(part)


Members = dict[str, BinaryIO]


def open_zip(path: Path, files: ExitStack) -> Members:
    """The members of a zip. Raises Bad unless it is, byte for byte, as write_bundle makes it."""
    file = files.enter_context(path.open("rb"))
    found: Members = {}
    directory = b""
    at = 0
    for name in MEMBERS:
        file.seek(at)
        size, crc = _read_local(file, name)
        start = at + _LOCAL.size + len(name)
        directory += _central_record(name, crc, size, at)
        if _crc(file, start, size) != crc:
            raise Bad("zip")
        found[name] = io.BufferedReader(Part(file, start, size), 1 << 20)
        at = start + size
    directory += _END.pack(b"PK\5\6", 0, 0, len(MEMBERS), len(MEMBERS), len(directory), at, 0)
    file.seek(at)
    if file.read(len(directory) + 1) != directory:
        raise Bad("zip")
    return found


def _read_local(file: BinaryIO, name: str) -> tuple[int, int]:
    record = file.read(_LOCAL.size + len(name))
    if len(record) < _LOCAL.size + len(name):
        raise Bad("zip")
    crc, size = _LOCAL.unpack(record[: _LOCAL.size])[6:8]
    if record != _local_record(name, crc, size):
        raise Bad("zip")
    return size, crc


def _crc(file: BinaryIO, start: int, size: int) -> int:
    file.seek(start)
    crc = 0
    while size > 0:
        part = file.read(min(size, 1 << 20))
        if not part:
            raise Bad("zip")
        crc, size = zlib.crc32(part, crc), size - len(part)
    return crc


def open_folder(path: Path, files: ExitStack) -> Members:
    """The members of an unpacked bundle. Raises Bad for a link, or a name that does not belong there."""
    names = sorted(entry.name for entry in path.iterdir())
    if names != sorted(MEMBERS) or any((path / name).is_symlink() or not (path / name).is_file() for name in names):
        raise Bad("folder")
    return {name: files.enter_context((path / name).open("rb")) for name in MEMBERS}


LONGEST_LINE = 64 << 20  # no entry comes near it; a bundle without line feeds is not read into memory whole


def _lines(file: BinaryIO, code: str) -> Iterator[bytes]:
    """The lines of a member without their line feeds, each of which there must be."""
    while line := file.readline(LONGEST_LINE):
        if not line.endswith(b"\n"):
            raise Bad(code)
        yield line[:-1]


def _bodies(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    last = -1
    for line in _lines(file, "bodies"):
        number, _, body = line.partition(b" ")
        if not re.fullmatch(rb"0|[1-9][0-9]{0,14}", number) or int(number) <= last:
            raise Bad("bodies", last + 1)
        last = int(number)
        yield last, body


def entries_of(members: Members) -> Iterator[tuple[bytes, bytes | None]]:
    """A bundle's headers, each with its body or None. Raises Bad."""
    bodies = _bodies(members["bodies.jsonl"])
    number, body = next(bodies, (-1, b""))
    for seq, line in enumerate(_lines(members["log.jsonl"], "log")):
        if seq == number:
            yield line, body
            number, body = next(bodies, (-1, b""))
        else:
            yield line, None
    if number != -1:
        raise Bad("bodies", number)


def verify_bundle(path: Path) -> Verdict:
    """Check a whole bundle, a zip or a folder. Raises OSError when it cannot be read."""
    with ExitStack() as files:
        try:
            members = open_folder(path, files) if path.is_dir() else open_zip(path, files)
            about = _about(members["filter.json"].read(1 << 20))
        except Bad as bad:
            verdict = Verdict()
            verdict.refuse(bad)
            return verdict
        verdict = verify_entries(entries_of(members))
    if verdict.ok:
        _compare(verdict, about)
    verdict.unchecked = ["anchor", "tables", "how_to"]
    return verdict


def _about(text: bytes) -> dict[str, Any]:
    try:
        about = _parse(text)
    except FormatError as error:
        raise Bad("filter") from error
    if not FILTER(about):
        raise Bad("filter")
    return about  # type: ignore[no-any-return]


def _compare(verdict: Verdict, about: dict[str, Any]) -> None:
    """Whether filter.json speaks of this log; a log shorter or longer than it says is not the one exported."""
    if about["size"] != verdict.size:
        verdict.refuse(Bad("size", min(about["size"], verdict.size)))
    elif about["root"] != verdict.root:
        verdict.refuse(Bad("root"))
    elif about["origin"] != verdict.origin:
        verdict.refuse(Bad("origin", 0))
    else:
        verdict.checked.append("filter")


# --- in words -----------------------------------------------------------------------------------------------

PROBLEMS = {
    # code: (Chinese, English)
    "header": ("首行不合格式", "the header line is not of the format"),
    "sequence": ("序号不连续：有记录被删除、插入或调换", "the number is not the next: deleted, inserted or moved"),
    "link": ("与上一条记录的哈希接不上", "the link to the entry before is broken"),
    "time": ("时间早于上一条记录", "the time is before that of the entry before"),
    "body": ("内容与首行所记的哈希不符：内容被改动", "the body does not match the hash in its header"),
    "fields": ("内容不合格式", "the body is not of the format"),
    "missing": ("内容缺失，而没有依法删除它的记录", "the body is missing, and no entry says that it was erased"),
    "open": ("启用日志的记录不是第 0 条，或不合格式", "the log is not opened by its first entry, or opened twice"),
    "empty": ("日志是空的", "the log is empty"),
    "log": ("log.jsonl 的末行不完整", "the last line of log.jsonl is cut"),
    "bodies": (
        "bodies.jsonl 的行不合格式，或没有对应的记录",
        "a line of bodies.jsonl is malformed or belongs to no entry",
    ),
    "filter": ("filter.json 不合格式", "filter.json is not of the format"),
    "size": ("记录条数与 filter.json 不符", "the number of entries is not what filter.json says"),
    "root": ("根哈希与 filter.json 不符", "the root is not what filter.json says"),
    "origin": ("日志名称与 filter.json 不符", "the origin is not what filter.json says"),
    "zip": ("压缩包不是规定的结构", "the zip is not built in the one way that is allowed"),
    "folder": ("文件夹里缺少、多出文件，或有不是普通文件的内容", "the folder has other than exactly its plain files"),
}
SCOPE = {
    "chain": ("每条记录的序号、时间和哈希链", "every number, time and link"),
    "bodies": ("每条记录的内容", "every body"),
    "filter": ("条数、根哈希、名称与 filter.json 一致", "size, root and origin against filter.json"),
    "anchor": (
        "没有外部留存的封签可对照：末尾被整段截去，或整部日志被重写，都看不出来",
        "no checkpoint from outside: a tail cut off, or a log rewritten as a whole, would not show",
    ),
    "tables": ("数据库的现状（由 flask verify 核对）", "the database's tables (flask verify does that)"),
    "how_to": ("VERIFY.md 的文字", "the text of VERIFY.md"),
}
REPORT = {
    "good": ("内部一致，共 {size} 条记录", "consistent, {size} entries"),
    "bad": ("不可信：{problem}", "not to be trusted: {problem}"),
    "bad_at": ("不可信：第 {seq} 条记录，{problem}", "not to be trusted: entry {seq}, {problem}"),
    "origin": ("日志名称：{origin}", "origin: {origin}"),
    "root": ("根哈希：{root}", "root: {root}"),
    "erased": ("依法删除内容的记录：{erased} 条", "bodies erased by law: {erased}"),
    "checked": ("已核对：{what}", "checked: {what}"),
    "unchecked": ("未核对：{what}", "not checked: {what}"),
}
LANGUAGES = ("zh", "en")


def report(verdict: Verdict, language: str = "zh") -> list[str]:
    """A verdict in words, line by line, in Chinese (zh) or English (en)."""
    tongue = LANGUAGES.index(language)

    def say(line: str, **values: object) -> str:
        return REPORT[line][tongue].format(**{name: visible(str(value)) for name, value in values.items()})

    if verdict.ok:
        lines = [say("good", size=verdict.size), say("origin", origin=verdict.origin), say("root", root=verdict.root)]
        if verdict.erased:
            lines.append(say("erased", erased=verdict.erased))
    else:
        line = "bad" if verdict.first_bad is None else "bad_at"
        lines = [say(line, seq=verdict.first_bad, problem=PROBLEMS[verdict.problem][tongue])]
    lines += [say("checked", what=SCOPE[code][tongue]) for code in verdict.checked]
    return lines + [say("unchecked", what=SCOPE[code][tongue]) for code in verdict.unchecked]


def visible(text: str) -> str:
    """Text from a bundle, safe for a terminal: what is not printable, or turns the line around, is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


# --- the command --------------------------------------------------------------------------------------------

VERIFIED, TAMPERED, UNREADABLE, UNANCHORED = 0, 1, 2, 3


def main(arguments: list[str] | None = None) -> int:
    """Verify a bundle. Exit code: 1 tampering, mismatch or malformed; 2 usage or I/O; 3 consistent but unanchored.

    0, verified and anchored, takes a checkpoint from outside, which this version does not know yet.
    """
    parser = argparse.ArgumentParser(description="核验双责日志包 / verify a Shuangze log bundle")
    parser.add_argument("bundle", type=Path, help="日志包：.zip 或文件夹 / the bundle: a .zip or a folder")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出 / print the verdict as JSON")
    parser.add_argument("--lang", choices=LANGUAGES, default="zh", help="输出的语言 / the language of the words")
    wanted = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a Windows console may not be
    try:
        verdict = verify_bundle(wanted.bundle)
    except OSError as error:
        print(visible(f"读不了 / cannot read {wanted.bundle}: {error.strerror}"), file=sys.stderr)
        return UNREADABLE
    if wanted.json:
        print(json.dumps(asdict(verdict), ensure_ascii=True, sort_keys=True))
    else:
        print("\n".join(report(verdict, wanted.lang)))
    return UNANCHORED if verdict.ok else TAMPERED


if __name__ == "__main__":
    sys.exit(main())
