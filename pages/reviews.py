"""审核: the queue, and one item opened, to be approved or sent back."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from flask import Blueprint, Response, abort, current_app, flash, make_response, render_template
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from checklist import access
from checklist.access import reviewing
from checklist.items import progress, signoff
from checklist.lists import versions
from checklist.refusal import Malformed, Refused
from models import Item
from pages import current
from pages.forms import Form, tidy

bp = Blueprint("reviews", __name__, url_prefix="/reviews")


class ReviewForm(Form):
    """`opened` proves that this person has had this revision of the item on the screen."""

    opened = HiddenField()
    outside_document = StringField("上级审核意见的文号", [Length(max=120, message="不超过 120 字。")], filters=[tidy])


class ReturnForm(ReviewForm):
    reason = TextAreaField("退回理由", [Length(max=2000, message="不超过 2000 字。")], filters=[tidy])
    redo_by = DateField("请于哪天前重报", [Optional()])


@bp.get("/")
def queue() -> str:
    return render_template("reviews/queue.html", waiting=_waiting())


def _waiting() -> list[progress.Waiting]:
    """What this person can decide now: not, after a move to the reviewer's post, what was signed before it."""
    standing = current.standing()
    waiting = progress.waiting(access.reviewees(standing))
    return [row for row in waiting if access.may(standing, "approve", row.item)]


@bp.get("/<int:id>")
def open(id: int) -> str:
    return _page(access.see(current.actor(), Item, id))


def _page(item: Item, approval: ReviewForm | None = None, returning: ReturnForm | None = None) -> str:
    approval = approval or ReviewForm(formdata=None)
    returning = returning or ReturnForm(formdata=None)
    for form in (approval, returning):
        form.opened.data, form.rev.data, form.nonce.data = _proof(item), item.rev, current.new_nonce()
    return render_template(
        "reviews/review.html",
        item=item,
        choices=signoff.choices(item, current.standing()),
        outside=reviewing.reviewers().get(item.post) is None,
        changes=_changes(item),
        revised=versions.changes_of(item),
        approval=approval,
        returning=returning,
        upload=None,
    )


def _changes(item: Item) -> list[tuple[str, str]]:
    """How what is signed now differs from what was signed and reviewed before: (kind, line)."""
    if not item.reviews or item.signature in (None, item.reviews[-1].signature):
        return []
    before = item.reviews[-1].signature.statement.splitlines()
    now = item.signature.statement.splitlines()
    kinds = {"+ ": "added", "- ": "removed"}
    lines = difflib.ndiff(before, now)
    return [(kinds[line[:2]], line[2:]) for line in lines if line[:2] in kinds]


@bp.post("/<int:id>/approval")
def approve(id: int) -> Response:
    form = ReviewForm()
    return _review(
        id,
        form,
        lambda: signoff.approve(
            id, by=current.actor(), rev=form.rev.data, outside_document=form.outside_document.data or ""
        ),
        lambda item: _page(item, approval=form),
    )


@bp.post("/<int:id>/return")
def send_back(id: int) -> Response:
    form = ReturnForm()
    return _review(
        id,
        form,
        lambda: signoff.send_back(
            id,
            form.reason.data or "",
            form.redo_by.data,
            by=current.actor(),
            rev=form.rev.data,
            outside_document=form.outside_document.data or "",
        ),
        lambda item: _page(item, returning=form),
    )


def _review(id: int, form: ReviewForm, act: Callable[[], Item], page: Callable[[Item], str]) -> Response:
    """Call a verb on an opened item, and go on to the next one that waits."""
    item = access.see(current.actor(), Item, id)
    try:
        if not form.validate():
            return make_response(page(item), 422)
        if access.may(current.standing(), "approve", item):
            _insist_on_proof(item, form)
        item = current.once(act, Item, id)
    except Malformed as problem:
        form.blame(problem)
        return make_response(page(item), 422)
    except Refused as refused:
        if refused.status != 409:
            raise
        form.blame(refused)
        return make_response(page(access.see(current.actor(), Item, id)), 409)
    flash(f"第 {item.id} 号事项“{item.title[:20]}…”{item.state.label}。")
    return _next()


def _next() -> Response:
    waiting = _waiting()
    if not waiting:
        return current.redirect_to("reviews.queue")
    return current.redirect_to("reviews.open", id=waiting[0].item.id)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or abort(500), salt="opened")


def _proof(item: Item) -> str:
    user = current.actor().user
    proof = _serializer().dumps([user.id if user else None, item.id, item.rev])
    return proof if isinstance(proof, str) else proof.decode()


def _insist_on_proof(item: Item, form: ReviewForm) -> None:
    try:
        user_id, item_id, rev = _serializer().loads(form.opened.data or "")
    except BadSignature:
        user_id = item_id = rev = None
    user = current.actor().user
    if user is None or (user_id, item_id, rev) != (user.id, item.id, form.rev.data):
        raise Malformed(f"请先打开第 {item.id} 号事项看过内容，再作审核。")
