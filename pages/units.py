"""单位: the county's tree and one unit, kept by the system administrator."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, Response, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, SelectChoice, SelectField

from checklist import access
from checklist.actor import Actor
from checklist.county import units
from models import Post, PostKind, Unit, UnitKind, db
from pages import current
from pages.forms import EndForm, Form, Line, options

bp = Blueprint("units", __name__, url_prefix="/units")


class UnitForm(Form):
    code = Line("单位代码", 32, description="大写字母、数字、横线，例如 QH-CZJ；定了不能改。")
    name = Line("单位名称", 80)
    short_name = Line("简称", 20, description="讲话里怎么称呼它，例如“财政”。")
    kind = SelectField("类型", choices=options((k, k.label) for k in UnitKind))


def _reviewers() -> list[SelectChoice]:
    posts = db.session.scalars(
        select(Post).where(Post.until_day.is_(None)).options(joinedload(Post.unit)).order_by(Post.id)
    )
    return options([("", "按上下级关系确定"), *((post.id, post.title) for post in posts)])


class PostForm(Form):
    name = Line("岗位名称", 80)
    kind = SelectField("岗位类别", choices=options((k, k.label) for k in PostKind))
    is_secretary = BooleanField("是本单位党委（党组）书记")
    reviewer = SelectField(
        "由谁审核", choices=_reviewers, description="一般不用选，由书记、分管领导或上级单位书记审核。"
    )


@bp.get("/")
def index() -> str:
    current.insist_on_keeper()
    standing = [unit for unit in db.session.scalars(select(Unit).order_by(Unit.code)) if units.is_open(unit)]
    below: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in standing:
        below[unit.parent_id].append(unit)
    posts: dict[int, list[units.Office]] = defaultdict(list)
    for office in units.offices():
        if units.is_open(office.post):
            posts[office.post.unit_id].append(office)
    return render_template("units/index.html", root=access.county(), below=below, posts=posts)


@bp.get("/<int:id>")
def show(id: int) -> str:
    return _page(current.see(Unit, id))


def _page(unit: Unit, **refused: Form) -> str:
    """Return a unit's page; `refused` is the form of it that was not accepted, by its name in the template."""
    current.insist_on_keeper()
    offices = units.offices(Post.unit_id == unit.id)
    forms = {"founding": UnitForm(formdata=None), "adding": PostForm(formdata=None), "ending": EndForm.from_today()}
    return render_template(
        "units/unit.html", unit=unit, offices=offices, lasts=units.is_open(unit), **(forms | refused)
    )


@bp.post("/<int:id>/units")
def found(id: int) -> Response:
    above, form = current.see(Unit, id, to="unit.found"), UnitForm()

    def verb(by: Actor) -> Unit:
        code, name, short = form.code.data, form.name.data, form.short_name.data
        return units.add_unit(code, name, UnitKind(form.kind.data), by=by, short_name=short, parent=above)

    if current.send(form, verb, Unit):
        return current.saved(url_for("units.show", id=id))
    return current.back(form, _page(above, founding=form))


@bp.post("/<int:id>/end")
def end(id: int) -> Response:
    unit, form = current.see(Unit, id, to="unit.end"), EndForm()
    if current.send(form, lambda by: units.end_unit(id, form.until_day.data, by=by), unit):
        return current.saved(url_for("units.index"))
    return current.back(form, _page(unit, ending=form))


@bp.post("/<int:id>/posts")
def add_post(id: int) -> Response:
    unit, form = current.see(Unit, id, to="post.add"), PostForm()

    def verb(by: Actor) -> Post:
        kind, secretary = PostKind(form.kind.data), form.is_secretary.data
        reviewer = access.load(Post, int(form.reviewer.data)) if form.reviewer.data else None
        return units.add_post(id, form.name.data, kind, by=by, is_secretary=secretary, reviewer=reviewer)

    if current.send(form, verb, Post):
        return current.saved(url_for("units.show", id=id))
    return current.back(form, _page(unit, adding=form))
