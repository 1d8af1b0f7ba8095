"""征求意见: what the clerk asks and hears, and what a unit answers row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from wtforms import DateField
from wtforms.validators import Optional

from checklist import access
from checklist.lists import consultation, offers, owners
from models import Answer, DutyList, Opinion
from pages import current
from pages.forms import Form, Text

bp = Blueprint("consultations", __name__)


class ConsultForm(Form):
    last_day = DateField("答复截止日期", [Optional()], description="这一天结束以后不能再答复。一般留三个工作日。")
    reason = Text("提前结束的理由", 2000)


def answer_form(opinion: Opinion, **kwargs: Any) -> Form:
    """Return a form with a field on-<lineage> for each row of the draft, and what the unit has said so far."""

    class AnswerForm(Form):
        pass

    said: dict[str, Any] = {"rev": opinion.rev}
    for duty in opinion.consultation.duty_list.kept:
        field = Text(f"对第 {duty.position} 项的意见", 1000, render_kw={"rows": 2})
        setattr(AnswerForm, f"on-{duty.lineage}", field)
        said[f"on-{duty.lineage}"] = opinion.objections.get(duty.lineage, "")
    return AnswerForm(data=said, **kwargs)


# --- asking and hearing -------------------------------------------------------------------------------------


@bp.get("/lists/<int:id>/consultation")
def show(id: int) -> str:
    return _page(id)


def _page(id: int, refused: Form | None = None) -> str:
    """Return a list's consultation for whoever hears it. Raises Unseen, NotYours."""
    duty_list = current.see(DutyList, id)
    access.require(current.actor(), "hear", duty_list)
    latest = consultation.latest(duty_list)
    return render_template(
        "consultations/show.html",
        list=duty_list,
        offers=offers.of(duty_list, current.standing()),
        form=refused or ConsultForm(formdata=None, rev=duty_list.rev),
        asked=consultation.asked(duty_list),
        consultation=latest,
        silent=consultation.silent(latest) if latest else [],
        is_over=latest is not None and consultation.may_end(latest),
        rows={duty.lineage: duty for duty in duty_list.duties},
    )


@bp.post("/lists/<int:id>/consultation")
def consult(id: int) -> Response:
    return _set_last_day(id, "consult", consultation.consult)


@bp.post("/lists/<int:id>/consultation/last-day")
def extend(id: int) -> Response:
    return _set_last_day(id, "extend", consultation.extend)


def _set_last_day(id: int, act: str, verb: Callable[..., object]) -> Response:
    duty_list, form = current.see(DutyList, id, to=act), ConsultForm()
    if current.send(form, lambda by: verb(id, form.last_day.data, by=by, rev=form.rev.data), duty_list):
        return current.saved(url_for("consultations.show", id=id))
    return current.back(form, _page(id, form))


@bp.post("/lists/<int:id>/consultation/end")
def conclude(id: int) -> Response:
    duty_list, form = current.see(DutyList, id, to="conclude"), ConsultForm()
    reason = form.reason.data
    if current.send(form, lambda by: consultation.conclude(id, by=by, rev=form.rev.data, reason=reason), duty_list):
        return current.saved(url_for("lists.show", id=id))
    return current.back(form, _page(id, form))


# --- answering ----------------------------------------------------------------------------------------------


@bp.get("/opinions/<int:id>")
def opinion(id: int) -> str:
    asked = current.see(Opinion, id)
    return _answer_page(asked, answer_form(asked, formdata=None))


def _answer_page(asked: Opinion, form: Form) -> str:
    duty_list = asked.consultation.duty_list
    spread = owners.spreads(duty_list)
    is_own = {duty: any(post.unit.id == asked.unit_id for post in spread[duty].posts) for duty in duty_list.kept}
    others = [duty for duty in duty_list.kept if not is_own[duty]]
    elsewhere = [form[f"on-{duty.lineage}"] for duty in others]
    return render_template(
        "consultations/opinion.html",
        opinion=asked,
        list=duty_list,
        form=form,
        open=consultation.is_open_to(current.standing(), asked),
        describe=owners.describe,
        concerning=[duty for duty in duty_list.kept if is_own[duty]],
        others=others,
        unfold=len(others) == len(duty_list.kept) or any(field.data or field.errors for field in elsewhere),
    )


@bp.post("/opinions/<int:id>")
def answer(id: int) -> Response:
    asked = current.see(Opinion, id, to="answer")
    form = answer_form(asked)
    what = Answer.AGREES if request.form.get("answer") == Answer.AGREES else Answer.OBJECTS
    said = {name.removeprefix("on-"): field.data for name, field in form._fields.items() if "on-" in name}
    if given := current.send(form, lambda by: consultation.answer(id, what, said, by=by, rev=form.rev.data), asked):
        words = f"已答复：{given.answer.label if given.answer else ''}。截止日期以前可以修改。"
        return current.saved(url_for("consultations.opinion", id=id), words)
    return current.back(form, _answer_page(asked, form))
