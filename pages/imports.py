"""从表格导入: a table is uploaded, its rows are shown as they would come in, and nothing is saved until that is confirmed."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, url_for
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField

from checklist import access, clock
from checklist.actor import Actor
from checklist.files import reading
from checklist.lists import owners
from checklist.papers import imports
from checklist.refusal import Malformed
from models import DutyList, Tier, Unit
from pages import current, parcels
from pages.forms import Line, SortForm, Year

bp = Blueprint("imports", __name__, url_prefix="/lists/import")

GONE = "上传的表格已经过了一小时，请重新选择文件。"


class ImportForm(SortForm):
    """`token` names the file that was uploaded, once it is there."""

    unit = SelectField("发文单位", coerce=int, choices=current.units_to_draft_for)
    name = Line("清单名称", 120, lacking="请填写清单名称。")
    year = Year()
    title = Line("文件标题", 200, lacking="请填写表格所附文件的标题。")
    file = FileField(
        "表格文件",
        description=f".xlsx、.csv 或 .docx，不超过 {reading.LARGEST >> 20} MB。表里要有表头，例如：序号、工作内容、责任单位、完成时限。",
        render_kw={"accept": ".xlsx,.csv,.docx"},
    )
    token = HiddenField()
    leave_out = BooleanField("有错的行不导入，其余照常")


@bp.get("")
def ask() -> str:
    current.insist_on_clerk()
    return _page(ImportForm(year=clock.today().year))


@bp.post("")
def preview() -> Response:
    """Read the file, keep it for the confirmation, and show row by row what it holds."""
    form = ImportForm()
    if page := current.send(form, lambda _: _preview(form, _content(form))):
        return make_response(page)
    return current.back(form, _page(form))


@bp.post("/confirmation")
def confirm() -> Response:
    form = ImportForm()
    content = parcels.kept("imports", form.token.data or "")
    if content is None:
        form.blame(Malformed(GONE, "file"))
        return current.back(form, _page(form))
    duty_list = current.send(form, lambda by: _take(form, content, by), DutyList)
    if not duty_list:
        return current.back(form, _preview(form, content) if form.is_whole else _page(form))
    parcels.drop("imports", form.token.data or "")
    return current.saved(url_for("lists.show", id=duty_list.id), f"已导入 {len(duty_list.duties)} 项，请逐项核对。")


def _take(form: ImportForm, content: bytes, by: Actor) -> DutyList:
    return imports.import_list(
        form.unit.data,
        name=form.name.data,
        year=form.year.data or 0,
        title=form.title.data,
        content=content,
        leave_out=bool(form.leave_out.data),
        by=by,
        tier=Tier(form.tier.data),
    )


def _content(form: ImportForm) -> bytes:
    """Return the uploaded file, which is kept under a token. Raises Malformed."""
    content = form.file.data.read(reading.LARGEST + 1) if form.file.data else b""
    if not content:
        raise Malformed("请选择要导入的表格文件。", "file")
    reading.read_tables(content)  # what cannot be read is not kept
    form.token.data = parcels.keep("imports", content)
    return content


def _preview(form: ImportForm, content: bytes) -> str:
    unit = access.load(Unit, form.unit.data)
    access.require(current.actor(), "draft", unit)
    found = imports.preview(
        reading.read_tables(content), unit, form.year.data or clock.today().year, Tier(form.tier.data)
    )
    return render_template("imports/preview.html", form=form, found=found, describe=owners.describe)


def _page(form: ImportForm) -> str:
    return render_template("imports/ask.html", form=form)
