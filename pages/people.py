"""人员与授权: accounts, kept by the system administrator, and roles, granted by the security administrator."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for
from sqlalchemy import select
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from checklist import access, clock
from checklist.access import reviewing
from checklist.county import accounts, units
from checklist.refusal import Malformed, Repeated
from models import Grant, Role, Tenure, User, db
from pages import current
from pages.forms import Form, options, tidy

bp = Blueprint("people", __name__, url_prefix="/people")


class AccountForm(Form):
    login = StringField("登录名", filters=[tidy], description="小写字母、数字、点、横线，例如 zhou.gl。")
    name = StringField("姓名", [Length(max=40, message="姓名不超过 40 字。")], filters=[tidy])


class GrantForm(Form):
    role = SelectField(
        "角色", [InputRequired("请选择角色。")], choices=options([("", "请选择"), *((r, r.label) for r in Role)])
    )
    unit = SelectField("适用单位（及其下级）", coerce=int)
    from_day = DateField("从", [InputRequired("请填写开始日期。")])
    until_day = DateField("到（不含）", [Optional()], description="空着就是长期。")


def _may() -> set[str]:
    """What this person may do for the whole county: keep accounts or grant roles. Raises NotYours for others."""
    county, standing = access.county(), current.standing()
    may = {verb for verb in ("keep", "grant") if access.may(standing, verb, county)}
    if not may:
        access.require(current.actor(), "keep", county)
    return may


@bp.get("/")
def index() -> str:
    return _index_page(AccountForm(formdata=None))


def _index_page(form: AccountForm) -> str:
    may = _may()
    people = db.session.scalars(select(User).order_by(User.disabled_at.is_not(None), User.login)).all()
    shown = {"tenures": _by_user(Tenure), "grants": _by_user(Grant)}
    return render_template("people/index.html", people=people, form=form, may=may, **shown)


def _by_user(kind: Any) -> dict[User, list[Any]]:
    found: dict[User, list[Any]] = {}
    for row in db.session.scalars(select(kind).where(*reviewing.in_force(kind, clock.today())).order_by(kind.id)):
        found.setdefault(row.user, []).append(row)
    return found


@bp.post("/")
def create() -> Response:
    form = AccountForm()
    if form.validate():
        try:
            made = accounts.create(form.login.data, form.name.data, by=current.actor(), home=access.county())
        except Malformed as problem:
            form.blame(problem)
        except Repeated:
            return _shown_already()
        else:
            return _show_password_once(*made)
    return make_response(_index_page(form), 422)


def _show_password_once(user: User, password: str) -> Response:
    """On the answer itself: a first password belongs into no address, cookie or log."""
    return make_response(render_template("people/password.html", user=user, password=password))


def _shown_already() -> Response:
    flash("这一步已经办过了。初始密码只显示一次，没有记下的话，请重置密码。")
    return current.redirect_to("people.index")


@bp.get("/<int:id>")
def show(id: int) -> str:
    return _page(access.load(User, id), GrantForm(formdata=None, from_day=clock.today()))


def _page(user: User, form: GrantForm) -> str:
    standing = current.standing()
    may = _may() | {verb for verb in ("keep", "unlock") if access.may(standing, verb, user)}
    form.unit.choices = _units()
    grants = db.session.scalars(select(Grant).where(Grant.user_id == user.id).order_by(Grant.id.desc())).all()
    posts = [tenure.post for tenure in access.tenures_of(user)]
    shown = {"posts": posts, "grants": grants, "today": clock.today()}
    return render_template("people/person.html", user=user, form=form, may=may, **shown)


def _units() -> list[SelectChoice]:
    return options((unit.id, unit.name) for unit in units.open_units())


@bp.post("/<int:id>/password")
def reset_password(id: int) -> Response:
    try:
        password = accounts.reset_password(id, by=current.actor())
    except Repeated:
        return _shown_already()
    return _show_password_once(access.load(User, id), password)


@bp.post("/<int:id>/disable")
def disable(id: int) -> Response:
    current.once(lambda: accounts.disable(id, by=current.actor()), User, id)
    flash("账号已停用，正在使用的登录已退出。")
    return current.redirect_to("people.show", id=id)


@bp.post("/<int:id>/enable")
def enable(id: int) -> Response:
    current.once(lambda: accounts.enable(id, by=current.actor()), User, id)
    flash("账号已启用。")
    return current.redirect_to("people.show", id=id)


@bp.post("/<int:id>/unlock")
def unlock(id: int) -> Response:
    current.once(lambda: accounts.unlock(id, by=current.actor()), User, id)
    flash("登录限制已解除。")
    return current.redirect_to("people.show", id=id)


@bp.post("/<int:id>/grants")
def grant(id: int) -> Response:
    form = GrantForm()
    form.unit.choices = _units()
    return current.change(
        form,
        lambda: accounts.grant(
            id, Role(form.role.data), form.unit.data, form.from_day.data, form.until_day.data, by=current.actor()
        ),
        lambda: _grant_page(id, form),
        url_for("people.show", id=id),
    )


def _grant_page(id: int, form: GrantForm) -> str:
    """Once more, for whoever may grant at all; others are not asked to mend a form. The verb logs whom it refuses."""
    access.require(current.actor(), "grant", access.county())
    return _page(access.load(User, id), form)


@bp.post("/grants/<int:id>/end")
def revoke(id: int) -> Response:
    ended = current.once(lambda: accounts.revoke(id, by=current.actor()), Grant, id)
    flash("授权已收回。")
    return current.redirect_to("people.show", id=ended.user_id)
