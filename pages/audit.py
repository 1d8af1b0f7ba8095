"""审计日志: read as one types, verified at a press, and carried away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, BinaryIO

from flask import Blueprint, Response, render_template, request, send_file, url_for
from wtforms import DateField, StringField
from wtforms.validators import Optional

import verify
from checklist import access, audit, clock, excerpts, units
from checklist.refusal import Malformed
from pages import current
from pages.forms import Form, tidy

bp = Blueprint("audit", __name__, url_prefix="/audit")

MIME_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


class FilterForm(Form):
    """Sent by GET, so that what was found has an address; nothing in it acts."""

    class Meta(Form.Meta):
        csrf = False

    from_day = DateField("从", [Optional()])
    until_day = DateField("到", [Optional()])
    person = StringField("人员", filters=[tidy])
    unit = StringField("单位", filters=[tidy])
    action = StringField("行为", filters=[tidy])
    object = StringField("对象", filters=[tidy], render_kw={"placeholder": "本期事项 17"})

    def wanted(self) -> audit.Filter:
        asked = {name: getattr(self, name).data for name in ("person", "unit", "action", "object")}
        return audit.Filter(self.from_day.data, self.until_day.data, **{k: v or "" for k, v in asked.items()})


@bp.get("/")
def log() -> str:
    form = FilterForm(request.args)
    form.validate()
    before = request.args.get("before", type=int)
    found = audit.search(form.wanted(), by=current.actor(), before=before, limit=audit.PAGE + 1)
    older = found[audit.PAGE - 1].seq if len(found) > audit.PAGE else None
    shown: dict[str, Any] = {"entries": found[: audit.PAGE], "older": older, "form": form, "before": before}
    if current.is_htmx():
        return render_template("audit/_entries.html", asked=asked, **shown)
    actions, objects = audit.ACTIONS.values(), audit.OBJECTS.values()
    names = units.names()
    return render_template(
        "audit/log.html", asked=asked, actions=actions, objects=objects, units=names, may=_may(), **shown
    )


def asked(**changed: Any) -> str:
    """The address of this page with the filter that was asked for, and something changed in it."""
    filled = {name: value for name, value in request.args.items() if value and name != "before"}
    return url_for("audit.log", **{**filled, **changed})


def _may() -> dict[str, bool]:
    root = units.root()
    return {"export": bool(root and access.may(current.standing(), "export", root))}


@bp.get("/<int:seq>")
def entry(seq: int) -> str:
    return render_template("audit/entry.html", entry=audit.entry(seq, by=current.actor()))


@bp.post("/verdict")
def verdict() -> Response:
    """Check the log and the tables against it, now."""
    found, differences = audit.verify_log(by=current.actor())
    told = {"verdict": found, "words": verify.report(found), "differences": differences, "at": clock.now()}
    template = "audit/_verdict.html" if current.is_htmx() else "audit/verdict.html"
    return Response(render_template(template, **told))


@bp.post("/excerpt")
def excerpt() -> Response:
    """The entries that match, as a list for a spreadsheet."""
    form = FilterForm(request.form)
    if not form.validate():
        raise Malformed("日期填得不对，无法筛选。请返回上一页，改正后再存。")
    kind = request.form.get("kind", "")
    lines = excerpts.take(form.wanted(), kind, by=current.actor())
    if kind == "csv":
        named = {"Content-Disposition": f'attachment; filename="{_file_name("excerpt", kind)}"'}
        return Response(excerpts.as_csv(lines), mimetype="text/csv", headers=named)
    return _file("excerpt", "xlsx", lambda out: excerpts.write_xlsx(lines, out))


@bp.post("/bundle")
def bundle() -> Response:
    """The whole log as a file that proves itself: see verify.py."""
    return _file("log", "zip", lambda out: audit.bundle(out, by=current.actor()))


def _file(noun: str, ending: str, write: Callable[[BinaryIO], object]) -> Response:
    """What can be sent only once all of it has been written."""
    with ExitStack() as opened:
        out = opened.enter_context(tempfile.TemporaryFile())
        write(out)
        out.seek(0)
        name = _file_name(noun, ending)
        answer = send_file(out, mimetype=MIME_TYPES[ending], as_attachment=True, download_name=name)
        answer.call_on_close(opened.pop_all().close)  # once it has been sent
        return answer


def _file_name(noun: str, ending: str) -> str:
    return f"shuangze-{noun}-{clock.today().isoformat()}.{ending}"
