"""The log: checked, sealed, proved, and carried away."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext

import verify
from checklist import ledger
from checklist.audit import bundles, receipts
from checklist.audit.check import Check
from checklist.ledger import checkpoints, keys
from checklist.refusal import Problem
from cli.terminal import existing_file, new_file, operator, refusing, stop, write_new


def follow(steps: Iterator[int], size: int, label: str) -> None:
    """Run a long job to its end; whoever watches sees how far it is."""
    with click.progressbar(length=size, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for done in steps:
            bar.update(done - bar.pos)


def read_checkpoint(file: Path) -> verify.Checkpoint:
    try:
        return verify.parse_checkpoint(file.read_bytes())
    except verify.FormatError:
        stop(f"{file} 不是一张封签。", 2)


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
