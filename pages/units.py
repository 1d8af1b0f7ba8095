"""单位与岗位: the county's tree, one unit, one post; kept by the system administrator."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for
from sqlalchemy import select
from wtforms import BooleanField, DateField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired

from checklist import access, clock, units
from models import Liaison, Portfolio, Post, PostKind, Tenure, Unit, UnitKind, User, db
from pages import current
from pages.forms import Form, options, tidy

bp = Blueprint("units", __name__)


class UnitForm(Form):
    code = StringField("单位代码", filters=[tidy], description="大写字母、数字、横线，例如 QH-CZJ；定了不能改。")
    name = StringField("单位名称", filters=[tidy])
    short_name = StringField("简称", filters=[tidy], description="讲话里怎么称呼它，例如“财政”。")
    kind = SelectField("类型", choices=options((k, k.label) for k in UnitKind))


class PostForm(Form):
    name = StringField("岗位名称", filters=[tidy])
    kind = SelectField("岗位类别", choices=options((k, k.label) for k in PostKind))
    is_secretary = BooleanField("是本单位党委（党组）书记")


class AppointForm(Form):
    user = SelectField("人员", coerce=int)
    from_day = DateField("任职日期", [InputRequired("请选择任职日期。")])
    acting = BooleanField("代理或主持工作")


class EndForm(Form):
    until_day = DateField("自哪天起不再有效", [InputRequired("请选择日期。")])


class LiaisonForm(Form):
    user = SelectField("联络员", coerce=int)


class ChargeForm(Form):
    unit = SelectField("分管单位", coerce=int)


# --- pages --------------------------------------------------------------------------------------------------


@bp.before_request
def only_for_the_keeper() -> None:
    """What the system administrator keeps, others see on their own pages as far as it concerns them."""
    root = units.root()
    if root:
        access.require(current.actor(), "keep", root)


@bp.get("/units/")
def index() -> str:
    everything = db.session.scalars(select(Unit).order_by(Unit.code)).all()
    below = {unit: [u for u in everything if u.parent == unit] for unit in everything}
    return render_template("units/index.html", root=units.root(), below=below)


@bp.get("/units/<int:id>")
def show(id: int) -> str:
    return _unit_page(access.load(Unit, id))


def _unit_page(unit: Unit, **forms: Form) -> str:
    posts = db.session.scalars(select(Post).where(Post.unit_id == unit.id).order_by(Post.id)).all()
    shown = {"founding": UnitForm(formdata=None), "adding": PostForm(formdata=None), "ending": _ending()} | forms
    return render_template("units/unit.html", unit=unit, posts=posts, holders=_holders(), **shown)


def _ending() -> EndForm:
    return EndForm(formdata=None, until_day=clock.today())


def _holders() -> dict[Post, Tenure]:
    held = db.session.scalars(select(Tenure).where(*access.in_force(Tenure, clock.today())))
    return {tenure.post: tenure for tenure in held}


@bp.get("/posts/<int:id>")
def post(id: int) -> str:
    return _post_page(access.load(Post, id))


def _post_page(found: Post, **forms: Form) -> str:
    day = clock.today()
    shown: dict[str, Form] = {
        "appointing": AppointForm(formdata=None, from_day=day),
        "leaving": _ending(),
        "ending": _ending(),
        "preparing": LiaisonForm(formdata=None),
        "charging": ChargeForm(formdata=None),
    }
    shown |= forms
    for form in (shown["appointing"], shown["preparing"]):
        form["user"].choices = _people()
    shown["charging"]["unit"].choices = _units_below(found.unit)
    dated = {
        kind.__tablename__: db.session.scalars(
            select(kind).where(kind.post_id == found.id, *access.in_force(kind, day))
        ).all()
        for kind in (Tenure, Liaison, Portfolio)
    }
    return render_template("units/post.html", post=found, reviewer=access.reviewers().get(found), **dated, **shown)


def _people() -> list[SelectChoice]:
    people = db.session.scalars(select(User).where(User.disabled_at.is_(None)).order_by(User.name))
    return options((user.id, f"{user.name}（{user.login}）") for user in people)


def _units_below(unit: Unit) -> list[SelectChoice]:
    below = db.session.scalars(select(Unit).where(Unit.parent_id == unit.id, Unit.until_day.is_(None)))
    return options((u.id, u.name) for u in below)


# --- changes ------------------------------------------------------------------------------------------------


@bp.post("/units/<int:id>/units")
def found(id: int) -> Response:
    form, above = UnitForm(), access.load(Unit, id)
    return current.change(
        form,
        lambda: units.found(
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
    return current.change(
        form,
        lambda: units.add_post(
            id, form.name.data, PostKind(form.kind.data), by=current.actor(), is_secretary=form.is_secretary.data
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
        lambda: units.appoint(form.user.data, id, form.from_day.data, by=current.actor(), acting=form.acting.data),
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
        lambda: units.make_liaison(form.user.data, id, by=current.actor()),
        lambda: _post_page(access.load(Post, id), preparing=form),
        url_for("units.post", id=id),
    )


@bp.post("/liaisons/<int:id>/end")
def end_liaison(id: int) -> Response:
    held = access.load(Liaison, id).post_id
    units.end_liaison(id, by=current.actor())
    return current.redirect_to("units.post", id=held)


@bp.post("/posts/<int:id>/charges")
def put_in_charge(id: int) -> Response:
    form = ChargeForm()
    form.unit.choices = _units_below(access.load(Post, id).unit)
    return current.change(
        form,
        lambda: units.put_in_charge(id, form.unit.data, by=current.actor()),
        lambda: _post_page(access.load(Post, id), charging=form),
        url_for("units.post", id=id),
    )


@bp.post("/charges/<int:id>/end")
def end_charge(id: int) -> Response:
    held = access.load(Portfolio, id).post_id
    units.end_charge(id, by=current.actor())
    return current.redirect_to("units.post", id=held)
