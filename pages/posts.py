"""岗位: one post, who holds it, who prepares for it, and what it is in charge of; kept by the system administrator."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, url_for
from sqlalchemy import select
from wtforms import BooleanField, DateField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from checklist import clock, picture
from checklist.actor import Actor
from checklist.county import units
from models import Liaison, Portfolio, Post, Tenure, Unit, User, db
from pages import current
from pages.forms import EndForm, Form, options

bp = Blueprint("posts", __name__)

CHOOSE = ("", "请选择")


def _people() -> list[SelectChoice]:
    people = db.session.scalars(select(User).where(User.disabled_at.is_(None)).order_by(User.login))
    return options([CHOOSE, *((user.id, f"{user.name}（{user.login}）") for user in people)])


class AppointForm(Form):
    user = SelectField("人员", [InputRequired("请选择人员。")], choices=_people)
    from_day = DateField("任职日期", [InputRequired("请填写任职日期。")])
    acting = BooleanField("代理或主持工作")


class LiaisonForm(Form):
    user = SelectField("联络员", [InputRequired("请选择联络员。")], choices=_people)


class ChargeForm(Form):
    unit = SelectField("分管单位", [InputRequired("请选择分管单位。")])


def _charge_form(above: Unit, **kwargs: Any) -> ChargeForm:
    form = ChargeForm(**kwargs)
    county = picture.current()
    below = [unit for unit in units.open_units() if above.id in county.units[unit.id].line[1:]]
    form.unit.choices = options([CHOOSE, *((unit.id, unit.name) for unit in below)])
    return form


# --- the post -----------------------------------------------------------------------------------------------


@bp.get("/posts/<int:id>")
def show(id: int) -> str:
    return _page(current.see(Post, id))


def _page(post: Post, **refused: Form) -> str:
    """Return a post's page; `refused` is the form of it that was not accepted, by its name in the template."""
    current.insist_on_keeper()
    forms = {
        "appointing": AppointForm(formdata=None, from_day=clock.today()),
        "leaving": EndForm.from_today(),
        "ending": EndForm.from_today(),
        "preparing": LiaisonForm(formdata=None),
        "charging": _charge_form(post.unit, formdata=None),
    }
    (office,) = units.offices(Post.id == post.id)
    lasts = units.is_open(post)
    return render_template("posts/post.html", office=office, lasts=lasts, **(forms | refused))


def _saved(post_id: int, words: str = "已保存。") -> Response:
    return current.saved(url_for("posts.show", id=post_id), words)


@bp.post("/posts/<int:id>/end")
def end(id: int) -> Response:
    post, form = current.see(Post, id, to="post.end"), EndForm()
    if current.send(form, lambda by: units.end_post(id, form.until_day.data, by=by), post):
        return current.saved(url_for("units.show", id=post.unit_id))
    return current.back(form, _page(post, ending=form))


# --- what is dated: tenures, liaisons, charges --------------------------------------------------------------


@bp.post("/posts/<int:id>/tenures")
def appoint(id: int) -> Response:
    post, form = current.see(Post, id, to="appoint"), AppointForm()

    def verb(by: Actor) -> Tenure:
        return units.appoint(int(form.user.data), id, form.from_day.data, by=by, acting=form.acting.data)

    if current.send(form, verb, Tenure):
        return _saved(id)
    return current.back(form, _page(post, appointing=form))


@bp.post("/tenures/<int:id>/end")
def end_tenure(id: int) -> Response:
    tenure, form = current.see(Tenure, id, to="end_tenure"), EndForm()
    if current.send(form, lambda by: units.end_tenure(id, form.until_day.data, by=by), tenure):
        return _saved(tenure.post_id)
    return current.back(form, _page(tenure.post, leaving=form))


@bp.post("/posts/<int:id>/liaisons")
def make_liaison(id: int) -> Response:
    post, form = current.see(Post, id, to="make_liaison"), LiaisonForm()
    if current.send(form, lambda by: units.make_liaison(int(form.user.data), id, by=by), Liaison):
        return _saved(id)
    return current.back(form, _page(post, preparing=form))


@bp.post("/liaisons/<int:id>/end")
def end_liaison(id: int) -> Response:
    liaison = current.see(Liaison, id, to="end_liaison")
    current.press(lambda by, _: units.end_liaison(id, by=by), liaison)
    return _saved(liaison.post_id, "已解除联络员。")


@bp.post("/posts/<int:id>/charges")
def put_in_charge(id: int) -> Response:
    post = current.see(Post, id, to="put_in_charge")
    form = _charge_form(post.unit)
    if current.send(form, lambda by: units.put_in_charge(id, int(form.unit.data), by=by), Portfolio):
        return _saved(id)
    return current.back(form, _page(post, charging=form))


@bp.post("/charges/<int:id>/end")
def end_charge(id: int) -> Response:
    charge = current.see(Portfolio, id, to="end_charge")
    current.press(lambda by, _: units.end_charge(id, by=by), charge)
    return _saved(charge.post_id, "已解除分管。")
