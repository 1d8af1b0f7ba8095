"""The tampers of tests.tampers.LEDGER that are done to rows: by hand, in the database, past every guard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

import verify
from checklist import ledger
from checklist.audit import bundles, receipts
from checklist.ledger import tree
from models import audit_log, db
from tests import county, tampers
from tests.dba import unguarded
from tests.tampered_rows import PROVEN, TAMPERS
from tests.tampers import Auditor, Log, Verdict


@pytest.fixture
def log(kind: str, qinghe: county.Clock, request: pytest.FixtureRequest) -> Log:
    return tampers.worked(kind, request.getfixturevalue(kind).server, qinghe)


@pytest.fixture
def auditor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Auditor:
    return Auditor(tmp_path, capsys, county.KEY.public)


@pytest.fixture
def kept(log: Log, auditor: Auditor) -> list[str]:
    """Her checkpoints, as the commands take them."""
    files = [auditor.file(f"kept-{note.size}", note.note) for note in (log.founded, log.kept)]
    return ["--anchor", files[0], "--anchor", files[1]]


def verified(app: Flask, *arguments: str) -> Verdict:
    """What `flask verify` says."""
    result = app.test_cli_runner().invoke(args=["verify", "--json", *arguments])
    told = json.loads(result.output)
    if told["differences"] and not told["problem"]:
        return result.exit_code, "tables", told["differences"][0]["seq"]
    return result.exit_code, told["problem"], told["first_bad"]


def exported(file: Path, code: str | None = None) -> str:
    with file.open("wb") as out:
        for _ in bundles.export(by=county.console, code=code).write(out):
            pass
    return str(file)


@pytest.mark.parametrize("what", TAMPERS)
def test_what_is_done_behind_the_logs_back_is_found(
    what: str, app: Flask, log: Log, auditor: Auditor, kept: list[str], tmp_path: Path
) -> None:
    tamper = TAMPERS[what]
    assert verified(app, *kept) == (verify.VERIFIED, "", None)
    with unguarded(log.kind):
        tamper.forge(log)
    assert receipts.check(log.receipt).problem == tamper.receipt
    assert verified(app, *kept) == log.expect(tamper.held)
    assert verified(app) == log.expect(tamper.alone or tamper.held)
    file, said = tmp_path / "bundle.zip", tamper.carried or tamper.held
    if isinstance(said, type):
        with pytest.raises(said):
            exported(file)
        return
    exported(file)
    assert auditor.verify(str(file), *kept) == log.expect(said)
    by_the_anchor = said == PROVEN or said[1] in ("anchor", "truncated")
    assert auditor.verify(str(file))[0] == (verify.UNANCHORED if by_the_anchor else verify.TAMPERED)


@pytest.mark.parametrize("what", ["00 nothing at all", "24 a body gone", "25 a unit's tag changed"])
def test_23_a_units_bundle_without_one_of_its_bodies(
    what: str, log: Log, auditor: Auditor, kept: list[str], tmp_path: Path
) -> None:
    with unguarded(log.kind):
        TAMPERS[what].forge(log)
    bundle = exported(tmp_path / "bundle.zip", "QH-CZJ")
    assert auditor.verify(bundle, "--unit", "QH-CZJ", *kept) == log.expect(TAMPERS[what].held)


# --- 22 a receipt of what never was -------------------------------------------------------------------------


def handed_out_too_soon(monkeypatch: pytest.MonkeyPatch) -> str:
    """The receipt that a server would give for a signature if it sealed before the commit; and the commit fails."""
    item = county.ticked("净增企业", "wu")
    wu = county.actor("wu")
    handed = []

    def fail() -> None:
        size = ledger.size()
        text = verify.checkpoint_text(county.ORIGIN, size, tree.root(size))
        line = db.session.scalar(select(audit_log.c.line).where(audit_log.c.seq == size - 1)) or ""
        path = tree.inclusion(size - 1, size)
        handed.append(verify.receipt_text(line.encode(), size - 1, path, text + b"\n" + county.KEY.sign(text)))
        raise OSError("no space left on device")

    with monkeypatch.context() as full:
        full.setattr(db.session(), "commit", fail)
        with pytest.raises(OSError, match="no space left"):
            county.sign(item, by=wu)
    return handed[0].decode()


def test_22_a_receipt_of_a_transaction_that_was_rolled_back(
    log: Log,
    app: Flask,
    auditor: Auditor,
    kept: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    text = handed_out_too_soon(monkeypatch)
    receipt = verify.parse_receipt(text.encode())
    assert verify.verify_outside(verify.Outside([county.KEY.public], receipts=[receipt])).exit_code == verify.VERIFIED
    assert receipts.check(text).problem == "truncated"
    county.sign(county.item("净增企业", "wu"), by=county.actor("wu"))
    assert ledger.size() == receipt.index + 1  # the log goes on, with as many entries as it would have had
    assert receipts.check(text).problem == "anchor"
    assert receipts.check(receipts.make(receipt.index).decode()).problem == ""
    bundle, file = exported(tmp_path / "bundle.zip"), auditor.file("receipt", text.encode())
    assert auditor.verify(bundle, *kept) == (0, "", None)
    assert auditor.verify(bundle, *kept, "--receipt", file) == (1, "receipt", receipt.index)
    sealed = auditor.file("sealed", receipt.checkpoint.note)
    assert verified(app, *kept, "--anchor", sealed) == (1, "anchor", log.kept.size)
