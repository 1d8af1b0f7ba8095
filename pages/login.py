"""In and out, one's own password, and the post in which one is at work."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import login_user, logout_user
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from checklist import demo
from checklist.county import accounts
from checklist.refusal import Malformed, Problem
from pages import current
from pages.forms import Form, Number, tidy

bp = Blueprint("login", __name__)


class LoginForm(Form):
    login = StringField("登录名", [InputRequired("请输入登录名。")], filters=[tidy])
    password = PasswordField("密码", [InputRequired("请输入密码。")])


class PasswordForm(Form):
    old = PasswordField("原密码", [InputRequired("请输入原密码。")])
    new = PasswordField(
        "新密码",
        [InputRequired("请输入新密码。"), Length(accounts.SHORTEST_PASSWORD, message="新密码至少 8 个字符。")],
        description="至少 8 个字符，可以用一句自己记得住的话。",
    )
    again = PasswordField("再输一次新密码", [EqualTo("new", "两次输入的新密码不一样，请重新输入。")])

    def blame(self, problem: Problem) -> None:
        super().blame(Malformed(problem.message, "old") if isinstance(problem, accounts.WrongPassword) else problem)


class PostForm(Form):
    post = Number("岗位")


@bp.get("/login")
@bp.post("/login")
def log_in() -> Response:
    form = LoginForm()
    if form.validate_on_submit():
        try:
            token = accounts.log_in(form.login.data, form.password.data, by=current.actor())
        except (accounts.WrongPassword, accounts.TooMany) as wrong:
            return _login_page(form, wrong.message, wrong.status)
        return _welcome(token)
    return _login_page(form, None, 422 if form.is_submitted() else 200)


def _login_page(form: LoginForm, wrong: str | None, status: int) -> Response:
    shown = demo.ACCOUNTS if current_app.config["SHUANGZE"]["demo"] == "1" else ()
    return make_response(render_template("login/log_in.html", form=form, wrong=wrong, accounts=shown), status)


def _welcome(token: str) -> Response:
    cookie.clear()  # whatever was planted before the login is worth nothing after it
    cookie.permanent = True
    visitor = current.Visitor.load(token)
    login_user(visitor)
    return redirect(current.own_path(request.args.get("next")), 303)  # type: ignore[return-value]


@bp.post("/logout")
def log_out() -> Response:
    accounts.log_out(by=current.actor())
    logout_user()
    cookie.clear()
    return redirect(url_for("login.log_in"), 303)  # type: ignore[return-value]


@bp.get("/password")
@bp.post("/password")
def change_password() -> Response:
    form = PasswordForm()
    if not form.is_submitted():
        return make_response(_password_page(form))
    old, new = form.old.data or "", form.new.data or ""
    if current.send(form, lambda by: accounts.change_password(old, new, by=by)):
        return current.saved(url_for("home"), "密码已修改，其他设备上的登录已退出。")
    return current.back(form, _password_page(form))


def _password_page(form: PasswordForm) -> str:
    return render_template("login/password.html", form=form)


@bp.post("/post")
def switch_post() -> Response:
    """Choose the office in which one goes on working; verbs still look at what each item takes."""
    form = PostForm()
    cookie["post"] = form.post.data if form.validate() else None
    return redirect(current.own_path(request.referrer), 303)  # type: ignore[return-value]
