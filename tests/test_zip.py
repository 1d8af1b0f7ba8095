"""The bundle's shape: one way to build it, so that no program shows an auditor anything else than verify.py read."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import verify
from tests.bundles import ABOUT, WHOLE, check, packed, unpacked
from tests.published import ENTRIES
from tests.zips import zipped

ARCHIVE = zipfile.ZipFile(io.BytesIO(WHOLE))
CONTENTS = [(name, ARCHIVE.read(name)) for name in ARCHIVE.namelist()]


def test_another_program_builds_the_same_bytes() -> None:
    assert zipped(CONTENTS) == WHOLE


def test_the_same_log_makes_the_same_bundle() -> None:
    assert packed(ENTRIES, ABOUT) == WHOLE


def in_the_directory(old: bytes, new: bytes) -> bytes:
    """Change what the zip's directory says, and not what stands before each member."""
    start = WHOLE.index(b"PK\1\2")
    return WHOLE[:start] + WHOLE[start:].replace(old, new, 1)


OTHERWISE = {
    "an extra file": zipped([*CONTENTS, ("notes.txt", b"")]),
    "an attachment": zipped([*CONTENTS, ("attachments/e3b0c442", b"")]),
    "a folder": zipped([*CONTENTS, ("more/", b"")]),
    "a file twice": zipped([*CONTENTS, CONTENTS[0]]),
    "a file twice, the other first": zipped([("log.jsonl", b""), *CONTENTS]),
    "a file missing": zipped(CONTENTS[:3]),
    "another order": zipped([*CONTENTS[:2], CONTENTS[3], CONTENTS[2]]),
    "another case": zipped([("LOG.jsonl", CONTENTS[0][1]), *CONTENTS[1:]]),
    "a path that climbs": zipped([("../log.jsonl", CONTENTS[0][1]), *CONTENTS[1:]]),
    "an absolute path": zipped([("/log.jsonl", CONTENTS[0][1]), *CONTENTS[1:]]),
    "a link": zipped(CONTENTS, external_attr=(stat.S_IFLNK | 0o777) << 16),
    "other rights": zipped(CONTENTS, external_attr=(stat.S_IFREG | 0o755) << 16),
    "another date": zipped(CONTENTS, date_time=(2026, 3, 1, 8, 0, 0)),
    "another system": zipped(CONTENTS, create_system=0),
    "compressed": zipped(CONTENTS, compress_type=zipfile.ZIP_DEFLATED),
    "an extra field": zipped(CONTENTS, extra=b"\xca\xfe\0\0"),
    "a member's comment": zipped(CONTENTS, comment="看这里".encode()),
    "a comment": zipped(CONTENTS, b"see my other bundle"),
    "bytes before it": b"\0" + WHOLE,
    "bytes after it": WHOLE + b"\0",
    "a bundle after it": WHOLE + WHOLE,
    "cut off": WHOLE[:-1],
    "half of it": WHOLE[: len(WHOLE) // 2],
    "empty": b"",
    "no zip": b"not a zip",
    "another name in the directory": in_the_directory(b"log.jsonl", b"lag.jsonl"),
    "another place in the directory": in_the_directory(b"\0\0\0\0log.jsonl", b"\1\0\0\0log.jsonl"),
    "a size that is not true": WHOLE[:18] + b"\xff\xff\xff\xff" * 2 + WHOLE[26:],
}


@pytest.mark.parametrize("how", OTHERWISE)
def test_a_zip_built_in_another_way_is_refused(how: str, tmp_path: Path) -> None:
    verdict = check(tmp_path / "bundle.zip", OTHERWISE[how])
    assert OTHERWISE[how] != WHOLE
    assert (verdict.ok, verdict.problem) == (False, "zip")


def linked(folder: Path) -> None:
    (folder / "log.jsonl").rename(folder.parent / "elsewhere")
    (folder / "log.jsonl").symlink_to(folder.parent / "elsewhere")


def turned_into_a_folder(folder: Path) -> None:
    (folder / "VERIFY.md").unlink()
    (folder / "VERIFY.md").mkdir()


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "notes.txt").touch(),
        lambda folder: (folder / ".hidden").touch(),
        lambda folder: (folder / "filter.json").unlink(),
        lambda folder: (folder / "log.jsonl").rename(folder / "LOG.jsonl"),
        linked,
        turned_into_a_folder,
    ],
    ids=["an extra file", "a hidden file", "a file missing", "another case", "a link", "a folder"],
)
def test_a_folder_with_anything_else_in_it_is_refused(change: Callable[[Path], None], tmp_path: Path) -> None:
    folder = unpacked(tmp_path / "folder")
    change(folder)
    verdict = verify.verify_bundle(folder)
    assert (verdict.ok, verdict.problem) == (False, "folder")


# --- no byte is without meaning -----------------------------------------------------------------------------


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """One byte flipped, or a few bytes replaced by others, anywhere."""
    at = draw(st.integers(0, len(content) - 1))
    if draw(st.booleans()):
        return content[:at] + bytes([content[at] ^ draw(st.integers(1, 255))]) + content[at + 1 :]
    changed = content[:at] + draw(st.binary(max_size=3)) + content[at + draw(st.integers(0, 3)) :]
    assume(changed != content)
    return changed


@settings(deadline=None, max_examples=500)
@given(content=damaged(WHOLE))
def test_any_change_to_the_zip_is_noticed(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert not check(tmp_path_factory.getbasetemp() / "damaged.zip", content).ok


@pytest.mark.slow
def test_every_byte_of_the_zip_counts(tmp_path: Path) -> None:
    for at in range(len(WHOLE)):
        assert not check(tmp_path / "damaged.zip", WHOLE[:at] + bytes([WHOLE[at] ^ 1]) + WHOLE[at + 1 :]).ok, at


@pytest.mark.parametrize("name", ["log.jsonl", "bodies.jsonl"])
@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_any_change_to_the_log_is_noticed_however_it_is_packed(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    changed = {**dict(CONTENTS), name: data.draw(damaged(dict(CONTENTS)[name]))}
    assert not check(tmp_path_factory.getbasetemp() / "repacked.zip", zipped(list(changed.items()))).ok


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(content=damaged(dict(CONTENTS)["filter.json"]))
def test_nothing_in_the_filter_may_change_unnoticed(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    repacked = zipped([(name, content if name == "filter.json" else old) for name, old in CONTENTS])
    assume(repacked != WHOLE)
    assert not check(tmp_path_factory.getbasetemp() / "repacked.zip", repacked).ok


def test_the_text_on_how_to_verify_is_not_checked_and_the_verdict_says_so(tmp_path: Path) -> None:
    verdict = check(tmp_path / "bundle.zip", zipped([*CONTENTS[:-1], ("VERIFY.md", "一切正常".encode())]))
    assert verdict.ok
    assert "how_to" in verdict.unchecked
