"""单位与岗位: the county's tree, one unit, one post; kept by the system administrator."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, render_template, url_for
from sqlalchemy import select
from wtforms import BooleanField, DateField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from checklist import access, clock
from checklist.county import units
from checklist.lists import owners
from models import Liaison, Portfolio, Post, PostKind, Tenure, Unit, UnitKind, User, db
from pages import current
from pages.forms import Form, options, tidy

bp = Blueprint("units", __name__)

CHOOSE = ("", "请选择")


class UnitForm(Form):
    code = StringField("单位代码", filters=[tidy], description="大写字母、数字、横线，例如 QH-CZJ；定了不能改。")
    name = StringField("单位名称", [Length(max=80, message="单位名称不超过 80 字。")], filters=[tidy])
    short_name = StringField(
        "简称",
        [Length(max=20, message="简称不超过 20 字。")],
        filters=[tidy],
        description="讲话里怎么称呼它，例如“财政”。",
    )
    kind = SelectField("类型", choices=options((k, k.label) for k in UnitKind))


class PostForm(Form):
    name = StringField("岗位名称", [Length(max=80, message="岗位名称不超过 80 字。")], filters=[tidy])
    kind = SelectField("岗位类别", choices=options((k, k.label) for k in PostKind))
    is_secretary = BooleanField("是本单位党委（党组）书记")
    reviewer = SelectField("由谁审核", description="一般不用选，由书记、分管领导或上级单位书记审核。")


class AppointForm(Form):
    user = SelectField("人员", [InputRequired("请选择人员。")])
    from_day = DateField("任职日期", [InputRequired("请填写任职日期。")])
    acting = BooleanField("代理或主持工作")


class EndForm(Form):
    until_day = DateField("自哪天起不再有效", [InputRequired("请填写日期。")])


class LiaisonForm(Form):
    user = SelectField("联络员", [InputRequired("请选择联络员。")])


class ChargeForm(Form):
    unit = SelectField("分管单位", [InputRequired("请选择分管单位。")])


# --- pages --------------------------------------------------------------------------------------------------


def _only_for_the_keeper() -> None:
    """Others see of this what concerns them on their own pages. Verbs ask for themselves, and log whom they refuse."""
    access.require(current.actor(), "keep", access.county())


@bp.get("/units/")
def index() -> str:
    _only_for_the_keeper()
    standing = [unit for unit in db.session.scalars(select(Unit).order_by(Unit.code)) if _lasts(unit)]
    below = {unit: [u for u in standing if u.parent == unit] for unit in standing}
    offices = [office for office in units.offices() if _lasts(office.post)]
    posts = {unit: [o for o in offices if o.post.unit == unit] for unit in standing}
    return render_template("units/index.html", root=access.county(), below=below, posts=posts)


def _lasts(row: Unit | Post) -> bool:
    return owners.is_open(row, clock.today())


@bp.get("/units/<int:id>")
def show(id: int) -> str:
    return _unit_page(access.load(Unit, id))


def _unit_page(unit: Unit, **forms: Form) -> str:
    _only_for_the_keeper()
    offices = [office for office in units.offices() if office.post.unit == unit]
    blank = {"founding": UnitForm(formdata=None), "adding": PostForm(formdata=None), "ending": _ending()}
    shown: dict[str, Any] = blank | forms
    shown["adding"].reviewer.choices = _reviewers()
    return render_template("units/unit.html", unit=unit, offices=offices, lasts=_lasts(unit), **shown)


def _ending() -> EndForm:
    return EndForm(formdata=None, until_day=clock.today())


@bp.get("/posts/<int:id>")
def post(id: int) -> str:
    return _post_page(access.load(Post, id))


def _post_page(post: Post, **forms: Form) -> str:
    _only_for_the_keeper()
    blank: dict[str, Any] = {
        "appointing": AppointForm(formdata=None, from_day=clock.today()),
        "leaving": _ending(),
        "ending": _ending(),
        "preparing": LiaisonForm(formdata=None),
        "charging": ChargeForm(formdata=None),
    }
    shown = blank | forms
    shown["appointing"].user.choices = shown["preparing"].user.choices = _people()
    shown["charging"].unit.choices = _units_below(post.unit)
    office = next(office for office in units.offices() if office.post == post)
    return render_template("units/post.html", office=office, lasts=_lasts(post), **shown)


def _people() -> list[SelectChoice]:
    people = db.session.scalars(select(User).where(User.disabled_at.is_(None)).order_by(User.login))
    return options([CHOOSE, *((user.id, f"{user.name}（{user.login}）") for user in people)])


def _reviewers() -> list[SelectChoice]:
    posts = db.session.scalars(select(Post).where(Post.until_day.is_(None)).order_by(Post.id))
    return options([("", "按上下级关系确定"), *((post.id, post.title) for post in posts)])


def _units_below(above: Unit) -> list[SelectChoice]:
    below = [unit for unit in units.open_units() if above in unit.line()[1:]]
    return options([CHOOSE, *((unit.id, unit.name) for unit in below)])


# --- changes ------------------------------------------------------------------------------------------------


@bp.post("/units/<int:id>/units")
def found(id: int) -> Response:
    form, above = UnitForm(), access.load(Unit, id)
    return current.change(
        form,
        lambda: units.add_unit(
            form.code.data,
            form.name.data,
            UnitKind(form.kind.data),
            by=current.actor(),
            short_name=form.short_name.data,
            parent=above,
        ),
        lambda: _unit_page(access.load(Unit, id), founding=form),
        url_for("units.show", id=id),
    )


@bp.post("/units/<int:id>/end")
def end(id: int) -> Response:
    form = EndForm()
    return current.change(
        form,
        lambda: units.end_unit(id, form.until_day.data, by=current.actor()),
        lambda: _unit_page(access.load(Unit, id), ending=form),
        url_for("units.index"),
    )


@bp.post("/units/<int:id>/posts")
def add_post(id: int) -> Response:
    form = PostForm()
    form.reviewer.choices = _reviewers()
    return current.change(
        form,
        lambda: units.add_post(
            id,
            form.name.data,
            PostKind(form.kind.data),
            by=current.actor(),
            is_secretary=form.is_secretary.data,
            reviewer=access.load(Post, int(form.reviewer.data)) if form.reviewer.data else None,
        ),
        lambda: _unit_page(access.load(Unit, id), adding=form),
        url_for("units.show", id=id),
    )


@bp.post("/posts/<int:id>/end")
def end_post(id: int) -> Response:
    form, unit = EndForm(), access.load(Post, id).unit
    return current.change(
        form,
        lambda: units.end_post(id, form.until_day.data, by=current.actor()),
        lambda: _post_page(access.load(Post, id), ending=form),
        url_for("units.show", id=unit.id),
    )


@bp.post("/posts/<int:id>/tenures")
def appoint(id: int) -> Response:
    form = AppointForm()
    form.user.choices = _people()
    return current.change(
        form,
        lambda: units.appoint(int(form.user.data), id, form.from_day.data, by=current.actor(), acting=form.acting.data),
        lambda: _post_page(access.load(Post, id), appointing=form),
        url_for("units.post", id=id),
    )


@bp.post("/tenures/<int:id>/end")
def end_tenure(id: int) -> Response:
    form, held = EndForm(), access.load(Tenure, id).post_id
    return current.change(
        form,
        lambda: units.end_tenure(id, form.until_day.data, by=current.actor()),
        lambda: _post_page(access.load(Post, held), leaving=form),
        url_for("units.post", id=held),
    )


@bp.post("/posts/<int:id>/liaisons")
def make_liaison(id: int) -> Response:
    form = LiaisonForm()
    form.user.choices = _people()
    return current.change(
        form,
        lambda: units.make_liaison(int(form.user.data), id, by=current.actor()),
        lambda: _post_page(access.load(Post, id), preparing=form),
        url_for("units.post", id=id),
    )


@bp.post("/liaisons/<int:id>/end")
def end_liaison(id: int) -> Response:
    ended = current.once(lambda: units.end_liaison(id, by=current.actor()), Liaison, id)
    flash("已解除联络员。")
    return current.redirect_to("units.post", id=ended.post_id)


@bp.post("/posts/<int:id>/charges")
def put_in_charge(id: int) -> Response:
    form = ChargeForm()
    form.unit.choices = _units_below(access.load(Post, id).unit)
    return current.change(
        form,
        lambda: units.put_in_charge(id, int(form.unit.data), by=current.actor()),
        lambda: _post_page(access.load(Post, id), charging=form),
        url_for("units.post", id=id),
    )


@bp.post("/charges/<int:id>/end")
def end_charge(id: int) -> Response:
    ended = current.once(lambda: units.end_charge(id, by=current.actor()), Portfolio, id)
    flash("已解除分管。")
    return current.redirect_to("units.post", id=ended.post_id)
