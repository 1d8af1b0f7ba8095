"""Where tests keep their databases: a template is filled once a run, and every test gets a copy of its own.

The log's tables refuse DELETE, so nothing can be rolled back or emptied between two tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import psycopg
from flask import Flask

from app import create_app
from models import db

Fill = Callable[[Flask], None]


class Server(Protocol):
    def create(self, name: str, template: str | None = None) -> str:
        """Make a database, empty or a copy of `template`, and return its URL."""

    def drop(self, name: str) -> None: ...


class SQLite:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="shuangze-sqlite-"))

    def create(self, name: str, template: str | None = None) -> str:
        if template:
            # The last connection to close empties the write-ahead log: the one file is then the whole database.
            assert not self.file(template).with_suffix(".db-wal").exists(), f"{template} is still open"
            shutil.copyfile(self.file(template), self.file(name))
        return f"sqlite:///{self.file(name)}"

    def drop(self, name: str) -> None:
        for file in self.folder.glob(f"{name}.db*"):
            file.unlink()

    def stop(self) -> None:
        shutil.rmtree(self.folder)

    def file(self, name: str) -> Path:
        return self.folder / f"{name}.db"


class PostgreSQL:
    """A server of our own on a Unix socket, without a password and without care for a power cut."""

    def __init__(self, programs: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="shuangze-pg-", dir="/tmp"))  # a socket's path is at most 107 bytes
        self.programs = programs
        # PostgreSQL refuses to run as root.
        self.runner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.runner:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-c listen_addresses='' -k {self.folder} -c fsync=off -c full_page_writes=off"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def create(self, name: str, template: str | None = None) -> str:
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}"')
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def stop(self) -> None:
        self._run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.runner, str(self.programs / program), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)

    def _execute(self, statement: str) -> None:
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


class Templates:
    """The templates on one server, each filled by the first test that wants it."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.filled: set[str] = set()

    def make(self, name: str, fill: Fill, on: str | None = None) -> str:
        """Fill a template, on top of another one or from nothing; return its name."""
        if name not in self.filled:
            url = self.server.create(name, on)
            app = create_app(database_url=url, secret_key="t" * 40, instance=str(self.folder))
            with app.app_context():
                fill(app)
                db.session.remove()
                db.engine.dispose()
            self.filled.add(name)
        return name


def find_postgresql() -> Path | None:
    """The folder of PostgreSQL's programs; Debian keeps them off the PATH."""
    folders = [Path(found).parent] if (found := shutil.which("initdb")) else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders and os.name == "posix" else None
