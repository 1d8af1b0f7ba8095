"""Checkpoints and receipts signed by keys that only tests know."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import verify


class Seal:
    """A log's key, and what it signs."""

    def __init__(self, origin: str, seed: bytes = b"s" * 32) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = verify.Key(origin, self._private.public_key().public_bytes_raw())

    def line(self, text: bytes) -> bytes:
        """A signature of a checkpoint's text, as a line of its note."""
        return verify.signature_line(self.key, self._private.sign(text))

    def note(self, size: int, root: bytes) -> bytes:
        """A checkpoint."""
        text = verify.checkpoint_text(self.key.name, size, root)
        return text + b"\n" + self.line(text)

    def over(self, lines: list[bytes]) -> bytes:
        """The checkpoint of the log with these header lines."""
        return self.note(len(lines), verify.root(map(verify.entry_hash, lines)))
