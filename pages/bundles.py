"""日志包: written while a page shows how far it is, then fetched by whoever asked for it, within the hour."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, send_file, stream_template
from sqlalchemy import select
from wtforms import SelectField

from checklist import access, bundles, units
from checklist.refusal import Malformed, Unseen
from models import Unit, db
from pages import current
from pages.forms import Form, options

bp = Blueprint("bundles", __name__, url_prefix="/bundles")

KEPT = 3600  # seconds


class BundleForm(Form):
    unit = SelectField("导出哪些内容", validate_choice=False)

    def offer(self) -> None:
        """Only what this person may take: the whole log, or single units'."""
        standing = current.standing()
        theirs = [u for u in db.session.scalars(select(Unit).order_by(Unit.code)) if access.may(standing, "export", u)]
        whole = [("", "全部日志")] if access.may(standing, "export", units.county()) else []
        if not theirs:
            access.require(current.actor(), "export", units.county())
        self.unit.choices = options([*whole, *((u.code, f"只要 {u.name} 的内容（{u.code}）") for u in theirs)])


@bp.get("/")
def ask() -> str:
    form = BundleForm()
    form.offer()
    return render_template("bundles/ask.html", form=form)


@bp.post("/")
def make() -> Response:
    """Take the bundle, and write it for as long as the page is being sent."""
    form = BundleForm()
    try:
        bundle = bundles.take(by=current.actor(), code=form.unit.data or None)
    except Malformed as problem:
        form.offer()
        form.blame(problem)
        return make_response(render_template("bundles/ask.html", form=form), 422)
    token = secrets.token_hex(16)
    steps = _write(bundle, _place(token))
    return Response(stream_template("bundles/made.html", bundle=bundle, steps=steps, token=token))


@bp.get("/<token>")
def fetch(token: str) -> Response:
    """The file, for nobody but the one whose page made it."""
    place = _place(token) if len(token) == 32 and token.isalnum() else None
    if place is None or not place.exists():
        raise Unseen()
    return send_file(place, as_attachment=True, download_name=current.file_name("log", "zip"))


def _place(token: str) -> Path:
    user = current.actor().user
    folder = db.folder / "exports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{user.id if user else 0}-{token}.zip"


def _write(bundle: bundles.Bundle, place: Path) -> Iterator[int]:
    """Write the file; it has its name only once it is whole."""
    _sweep(place.parent)
    half = place.with_suffix(".part")
    with half.open("w+b") as out:
        yield from bundle.write(out)
    half.rename(place)


def _sweep(folder: Path) -> None:
    """Delete what nobody has come for."""
    for file in folder.iterdir():
        if file.stat().st_mtime < time.time() - KEPT:
            file.unlink(missing_ok=True)
