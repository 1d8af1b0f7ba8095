"""Starting: the server, the demo county, and the copy of htmx for closed networks."""

from __future__ import annotations

import base64
import gc
import subprocess
import sys
import tempfile
import zipfile
from hashlib import sha384
from pathlib import Path

import click
import flask_migrate
from flask import current_app
from sqlalchemy.orm import configure_mappers

from checklist import demo, ledger, readiness
from cli import processes
from cli.terminal import command, say, stop
from models import db

HTMX_PACKAGE = "django-htmx==1.29.0"  # carries the very file that the CDN serves
HTMX_MEMBER = "django_htmx/static/django_htmx/htmx-2.min.js"


def start() -> None:
    """Make what demo mode needs, say where to look, or stop and say what is missing."""
    demo_mode = current_app.config["SHUANGZE"]["demo"] == "1"
    if demo_mode:
        prepare_demo()
    if why := readiness.unready(current_app.secret_key or ""):
        stop(why)
    if demo_mode:
        print_demo_accounts()


@command()
def serve() -> None:
    """Serve the application; in demo mode, make the demo county first when there is none."""
    start()
    settings, app = current_app.config["SHUANGZE"], current_app._get_current_object()  # type: ignore[attr-defined]
    warm()
    listeners = processes.listen(settings["address"])
    click.echo(f"双责已启动：http://{settings['address']}　按 Ctrl+C 停止")
    processes.run(int(settings["processes"]), app, listeners)


def warm() -> None:
    """Do once, before the processes part, what the first request in each of them would wait for.

    Templates are compiled when they are first drawn: all 85 would keep the first page waiting for half a second.
    """
    configure_mappers()
    db.session.remove()
    db.engine.dispose()  # no two processes may speak on one connection
    gc.freeze()  # what is never collected stays shared in memory


@command("demo")
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


# --- htmx ---------------------------------------------------------------------------------------------------


@command("htmx-fetch")
@click.option("--from", "source", type=click.Path(path_type=Path, exists=True), help="A .js or wheel at hand.")
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
    say(f"htmx 已保存到 {copy}")


def _download() -> bytes:
    """Return the script out of a wheel that pip finds wherever this machine gets its packages from."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder, HTMX_PACKAGE]
        subprocess.run([sys.executable, "-m", "pip", *arguments], check=True, capture_output=True)
        return _script(next(Path(folder).glob("*.whl")))


def _script(file: Path) -> bytes:
    if file.suffix != ".whl":
        return file.read_bytes()
    with zipfile.ZipFile(file) as wheel:
        return wheel.read(HTMX_MEMBER)
