"""签认: the sheet that shows to the letter what is signed, and the receipt."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import Length

from checklist import access, clock
from checklist.access import reviewing
from checklist.county import accounts
from checklist.items import progress, signoff, statements
from checklist.refusal import Malformed, Problem, Refused, Unconfirmed
from models import Batch, Item, ItemState, Post
from pages import current
from pages.forms import Form, tidy

bp = Blueprint("signatures", __name__, url_prefix="/signatures")


class SignForm(Form):
    """`minutes_shown` is the number of the minutes that stands in the statements on the page."""

    minutes_no = StringField(
        "会议纪要文号",
        [Length(max=signoff.LONGEST_MINUTES_NO, message=f"不超过 {signoff.LONGEST_MINUTES_NO} 字。")],
        description="班子清单的事项代表党组织签认，须写明会议纪要的文号，例如：清政党组纪〔2026〕3 号。",
        filters=[tidy],
    )
    minutes_shown = HiddenField(filters=[tidy])
    password = PasswordField("登录密码", description="输入后 15 分钟内再签认，不用重输。")


@bp.get("/new")
def new() -> str:
    """The sheet of one post: what it has reported, or the items asked for."""
    wanted = request.args.getlist("item", type=int)
    items = [access.see(current.actor(), Item, id) for id in wanted] or _reported()
    return _sheet(items, SignForm())


def _reported() -> list[Item]:
    """What is ready to be signed, of the post at work first: one sheet is one post."""
    posts = _by_turn(current.standing().posts)
    ticked = [item for item in progress.items_of(posts) if item.state is ItemState.TICKED]
    first = min((posts.index(item.post) for item in ticked), default=None)
    return [item for item in ticked if item.post == posts[first]] if first is not None else []


def _by_turn(posts: tuple[Post, ...]) -> list[Post]:
    at_work = current.actor().post
    return sorted(posts, key=lambda post: post != at_work)


def _sheet(items: list[Item], form: SignForm, wrong: Problem | None = None) -> str:
    by, minutes_no = current.actor(), form.minutes_no.data or ""
    sheet = []
    for item in items:
        access.require(by, "sign", item)
        acting = by.user is not None and signoff.is_acting(by.user, item.post)
        text = statements.statement(item, by.user, acting, minutes_no) if by.user else ""
        sheet.append((item, text, statements.digest(text)))
    form.nonce.data, form.minutes_shown.data = current.new_nonce(), minutes_no
    minutes = any(map(statements.takes_minutes, items))
    return render_template(
        "signatures/new.html", sheet=sheet, form=form, wrong=wrong, asks=_asks_for_password(), minutes=minutes
    )


def _asks_for_password() -> bool:
    auth = current.actor().auth
    return auth is None or clock.now() - auth.at > signoff.AUTH_LASTS


@bp.post("/")
def create() -> Response:
    shown = {int(id): request.form.get(f"digest-{id}", "") for id in request.form.getlist("item") if id.isdigit()}
    form = SignForm()
    minutes_no = form.minutes_no.data or ""
    try:
        if not form.validate():
            raise Malformed("请改正会议纪要文号。")
        if minutes_no != (form.minutes_shown.data or ""):
            return _again(shown, form, None, 200)  # it becomes part of what is signed: to be read first
        if form.password.data:
            accounts.confirm(form.password.data, by=current.actor())
        batch = current.once(lambda: signoff.sign(shown, by=current.actor(), minutes_no=minutes_no), Batch)
    except Malformed as problem:
        if not shown:
            raise
        form.blame(problem)
        return _again(shown, form, problem, 422)
    except (Unconfirmed, accounts.WrongPassword, accounts.TooMany) as wrong:
        return _again(shown, form, wrong, 422)
    except Refused as refused:
        if refused.status != 409:
            raise
        return _again(shown, form, refused, 409)
    return current.redirect_to("signatures.receipt", id=batch.id)


def _again(shown: dict[int, str], form: SignForm, wrong: Problem | None, status: int) -> Response:
    """The sheet once more, as things stand now, with what kept it from being signed."""
    items = [access.see(current.actor(), Item, id) for id in shown]
    return make_response(_sheet(items, form, wrong), status)


@bp.get("/<int:id>")
def receipt(id: int) -> str:
    batch = access.see(current.actor(), Batch, id)
    return render_template("signatures/receipt.html", batch=batch, reviewer=reviewing.reviewers().get(batch.post))
