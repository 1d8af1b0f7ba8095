"""日志封签: listed, made at a press, printed on one page and saved as a file."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

import verify
from checklist import access
from checklist.audit.entries import LogEntry
from checklist.ledger import checkpoints, keys, lines
from pages import current

bp = Blueprint("checkpoints", __name__, url_prefix="/checkpoints")


@bp.get("/")
def index() -> str:
    below = request.args.get("below", type=int)
    found = checkpoints.search(by=current.actor(), below=below)
    more = found[-1].size if len(found) == checkpoints.PAGE else None
    offers = {verb for verb in ("seal",) if access.may(current.standing(), verb, access.county())}
    return render_template("checkpoints/index.html", found=found, more=more, key=keys.known()[-1:], offers=offers)


@bp.post("/")
def seal() -> Response:
    note = current.press(lambda by, _: checkpoints.seal(by=by))
    return current.redirect_to("checkpoints.show", size=note.size)


@bp.get("/<int:size>")
def show(size: int) -> str:
    """Show the page to be printed and put into a drawer: with it and a shell alone one can begin to check."""
    note = checkpoints.see(size, by=current.actor())
    line, _ = lines.entry(size - 1)
    last = LogEntry.of_header(line or b"")
    return render_template("checkpoints/show.html", note=note, last=last, signed=verify.signers(note, keys.known()))


@bp.get("/<int:size>/note")
def note(size: int) -> Response:
    return current.download(checkpoints.see(size, by=current.actor()).note, f"checkpoint-{size}.txt")
