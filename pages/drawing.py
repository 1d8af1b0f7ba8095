"""从分工生成: what a unit's leaders are in charge of, shown as it would come into a 成员 list; nothing is saved before that."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from wtforms import SelectField

from checklist import access, clock
from checklist.lists import drawing, owners
from checklist.refusal import Refused
from models import DutyList, ListState, Tier, Unit
from pages import current
from pages.forms import Form, Line, Year

bp = Blueprint("drawing", __name__, url_prefix="/lists")


class DrawForm(Form):
    unit = SelectField("单位", coerce=int, choices=current.units_to_draft_for)
    name = Line("清单名称", 120, lacking="请填写清单名称，例如：班子成员责任清单。")
    year = Year()


def _chosen() -> dict[int, str]:
    """Return the leaders that were checked, each with the digest of what the page showed."""
    pairs = (value.partition("-") for value in request.form.getlist("member"))
    return {int(id): digest for id, _, digest in pairs if id.isdecimal()}


# --- a new list ---------------------------------------------------------------------------------------------


@bp.get("/drawing")
def ask() -> str:
    current.insist_on_clerk()
    return _ask(DrawForm(year=clock.today().year))


def _ask(form: DrawForm) -> str:
    return render_template("drawing/ask.html", form=form)


@bp.post("/drawing")
def preview() -> Response:
    current.insist_on_clerk()
    form = DrawForm()
    return current.back(form, _ask(form)) if not form.validate() else make_response(_preview_new(form))


@bp.post("/drawing/confirmation")
def begin() -> Response:
    current.insist_on_clerk()
    form, chosen = DrawForm(), _chosen()
    unit, name, year = form.unit.data, form.name.data, form.year.data or 0
    if begun := current.send(form, lambda by: drawing.begin(unit, chosen, name=name, year=year, by=by), DutyList):
        return _drawn(begun)
    return current.back(form, _preview_new(form, set(chosen)) if form.is_whole else _ask(form))


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
    """Return a draft of a 成员 list that this person may edit. Raises Unseen, NotYours, Refused."""
    duty_list = current.see(DutyList, id)
    access.require(current.actor(), "edit", duty_list)
    if duty_list.tier is not Tier.MEMBER or duty_list.state is not ListState.DRAFT:
        raise Refused("只有成员责任清单的草稿可以从分工生成。", duty_list)
    return duty_list


@bp.post("/<int:id>/drawing")
def draw(id: int) -> Response:
    duty_list, form, chosen = current.see(DutyList, id, to="draw"), Form(), _chosen()
    if current.send(form, lambda by: drawing.draw(id, chosen, by=by, rev=form.rev.data), duty_list):
        return _drawn(duty_list)
    return current.back(form, _preview(_drawable(id), form, set(chosen)))


def _preview(duty_list: DutyList, form: Form, chosen: set[int] | None = None) -> str:
    form.rev.data, form.rev.raw_data = duty_list.rev, None
    members = drawing.members(duty_list.unit, duty_list.year, duty_list)
    shown = {"name": duty_list.name, "unit": duty_list.unit, "year": duty_list.year, "keep": ()}
    action, back = url_for("drawing.draw", id=duty_list.id), url_for("lists.show", id=duty_list.id)
    return _page(form, members, chosen, action=action, back=back, draft=duty_list, **shown)


def _page(form: Form, members: list[drawing.Member], chosen: set[int] | None, **shown: Any) -> str:
    """Return what would come, every leader checked at first."""
    checked = {member.post.id for member in members} if chosen is None else chosen
    shown |= {"sources": drawing.sources(shown["unit"], shown["year"]), "title": owners.title}
    shown["units"] = current.standing().county.units
    return render_template("drawing/preview.html", form=form, members=members, checked=checked, **shown)


def _drawn(duty_list: DutyList) -> Response:
    words = f"已生成，清单现有 {len(duty_list.kept)} 项。请逐项核对文字和频次，再提交。"
    return current.saved(url_for("lists.show", id=duty_list.id), words)
