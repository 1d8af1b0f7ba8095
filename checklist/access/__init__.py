"""Who may do what to which row: one table, read from the top.

A role here is a relation between a person and a row, told by a function that returns the capacity in which the
person stands in it, or None. TABLE says which relations each verb takes. Whoever may not `see` a row is told
that there is none (404); whoever sees it and may not act is told who may (403).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from checklist import clock
from checklist.access.standing import Capacity, held
from checklist.access.standing import Standing as Standing
from checklist.actor import Actor
from checklist.refusal import NotYours, Unseen
from models import (
    THREE_OFFICERS,
    Batch,
    DutyList,
    Evidence,
    Item,
    ListState,
    Logged,
    Opinion,
    Part,
    Post,
    PostKind,
    Role,
    Tenure,
    Unit,
    User,
    db,
)

Row = TypeVar("Row", bound=Logged)


# --- relations to an item -----------------------------------------------------------------------------------


def holder(standing: Standing, item: Item) -> Capacity | None:
    """责任人"""
    return Capacity("holder", item.post) if item.post in standing.posts else None


def liaison(standing: Standing, item: Item) -> Capacity | None:
    """联络员"""
    return Capacity("liaison") if item.post in standing.prepares else None


def supporter(standing: Standing, item: Item) -> Capacity | None:
    """配合责任人"""
    helping = [a.post for a in item.duty.assignments if a.part is Part.SUPPORT and a.post in standing.posts]
    return Capacity("supporter", helping[0]) if helping else None


def reviewer(standing: Standing, item: Item) -> Capacity | None:
    """审核人"""
    if _is_own(standing, item):
        return None
    post = standing.reviewers.get(item.post)
    return Capacity("reviewer", post) if post in standing.posts else None


def recorder(standing: Standing, item: Item) -> Capacity | None:
    """记录上级审核的经办人"""
    if _is_own(standing, item) or not standing.granted(Role.CLERK, item.post.unit):
        return None
    if any(standing.granted(office, None) for office in THREE_OFFICERS):  # they never review, whatever else they are
        return None
    return Capacity("recorder") if standing.reviewers.get(item.post) is None else None


def signatory(standing: Standing, item: Item) -> Capacity | None:
    """签认过它的人"""
    return Capacity("signatory") if any(s.user == standing.by.user for s in item.signatures) else None


def superior(standing: Standing, item: Item) -> Capacity | None:
    """本单位或上级单位负责人"""
    post = standing.leads(item.post.unit)
    return Capacity("superior", post) if post else None


def item_auditor(standing: Standing, item: Item) -> Capacity | None:
    """审计员"""
    return unit_auditor(standing, item.post.unit)


def revision(_standing: Standing, _row: Logged) -> Capacity | None:
    """清单修订生效时自动办理"""
    return None


def _is_own(standing: Standing, item: Item) -> bool:
    """Nobody reviews himself: neither what he signed nor what belongs to any post of his."""
    signed = item.signature is not None and item.signature.user == standing.by.user
    return signed or item.post in standing.posts


# --- relations to a list ------------------------------------------------------------------------------------


def list_clerk(standing: Standing, duties: DutyList) -> Capacity | None:
    """经办人"""
    return Capacity("clerk") if standing.granted(Role.CLERK, duties.unit) else None


def confirmer(standing: Standing, duties: DutyList) -> Capacity | None:
    """另一位确认人（办公室主任或党组织书记）"""
    # Adoption takes two: neither who drafted it nor who submitted it.
    if standing.by.user in (duties.drafted_by, duties.submitted_by):
        return None
    offices = [duties.unit] + [
        t.post.unit for t in tenures_of(duties.submitted_by) if t.post.unit.parent == duties.unit
    ]
    for post in standing.posts:
        heads_office = post.kind is PostKind.PRINCIPAL and post.unit in offices[1:]
        if heads_office or (post.is_secretary and post.unit == duties.unit):
            return Capacity("confirmer", post)
    return None


def consulted(standing: Standing, duties: DutyList) -> Capacity | None:
    """征求意见时被征求单位的负责人和联络员"""
    asked = duties.consultations[-1].opinions if duties.state is ListState.CONSULTING else []
    return next(filter(None, (may(standing, "answer", opinion) for opinion in asked)), None)


def answering_head(standing: Standing, opinion: Opinion) -> Capacity | None:
    """被征求单位的一把手或书记"""
    heads = [post for post in standing.posts if post.unit == opinion.unit and post.is_head]
    return Capacity("head", heads[0]) if heads else None


def answering_liaison(standing: Standing, opinion: Opinion) -> Capacity | None:
    """其联络员"""
    prepared = [post for post in standing.prepares if post.unit == opinion.unit and post.is_head]
    return Capacity("liaison") if prepared else None


def opinion_hearer(standing: Standing, opinion: Opinion) -> Capacity | None:
    """经办人和确认人"""
    return may(standing, "hear", opinion.consultation.duty_list)


def reader(standing: Standing, duties: DutyList) -> Capacity | None:
    """本单位人员、责任人及上级负责人"""
    if duties.state not in (ListState.ADOPTED, ListState.SUPERSEDED):
        return None
    own = [p for p in standing.posts + standing.prepares if p.unit == duties.unit]
    if own or standing.leads(duties.unit) or standing.granted(Role.AUDITOR, duties.unit):
        return Capacity("reader", own[0] if own else None)
    assigned = {a.post for duty in duties.kept for a in duty.assignments}
    return Capacity("owner") if assigned.intersection(standing.posts + standing.prepares) else None


# --- relations to a unit, a person, a receipt ---------------------------------------------------------------


def unit_auditor(standing: Standing, unit: Unit) -> Capacity | None:
    """审计员"""
    return Capacity("auditor") if standing.granted(Role.AUDITOR, unit) else None


def log_admin(standing: Standing, unit: Unit) -> Capacity | None:
    """审计管理员"""
    return Capacity("log_admin") if standing.granted(Role.LOG_ADMIN, unit) else None


def unit_clerk(standing: Standing, unit: Unit) -> Capacity | None:
    """经办人"""
    return Capacity("clerk") if standing.granted(Role.CLERK, unit) else None


def system_admin(standing: Standing, _row: Logged) -> Capacity | None:
    """系统管理员"""
    return Capacity("system_admin") if standing.granted(Role.SYSTEM_ADMIN, None) else None


def security_admin(standing: Standing, _row: Logged) -> Capacity | None:
    """安全管理员"""
    return Capacity("security_admin") if standing.granted(Role.SECURITY_ADMIN, None) else None


def console(standing: Standing, _row: Logged) -> Capacity | None:
    """服务器操作员"""
    return Capacity("console") if standing.by.console else None


def anybody(standing: Standing, _row: Logged) -> Capacity | None:
    """登录人员"""
    return Capacity("anybody") if standing.by.user or standing.by.console else None


def oneself(standing: Standing, user: User) -> Capacity | None:
    """本人"""
    return Capacity("oneself") if standing.by.user == user else None


def signer(standing: Standing, batch: Batch) -> Capacity | None:
    """签认人"""
    if standing.by.user == batch.user or batch.post in standing.posts + standing.prepares:
        return Capacity("signer", batch.post)
    return None


def batch_reader(standing: Standing, batch: Batch) -> Capacity | None:
    """审核人、负责人和审计员"""
    return next(filter(None, (may(standing, "see", s.item) for s in batch.signatures)), None)


def item_reader(standing: Standing, evidence: Evidence) -> Capacity | None:
    """能查看所属事项的人"""
    return may(standing, "see", evidence.item)


def item_reporter(standing: Standing, evidence: Evidence) -> Capacity | None:
    """责任人、联络员"""
    return may(standing, "attach", evidence.item)


Relation = Callable[[Standing, Any], Capacity | None]

TABLE: dict[type[Logged], dict[str, tuple[Relation, ...]]] = {
    Item: {
        "see": (holder, liaison, supporter, reviewer, signatory, superior, recorder, item_auditor),
        "tick": (holder, liaison),
        "untick": (holder, liaison),
        "report": (holder, liaison),
        "attach": (holder, liaison),
        "begin_case": (holder, liaison),
        "cancel_case": (holder, liaison),
        "sign": (holder,),
        "withdraw": (holder,),
        "approve": (reviewer, recorder),
        "send_back": (reviewer, recorder),
        "void": (revision,),
        "drop": (revision,),
    },
    Evidence: {"see": (item_reader,), "detach": (item_reporter,)},
    DutyList: {
        "see": (list_clerk, confirmer, reader, consulted),
        "edit": (list_clerk,),
        "submit": (list_clerk,),
        "adopt": (confirmer,),
        "decline": (confirmer,),
        "abandon": (list_clerk,),
        "consult": (list_clerk,),
        "hear": (list_clerk, confirmer),
        "extend": (list_clerk,),
        "conclude": (list_clerk, console),
        "revise": (list_clerk,),
        "correct": (confirmer,),
        "supersede": (revision,),
    },
    Opinion: {
        "see": (answering_head, answering_liaison, opinion_hearer),
        "answer": (answering_head, answering_liaison),
    },
    Batch: {"see": (signer, batch_reader)},
    Unit: {
        "see": (anybody,),
        "draft": (unit_clerk,),
        "keep": (system_admin, console),
        "grant": (security_admin, console),
        "read_log": (unit_auditor, log_admin),
        "export": (unit_auditor, console),
        "seal": (unit_auditor, log_admin, console),
        "keep_key": (console,),
    },
    User: {
        "see": (anybody,),
        "keep": (system_admin, console),
        "unlock": (security_admin, console),
        "change_password": (oneself,),
    },
}


def may(standing: Standing, verb: str, row: Logged) -> Capacity | None:
    """The first capacity in which this person may do this to this row, if any."""
    return next(filter(None, (relation(standing, row) for relation in TABLE[type(row)][verb])), None)


def require(by: Actor, verb: str, row: Logged) -> Post | None:
    """The post in whose capacity the actor may do this, or None where it takes no post.

    Raises Unseen or NotYours. To be called inside the act, before the row's state is looked at.
    """
    standing = Standing.of(by)
    capacity = may(standing, verb, row)
    if capacity:
        return capacity.post or by.post
    if not may(standing, "see", row):
        raise Unseen(row)
    who = "、".join((relation.__doc__ or "").strip() for relation in TABLE[type(row)][verb])
    raise NotYours(f"这一步只能由{who}办理，您没有这项权限。如需办理，请与对方联系。", row)


def load(kind: type[Row], id: int) -> Row:
    """Read a row anew, as it stands now. Raises Unseen when there is none."""
    row = db.session.get(kind, id, populate_existing=True)
    if row is None:
        raise Unseen()
    return row


def see(by: Actor, kind: type[Row], id: int) -> Row:
    """A row to show to this person. Raises Unseen."""
    row = load(kind, id)
    if not may(Standing.of(by), "see", row):
        raise Unseen(row)
    return row


# --- whose holder, whose reviewer -----------------------------------------------------------------------


def tenures_of(user: User | None) -> list[Tenure]:
    """The tenures by which somebody holds posts today."""
    return held(Tenure, user, clock.today()) if user else []


def reviewees(standing: Standing) -> list[Post]:
    """The posts whose items this person reviews, or records the outside review of."""
    own = standing.posts
    found = []
    for post, reviewing in standing.reviewers.items():
        records = reviewing is None and standing.granted(Role.CLERK, post.unit)
        if post not in own and (records or reviewing in own):
            found.append(post)
    return found


def reviews_somebody(standing: Standing) -> bool:
    """Whether the review queue is of any use to this person."""
    return bool(reviewees(standing))
