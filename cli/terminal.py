"""Whoever sits at the terminal: who it is, what is refused, and the files that are written for them."""

from __future__ import annotations

import functools
import getpass
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

import verify
from checklist.actor import Actor
from checklist.refusal import Problem

existing_file = click.Path(path_type=Path, exists=True, dir_okay=False)
new_file = click.Path(path_type=Path, dir_okay=False)


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


def write_new(out: Path, content: bytes) -> None:
    """Write a file that is not there yet, or stop."""
    try:
        with out.open("xb") as file:
            file.write(content)
    except OSError as error:
        stop(f"写不了 {out}：{error.strerror}。请换一个文件名。", 2)
    click.echo(verify.visible(f"已保存到 {out}"))
