"""意见反馈: the button at the foot of every page, and what people wrote."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from checklist import access, feedback
from checklist.refusal import Malformed
from models import Feedback
from pages import current
from pages.forms import Form, tidy

bp = Blueprint("feedback", __name__, url_prefix="/feedback")


class FeedbackForm(Form):
    text = TextAreaField("您的意见", [Length(max=2000, message="不超过 2000 字。")], filters=[tidy])
    page = HiddenField(filters=[current.own_path])


@bp.get("/")
def write() -> str:
    return _page(FeedbackForm(page=request.args.get("page")))


def _page(form: FeedbackForm) -> str:
    return render_template("feedback/write.html", form=form, back=_way_back(form.page.data))


def _way_back(page: str) -> str:
    """The page that somebody speaks of, or the front page where that address only takes forms."""
    try:
        current_app.create_url_adapter(request).match(page.partition("?")[0], "GET")  # type: ignore[union-attr]
    except HTTPException:
        return "/"
    return page


@bp.post("/")
def send() -> Response:
    form = FeedbackForm()
    if form.validate():
        try:
            words, page = form.text.data, form.page.data
            current.once(lambda: feedback.write(words, page, by=current.actor()), Feedback)
        except Malformed as problem:
            form.blame(problem)
        else:
            flash("谢谢，意见已收到。")
            return redirect(_way_back(page), 303)  # type: ignore[return-value]
    return make_response(_page(form), 422)


@bp.get("/all")
def read() -> str:
    access.require(current.actor(), "keep", access.county())
    return render_template("feedback/all.html", written=feedback.newest())
