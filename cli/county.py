"""The beginnings of a county: its administrators, its texts and its holidays."""

from __future__ import annotations

import json
from typing import Any

import click
from flask import current_app

from checklist import access, clock, decompose, ledger
from checklist.county import accounts, units
from checklist.files import reading
from checklist.items import holidays
from checklist.refusal import Malformed
from cli.terminal import command, operator, say, stop
from models import Role, UnitKind


@command()
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
def create_admin(login: str, name: str, county: str, code: str, password: str, role: str) -> None:
    """Open the log, and make the first administrators; again with --role for the next one."""
    by = operator()
    if ledger.size() == 0:
        ledger.open_log(current_app.config["SHUANGZE"]["origin"], by=by)
    root = access.root() or units.add_unit(code, county, UnitKind.COMMITTEE, by=by, short_name=county)
    user, _ = accounts.create(login, name, by=by, home=root, password=password)
    accounts.grant(user.id, Role(role), root.id, clock.today(), None, by=by)
    say(f"已开设{Role(role).label}账号 {user.login}。")


@command("decompose")
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="One JSON array of the proposed duties.")
def decompose_file(file: Any, as_json: bool) -> None:
    """Propose the duties that a text (.txt in UTF-8 or GB18030, or .docx) asks for."""
    try:
        rows = decompose.decompose(reading.read_text(file.read(reading.LARGEST_TEXT + 1)))
    except Malformed as problem:
        stop(problem.message, 2)
    if as_json:
        click.echo(json.dumps([row.as_dict() for row in rows], ensure_ascii=False, indent=1))
        return
    for n, row in enumerate(rows, 1):
        owners = "、".join(f"{who.name}（{'牵头' if who.role == 'lead' else '配合'}）" for who in row.named) or "待定"
        say(
            f"{n}. [{row.cadence}] {row.text}",
            f"   责任人：{owners}  时限：{row.deadline or '无'}  把握：{row.sure}",
        )


@command("load")
@click.argument("file", type=click.File("rb"))
def load_holidays(file: Any) -> None:
    """Put the holidays of a year in force, from a CSV of day,kind,name,notice."""
    say(holidays.load(file.read(), by=operator()).words)


year = click.Group("holidays", commands=[load_holidays], help="The days that are off, and those worked instead.")
