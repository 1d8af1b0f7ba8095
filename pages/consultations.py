"""征求意见: what the clerk asks and hears, and what a unit answers row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from wtforms import DateField, TextAreaField
from wtforms.validators import Length, Optional

from checklist import access, lists
from checklist.lists import consultation, owners
from checklist.refusal import Malformed, Refused
from models import Answer, DutyList, ListState, Opinion
from pages import current
from pages.forms import Form, tidy

bp = Blueprint("consultations", __name__)
LONGEST = Length(max=1000, message="不超过 1000 字。")


class ConsultForm(Form):
    last_day = DateField("答复截止日期", [Optional()], description="这一天结束以后不能再答复。一般留三个工作日。")


def answer_form(opinion: Opinion, **kwargs: Any) -> Form:
    """A field on-<lineage> for each row of the draft, with what the unit has said so far."""

    class AnswerForm(Form):
        pass

    said: dict[str, Any] = {"rev": opinion.rev}
    for duty in opinion.consultation.duty_list.kept:
        field = TextAreaField(f"对第 {duty.position} 项的意见", [LONGEST], filters=[tidy], render_kw={"rows": 2})
        setattr(AnswerForm, f"on-{duty.lineage}", field)
        said[f"on-{duty.lineage}"] = opinion.objections.get(duty.lineage, "")
    return AnswerForm(data=said, **kwargs)


# --- asking and hearing -------------------------------------------------------------------------------------


@bp.get("/lists/<int:id>/consultation")
def show(id: int) -> str:
    return _page(_heard(id))


def _heard(id: int) -> DutyList:
    found = access.see(current.actor(), DutyList, id)
    access.require(current.actor(), "hear", found)
    return found


def _page(found: DutyList, form: Form | None = None) -> str:
    standing, latest = current.standing(), consultation.latest(found)
    steps = {v for v, m in lists.LIST_MOVES.items() if m.before is found.state and access.may(standing, v, found)}
    form = form or ConsultForm(formdata=None, rev=found.rev)
    form.nonce.data = form.nonce.data or current.new_nonce()
    return render_template(
        "consultations/show.html",
        list=found,
        moves=steps,
        form=form,
        asked=consultation.asked(found),
        consultation=latest,
        silent=consultation.silent(latest) if latest else [],
        may_extend=found.state is ListState.CONSULTING and access.may(standing, "extend", found),
        may_end=latest is not None and consultation.may_end(latest),
        rows={duty.lineage: duty for duty in found.duties},
    )


@bp.post("/lists/<int:id>/consultation")
def consult(id: int) -> Response:
    return _set_last_day(id, consultation.consult)


@bp.post("/lists/<int:id>/consultation/last-day")
def extend(id: int) -> Response:
    return _set_last_day(id, consultation.extend)


def _set_last_day(id: int, verb: Callable[..., object]) -> Response:
    form = ConsultForm()
    by, day, rev = current.actor(), form.last_day.data, form.rev.data
    return current.change(
        form,
        lambda: verb(id, day, by=by, rev=rev),
        lambda: _page(_heard(id), form),
        url_for("consultations.show", id=id),
    )


@bp.post("/lists/<int:id>/consultation/end")
def conclude(id: int) -> Response:
    form = ConsultForm()  # where it cannot be ended, the page offers another day
    by, rev = current.actor(), form.rev.data
    return current.change(
        form,
        lambda: consultation.conclude(id, by=by, rev=rev),
        lambda: _page(_heard(id), form),
        url_for("lists.show", id=id),
    )


# --- answering ----------------------------------------------------------------------------------------------


@bp.get("/opinions/<int:id>")
def opinion(id: int) -> str:
    found = access.see(current.actor(), Opinion, id)
    return _answer_page(found, answer_form(found, formdata=None))


def _answer_page(found: Opinion, form: Form) -> str:
    form.nonce.data = form.nonce.data or current.new_nonce()
    duty_list = found.consultation.duty_list
    spread = owners.spreads(duty_list)
    is_own = {duty: any(post.unit == found.unit for post in spread[duty].posts) for duty in duty_list.kept}
    others = [duty for duty in duty_list.kept if not is_own[duty]]
    elsewhere = [form[f"on-{duty.lineage}"] for duty in others]
    return render_template(
        "consultations/opinion.html",
        opinion=found,
        list=duty_list,
        form=form,
        open=found in consultation.open_to(current.standing()),
        describe=owners.describe,
        concerning=[duty for duty in duty_list.kept if is_own[duty]],
        others=others,
        unfold=len(others) == len(duty_list.kept) or any(field.data or field.errors for field in elsewhere),
    )


@bp.post("/opinions/<int:id>")
def answer(id: int) -> Response:
    found = access.see(current.actor(), Opinion, id)
    form = answer_form(found)
    what = Answer.AGREES if request.form.get("answer") == Answer.AGREES else Answer.OBJECTS
    said = {name.removeprefix("on-"): field.data or "" for name, field in form._fields.items() if "on-" in name}
    try:
        if not form.validate():
            return make_response(_answer_page(found, form), 422)
        by, rev = current.actor(), form.rev.data
        found = current.once(lambda: consultation.answer(id, what, said, by=by, rev=rev), Opinion, id)
    except (Malformed, Refused) as problem:
        if not problem.can_be_mended:
            raise
        form.blame(problem)
        found = access.see(current.actor(), Opinion, id)
        form.rev.data, form.rev.raw_data = found.rev, None
        return make_response(_answer_page(found, form), problem.status)
    flash(f"已答复：{found.answer.label if found.answer else ''}。截止日期以前可以修改。")
    return current.redirect_to("consultations.opinion", id=id)
