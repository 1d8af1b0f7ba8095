"""The one script that is not ours: from the CDN, or the byte-same copy of it where there is one."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, current_app, send_from_directory, url_for

bp = Blueprint("htmx", __name__)


class ScriptTag(NamedTuple):
    src: str
    integrity: str


def script_tag() -> ScriptTag:
    """Return where a page loads htmx from; either way the bytes are held to the same hash."""
    local = current_app.config["HTMX_COPY"].exists()
    src = url_for("htmx.script") if local else current_app.config["HTMX_URL"]
    return ScriptTag(src, current_app.config["HTMX_INTEGRITY"])


@bp.get("/htmx.min.js")
def script() -> Response:
    copy = current_app.config["HTMX_COPY"]
    return send_from_directory(copy.parent, copy.name, mimetype="text/javascript")
