"""The commands, as whoever sits at the server meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select, text

from app import create_app
from checklist import ledger, readiness
from checklist.ledger import keys, lines
from models import Grant, Role, User, db
from tests import county
from tests.conftest import ROOT

SECRET = "t" * 40
ADMIN = ["create-admin", "--login", "admin", "--name", "管理员", "--county", "清和县委", "--password", "a-quiet-river"]


@pytest.fixture
def cli(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def flask(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, which is not expected to go on serving."""
    environment = {**os.environ, **{f"SHUANGZE_{name.upper()}": value for name, value in settings.items()}}
    command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


# --- starting -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["serve", "run"])
def test_it_refuses_to_start_without_a_secret_and_says_what_to_do(command: str, tmp_path: Path) -> None:
    result = flask(command, instance=str(tmp_path))
    assert result.returncode == 1
    assert "SHUANGZE_SECRET_KEY" in result.stderr


def test_it_refuses_to_start_on_a_database_that_is_not_there(tmp_path: Path) -> None:
    result = flask("serve", instance=str(tmp_path), secret_key=SECRET)
    assert result.returncode == 1
    assert "flask --app app db upgrade" in result.stderr


def test_it_refuses_to_start_without_an_administrator(app: Flask) -> None:
    assert "create-admin" in (readiness.unready(SECRET) or "")


def test_it_refuses_to_start_when_a_guard_of_the_log_is_gone(qinghe: county.Clock) -> None:
    assert readiness.unready(SECRET) is None
    on = " ON audit_log" if db.engine.dialect.name == "postgresql" else ""
    db.session.execute(text(f"DROP TRIGGER log_extends_head{on}"))
    db.session.commit()
    assert "log_extends_head" in (readiness.unready(SECRET) or "")


def test_no_page_is_answered_before_everything_is_in_place(app: Flask) -> None:
    response = app.test_client().get("/login")
    assert response.status_code == 503
    assert "create-admin" in response.text


def test_the_demo_is_for_demo_mode_only(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=["demo"])
    assert result.exit_code == 1
    assert "SHUANGZE_DEMO=1" in result.output
    assert ledger.size() == 0


@pytest.mark.slow
def test_a_second_start_of_the_demo_keeps_what_is_there(tmp_path: Path) -> None:
    app = create_app(demo="1", instance=str(tmp_path))
    for _ in range(2):
        result = app.test_cli_runner().invoke(args=["demo"])
        assert result.exit_code == 0
        assert "caizheng" in result.output
    with app.app_context():
        assert county.in_step()
        db.engine.dispose()


# --- the first administrators -------------------------------------------------------------------------------


def test_the_operator_makes_the_first_two_of_the_three_officers(cli: FlaskCliRunner) -> None:
    assert cli.invoke(args=ADMIN).exit_code == 0
    second = [*ADMIN, "--role", "security_admin"]
    second[2] = "second"
    assert cli.invoke(args=second).exit_code == 0
    roles = {grant.user.login: grant.role for grant in db.session.scalars(select(Grant))}
    assert roles == {"admin": Role.SYSTEM_ADMIN, "second": Role.SECURITY_ADMIN}
    assert "keys init" in (readiness.unready(SECRET) or "")
    assert cli.invoke(args=["keys", "init"]).exit_code == 0
    assert readiness.unready(SECRET) is None
    actors = {json.loads(body or b"{}")["actor"]["name"][:4] for _, body in lines.read()}
    assert actors == {"cli:"}


def test_a_name_that_is_taken_is_refused_in_words(cli: FlaskCliRunner) -> None:
    cli.invoke(args=ADMIN)
    result = cli.invoke(args=ADMIN)
    assert result.exit_code == 1
    assert "这个登录名已经有人用了" in result.output
    assert len(db.session.scalars(select(User)).all()) == 1


def test_a_short_password_leaves_nothing_behind(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=[*ADMIN[:-1], "short"])
    assert result.exit_code == 1
    assert "至少 8 个字符" in result.output
    assert not db.session.scalars(select(User)).all()


# --- the log ------------------------------------------------------------------------------------------------


def test_the_operator_is_told_when_a_table_and_the_log_differ(cli: FlaskCliRunner, qinghe: county.Clock) -> None:
    assert cli.invoke(args=["verify"]).exit_code == 3
    db.session.execute(text("UPDATE item SET note = '早就办完了' WHERE id = 1"))
    db.session.commit()
    result = cli.invoke(args=["verify"])
    assert result.exit_code == 1
    assert "item 1" in result.output
    told = json.loads(cli.invoke(args=["verify", "--json"]).output)
    assert told["ok"] is False
    assert told["differences"]


def test_a_renewed_key_stands_on_a_line_of_its_own(cli: FlaskCliRunner) -> None:
    for command in (ADMIN, ["keys", "init"]):
        assert cli.invoke(args=command).exit_code == 0
    result = cli.invoke(args=["keys", "renew"])
    assert result.output.splitlines() == [
        "已换用新密钥。请备份，并把新公钥交给审计员：",
        keys.signing()[-1].public.vkey,
    ]


# --- a text -------------------------------------------------------------------------------------------------


def test_proposed_duties_are_read_without_escapes(cli: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "speech.txt"
    file.write_text("一、任务\n财政局要每月通报进度。\n", encoding="utf-8")
    assert cli.invoke(args=["decompose", str(file)]).output.splitlines() == [
        "1. [monthly] 财政局要每月通报进度",
        "   责任人：财政局（牵头）  时限：无  把握：高",
    ]


# --- htmx ---------------------------------------------------------------------------------------------------


def test_a_file_that_is_not_htmx_is_not_kept(cli: FlaskCliRunner, app: Flask, tmp_path: Path) -> None:
    other = tmp_path / "htmx.min.js"
    other.write_text("alert(1)")
    result = cli.invoke(args=["htmx-fetch", "--from", str(other)])
    assert result.exit_code == 1
    assert "没有保存" in result.output
    assert not app.config["HTMX_COPY"].exists()


def test_the_local_copy_is_the_byte_same_file(cli: FlaskCliRunner, app: Flask, qinghe: county.Clock) -> None:
    original = ROOT / "instance" / "vendor" / "htmx.min.js"
    if not original.exists():
        pytest.skip("no local copy of htmx: flask --app app htmx-fetch")
    client = app.test_client()
    assert app.config["HTMX_URL"] in client.get("/login").text
    assert cli.invoke(args=["htmx-fetch", "--from", str(original)]).exit_code == 0
    page = client.get("/login").text
    assert app.config["HTMX_URL"] not in page
    assert app.config["HTMX_INTEGRITY"] in page
    with client.get("/htmx.min.js") as script:
        assert script.data == original.read_bytes()
