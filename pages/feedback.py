"""意见反馈: the button at the foot of every page, and what people wrote."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from checklist import access, feedback, units
from checklist.refusal import Malformed
from models import Feedback
from pages import current
from pages.forms import Form, tidy

bp = Blueprint("feedback", __name__, url_prefix="/feedback")


class FeedbackForm(Form):
    text = TextAreaField("您的意见", [Length(max=2000, message="不超过 2000 字。")], filters=[tidy])
    page = HiddenField()


@bp.get("/")
def write() -> str:
    return render_template("feedback/write.html", form=FeedbackForm(page=request.args.get("page", "/")))


@bp.post("/")
def send() -> Response:
    form = FeedbackForm()
    page = current.own_path(form.page.data)
    try:
        form.validate()
        current.once(lambda: feedback.write(form.text.data or "", page, by=current.actor()), Feedback)
    except Malformed as problem:
        form.blame(problem)
        return make_response(render_template("feedback/write.html", form=form), 422)
    flash("谢谢，意见已收到。")
    return redirect(page, 303)  # type: ignore[return-value]


@bp.get("/all")
def read() -> str:
    root = units.root()
    if root:
        access.require(current.actor(), "keep", root)
    return render_template("feedback/all.html", written=feedback.newest())
