"""Flask commands, thin: the same verbs as the pages, called by whoever sits at the server."""

from __future__ import annotations

import base64
import functools
import getpass
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from hashlib import sha384
from pathlib import Path
from typing import Any, NoReturn

import click
import flask_migrate
import waitress
from flask import Flask, current_app
from flask.cli import with_appcontext

import verify
from checklist import (
    accounts,
    bundles,
    checkpoints,
    clock,
    decompose,
    demo,
    documents,
    holidays,
    keys,
    ledger,
    readiness,
    receipts,
    units,
)
from checklist.actor import Actor
from checklist.check import Check
from checklist.refusal import Malformed, Problem
from models import Role, UnitKind

HTMX_PACKAGE = "django-htmx==1.29.0"  # carries the very file that the CDN serves
HTMX_MEMBER = "django_htmx/static/django_htmx/htmx-2.min.js"


def init_app(app: Flask) -> None:
    """Register the commands; the last thing in create_app, since `flask run` is refused here."""
    log = (export, verify_log, checkpoint, receipt, prove, keys_group)
    year = click.Group("holidays", commands=[load_holidays], help="The days that are off, and those worked instead.")
    for command in (serve, demo_county, create_admin, decompose_file, year, *log, htmx_fetch):
        app.cli.add_command(command)
    running = click.get_current_context(silent=True)
    if running and running.info_name == "run":  # `flask run` loads the application to serve it
        with app.app_context():
            start()


def operator() -> Actor:
    """Whoever sits at the terminal, by the name of the operating system's account."""
    return Actor(console=getpass.getuser())


def stop(message: str, code: int = 1) -> NoReturn:
    click.echo(verify.visible(message), err=True)
    sys.exit(code)


def refusing(command: Callable[..., None]) -> Callable[..., None]:
    """A command that says why it does not do a thing, instead of a traceback."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except Problem as problem:
            stop(problem.message)

    return wrapped


# --- starting -----------------------------------------------------------------------------------------------


def start() -> None:
    """Make what demo mode needs, say where to look, or stop and say what is missing."""
    demo_mode = current_app.config["SHUANGZE"]["demo"] == "1"
    if demo_mode:
        prepare_demo()
    if why := readiness.unready(current_app.secret_key or ""):
        stop(why)
    if demo_mode:
        print_demo_accounts()


@click.command()
@with_appcontext
def serve() -> None:
    """Serve the application with waitress; in demo mode, make the demo county first when there is none."""
    start()
    address = current_app.config["SHUANGZE"]["address"]
    click.echo(f"双责已启动：http://{address}　按 Ctrl+C 停止")
    waitress.serve(current_app._get_current_object(), listen=address, threads=8, ident="")  # type: ignore[attr-defined]


@click.command("demo")
@with_appcontext
def demo_county() -> None:
    """Fill an empty database with the demo county, and print its accounts (demo mode only)."""
    if current_app.config["SHUANGZE"]["demo"] != "1":
        stop("演示县只能在演示模式下生成。请设 SHUANGZE_DEMO=1，并确认这不是正式使用的数据库。")
    prepare_demo()
    print_demo_accounts()


def prepare_demo() -> None:
    """Bring the database up to date, and fill in the demo county when the log is empty."""
    flask_migrate.upgrade()
    if ledger.size() == 0:
        click.echo("正在生成演示县……")
        demo.fill()


def print_demo_accounts() -> None:
    click.echo("演示账号（登录名 / 密码）：")
    for account in demo.ACCOUNTS:
        click.echo(f"  {account.login:<12}{account.password:<16}{account.role}")


@click.command()
@click.option("--login", prompt="登录名", help="The login name of the first administrator.")
@click.option("--name", prompt="姓名", help="The name as it is shown.")
@click.option("--county", prompt="根单位名称（如：某县委员会）", help="The root unit's name, when there is none yet.")
@click.option("--code", default="ROOT", show_default=True, help="The root unit's code, when there is none yet.")
@click.password_option("--password", prompt="密码（至少 8 个字符）", confirmation_prompt="再输一次")
@click.option(
    "--role",
    type=click.Choice([Role.SYSTEM_ADMIN.value, Role.SECURITY_ADMIN.value]),
    default=Role.SYSTEM_ADMIN.value,
    show_default=True,
    help="Which of the three officers; the security administrator grants all further roles.",
)
@with_appcontext
@refusing
def create_admin(login: str, name: str, county: str, code: str, password: str, role: str) -> None:
    """Open the log, and make the first administrators; again with --role for the next one."""
    by = operator()
    if ledger.size() == 0:
        ledger.open_log(current_app.config["SHUANGZE"]["origin"], by=by)
    root = units.root() or units.found(code, county, UnitKind.COMMITTEE, by=by, short_name=county)
    user, _ = accounts.create(login, name, by=by, home=root, password=password)
    accounts.grant(user.id, Role(role), root.id, clock.today(), None, by=by)
    click.echo(f"已开设{Role(role).label}账号 {user.login}。")


# --- the text, and the year -----------------------------------------------------------------------------------


@click.command("decompose")
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="One JSON array of the proposed duties.")
def decompose_file(file: Any, as_json: bool) -> None:
    """Propose the duties that a text (.txt in UTF-8 or GB18030, or .docx) asks for."""
    try:
        rows = decompose.decompose(documents.read(file.read(documents.LARGEST + 1)))
    except Malformed as problem:
        stop(problem.message, 2)
    if as_json:
        click.echo(json.dumps([row.as_dict() for row in rows], ensure_ascii=False, indent=1))
    for n, row in enumerate([] if as_json else rows, 1):
        owners = "、".join(f"{who.name}（{'牵头' if who.role == 'lead' else '配合'}）" for who in row.named) or "待定"
        click.echo(verify.visible(f"{n}. [{row.cadence}] {row.text}"))
        click.echo(verify.visible(f"   责任人：{owners}　时限：{row.deadline or '无'}　把握：{row.sure}"))


@click.command("load")
@click.argument("file", type=click.File("rb"))
@with_appcontext
@refusing
def load_holidays(file: Any) -> None:
    """Put the holidays of a year in force, from a CSV of day,kind,name,notice."""
    click.echo(holidays.load(file.read(), by=operator()).words)


# --- the log ------------------------------------------------------------------------------------------------


def follow(steps: Iterator[int], size: int, label: str) -> None:
    """Run a long job to its end; whoever watches sees how far it is."""
    with click.progressbar(length=size, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for done in steps:
            bar.update(done - bar.pos)


def write_new(out: Path, content: bytes) -> None:
    """Write a file that is not there yet, or stop."""
    try:
        with out.open("xb") as file:
            file.write(content)
    except OSError as error:
        stop(f"写不了 {out}：{error.strerror}。请换一个文件名。", 2)
    click.echo(verify.visible(f"已保存到 {out}"))


def read_checkpoint(file: Path) -> verify.Checkpoint:
    try:
        return verify.parse_checkpoint(file.read_bytes())
    except verify.FormatError:
        stop(f"{file} 不是一张封签。", 2)


existing_file = click.Path(path_type=Path, exists=True, dir_okay=False)
new_file = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--out", type=new_file, required=True, help="The bundle to write.")
@click.option("--unit", "code", help="The code of the one unit whose bodies are to be in it.")
@with_appcontext
@refusing
def export(out: Path, code: str | None) -> None:
    """Write the log as a bundle that `python verify.py` checks: whole, or with one unit's bodies."""
    try:
        with out.open("xb") as file:
            bundle = bundles.take(by=operator(), code=code)
            follow(bundle.write(file), bundle.note.size, "导出")
    except FileExistsError:
        stop(f"{out} 已经存在，请换一个文件名。", 2)
    except OSError as error:
        stop(f"写不了 {out}：{error.strerror}", 2)
    except Problem:
        out.unlink()
        raise
    click.echo(verify.visible(f"已导出 {bundle.note.size} 条记录到 {out}"))


@click.command("verify")
@click.option("--anchor", "anchors", type=existing_file, multiple=True, help="A checkpoint that somebody kept.")
@click.option("--json", "as_json", is_flag=True, help="The verdict as JSON.")
@with_appcontext
def verify_log(anchors: tuple[Path, ...], as_json: bool) -> None:
    """Check the log, and the tables against it. Exit code as verify.py: 1 tampering, 3 consistent but unanchored."""
    check = Check([read_checkpoint(file) for file in anchors])
    follow(check.run(), ledger.size(), "核验")
    verdict = check.verdict
    if as_json:
        told = {**asdict(verdict), "ok": check.good, "differences": [asdict(d) for d in check.differences]}
        click.echo(json.dumps(told, ensure_ascii=True, sort_keys=True))
    else:
        lines = check.words() + [d.words for d in check.differences] + ["数据库与日志一致。"] * check.good
        click.echo("\n".join(verify.visible(line) for line in lines))
    sys.exit(verdict.exit_code if check.good else verify.TAMPERED)


@click.command()
@click.option("--out", type=new_file, help="Where to write it; without it, it is printed.")
@with_appcontext
@refusing
def checkpoint(out: Path | None) -> None:
    """Seal the log: sign its size and root, and keep the checkpoint. For a timer, once a day."""
    note = checkpoints.seal(by=operator()).note
    if out:
        write_new(out, note)
    else:
        click.echo(note.decode(), nl=False)


@click.command()
@click.argument("seq", type=int)
@click.option("--out", type=new_file, required=True, help="The file to write: NAME.tlog-proof.")
@with_appcontext
@refusing
def receipt(seq: int, out: Path) -> None:
    """Write the receipt of entry SEQ: the proof that the log has it."""
    write_new(out, receipts.make(seq))


@click.command()
@click.option("--from", "kept", type=existing_file, required=True, help="The checkpoint that somebody kept.")
@click.option("--out", type=new_file, required=True, help="The proof to write.")
@with_appcontext
@refusing
def prove(kept: Path, out: Path) -> None:
    """Write the proof that the log still begins with the one that a checkpoint sealed."""
    write_new(out, checkpoints.prove(read_checkpoint(kept)))


keys_group = click.Group("keys", help="The key that the log signs with.")


@keys_group.command("init")
@click.option("--lost", is_flag=True, help="Make another one in place of a key that is gone for good.")
@with_appcontext
@refusing
def init_key(lost: bool) -> None:
    """Make the log's first key, outside the database, for this account alone to read."""
    if ledger.size() == 0:
        stop("日志还没有启用。请先运行：flask --app app create-admin")
    key = checkpoints.init_key(by=operator(), lost=lost)
    click.echo(f"日志的密钥已存入 {keys.current()}，请备份到别处。\n请把公钥交给审计员：\n{verify.visible(key.vkey)}")


@keys_group.command("renew")
@with_appcontext
@refusing
def renew_key() -> None:
    """Take a new key into use; a checkpoint that both sign lets whoever trusts the old one trust the new one."""
    click.echo(
        verify.visible(f"已换用新密钥。请备份，并把新公钥交给审计员：\n{checkpoints.renew_key(by=operator()).vkey}")
    )


@keys_group.command("show")
@with_appcontext
@refusing
def show_key() -> None:
    """Print the public key: on one line as verify.py takes it, and as openssl reads it."""
    key = keys.signing()[-1].public
    click.echo(f"{verify.visible(key.vkey)}\n{keys.pem(key)}", nl=False)


# --- htmx ---------------------------------------------------------------------------------------------------


@click.command("htmx-fetch")
@click.option("--from", "source", type=click.Path(path_type=Path, exists=True), help="A .js or wheel at hand.")
@with_appcontext
def htmx_fetch(source: Path | None) -> None:
    """Put the byte-same copy of htmx into instance/vendor/, so that pages load without the CDN."""
    copy: Path = current_app.config["HTMX_COPY"]
    if source is None and copy.exists():
        return
    try:
        script = _script(source) if source else _download()
    except (OSError, subprocess.CalledProcessError, zipfile.BadZipFile, KeyError) as error:
        stop(f"没有取到 htmx：{error}。页面会改用 CDN；内网请用 --from 指定文件。", 2)
    digest = "sha384-" + base64.b64encode(sha384(script).digest()).decode()
    if digest != current_app.config["HTMX_INTEGRITY"]:
        stop(f"取到的文件不是所要的 htmx（哈希 {digest}），没有保存。")
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(script)
    click.echo(verify.visible(f"htmx 已保存到 {copy}"))


def _download() -> bytes:
    """The script out of a wheel that pip finds wherever this machine gets its packages from."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder, HTMX_PACKAGE]
        subprocess.run([sys.executable, "-m", "pip", *arguments], check=True, capture_output=True)
        return _script(next(Path(folder).glob("*.whl")))


def _script(file: Path) -> bytes:
    if file.suffix != ".whl":
        return file.read_bytes()
    with zipfile.ZipFile(file) as wheel:
        return wheel.read(HTMX_MEMBER)
