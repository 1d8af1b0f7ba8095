"""Whoever sits at the terminal: who it is, what is said and refused, and the files that are written for them."""

from __future__ import annotations

import functools
import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click
from flask.cli import with_appcontext

import verify
from checklist import ledger
from checklist.actor import Actor
from checklist.refusal import Problem

existing_file = click.Path(path_type=Path, exists=True, dir_okay=False)
new_file = click.Path(path_type=Path, dir_okay=False)


def command(name: str | None = None) -> Callable[[Callable[..., None]], click.Command]:
    """Make a function a command within the application that says why it refuses, instead of a traceback."""

    def made(function: Callable[..., None]) -> click.Command:
        @functools.wraps(function)
        def refusing(*args: Any, **kwargs: Any) -> None:
            try:
                function(*args, **kwargs)
            except Problem as problem:
                stop(problem.message)

        return click.command(name)(with_appcontext(refusing))

    return made


def operator() -> Actor:
    """Return whoever sits at the terminal, by the name of the operating system's account."""
    return Actor(console=getpass.getuser())


def say(*lines: str) -> None:
    """Print lines; whatever in them could turn the terminal around is escaped."""
    click.echo("\n".join(map(verify.visible, lines)))


def stop(message: str, code: int = 1) -> NoReturn:
    click.echo(verify.visible(message), err=True)
    sys.exit(code)


def stop_without_log() -> None:
    if ledger.size() == 0:
        stop("日志还没有启用。请先运行：flask --app app create-admin")


@contextmanager
def creating(out: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Open a file that is not there yet, or stop; whatever goes wrong while it is written, it is gone again."""
    try:
        out.touch(mode, exist_ok=False)
        try:
            with out.open("wb") as file:
                yield file
        except BaseException:
            out.unlink()
            raise
    except FileExistsError:
        stop(f"{out} 已经存在，请换一个文件名。", 2)
    except OSError as error:
        stop(f"写不了 {out}：{error.strerror}。请换一个文件名。", 2)


def write_new(out: Path, content: bytes) -> None:
    """Write a file that is not there yet, or stop."""
    with creating(out) as file:
        file.write(content)
    say(f"已保存到 {out}")
