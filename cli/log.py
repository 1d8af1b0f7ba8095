"""The log: checked, sealed, proved, and carried away."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

import verify
from checklist import ledger
from checklist.audit import bundles, index, receipts
from checklist.audit.check import Check
from checklist.ledger import checkpoints, keys
from cli.terminal import command, creating, existing_file, new_file, operator, say, stop, stop_without_log, write_new


def run_to_the_end(steps: Iterator[int], size: int, label: str) -> None:
    """Run a long job to its end; whoever watches sees how far it is."""
    with click.progressbar(length=size, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for done in steps:
            bar.update(done - bar.pos)


def read_checkpoint(file: Path) -> verify.Checkpoint:
    try:
        return verify.parse_checkpoint(file.read_bytes())
    except verify.FormatError:
        stop(f"{file} 不是一张封签。", 2)


@command()
@click.option("--out", type=new_file, required=True, help="The bundle to write.")
@click.option("--unit", "code", help="The code of the one unit whose bodies are to be in it.")
def export(out: Path, code: str | None) -> None:
    """Write the log as a bundle that `python verify.py` checks: whole, or with one unit's bodies."""
    with creating(out) as file:
        bundle = bundles.export(by=operator(), code=code)
        run_to_the_end(bundle.write(file), bundle.checkpoint.size, "导出")
    say(f"已导出 {bundle.checkpoint.size} 条记录到 {out}")


@command("verify")
@click.option("--anchor", "anchors", type=existing_file, multiple=True, help="A checkpoint that somebody kept.")
@click.option("--json", "as_json", is_flag=True, help="The verdict as JSON.")
def verify_log(anchors: tuple[Path, ...], as_json: bool) -> None:
    """Check the log, and the tables against it. Exit code as verify.py: 1 tampering, 3 consistent but unanchored."""
    check = Check([read_checkpoint(file) for file in anchors])
    run_to_the_end(check.run(), ledger.size(), "核验")
    verdict = check.verdict
    if as_json:
        told = {**asdict(verdict), "ok": check.good, "differences": [asdict(d) for d in check.differences]}
        click.echo(json.dumps(told, ensure_ascii=True, sort_keys=True))
    else:
        say(*check.words(), *(d.words for d in check.differences), *["数据库与日志一致。"] * check.good)
    sys.exit(verdict.exit_code if check.good else verify.TAMPERED)


@command()
def reindex() -> None:
    """Make the index by which the log is searched anew from the log itself; nobody can write meanwhile."""
    run_to_the_end(index.rebuild(), ledger.size(), "重做索引")
    say(f"已按日志的 {ledger.size()} 条记录重做索引。")


@command()
@click.option("--out", type=new_file, help="Where to write it; without it, it is printed.")
def checkpoint(out: Path | None) -> None:
    """Seal the log: sign its size and root, and keep the checkpoint. For a timer, once a day."""
    note = checkpoints.seal(by=operator()).note
    if out:
        write_new(out, note)
    else:
        click.echo(note.decode(), nl=False)


@command()
@click.argument("seq", type=int)
@click.option("--out", type=new_file, required=True, help="The file to write: NAME.tlog-proof.")
def receipt(seq: int, out: Path) -> None:
    """Write the receipt of entry SEQ: the proof that the log has it."""
    write_new(out, receipts.make(seq))


@command()
@click.option("--from", "kept", type=existing_file, required=True, help="The checkpoint that somebody kept.")
@click.option("--out", type=new_file, required=True, help="The proof to write.")
def prove(kept: Path, out: Path) -> None:
    """Write the proof that the log still begins with the one that a checkpoint sealed."""
    write_new(out, checkpoints.prove(read_checkpoint(kept)))


@command("init")
@click.option("--lost", is_flag=True, help="Make another one in place of a key that is gone for good.")
def init_key(lost: bool) -> None:
    """Make the log's first key, outside the database, for this account alone to read."""
    stop_without_log()
    key = checkpoints.init_key(by=operator(), lost=lost)
    say(f"日志的密钥已存入 {keys.current()}，请备份到别处。", "请把公钥交给审计员：", key.vkey)


@command("renew")
def renew_key() -> None:
    """Take a new key into use; a checkpoint that both sign lets whoever trusts the old one trust the new one."""
    say("已换用新密钥。请备份，并把新公钥交给审计员：", checkpoints.renew_key(by=operator()).vkey)


@command("show")
def show_key() -> None:
    """Print the public key: on one line as verify.py takes it, and as openssl reads it."""
    key = keys.signing()[-1].public
    click.echo(f"{verify.visible(key.vkey)}\n{keys.pem(key)}", nl=False)


keys_group = click.Group("keys", commands=[init_key, renew_key, show_key], help="The key that the log signs with.")
