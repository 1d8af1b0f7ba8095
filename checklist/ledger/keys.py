"""The log's signing key: one file beside the database and never in it, an Ed25519 key as a C2SP signed note has it."""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

import verify
from checklist import durable
from checklist.ledger import lines
from checklist.refusal import Problem
from models import audit_body, db

_SECRET = "PRIVATE+KEY+"
_SEED = 32  # bytes


class Unusable(Problem):
    """There is no key to sign with, or none that nobody else could have read."""

    status = 503


@dataclass(frozen=True)
class SigningKey:
    """A key that signs under the log's name."""

    name: str
    seed: bytes

    @property
    def public(self) -> verify.Key:
        return verify.Key(self.name, self._private.public_key().public_bytes_raw())

    @property
    def skey(self) -> str:
        """The secret key on one line, as Go's sumdb/note writes it."""
        number = self.public.id.hex()
        return f"{_SECRET}{self.name}+{number}+{b64encode(verify.ED25519 + self.seed).decode()}\n"

    def sign(self, text: bytes) -> bytes:
        """Sign a checkpoint's text, and return the line of its note."""
        return verify.signature_line(self.public, self._private.sign(text))

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def current() -> Path:
    """Return the file of the key in use."""
    return db.folder / "keys" / "log.key"


def successor() -> Path:
    """Return the file of the key that is about to be used, while `flask keys renew` is at work."""
    return db.folder / "keys" / "log.key.new"


def known() -> list[verify.Key]:
    """Return the keys that the log names as its own, the one in use last."""
    query = select(audit_body.c.body).where(lines.in_body("action") == "log.key").order_by(audit_body.c.seq)
    bodies = map(json.loads, db.session.scalars(query))
    return [verify.parse_key(body["after"]["key"]) for body in bodies if body["result"] == "ok"]


def signing() -> list[SigningKey]:
    """Return the key in use, and its successor from the moment in which the log names it. Raises Unusable."""
    named = known()
    if named and not current().exists():
        raise Unusable(
            f"日志的密钥 {current()} 不在了。请从备份恢复；确实找不回来，请用 flask --app app keys init --lost 另造一把。"
        )
    key = read(current())
    if key.public not in named:
        raise Unusable(f"日志里没有记下 {current()} 这把密钥。请运行 flask --app app keys init。")
    waiting = [read(successor())] if successor().exists() else []
    return [key, *(new for new in waiting if new.public in named)]


def read(file: Path) -> SigningKey:
    """Read a key's file. Raises Unusable where it is missing, malformed, or open to others."""
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise Unusable(
                f"密钥文件 {file} 别人也能读。请运行 chmod 600，并考虑用 flask --app app keys renew 换一把。"
            )
        name, number, text = file.read_text(encoding="utf-8").removeprefix(_SECRET).strip().split("+", 2)
        raw = b64decode(text, validate=True)
    except FileNotFoundError as error:
        raise Unusable(f"没有日志的密钥 {file}。请运行 flask --app app keys init，或从备份恢复。") from error
    except (OSError, ValueError) as error:
        raise Unusable(f"读不了密钥文件 {file}。请检查权限，或从备份恢复。") from error
    key = SigningKey(name, raw[1:])
    if raw[:1] != verify.ED25519 or len(key.seed) != _SEED or key.public.id.hex() != number:
        raise Unusable(f"密钥文件 {file} 已损坏。请从备份恢复。")
    return key


def make(file: Path, name: str) -> SigningKey:
    """Write a new key into a file that is there whole or not at all, for nobody but this account to read."""
    key = SigningKey(name, secrets.token_bytes(_SEED))
    durable.write(file, key.skey.encode())
    return key


def install_successor() -> None:
    """Put the successor in the place of the key in use."""
    durable.move(successor(), current())


def pem(key: verify.Key) -> str:
    """Return a public key as openssl reads it."""
    public = Ed25519PublicKey.from_public_bytes(key.public)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
