"""The register's way in, as the system administrator walks it: at a page, and at the terminal."""

from __future__ import annotations

import io
import os
import re
import stat
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from sqlalchemy import select

from checklist import clock, ledger
from models import Role, Unit, User, db
from tests import county, registers
from tests.conftest import Browse, Visit
from tests.forms import expect

ADDRESS = "/register/"


def upload(client: FlaskClient, content: bytes) -> str:
    """Send a file; the page that comes back."""
    return client.post(ADDRESS, data={"files": [(io.BytesIO(content), "名册.xlsx")]}).text


def sent(page: str) -> dict[str, str]:
    """The hidden fields of the confirmation on a page."""
    form = page[page.index("/register/confirmation") :]
    return dict(re.findall(r'name="(nonce|token)" value="([0-9a-f]+)"', form))


# --- at a page ----------------------------------------------------------------------------------------------


def test_the_confirmation_shows_each_password_once_and_a_second_press_shows_none(visit: Visit) -> None:
    client = visit("shen")
    fields = sent(upload(client, registers.new()))
    first = client.post("/register/confirmation", data=fields)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "no-store"
    passwords = re.findall(r"初始密码</dt><dd><code>([^<]+)", first.text)
    assert len(passwords) == 3
    size, count = ledger.size(), db.session.query(User).count()
    again = client.post("/register/confirmation", data=fields)
    assert again.status_code == 422
    assert "重置密码" in again.text
    assert not [password for password in passwords if password in again.text]
    assert (ledger.size(), db.session.query(User).count()) == (size, count)


def test_two_presses_that_meet_bring_it_in_once(visit: Visit, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = visit("shen")
    fields = sent(upload(client, registers.new()))
    # The second press reads the file before the first one has taken it away.
    monkeypatch.setattr(Path, "unlink", lambda *_args, **_named: None)
    assert client.post("/register/confirmation", data=fields).status_code == 200
    second = client.post("/register/confirmation", data=fields)
    assert (second.status_code, second.headers["Location"]) == (303, "/people/")
    assert "初始密码只显示一次" in client.get("/people/").text
    assert db.session.query(User).where(User.login == "shui.li").count() == 1


def test_somebody_elses_upload_cannot_be_confirmed(visit: Visit) -> None:
    fields = sent(upload(visit("shen"), registers.new()))
    assert visit("chu").post("/register/confirmation", data=fields).status_code == 403
    assert visit("shen").post("/register/confirmation", data={"token": "../../keys/log.key"}).status_code == 422
    assert not db.session.scalars(select(Unit).where(Unit.code == "QH-SLJ")).all()


def test_an_upload_of_more_than_an_hour_ago_is_not_confirmed_and_no_longer_kept(visit: Visit) -> None:
    client = visit("shen")
    fields = sent(upload(client, registers.new()))
    (parcel,) = (db.folder / "register").iterdir()
    os.utime(parcel, (time.time() - 3601,) * 2)
    answer = client.post("/register/confirmation", data=fields)
    assert answer.status_code == 422
    assert "上传已过一小时" in answer.text
    assert not parcel.exists()
    assert not db.session.scalars(select(Unit).where(Unit.code == "QH-SLJ")).all()


def test_what_changed_since_the_preview_is_shown_instead_of_half_an_import(visit: Visit) -> None:
    client = visit("shen")
    fields = sent(upload(client, registers.new()))
    client.post("/people/", data={"login": "bao", "name": "包公"})
    answer = client.post("/register/confirmation", data=fields)
    assert answer.status_code == 422
    assert "已有的姓名是“包公”" in answer.text
    assert not db.session.scalars(select(Unit).where(Unit.code == "QH-SLJ")).all()


def test_a_file_with_errors_offers_no_confirmation(visit: Visit) -> None:
    page = upload(visit("shen"), registers.new(人员=[("bao", "鲍防汛", "")]))
    assert "人员 C2：请填写所在单位" in page
    assert "/register/confirmation" not in page


@pytest.mark.parametrize("content", [b"", b"MZ\x90\0" + b"\0" * 200])
def test_a_file_that_is_none_is_asked_for_again(visit: Visit, content: bytes) -> None:
    answer = visit("shen").post(ADDRESS, data={"files": [(io.BytesIO(content), "名册.xlsx")]})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_an_empty_county_is_pointed_to_the_import(app: Flask) -> None:
    runner, client = app.test_cli_runner(), app.test_client()
    known = ["--name", "管理员", "--county", "清和县委", "--password", county.PASSWORD]
    runner.invoke(args=["create-admin", "--login", "admin", *known])
    runner.invoke(args=["create-admin", "--login", "second", *known, "--role", Role.SECURITY_ADMIN.value])
    runner.invoke(args=["keys", "init"])
    client.post("/login", data={"login": "admin", "password": county.PASSWORD})
    assert "从表格导入名册" in client.get("/units/").text


def test_the_administrator_downloads_uploads_looks_confirms_and_prints(browse: Browse, tmp_path: Path) -> None:
    file = tmp_path / "名册.xlsx"
    file.write_bytes(registers.ugly())
    page = browse("shen")
    page.goto("/units/")
    page.get_by_role("link", name="从表格导入").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载模板").click()
    assert download.value.suggested_filename == f"单位人员名册 {clock.today()}.xlsx"
    page.get_by_label("名册文件").set_input_files(file)
    page.get_by_role("button", name="上传并预览").click()
    expect(page.locator("main")).to_contain_text("编办的电话在背面")
    page.get_by_role("button", name="确认导入 9 行").click()
    expect(page.get_by_role("heading", name="名册已导入")).to_be_visible()
    expect(page.locator(".slips li")).to_have_count(2)
    expect(page.locator(".slips li").first).to_contain_text("zhang.san")
    page.get_by_role("link", name="去看单位与岗位").click()
    expect(page.locator(".tree")).to_contain_text("县水利局")


# --- at the terminal ----------------------------------------------------------------------------------------


@pytest.fixture
def cli(app: Flask, qinghe: county.Clock) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "register.xlsx"
    file.write_bytes(registers.new())
    return file


def test_the_operator_looks_first_and_says_no(cli: FlaskCliRunner, file: Path) -> None:
    size = ledger.size()
    result = cli.invoke(args=["register", "import", str(file)], input="n\n")
    assert result.exit_code == 1
    assert "新增  单位 A3  代码 QH-SLJ，名称 县水利局" in result.output
    assert "人员：已有 0，新增 3，有错 0" in result.output
    assert ledger.size() == size


def test_the_operator_gets_the_passwords_on_the_screen(cli: FlaskCliRunner, file: Path) -> None:
    result = cli.invoke(args=["register", "import", str(file)], input="y\n")
    assert result.exit_code == 0
    assert re.search(r"^县水利局\t水利民\tshui\.li\t\S{12}$", result.output, re.MULTILINE)
    assert county.gained(ledger.size() - 1)[0].body["actor"]["name"].startswith("cli:")
    again = cli.invoke(args=["register", "import", str(file), "--yes"])
    assert (again.exit_code, "全都已有" in again.output) == (0, True)


def test_the_operator_gets_the_passwords_in_a_file_that_only_he_reads(
    cli: FlaskCliRunner, file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "passwords.txt"
    out.write_text("mine")
    command = ["register", "import", str(file), "--yes", "--passwords", str(out)]
    assert cli.invoke(args=command).exit_code == 2
    assert (out.read_text(), db.session.query(User).where(User.login == "bao").count()) == ("mine", 0)
    out.unlink()
    result = cli.invoke(args=command)
    assert result.exit_code == 0
    lines = out.read_text().splitlines()
    assert [line.split("\t")[2] for line in lines[1:]] == ["shui.li", "he.qing", "bao"]
    assert not [line for line in lines[1:] if line.split("\t")[3] in result.output]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_register_with_errors_ends_with_1_and_leaves_nothing(cli: FlaskCliRunner, tmp_path: Path) -> None:
    wrong, out = tmp_path / "wrong.xlsx", tmp_path / "passwords.txt"
    wrong.write_bytes(registers.new(人员=[("bao", "鲍防汛", "")]))
    size = ledger.size()
    result = cli.invoke(args=["register", "import", str(wrong), "--yes", "--passwords", str(out)])
    assert result.exit_code == 1
    assert "人员 C2：请填写所在单位" in result.output
    assert (ledger.size(), out.exists()) == (size, False)


def test_the_template_that_the_operator_writes_brings_in_nothing(cli: FlaskCliRunner, tmp_path: Path) -> None:
    out = tmp_path / "template.xlsx"
    assert cli.invoke(args=["register", "template", "--out", str(out)]).exit_code == 0
    assert cli.invoke(args=["register", "template", "--out", str(out)]).exit_code == 2
    result = cli.invoke(args=["register", "import", str(out), "--yes"])
    assert (result.exit_code, "全都已有" in result.output) == (0, True)


def test_a_database_without_a_log_says_what_comes_first(app: Flask, file: Path) -> None:
    result = app.test_cli_runner().invoke(args=["register", "import", str(file), "--yes"])
    assert result.exit_code == 1
    assert "create-admin" in result.output
