"""A bundle in an auditor's hands: what verify.py notices, what it says, and what it cannot know."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import verify
from tests.bundles import ABOUT, NOTE, SEAL, WHOLE, Entries, check, exchanged, packed, unpacked
from tests.conftest import ROOT
from tests.published import BODIES, ENTRIES
from tests.seals import Seal


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder with verify.py and a whole bundle in it, and nothing else."""
    folder = tmp_path / "stick"
    folder.mkdir()
    shutil.copy(ROOT / "verify.py", folder)
    (folder / "bundle.zip").write_bytes(WHOLE)
    return folder


def run(stick: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """verify.py by itself: without site-packages, the environment's settings or the folder it is called from."""
    command = [sys.executable, "-I", "-S", "-W", "error", str(stick / "verify.py"), *arguments]
    return subprocess.run(command, cwd=stick, capture_output=True, text=True, encoding="utf-8")


# --- what it says -------------------------------------------------------------------------------------------


def test_a_whole_bundle_is_consistent_and_no_more(stick: Path) -> None:
    told = run(stick, "bundle.zip", "--lang", "en")
    assert told.returncode == 3
    assert f"root: {ABOUT['root']}" in told.stdout
    assert "origin: hekou.example/shuangze" in told.stdout
    assert "bodies erased by law: 1" in told.stdout
    for what in ("whose the checkpoints' signatures are", "the database's tables", "the text of VERIFY.md"):
        assert f"not checked: {what}" in told.stdout
    assert not told.stderr


def test_an_auditor_reads_the_verdict_in_chinese(stick: Path) -> None:
    told = run(stick, "bundle.zip")
    assert told.stdout.startswith("前后一致，共 7 条记录，但还不能算可信\n")
    assert "还缺：没有用 --anchor 给出您留存的封签" in told.stdout


def test_an_unpacked_bundle_is_as_good(stick: Path) -> None:
    unpacked(stick / "folder")
    assert run(stick, "folder").returncode == 3


def test_a_changed_bundle_names_the_entry(stick: Path) -> None:
    (stick / "bundle.zip").write_bytes(packed(exchanged(ENTRIES), ABOUT))
    told = run(stick, "bundle.zip")
    assert told.returncode == 1
    assert told.stdout.startswith("不可信：第 3 条记录")


def test_a_program_reads_the_verdict_as_json(stick: Path) -> None:
    whole = json.loads(run(stick, "bundle.zip", "--json").stdout)
    assert (whole["ok"], whole["size"], whole["root"], whole["first_bad"]) == (True, 7, ABOUT["root"], None)
    assert whole["unchecked"] == ["key", "anchor", "tables", "how_to"]
    assert (whole["doubts"], whole["exit"]) == (["key", "anchor"], 3)
    (stick / "bundle.zip").write_bytes(packed(exchanged(ENTRIES), ABOUT))
    told = run(stick, "bundle.zip", "--json")
    assert told.returncode == 1
    changed = json.loads(told.stdout)
    assert (changed["ok"], changed["problem"], changed["first_bad"]) == (False, "body", 3)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bundle.zip", "other.zip"],
        ["--key"],
        ["bundle.zip", "--lang", "fr"],
        ["nowhere.zip"],
        ["verify.py/x"],
        ["x" * 300],
    ],
    ids=str,
)
def test_what_cannot_be_read_is_no_verdict(stick: Path, arguments: list[str]) -> None:
    told = run(stick, *arguments)
    assert told.returncode == 2
    assert told.stderr
    assert not told.stdout


def test_a_bundle_cannot_write_on_the_auditors_terminal(stick: Path) -> None:
    origin = "x\x1b[2J\r\u202e"
    opening = {**json.loads(BODIES[b"0"]), "after": {"origin": origin}}
    entries = chained([opening])
    about = {**ABOUT, "origin": origin, "size": 1, "root": verify.entry_hash(entries[0][0]).hex()}
    (stick / "bundle.zip").write_bytes(packed(entries, about, Seal(origin).over([entries[0][0]])))
    told = run(stick, "bundle.zip")
    assert told.returncode == 1
    assert "\x1b" not in told.stdout
    told = run(stick, "x\x1b[2J.zip")
    assert told.returncode == 2
    assert r"x\x1b[2J.zip" in told.stderr
    assert "\x1b" not in told.stderr


def test_the_page_on_the_format_shows_this_checkpoint() -> None:
    assert NOTE.decode() in (ROOT / "docs" / "log-format.md").read_text(encoding="utf-8")


# --- a log that was changed ---------------------------------------------------------------------------------


def chained(bodies: list[dict[str, Any] | None], **changed_times: str) -> Entries:
    """A log of these bodies (None keeps the header's hash of the vector), every hash right; times by _seq."""
    entries: Entries = []
    prev = verify.GENESIS
    for seq, body in enumerate(bodies):
        told = json.loads(ENTRIES[seq][0])
        raw = verify.canonical(body) if body else None
        digest = verify.body_hash(raw) if raw else told["body"]
        ts = changed_times.get(f"_{seq}", told["ts"])
        line = verify.header(seq=seq, prev=prev, body=digest, ts=ts, unit=told["unit"])
        prev = verify.entry_hash(line).hex()
        entries.append((line, raw))
    return entries


def forged(seq: int, **fields: Any) -> Callable[[Entries], Entries]:
    """Change a body, and every hash from there on: the forgery of somebody who knows the format."""
    bodies = [json.loads(body) if body else None for _, body in ENTRIES]
    return lambda _: chained([{**body, **fields} if n == seq and body else body for n, body in enumerate(bodies)])


def edited(seq: int, old: bytes, new: bytes) -> Callable[[Entries], Entries]:
    def edit(entries: Entries) -> Entries:
        line, body = entries[seq]
        assert (old in line) != (body is not None and old in body)
        return [*entries[:seq], (line.replace(old, new), body and body.replace(old, new)), *entries[seq + 1 :]]

    return edit


def with_one_inserted(entries: Entries) -> Entries:
    """Between 2 and 3, rightly linked to what comes before it."""
    told = json.loads(entries[3][0].replace(b"HK-CZJ", b"HK"))
    del told["v"]
    return [*entries[:3], (verify.header(**told), entries[3][1]), *entries[3:]]


def erased_in_advance(_: Entries) -> Entries:
    bodies = [json.loads(body) if body else None for _, body in ENTRIES]
    bodies[2] = {**bodies[4], "reason": None}  # type: ignore[dict-item]
    bodies[5] = {**bodies[5], "object": {"type": "body", "id": 6, "rev": 1}}  # type: ignore[dict-item]
    entries = chained(bodies)
    return [*entries[:6], (entries[6][0], None)]


# what was done, to whom it shows, and as what
TAMPERED: dict[str, tuple[Callable[[Entries], Entries], int | None, str]] = {
    "a time in a header": (edited(3, b"T01:30", b"T01:29"), 4, "link"),
    "a unit in a header": (edited(3, b"HK-CZJ", b"HK"), 4, "link"),
    "the unit in the last header": (edited(6, b'"HK"', b'"HG"'), 0, "checkpoint"),
    "a body's hash in a header": (edited(3, b'"61fe', b'"61ff'), 3, "body"),
    "a link": (edited(3, b'"prev":"8', b'"prev":"9'), 3, "link"),
    "a word in a body": (edited(3, "已开会".encode(), "未开会".encode()), 3, "body"),
    "a space in a header": (edited(3, b'"seq":', b'"seq": '), 3, "header"),
    "a line feed as CRLF": (edited(6, b'"v":1}', b'"v":1}\r'), 6, "header"),
    "NFC to NFD": (edited(5, "é".encode(), "e\u0301".encode()), 5, "body"),
    "an entry removed": (lambda e: e[:3] + e[4:], 3, "sequence"),
    "the first removed": (lambda e: e[1:], 0, "sequence"),
    "the tail cut off, an erasure with it": (lambda e: e[:5], 2, "missing"),
    "the last removed": (lambda e: e[:6], 6, "truncated"),
    "all removed": (lambda e: [], None, "empty"),
    "two swapped": (lambda e: [*e[:3], e[4], e[3], *e[5:]], 3, "sequence"),
    "one twice": (lambda e: [*e[:4], *e[3:]], 4, "sequence"),
    "one inserted": (with_one_inserted, 4, "sequence"),
    "one appended": (lambda e: [*e, e[6]], 7, "sequence"),
    "bodies exchanged": (exchanged, 3, "body"),
    "a body removed": (lambda e: [*e[:3], (e[3][0], None), *e[4:]], 3, "missing"),
    "the first body removed": (lambda e: [(e[0][0], None), *e[1:]], 0, "open"),
    "a body erased before it was written": (erased_in_advance, 6, "missing"),
    "re-chained: a word in a body": (forged(3, reason="改"), 0, "checkpoint"),
    "re-chained: a field more": (forged(3, more=1), 3, "fields"),
    "re-chained: no longer the first": (forged(0, action="tick"), 0, "open"),
    "re-chained: without an origin": (forged(0, after={}), 0, "open"),
    "re-chained: opened twice": (forged(4, action="log.open"), 4, "open"),
    "re-chained: a refused erasure": (forged(5, result="refused: 403"), 2, "missing"),
    "re-chained: a time before the last": (
        lambda _: chained([json.loads(b) if b else None for _, b in ENTRIES], _4="2026-03-01T00:00:00.000000Z"),
        4,
        "time",
    ),
}


# These show only where the log's own key has sealed them.
RESEALED = {"a body erased before it was written", "re-chained: a refused erasure"}


@pytest.mark.parametrize("change", TAMPERED)
def test_a_changed_log_is_noticed_where_it_was_changed(change: str, tmp_path: Path) -> None:
    tamper, seq, problem = TAMPERED[change]
    entries = tamper(ENTRIES)
    note = SEAL.over([line for line, _ in entries]) if change in RESEALED else NOTE
    verdict = check(tmp_path / "bundle.zip", packed(entries, ABOUT, note))
    assert (verdict.ok, verdict.problem, verdict.first_bad) == (False, problem, seq)


@pytest.mark.parametrize(
    ("change", "seq", "problem"),
    [
        ({"size": 8}, 7, "size"),
        ({"size": -1}, None, "filter"),
        ({"root": "0" * 64}, None, "root"),
        ({"origin": "another.example"}, 0, "origin"),
        ({"filter": {"unit": "HK"}}, 3, "bodies"),
        ({"filter": {"unit": "河口"}}, None, "filter"),
        ({"more": 1}, None, "filter"),
    ],
    ids=str,
)
def test_a_filter_that_speaks_of_another_log_is_noticed(
    change: dict[str, Any], seq: int | None, problem: str, tmp_path: Path
) -> None:
    verdict = check(tmp_path / "bundle.zip", packed(ENTRIES, {**ABOUT, **change}))
    assert (verdict.ok, verdict.problem, verdict.first_bad) == (False, problem, seq)


# file, what was done, to whom it shows, and as what
MANGLED: dict[str, tuple[str, Callable[[bytes], bytes], int | None, str]] = {
    "the last line feed lost": ("log.jsonl", lambda text: text[:-1], 6, "log"),
    "the last line cut": ("log.jsonl", lambda text: text[:-9], 6, "log"),
    "saved with CRLF": ("log.jsonl", lambda text: text.replace(b"\n", b"\r\n"), 0, "header"),
    "saved with a byte-order mark": ("log.jsonl", lambda text: b"\xef\xbb\xbf" + text, 0, "header"),
    "an empty line at the end": ("log.jsonl", lambda text: text + b"\n", 7, "header"),
    "the last body cut": ("bodies.jsonl", lambda text: text[:-1], 6, "bodies"),
    "a number spelt otherwise": ("bodies.jsonl", lambda text: text.replace(b"\n3 ", b"\n03 "), 2, "bodies"),
    "a number twice": ("bodies.jsonl", lambda text: text.replace(b"\n4 ", b"\n3 "), 4, "bodies"),
    "a body without a header": ("bodies.jsonl", lambda text: text + b"7 {}\n", 7, "bodies"),
    "a body under another's number": ("bodies.jsonl", lambda text: text.replace(b"\n3 ", b"\n2 "), 2, "body"),
    "a line feed in the filter": ("filter.json", lambda text: text + b"\n", None, "filter"),
    "a key twice in the filter": ("filter.json", lambda text: text.replace(b":7}", b':7,"size":7}'), None, "filter"),
}


@pytest.mark.parametrize("change", MANGLED)
def test_a_mangled_file_is_noticed(change: str, tmp_path: Path) -> None:
    name, mangle, seq, problem = MANGLED[change]
    file = unpacked(tmp_path / "folder") / name
    file.write_bytes(mangle(file.read_bytes()))
    verdict = verify.verify_bundle(tmp_path / "folder")
    assert (verdict.ok, verdict.problem, verdict.first_bad) == (False, problem, seq)


# --- what cannot be known without a checkpoint from outside (docs/log-format.md) -------------------------------


@pytest.mark.parametrize("change", ["re-chained: a word in a body", "the last removed"])
def test_a_log_that_whoever_has_its_key_wrote_anew_shows_only_against_a_checkpoint_from_outside(
    change: str, tmp_path: Path
) -> None:
    entries = TAMPERED[change][0](ENTRIES)
    lines = [line for line, _ in entries]
    root = verify.root(map(verify.entry_hash, lines)).hex()
    more = {"attachments": []} if change == "the last removed" else {}
    content = packed(entries, {**ABOUT, "size": len(entries), "root": root}, SEAL.over(lines), **more)
    path = tmp_path / "bundle.zip"
    assert check(path, content).exit_code == verify.UNANCHORED
    by_key = verify.verify_bundle(path, verify.Outside([SEAL.key]))
    assert (by_key.exit_code, by_key.doubts) == (verify.UNANCHORED, ["anchor"])
    kept = verify.Outside([SEAL.key], [verify.parse_checkpoint(NOTE)])
    assert verify.verify_bundle(path, kept).exit_code == verify.TAMPERED
