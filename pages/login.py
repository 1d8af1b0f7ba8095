"""In and out, one's own password, and the post in which one is at work."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import login_user, logout_user
from wtforms import IntegerField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from checklist import demo
from checklist.county import accounts
from checklist.refusal import Malformed
from pages import current
from pages.forms import Form, tidy

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


class PostForm(Form):
    post = IntegerField("岗位")


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
    if form.validate_on_submit():
        try:
            accounts.change_password(form.old.data, form.new.data, by=current.actor())
        except Malformed as problem:
            form.blame(problem)
        except accounts.WrongPassword as wrong:
            form.blame(Malformed(wrong.message, "old"))
        else:
            flash("密码已修改，其他设备上的登录已退出。")
            return redirect(url_for("home"), 303)  # type: ignore[return-value]
    status = 422 if form.is_submitted() else 200
    return make_response(render_template("login/password.html", form=form), status)


@bp.post("/post")
def switch_post() -> Response:
    """Choose the office in which one goes on working; verbs still look at what each item takes."""
    cookie["post"] = PostForm().post.data
    return redirect(current.own_path(request.referrer), 303)  # type: ignore[return-value]
