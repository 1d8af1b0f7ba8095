"""A file on the disk: under its hash, whole or not handed out, and in step with the log whatever breaks."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from checklist import ledger
from checklist.audit import replay
from checklist.items import evidence
from checklist.refusal import Damaged, Malformed
from models import Evidence, db
from tests import county
from tests.files import PDF, PDF_SHA256, attach, attached

pytestmark = pytest.mark.usefixtures("qinghe")


def files_kept() -> list[str]:
    folder = evidence.path(PDF_SHA256).parent.parent
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


# --- how a file is kept -------------------------------------------------------------------------------------


def test_a_file_lies_under_its_hash_for_the_servers_account_alone(app: Flask) -> None:
    attached()
    file = evidence.path(PDF_SHA256)
    assert str(file) == f"{app.instance_path}/evidence/{PDF_SHA256[:2]}/{PDF_SHA256}"
    assert file.read_bytes() == PDF
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (file, file.parent, file.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    assert files_kept() == [PDF_SHA256]


def test_one_content_on_two_items_is_kept_once() -> None:
    attached()
    attach(county.item("对接会"), county.actor("zhou"), name="同一份.pdf")
    assert files_kept() == [PDF_SHA256]
    assert county.in_step()


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "../" + "a" * 61])
def test_only_a_hash_is_a_place(digest: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        evidence.path(digest)


def test_an_act_that_is_rolled_back_leaves_no_row_and_its_file_does_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left on the log's disk")

    size = ledger.size()
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "append", fail)
        with pytest.raises(OSError, match="no space"):
            attached()
    assert not db.session.scalars(select(Evidence)).all()
    assert ledger.size() == size
    assert county.in_step()
    attached()
    assert files_kept() == [PDF_SHA256]


def test_a_disk_that_takes_no_file_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError("no space left")

    size = ledger.size()
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="no space"):
        attached()
    assert files_kept() == []
    assert (db.session.scalars(select(Evidence)).all(), ledger.size()) == ([], size)


# --- what happens to a file on the disk ---------------------------------------------------------------------


def flip_a_bit() -> None:
    file = evidence.path(PDF_SHA256)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def lose() -> None:
    evidence.path(PDF_SHA256).unlink()


@pytest.mark.parametrize("harm", [flip_a_bit, lose])
def test_a_damaged_file_is_not_handed_out_and_verifying_names_it(harm: Callable[[], None]) -> None:
    found = attached()
    id, seq = found.id, ledger.size() - 1
    harm()
    with pytest.raises(Damaged, match="与登记时的哈希不符"):
        evidence.look(id, by=county.actor("wei"))
    assert ledger.size() == seq + 1
    check = county.checked()
    assert check.verdict.ok
    words = f"第 {seq} 条记录的佐证文件 {PDF_SHA256} 不见了，或内容与哈希不符"
    assert check.differences == [replay.Difference(seq, words)]


def test_a_file_that_was_taken_off_its_item_is_still_the_logs() -> None:
    found = attached()
    evidence.detach(found.id, by=county.actor("zhou"))
    assert county.in_step()
    lose()
    assert not county.in_step()


def test_a_broken_file_sent_again_is_whole_again() -> None:
    found = attached()
    flip_a_bit()
    attach(county.item("对接会"), county.actor("zhou"))
    assert evidence.look(found.id, by=county.actor("zhou")).content == PDF


def test_a_damaged_file_makes_the_command_say_so(app: Flask) -> None:
    attached()
    flip_a_bit()
    db.session.rollback()
    told = app.test_cli_runner().invoke(args=["verify", "--json"])
    assert told.exit_code == 1
    assert PDF_SHA256 in json.loads(told.output)["differences"][0]["words"]


def test_what_is_refused_leaves_no_file() -> None:
    with pytest.raises(Malformed):
        attached(b"MZ\x90\x00")
    assert not (evidence.path(PDF_SHA256).parent.parent).exists()
