"""What all forms share: Chinese messages, tidy text, and the two fields that keep a submission honest."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from checklist import formats
from checklist.items import evidence
from checklist.refusal import Malformed, Problem
from models import SORTS, Tier


def tidy(text: str | None) -> str:
    """Text as it is stored: one Unicode form (NFC), one kind of line end, no NUL, no space around it."""
    return unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").replace("\0", "").strip()


def options(pairs: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    """The choices of a select field, from (value, words)."""
    return [SelectChoice(str(value), words) for value, words in pairs]


class Form(FlaskForm):
    """`nonce` names this form, `rev` is the revision of the row that it was drawn from."""

    class Meta(FlaskForm.Meta):
        locales: ClassVar = ["zh"]

    nonce = HiddenField()
    rev = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def blame(self, problem: Problem) -> None:
        """Show why a verb did not act: at the field that it names, or above the form."""
        named = problem.field if isinstance(problem, Malformed) else None
        field: Any = self._fields.get(named or "")
        if field is None:
            self.form_errors.append(problem.message)
        else:
            field.errors = [*field.errors, problem.message]


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

    wording = TextAreaField("任务表述", [Length(max=2000, message="不超过 2000 字。")], filters=[tidy])


class KeptForm(Form):
    """A checkpoint or receipt that somebody kept: as a file, or pasted."""

    file = FileField("选择文件")
    text = TextAreaField("或者粘贴全文", render_kw={"rows": 8, "spellcheck": "false", "autocomplete": "off"})

    def content(self) -> str:
        """What was given, the file before the text, with the line ends that it had before a form turned them.

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
