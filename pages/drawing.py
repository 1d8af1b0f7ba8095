"""从分工生成: what a unit's leaders are in charge of, shown as it would come into a 成员 list; nothing is saved before that."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from checklist import access, clock
from checklist.lists import drawing, owners
from checklist.refusal import Malformed, Refused, Repeated
from models import DutyList, ListState, Tier, Unit
from pages import current
from pages.forms import Form, tidy

bp = Blueprint("drawing", __name__, url_prefix="/lists")


class DrawForm(Form):
    unit = SelectField("单位", coerce=int)
    name = StringField(
        "清单名称", [InputRequired("请填写清单名称，例如：班子成员责任清单。"), Length(max=120)], filters=[tidy]
    )
    year = IntegerField("年度", [InputRequired("请填写年度。"), NumberRange(2000, 2100, "请填写四位数的年份。")])


def _chosen() -> dict[int, str]:
    """The leaders that were checked, each with the digest of what the page showed."""
    pairs = (value.partition("-") for value in request.form.getlist("member"))
    return {int(id): digest for id, _, digest in pairs if id.isdecimal()}


# --- a new list ---------------------------------------------------------------------------------------------


@bp.get("/drawing")
def ask() -> str:
    current.insist_on_clerk()
    return _ask(_form(year=clock.today().year))


def _ask(form: DrawForm) -> str:
    return render_template("drawing/ask.html", form=form)


@bp.post("/drawing")
def preview() -> Response:
    current.insist_on_clerk()
    form = _form()
    if not form.validate():
        return make_response(_ask(form), 422)
    return make_response(_preview_new(form))


@bp.post("/drawing/confirmation")
def begin() -> Response:
    current.insist_on_clerk()
    form, chosen = _form(), _chosen()
    if not form.validate():
        return make_response(_ask(form), 422)
    try:
        name, year = form.name.data or "", form.year.data or 0
        duty_list = current.once(
            lambda: drawing.begin(form.unit.data, chosen, name=name, year=year, by=current.actor()), DutyList
        )
    except (Malformed, Refused) as problem:
        if not problem.can_be_mended:
            raise
        form.blame(problem)
        page = _ask(form) if form.name.errors else _preview_new(form, set(chosen))
        return make_response(page, problem.status)
    return _drawn(duty_list)


def _form(**given: int) -> DrawForm:
    form = DrawForm(**given)
    current.offer_units(form.unit)
    return form


def _preview_new(form: DrawForm, chosen: set[int] | None = None) -> str:
    unit, year = access.load(Unit, form.unit.data), form.year.data or 0
    shown = {"name": form.name.data, "unit": unit, "year": year, "keep": (form.unit, form.name, form.year)}
    members = drawing.members(unit, year)
    action, back = url_for("drawing.begin"), url_for("drawing.ask")
    return _page(form, members, chosen, action=action, back=back, draft=None, **shown)


# --- a draft ------------------------------------------------------------------------------------------------


@bp.get("/<int:id>/drawing")
def show(id: int) -> str:
    return _preview(_drawable(id), Form(formdata=None))


def _drawable(id: int) -> DutyList:
    """A draft of a 成员 list that this person may edit. Raises Unseen, NotYours, Refused."""
    found = access.see(current.actor(), DutyList, id)
    access.require(current.actor(), "edit", found)
    if found.tier is not Tier.MEMBER or found.state is not ListState.DRAFT:
        raise Refused("只有成员责任清单的草稿可以从分工生成。", found)
    return found


@bp.post("/<int:id>/drawing")
def draw(id: int) -> Response:
    found, form, chosen = _drawable(id), Form(), _chosen()
    try:
        form.validate()
        found = drawing.draw(id, chosen, by=current.actor(), rev=form.rev.data)
    except Repeated:
        pass  # its rows may have been the only ones to change: there is nothing of the list's own to look up
    except (Malformed, Refused) as problem:
        if not problem.can_be_mended:
            raise
        form.blame(problem)
        return make_response(_preview(_drawable(id), form, set(chosen)), problem.status)
    return _drawn(found)


def _preview(found: DutyList, form: Form, chosen: set[int] | None = None) -> str:
    form.rev.data, form.rev.raw_data = found.rev, None
    members = drawing.members(found.unit, found.year, found)
    shown = {"name": found.name, "unit": found.unit, "year": found.year, "keep": ()}
    action, back = url_for("drawing.draw", id=found.id), url_for("lists.show", id=found.id)
    return _page(form, members, chosen, action=action, back=back, draft=found, **shown)


def _page(form: Form, members: list[drawing.Member], chosen: set[int] | None, **shown: Any) -> str:
    """What would come, every leader checked at first."""
    form.nonce.data = form.nonce.data or current.new_nonce()
    checked = {member.post.id for member in members} if chosen is None else chosen
    shown |= {
        "sources": drawing.sources(shown["unit"], shown["year"]),
        "titles": owners.titles([member.post for member in members]),
    }
    return render_template("drawing/preview.html", form=form, members=members, checked=checked, **shown)


def _drawn(duty_list: DutyList) -> Response:
    flash(f"已生成，清单现有 {len(duty_list.kept)} 项。请逐项核对文字和频次，再提交。")
    return current.redirect_to("lists.show", id=duty_list.id)
