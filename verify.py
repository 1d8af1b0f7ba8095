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
import os
import re
import stat
import struct
import sys
import tempfile
import zlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

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
    """Return JSON in its one canonical spelling (RFC 8785), for the values that the log uses.

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
    """Return the hex SHA-256 by which a header names its body."""
    return sha256(body).hexdigest()


def header(*, seq: int, prev: str, body: str, ts: str, unit: str) -> bytes:
    """Return the header line L of an entry, without its newline. Raises FormatError for a part not of the format."""
    line = canonical({"body": body, "prev": prev, "seq": seq, "ts": ts, "unit": unit, "v": VERSION})
    if not HEADER.fullmatch(line):
        raise FormatError(f"not a header: {line!r}")
    return line


def entry_hash(line: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ L): the next header's `prev`, and the entry's leaf in the Merkle tree (RFC 6962)."""
    return sha256(b"\0" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return an inner node of the Merkle tree: SHA-256(0x01 ‖ left ‖ right) (RFC 6962)."""
    return sha256(b"\1" + left + right).digest()


class Tree:
    """The Merkle tree of a log (RFC 6962) as it grows: its full subtrees' roots, in memory of the tree's height."""

    def __init__(self) -> None:
        self.peaks: list[tuple[int, bytes]] = []  # (leaves below, hash), the largest first

    def add(self, leaf: bytes) -> None:
        """Append a leaf hash."""
        size, node = 1, leaf
        while self.peaks and self.peaks[-1][0] == size:
            node = node_hash(self.peaks.pop()[1], node)
            size *= 2
        self.peaks.append((size, node))

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self.peaks:
            return sha256(b"").digest()
        *left, (_, node) = self.peaks
        for _, peak in reversed(left):
            node = node_hash(peak, node)
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the Merkle root of leaf hashes (RFC 6962)."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def includes(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Tell whether the path proves that the tree of this size and root has the leaf at that index (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at % 2 or at == last:
            node = node_hash(sibling, node)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            node = node_hash(node, sibling)
        at, last = at // 2, last // 2
    return last == 0 and node == root


def extends(old: int, old_root: bytes, size: int, root: bytes, path: list[bytes]) -> bool:
    """Tell whether the path proves that the tree of `size` begins with the tree of `old` (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not path and old_root == root
    if old & (old - 1) == 0:
        path = [old_root, *path]  # an old tree without a broken edge is a node of the new one
    if not path:
        return False
    at, last = old - 1, size - 1
    while at % 2:
        at, last = at // 2, last // 2
    old_node = node = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at % 2 or at == last:
            old_node, node = node_hash(sibling, old_node), node_hash(sibling, node)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            node = node_hash(node, sibling)
        at, last = at // 2, last // 2
    return last == 0 and old_node == old_root and node == root


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


class Shapes:
    """Remembers the shapes of good bodies, so that most of a million are not read as JSON.

    A body's shape is what is left once its plain texts and numbers have each been taken out for a mark. A body that
    has the shape of a good one is that one with other texts and numbers in the same places: canonical, and with its
    fields, for the same reasons. Where BODY wants more of a field than its type, HEAD and TAIL look at the bytes.
    """

    _ROOM = 8 << 20  # bytes of shapes; a log of ours needs some hundred kilobytes
    _LONGEST = 8 << 10  # bytes of a body
    # Each begins with its own bytes: re finds those much faster than it would find what stands behind a look-behind.
    _TEXTS = re.compile(rb':"[^"\\\x00-\x1f]*"')
    _TEXTS_IN_LISTS = re.compile(rb'"[^"\\\x00-\x1f]*"(?=[,\]])')
    _NUMBERS = re.compile(rb":(?:0|-?[1-9][0-9]{0,14})(?=[,}])")
    _HEAD = re.compile(rb'\{"action":"([a-z_.]+)","actor":')
    _TAIL = re.compile(
        rb'"req":"[0-9a-f]{32}","result":"([a-z0-9: ]+)","salt":"[0-9a-f]{32}","session":(?:null|"[^"\\\x00-\x1f]{0,99}")\}\Z'
    )

    def __init__(self) -> None:
        self._known: set[tuple[bytes, bytes, bytes]] = set()
        self._room = self._ROOM

    def of(self, body: bytes) -> tuple[bytes, bytes, bytes] | None:
        """Return a body's action, result and shape, or None where it is to be read whatever it is like."""
        head, tail = self._HEAD.match(body), self._TAIL.search(body, max(0, len(body) - 300))
        if head is None or tail is None or len(body) > self._LONGEST or b"\0" in body or not _is_utf8(body):
            return None
        shape = self._TEXTS.sub(b":\0t", body)
        if b'["' in shape:
            shape = self._TEXTS_IN_LISTS.sub(b"\0t", shape)
        return head[1], tail[1], self._NUMBERS.sub(b":\0n", shape)

    def __contains__(self, shape: object) -> bool:
        return shape in self._known

    def add(self, shape: tuple[bytes, bytes, bytes] | None) -> None:
        """Remember the shape of a good body, while there is room."""
        if shape is not None and self._room > len(shape[2]):
            self._room -= len(shape[2])
            self._known.add(shape)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _parse(text: bytes) -> Any:
    """Read canonical JSON and nothing else: a second key of one name, a space, an escape or a float changes the bytes."""
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


# --- signatures and checkpoints -----------------------------------------------------------------------------
#
# Ed25519 as in RFC 8032, section 5.1, on the curve -x² + y² = 1 + dx²y² over the integers modulo P.

MOST_KEYS = 100  # that one log names in its life, and that are kept at hand
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]  # extended coordinates X, Y, Z, T: x = X/Z, y = Y/Z, x·y = T/Z
NEUTRAL: Point = (0, 1, 1, 0)


def _sum(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def _point(text: bytes) -> Point | None:
    """Return a point from its 32 bytes, or None where these are no point (RFC 8032, 5.1.3)."""
    number = int.from_bytes(text, "little")
    y, odd = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    if x % 2 != odd:
        x = P - x
    return x, y, 1, x * y % P


def _spelt(point: Point) -> bytes:
    """Return a point's 32 bytes."""
    inverse = pow(point[2], P - 2, P)
    return (point[1] * inverse % P | (point[0] * inverse % P % 2) << 255).to_bytes(32, "little")


@lru_cache(maxsize=MOST_KEYS)
def _multiples(point: Point) -> list[list[Point]]:
    """Return a point's multiples by each of 64 hexadecimal digits, kept because one key checks many signatures."""
    rows = []
    for _ in range(64):
        row = [NEUTRAL]
        for _ in range(15):
            row.append(_sum(row[-1], point))
        rows.append(row)
        point = _sum(row[-1], point)
    return rows


def _times(number: int, point: Point) -> Point:
    result = NEUTRAL
    for row in _multiples(point):
        result = _sum(result, row[number & 15])
        number >>= 4
    return result


_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960
BASE: Point = (_X, _Y, 1, _X * _Y % P)


@lru_cache(maxsize=MOST_KEYS)
def _minus(public: bytes) -> Point | None:
    """Return the negative of a public key's point."""
    point = _point(public)
    return point and (P - point[0], point[1], 1, P - point[3])


@lru_cache(maxsize=1 << 12)
def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature of 64 bytes holds (RFC 8032, 5.1.7, without the cofactor)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    start, number = signature[:32], int.from_bytes(signature[32:], "little")
    minus = _minus(public)
    if minus is None or number >= ORDER:
        return False
    challenge = int.from_bytes(sha512(start + public + message).digest(), "little") % ORDER
    return _spelt(_sum(_times(number, BASE), _times(challenge, minus))) == start


ED25519 = b"\1"  # the type of key, in c2sp.org/signed-note
_NAME = re.compile(r"[^\s+]+")


class Key(NamedTuple):
    """A public key of a log: the name under which it signs, and its 32 bytes."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes by which a signature says whose it is."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key on one line, as an auditor keeps it: name+id+key (c2sp.org/signed-note)."""
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"


def parse_key(vkey: str) -> Key:
    """Read a key's line. Raises FormatError."""
    if not vkey.strip().isprintable():
        raise FormatError("not a line of text")
    name, _, rest = vkey.strip().partition("+")
    number, _, text = rest.partition("+")
    raw = _base64(text.encode())
    key = Key(name, raw[1:])
    if not _NAME.fullmatch(name) or raw[:1] != ED25519 or len(raw) != 33 or key.id.hex() != number:
        raise FormatError("not a public key of a log")
    return key


def _base64(text: bytes) -> bytes:
    try:
        raw = b64decode(text, validate=True)
    except NotBase64 as error:
        raise FormatError("not Base64") from error
    if b64encode(raw) != text:  # spare bits could say anything
        raise FormatError("not the one spelling of Base64")
    return raw


@dataclass(frozen=True)
class Checkpoint:
    """日志封签: a log's size and root, signed (c2sp.org/tlog-checkpoint). `signatures` are (name, key id, bytes)."""

    origin: str
    size: int
    root: bytes
    note: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @property
    def text(self) -> bytes:
        """The text that is signed."""
        return checkpoint_text(self.origin, self.size, self.root)


def checkpoint_text(origin: str, size: int, root: bytes) -> bytes:
    """Return the text of a checkpoint, which its keys sign."""
    return b"%s\n%d\n%s\n" % (origin.encode(), size, b64encode(root))


def signature_line(key: Key, signature: bytes) -> bytes:
    """Return a signature as a line of a signed note."""
    return b"\xe2\x80\x94 %s %s\n" % (key.name.encode(), b64encode(key.id + signature))


LONGEST_NOTE = 64 << 10
MOST_SIGNATURES = 4  # a new key signs beside the old one; each signature costs a reader milliseconds
_CHECKPOINT = re.compile(
    r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,14})\n(?P<root>[A-Za-z0-9+/]{43}=)\n\n"
    r"(?P<signatures>(?:\u2014 [^\s+]+ [A-Za-z0-9+/]+={0,2}\n)+)"
)


def parse_checkpoint(note: bytes) -> Checkpoint:
    """Read a checkpoint; whose signatures hold is another question. Raises FormatError."""
    try:
        found = _CHECKPOINT.fullmatch(note[: LONGEST_NOTE + 1].decode())
    except UnicodeDecodeError as error:
        raise FormatError("a checkpoint is not UTF-8") from error
    if not found or len(note) > LONGEST_NOTE or not found["origin"].isprintable():
        raise FormatError("not a checkpoint")
    signatures = []
    for line in found["signatures"].splitlines():
        _, name, text = line.split(" ")
        raw = _base64(text.encode())
        signatures.append((name, raw[:4], raw[4:]))
    if len({signature[:2] for signature in signatures}) < len(signatures):
        raise FormatError("one key has signed twice")
    if len(signatures) > MOST_SIGNATURES:
        raise FormatError("more signatures than a checkpoint has")
    root = _base64(found["root"].encode())
    return Checkpoint(found["origin"], int(found["size"]), root, note, tuple(signatures))


def signers(checkpoint: Checkpoint, keys: Iterable[Key]) -> list[Key]:
    """Return those of the keys that have signed. Raises FormatError where one is named and its signature does not hold."""
    found = []
    for key in keys:
        for name, number, signature in checkpoint.signatures:
            if (name, number) == (key.name, key.id):
                if name != checkpoint.origin or not ed25519_holds(key.public, checkpoint.text, signature):
                    raise FormatError("a signature does not hold")
                found.append(key)
    return found


# --- receipts and proofs ------------------------------------------------------------------------------------

RECEIPT = b"c2sp.org/tlog-proof@v1"
_HASHES = rb"(?P<path>(?:[A-Za-z0-9+/]{43}=\n){0,63})\n"
_RECEIPT = re.compile(
    rb"c2sp\.org/tlog-proof@v1\nextra (?P<extra>[A-Za-z0-9+/]+={0,2})\nindex (?P<index>0|[1-9][0-9]{0,14})\n" + _HASHES
)
_PROOF = re.compile(rb"old (?P<old>[1-9][0-9]{0,14})\n" + _HASHES)


@dataclass(frozen=True)
class Receipt:
    """回执: a proof that the log of the checkpoint has this header line at this index (c2sp.org/tlog-proof)."""

    index: int
    line: bytes
    path: list[bytes]
    checkpoint: Checkpoint

    @property
    def holds(self) -> bool:
        """Whether the line is where the receipt says; who signed the checkpoint is another question."""
        head = HEADER.fullmatch(self.line)
        signed = self.checkpoint
        return (
            head is not None
            and int(head["seq"]) == self.index
            and includes(entry_hash(self.line), self.index, signed.size, self.path, signed.root)
        )


@dataclass(frozen=True)
class Proof:
    """A proof that the log of the checkpoint begins with the log of `old` entries that somebody has a checkpoint of."""

    old: int
    path: list[bytes]
    checkpoint: Checkpoint


def receipt_text(line: bytes, index: int, path: list[bytes], note: bytes) -> bytes:
    """Return a receipt as a file; `note` is the checkpoint's."""
    return b"%s\nextra %s\nindex %d\n%s\n%s" % (RECEIPT, b64encode(line), index, _path_lines(path), note)


def proof_text(old: int, path: list[bytes], note: bytes) -> bytes:
    """Return a consistency proof as a file, spelt as c2sp.org/tlog-witness has it."""
    return b"old %d\n%s\n%s" % (old, _path_lines(path), note)


def _path_lines(path: list[bytes]) -> bytes:
    return b"".join(b64encode(node) + b"\n" for node in path)


def parse_receipt(text: bytes) -> Receipt:
    """Read a receipt. Raises FormatError."""
    found = _RECEIPT.match(text)
    if not found:
        raise FormatError("not a receipt")
    line = _base64(found["extra"])
    return Receipt(int(found["index"]), line, _path(found["path"]), parse_checkpoint(text[found.end() :]))


def parse_proof(text: bytes) -> Proof:
    """Read a consistency proof. Raises FormatError."""
    found = _PROOF.match(text)
    if not found:
        raise FormatError("not a consistency proof")
    return Proof(int(found["old"]), _path(found["path"]), parse_checkpoint(text[found.end() :]))


def _path(lines: bytes) -> list[bytes]:
    return [_base64(line) for line in lines.splitlines()]


# --- the chain ----------------------------------------------------------------------------------------------


class Bad(Exception):
    """A log, bundle, receipt or proof is wrong: `code` is one of PROBLEMS, `seq` to `last` the entries where it shows."""

    def __init__(self, code: str, seq: int | None = None, last: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.seq = seq
        self.last = last


Entries = Iterable[tuple[bytes, "bytes | None"]]


class Chain:
    """A log that is followed entry by entry, in memory that hardly grows; raises Bad at the first that breaks it.

    `unit` is the code of the one unit whose bodies are there (with entry 0's, and those that name keys), or None where
    all are. `notes` are checkpoints to be compared on the way: (a code of PROBLEMS, the checkpoint). `anchored` is the
    number of entries that agree with one that somebody kept outside, an `anchor` or a `receipt`.
    """

    def __init__(self, unit: str | None = None, notes: Iterable[tuple[str, Checkpoint]] = ()) -> None:
        self.unit = unit
        self.seq = self.anchored = self.agreed = self.erased = 0
        self.prev = GENESIS.encode()
        self.ts = b""
        self.origin = ""
        self.tree = Tree()
        self.keys: list[tuple[int, Key]] = []  # the keys that the log names, each with its entry
        self.attachments: dict[str, tuple[int, int]] = {}  # SHA-256 → the first entry that has it, its size
        self._notes: dict[int, list[tuple[str, Checkpoint]]] = {}
        for code, note in notes:
            self._notes.setdefault(note.size, []).append((code, note))
        self._shapes = Shapes()
        self._missing: list[int] = []
        self._erased: set[int] = set()

    @property
    def root(self) -> bytes:
        return self.tree.root()

    def take(self, line: bytes, body: bytes | None) -> None:
        """Follow one entry. Raises Bad."""
        head = HEADER.fullmatch(line)
        if not head:
            raise Bad("header", self.seq)
        digest, prev, seq, ts, unit = head.groups()
        if int(seq) != self.seq:
            raise Bad("sequence", self.seq)
        if prev != self.prev:
            raise Bad("link", self.seq)
        if ts < self.ts:
            raise Bad("time", self.seq)
        expected = self.unit is None or self.seq == 0 or unit == self.unit.encode()
        if body is not None:
            self._read(body, digest, expected)
        elif expected:
            self._missing.append(self.seq)
        leaf = entry_hash(line)
        self.tree.add(leaf)
        self.seq, self.prev, self.ts = self.seq + 1, leaf.hex().encode(), ts
        if self.seq in self._notes:
            self._compare(self._notes.pop(self.seq))

    def _read(self, body: bytes, digest: bytes, expected: bool) -> None:
        if body_hash(body).encode() != digest:
            raise Bad("body", self.seq)
        shape = self._shapes.of(body) if self.seq and expected else None
        if shape in self._shapes:
            return
        try:
            told = check_body(body)
        except FormatError as error:
            raise Bad("fields", self.seq) from error
        if not expected and told["action"] != "log.key":
            raise Bad("bodies", self.seq)
        for attached in told["attachments"]:
            self.attachments.setdefault(attached["sha256"], (self.seq, attached["size"]))
        action, after = told["action"], told["after"] or {}
        if (action == "log.open") != (self.seq == 0):
            raise Bad("open", self.seq)
        if action == "log.open":
            self.origin = _origin(after)
        elif action == "log.key" and told["result"] == "ok":
            self.keys.append((self.seq, _named_key(after, self.seq)))
            if len(self.keys) > MOST_KEYS:
                raise Bad("fields", self.seq)
        elif action == "erase" and told["result"] == "ok":
            self._erase(told["object"] or {})
        elif not told["attachments"]:  # BODY looks into those
            self._shapes.add(shape)

    def _erase(self, erased: dict[str, Any]) -> None:
        if erased.get("type") == "body" and erased["id"] < self.seq:
            self._erased.add(erased["id"])

    def _compare(self, notes: list[tuple[str, Checkpoint]]) -> None:
        anchored, agreed = self.anchored, self.agreed  # until here
        for code, note in notes:
            kept = code in ("anchor", "receipt")
            if note.root != self.root:
                # Whoever has the log's key may have signed the bundle's own checkpoints anew.
                raise Bad(code, anchored if kept else agreed, self.seq - 1)
            self.agreed = self.seq
            if kept:
                self.anchored = self.seq

    def finish(self) -> None:
        """Check what shows only at the end. Raises Bad."""
        if self.seq == 0:
            raise Bad("empty")
        for seq in self._missing:
            if seq not in self._erased:
                raise Bad("missing" if seq else "open", seq)
        self.erased = len(self._missing)
        for size in sorted(self._notes):
            if size:  # an empty log's checkpoint says nothing
                raise Bad("truncated", self.seq)


def _origin(after: dict[str, Any]) -> str:
    origin = after.get("origin")
    if not isinstance(origin, str) or not origin:
        raise Bad("open", 0)
    return origin


def _named_key(after: dict[str, Any], seq: int) -> Key:
    try:
        return parse_key(str(after.get("key")))
    except FormatError as error:
        raise Bad("fields", seq) from error


# --- what is trusted ----------------------------------------------------------------------------------------


def trusted(keys: Iterable[Key], named: Iterable[tuple[int, Key]], notes: Iterable[Checkpoint]) -> set[Key]:
    """Return the keys to be trusted by somebody who trusts `keys`.

    A log says by an entry that it has a new key. The new one is trusted once a checkpoint that covers the entry is
    signed by a trusted key and by the new one. Raises FormatError for a signature that does not hold.
    """
    known, naming = set(keys), list(named)
    for note in sorted(notes, key=lambda note: note.size):
        covered = {key for seq, key in naming if seq < note.size}
        if covered - known and signers(note, known):
            known.update(signers(note, covered))
    return known


@dataclass
class Outside:
    """What an auditor brings from outside: keys, and checkpoints, receipts and a proof that she kept."""

    keys: list[Key] = field(default_factory=list)
    anchors: list[Checkpoint] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    proof: Proof | None = None

    def notes(self) -> list[tuple[str, Checkpoint]]:
        """Return the checkpoints to compare a log with, each with the code of what is wrong where it differs."""
        proven = [("anchor" if self.proven else "proof", self.proof.checkpoint)] if self.proof else []
        kept = [("anchor", anchor) for anchor in self.anchors]
        return kept + [("receipt", receipt.checkpoint) for receipt in self.receipts] + proven

    @property
    def proven(self) -> bool:
        """Whether a proof, if there is one, begins at a checkpoint that is there too: else it proves nothing."""
        return self.proof is None or any(anchor.size == self.proof.old for anchor in self.anchors)

    def insist_on_receipts(self) -> None:
        """Raise Bad for a receipt or a proof that does not prove what it says, or two logs under one name."""
        roots: dict[tuple[str, int], bytes] = {}
        for _, note in self.notes():
            if roots.setdefault((note.origin, note.size), note.root) != note.root:
                raise Bad("fork")
        for receipt in self.receipts:
            if not receipt.holds:
                raise Bad("receipt", receipt.index)
        if self.proof:
            self._insist_on_proof(self.proof)

    def _insist_on_proof(self, proof: Proof) -> None:
        new = proof.checkpoint
        for anchor in self.anchors:
            if anchor.size == proof.old and not extends(proof.old, anchor.root, new.size, new.root, proof.path):
                raise Bad("proof")

    def insist_on_signatures(self, known: set[Key]) -> None:
        """Raise Bad where a checkpoint from outside is not signed by a known key."""
        for code, note in self.notes():
            if not _signed(note, known):
                raise Bad("signature" if code == "anchor" else "receipt_signature")

    def doubts(self) -> list[str]:
        """Return the codes of DOUBTS that are left where there is nothing but receipts and a proof."""
        return ([] if self.keys else ["key"]) + ([] if self.proven else ["anchor"])


def _signed(note: Checkpoint, keys: Iterable[Key]) -> bool:
    try:
        return bool(signers(note, keys))
    except FormatError:
        return False


@dataclass
class Verdict:
    """The result of a check.

    `problem` is a code of PROBLEMS, and `first_bad` the entry at which it shows, or the first of those, up to
    `last_bad`, among which it lies. `doubts` are codes of DOUBTS: why something that is consistent is not yet proven.
    `anchored` is the number of entries that a checkpoint from outside covers.
    """

    ok: bool = True
    size: int = 0
    root: str = ""
    origin: str = ""
    unit: str | None = None
    erased: int = 0
    anchored: int = 0
    last_entry: str = ""
    first_bad: int | None = None
    last_bad: int | None = None
    problem: str = ""
    doubts: list[str] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    def refuse(self, bad: Bad) -> None:
        self.ok, self.problem, self.first_bad, self.last_bad = False, bad.code, bad.seq, bad.last

    @property
    def exit_code(self) -> int:
        """0 verified and anchored, 1 not to be trusted, 3 consistent, and no more."""
        if not self.ok:
            return TAMPERED
        return UNANCHORED if self.doubts else VERIFIED


VERIFIED, TAMPERED, UNREADABLE, UNANCHORED = 0, 1, 2, 3


def describe(verdict: Verdict, chain: Chain) -> None:
    """Put into a verdict how far a log has been followed."""
    verdict.size, verdict.origin, verdict.unit = chain.seq, chain.origin, chain.unit
    verdict.erased, verdict.anchored, verdict.last_entry = chain.erased, chain.anchored, chain.ts.decode()
    if verdict.ok:
        verdict.root = chain.root.hex()


# --- the bundle ---------------------------------------------------------------------------------------------
#
# A folder, or a zip that is written in one way only: the members in this order, stored as they are.
#   log.jsonl             the header lines, each ended by a line feed
#   bodies.jsonl          for each body its entry's number, a space, the body, a line feed; an erased body has no line
#   attachments/<sha256>  each file that a body names
#   checkpoint            the log's signature over all of it
#   checkpoints/<size>    earlier ones that the log has kept
#   filter.json           canonical JSON: what was asked for, and the size and root that the log had then
#   VERIFY.md             how to check it all; not checked itself

LOG, BODIES, ATTACHMENT, CHECKPOINT, KEPT, ABOUT, HOW_TO = (
    "log.jsonl",
    "bodies.jsonl",
    "attachments/",
    "checkpoint",
    "checkpoints/",
    "filter.json",
    "VERIFY.md",
)
MEMBERS = (LOG, BODIES, ATTACHMENT, CHECKPOINT, KEPT, ABOUT, HOW_TO)
FILTER = _record(
    filter=_record(unit=_nullable(_like("[A-Z0-9-]{1,32}"))),
    origin=_text,
    root=_like("[0-9a-f]{64}"),
    size=_count,
)
_MEMBER = re.compile(
    r"(log\.jsonl|bodies\.jsonl|attachments/|checkpoint|checkpoints/|filter\.json|VERIFY\.md)"
    r"((?<=attachments/)[0-9a-f]{64}|(?<=checkpoints/)[1-9][0-9]{0,14}|(?<![/]))"
)

GUIDE = """# 怎样核验这个日志包 / How to verify this bundle

    python verify.py BUNDLE.zip --key 公钥 --anchor 您留存的封签

退出码 0 可信且有外部封签；1 有改动或格式不符；2 用法或读写错误；3 内部一致，但缺少外部的公钥或封签。
请从可信的地方取得 verify.py 和公钥，不要使用与本包一起送来的。本文件本身不在核验之列。

Exit code 0 verified and anchored; 1 tampering or malformed; 2 usage or I/O; 3 consistent, but without a key or a
checkpoint from outside. Take verify.py and the key from a source that you trust, not from whoever sent this bundle.
This file is not checked.
"""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION_NEEDED = 20
_UNIX_FILE = 3 << 8 | _VERSION_NEEDED
_MODE = (stat.S_IFREG | 0o644) << 16
_MIDNIGHT, _FIRST_DAY = 0, 0x21  # 1980-01-01 00:00: a bundle's time is that of its last entry
_LARGEST_ZIP = 2**32 - 1
_MOST_MEMBERS = 2**16 - 2
_TOLD_EVERY = 5000


def write_bundle(
    out: BinaryIO,
    entries: Entries,
    about: dict[str, Any],
    *,
    checkpoint: bytes,
    checkpoints: Iterable[tuple[int, bytes]] = (),
    attachments: Iterable[tuple[str, BinaryIO]] = (),
) -> Iterator[int]:
    """Write a bundle as a canonical zip to a seekable file, in memory that does not grow with the log.

    `about` becomes filter.json; `checkpoints` are (size, note) by size, `attachments` (SHA-256, file) by SHA-256, asked
    for when the entries have been written. To be exhausted: it yields the number of entries written now and then.
    Raises FormatError when the bundle would pass what a zip holds, 4 GiB or 65,534 members.
    """
    directory = []
    # One pass over the entries makes two members, so the second waits in a file of its own.
    with tempfile.TemporaryFile() as bodies:
        member = Member(out, LOG)
        for seq, (line, body) in enumerate(entries):
            member.write(line + b"\n")
            if body is not None:
                bodies.write(b"%d %s\n" % (seq, body))
            if seq % _TOLD_EVERY == 0:
                yield seq
        directory.append(member.close())
        bodies.seek(0)
        directory.append(_copy(out, BODIES, bodies))
    for digest, file in attachments:
        directory.append(_copy(out, ATTACHMENT + digest, file))
    directory.append(_copy(out, CHECKPOINT, io.BytesIO(checkpoint)))
    for size, note in checkpoints:
        directory.append(_copy(out, f"{KEPT}{size}", io.BytesIO(note)))
    directory.append(_copy(out, ABOUT, io.BytesIO(canonical(about))))
    directory.append(_copy(out, HOW_TO, io.BytesIO(GUIDE.encode())))
    if len(directory) > _MOST_MEMBERS:
        raise FormatError("the bundle would have more members than a zip holds")
    start = out.tell()
    out.write(b"".join(directory))
    out.write(_END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), out.tell() - start, start, 0))


class Member:
    """A member of a zip while it is written; its size and checksum go into its head at the end."""

    def __init__(self, out: BinaryIO, name: str) -> None:
        self.out, self.name, self.start = out, name, out.tell()
        self.crc = self.size = 0
        out.write(_local_record(name, 0, 0))

    def write(self, part: bytes) -> None:
        self.crc, self.size = zlib.crc32(part, self.crc), self.size + len(part)
        if self.start + self.size > _LARGEST_ZIP:
            raise FormatError("the bundle would be larger than 4 GiB")
        self.out.write(part)

    def close(self) -> bytes:
        """Finish the member, and return its record for the directory at the end of the zip."""
        end = self.out.tell()
        self.out.seek(self.start)
        self.out.write(_local_record(self.name, self.crc, self.size))
        self.out.seek(end)
        return _central_record(self.name, self.crc, self.size, self.start)


def _copy(out: BinaryIO, name: str, file: BinaryIO) -> bytes:
    member = Member(out, name)
    for part in _chunks(file):
        member.write(part)
    return member.close()


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(1 << 20), b"")


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


# The files of a bundle by name, each to be opened when it is read.
Members = dict[str, Callable[[], BinaryIO]]


def open_zip(path: Path, files: ExitStack) -> Members:
    """Return the members of a zip. Raises Bad unless it is, byte for byte, as write_bundle makes it."""
    file = files.enter_context(path.open("rb"))
    found: Members = {}
    directory = bytearray()
    at = 0
    while True:
        file.seek(at)
        fixed = file.read(_LOCAL.size)
        if fixed[:4] != b"PK\3\4" or len(fixed) < _LOCAL.size:
            break
        crc, size, _, length, _ = _LOCAL.unpack(fixed)[6:]
        name = file.read(min(length, 128)).decode("latin-1")
        start = at + _LOCAL.size + len(name)
        sound = fixed + name.encode("latin-1") == _local_record(name, crc, size) and _crc(file, start, size) == crc
        if not sound or name in found or len(found) > _MOST_MEMBERS or start + size > _LARGEST_ZIP:
            raise Bad("zip")
        directory += _central_record(name, crc, size, at)
        found[name] = _part(file, start, size)
        at = start + size
    directory += _END.pack(b"PK\5\6", 0, 0, len(found), len(found), len(directory), at, 0)
    file.seek(at)
    if file.read(len(directory) + 1) != directory or list(found) != _in_order(found):
        raise Bad("zip")
    return found


def _part(file: BinaryIO, start: int, size: int) -> Callable[[], BinaryIO]:
    return lambda: io.BufferedReader(Part(file, start, size), 1 << 20)


def _crc(file: BinaryIO, start: int, size: int) -> int:
    crc = 0
    for part in _chunks(_part(file, start, size)()):
        crc, size = zlib.crc32(part, crc), size - len(part)
    if size:
        raise Bad("zip")
    return crc


def open_folder(path: Path, files: ExitStack) -> Members:
    """Return the members of an unpacked bundle. Raises Bad for a link, or a name that does not belong there."""
    found: Members = {}
    for folder in (path, *(path / name.rstrip("/") for name in (ATTACHMENT, KEPT))):
        if folder.is_symlink() and folder != path:
            raise Bad("folder")
        for file in folder.iterdir() if folder.is_dir() else ():
            name = file.relative_to(path).as_posix()
            if file.is_symlink() or not (file.is_file() or f"{name}/" in (ATTACHMENT, KEPT)):
                raise Bad("folder")
            if file.is_file():
                found[name] = _opened(file, files)
    if len(_in_order(found)) != len(found):
        raise Bad("folder")
    return found


def _opened(file: Path, files: ExitStack) -> Callable[[], BinaryIO]:
    return lambda: files.enter_context(file.open("rb"))


def _in_order(names: Iterable[str]) -> list[str]:
    """Return the names in the order of a bundle; none at all where one is missing or does not belong."""
    matches = {name: _MEMBER.fullmatch(name) for name in names}
    places = {
        name: (MEMBERS.index(match[1]), int(match[2]) if match[1] == KEPT else 0, match[2])
        for name, match in matches.items()
        if match
    }
    needed = {LOG, BODIES, CHECKPOINT, ABOUT, HOW_TO}
    return sorted(places, key=lambda name: places[name]) if needed <= places.keys() == matches.keys() else []


LONGEST_LINE = (
    4 << 20
)  # bytes: a speech of 200,000 characters has 600,000; JSON takes up to thirty times as many to read


def _lines(file: BinaryIO, code: str) -> Iterator[bytes]:
    """Yield the lines of a member without their line feeds. Raises Bad, with the code, where the last has none."""
    while line := file.readline(LONGEST_LINE):
        if not line.endswith(b"\n"):
            raise Bad(code)
        yield line[:-1]


_NUMBERED = re.compile(rb"(0|[1-9][0-9]{0,14}) ")


def _bodies(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    last = -1
    for line in _lines(file, "bodies"):
        number = _NUMBERED.match(line)
        if not number or int(number[1]) <= last:
            raise Bad("bodies", last + 1)
        last = int(number[1])
        yield last, line[number.end() :]


def entries_of(members: Members) -> Iterator[tuple[bytes, bytes | None]]:
    """Yield a bundle's headers, each with its body or None. Raises Bad."""
    bodies = _bodies(members[BODIES]())
    number, body = next(bodies, (-1, b""))
    for seq, line in enumerate(_lines(members[LOG](), "log")):
        if seq == number:
            yield line, body
            number, body = next(bodies, (-1, b""))
        else:
            yield line, None
    if number != -1:
        raise Bad("bodies", number)


# --- the check of a bundle ----------------------------------------------------------------------------------


def verify_bundle(
    path: Path,
    outside: Outside | None = None,
    *,
    unit: str | None = None,
    oldest: datetime | None = None,
    tell: Callable[[int], object] = lambda seq: None,
) -> Verdict:
    """Check a bundle, a zip or a folder, against what the auditor brings from outside.

    `unit` is the code of the unit whose bodies have to be there, `oldest` the moment before which the last entry may
    not lie; `tell` hears the number of entries checked now and then. Raises OSError when it cannot be read.
    """
    outside = outside or Outside()
    verdict, chain = Verdict(), Chain()
    with ExitStack() as files:
        try:
            outside.insist_on_receipts()
            members = open_folder(path, files) if path.is_dir() else open_zip(path, files)
            about = _about(members[ABOUT]().read(1 << 20))
            own = _own_checkpoints(members)
            asked = about["filter"]["unit"]
            if unit is not None and asked not in (None, unit):
                raise Bad("unit")
            chain = Chain(asked, [*outside.notes(), *(("checkpoint", note) for note in own)])
            for line, body in _receipted(entries_of(members), outside.receipts):
                chain.take(line, body)
                if chain.seq % _TOLD_EVERY == 0:
                    tell(chain.seq)
            chain.finish()
            _compare(chain, about, own)
            _insist_on_attachments(chain, members)
            _insist_on_signatures(chain, outside, own)
            verdict.doubts = _doubts(chain, outside, own, oldest)
            _say_what_was_checked(verdict, chain, outside)
        except Bad as bad:
            in_a_file = bad.code in ("log", "bodies") and bad.seq is None
            verdict.refuse(Bad(bad.code, chain.seq) if in_a_file else bad)
    describe(verdict, chain)
    return verdict


def _about(text: bytes) -> dict[str, Any]:
    try:
        about = _parse(text)
    except FormatError as error:
        raise Bad("filter") from error
    if not FILTER(about):
        raise Bad("filter")
    return about  # type: ignore[no-any-return]


def _own_checkpoints(members: Members) -> list[Checkpoint]:
    """Return the bundle's checkpoints by size; the last one is that of the whole. Raises Bad."""
    notes = []
    for name, file in members.items():
        if name == CHECKPOINT or name.startswith(KEPT):
            try:
                note = parse_checkpoint(file().read(LONGEST_NOTE + 1))
            except FormatError as error:
                raise Bad("note") from error
            if name not in (CHECKPOINT, f"{KEPT}{note.size}"):
                raise Bad("note")
            notes.append((name == CHECKPOINT, note.size, note))
    notes.sort(key=lambda found: found[:2])
    if [size for _, size, _ in notes] != sorted({size for _, size, _ in notes}):
        raise Bad("note")
    return [note for _, _, note in notes]


def _receipted(entries: Entries, receipts: list[Receipt]) -> Entries:
    """Yield the entries, and compare each with the receipt of it. Raises Bad."""
    kept = {receipt.index: receipt for receipt in receipts}
    for seq, (line, body) in enumerate(entries):
        if seq in kept and kept[seq].line != line:
            raise Bad("receipt", seq)
        yield line, body


def _compare(chain: Chain, about: dict[str, Any], own: list[Checkpoint]) -> None:
    """Raise Bad where filter.json or the checkpoints are of another log, also of a shorter or longer one."""
    if about["size"] != chain.seq:
        raise Bad("size", min(about["size"], chain.seq))
    if about["root"] != chain.root.hex():
        raise Bad("root")
    if {about["origin"], *(note.origin for note in own)} != {chain.origin}:
        raise Bad("origin", 0)


def _insist_on_attachments(chain: Chain, members: Members) -> None:
    """Raise Bad for a file that is missing, changed, or named by no entry."""
    present = {name[len(ATTACHMENT) :] for name in members if name.startswith(ATTACHMENT)}
    for digest, (seq, size) in chain.attachments.items():
        if digest not in present or _digest(members[ATTACHMENT + digest]()) != (digest, size):
            raise Bad("attachment", seq)
    if present - chain.attachments.keys():
        raise Bad("attachment")


def _digest(file: BinaryIO) -> tuple[str, int]:
    digest, size = sha256(), 0
    for part in _chunks(file):
        digest.update(part)
        size += len(part)
    return digest.hexdigest(), size


def _insist_on_signatures(chain: Chain, outside: Outside, own: list[Checkpoint]) -> None:
    """Raise Bad for a checkpoint that is not signed as it should be, by the trusted keys and those the log names."""
    named = [key for _, key in chain.keys]
    try:
        known = trusted(outside.keys, chain.keys, [*own, *(note for _, note in outside.notes())])
        everybody = known.union(named)
        if everybody and any(len(signers(note, everybody)) != len(note.signatures) for note in own):
            raise Bad("signature")
        whole = signers(own[-1], everybody)
    except FormatError as error:
        raise Bad("signature") from error
    if (outside.keys and not known.intersection(whole)) or (named and named[-1] not in whole):
        raise Bad("signature")
    if everybody:
        outside.insist_on_signatures(everybody)


def _doubts(chain: Chain, outside: Outside, own: list[Checkpoint], oldest: datetime | None) -> list[str]:
    stale = oldest is not None and chain.ts.decode() < oldest.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    doubts = {
        "key": not outside.keys,
        "anchor": not chain.anchored or not outside.proven,
        "tail": own[-1].size < chain.seq,
        "stale": stale,
    }
    return [doubt for doubt, there in doubts.items() if there]


def _say_what_was_checked(verdict: Verdict, chain: Chain, outside: Outside) -> None:
    checked = {
        "chain": True,
        "bodies": chain.unit is None,
        "unit_bodies": chain.unit is not None,
        "attachments": bool(chain.attachments),
        "filter": True,
        "signature": bool(outside.keys),
        "anchor": chain.anchored > 0,
        "receipt": bool(outside.receipts),
        "proof": outside.proof is not None and not outside.doubts(),
    }
    unchecked = {
        "key": not outside.keys,
        "anchor": not chain.anchored,
        "after_anchor": 0 < chain.anchored < chain.seq,
        "other_units": chain.unit is not None,
        "tables": True,
        "how_to": True,
    }
    verdict.checked = [what for what, done in checked.items() if done]
    verdict.unchecked = [what for what, left in unchecked.items() if left]


def verify_outside(outside: Outside) -> Verdict:
    """Check checkpoints, receipts and a proof by themselves, without a bundle."""
    verdict = Verdict()
    notes = [note for _, note in outside.notes()]
    try:
        outside.insist_on_receipts()
        if outside.keys:
            outside.insist_on_signatures(set(outside.keys))
        verdict.doubts = outside.doubts()
        checked = {"signature": outside.keys, "receipt": outside.receipts, "proof": outside.proof}
        verdict.checked = [what for what, there in checked.items() if there]
        verdict.unchecked = [*verdict.doubts, "log"]
    except Bad as bad:
        verdict.refuse(bad)
    largest = max(notes, key=lambda note: note.size)
    verdict.size, verdict.root, verdict.origin = largest.size, largest.root.hex(), largest.origin
    return verdict


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
    "anchor": (
        "与您留存的封签不符：封签之后日志被改写过",
        "not the log of the checkpoint that you kept: it has been rewritten since",
    ),
    "receipt": (
        "与回执不符：回执被改动或调换，或者日志被改写过",
        "not what the receipt says: the receipt was changed or swapped, or the log rewritten",
    ),
    "truncated": (
        "日志比封签所封的短：末尾被截去",
        "the log is shorter than the one that was sealed: its tail was cut off",
    ),
    "outside": (
        "给出的封签、回执或衔接证明不合格式",
        "a checkpoint, receipt or proof that was given is not of the format",
    ),
    "fork": (
        "同一条数有两个不同的根哈希：日志有两个版本",
        "two different roots of one size: there are two versions of the log",
    ),
    "proof": (
        "衔接证明不成立：后来的日志不是从您留存的封签接下来的",
        "the proof does not hold: the later log does not begin with the one whose checkpoint you kept",
    ),
    "checkpoint": ("与包里的封签不符", "not the log of the bundle's own checkpoint"),
    "note": ("包里的封签不合格式", "a checkpoint in the bundle is not of the format"),
    "signature": (
        "封签不是用应有的公钥签的，或签名不对",
        "a checkpoint is not signed by the key that it should be, or its signature does not hold",
    ),
    "receipt_signature": (
        "回执或衔接证明里的封签不是用这个公钥签的，或签名不对",
        "the checkpoint of a receipt or proof is not signed by this key, or its signature does not hold",
    ),
    "attachment": ("附件缺失、被改动，或没有记录提到它", "an attachment is missing, changed, or named by no entry"),
    "empty": ("日志是空的", "the log is empty"),
    "log": ("log.jsonl 的末行不完整", "the last line of log.jsonl is cut"),
    "bodies": (
        "bodies.jsonl 的行不合格式，或没有对应的记录",
        "a line of bodies.jsonl is malformed or belongs to no entry",
    ),
    "filter": ("filter.json 不合格式", "filter.json is not of the format"),
    "unit": ("这是另一个单位的日志包", "the bundle is another unit's"),
    "size": ("记录条数与 filter.json 不符", "the number of entries is not what filter.json says"),
    "root": ("根哈希与 filter.json 不符", "the root is not what filter.json says"),
    "origin": ("日志名称与 filter.json 或封签不符", "the origin is not what filter.json or a checkpoint says"),
    "zip": ("压缩包不是规定的结构", "the zip is not built in the one way that is allowed"),
    "folder": ("文件夹里缺少、多出文件，或有不是普通文件的内容", "the folder has other than exactly its plain files"),
}
DOUBTS = {
    "key": (
        "没有用 --key 给出从别处得来的公钥：谁都可以另造一部日志",
        "no key from elsewhere (--key): anybody can make up another log",
    ),
    "anchor": (
        "没有用 --anchor 给出您留存的封签：末尾被整段截去，或整部日志被有密钥的人重写，都看不出来",
        "no checkpoint that you kept (--anchor): a tail cut off, or a log rewritten by whoever has the key, would not show",
    ),
    "tail": ("封签之后还有没有封住的记录", "there are entries after the checkpoint, which nothing seals"),
    "stale": ("最后一条记录比 --max-age 允许的更早", "the last entry is older than --max-age allows"),
}
SCOPE = {
    "chain": ("每条记录的序号、时间和哈希链", "every number, time and link"),
    "bodies": ("每条记录的内容", "every body"),
    "unit_bodies": ("单位 {unit} 每条记录的内容", "every body of unit {unit}"),
    "attachments": ("记录提到的每个附件", "every attachment that an entry names"),
    "filter": ("条数、根哈希、名称与 filter.json 一致", "size, root and origin against filter.json"),
    "signature": ("封签的签名", "the checkpoints' signatures"),
    "anchor": (
        "与留存的封签相符：前 {anchored} 条自那时起没有动过",
        "the first {anchored} entries, which are those of a checkpoint from outside",
    ),
    "receipt": ("回执", "the receipts"),
    "proof": ("衔接证明", "the consistency proof"),
}
LEFT = {
    "key": ("封签是谁签的", "whose the checkpoints' signatures are"),
    "anchor": ("日志是否被整部重写或截短", "whether the log was rewritten as a whole, or cut"),
    "after_anchor": (
        "第 {anchored} 条以后的记录只有日志自己的签名担保",
        "from entry {anchored} on nothing but the log's own signature",
    ),
    "other_units": ("其他单位记录的内容", "the bodies of other units"),
    "tables": ("数据库的现状（由 flask verify 核对）", "the database's tables (flask verify does that)"),
    "how_to": ("VERIFY.md 的文字", "the text of VERIFY.md"),
    "log": ("整部日志（要用日志包）", "the log as a whole (that takes a bundle)"),
}
REPORT = {
    "proven": (
        "可信：共 {size} 条记录，与外部留存的相符",
        "verified: {size} entries, and they are those of the evidence from outside",
    ),
    "evidence": (
        "可信：所给的封签、回执和衔接证明都成立，签名属于 {origin}",
        "verified: what was given holds, and is signed by {origin}",
    ),
    "good": ("前后一致，共 {size} 条记录，但还不能算可信", "consistent, {size} entries, but not proven"),
    "bad": ("不可信：{problem}", "not to be trusted: {problem}"),
    "bad_at": ("不可信：第 {seq} 条记录，{problem}", "not to be trusted: entry {seq}, {problem}"),
    "bad_among": (
        "不可信：第 {seq} 至 {last} 条记录之间，{problem}",
        "not to be trusted: among entries {seq} to {last}, {problem}",
    ),
    "doubt": ("还缺：{what}", "in doubt: {what}"),
    "origin": ("日志名称：{origin}", "origin: {origin}"),
    "root": ("根哈希：{root}", "root: {root}"),
    "last_entry": ("最后一条记录的时间：{last_entry}", "the last entry is of {last_entry}"),
    "erased": ("依法删除内容的记录：{erased} 条", "bodies erased by law: {erased}"),
    "checked": ("已核对：{what}", "checked: {what}"),
    "unchecked": ("未核对：{what}", "not checked: {what}"),
}
LANGUAGES = ("zh", "en")


def report(verdict: Verdict, language: str = "zh") -> list[str]:
    """Return a verdict in words, line by line, in Chinese (zh) or English (en)."""
    tongue = LANGUAGES.index(language)

    def say(line: str, **values: object) -> str:
        told = {**asdict(verdict), **values}
        return REPORT[line][tongue].format(**{name: visible(str(value)) for name, value in told.items()})

    def scopes(line: str, words: dict[str, tuple[str, str]], codes: list[str]) -> list[str]:
        return [say(line, what=words[code][tongue].format(**asdict(verdict))) for code in codes]

    if verdict.ok:
        facts = [name for name in ("origin", "root", "last_entry", "erased") if getattr(verdict, name)]
        alone = "log" in verdict.unchecked
        lines = [say("good" if verdict.doubts else "evidence" if alone else "proven"), *map(say, facts)]
    else:
        among = verdict.last_bad not in (None, verdict.first_bad)
        line = "bad" if verdict.first_bad is None else "bad_among" if among else "bad_at"
        problem = PROBLEMS[verdict.problem][tongue]
        lines = [say(line, seq=verdict.first_bad, last=verdict.last_bad, problem=problem)]
    return [
        *lines,
        *scopes("doubt", DOUBTS, verdict.doubts),
        *scopes("checked", SCOPE, verdict.checked),
        *scopes("unchecked", LEFT, verdict.unchecked),
    ]


def visible(text: str) -> str:
    """Return text of a bundle safe for a terminal: what is not printable, or turns the line around, is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


# --- the command --------------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Verify a bundle, receipts or a proof.

    Exit code: 0 verified and anchored; 1 tampering, mismatch or malformed; 2 usage or I/O; 3 consistent, but without a
    key or a checkpoint from outside, stale, or with a tail that nothing seals.
    """
    parser = _parser()
    wanted = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # a Windows console may not be
    if not (wanted.bundle or wanted.anchor or wanted.receipt or wanted.proof):
        parser.error("没有要核验的东西 / nothing to verify: BUNDLE, --anchor, --receipt, --proof")
    try:
        verdict = _verify(wanted, [_key(text, parser) for text in wanted.key])
    except OSError as error:
        print(visible(f"读不了 / cannot read {error.filename or wanted.bundle}: {error.strerror}"), file=sys.stderr)
        return UNREADABLE
    told = json.dumps({**asdict(verdict), "exit": verdict.exit_code}, ensure_ascii=True, sort_keys=True)
    try:
        print(told if wanted.json else "\n".join(report(verdict, wanted.lang)), flush=True)
    except BrokenPipeError:  # whoever reads has seen enough; Python would make a code of its own of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return verdict.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="核验双责日志包 / verify a Shuangze log bundle")
    say = parser.add_argument
    say("bundle", type=Path, nargs="?", help="日志包：.zip 或文件夹 / the bundle: a .zip or a folder")
    say(
        "--key",
        action="append",
        default=[],
        metavar="VKEY",
        help="公钥，或第一行是它的文件 / the log's public key, or a file whose first line it is",
    )
    say(
        "--anchor",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="您留存的封签 / a checkpoint that you kept",
    )
    say("--receipt", action="append", default=[], type=Path, metavar="FILE", help="回执 / a receipt that somebody kept")
    say("--proof", type=Path, metavar="FILE", help="衔接证明 / a consistency proof (flask prove)")
    say("--unit", metavar="CODE", help="要有这个单位的全部内容 / the bundle must have all of this unit")
    say("--max-age", type=_days, metavar="DAYS", help="最后一条记录最多多少天前 / how old the last entry may be")
    say("--json", action="store_true", help="以 JSON 输出 / print the verdict as JSON")
    say("--lang", choices=LANGUAGES, default="zh", help="输出的语言 / the language of the words")
    return parser


def _days(text: str) -> float:
    days = float(text)
    if not 0 <= days <= 36525:
        raise ValueError(text)
    return days


def _key(text: str, parser: argparse.ArgumentParser) -> Key:
    try:
        return parse_key(text if text.count("+") > 1 else Path(text).read_text(encoding="utf-8").partition("\n")[0])
    except (FormatError, UnicodeDecodeError):
        parser.error(f"--key {visible(text)}: 不是日志的公钥 / not the public key of a log")


def _verify(wanted: argparse.Namespace, keys: list[Key]) -> Verdict:
    try:
        outside = Outside(
            keys,
            [_read(file, parse_checkpoint) for file in wanted.anchor],
            [_read(file, parse_receipt) for file in wanted.receipt],
            _read(wanted.proof, parse_proof) if wanted.proof else None,
        )
    except FormatError:
        verdict = Verdict()
        verdict.refuse(Bad("outside"))
        return verdict
    if not wanted.bundle:
        return verify_outside(outside)
    oldest = None if wanted.max_age is None else datetime.now(timezone.utc) - timedelta(days=wanted.max_age)
    tell = _progress if sys.stderr.isatty() else lambda seq: None
    return verify_bundle(wanted.bundle, outside, unit=wanted.unit, oldest=oldest, tell=tell)


def _read(file: Path, parse: Callable[[bytes], Any]) -> Any:
    with file.open("rb") as opened:
        return parse(opened.read(2 * LONGEST_NOTE))


def _progress(seq: int) -> None:
    print(f"\r{seq:,}", end="\r", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
