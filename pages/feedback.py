"""意见反馈: the button at the foot of every page, and what people wrote."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException
from wtforms import HiddenField

from checklist import feedback
from models import Feedback
from pages import current
from pages.forms import Form, Text

bp = Blueprint("feedback", __name__, url_prefix="/feedback")


class FeedbackForm(Form):
    text = Text("您的意见", 2000)
    page = HiddenField(filters=[current.own_path])


@bp.get("/")
def write() -> str:
    return _page(FeedbackForm(page=request.args.get("page")))


def _page(form: FeedbackForm) -> str:
    return render_template("feedback/write.html", form=form, back=_way_back(form.page.data))


def _way_back(page: str) -> str:
    """Return the page that somebody speaks of, or the front page where that address only takes forms."""
    try:
        current_app.create_url_adapter(request).match(page.partition("?")[0], "GET")  # type: ignore[union-attr]
    except HTTPException:
        return "/"
    return page


@bp.post("/")
def send() -> Response:
    form = FeedbackForm()
    page = form.page.data or ""
    if current.send(form, lambda by: feedback.write(form.text.data, page, by=by), Feedback):
        return current.saved(_way_back(page), "谢谢，意见已收到。")
    return current.back(form, _page(form))


@bp.get("/all")
def read() -> str:
    current.insist_on_keeper()
    return render_template("feedback/all.html", written=feedback.newest())
