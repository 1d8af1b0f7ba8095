"""审核: the queue, and one item opened, to be approved or sent back."""

from __future__ import annotations

import difflib

from flask import Blueprint, Response, abort, current_app, flash, render_template
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import DateField, HiddenField
from wtforms.validators import Optional

from checklist import access
from checklist.actor import Actor
from checklist.items import progress, signoff
from checklist.lists import versions
from checklist.refusal import Malformed
from models import Item
from pages import current
from pages.forms import Form, Line, Text

bp = Blueprint("reviews", __name__, url_prefix="/reviews")


class ReviewForm(Form):
    """`opened` proves that this person has had this revision of the item on the screen."""

    opened = HiddenField()
    outside_document = Line("上级审核意见的文号", 120)


class ReturnForm(ReviewForm):
    reason = Text("退回理由", 2000)
    redo_by = DateField("请于哪天前重报", [Optional()])


@bp.get("/")
def queue() -> str:
    """Show what this person can decide now: not, after a move to the reviewer's post, what was signed before it."""
    standing = current.standing()
    waiting = progress.waiting(access.reviewees(standing))
    return render_template(
        "reviews/queue.html", waiting=[row for row in waiting if access.may(standing, "approve", row.item)]
    )


@bp.get("/<int:id>")
def open(id: int) -> str:
    return _page(current.see(Item, id))


def _page(item: Item, **refused: ReviewForm) -> str:
    """Return an item with the forms to decide on it; `refused` is the one that was not accepted, by its name there."""
    forms = {"approval": ReviewForm(formdata=None), "returning": ReturnForm(formdata=None)} | refused
    for form in forms.values():
        form.opened.data, form.rev.data, form.rev.raw_data = _proof(item), item.rev, None
    return render_template(
        "reviews/review.html",
        item=item,
        choices=signoff.choices(item, current.standing()),
        outside=current.standing().county.reviewer(item.post_id) is None,
        changes=_changes(item),
        revised=versions.changes_of(item),
        upload=None,
        **forms,
    )


def _changes(item: Item) -> list[tuple[str, str]]:
    """Return how what is signed now differs from what was signed and reviewed before, as (kind, line)."""
    if not item.reviews or item.signature in (None, item.reviews[-1].signature):
        return []
    before = item.reviews[-1].signature.statement.splitlines()
    now = item.signature.statement.splitlines()
    kinds = {"+ ": "added", "- ": "removed"}
    lines = difflib.ndiff(before, now)
    return [(kinds[line[:2]], line[2:]) for line in lines if line[:2] in kinds]


@bp.post("/<int:id>/approval")
def approve(id: int) -> Response:
    item, form = current.see(Item, id, to="approve"), ReviewForm()

    def verb(by: Actor) -> Item:
        _insist_on_proof(item, form)
        return signoff.approve(id, by=by, rev=form.rev.data, outside_document=form.outside_document.data)

    if current.send(form, verb, item):
        return _next(item)
    return current.back(form, _page(item, approval=form))


@bp.post("/<int:id>/return")
def send_back(id: int) -> Response:
    item, form = current.see(Item, id, to="send_back"), ReturnForm()

    def verb(by: Actor) -> Item:
        _insist_on_proof(item, form)
        reason, day, document = form.reason.data, form.redo_by.data, form.outside_document.data
        return signoff.send_back(id, reason, day, by=by, rev=form.rev.data, outside_document=document)

    if current.send(form, verb, item):
        return _next(item)
    return current.back(form, _page(item, returning=form))


def _next(decided: Item) -> Response:
    """Say what was decided, and go on to what waits longest."""
    flash(f"第 {decided.id} 号事项“{decided.title[:20]}…”{decided.state.label}。")
    standing = current.standing()
    waiting = progress.longest_waiting(access.reviewees(standing))
    following = next((item for item in waiting if access.may(standing, "approve", item)), None)
    if following is None:
        return current.redirect_to("reviews.queue")
    return current.redirect_to("reviews.open", id=following.id)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or abort(500), salt="opened")


def _proof(item: Item) -> str:
    proof = _serializer().dumps(_had_on_screen(item.id, item.rev))
    return proof if isinstance(proof, str) else proof.decode()


def _had_on_screen(id: int, rev: int | None) -> list[int | None]:
    user = current.actor().user
    return [user.id if user else None, id, rev]


def _insist_on_proof(item: Item, form: ReviewForm) -> None:
    """Raise Malformed for whoever may decide on an item and has not opened this revision of it."""
    try:
        proven = _serializer().loads(form.opened.data or "")
    except BadSignature:
        proven = None
    is_opened = proven == _had_on_screen(item.id, form.rev.data)
    if not is_opened and access.may(current.standing(), "approve", item):
        raise Malformed(f"请先打开第 {item.id} 号事项看过内容，再作审核。")
