"""Where tests keep their databases: a template is filled once a run, and every test gets a copy of its own.

The log's tables refuse DELETE, so nothing can be rolled back or emptied between two tests.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import psycopg
from flask import Flask
from sqlalchemy import URL, Dialect, Engine, create_engine, event, make_url

from models import db

Fill = Callable[[Flask], None]


class Server(Protocol):
    folder: Path

    def start(self) -> None: ...

    def create(self, name: str, template: str | None = None) -> str:
        """Make a database, empty or a copy of `template`, and return its URL."""

    def drop(self, name: str) -> None: ...


class SQLite:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self) -> None:
        self.folder.mkdir()

    def create(self, name: str, template: str | None = None) -> str:
        if template:
            # The last connection to close empties the write-ahead log: the one file is then the whole database.
            assert not self.file(template).with_suffix(".db-wal").exists(), f"{template} is still open"
            shutil.copyfile(self.file(template), self.file(name))
        return f"sqlite:///{self.file(name)}"

    def drop(self, name: str) -> None:
        for file in self.folder.glob(f"{name}.db*"):
            file.unlink()

    def file(self, name: str) -> Path:
        return self.folder / f"{name}.db"


class PostgreSQL:
    """A server of our own on a Unix socket, without a password and without care for a power cut."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.programs = programs
        # PostgreSQL refuses to run as root.
        self.runner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def start(self) -> None:
        self.folder.mkdir()
        if self.runner:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        settings = "fsync=off full_page_writes=off synchronous_commit=off autovacuum=off jit=off"
        options = f"-c listen_addresses='' -k {self.folder} " + " ".join(f"-c {each}" for each in settings.split())
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def create(self, name: str, template: str | None = None) -> str:
        # Since PostgreSQL 15 a copy is written to the log of writes page by page, unless it is told not to.
        files = "STRATEGY FILE_COPY" if self.admin.info.server_version >= 150000 else ""
        self.admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}" {files}'.encode())
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def drop(self, name: str) -> None:
        self.admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())

    @cached_property
    def admin(self) -> psycopg.Connection:
        return psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True)

    def stop(self) -> None:
        if self.folder.exists():
            self._run("pg_ctl", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.runner, str(self.programs / program), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


class Templates:
    """The templates on one server, each filled once a run, by the first test that wants it."""

    def __init__(self, server: Server, app: Flask, instance: Path) -> None:
        self.server, self.app, self.instance = server, app, instance
        self._once("a server", server.start)

    def make(self, name: str, fill: Fill, on: str | None = None) -> str:
        """Fill a template, on top of another one or from nothing; return its name."""
        self._once(name, lambda: self._fill(name, fill, on))
        return name

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """Make a database of one's own, empty or a copy of a template; its URL."""
        name = f"test-{uuid.uuid4().hex}"
        yield self.server.create(name, template)
        self.server.drop(name)

    def _fill(self, name: str, fill: Fill, on: str | None) -> None:
        with running(self.app, self.server.create(name, on), self.instance):
            fill(self.app)

    def _once(self, what: str, do: Callable[[], None]) -> None:
        """Do it unless it is done; the workers of a run, which are processes, wait for each other."""
        file = self.server.folder.with_suffix(".done")
        with closing(sqlite3.connect(file, timeout=300, isolation_level=None)) as done, done:
            done.execute("BEGIN EXCLUSIVE")
            done.execute("CREATE TABLE IF NOT EXISTS done (what TEXT)")
            if not done.execute("SELECT 1 FROM done WHERE what = ?", [what]).fetchone():
                do()
                done.execute("INSERT INTO done VALUES (?)", [what])


class Engines:
    """One engine for each kind of database and process, led to one database after another.

    An engine of its own for every test would compile every statement anew, which took half of a test.
    """

    def __init__(self) -> None:
        self._made: dict[str, Engine] = {}
        self._now: dict[str, URL] = {}

    @contextmanager
    def on(self, url: URL) -> Iterator[Engine]:
        """Lead the engine for this kind of database to `url` within this block."""
        kind = url.get_backend_name()
        engine = self._made.get(kind) or self._make(kind, url)
        before, self._now[kind] = self._now.get(kind, url), url
        engine.dispose()
        own = engine.execution_options()  # what a test listens to, or keeps by engine, ends with the test
        own.url = url
        yield own
        engine.dispose()
        self._now[kind] = before

    def _make(self, kind: str, url: URL) -> Engine:
        engine = self._made[kind] = create_engine(url, query_cache_size=5000)

        @event.listens_for(engine, "do_connect")
        def connect(dialect: Dialect, *_: object) -> Any:
            arguments, named = dialect.create_connect_args(self._now[kind])
            return dialect.connect(*arguments, **named)

        if kind == "sqlite":  # no test cuts the power
            event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        return engine


ENGINES = Engines()


@contextmanager
def running(app: Flask, url: str, instance: Path) -> Iterator[None]:
    """Run the application on another database and in another folder, with the settings it was made with."""
    config = dict(app.config)
    app.config.update(READY=False, HTMX_COPY=instance / "vendor" / "htmx.min.js")
    instance.mkdir(exist_ok=True)
    app.instance_path = str(instance)
    with app.app_context(), ENGINES.on(make_url(url)) as engine:
        db.engines[None] = engine
        yield
        db.session.remove()
    app.config.clear()
    app.config.update(config)


def find_postgresql() -> Path | None:
    """The folder of PostgreSQL's programs; Debian keeps them off the PATH."""
    folders = [Path(found).parent] if (found := shutil.which("initdb")) else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders and os.name == "posix" else None
