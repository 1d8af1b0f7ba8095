"""勘误: a slip in the wording of a duty in force, mended by a second person."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for

from checklist import access
from checklist.actor import Actor
from checklist.lists import corrections
from models import Duty
from pages import current
from pages.forms import Line, WordingForm

bp = Blueprint("corrections", __name__, url_prefix="/duties")


class CorrectForm(WordingForm):
    reason = Line("勘误的理由", 200)


@bp.get("/<int:id>/correction")
def new(id: int) -> str:
    duty = _correctable(id)
    return _page(duty, CorrectForm(formdata=None, wording=duty.wording, rev=duty.rev))


def _correctable(id: int) -> Duty:
    """Return a row whose wording this person may correct. Raises Unseen, NotYours."""
    duty = current.see(Duty, id)
    access.require(current.actor(), "correct", duty.duty_list)
    return duty


def _page(duty: Duty, form: CorrectForm) -> str:
    return render_template("corrections/new.html", duty=duty, form=form, largest=corrections.LARGEST)


@bp.post("/<int:id>/correction")
def create(id: int) -> Response:
    duty, form = current.see(Duty, id, to="correct"), CorrectForm()

    def verb(by: Actor) -> Duty:
        return corrections.correct(id, form.wording.data, form.reason.data, by=by, rev=form.rev.data)

    if current.send(form, verb, duty):
        return current.saved(url_for("lists.show", id=duty.duty_list_id, _anchor=f"d-{id}"))
    return current.back(form, _page(_correctable(id), form))
