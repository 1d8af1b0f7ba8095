"""What was found in verify.py while changing bundles at random: each an example of its own, and the clean cuts."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

import verify
from tests import forgeries
from tests.forgeries import AUDITORS, ENTRIES, NOTES, OLDER, OLDEST, SEAL, SIZE, WHOLE, Contents, anchor
from tests.logs import verify_entries
from tests.mutations import REWRITTEN
from tests.zips import zipped

CERTAIN = AUDITORS["the key and the last checkpoint"]


def check(path: Path, content: bytes | Contents, outside: verify.Outside = CERTAIN) -> verify.Verdict:
    path.write_bytes(zipped(list(content.items())) if isinstance(content, dict) else content)
    return verify.verify_bundle(path, outside)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bundle.zip"


def by_hand(members: list[tuple[str, bytes]], told: int) -> bytes:
    """A zip of these members that says at its end that it has `told` of them."""
    out = io.BytesIO()
    directory = []
    for name, content in members:
        member = verify.Member(out, name)
        member.write(content)
        directory.append(member.close())
    start, size = out.tell(), sum(map(len, directory))
    return out.getvalue() + b"".join(directory) + verify._END.pack(b"PK\5\6", 0, 0, told, told, size, start, 0)


# --- what is held -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [OLDEST, OLDER])
def test_a_tail_cut_off_at_a_checkpoint_shows_only_against_a_later_one(size: int, file: Path) -> None:
    cut = forgeries.bundle(ENTRIES[:size], {kept: NOTES[kept] for kept in (OLDEST, OLDER) if kept <= size})
    by_key = check(file, cut, AUDITORS["the key"])
    assert (by_key.exit_code, by_key.doubts) == (verify.UNANCHORED, ["anchor"])
    assert check(file, cut, verify.Outside()).doubts == ["key", "anchor"]
    later = check(file, cut)
    assert (later.exit_code, later.problem, later.first_bad) == (verify.TAMPERED, "truncated", size)
    at_the_cut = check(file, cut, verify.Outside([SEAL.key], [anchor(size)]))
    assert (at_the_cut.exit_code, at_the_cut.anchored) == (verify.VERIFIED, size)


def test_entries_that_nothing_seals_are_never_verified(file: Path) -> None:
    longer = [*ENTRIES, forgeries.entry(SIZE, "-", "tick")]
    verdict = check(file, forgeries.bundle(longer, NOTES))
    assert (verdict.exit_code, verdict.doubts, verdict.anchored) == (verify.UNANCHORED, ["tail"], SIZE)


@pytest.mark.parametrize("dropped", [0, 2, 4, 6, 8, 10])
def test_each_body_of_the_unit_has_to_be_in_its_bundle(dropped: int, file: Path) -> None:
    bodies = forgeries.UNIT[verify.BODIES].splitlines(keepends=True)
    left = b"".join(line for line in bodies if not line.startswith(b"%d " % dropped))
    assert len(left) < len(forgeries.UNIT[verify.BODIES])
    verdict = check(file, {**forgeries.UNIT, verify.BODIES: left})
    assert (verdict.exit_code, verdict.first_bad) == (verify.TAMPERED, dropped)


def test_a_whole_bundle_thinned_to_a_units_is_named_as_one(file: Path) -> None:
    """Whoever needs the whole looks at the verdict's unit: the headers are all there, and sealed."""
    verdict = check(file, forgeries.bundle(ENTRIES, NOTES, "HK-CZJ"))
    assert (verdict.exit_code, verdict.unit) == (verify.VERIFIED, "HK-CZJ")
    assert "other_units" in verdict.unchecked
    assert "bodies" not in verdict.checked


def test_an_earlier_checkpoint_may_be_left_out_but_not_changed(file: Path) -> None:
    kept = f"{verify.KEPT}{OLDER}"
    assert check(file, {name: text for name, text in WHOLE.items() if name != kept}).exit_code == verify.VERIFIED
    other = SEAL.over(forgeries.chained(REWRITTEN)[:OLDER])
    assert check(file, {**WHOLE, kept: other}).problem == "checkpoint"


# --- what once went through ----------------------------------------------------------------------------------


def test_a_zip_with_two_logs_is_refused_whatever_it_says_of_their_number(file: Path) -> None:
    lie = WHOLE[verify.LOG].replace(b"HK-JYJ", b"HK-CZJ")
    content = by_hand([(verify.LOG, lie), *WHOLE.items()], told=len(WHOLE))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read(archive.infolist()[0]) == lie  # what another program shows
    assert check(file, content).exit_code == verify.TAMPERED


@pytest.mark.slow
def test_a_zip_with_more_members_than_it_can_count_is_refused(file: Path) -> None:
    content = by_hand([(f"{verify.KEPT}{n}", b"") for n in range(1, 2**16 + 1)], told=0)
    assert check(file, content).problem == "zip"


@pytest.mark.parametrize("name", [verify.CHECKPOINT, f"{verify.KEPT}{OLDER}"])
def test_a_signature_that_is_there_twice_is_a_change(name: str, file: Path) -> None:
    twice = WHOLE[name] + WHOLE[name].splitlines(keepends=True)[-1]
    assert check(file, {**WHOLE, name: twice}).exit_code == verify.TAMPERED


def test_a_body_like_one_that_had_a_quotation_mark_in_a_key_is_read_all_the_same() -> None:
    good = forgeries.entry(1, "-", "tick", after={'a":1,"a': 1})
    assert good.body
    twice = good.body.replace(rb'{"a\":1,\"a":1}', b'{"a":1,"a":2}')  # one key, two values
    with pytest.raises(verify.FormatError):
        verify.check_body(twice)
    entries = [ENTRIES[0], good, good._replace(body=twice)]
    told = zip(forgeries.chained(entries), (entry.body for entry in entries), strict=True)
    assert verify_entries(told).problem == "fields"


def test_a_proof_that_extends_nothing_she_kept_is_no_anchor(file: Path) -> None:
    """The proof comes from whoever has the log's key: it is worth something only beside a checkpoint of her own."""
    rewritten = forgeries.bundle(REWRITTEN, forgeries.sealed(REWRITTEN))
    proof = verify.parse_proof(forgeries.proof(OLDER, REWRITTEN))
    verdict = check(file, rewritten, verify.Outside([SEAL.key], proof=proof))
    assert (verdict.exit_code, verdict.doubts) == (verify.UNANCHORED, ["anchor"])


def test_a_proof_from_another_size_than_she_kept_is_not_passed_over(file: Path) -> None:
    proof = forgeries.proof(OLDER).replace(b"old 9\n", b"old 8\n")
    outside = verify.Outside([SEAL.key], [anchor(OLDER)], proof=verify.parse_proof(proof))
    assert check(file, WHOLE, outside).exit_code != verify.VERIFIED


def test_a_key_with_bytes_that_are_no_text_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:  # as Python hands over an argument that is not UTF-8
        verify.main(["bundle.zip", "--key", "name+01020304+\udcff"])
    assert ended.value.code == verify.UNREADABLE


@pytest.mark.parametrize("days", ["nan", "inf", "1e9", "800000"])
def test_an_age_that_no_calendar_has_is_wrong_usage(days: str, file: Path) -> None:
    check(file, WHOLE)
    with pytest.raises(SystemExit) as ended:
        verify.main([str(file), "--max-age", days])
    assert ended.value.code == verify.UNREADABLE
