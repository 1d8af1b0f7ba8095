"""勘误: a slip in the wording of a duty in force, mended by a second person."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for
from wtforms import StringField
from wtforms.validators import Length

from checklist import access
from checklist.lists import corrections
from models import Duty, DutyList
from pages import current
from pages.forms import Form, WordingForm, tidy

bp = Blueprint("corrections", __name__, url_prefix="/duties")


class CorrectForm(WordingForm):
    reason = StringField("勘误的理由", [Length(max=200, message="不超过 200 字。")], filters=[tidy])


@bp.get("/<int:id>/correction")
def new(id: int) -> str:
    duty = _correctable(id)
    return _page(duty, CorrectForm(formdata=None, wording=duty.wording, rev=duty.rev))


def _correctable(id: int) -> Duty:
    duty = access.load(Duty, id)
    access.see(current.actor(), DutyList, duty.duty_list_id)
    access.require(current.actor(), "correct", duty.duty_list)
    return duty


def _page(duty: Duty, form: Form) -> str:
    form.nonce.data = form.nonce.data or current.new_nonce()
    return render_template("corrections/new.html", duty=duty, form=form, largest=corrections.LARGEST)


@bp.post("/<int:id>/correction")
def create(id: int) -> Response:
    duty, form = _correctable(id), CorrectForm()
    wording, reason, rev, by = form.wording.data or "", form.reason.data or "", form.rev.data, current.actor()
    return current.change(
        form,
        lambda: corrections.correct(id, wording, reason, by=by, rev=rev),
        lambda: _page(_correctable(id), form),
        url_for("lists.show", id=duty.duty_list_id, _anchor=f"d-{id}"),
    )
