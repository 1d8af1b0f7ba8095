"""清单: one address for a list's whole life, from the draft on the clerk's desk to the version in force."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from wtforms import DateField
from wtforms.validators import Optional

from checklist import access, lists
from checklist.items import holidays, progress
from checklist.lists import consultation, copying, corrections, guarding, offers, owners, versions, workload
from checklist.refusal import Malformed
from models import Consultation, Duty, DutyList, ListState, Part, db
from pages import current, desk
from pages.forms import Form, Line, Text, WordingForm, Year

bp = Blueprint("lists", __name__, url_prefix="/lists")


S = ListState
SECTIONS = (S.CONSULTING, S.SUBMITTED, S.ADOPTED, S.DRAFT, S.SUPERSEDED, S.ABANDONED)
FOLDED = (S.ABANDONED,)  # shown once somebody asks for them


class NodesForm(Form):
    days = Line(
        "报送节点",
        400,
        description="长期坚持、逢事必办的事项在这些日子报送。写成 2026-06-30，几天之间用空格隔开。",
    )

    def dates(self) -> list[date]:
        """Return the days as typed. Raises Malformed."""
        return [self._date(word) for word in re.split(r"[\s，、]+", self.days.data) if word]

    def _date(self, word: str) -> date:
        try:
            return date.fromisoformat(word)
        except ValueError as error:
            raise Malformed(f"“{word}”不是日期，请写成 2026-06-30 这样。", "days") from error


class SubmitForm(Form):
    meeting = Line("会议名称", 120)
    meeting_no = Line("会议文号或纪要号", 60)
    meeting_day = DateField("会议日期", [Optional()])


class DeclineForm(Form):
    reason = Text("退回修改的理由", 2000)


class WithdrawForm(Form):
    reason = Text("撤回提交的理由", 2000)


class CopyForm(Form):
    year = Year("新清单的年度")
    name = Line("新清单的名称", 120, lacking="请填写清单名称。")


# --- pages --------------------------------------------------------------------------------------------------


@bp.get("/")
def index() -> str:
    standing = current.standing()
    asked = selectinload(DutyList.consultations).selectinload(Consultation.opinions)
    near = select(DutyList).where(access.within_sight(standing)).order_by(DutyList.id.desc())
    newest = db.session.scalars(near.options(joinedload(DutyList.unit), asked))
    seen = [duty_list for duty_list in newest if access.may(standing, "see", duty_list)]
    return render_template(
        "lists/index.html",
        by_state={state: [d for d in seen if d.state is state] for state in SECTIONS},
        sizes=lists.sizes(seen),
        folded=FOLDED,
        declined=[d for d in seen if d.state is S.DRAFT and d.declined_because],
        drafts=access.drafts_somewhere(standing),
    )


@bp.get("/<int:id>")
def show(id: int) -> str:
    return _page(current.see(DutyList, id))


def _page(duty_list: DutyList, **refused: Form) -> str:
    """Return the editor for whoever may edit a draft, the list as it stands for everybody else.

    `refused` is the form of it that was not accepted, by its name in the template.
    """
    offered = offers.of(duty_list, current.standing())
    forms = {
        "nodes": _nodes_form(duty_list),
        "submission": SubmitForm(formdata=None, obj=duty_list),
        "decline": DeclineForm(formdata=None, rev=duty_list.rev),
        "adoption": Form(formdata=None, rev=duty_list.rev),
        "withdrawal": WithdrawForm(formdata=None, rev=duty_list.rev),
        "adding": WordingForm(formdata=None),
        "copying": CopyForm(formdata=None, year=duty_list.year + 1, name=duty_list.name),
    }
    unknown_years = holidays.calendar().unknown([date(duty_list.year, 12, 31)])
    draw = _editor if "edit" in offered else _as_it_stands
    name = next(iter(refused), "")
    shown = forms | refused | {"refused": refused.get(name), "place": f"{name}-"} | _life(duty_list)
    return draw(duty_list, offers=offered, unknown_years=unknown_years, **shown)


def _nodes_form(duty_list: DutyList) -> NodesForm:
    return NodesForm(formdata=None, days=" ".join(duty_list.nodes), rev=duty_list.rev)


def _life(duty_list: DutyList) -> dict[str, Any]:
    """Return where a list stands among its versions, and what the units have said of it, for whoever may know."""
    standing = current.standing()
    latest = consultation.latest(duty_list) if access.may(standing, "hear", duty_list) else None
    return {
        "versions": [version for version in versions.series(duty_list) if access.may(standing, "see", version)],
        "current": versions.in_force(duty_list),
        "consultation": latest,
        "silent": consultation.silent(latest) if latest else [],
    }


def _editor(duty_list: DutyList, **shown: Any) -> str:
    return render_template(
        "lists/editor.html",
        pieces=desk.pieces(duty_list),
        unsure=sum(duty.is_unsure for duty in duty_list.kept),
        unsure_first=request.args.get("first") == "unsure",
        many=desk.many_form(duty_list, formdata=None),
        **desk.beside(duty_list),
        **shown,
    )


def _as_it_stands(duty_list: DutyList, **shown: Any) -> str:
    may_confirm, standing = "adopt" in shown["offers"], current.standing()
    asked = duty_list.consultations[-1].opinions if duty_list.state is S.CONSULTING else []
    return render_template(
        "lists/list.html",
        list=duty_list,
        people=standing.county.people,
        opinions=[opinion for opinion in asked if consultation.is_open_to(standing, opinion)],
        counts=progress.counts(duty_list.kept) if duty_list.adopted_on else {},
        corrections=corrections.of_list(duty_list) if duty_list.adopted_on else {},
        cited=guarding.citations(duty_list),
        titles=_titles(duty_list),
        describe=owners.describe,
        waits=duty_list.state is S.SUBMITTED and not may_confirm,
        coming=lists.coming(duty_list) if may_confirm else None,
        loads=workload.loads(duty_list) if may_confirm else [],
        outlook=versions.outlook(duty_list) if may_confirm and versions.before(duty_list) else None,
        **shown,
    )


def _titles(duty_list: DutyList) -> dict[Duty, dict[Part, list[str]]]:
    """Return who leads and who supports each duty, by the titles of their posts: as adopted, or as it would be."""
    spread = owners.assigned(duty_list) if duty_list.adopted_on else owners.spreads(duty_list)
    return {
        duty: {
            part: [owners.title(post) for post, takes in spread[duty].posts.items() if takes is part] for part in Part
        }
        for duty in duty_list.kept
    }


# --- changes ------------------------------------------------------------------------------------------------


@bp.post("/<int:id>/nodes")
def set_nodes(id: int) -> Response:
    duty_list, form = current.see(DutyList, id, to="set_nodes"), NodesForm()
    if current.send(form, lambda by: lists.set_nodes(id, form.dates(), by=by, rev=form.rev.data), duty_list):
        shown = {"nodes": _nodes_form(duty_list), "swapped": True, **desk.beside(duty_list)}
        return current.answer("lists/_nodes.html", url_for("lists.show", id=id), **shown)
    if current.is_htmx():
        return current.back(form, render_template("lists/_nodes.html", list=duty_list, nodes=form))
    return current.back(form, _page(duty_list, nodes=form))


@bp.post("/<int:id>/submission")
def submit(id: int) -> Response:
    duty_list, form = current.see(DutyList, id, to="submit"), SubmitForm()
    meeting = {"meeting": form.meeting.data, "meeting_no": form.meeting_no.data, "meeting_day": form.meeting_day.data}
    if current.send(form, lambda by: lists.submit(id, **meeting, by=by), duty_list):
        return current.saved(url_for("lists.show", id=id), "已提交，等待另一位同志确认。")
    return current.back(form, _page(duty_list, submission=form))


@bp.post("/<int:id>/withdrawal")
def withdraw(id: int) -> Response:
    duty_list, form = current.see(DutyList, id, to="withdraw_submission"), WithdrawForm()
    reason = form.reason.data
    if current.send(form, lambda by: lists.withdraw_submission(id, reason, by=by, rev=form.rev.data), duty_list):
        return current.saved(url_for("lists.show", id=id), "已撤回，可以继续修改。")
    return current.back(form, _page(duty_list, withdrawal=form))


@bp.post("/<int:id>/adoption")
def adopt(id: int) -> Response:
    duty_list, form = current.see(DutyList, id, to="adopt"), Form()
    if current.send(form, lambda by: lists.adopt(id, by=by, rev=form.rev.data), duty_list):
        words = "清单已生效，文字从现在起固定。责任人可以在“我的清单”里看到自己的事项。"
        return current.saved(url_for("lists.show", id=id), words)
    return current.back(form, _page(duty_list, adoption=form))


@bp.post("/<int:id>/decline")
def decline(id: int) -> Response:
    duty_list, form = current.see(DutyList, id, to="decline"), DeclineForm()
    if current.send(form, lambda by: lists.decline(id, form.reason.data, by=by, rev=form.rev.data), duty_list):
        return current.saved(url_for("lists.index"), "已退回经办人修改。")
    return current.back(form, _page(duty_list, decline=form))


@bp.post("/<int:id>/copies")
def copy(id: int) -> Response:
    """Make a draft for another year of a list in force."""
    duty_list, form = current.see(DutyList, id, to="copy"), CopyForm()
    year, name = form.year.data or 0, form.name.data
    if new := current.send(form, lambda by: copying.copy(id, year=year, name=name, by=by), DutyList):
        words = "已抄为草稿。指标的数字要重新定；已经撤销的责任人变成了待定。"
        return current.saved(url_for("lists.show", id=new.id), words)
    return current.back(form, _page(duty_list, copying=form))
