"""Bundles and texts, and every way to damage them or to forge them."""

from __future__ import annotations

import json
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import assume, settings
from hypothesis import strategies as st

import verify
from tests import forgeries
from tests.forgeries import ENTRIES, NOTES, SEAL, SIZE, THIEF, WHOLE, WHOLE_ZIP, Contents, Entry
from tests.zips import zipped

# The same examples everywhere: what fails here fails on the next machine too.
EXAMPLES = settings(derandomize=True, database=None, max_examples=200)


@dataclass(frozen=True)
class Forgery:
    """A changed bundle; a failing example prints what was done. The entries before `first` are as they were."""

    what: str
    content: bytes | Contents
    folder: bool = False
    first: int = 0

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Hypothesis would print all of the content."""
        printer.text(f"<{self.what}; {'a folder' if self.folder else 'a zip'}>")


def laid_down(forgery: Forgery, folder: Path) -> Path:
    """The forgery as a file or folder."""
    content = forgery.content
    if isinstance(content, dict) and forgery.folder:
        for name, text in content.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(text)
        return folder
    (folder / "bundle.zip").write_bytes(zipped(list(content.items())) if isinstance(content, dict) else content)
    return folder / "bundle.zip"


@st.composite
def damaged(draw: st.DrawFn, text: bytes) -> tuple[str, bytes]:
    """What was done to a text, and what became of it."""
    at = draw(st.integers(0, max(len(text) - 1, 0)))
    end = draw(st.integers(at, len(text)) | st.integers(at, min(at + 8, len(text))))
    bit = draw(st.integers(0, 7))
    more = draw(st.binary(min_size=1, max_size=4) | st.sampled_from([b"\n", b" ", b"\r", b"=", b"0", b"\0"]))
    what, changed = draw(
        st.sampled_from(
            [
                (f"bit {bit} of byte {at} flipped", text[:at] + bytes([text[at] ^ 1 << bit]) + text[at + 1 :]),
                (f"cut off at {at}", text[:at]),
                (f"{at} to {end} taken out", text[:at] + text[end:]),
                (f"{at} to {end} repeated", text[:end] + text[at:]),
                (f"{more!r} put in at {at}", text[:at] + more + text[at:]),
                (f"{more!r} put at the end", text + more),
            ]
        )
    )
    assume(changed != text)
    return what, changed


@st.composite
def disordered(draw: st.DrawFn, text: bytes) -> tuple[str, bytes]:
    """Lines dropped, repeated or swapped."""
    lines = text.splitlines(keepends=True)
    a, b = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
    swapped = [lines[b if n == a else a if n == b else n] for n in range(len(lines))]
    what, changed = draw(
        st.sampled_from(
            [
                (f"line {a} dropped", [*lines[:a], *lines[a + 1 :]]),
                (f"line {a} again after {b}", [*lines[: b + 1], lines[a], *lines[b + 1 :]]),
                (f"lines {a} and {b} swapped", swapped),
            ]
        )
    )
    assume(changed != lines)
    return what, b"".join(changed)


def _spaced(text: bytes) -> bytes:
    return text.replace(b'":', b'": ')


def _escaped(text: bytes) -> bytes:
    return "".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in text.decode()).encode()


def _normalised(form: Any) -> Callable[[bytes], bytes]:
    return lambda text: unicodedata.normalize(form, text.decode()).encode()


# Other spellings of the same words.
SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "CRLF": lambda text: text.replace(b"\n", b"\r\n"),
    "a byte-order mark": lambda text: b"\xef\xbb\xbf" + text,
    "escapes": _escaped,
    "spaces after colons": _spaced,
    "a trailing space": lambda text: text.replace(b"}\n", b"} \n") if b"}\n" in text else text + b" ",
    "floats": lambda text: text.replace(b'"rev":2', b'"rev":2.0').replace(b'"v":1}', b'"v":1.0}'),
    "exponents": lambda text: text.replace(b'"rev":2', b'"rev":2e0').replace(b'"v":1}', b'"v":1e0}'),
    "NFD": _normalised("NFD"),
    "NFC": _normalised("NFC"),
    "upper-case hex": lambda text: text.replace(b"a", b"A"),
    "another encoding": lambda text: text.decode().encode("utf-16"),
    "no last line feed": lambda text: text.removesuffix(b"\n"),
    "a last line feed": lambda text: text + b"\n",
}


CHECKED = [name for name in WHOLE if name != verify.HOW_TO]


@st.composite
def misspelt(draw: st.DrawFn, text: bytes) -> tuple[str, bytes]:
    what, spell = draw(st.sampled_from(sorted(SPELLINGS.items(), key=lambda way: way[0])))
    changed = spell(text)
    assume(changed != text)
    return what, changed


@st.composite
def damage(draw: st.DrawFn) -> Forgery:
    """A bundle with damage in one member, one member more or fewer, or two members' contents exchanged."""
    name = draw(st.sampled_from(CHECKED))
    way = draw(st.sampled_from(["bytes", "spelling", "lines", "swap", "more", "fewer"]))
    if way == "swap":
        other = draw(st.sampled_from([other for other in CHECKED if other != name]))
        what, changed = f"exchanged with {other}", {name: WHOLE[other], other: WHOLE[name]}
    elif way == "more":
        name, what = f"{verify.ATTACHMENT}{draw(st.integers(0, 2**256 - 1)):064x}", "put in"
        changed = {name: WHOLE[draw(st.sampled_from(CHECKED))]}
    elif way == "fewer":
        assume(not name.startswith(verify.KEPT))  # nothing says how many of these there were
        contents = {other: text for other, text in WHOLE.items() if other != name}
        return Forgery(f"{name}: left out", contents, draw(st.booleans()))
    else:
        if way == "lines":
            name = draw(st.sampled_from([verify.LOG, verify.BODIES]))
        making = {"bytes": damaged, "spelling": misspelt, "lines": disordered}[way]
        what, text = draw(making(WHOLE[name]))
        changed = {name: text}
    contents = {**WHOLE, **changed}
    return Forgery(
        f"{name}: {what}", {each: contents[each] for each in verify._in_order(contents)}, draw(st.booleans())
    )


@st.composite
def damaged_zips(draw: st.DrawFn) -> Forgery:
    what, content = draw(damaged(WHOLE_ZIP))
    return Forgery(what, content)


REWRITTEN = [*ENTRIES[:6], forgeries.entry(6, "HK-CZJ", "tick", reason="改"), *ENTRIES[7:]]
FIELDS = st.sampled_from(sorted(verify.BODY))


VALUES = st.sampled_from([None, "", "改", 0, 5, True, {}, {"a": 1}, [], "erase", "log.open", "log.key", "tick"]) | (
    st.fixed_dictionaries({"type": st.just("body"), "id": st.integers(0, SIZE), "rev": st.just(1)})
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Entry], int]:
    """What was done, the entries, and the first that is another."""
    seq = draw(st.integers(0, SIZE - 1))
    other = draw(st.integers(0, SIZE - 1))
    way = draw(st.sampled_from(["body", "spelling", "header", "removed", "swapped", "again", "emptied", "appended"]))
    entries, old = list(ENTRIES), ENTRIES[seq]
    if way == "appended":
        key = draw(st.sampled_from([None, THIEF.key.vkey, SEAL.key.vkey]))
        action, after = ("log.key", {"key": key}) if key else ("tick", {"id": 1})
        return f"appended: {action} {after}", [*ENTRIES, forgeries.entry(SIZE, "-", action, after=after)], SIZE
    if way == "removed":
        entries = [*ENTRIES[:seq], *ENTRIES[seq + 1 :]]
    elif way == "again":
        entries.insert(seq + 1, old)
        seq += 1
    elif way == "swapped":
        entries[seq], entries[other] = entries[other], old
        seq = min(seq, other)
    elif way == "emptied":
        entries[seq] = forgeries.erased(old) if old.body else old
    elif way == "header":
        ts = draw(st.sampled_from([old.ts, "2026-03-02T01:00:00.000000Z", "2027-01-01T00:00:00.000000Z"]))
        entries[seq] = old._replace(ts=ts, unit=draw(st.sampled_from([old.unit, "-", "HK-CZJ", "HK-JYJ"])))
    elif old.body and way == "body":
        name, value = draw(FIELDS), draw(VALUES)
        way += f".{name} = {value!r}"
        entries[seq] = old._replace(body=verify.canonical({**json.loads(old.body), name: value}))
    elif old.body:
        spelt, body = draw(misspelt(old.body))
        assume(b"\n" not in body)
        way += f" {spelt}"
        entries[seq] = old._replace(body=body)
    assume(entries != ENTRIES)
    return f"{way} at {seq}", entries, seq


@st.composite
def unsigned(draw: st.DrawFn) -> Forgery:
    """A forger without the log's key."""
    what, entries, first = draw(edited())
    if draw(st.booleans()):
        entries = [*entries[:1], forgeries.entry(1, "-", "log.key", after={"key": THIEF.key.vkey}), *entries[2:]]
        what, first = f"{what}, and a thief's key is named at 1", min(first, 1)
    lines = forgeries.chained(entries)
    over = THIEF.over(lines)
    pretended = over[: over.index(b"\n\n") + 2] + NOTES[SIZE].splitlines(keepends=True)[-1]
    kept = draw(st.sets(st.sampled_from(sorted(NOTES))))
    old = {size: NOTES[size] for size in kept}
    seals = {
        "the old checkpoints": old or NOTES,
        "a thief's": forgeries.sealed(entries, THIEF),
        "a thief's and nobody else's": {len(lines): over},
        "the old ones and a thief's": {**old, max([len(lines), *kept]): over},
        "an old signature": {**old, max([len(lines), *kept]): pretended},
    }
    seal = draw(st.sampled_from(sorted(seals)))
    content = forgeries.bundle(entries, seals[seal])
    return Forgery(f"{what}, with {seal} ({sorted(kept)})", content, draw(st.booleans()), first)


class Text(NamedTuple):
    """A good text, what reads it, and what spells it again."""

    good: bytes
    parse: Callable[[bytes], Any]
    spell: Callable[[Any], bytes]


def note_text(note: verify.Checkpoint) -> bytes:
    lines = (
        b"\xe2\x80\x94 %s %s\n" % (name.encode(), b64encode(number + signature))
        for name, number, signature in note.signatures
    )
    return note.text + b"\n" + b"".join(lines)


TEXTS = {
    "a key": Text(SEAL.key.vkey.encode(), lambda text: verify.parse_key(text.decode()), lambda key: key.vkey.encode()),
    "a checkpoint": Text(
        NOTES[SIZE] + THIEF.line(verify.parse_checkpoint(NOTES[SIZE]).text), verify.parse_checkpoint, note_text
    ),
    "a receipt": Text(
        forgeries.receipt(6),
        verify.parse_receipt,
        lambda told: verify.receipt_text(told.line, told.index, told.path, note_text(told.checkpoint)),
    ),
    "a proof": Text(
        forgeries.proof(),
        verify.parse_proof,
        lambda told: verify.proof_text(told.old, told.path, note_text(told.checkpoint)),
    ),
    "a body": Text(ENTRIES[4].body or b"", verify.check_body, verify.canonical),
}
