"""人员与授权: accounts, kept by the system administrator, and roles, granted by the security administrator."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, render_template, url_for
from sqlalchemy import select
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from checklist import access, accounts, clock, units
from checklist.refusal import Malformed, Unseen
from models import Grant, Role, Tenure, Unit, User, db
from pages import current
from pages.forms import Form, options, tidy

bp = Blueprint("people", __name__, url_prefix="/people")


class AccountForm(Form):
    login = StringField("登录名", filters=[tidy], description="小写字母、数字、点、横线，例如 zhou.gl。")
    name = StringField("姓名", filters=[tidy])


class GrantForm(Form):
    role = SelectField("角色", choices=options((r, r.label) for r in Role))
    unit = SelectField("适用单位（及其下级）", coerce=int)
    from_day = DateField("从", [InputRequired("请选择开始日期。")])
    until_day = DateField("到（不含）", [Optional()], description="空着就是长期。")


@bp.before_request
def only_for_two_of_the_three() -> None:
    """The system administrator keeps accounts, the security administrator grants roles; nobody else comes here."""
    root = units.root()
    if root and not access.may(current.standing(), "grant", root):
        access.require(current.actor(), "keep", root)


@bp.get("/")
def index() -> str:
    return _index_page(AccountForm(formdata=None))


def _index_page(form: AccountForm) -> str:
    day = clock.today()
    everybody = db.session.scalars(select(User).order_by(User.disabled_at.is_not(None), User.login)).all()
    titles: dict[User, list[str]] = {}
    for tenure in db.session.scalars(select(Tenure).where(*access.in_force(Tenure, day))):
        titles.setdefault(tenure.user, []).append(tenure.post.title)
    roles: dict[User, list[str]] = {}
    for grant in db.session.scalars(select(Grant).where(*access.in_force(Grant, day))):
        roles.setdefault(grant.user, []).append(grant.role.label)
    return render_template(
        "people/index.html", everybody=everybody, titles=titles, roles=roles, form=form, keeps=_keeps()
    )


def _keeps() -> bool:
    root = units.root()
    return bool(root and access.may(current.standing(), "keep", root))


@bp.post("/")
def create() -> Response:
    form = AccountForm()
    try:
        user, password = accounts.create(form.login.data, form.name.data, by=current.actor(), home=_root())
    except Malformed as problem:
        form.blame(problem)
        return make_response(_index_page(form), 422)
    return _show_password_once(user, password)


def _root() -> Unit:
    root = units.root()
    if root is None:
        raise Unseen()
    return root


def _show_password_once(user: User, password: str) -> Response:
    """On the answer itself: a first password belongs into no address, cookie or log."""
    return make_response(render_template("people/password.html", user=user, password=password))


@bp.get("/<int:id>")
def show(id: int) -> str:
    return _page(access.load(User, id), GrantForm(formdata=None, from_day=clock.today()))


def _page(user: User, form: GrantForm) -> str:
    form.unit.choices = _units()
    grants = db.session.scalars(select(Grant).where(Grant.user_id == user.id).order_by(Grant.id.desc())).all()
    standing = current.standing()
    may = {verb for verb in ("keep", "unlock") if access.may(standing, verb, user)}
    may |= {"grant"} if access.may(standing, "grant", _root()) else set()
    return render_template("people/person.html", user=user, grants=grants, may=may, form=form, today=clock.today())


def _units() -> list[SelectChoice]:
    return options((u.id, u.name) for u in db.session.scalars(select(Unit).order_by(Unit.code)))


@bp.post("/<int:id>/password")
def reset_password(id: int) -> Response:
    password = accounts.reset_password(id, by=current.actor())
    return _show_password_once(access.load(User, id), password)


@bp.post("/<int:id>/disable")
def disable(id: int) -> Response:
    accounts.disable(id, by=current.actor())
    flash("账号已停用，正在使用的登录已退出。")
    return current.redirect_to("people.show", id=id)


@bp.post("/<int:id>/enable")
def enable(id: int) -> Response:
    accounts.enable(id, by=current.actor())
    flash("账号已启用。")
    return current.redirect_to("people.show", id=id)


@bp.post("/<int:id>/unlock")
def unlock(id: int) -> Response:
    accounts.unlock(id, by=current.actor())
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
        lambda: _page(access.load(User, id), form),
        url_for("people.show", id=id),
    )


@bp.post("/grants/<int:id>/end")
def revoke(id: int) -> Response:
    ended = accounts.revoke(id, by=current.actor())
    flash("授权已收回。")
    return current.redirect_to("people.show", id=ended.user_id)
