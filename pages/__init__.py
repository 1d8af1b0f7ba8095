"""What people see: one blueprint per noun. Here they are joined, with what every answer has in common."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, redirect, request, url_for
from flask_compress import Compress
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from checklist import __version__, readiness
from checklist.clock import SHANGHAI
from checklist.decompose import figures
from checklist.items import schedule
from checklist.refusal import Problem
from models import Batch
from pages import (
    audit,
    bundles,
    cases,
    checkpoints,
    consultations,
    corrections,
    drafts,
    drawing,
    duties,
    evidence,
    feedback,
    holidays,
    htmx,
    imports,
    items,
    lists,
    login,
    navigation,
    papers,
    people,
    posts,
    receipts,
    register,
    reviews,
    signatures,
    speeches,
    units,
    versions,
)
from pages.current import Visitor, new_nonce, problem, standing, to_login

ITEMS = (items, cases, evidence, signatures, reviews, receipts)
LISTS = (lists, speeches, imports, drawing, duties, drafts, papers, consultations, versions, corrections)
LOG = (audit, checkpoints, bundles)
BLUEPRINTS = (login, *ITEMS, *LISTS, *LOG, units, posts, people, register, holidays, feedback, htmx)
FILES = {"static", "htmx.script"}
# What somebody can reach without a login; everything else asks for one.
OPEN = {"login.log_in", *FILES}

MESSAGES = {
    400: "请求不完整，请返回上一页重试。",
    404: "找不到您要的页面。请检查网址，或返回首页。",
    405: "这个网址不能这样使用，请从首页进入。",
    413: "提交的内容太大，请分开提交，一次不超过 4 MB。",
}


def init_app(app: Flask) -> None:
    """Register the pages, the login, and the handlers that turn every refusal into an answer."""
    app.config["READY"] = False
    logins = LoginManager(app)
    logins.user_loader(Visitor.load)
    CSRFProtect(app)
    app.config.update(
        COMPRESS_ALGORITHM=["zstd", "gzip"],
        COMPRESS_STREAMS=False,
        COMPRESS_MIMETYPES=["text/html", "text/css", "text/javascript", "image/svg+xml"],
    )
    Compress(app)
    for page in BLUEPRINTS:
        app.register_blueprint(page.bp)
    app.add_url_rule("/", "home", home)
    app.url_defaults(name_version)
    app.before_request(spare_strangers_compression)
    app.before_request(refuse_unready)
    app.before_request(ask_for_login)
    app.after_request(add_headers)
    app.context_processor(what_every_page_shows)
    app.jinja_env.filters.update(
        moment=moment,
        receipt_no=receipt_no,
        period=schedule.words,
        day=schedule.day_words,
        size=size,
        target=lambda t: figures.in_words(t.of, t.op, t.value, t.unit),
    )
    app.jinja_env.globals.update(new_nonce=new_nonce)
    app.register_error_handler(Problem, lambda p: problem(p.message, p.status))
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(OperationalError, on_busy)
    app.register_error_handler(HTTPException, on_http_error)


def home() -> Response:
    """Send people to the first page of their own navigation: for most, what is due."""
    return redirect(navigation.links(standing())[0].url)  # type: ignore[return-value]


def refuse_unready() -> Response | None:
    """Answer nothing until everything is in place, whatever server runs the application; asked once."""
    if not current_app.config["READY"]:
        if why := readiness.unready(current_app.secret_key or ""):
            return Response(why, 503, mimetype="text/plain")
        current_app.config["READY"] = True
    return None


def ask_for_login() -> Response | None:
    """Show no page without a login, and none but the password's while that still has to be changed."""
    if request.endpoint is None or request.endpoint in OPEN:
        return None
    if not current_user.is_authenticated:
        return to_login()
    allowed = {"login.change_password", "login.log_out"}
    if current_user.running.user.must_change_password and request.endpoint not in allowed:
        return redirect(url_for("login.change_password"))  # type: ignore[return-value]
    return None


def spare_strangers_compression() -> None:
    """Compress nothing that somebody else's page may have asked for (docs/decisions/0011)."""
    untold = "cross-site" if current_app.config["SESSION_COOKIE_SECURE"] else "none"
    if request.headers.get("Sec-Fetch-Site", untold) not in ("same-origin", "none"):
        request.environ.pop("HTTP_ACCEPT_ENCODING", None)


def name_version(endpoint: str, values: dict[str, Any]) -> None:
    """Put a file's digest into its address: under that address it never changes."""
    if endpoint in FILES:
        static, copy = Path(str(current_app.static_folder)), current_app.config["HTMX_COPY"]
        file = static / values["filename"] if endpoint == "static" else copy
        values["v"] = _digest(file, file.stat().st_mtime_ns)


@cache
def _digest(file: Path, _changed: int) -> str:
    return sha256(file.read_bytes()).hexdigest()[:16]


def what_every_page_shows() -> dict[str, object]:
    """Return the variables of base.html."""
    known = bool(current_user and current_user.is_authenticated)
    return {
        "me": navigation.me(standing()) if known else None,
        "nav": navigation.links(standing()) if known else [],
        "htmx": htmx.script_tag(),
        "version": __version__,
    }


def moment(at: datetime) -> str:
    """Write a moment as people read it: in the county's time, to the minute."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def receipt_no(batch: Batch) -> str:
    """Return the number on a receipt."""
    return f"签-{batch.id:06d}"


def size(count: int) -> str:
    """Write a number of bytes as people read it."""
    if count < 1 << 10:
        return f"{count} 字节"
    return f"{count / (1 << 10):.0f} 千字节" if count < 1 << 20 else f"{count / (1 << 20):.1f} 兆字节"


def add_headers(response: Response) -> Response:
    """Allow no script or style but our own and htmx, no frame, and no copy in a cache, but a year for a file's version."""
    policy = (
        f"default-src 'none'; script-src 'self' {current_app.config['HTMX_URL']}; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint not in FILES:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("HX-Request")
    elif "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def on_csrf_error(_error: CSRFError) -> Response:
    if not current_user.is_authenticated:
        return to_login()
    return problem("页面已过期。请刷新页面后再提交；刷新前请先复制您填写的内容。", 400)


def on_busy(_error: OperationalError) -> Response:
    response = problem("系统正忙，这一步没有保存。请稍等几秒再试一次。", 503)
    response.headers["Retry-After"] = "5"
    return response


def on_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    return problem(MESSAGES.get(status, "系统出了问题，这一步没有保存。请稍后再试。"), status, "打不开这个页面")
