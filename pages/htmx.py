"""The one script that is not ours: from the CDN, or the byte-same copy of it where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, current_app, send_file, url_for

bp = Blueprint("htmx", __name__)

SOURCE = "https://cdn.jsdelivr.net/npm/htmx.org@2.0.10/dist/htmx.min.js"
INTEGRITY = "sha384-H5SrcfygHmAuTDZphMHqBJLc3FhssKjG7w/CeCpFReSfwBWDTKpkzPP8c+cLsK+V"


class ScriptTag(NamedTuple):
    src: str
    integrity: str


def copy() -> Path:
    """Where `flask htmx-fetch` puts the local copy."""
    return Path(current_app.instance_path) / "vendor" / "htmx.min.js"


def script_tag() -> ScriptTag:
    return ScriptTag(url_for("htmx.script") if copy().exists() else SOURCE, INTEGRITY)


@bp.get("/htmx.min.js")
def script() -> Response:
    return send_file(copy(), mimetype="text/javascript", max_age=86_400)
