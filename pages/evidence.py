"""佐证文件: attached to an item, taken off it again, and downloaded."""

from __future__ import annotations

import io

from flask import Blueprint, Response, make_response, render_template, request, send_file

from checklist.items import evidence
from models import Evidence, Item
from pages import current
from pages.forms import FileForm

bp = Blueprint("evidence", __name__)


@bp.post("/items/<int:id>/evidence")
def attach(id: int) -> Response:
    item, form = current.see(Item, id, to="attach"), FileForm()
    file = form.file.data
    if current.send(form, lambda by: evidence.attach(id, file.filename, file.stream, by=by), Evidence):
        return _changed(item)
    return current.back(form, _files(item, form))


@bp.post("/items/<int:id>/evidence/removal")
def detach(id: int) -> Response:
    item = current.see(Item, id, to="detach")
    evidence_id = request.form.get("evidence", 0, type=int)
    current.press(lambda by, _: evidence.detach(evidence_id, by=by), item)
    return _changed(item)


def _changed(item: Item) -> Response:
    if current.is_htmx():
        return make_response(_files(item))
    return current.redirect_to("items.show", id=item.id, _anchor="files")


def _files(item: Item, refused: FileForm | None = None) -> str:
    """Return an item's files and, for whoever may change them, the form for another: a part for htmx, else a page."""
    template = "evidence/_files.html" if current.is_htmx() else "evidence/attach.html"
    may_change = evidence.may_change(item, current.standing())
    upload = (refused or FileForm(formdata=None)) if may_change else None
    return render_template(template, item=item, upload=upload, refused=refused)


@bp.get("/evidence/<int:id>")
def download(id: int) -> Response:
    opened = evidence.look(id, by=current.actor())
    return send_file(io.BytesIO(opened.content), opened.type, as_attachment=True, download_name=opened.name)
