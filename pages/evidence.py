"""佐证文件: attached to an item, taken off it again, and downloaded."""

from __future__ import annotations

import io
from contextlib import suppress

from flask import Blueprint, Response, request, send_file, url_for

from checklist import access
from checklist.items import evidence
from checklist.refusal import Malformed, Repeated
from models import Item
from pages import current
from pages.forms import FileForm

bp = Blueprint("evidence", __name__)


@bp.post("/items/<int:id>/evidence")
def attach(id: int) -> Response:
    item = access.see(current.actor(), Item, id)
    form = FileForm()
    if not form.validate():
        return _files(item, form, 422)
    file = form.file.data
    try:
        evidence.attach(id, file.filename, file.stream, by=current.actor())
    except Repeated:
        pass
    except Malformed as problem:
        form.blame(problem)
        return _files(access.see(current.actor(), Item, id), form, 422)
    return _files(access.see(current.actor(), Item, id))


@bp.post("/items/<int:id>/evidence/removal")
def detach(id: int) -> Response:
    access.see(current.actor(), Item, id)
    with suppress(Repeated):
        evidence.detach(request.form.get("evidence", 0, type=int), by=current.actor())
    return _files(access.see(current.actor(), Item, id))


def _files(item: Item, form: FileForm | None = None, status: int = 200) -> Response:
    """The item's files for htmx, else its page; a page of their own where one was not accepted."""
    template = "evidence/_files.html" if current.is_htmx() else "evidence/attach.html"
    page = url_for("items.show", id=item.id, _anchor="files")
    may_change = evidence.may_change(item, current.standing())
    upload = (form or FileForm(formdata=None)) if may_change else None
    return current.answer(template, page, status, item=item, upload=upload)


@bp.get("/evidence/<int:id>")
def download(id: int) -> Response:
    opened = evidence.look(id, by=current.actor())
    return send_file(io.BytesIO(opened.content), opened.type, as_attachment=True, download_name=opened.name)
