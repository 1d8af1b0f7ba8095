"""Who is at the page, what was sent, and how to answer: the part of a request that every page needs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_login import UserMixin, current_user
from sqlalchemy import select
from wtforms import SelectField

from checklist import access, clock, ledger
from checklist.actor import Actor, Auth
from checklist.county import accounts
from checklist.refusal import Malformed, Refused, Repeated, Unseen
from models import Logged, Session, Unit, db
from pages.forms import Form, options

Row = TypeVar("Row", bound=Logged)


class Visitor(UserMixin):
    """A person with a running session, as Flask-Login wants it. Its id in the cookie is the session's token."""

    def __init__(self, token: str, running: Session) -> None:
        self.token = token
        self.running = running

    def get_id(self) -> str:
        return self.token

    @classmethod
    def load(cls, token: str) -> Visitor | None:
        running = accounts.session_of(token)
        return cls(token, running) if running else None


def actor() -> Actor:
    """Whoever sent this request, in the office chosen for this session, with the form's nonce."""
    return replace(_whoever(), nonce=request.form.get("nonce") or None)


def _whoever() -> Actor:
    if not current_user.is_authenticated:
        return Actor(ip=request.remote_addr, req=request_id())
    running = current_user.running
    posts = [tenure.post for tenure in access.tenures_of(running.user)]
    chosen = next((p for p in posts if p.id == session.get("post")), posts[0] if posts else None)
    return Actor(
        user=running.user,
        post=chosen,
        ip=request.remote_addr,
        session=running.public_id,
        req=request_id(),
        auth=Auth("password", running.confirmed_at) if running.confirmed_at else None,
    )


def standing() -> access.Standing:
    """What that person may be today; read once a request, for drawing pages only: verbs read it anew."""
    if "standing" not in g:
        g.standing = access.Standing.of(_whoever())
    return g.standing  # type: ignore[no-any-return]


def drafts_for() -> list[Unit]:
    """The units for which this person may draft."""
    every = db.session.scalars(select(Unit).order_by(Unit.id))
    return [unit for unit in every if access.may(standing(), "draft", unit)]


def offer_units(field: SelectField) -> None:
    """Let a form choose among the units for which this person may draft."""
    field.choices = options((unit.id, unit.name) for unit in drafts_for())


def insist_on_clerk() -> None:
    """Whoever may draft for no unit is told so before a form is filled in for nothing. Raises NotYours."""
    if not drafts_for():
        access.require(_whoever(), "draft", access.county())


def request_id() -> str:
    if "req" not in g:
        g.req = secrets.token_hex(16)
    return g.req  # type: ignore[no-any-return]


def new_nonce() -> str:
    """A name for a form, so that the same form sent twice acts once."""
    return secrets.token_hex(16)


def see(kind: type[Row], id: int, *, to: str | None = None) -> Row:
    """Return a row to be shown to this person; `to` names the act in whose form it is shown.

    Raises Unseen. Where a form was sent for the row, the log says that this act was refused.
    """
    try:
        return access.see(_whoever(), kind, id)
    except Unseen as unseen:
        if to:
            ledger.refuse(to, unseen, by=_whoever())
        raise


def once(act: Callable[[], Row], kind: type[Row], id: int | None = None) -> Row:
    """Call a verb; for a form that has been sent before, its first result as it stands now.

    `id` is that of the row that the verb changes; without it, it is the row of this kind that the verb made. Raises
    Unseen for a form that was sent for another row: its nonce must not open this one.
    """
    try:
        return act()
    except Repeated as first:
        changed = first.rows.get(kind.__tablename__, [])
        if not changed or id not in (None, *changed):
            raise Unseen() from None
        return access.load(kind, id or changed[0])


def is_htmx() -> bool:
    """Whether htmx asks for a part of a page. It decides how the answer looks, never what is allowed."""
    return request.headers.get("HX-Request") == "true"


def answer(fragment: str, page: str, status: int = 200, **variables: Any) -> Response:
    """The part that changed for htmx; without it, after a success, a redirect to the page."""
    if is_htmx() or status >= 400:
        return make_response(render_template(fragment, **variables), status)
    return redirect(page, 303)  # type: ignore[return-value]


def redirect_to(endpoint: str, **values: Any) -> Response:
    """After a success: off to where its result is shown."""
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


def file_name(noun: str, ending: str) -> str:
    """What a file is called that is carried away today."""
    return f"shuangze-{noun}-{clock.today().isoformat()}.{ending}"


def download(content: bytes, name: str) -> Response:
    """A small text, to be saved under a name of ASCII letters."""
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="text/plain", headers=named)


def send(
    form: Form,
    verb: Callable[[], Row],
    kind: type[Row],
    id: int | None = None,
    *,
    page: Callable[[], Response | str],
    done: Callable[[Row], Response],
) -> Response:
    """Give a form to a verb, once, and answer with what `done` makes of the row.

    A form that is not accepted comes back by `page` with what was typed and why: 422 for what was typed, 409 where the
    row does not allow it or was changed meanwhile; the form is then of the row as it stands. `id` is that of the row
    which the verb changes, None where it makes one. Other refusals are raised, for the error page.
    """
    status = 422
    if form.validate():
        try:
            return done(once(verb, kind, id))
        except (Malformed, Refused) as problem:
            if not problem.can_be_mended:
                raise
            form.blame(problem)
            status = problem.status
    if status == 409 and id is not None:
        form.rev.data, form.rev.raw_data = access.load(kind, id).rev, None
    return make_response(page(), status)


def saved(page: str, words: str = "已保存。") -> Response:
    """After a success: off to a page, which says so."""
    flash(words)
    return redirect(page, 303)  # type: ignore[return-value]


def change(form: Form, verb: Callable[[], object], page: Callable[[], str], done: str) -> Response:
    """Call a verb and go on to `done`; where the form is not accepted, `page` shows it with what was typed."""
    if not form.validate():
        return make_response(page(), 422)
    try:
        verb()
    except Repeated:
        pass
    except (Malformed, Refused) as refused:
        if not refused.can_be_mended:
            raise
        form.blame(refused)
        return make_response(page(), refused.status)
    else:
        flash("已保存。")
    return redirect(done, 303)  # type: ignore[return-value]


def problem(message: str, status: int, title: str = "这一步没有办成") -> Response:
    """An error as a page, or for htmx as a message beside what was typed, which stays as it is."""
    if not is_htmx():
        return make_response(render_template("error.html", status=status, title=title, message=message), status)
    response = make_response(render_template("_problem.html", message=message), status)
    response.headers["HX-Retarget"] = "#problem"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def to_login() -> Response:
    """Off to the login page, and back to this one afterwards; never a login page inside a fragment."""
    here = request.headers.get("HX-Current-URL") if is_htmx() else request.full_path
    if not is_htmx() and request.method != "GET":
        here = request.referrer
    target = url_for("login.log_in", next=own_path(here))
    if not is_htmx():
        return redirect(target)  # type: ignore[return-value]
    response = make_response("", 401)
    response.headers["HX-Redirect"] = target
    return response


def own_path(address: str | None) -> str:
    """The path of an address on this site, or the front page: a visitor is never sent elsewhere."""
    parts = urlsplit(address or "/")
    path = "/" + parts.path.lstrip("/\\")
    if parts.scheme not in ("", "http", "https") or parts.netloc not in ("", request.host):
        return "/"
    return f"{path}?{parts.query}" if parts.query else path
