"""双责 Shuangze: the application, put together. Settings stand at the top; everything else is named below."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

import cli
import pages
from models import db

HERE = Path(__file__).parent

# The one script that is not ours: from the CDN, or its byte-same copy where `flask htmx-fetch` has put one.
HTMX_URL = "https://cdn.jsdelivr.net/npm/htmx.org@2.0.10/dist/htmx.min.js"
HTMX_INTEGRITY = "sha384-H5SrcfygHmAuTDZphMHqBJLc3FhssKjG7w/CeCpFReSfwBWDTKpkzPP8c+cLsK+V"


@dataclass(frozen=True)
class Setting:
    """An environment variable SHUANGZE_<NAME>, its default, and what it is for (printed into docs/settings.md)."""

    default: str
    meaning: str


SETTINGS = {
    "secret_key": Setting("", "Signs cookies and forms; at least 32 characters. Made by itself in demo mode only."),
    "database_url": Setting("", "SQLAlchemy URL; empty for SQLite at instance/shuangze.db."),
    "instance": Setting(
        "", "The folder for the database, the evidence files, keys and the fetched htmx; empty for instance/."
    ),
    "demo": Setting("", "1 for demo mode: a made-up county whose passwords are printed. Never for real data."),
    "origin": Setting("shuangze.example/log", "The name of the log, written once into its first entry."),
    "hosts": Setting("", "Host names that are answered, comma-separated; empty for any."),
    "https": Setting("", "1 where the site is served over HTTPS: cookies are then sent over HTTPS only."),
    "proxies": Setting("0", "How many reverse proxies stand in front and may say the visitor's address."),
    "idle_minutes": Setting("60", "After so many minutes without a request the login ends."),
    "address": Setting("127.0.0.1:8000", "Where `flask serve` listens."),
    "processes": Setting("2", "How many processes `flask serve` runs: as many as cores; on Windows always one."),
}


def create_app(**overrides: str) -> Flask:
    """Build the application from the environment; `overrides` (names as in SETTINGS) go before it."""
    settings = {name: overrides.get(name, _from_environment(name)) for name in SETTINGS}
    instance = Path(settings["instance"] or HERE / "instance").absolute()
    instance.mkdir(parents=True, exist_ok=True)

    app = Flask(__name__, instance_path=str(instance))
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}  # `+%}` where the end of a line is a space to keep
    app.config.update(
        SHUANGZE=settings,
        SECRET_KEY=settings["secret_key"] or _demo_secret(settings, instance),
        SQLALCHEMY_DATABASE_URI=settings["database_url"] or f"sqlite:///{instance / 'shuangze.db'}",
        TRUSTED_HOSTS=settings["hosts"].split(",") if settings["hosts"] else None,
        MAX_CONTENT_LENGTH=4 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=int(settings["idle_minutes"])),
        SESSION_COOKIE_NAME="shuangze",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings["https"] == "1",
        HTMX_URL=HTMX_URL,
        HTMX_INTEGRITY=HTMX_INTEGRITY,
        HTMX_COPY=instance / "vendor" / "htmx.min.js",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_I18N_ENABLED=False,  # otherwise messages turn English whatever the form says
    )
    if int(settings["proxies"]):
        hops = int(settings["proxies"])
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    db.init_app(app)
    Migrate(app, db, directory=str(HERE / "migrations"))
    pages.init_app(app)
    cli.init_app(app)
    return app


def _from_environment(name: str) -> str:
    return os.environ.get(f"SHUANGZE_{name.upper()}", SETTINGS[name].default)


def _demo_secret(settings: dict[str, str], instance: Path) -> str | None:
    """A secret of the demo's own, kept so that a restart logs nobody out."""
    if settings["demo"] != "1":
        return None
    file = instance / "demo-secret"
    if not file.exists():
        file.write_text(secrets.token_urlsafe(48))
        file.chmod(0o600)
    return file.read_text()
