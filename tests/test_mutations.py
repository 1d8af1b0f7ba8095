"""A bundle, or evidence, changed at random: whatever a forger does, verify.py never says 0 of what differs."""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

import verify
from tests import forgeries
from tests.forgeries import AUDITORS, ENTRIES, NOTES, OLDER, SEAL, SIZE, THIEF, WHOLE, WHOLE_ZIP, Contents, Entry
from tests.test_zip import zipped

# The same examples everywhere: what fails here fails on the next machine too.
EXAMPLES = settings(derandomize=True, database=None, max_examples=200)
# How many entries an auditor knows from outside.
REACH = dict(zip(AUDITORS, (SIZE, OLDER, OLDER, 0, 0), strict=True))


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


def verdicts(forgery: Forgery) -> dict[str, verify.Verdict]:
    """What each auditor is told of a forgery."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = laid_down(forgery, Path(folder))
        return {auditor: verify.verify_bundle(bundle, outside) for auditor, outside in AUDITORS.items()}


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


# --- damage: nothing is computed anew -------------------------------------------------------------------------


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


@EXAMPLES
@given(damaged_zips() | damage())
def test_damage_is_seen_by_everybody(forgery: Forgery) -> None:
    for auditor, verdict in verdicts(forgery).items():
        assert verdict.exit_code == verify.TAMPERED, auditor


# --- members of two bundles ---------------------------------------------------------------------------------


REWRITTEN = [*ENTRIES[:6], forgeries.entry(6, "HK-CZJ", "tick", reason="改"), *ENTRIES[7:]]
BUNDLES = {
    "the whole": WHOLE,
    "a unit's": forgeries.UNIT,
    "an earlier one": forgeries.EARLIER,
    "one rewritten with the key": forgeries.bundle(REWRITTEN, forgeries.sealed(REWRITTEN)),
}


def without_what_nothing_counts(contents: Contents) -> Contents:
    """A bundle but for VERIFY.md and kept checkpoints: nothing says how many of these there were."""
    return {name: text for name, text in contents.items() if not name.startswith((verify.HOW_TO, verify.KEPT))}


@st.composite
def mixtures(draw: st.DrawFn) -> Forgery:
    a, b = draw(st.permutations(sorted(BUNDLES)))[:2]
    first, second = BUNDLES[a], BUNDLES[b]
    taken = draw(st.sets(st.sampled_from(sorted({*first, *second})), min_size=1))
    mixed = {name: text for name, text in first.items() if name not in taken}
    mixed |= {name: second[name] for name in taken if name in second}
    order = verify._in_order(mixed)
    return Forgery(f"{a}, with {sorted(taken)} of {b}", {name: mixed[name] for name in order}, draw(st.booleans()))


@EXAMPLES
@given(mixtures())
def test_of_two_bundles_nobody_makes_a_third(forgery: Forgery) -> None:
    assert isinstance(forgery.content, dict)
    told = without_what_nothing_counts(forgery.content)
    true = [name for name, contents in BUNDLES.items() if without_what_nothing_counts(contents) == told]
    for auditor, verdict in verdicts(forgery).items():
        if verdict.exit_code == verify.VERIFIED:
            assert true not in ([], ["one rewritten with the key"]), auditor
        assert true or verdict.exit_code == verify.TAMPERED or "tail" in verdict.doubts, auditor


# --- forgers who compute everything anew ---------------------------------------------------------------------


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


@EXAMPLES
@given(unsigned())
def test_without_the_key_nobody_writes_a_log_that_is_verified(forgery: Forgery) -> None:
    for auditor, verdict in verdicts(forgery).items():
        assert verdict.exit_code in (verify.TAMPERED, verify.UNANCHORED), auditor
        if forgery.first < REACH[auditor]:
            assert verdict.exit_code == verify.TAMPERED, auditor
        elif AUDITORS[auditor].keys:
            assert verdict.exit_code == verify.TAMPERED or "tail" in verdict.doubts, auditor


@st.composite
def signed(draw: st.DrawFn) -> Forgery:
    """A forger with the log's key."""
    what, entries, first = draw(edited())
    return Forgery(f"{what}, sealed", forgeries.bundle(entries, forgeries.sealed(entries)), draw(st.booleans()), first)


@EXAMPLES
@given(signed())
def test_not_even_the_key_rewrites_what_somebody_has_a_checkpoint_of(forgery: Forgery) -> None:
    for auditor, verdict in verdicts(forgery).items():
        if forgery.first < REACH[auditor]:
            assert verdict.exit_code == verify.TAMPERED, auditor
        elif not REACH[auditor]:
            assert verdict.exit_code == verify.TAMPERED or "anchor" in verdict.doubts, auditor
