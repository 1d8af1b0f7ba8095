"""回执: read, printed and saved by whoever may see its entry; checked by anybody who is logged in."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

import verify
from checklist.audit import receipts
from checklist.audit.entries import LogEntry
from pages import current
from pages.forms import KeptForm

bp = Blueprint("receipts", __name__, url_prefix="/receipts")


@bp.get("/")
def ask() -> str:
    return render_template("receipts/check.html", form=KeptForm(), checked=None)


@bp.post("/")
def check() -> str:
    form = KeptForm()
    text = form.content()
    return render_template("receipts/check.html", form=form, checked=receipts.check(text) if text else None)


@bp.get("/signatures/<int:id>")
def of_signature(id: int) -> str:
    by = current.actor()
    signature, text = receipts.of_signature(id, by=by)
    return _show(text, signature=signature, body=receipts.body_of(signature, by=by))


@bp.get("/signatures/<int:id>/file")
def of_signature_as_file(id: int) -> Response:
    _, text = receipts.of_signature(id, by=current.actor())
    return _file(text)


@bp.get("/entries/<int:seq>")
def of_entry(seq: int) -> str:
    return _show(receipts.of_entry(seq, by=current.actor()), signature=None, body=None)


@bp.get("/entries/<int:seq>/file")
def of_entry_as_file(seq: int) -> Response:
    return _file(receipts.of_entry(seq, by=current.actor()))


def _show(text: bytes, **told: object) -> str:
    receipt = verify.parse_receipt(text)
    entry = LogEntry.of_header(receipt.line)
    return render_template("receipts/show.html", text=text.decode(), receipt=receipt, entry=entry, **told)


def _file(text: bytes) -> Response:
    return current.download(text, f"receipt-{verify.parse_receipt(text).index}.tlog-proof")
