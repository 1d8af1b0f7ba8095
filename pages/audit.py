"""审计日志: read as one types, verified at a press, and carried away as a list."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import Any, BinaryIO

from flask import Blueprint, Response, render_template, request, send_file, stream_template, url_for
from wtforms import BooleanField, DateField, StringField
from wtforms.validators import Optional

import verify
from checklist import access, clock, ledger
from checklist.actor import Actor
from checklist.audit import entries, excerpts, words
from checklist.audit.check import Check, require_reader, verify_log
from checklist.audit.filters import Filter
from checklist.county import units
from checklist.ledger.acts import ACTIONS
from checklist.refusal import Malformed
from pages import current
from pages.forms import Form, KeptForm, tidy

bp = Blueprint("audit", __name__, url_prefix="/audit")

PLACE = ("before", "after")  # where a page of the log begins


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

    words = StringField("责任事项里的词", filters=[tidy])
    refused = BooleanField("只看被拒绝的")

    def wanted(self) -> Filter:
        texts = {name: getattr(self, name).data or "" for name in ("person", "unit", "action", "object", "words")}
        return Filter(self.from_day.data, self.until_day.data, **texts, refused=self.refused.data)


@bp.get("/")
def log() -> str:
    form = FilterForm(request.args)
    form.validate()
    place = {name: request.args.get(name, type=int) for name in PLACE}
    found = entries.page(form.wanted(), by=current.actor(), **place)
    shown: dict[str, Any] = {"page": found, "form": form}
    if current.is_htmx():
        return render_template("audit/_entries.html", asked=asked, **shown)
    actions, objects = ACTIONS.values(), words.OBJECTS.values()
    logs, standing = access.readable_logs(current.actor()), current.standing()
    offers = {verb for verb in ("export",) if any(access.may(standing, verb, unit) for unit in logs)}
    shown |= {"actions": actions, "objects": objects, "units": units.names(), "offers": offers}
    return render_template("audit/log.html", asked=asked, **shown)


def asked(**changed: Any) -> str:
    """Return the address of this page with the filter that was asked for, and something changed in it."""
    filled = {name: value for name, value in request.args.items() if value and name not in PLACE}
    return url_for("audit.log", **{**filled, **changed})


@bp.get("/<int:seq>")
def entry(seq: int) -> str:
    found = entries.entry(seq, by=current.actor())
    return render_template("audit/entry.html", entry=found, word=words.word, legible=words.legible)


@bp.get("/verdict")
def ask_verdict() -> str:
    require_reader(by=current.actor())
    return render_template("audit/verify.html", form=KeptForm())


@bp.post("/verdict")
def verdict() -> Response:
    """Check the log and the tables against it, and show on the page, while it is sent, how far it is."""
    form = KeptForm()
    if begun := current.send(form, lambda by: _begin_check(form, by)):
        return Response(stream_template("audit/verdict.html", **begun, at=datetime.fromisoformat))
    return current.back(form, render_template("audit/verify.html", form=form))


def _begin_check(form: KeptForm, by: Actor) -> dict[str, Any]:
    """Return a check that has been logged and goes on as its steps are taken. Raises Malformed for no checkpoint."""
    try:
        check = Check([verify.parse_checkpoint(text.encode())] if (text := form.content()) else [])
    except (verify.FormatError, UnicodeError) as error:
        words = "这不是一张日志封签。请选择当时保存的文件，或把它从第一行到最后一行原样粘贴。"
        raise Malformed(words, "text") from error
    steps = verify_log(check, by=by)
    return {"check": check, "steps": steps, "size": ledger.size(), "now": clock.now}


@bp.post("/excerpt")
def excerpt() -> Response:
    """Send the entries that match, as a list for a spreadsheet."""
    form = FilterForm(request.form)
    if not form.validate():
        raise Malformed("日期填得不对，无法筛选。请返回上一页，改正后再存。")
    kind = request.form.get("kind", "")
    lines = excerpts.export(form.wanted(), kind, by=current.actor())
    name = current.file_name("excerpt", kind)
    if kind == "csv":
        named = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(excerpts.as_csv(lines), mimetype="text/csv", headers=named)
    return _file(name, lambda out: excerpts.write_xlsx(lines, out))


def _file(name: str, write: Callable[[BinaryIO], object]) -> Response:
    """Send a file that can be sent only once all of it has been written."""
    with ExitStack() as opened:
        out = opened.enter_context(tempfile.TemporaryFile())
        write(out)
        out.seek(0)
        answer = send_file(out, as_attachment=True, download_name=name)
        answer.call_on_close(opened.pop_all().close)  # once it has been sent
        return answer
