"""The register: its template, and its way in from a workbook."""

from __future__ import annotations

import io
from pathlib import Path

import click

from checklist.county import register
from checklist.county.register import Preview, Slip, book
from checklist.county.register.rows import Outcome
from checklist.county.register.shapes import SHAPES
from cli.terminal import command, creating, existing_file, new_file, operator, say, stop, stop_without_log, write_new


@command("template")
@click.option("--out", type=new_file, required=True, help="The workbook to write: FILE.xlsx.")
def write_template(out: Path) -> None:
    """Write the workbook to fill in; what the county has already stands in it."""
    written = io.BytesIO()
    book.write(written)
    write_new(out, written.getvalue())


@command("import")
@click.argument("files", type=existing_file, nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Save without asking.")
@click.option(
    "--passwords", "out", type=new_file, help="A new file for the first passwords; without it they are printed."
)
def import_register(files: tuple[Path, ...], yes: bool, out: Path | None) -> None:
    """Bring in a register from a workbook (or its tables as .csv or .docx), all or nothing."""
    stop_without_log()
    read = [(file.name, file.read_bytes()) for file in files]
    coming = register.preview(register.read(read), by=operator())
    _show(coming)
    if coming.bad:
        stop(f"有 {len(coming.bad)} 行有错，没有导入。请改好表格再来。")
    if not coming.count(Outcome.NEW):
        click.echo("表里的内容全都已有，没有要导入的。")
        return
    if not yes and not click.confirm("确认导入"):
        stop("没有导入。")
    if out:
        with creating(out, mode=0o600) as file:  # before the passwords are made, which is only once
            file.write(_told(register.take(read, by=operator()).slips).encode())
        say(f"初始密码已保存到 {out}，只有这一份")
    else:
        click.echo(_told(register.take(read, by=operator()).slips), nl=False)
    click.echo("已导入。角色由安全管理员授权。")


def _told(slips: list[Slip]) -> str:
    lines = [f"{slip.unit}\t{slip.name}\t{slip.login}\t{slip.password}" for slip in slips]
    heading = ["单位\t姓名\t登录名\t初始密码"] if lines else []
    return "".join(f"{line}\n" for line in heading + lines)


def _show(coming: Preview) -> None:
    """Print the preview: what is wrong, what is new, what is not read, and the counts."""
    told = list(coming.contents.notes)
    for shape in SHAPES:
        for row in (row for row in coming.of(shape) if row.outcome is not Outcome.KNOWN):
            said = "，".join(f"{head} {text}" for head, text in row.shown)
            told += [f"{row.outcome.value}  {row.line.first}  {said}", *(f"      {note}" for note in row.notes)]
            told += [f"      {wrong.at}：{wrong.words}" for wrong in row.wrong]
    told += [f"没有用到的列  {name}" for name in coming.contents.unread]
    told += [f"没有导入  {aside.at}  {aside.text}（{aside.why}）" for aside in coming.contents.asides]
    for shape in (shape for shape in SHAPES if shape in coming.contents.shapes):
        counts = "，".join(f"{outcome.value} {coming.count(outcome, shape)}" for outcome in reversed(Outcome))
        told.append(f"{shape.noun}：{counts}")
    say(*told)


register_group = click.Group(
    "register",
    commands=[write_template, import_register],
    help="Units, posts, people, tenures and portfolios, as a workbook.",
)
