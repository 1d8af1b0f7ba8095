"""征求意见: a draft laid before the units that it names, each of which has no objection or says which row it objects to.

The draft rests while it is out. After the last day nobody answers any more; the draft then goes back to the clerk, with
each objection beside its row, and who has not answered is named. Silence holds nothing up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from checklist import access, clock, ledger, lists, picture
from checklist.actor import Actor
from checklist.lists import owners, versions
from checklist.refusal import Malformed, Refused, Stale, insist_on
from models import Answer, Consultation, DutyList, ListState, Opinion, Unit, db

LONGEST_OPINION = 1000


def consult(list_id: int, last_day: date | None, *, by: Actor, rev: int | None = None) -> DutyList:
    """Lay a draft before the units of its owners, until the end of a day. Raises Stale, Refused, Malformed."""
    with lists.move("consult", list_id, by=by, rev=rev) as duty_list:
        if last_day is None or last_day <= clock.today():
            raise Malformed("请选择答复的截止日期，今天以后的一天。", "last_day")
        units = asked(duty_list)
        if not units:
            raise Refused("还没有一项定了责任人，不知道向谁征求意见。请先定责任人。", duty_list)
        lists.renumber(duty_list)  # the units will speak of rows by their numbers
        opinions = [Opinion(unit_id=unit.id) for unit in units]
        db.session.add(Consultation(duty_list=duty_list, from_day=clock.today(), last_day=last_day, opinions=opinions))
    return duty_list


def extend(list_id: int, last_day: date | None, *, by: Actor, rev: int | None = None) -> Consultation:
    """Give the units more time, also once it is over; what they have answered stays. Raises Stale, Refused, Malformed."""
    with ledger.act_on("extend", DutyList, list_id, by=by) as duty_list:
        if duty_list.state is not ListState.CONSULTING:
            raise Refused(f"这份清单现在是“{duty_list.state.label}”，没有正在进行的征求意见。请刷新页面。", duty_list)
        lists.insist_on_rev(duty_list, rev)
        consultation = duty_list.consultations[-1]
        if last_day is None or last_day <= max(consultation.last_day, clock.today()):
            raise Malformed(f"请选择今天和原定的 {consultation.last_day} 以后的一天。", "last_day")
        consultation.last_day = last_day
    return consultation


def asked(duty_list: DutyList) -> list[picture.Unit]:
    """Return the units of the posts to which a draft gives something to do, by code."""
    spread = owners.spreads(duty_list)
    units = {post.unit for duty in duty_list.kept for post in spread[duty].posts}
    return sorted(units, key=lambda unit: unit.code)


def answer(
    opinion_id: int, what: Answer, objections: Mapping[str, str], *, by: Actor, rev: int | None = None
) -> Opinion:
    """Answer for a unit, once or anew until the last day is over; `objections` maps a duty's lineage to words.

    Raises Malformed where the answer and the objections contradict each other.
    """
    with ledger.act_on("answer", Opinion, opinion_id, by=by) as opinion:
        duty_list = opinion.consultation.duty_list
        if opinion.consultation.ended_at or is_over(opinion.consultation):
            raise Refused("征求意见已经结束，不能再答复。有意见请直接联系经办人。", opinion)
        if rev is not None and rev != opinion.rev:
            raise Stale("本单位在您打开页面之后已经答复过。下面是您填写的内容，请核对后再提交。", opinion)
        rows = {duty.lineage: duty for duty in duty_list.kept}
        said = {lineage: text.strip() for lineage, text in objections.items() if lineage in rows and text.strip()}
        for lineage, text in said.items():
            insist_on(f"对第 {rows[lineage].position} 项的意见", text, f"on-{lineage}", most=LONGEST_OPINION)
        if what is Answer.OBJECTS and not said:
            raise Malformed("请在有意见的那一项下面写明意见；没有意见，请按“无意见”。")
        if what is Answer.AGREES and said:
            raise Malformed("您已经写了意见。请按“提交意见”；确实没有意见，请先清空。")
        opinion.answer, opinion.objections = what, said
        opinion.answered_by, opinion.answered_at = by.user, clock.now()
    return opinion


def conclude(list_id: int, *, by: Actor, rev: int | None = None, reason: str = "") -> DutyList:
    """Give a draft back to the clerk: once the last day is over, or all have answered.

    The clerk may end it before that, with a reason; `silent` goes on to name who has not answered.
    """
    with lists.move("conclude", list_id, by=by, rev=rev, reason=reason.strip() or None) as duty_list:
        consultation = duty_list.consultations[-1]
        if not may_end(consultation):
            names = "、".join(unit.name for unit in silent(consultation))
            waiting = f"还没有到截止日期，{names}还没有答复。请等到期或都答复后再结束"
            if by.console:
                raise Refused(f"{waiting}。", duty_list)
            if not reason.strip():
                raise Malformed(f"{waiting}；要提前结束，请填写理由。", "reason")
        if reason:
            insist_on("提前结束的理由", reason, "reason", most=versions.LONGEST_REASON)
        consultation.ended_at = clock.now()
    return duty_list


def is_over(consultation: Consultation) -> bool:
    """Say whether the last day has passed."""
    return clock.today() > consultation.last_day


def may_end(consultation: Consultation) -> bool:
    """Say whether nothing more is to be waited for."""
    return is_over(consultation) or not silent(consultation)


def silent(consultation: Consultation) -> list[Unit]:
    """Return the units that have not answered."""
    return [opinion.unit for opinion in consultation.opinions if opinion.answer is None]


def latest(duty_list: DutyList) -> Consultation | None:
    """Return the last consultation on a list, if there was one."""
    return duty_list.consultations[-1] if duty_list.consultations else None


def objections(duty_list: DutyList) -> dict[str, list[tuple[Unit, str]]]:
    """Return what the units had against each duty the last time they were asked, by its lineage."""
    said: dict[str, list[tuple[Unit, str]]] = {}
    consultation = latest(duty_list)
    for opinion in consultation.opinions if consultation else []:
        for lineage, text in opinion.objections.items():
            said.setdefault(lineage, []).append((opinion.unit, text))
    return said


def open_to(standing: access.Standing) -> list[Opinion]:
    """Return the opinions that this person can still give or change."""
    units = {post.unit.id for post in standing.posts + standing.prepares}
    running = select(Opinion).join(Opinion.consultation).where(Consultation.ended_at.is_(None))
    shown = joinedload(Consultation.duty_list), lazyload(Consultation.opinions)
    running = running.where(Opinion.unit_id.in_(units)).options(contains_eager(Opinion.consultation).options(*shown))
    return [opinion for opinion in db.session.scalars(running.order_by(Opinion.id)) if is_open_to(standing, opinion)]


def is_open_to(standing: access.Standing, opinion: Opinion) -> bool:
    """Say whether this person can still give or change an opinion."""
    running = opinion.consultation.ended_at is None and not is_over(opinion.consultation)
    return running and access.may(standing, "answer", opinion) is not None
