"""Who is at the page, what was sent, and how to answer: the part of a request that every page needs."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_login import UserMixin, current_user
from sqlalchemy import select
from wtforms import SelectChoice

from checklist import access, clock, ledger, picture
from checklist.actor import Actor, Auth
from checklist.county import accounts
from checklist.refusal import Malformed, Problem, Refused, Repeated, Unseen
from models import Logged, Session, Unit, db
from pages.forms import Form, options

Row = TypeVar("Row", bound=Logged)
Result = TypeVar("Result")


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
    """Return who sent this request, in the office chosen for this session, with the form's nonce."""
    return replace(_whoever(), nonce=request.form.get("nonce") or _press())


def _press() -> str | None:
    """Name a press on one of a page's rows, which have a form in common: another address, or revision, is another."""
    page = request.form.get("press")
    said = f"{page} {request.full_path} {request.form.get('rev')}"
    return sha256(said.encode()).hexdigest()[:32] if page else None


def _whoever() -> Actor:
    if not current_user.is_authenticated:
        return Actor(ip=request.remote_addr, req=request_id())
    running = current_user.running
    county = picture.current()
    posts = county.held_by(running.user_id)
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
    """Return what that person is today; read once a request, for drawing pages only: verbs read it anew."""
    if "standing" not in g:
        g.standing = access.Standing.of(_whoever())
    return g.standing  # type: ignore[no-any-return]


def drafts_for() -> list[Unit]:
    """Return the units for which this person may draft."""
    every = db.session.scalars(select(Unit).order_by(Unit.id))
    return [unit for unit in every if access.may(standing(), "draft", unit)]


def units_to_draft_for() -> list[SelectChoice]:
    """Return the units for which this person may draft, to choose one of them in a form."""
    return options((unit.id, unit.name) for unit in drafts_for())


def insist_on_clerk() -> None:
    """Tell whoever may draft for no unit so, before a form is filled in for nothing. Raises NotYours."""
    if not access.drafts_somewhere(standing()):
        access.require(_whoever(), "draft", access.county())


def insist_on_keeper() -> None:
    """Show to nobody but the system administrator what he keeps. Raises NotYours; verbs ask, and log whom they refuse."""
    access.require(_whoever(), "keep", access.county())


def request_id() -> str:
    if "req" not in g:
        g.req = secrets.token_hex(16)
    return g.req  # type: ignore[no-any-return]


def new_nonce() -> str:
    """Name a form, so that the same form sent twice acts once."""
    return secrets.token_hex(16)


def see(kind: type[Row], id: int, *, to: str | None = None) -> Row:
    """Return a row to be shown to this person; `to` names the act in whose form it is shown.

    Raises Unseen. Where a form was sent for the row, the log says that this act was refused; a form that was sent
    before shows the row that it changed, even if that took the row out of this person's sight.
    """
    return see_all(kind, [id], to=to)[0]


def see_all(kind: type[Row], ids: Collection[int], *, to: str | None = None) -> list[Row]:
    """Return the same of several rows, in this order, read together."""
    try:
        return access.see_all(_whoever(), kind, ids)
    except Unseen as unseen:
        if to is None:
            raise
        if set((ledger.changed_before(actor()) or {}).get(kind.__tablename__, ())).issuperset(ids):
            return access.load_all(kind, ids)
        ledger.refuse(to, unseen, by=_whoever())
        raise


def is_htmx() -> bool:
    """Whether htmx asks for a part of a page. It decides how the answer looks, never what is allowed."""
    return request.headers.get("HX-Request") == "true" and not _is_boosted()


def _is_boosted() -> bool:
    """Whether htmx sends a whole form and wants a page, so that nothing typed is lost where no answer comes."""
    return request.headers.get("HX-Boosted") == "true"


def answer(fragment: str, page: str, **variables: Any) -> Response:
    """Return the part that changed for htmx; without it, go on to the page."""
    if is_htmx():
        return make_response(render_template(fragment, **variables))
    if _is_boosted():  # htmx itself would lose the place on the page
        return Response(headers={"HX-Redirect": page})
    return redirect(page, 303)  # type: ignore[return-value]


def redirect_to(endpoint: str, **values: Any) -> Response:
    """Go on, after a success, to where its result is shown."""
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


def file_name(noun: str, ending: str) -> str:
    """Name a file that is carried away today."""
    return f"shuangze-{noun}-{clock.today().isoformat()}.{ending}"


def download(content: bytes, name: str) -> Response:
    """Return a small text, to be saved under a name of ASCII letters."""
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="text/plain", headers=named)


def send(form: Form, verb: Callable[[Actor], Result], of: Logged | type[Logged] | None = None) -> Result | None:
    """Give a form to a verb, once, and return the verb's result; None where the form is to come back.

    The form then says why, and `back` answers with it: 422 for what was typed, 409 where the row does not allow it or
    was changed meanwhile; the form is from then on of the row as it stands. Other refusals are raised, for the error
    page. `of` is the row that the verb changes, or the kind of row that it makes: for a form that was sent before, its
    first result is that row as it stands now.
    """
    if not form.validate():
        return None
    try:
        return _once(verb, of)
    except Problem as problem:
        if not problem.can_be_mended:
            raise
        form.blame(problem)
    if form.status == 409 and isinstance(of, Logged):
        form.rev.data, form.rev.raw_data = of.rev, None
    return None


def press(verb: Callable[[Actor, int | None], Result], of: Logged | None = None) -> Result:
    """Do what a form asks for that is but a button, of a row of this revision; why it is refused is for the error page."""
    form = Form()
    if not form.validate():
        raise Malformed("请求不完整，请返回上一页重试。")
    return _once(lambda by: verb(by, form.rev.data), of)


def _once(verb: Callable[[Actor], Result], of: Logged | type[Logged] | None) -> Result:
    try:
        return verb(actor())
    except Repeated as first:
        result: Result = _first_result(first, of)
        return result


def _first_result(first: Repeated, of: Logged | type[Logged] | None) -> Any:
    """Return a row as it stands now, for the verb that changed or made it. Raises Refused where no row shows it."""
    if isinstance(of, Logged):
        return access.load(type(of), of.id)
    made = first.rows.get(of.__tablename__) if of else None
    if of is None or not made:
        raise Refused("这一步已经办过了，没有再办一次。请返回上一页查看结果。")
    return access.load(of, made[0])


def back(form: Form, page: str | Response) -> Response:
    """Return the page on which a form comes back that was not accepted."""
    return make_response(page, form.status)


def saved(page: str, words: str = "已保存。") -> Response:
    """Go on, after a success, to a page which says so."""
    flash(words)
    return redirect(page, 303)  # type: ignore[return-value]


def problem(message: str, status: int, title: str = "这一步没有办成") -> Response:
    """Show an error as a page, or for htmx as a message beside what was typed, which stays as it is."""
    if not is_htmx():
        return make_response(render_template("error.html", status=status, title=title, message=message), status)
    response = make_response(render_template("_problem.html", message=message), status)
    response.headers["HX-Retarget"] = "#problem"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def to_login() -> Response:
    """Go to the login page and come back to this one afterwards; never put a login page into a fragment."""
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
    """Return the path of an address on this site, else the front page: a visitor is never sent elsewhere."""
    parts = urlsplit(address or "/")
    path = "/" + parts.path.lstrip("/\\")
    if parts.scheme not in ("", "http", "https") or parts.netloc not in ("", request.host):
        return "/"
    return f"{path}?{parts.query}" if parts.query else path
