"""清单: from a pasted text to a list in force; one address for its whole life."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask_wtf.file import FileField
from sqlalchemy import select
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from checklist import access, clock, lists
from checklist.files import reading
from checklist.items import holidays, progress
from checklist.lists import consultation, copying, drafting, guarding, owners, versions, workload
from checklist.refusal import Malformed, Refused
from models import Duty, DutyList, ListState, Part, Tier, db
from pages import current, desk
from pages.forms import Form, SortForm, WordingForm, tidy

bp = Blueprint("lists", __name__, url_prefix="/lists")


S = ListState
SECTIONS = (S.CONSULTING, S.SUBMITTED, S.ADOPTED, S.DRAFT, S.SUPERSEDED, S.ABANDONED)
FOLDED = (S.ABANDONED,)  # shown once somebody asks for them


class DraftForm(SortForm):
    unit = SelectField("发文单位", coerce=int)
    name = StringField(
        "清单名称", [InputRequired("请填写清单名称，例如：廉政工作会任务分解表。"), Length(max=120)], filters=[tidy]
    )
    year = IntegerField("年度", [InputRequired("请填写年度。"), NumberRange(2000, 2100, "请填写四位数的年份。")])
    title = StringField("文件标题", [InputRequired("请填写讲话或文件的标题。"), Length(max=200)], filters=[tidy])
    file = FileField(
        "从文件读入",
        description=f"TXT 或 DOCX，不超过 {reading.LARGEST_TEXT >> 20} MB。表格读成一行一行的文字，图片里的字读不出来。",
        render_kw={"accept": ".txt,.docx"},
    )
    text = TextAreaField("或者粘贴全文", filters=[tidy])

    def take_file(self) -> None:
        """Put what the file says into the place of the pasted text, where it stays when the form is sent back.

        Raises Malformed for a file that is not read.
        """
        if not self.file.data:
            return
        if self.text.data:
            raise Malformed("文件和粘贴的全文只能用一种。请清空下面的全文，或者不选文件。", "file")
        self.text.data = tidy(reading.read_text(self.file.data.read(reading.LARGEST_TEXT + 1)))


class NodesForm(Form):
    days = StringField(
        "报送节点",
        description="长期坚持、逢事必办的事项在这些日子报送。写成 2026-06-30，几天之间用空格隔开。",
        filters=[tidy],
    )

    def dates(self) -> list[date]:
        """The days as typed. Raises Malformed."""
        words = re.split(r"[\s，、]+", self.days.data or "")
        return [self._date(word) for word in words if word]

    def _date(self, word: str) -> date:
        try:
            return date.fromisoformat(word)
        except ValueError as error:
            raise Malformed(f"“{word}”不是日期，请写成 2026-06-30 这样。", "days") from error


class SubmitForm(Form):
    meeting = StringField("会议名称", [Length(max=120)], filters=[tidy])
    meeting_no = StringField("会议文号或纪要号", [Length(max=60)], filters=[tidy])
    meeting_day = DateField("会议日期", [Optional()])


class DeclineForm(Form):
    reason = TextAreaField("退回修改的理由", [Length(max=2000)], filters=[tidy])


class CopyForm(Form):
    year = IntegerField(
        "新清单的年度", [InputRequired("请填写年度。"), NumberRange(2000, 2100, "请填写四位数的年份。")]
    )
    name = StringField("新清单的名称", [InputRequired("请填写清单名称。"), Length(max=120)], filters=[tidy])


class Piece(NamedTuple):
    """A stretch of the source: plain, or the words of a duty."""

    text: str
    duty: Duty | None


# --- pages --------------------------------------------------------------------------------------------------


@bp.get("/")
def index() -> str:
    standing = current.standing()
    newest = db.session.scalars(select(DutyList).order_by(DutyList.id.desc()))
    seen = [duty_list for duty_list in newest if access.may(standing, "see", duty_list)]
    by_state = {state: [d for d in seen if d.state is state] for state in SECTIONS}
    return render_template("lists/index.html", by_state=by_state, folded=FOLDED, drafts=bool(current.drafts_for()))


@bp.get("/new")
def new() -> str:
    current.insist_on_clerk()
    return _new_page(_draft_form(year=clock.today().year))


@bp.post("/")
def create() -> Response:
    current.insist_on_clerk()
    form = _draft_form()
    is_whole = form.validate()
    try:
        form.take_file()
        if is_whole:
            return current.redirect_to("lists.show", id=current.once(lambda: _draft(form), DutyList).id)
    except Malformed as problem:
        form.blame(problem)
    return make_response(_new_page(form), 422)


def _draft_form(**given: int) -> DraftForm:
    form = DraftForm(**given)
    current.offer_units(form.unit)
    return form


def _draft(form: DraftForm) -> DutyList:
    return drafting.draft(
        form.unit.data,
        name=form.name.data,
        year=form.year.data,
        title=form.title.data,
        text=form.text.data,
        by=current.actor(),
        tier=Tier(form.tier.data),
    )


def _new_page(form: DraftForm) -> str:
    form.nonce.data = form.nonce.data or current.new_nonce()
    return render_template("lists/new.html", form=form)


@bp.get("/<int:id>")
def show(id: int) -> str:
    return _page(access.see(current.actor(), DutyList, id))


def _page(found: DutyList, **forms: Form) -> str:
    """The editor for whoever may edit a draft; the list as it stands for everybody else."""
    standing = current.standing()
    may = {verb: bool(access.may(standing, verb, found)) for verb in ("edit", *lists.LIST_MOVES)}
    shown: dict[str, Any] = {"nodes": nodes_form(found), "submission": SubmitForm(formdata=None)}
    shown |= {
        "decline": DeclineForm(formdata=None, rev=found.rev),
        "adoption": Form(formdata=None, rev=found.rev),
        "adding": WordingForm(formdata=None),
        "copying": CopyForm(formdata=None, year=found.year + 1, name=found.name),
    }
    shown |= forms
    for form in shown.values():
        form.nonce.data = form.nonce.data or current.new_nonce()
    at_desk = found.state is ListState.DRAFT and may["edit"]
    shown |= _life(found, standing)
    if at_desk:
        shown |= desk.beside(found) | {"many": desk.many_form(found, formdata=None)}
    else:
        coming = lists.coming(found) if found.state is ListState.SUBMITTED else None
        loads = workload.loads(found) if coming else []
        shown |= {"list": found, "cited": guarding.citations(found), "describe": owners.describe}
        shown |= {"titles": _titles(found)}
        shown |= {"coming": coming, "loads": loads}
    return render_template(
        "lists/editor.html" if at_desk else "lists/list.html",
        moves={verb for verb, move in lists.LIST_MOVES.items() if move.before is found.state and may[verb]},
        pieces=pieces(found),
        unsure=sum(duty.is_unsure for duty in found.kept),
        unsure_first=request.args.get("first") == "unsure",
        counts=progress.counts(found.kept),
        unknown_years=holidays.calendar().unknown([date(found.year, 12, 31)]),
        may_copy=found.state is ListState.ADOPTED and access.may(standing, "draft", found.unit),
        **shown,
    )


def _life(found: DutyList, standing: access.Standing) -> dict[str, Any]:
    """Where a list stands among its versions, and what the units have said of it."""
    hears = access.may(standing, "hear", found)
    latest = consultation.latest(found) if hears else None
    return {
        "versions": [version for version in versions.series(found) if access.may(standing, "see", version)],
        "current": versions.in_force(found),
        "offers": versions.offers(found, standing),
        "outlook": versions.outlook(found) if found.state is S.SUBMITTED and versions.before(found) else None,
        "opinions": [o for o in consultation.open_to(standing) if o.consultation.duty_list == found],
        "consultation": latest,
        "silent": consultation.silent(latest) if latest else [],
        "objections": consultation.objections(found) if hears else {},
    }


def _titles(found: DutyList) -> dict[Duty, dict[Part, list[str]]]:
    """Who leads and who supports each duty, by the titles of their posts: as adopted, or as it would be."""
    spread = {} if found.adopted_on else owners.spreads(found)
    parts = {duty: {a.post: a.part for a in duty.assignments} or spread[duty].posts for duty in found.kept}
    titles = owners.titles({post for posts in parts.values() for post in posts})
    return {
        duty: {part: [titles[post] for post, takes in posts.items() if takes is part] for part in Part}
        for duty, posts in parts.items()
    }


def nodes_form(found: DutyList) -> NodesForm:
    return NodesForm(formdata=None, days=" ".join(found.nodes), rev=found.rev)


def pieces(found: DutyList) -> list[Piece]:
    """The source cut at the duties' offsets; where two overlap, the first keeps the words."""
    text, done, cut = found.source.text, 0, []
    placed = [d for d in found.duties if d.start is not None and d.end is not None]
    for duty in sorted(placed, key=lambda d: (d.start, d.end)):
        start, end = max(duty.start or 0, done), duty.end or 0
        if start < end:
            cut += [Piece(text[done:start], None), Piece(text[start:end], duty)]
            done = end
    return [piece for piece in [*cut, Piece(text[done:], None)] if piece.text]


# --- changes ------------------------------------------------------------------------------------------------


@bp.post("/<int:id>/nodes")
def set_nodes(id: int) -> Response:
    form = NodesForm()
    try:
        days, rev = form.dates(), form.rev.data
        found = current.once(lambda: lists.set_nodes(id, days, by=current.actor(), rev=rev), DutyList, id)
    except Malformed as problem:
        form.blame(problem)
        found = access.see(current.actor(), DutyList, id)
        return current.answer("lists/_nodes.html", "", 422, list=found, nodes=form, swapped=True)
    page = request.path.removesuffix("/nodes")
    return current.answer("lists/_nodes.html", page, nodes=nodes_form(found), swapped=True, **desk.beside(found))


@bp.post("/<int:id>/submission")
def submit(id: int) -> Response:
    form = SubmitForm()
    try:
        form.validate()
        current.once(lambda: _submit(id, form), DutyList, id)
    except (Malformed, Refused) as problem:
        return _refused(id, form, problem, submission=form)
    flash("已提交，等待另一位同志确认。")
    return current.redirect_to("lists.show", id=id)


def _submit(id: int, form: SubmitForm) -> DutyList:
    return lists.submit(
        id,
        meeting=form.meeting.data or "",
        meeting_no=form.meeting_no.data or "",
        meeting_day=form.meeting_day.data,
        by=current.actor(),
    )


@bp.post("/<int:id>/adoption")
def adopt(id: int) -> Response:
    form = Form()
    try:
        form.validate()
        current.once(lambda: lists.adopt(id, by=current.actor(), rev=form.rev.data), DutyList, id)
    except Refused as refused:
        return _refused(id, form, refused, adoption=form)
    flash("清单已生效，文字从现在起固定。责任人可以在“我的清单”里看到自己的事项。")
    return current.redirect_to("lists.show", id=id)


@bp.post("/<int:id>/decline")
def decline(id: int) -> Response:
    form = DeclineForm()
    try:
        form.validate()
        reason, rev = form.reason.data or "", form.rev.data
        current.once(lambda: lists.decline(id, reason, by=current.actor(), rev=rev), DutyList, id)
    except (Malformed, Refused) as problem:
        return _refused(id, form, problem, decline=form)
    flash("已退回经办人修改。")
    return current.redirect_to("lists.index")


@bp.post("/<int:id>/copies")
def copy(id: int) -> Response:
    """Last year's list as this year's draft."""
    access.see(current.actor(), DutyList, id)
    form = CopyForm()
    try:
        if not form.validate():
            raise Malformed("请改正后再抄录。")
        year, name = form.year.data, form.name.data
        new = current.once(lambda: copying.copy(id, year=year, name=name, by=current.actor()), DutyList)
    except (Malformed, Refused) as problem:
        return _refused(id, form, problem, copying=form)
    flash("已抄为草稿。指标的数字要重新定；已经撤销的责任人变成了待定。")
    return current.redirect_to("lists.show", id=new.id)


def _refused(id: int, form: Form, problem: Malformed | Refused, **shown: Form) -> Response:
    """The page once more, with what was typed; what one may not do at all goes to the error page."""
    if not problem.can_be_mended:
        raise problem
    form.blame(problem)
    found = access.see(current.actor(), DutyList, id)
    form.rev.data = found.rev  # what is on the page now has been read
    return make_response(_page(found, **shown), problem.status)
