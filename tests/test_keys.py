"""The log's key: made once, kept by nobody but this account, renewed so that who trusts the old one trusts the new."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

import verify
from checklist import ledger
from checklist.audit import bundles
from checklist.county import units
from checklist.ledger import checkpoints, keys, lines
from checklist.refusal import NotYours, Refused
from models import UnitKind, db
from tests import county

WINDOWS = pytest.mark.skipif(os.name != "posix", reason="Windows keeps no mode")


@pytest.fixture
def cli(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def opened(app: Flask) -> None:
    """A log with a root unit, and no key yet."""
    ledger.open_log("county.example/shuangze", by=county.console)
    units.add_unit("HK", "河口县委", UnitKind.COMMITTEE, by=county.console, short_name="县委")


def told() -> list[dict[str, object]]:
    """What the log says, body by body."""
    db.session.rollback()
    return [json.loads(body or b"{}") for _, body in lines.read()]


@pytest.mark.usefixtures("opened")
def test_the_operator_makes_a_key_that_the_log_names_and_seals_itself_with(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=["keys", "init"])
    assert result.exit_code == 0, result.output
    key = keys.signing()[0].public
    assert key.vkey in result.output
    assert key.name == "county.example/shuangze"
    assert told()[-1]["after"] == {"key": key.vkey}
    note = checkpoints.latest()
    assert note
    assert (note.size, verify.signers(note, [key])) == (ledger.size(), [key])


@WINDOWS
@pytest.mark.usefixtures("opened")
def test_nobody_else_can_read_it() -> None:
    checkpoints.init_key(by=county.console)
    assert keys.current().stat().st_mode & 0o777 == 0o600
    assert keys.current().parent.stat().st_mode & 0o777 == 0o700
    assert [file.name for file in keys.current().parent.iterdir()] == ["log.key"]
    keys.current().chmod(0o640)
    with pytest.raises(keys.Unusable, match="别人也能读"):
        keys.signing()


@pytest.mark.usefixtures("qinghe")
def test_no_part_of_it_is_in_the_database() -> None:
    secret = [county.KEY.skey.strip(), county.KEY.seed.hex(), county.KEY.skey.rsplit("+", 1)[1].strip()]
    checkpoints.renew_key(by=county.console)
    kept = [db.session.execute(table.select()).all() for table in db.metadata.sorted_tables]
    assert not [text for text in secret if text in repr(kept)]


@pytest.mark.usefixtures("opened")
def test_there_is_one_first_key(cli: FlaskCliRunner) -> None:
    key = checkpoints.init_key(by=county.console)
    size = ledger.size()
    again = cli.invoke(args=["keys", "init"])
    assert again.exit_code == 1
    assert "keys renew" in again.output
    assert keys.signing()[0].public == key
    assert [body["result"] for body in told()[size:]] == ["refused: 409"]


@pytest.mark.usefixtures("opened")
def test_a_call_that_was_killed_before_the_log_named_the_key_is_made_again() -> None:
    key = keys.make(keys.current(), ledger.origin()).public
    with pytest.raises(keys.Unusable, match="keys init"):
        checkpoints.take()
    assert checkpoints.init_key(by=county.console) == key
    assert checkpoints.take().size == ledger.size()


def test_there_is_no_key_before_the_log_is_open(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=["keys", "init"])
    assert result.exit_code == 1
    assert "create-admin" in result.output
    assert not keys.current().exists()


@pytest.mark.usefixtures("qinghe")
def test_the_key_of_another_log_is_not_taken() -> None:
    keys.current().unlink()
    keys.make(keys.current(), "another.example/log")
    with pytest.raises(Refused, match="另一部日志"):
        checkpoints.init_key(by=county.console)


@pytest.mark.usefixtures("qinghe")
@pytest.mark.parametrize("login", ["wei", "yang", "shen"])
def test_no_account_makes_or_renews_a_key(login: str) -> None:
    for verb in (checkpoints.init_key, checkpoints.renew_key):
        with pytest.raises(NotYours):
            verb(by=county.actor(login))
    assert keys.signing() == [county.KEY]
    assert not keys.successor().exists()


@pytest.mark.usefixtures("qinghe")
@pytest.mark.parametrize(
    "spoilt", ["", "PRIVATE+KEY+x", county.KEY.skey[:-9] + "\n", county.KEY.skey.replace("s", "t")]
)
def test_a_spoilt_file_is_said_to_be_spoilt(spoilt: str) -> None:
    keys.current().write_text(spoilt)
    with pytest.raises(keys.Unusable, match="从备份恢复"):
        keys.signing()


# --- renewal ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("qinghe")
def test_who_trusts_the_old_key_trusts_the_new_one(tmp_path: Path) -> None:
    kept = checkpoints.take()
    new = checkpoints.renew_key(by=county.console)
    both = checkpoints.latest()
    assert both
    assert verify.signers(both, [county.KEY.public, new]) == [county.KEY.public, new]
    assert keys.signing()[0].public == new != county.KEY.public
    assert told()[-1]["after"] == {"key": new.vkey}

    with (tmp_path / "bundle.zip").open("w+b") as out:
        list(bundles.export(by=county.console).write(out))
    outside = verify.Outside([county.KEY.public], [kept])
    assert verify.verify_bundle(tmp_path / "bundle.zip", outside).exit_code == 0
    assert county.in_step()


@pytest.mark.usefixtures("qinghe")
def test_a_renewal_that_was_killed_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    for function in ("take", "install_successor"):
        monkeypatch.setattr(checkpoints if function == "take" else keys, function, die)
        with pytest.raises(KeyboardInterrupt):
            checkpoints.renew_key(by=county.console)
        monkeypatch.undo()
        waiting = keys.read(keys.successor()).public
        assert keys.read(keys.current()) == county.KEY
        both = checkpoints.take()  # what is sealed meanwhile is signed by both
        assert verify.signers(both, [county.KEY.public, waiting]) == [county.KEY.public, waiting]
    assert checkpoints.renew_key(by=county.console) == waiting
    assert [body["action"] for body in told()].count("log.key") == 2
    assert keys.signing()[0].public == waiting
    assert not keys.successor().exists()


@pytest.mark.usefixtures("qinghe")
def test_a_lost_key_is_replaced_only_by_somebody_who_says_that_it_is_lost(cli: FlaskCliRunner, tmp_path: Path) -> None:
    kept = checkpoints.take()
    keys.current().unlink()
    refused = cli.invoke(args=["keys", "init"])
    assert refused.exit_code == 1
    assert "--lost" in refused.output
    assert cli.invoke(args=["keys", "init", "--lost"]).exit_code == 0
    new = keys.signing()[0].public

    with (tmp_path / "bundle.zip").open("w+b") as out:
        list(bundles.export(by=county.console).write(out))

    for key, code in {county.KEY.public: 1, new: 0}.items():  # who has only the old one is told nothing by it
        outside = verify.Outside([key], [kept])
        assert verify.verify_bundle(tmp_path / "bundle.zip", outside).exit_code == code


@pytest.mark.usefixtures("qinghe")
def test_the_key_is_shown_as_verify_py_and_as_openssl_take_it(cli: FlaskCliRunner) -> None:
    vkey, *pem = cli.invoke(args=["keys", "show"]).output.splitlines()
    assert verify.parse_key(vkey) == county.KEY.public
    assert (pem[0], pem[-1]) == ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----")
    assert "PRIVATE" not in "".join(pem)


def test_without_a_key_nothing_is_exported_or_said_to_be(
    qinghe: county.Clock, cli: FlaskCliRunner, tmp_path: Path
) -> None:
    keys.current().unlink()
    size = ledger.size()
    for command in (["export", "--out", str(tmp_path / "x.zip")], ["checkpoint"], ["keys", "renew"]):
        result = cli.invoke(args=command)
        assert result.exit_code == 1
        assert "keys init" in result.output
    assert ledger.size() == size
    assert not (tmp_path / "x.zip").exists()
