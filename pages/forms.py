"""What all forms share: Chinese messages, tidy text, and the two fields that keep a submission honest."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, HiddenField, IntegerField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from checklist import clock, formats
from checklist.items import evidence
from checklist.refusal import Malformed, Problem
from models import SORTS, Tier


def tidy(text: str | None) -> str:
    """Return text as it is stored: one Unicode form (NFC), one kind of line end, no NUL, no space around it."""
    return unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").replace("\0", "").strip()


def options(pairs: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    """Return the choices of a select field, from (value, words)."""
    return [SelectChoice(str(value), words) for value, words in pairs]


class Line(StringField):
    """A line of text, tidied, of at most `most` characters; `lacking` is said where it must not be empty and is."""

    data: str

    def __init__(self, label: str, most: int, *, lacking: str = "", **kwargs: Any) -> None:
        needed = [DataRequired(lacking)] if lacking else []
        fits = Length(max=most, message=f"{label}不超过 {most} 字。")
        super().__init__(label, [*needed, fits], filters=[tidy], **kwargs)


class Text(Line, TextAreaField):
    """A text of several lines, otherwise like a Line."""


class Number(IntegerField):
    """A whole number, or nothing."""

    def __init__(self, label: str = "", checks: Iterable[Any] = (Optional(),), **kwargs: Any) -> None:
        super().__init__(label, checks, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("请填写一个数字。") from error


class Year(Number):
    """A year of four figures."""

    def __init__(self, label: str = "年度", **kwargs: Any) -> None:
        super().__init__(
            label, [DataRequired("请填写年度。"), NumberRange(2000, 2100, "请填写四位数的年份。")], **kwargs
        )


class Form(FlaskForm):
    """`nonce` names this form, `rev` is the revision of the row that it was drawn from."""

    class Meta(FlaskForm.Meta):
        locales: ClassVar = ["zh"]

    status = 422  # of the answer with which it comes back
    nonce = HiddenField(validators=[Length(max=32)])
    rev = IntegerField(widget=HiddenInput(), validators=[Optional()])

    is_whole = False  # whether nothing was wrong with what was typed; where it was refused, that was for another reason

    def validate(self, extra_validators: Any = None) -> bool:
        """Check what was typed, and remember whether it could be given to a verb."""
        self.is_whole = bool(super().validate(extra_validators))
        return self.is_whole

    def blame(self, problem: Problem) -> None:
        """Show why a verb did not act: at the field that it names, or above the form."""
        named = problem.field if isinstance(problem, Malformed) else None
        field: Any = self._fields.get(named or "")
        if field is None:
            self.form_errors.append(problem.message)
        else:
            field.errors = [*field.errors, problem.message]
        if problem.status == 409:
            self.status = 409


class EndForm(Form):
    """From which day on something is no longer in force."""

    until_day = DateField("自哪天起不再有效", [InputRequired("请填写日期。")])

    @classmethod
    def from_today(cls) -> EndForm:
        """Return the form as it is offered."""
        return cls(formdata=None, until_day=clock.today())


class SortForm(Form):
    """What a new list is: a 任务分解表, or a 责任清单 of one of the three tiers."""

    tier = SelectField(
        "清单类型",
        choices=options(SORTS.items()),
        default=Tier.NONE.value,
        description="任务分解表由单位承担；责任清单由岗位承担：班子和书记清单由书记牵头，成员清单由班子成员牵头。",
    )


class WordingForm(Form):
    """What a duty asks for, in the office's words."""

    wording = Text("任务表述", 2000)


class KeptForm(Form):
    """A checkpoint or receipt that somebody kept: as a file, or pasted."""

    file = FileField("选择文件")
    text = TextAreaField("或者粘贴全文", render_kw={"rows": 8, "spellcheck": "false", "autocomplete": "off"})

    def content(self) -> str:
        """Return what was given, the file before the text, with the line ends that it had before a form turned them.

        A file that is no text reads as one that means nothing.
        """
        kept = self.file.data.read().decode("utf-8", "replace") if self.file.data else self.text.data or ""
        tidied = kept.replace("\r\n", "\n").strip()
        return f"{tidied}\n" if tidied else ""


class FileForm(Form):
    """A file to be attached to an item."""

    file = FileField(
        "选择文件（可不附）",
        [FileRequired("请先选择文件，再按“上传”。")],
        description=f"PDF、PNG、JPEG、DOCX 或 XLSX，不超过 {evidence.LARGEST >> 20} MB；一项最多 {evidence.MOST} 个。",
        render_kw={"accept": ",".join(ending for kind in formats.ACCEPTED for ending in kind.endings)},
    )
