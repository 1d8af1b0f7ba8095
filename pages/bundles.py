"""日志包: written while a page shows how far it is, then fetched by whoever asked for it, within the hour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, render_template, send_file, stream_template
from sqlalchemy import select
from wtforms import SelectField

from checklist import access
from checklist.audit import bundles
from checklist.refusal import Unseen
from models import Unit, db
from pages import current, parcels
from pages.forms import Form, options

bp = Blueprint("bundles", __name__, url_prefix="/bundles")


class BundleForm(Form):
    unit = SelectField("导出哪些内容", validate_choice=False)

    def offer(self) -> None:
        """Offer what this person may take: the whole log, or single units'."""
        standing = current.standing()
        theirs = [u for u in db.session.scalars(select(Unit).order_by(Unit.code)) if access.may(standing, "export", u)]
        whole = [("", "全部日志")] if access.may(standing, "export", access.county()) else []
        if not theirs:
            access.require(current.actor(), "export", access.county())
        self.unit.choices = options([*whole, *((u.code, f"只要 {u.name} 的内容（{u.code}）") for u in theirs)])


@bp.get("/")
def ask() -> str:
    return _ask(BundleForm())


def _ask(form: BundleForm) -> str:
    form.offer()
    return render_template("bundles/ask.html", form=form)


@bp.post("/")
def make() -> Response:
    """Take the bundle, and write it for as long as the page is being sent."""
    form = BundleForm()
    bundle = current.send(form, lambda by: bundles.export(by=by, code=form.unit.data or None))
    if not bundle:
        return current.back(form, _ask(form))
    token = parcels.new_token()
    steps = _write(bundle, parcels.place("exports", token))
    return Response(stream_template("bundles/made.html", bundle=bundle, steps=steps, token=token))


@bp.get("/<token>")
def fetch(token: str) -> Response:
    """Send the file to nobody but the one whose page made it."""
    place = parcels.place("exports", token)
    if not place.exists():
        raise Unseen()
    return send_file(place, "application/zip", as_attachment=True, download_name=current.file_name("log", "zip"))


def _write(bundle: bundles.Bundle, place: Path) -> Iterator[int]:
    """Write the file; it has its name only once it is whole."""
    parcels.sweep("exports")
    half = place.with_suffix(".part")
    with half.open("w+b") as out:
        yield from bundle.write(out)
    half.rename(place)
