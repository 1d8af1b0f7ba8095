"""从表格导入名册: files are uploaded, each row is shown as it would come in, and all of it is saved once that is confirmed."""

from __future__ import annotations

import base64
import io
import json

from flask import Blueprint, Response, make_response, render_template, request, send_file, url_for
from flask_wtf.file import MultipleFileField
from wtforms import HiddenField

from checklist import clock, formats
from checklist.county import register
from checklist.county.register import book, shapes
from checklist.county.register.rows import Outcome
from checklist.files import reading
from checklist.refusal import Malformed
from models import User
from pages import current, parcels
from pages.forms import Form

bp = Blueprint("register", __name__, url_prefix="/register")

GONE = "没有找到上传的表格：它可能已经导入完毕，也可能上传已过一小时。请看一下“单位与岗位”；还没有导入的，请重新选择文件；已经导入而没有记下初始密码的，请在“人员与授权”里为本人重置密码。"
SHOWN_ALREADY = "这份名册已经导入，没有重复导入。初始密码只显示一次：没有记下的，请在各人的页面上“重置密码”。"
MOST_FILES = 5


class RegisterForm(Form):
    """`token` names the files that were uploaded, once they are there."""

    files = MultipleFileField(
        "名册文件",
        description=f"一个 .xlsx，或者最多 {MOST_FILES} 个 .xlsx、.csv、.docx 一起选，合计不超过 {reading.LARGEST >> 20} MB。",
        render_kw={"accept": ".xlsx,.csv,.docx"},
    )
    token = HiddenField()


@bp.get("/")
def ask() -> str:
    current.insist_on_keeper()
    return _page(RegisterForm(formdata=None))


@bp.get("/template")
def template() -> Response:
    """Send the template, filled with what there is already."""
    current.insist_on_keeper()
    out = io.BytesIO()
    book.write(out)
    out.seek(0)
    name = f"单位人员名册 {clock.today().isoformat()}.xlsx"
    return send_file(out, mimetype=formats.XLSX.type, as_attachment=True, download_name=name)


@bp.post("/")
def preview() -> Response:
    """Read the files, keep them for the confirmation, and show row by row what they hold."""
    current.insist_on_keeper()
    form = RegisterForm()
    if page := current.send(form, lambda _: _preview(form, _uploaded(form))):
        return make_response(page)
    return current.back(form, _page(form))


@bp.post("/confirmation")
def confirm() -> Response:
    form = RegisterForm()
    packed = parcels.kept("register", form.token.data or "")
    if packed is None:
        current.insist_on_keeper()
        form.blame(Malformed(GONE, "files"))
        return current.back(form, _page(form))
    files = _unpacked(packed)
    taken = current.send(form, lambda by: register.take(files, by=by), User)
    if not taken:
        return current.back(form, _preview(form, files))
    if isinstance(taken, User):  # the form was sent before
        return current.saved(url_for("people.index"), SHOWN_ALREADY)
    parcels.drop("register", form.token.data or "")
    # On the answer itself, once: first passwords belong into no address, cookie or log.
    return make_response(render_template("register/slips.html", taken=taken, address=request.url_root))


def _uploaded(form: RegisterForm) -> list[register.File]:
    """Return the chosen files, which are kept under a token. Raises Malformed."""
    chosen = [(file.filename or "", file.read(reading.LARGEST + 1)) for file in form.files.data or [] if file]
    if not chosen:
        raise Malformed("请选择名册文件。", "files")
    if len(chosen) > MOST_FILES:
        raise Malformed(f"一次最多选 {MOST_FILES} 个文件。请放进一个 .xlsx，或者分几次导入。", "files")
    register.read(chosen)  # what cannot be read is not kept
    packed = json.dumps([(name, base64.b64encode(content).decode()) for name, content in chosen])
    form.token.data = parcels.keep("register", packed.encode())
    return chosen


def _unpacked(packed: bytes) -> list[register.File]:
    return [(name, base64.b64decode(content)) for name, content in json.loads(packed)]


def _preview(form: RegisterForm, files: list[register.File]) -> str:
    coming = register.preview(register.read(files), by=current.actor())
    held = [shape for shape in shapes.SHAPES if shape in coming.contents.shapes]
    shown = {"shapes": held, "outcomes": Outcome, "people": coming.count(Outcome.NEW, shapes.PEOPLE)}
    return render_template("register/preview.html", form=form, coming=coming, **shown)


def _page(form: RegisterForm) -> str:
    return render_template("register/ask.html", form=form, shapes=shapes.SHAPES)
