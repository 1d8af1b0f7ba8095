"""从讲话或文件起草: a text, pasted or read from a file, becomes a draft list."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask_wtf.file import FileField
from wtforms import SelectField, TextAreaField, ValidationError

from checklist import clock
from checklist.actor import Actor
from checklist.files import reading
from checklist.lists import drafting
from checklist.refusal import Malformed
from models import DutyList, Tier
from pages import current
from pages.forms import Line, SortForm, Year, tidy

bp = Blueprint("speeches", __name__, url_prefix="/lists")


class DraftForm(SortForm):
    unit = SelectField("发文单位", coerce=int, choices=current.units_to_draft_for)
    name = Line("清单名称", 120, lacking="请填写清单名称，例如：廉政工作会任务分解表。")
    year = Year()
    title = Line("文件标题", 200, lacking="请填写讲话或文件的标题。")
    file = FileField(
        "从文件读入",
        description=f"TXT 或 DOCX，不超过 {reading.LARGEST_TEXT >> 20} MB。表格读成一行一行的文字，图片里的字读不出来。",
        render_kw={"accept": ".txt,.docx"},
    )
    text = TextAreaField("或者粘贴全文", filters=[tidy])

    def validate_file(self, file: FileField) -> None:
        """Put what the file says into the place of the pasted text, where it stays when the form is sent back."""
        if not file.data:
            return
        if self.text.data:
            raise ValidationError("文件和粘贴的全文只能用一种。请清空下面的全文，或者不选文件。")
        try:
            self.text.data = tidy(reading.read_text(file.data.read(reading.LARGEST_TEXT + 1)))
        except Malformed as problem:
            raise ValidationError(problem.message) from problem


@bp.get("/new")
def new() -> str:
    current.insist_on_clerk()
    return _page(DraftForm(year=clock.today().year))


@bp.post("/")
def create() -> Response:
    current.insist_on_clerk()
    form = DraftForm()
    if drafted := current.send(form, lambda by: _draft(form, by), DutyList):
        return current.redirect_to("lists.show", id=drafted.id)
    return current.back(form, _page(form))


def _draft(form: DraftForm, by: Actor) -> DutyList:
    return drafting.draft(
        form.unit.data,
        name=form.name.data,
        year=form.year.data or 0,
        title=form.title.data,
        text=form.text.data or "",
        by=by,
        tier=Tier(form.tier.data),
    )


def _page(form: DraftForm) -> str:
    return render_template("speeches/new.html", form=form)
