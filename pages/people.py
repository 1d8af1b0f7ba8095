"""人员与授权: accounts, kept by the system administrator, and roles, granted by the security administrator."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, make_response, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import DateField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from checklist import access, clock, picture
from checklist.actor import Actor
from checklist.county import accounts, units
from models import Grant, Role, User, db
from pages import current
from pages.forms import Form, Line, options

bp = Blueprint("people", __name__, url_prefix="/people")


class AccountForm(Form):
    login = Line("登录名", 40, description="小写字母、数字、点、横线，例如 zhou.gl。")
    name = Line("姓名", 40)


def _units() -> list[SelectChoice]:
    return options((unit.id, unit.name) for unit in units.open_units())


class GrantForm(Form):
    role = SelectField(
        "角色", [InputRequired("请选择角色。")], choices=options([("", "请选择"), *((r, r.label) for r in Role)])
    )
    unit = SelectField("适用单位（及其下级）", coerce=int, choices=_units)
    from_day = DateField("从", [InputRequired("请填写开始日期。")])
    until_day = DateField("到（不含）", [Optional()], description="空着就是长期。")


def _may() -> set[str]:
    """Return what this person may do for the whole county: keep accounts, grant roles. Raises NotYours for others."""
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
    return render_template("people/index.html", people=people, form=form, may=may, county=picture.current())


@bp.post("/")
def create() -> Response:
    form = AccountForm()
    login, name = form.login.data, form.name.data
    made = current.send(form, lambda by: accounts.create(login, name, by=by, home=access.county()), User)
    if not made:
        return current.back(form, _index_page(form))
    return _shown_already() if isinstance(made, User) else _show_password_once(*made)


def _show_password_once(user: User, password: str) -> Response:
    """Answer with the password itself: it belongs into no address, cookie or log."""
    return make_response(render_template("people/password.html", user=user, password=password))


def _shown_already() -> Response:
    words = "这一步已经办过了。初始密码只显示一次，没有记下的话，请重置密码。"
    return current.saved(url_for("people.index"), words)


@bp.get("/<int:id>")
def show(id: int) -> str:
    return _page(current.see(User, id), GrantForm(formdata=None, from_day=clock.today()))


def _page(user: User, form: GrantForm) -> str:
    may, standing = _may(), current.standing()
    theirs = select(Grant).where(Grant.user_id == user.id).options(joinedload(Grant.unit))
    grants = db.session.scalars(theirs.order_by(Grant.id.desc())).all()
    return render_template(
        "people/person.html",
        user=user,
        form=form,
        may=may | {verb for verb in ("keep", "unlock") if access.may(standing, verb, user)},
        posts=picture.current().held_by(user.id),
        grants=grants,
        today=clock.today(),
    )


@bp.post("/<int:id>/password")
def reset_password(id: int) -> Response:
    user = current.see(User, id, to="user.reset_password")
    password = current.press(lambda by, _: accounts.reset_password(id, by=by), user)
    return _shown_already() if isinstance(password, User) else _show_password_once(user, password)


@bp.post("/<int:id>/disable")
def disable(id: int) -> Response:
    return _press(id, "user.disable", accounts.disable, "账号已停用，正在使用的登录已退出。")


@bp.post("/<int:id>/enable")
def enable(id: int) -> Response:
    return _press(id, "user.enable", accounts.enable, "账号已启用。")


@bp.post("/<int:id>/unlock")
def unlock(id: int) -> Response:
    return _press(id, "user.unlock", accounts.unlock, "登录限制已解除。")


def _press(id: int, act: str, verb: Callable[..., User], words: str) -> Response:
    user = current.see(User, id, to=act)
    current.press(lambda by, _: verb(id, by=by), user)
    return current.saved(url_for("people.show", id=id), words)


@bp.post("/<int:id>/grants")
def grant(id: int) -> Response:
    user, form = current.see(User, id, to="grant"), GrantForm()

    def verb(by: Actor) -> Grant:
        return accounts.grant(id, Role(form.role.data), form.unit.data, form.from_day.data, form.until_day.data, by=by)

    if current.send(form, verb, Grant):
        return current.saved(url_for("people.show", id=id))
    access.require(current.actor(), "grant", access.county())  # nobody else is asked to mend it
    return current.back(form, _page(user, form))


@bp.post("/grants/<int:id>/end")
def revoke(id: int) -> Response:
    given = current.see(Grant, id, to="revoke")
    current.press(lambda by, _: accounts.revoke(id, by=by), given)
    return current.saved(url_for("people.show", id=given.user_id), "授权已收回。")
