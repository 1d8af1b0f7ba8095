"""日志封签: made when they should be, of what is committed, kept for ever, and proven to follow one another."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

import verify
from checklist import ledger
from checklist.audit import entries, receipts
from checklist.ledger import checkpoints, keys, lines, tree
from models import audit_checkpoint, db
from tests import county
from tests.dba import note, run, unguard

pytestmark = pytest.mark.usefixtures("qinghe")


@pytest.fixture
def cli(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def write(entries: int) -> None:
    with ledger.act("export", by=county.console) as act:
        for number in range(entries):
            act.add_entry({"size": number})


def sizes() -> list[int]:
    return list(db.session.scalars(select(audit_checkpoint.c.size).order_by(audit_checkpoint.c.size)))


def test_it_seals_what_is_there_with_the_logs_key() -> None:
    write(3)
    note = checkpoints.take()
    leaves = [verify.entry_hash(line) for line, _ in lines.read()]
    assert (note.origin, note.size, note.root) == (county.ORIGIN, len(leaves), verify.root(leaves))
    assert verify.signers(note, [county.KEY.public]) == [county.KEY.public]


def test_the_same_log_is_sealed_once() -> None:
    write(1)
    assert checkpoints.take() == checkpoints.take()
    assert sizes().count(ledger.size()) == 1


def test_the_timer_writes_that_it_seals_and_seals_that(cli: FlaskCliRunner, tmp_path: Path) -> None:
    size = ledger.size()
    result = cli.invoke(args=["checkpoint"])
    note = verify.parse_checkpoint(result.output.encode())
    assert (result.exit_code, note.size) == (0, size + 1)
    assert checkpoints.get(size + 1) == note
    (entry,) = county.gained(size)
    assert (entry.action, entry.body["after"]) == ("签发封签", {"size": size})
    out = tmp_path / "kept"
    assert cli.invoke(args=["checkpoint", "--out", str(out)]).exit_code == 0
    assert verify.parse_checkpoint(out.read_bytes()).size == size + 2
    assert cli.invoke(args=["checkpoint", "--out", str(out)]).exit_code == 2


@pytest.mark.parametrize(("entries", "sealed"), [(1, True), (0, False), (700, True)])
def test_every_thousand_entries_there_is_one(entries: int, sealed: bool) -> None:
    write(checkpoints.EVERY - 1 - ledger.size() % checkpoints.EVERY)
    before = sizes()
    if entries:
        write(entries)
    assert (sizes() != before) is sealed
    assert sizes()[-1] == ledger.size() or not sealed


def test_an_act_stands_though_the_checkpoint_after_it_fails(caplog: pytest.LogCaptureFixture) -> None:
    keys.current().unlink()
    size = ledger.size()
    with caplog.at_level(logging.ERROR):
        write(checkpoints.EVERY)
    assert ledger.size() == size + checkpoints.EVERY
    assert "no checkpoint was made" in caplog.text
    assert "keys init" in caplog.text


def test_nothing_is_sealed_in_the_middle_of_an_act() -> None:
    with pytest.raises(RuntimeError, match="an act is under way"), ledger.act("export", by=county.console):
        checkpoints.take()


def cut_the_last_entry() -> None:
    last = ledger.size() - 1
    db.session.rollback()
    nodes = f'DELETE FROM audit_node WHERE ("index" + 1) << level > {last}'
    run(*(f"DELETE FROM {table} WHERE seq = {last}" for table in ("audit_body", "audit_log", "audit_index")), nodes)


@pytest.mark.parametrize("written_since", [0, 1, 5])
def test_a_log_that_was_rewritten_is_not_sealed_again(kind: str, written_since: int) -> None:
    write(5)
    checkpoints.take()
    unguard(kind)
    cut_the_last_entry()
    if written_since:
        write(written_since)
    kept = sizes()
    with pytest.raises(checkpoints.Rewritten, match="对不上"):
        checkpoints.take()
    assert sizes() == kept


def test_an_auditor_reads_them_newest_first_and_page_by_page() -> None:
    for _ in range(3):
        write(1)
        checkpoints.take()
    found = checkpoints.search(by=county.actor("wei"))
    assert [note.size for note in found] == sizes()[::-1]
    assert checkpoints.search(by=county.actor("wei"), below=found[1].size) == found[2:]
    assert checkpoints.see(found[0].size, by=county.actor("wei")) == found[0]


def test_one_that_was_never_made_is_not_found() -> None:
    with pytest.raises(entries.Unseen):
        checkpoints.see(3, by=county.actor("wei"))


def test_the_guardian_of_the_log_seals_it_too() -> None:
    note = checkpoints.seal(by=county.actor("yang"))
    assert county.gained(note.size - 1)[0].actor == county.PEOPLE["yang"]


# --- the check of all, with them ----------------------------------------------------------------------------


def test_the_logs_own_checkpoints_are_checked_with_it(kind: str) -> None:
    write(2)
    note = checkpoints.take()
    assert county.in_step()
    unguard(kind)
    forged = verify.checkpoint_text(note.origin, note.size, b"r" * 32)
    other = keys.SigningKey(county.ORIGIN, b"t" * 32)
    for text, words in {
        forged + b"\n" + county.KEY.sign(forged): "checkpoint",
        note.text + b"\n" + other.sign(note.text): "不是用日志的密钥签的",
        note.note.replace(b"\n\n", b"\n"): "不合格式",
    }.items():
        db.session.rollback()
        with db.engine.begin() as connection:
            changed = audit_checkpoint.update().where(audit_checkpoint.c.size == note.size).values(note=text.decode())
            connection.execute(changed)
        check = county.checked()
        assert not check.good
        assert words in check.verdict.problem or words in check.differences[0].words


# --- proofs -------------------------------------------------------------------------------------------------


def test_the_operator_proves_that_the_log_goes_on_from_what_somebody_kept(cli: FlaskCliRunner, tmp_path: Path) -> None:
    old = checkpoints.take()
    kept, out = tmp_path / "kept", tmp_path / "proof"
    kept.write_bytes(old.note)
    write(40)
    assert cli.invoke(args=["prove", "--from", str(kept), "--out", str(out)]).exit_code == 0
    proof = verify.parse_proof(out.read_bytes())
    assert (proof.old, proof.checkpoint.size) == (old.size, ledger.size())
    command = ["--proof", str(out), "--anchor", str(kept), "--key", county.KEY.public.vkey]
    assert verify.main(command) == 0
    assert verify.main(["--proof", str(out), "--key", county.KEY.public.vkey]) == 3
    other = tmp_path / "other"
    text = verify.checkpoint_text(county.ORIGIN, old.size, b"r" * 32)
    other.write_bytes(text + b"\n" + county.KEY.sign(text))
    assert verify.main(["--proof", str(out), "--anchor", str(other), "--key", county.KEY.public.vkey]) == 1


def test_nothing_is_proven_of_another_log_a_longer_one_or_one_that_was_rewritten() -> None:
    size = ledger.size()
    for kept, words in [
        (note("other.example/log", size, tree.root(size)), "另一部日志"),
        (note(county.ORIGIN, size + 50, tree.root(size)), "证明不了"),
        (note(county.ORIGIN, 0, verify.root([])), "证明不了"),
        (note(county.ORIGIN, size, b"r" * 32), "改写过"),
    ]:
        with pytest.raises(checkpoints.Rewritten, match=words):
            checkpoints.prove(kept)


def test_the_operator_holds_the_log_to_what_an_auditor_kept(cli: FlaskCliRunner, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(checkpoints.take().note)
    write(3)
    assert cli.invoke(args=["verify"]).exit_code == 3
    result = cli.invoke(args=["verify", "--anchor", str(kept), "--json"])
    assert (result.exit_code, json.loads(result.output)["anchored"]) == (0, ledger.size() - 3)
    for wrong, problem in [
        (note(county.ORIGIN, 9, b"r" * 32), "anchor"),
        (note(county.ORIGIN, 9999, b"r" * 32), "truncated"),
        (note("other.example/log", 9, tree.root(9)), "origin"),
    ]:
        kept.write_bytes(wrong.note)
        result = cli.invoke(args=["verify", "--anchor", str(kept), "--json"])
        assert (result.exit_code, json.loads(result.output)["problem"]) == (1, problem)
    stranger = keys.SigningKey(county.ORIGIN, b"t" * 32)
    text = verify.checkpoint_text(county.ORIGIN, 9, tree.root(9))
    kept.write_bytes(text + b"\n" + stranger.sign(text))
    result = cli.invoke(args=["verify", "--anchor", str(kept), "--json"])
    assert json.loads(result.output)["problem"] == "signature"
    kept.write_text("不是封签")
    assert cli.invoke(args=["verify", "--anchor", str(kept)]).exit_code == 2


def test_a_page_of_them_is_short() -> None:
    assert db.session.scalar(select(func.count()).select_from(audit_checkpoint)) == len(sizes()) <= checkpoints.PAGE


@pytest.mark.parametrize("harm", ["a node lost", "a hash that is none", "a checkpoint that is none"])
def test_a_log_whose_hashes_are_broken_is_not_sealed_and_it_is_said(harm: str, kind: str, tmp_path: Path) -> None:
    text = receipts.make(5).decode()
    checkpoints.take()
    unguard(kind)
    last = sizes()[-1]
    db.session.rollback()
    run(
        {
            "a node lost": "DELETE FROM audit_node WHERE level = 5",
            "a hash that is none": "UPDATE audit_node SET hash = 'none'",
            "a checkpoint that is none": f"UPDATE audit_checkpoint SET note = '' WHERE size = {last}",
        }[harm]
    )
    write(1)
    with pytest.raises(checkpoints.Rewritten, match="保全现场"):
        checkpoints.take()
    assert sizes()[-1] == last
    assert receipts.check(text).problem in ("", "anchor")
    assert not county.checked().good
