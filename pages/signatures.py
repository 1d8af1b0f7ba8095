"""签认: the sheet that shows to the letter what is signed, and the receipt."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from wtforms import HiddenField, PasswordField

from checklist import access, clock
from checklist.actor import Actor
from checklist.county import accounts
from checklist.items import cases, progress, signoff, statements
from checklist.lists import versions
from models import Batch, Item
from pages import current
from pages.forms import Form, Line, tidy

bp = Blueprint("signatures", __name__, url_prefix="/signatures")


class SignForm(Form):
    """`minutes_shown` is the number of the minutes that stands in the statements on the page."""

    minutes_no = Line(
        "会议纪要文号",
        signoff.LONGEST_MINUTES_NO,
        description="班子清单的事项代表党组织签认，须写明会议纪要的文号，例如：清政党组纪〔2026〕3 号。",
    )
    minutes_shown = HiddenField(filters=[tidy])
    password = PasswordField("登录密码", description="输入后 15 分钟内再签认，不用重输。")


@bp.get("/new")
def new() -> str:
    """Show the sheet of one post: what it has reported, or the items asked for."""
    wanted = request.args.getlist("item", type=int)
    return _sheet(current.see_all(Item, wanted or _reported()), SignForm(formdata=None))


def _reported() -> list[int]:
    """Return the ids of what is ready to be signed, of the post at work first: one sheet is one post."""
    held = current.standing().posts
    at_work = current.actor().post
    ticked = progress.reported(held)
    turn = [post.id for post in sorted(held, key=lambda post: post != at_work)]
    first = min((turn.index(item.post_id) for item in ticked), default=None)
    return [item.id for item in ticked if first is not None and item.post_id == turn[first]]


def _sheet(items: list[Item], form: SignForm) -> str:
    by, minutes_no = current.actor(), form.minutes_no.data
    sheet, known = [], cases.of_duties(items)
    for item in items:
        access.require(by, "sign", item)
        acting = by.user is not None and access.is_acting(by.user, item.post_id)
        text = statements.statement(item, by.user, acting, minutes_no, known) if by.user else ""
        sheet.append((item, text, statements.digest(text)))
    form.minutes_shown.data = minutes_no
    minutes = any(map(statements.takes_minutes, items))
    return render_template("signatures/new.html", sheet=sheet, form=form, asks=_asks_for_password(), minutes=minutes)


def _asks_for_password() -> bool:
    auth = current.actor().auth
    return auth is None or clock.now() - auth.at > signoff.AUTH_LASTS


@bp.post("/")
def create() -> Response:
    shown = {int(id): request.form.get(f"digest-{id}", "") for id in request.form.getlist("item") if id.isdigit()}
    form = SignForm()
    # The number of the minutes becomes part of what is signed: it is to be read there first.
    is_shown = form.minutes_no.data == (form.minutes_shown.data or "")
    if is_shown and (batch := current.send(form, lambda by: _sign(shown, form, by), Batch)):
        return current.redirect_to("signatures.receipt", id=batch.id)
    sheet = _sheet(current.see_all(Item, shown, to="sign"), form)
    return current.back(form, sheet) if is_shown or not form.validate() else make_response(sheet)


def _sign(shown: dict[int, str], form: SignForm, by: Actor) -> Batch:
    if form.password.data:
        accounts.confirm(form.password.data, by=by)
        by = current.actor()  # proven now
    return signoff.sign(shown, by=by, minutes_no=form.minutes_no.data)


@bp.get("/<int:id>")
def receipt(id: int) -> str:
    batch = current.see(Batch, id)
    return render_template(
        "signatures/receipt.html",
        batch=batch,
        reviewer=current.standing().county.reviewer(batch.post_id),
        reasons=versions.reasons(batch.signatures),
    )
