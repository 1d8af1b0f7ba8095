"""Who may do what to which row: one table, read from the top.

A role here is a relation between a person and a row: a function that returns the capacity in which the person
stands in it, or None. TABLE says which relations each verb takes. Whoever may not `see` a row is told
that there is none (404); whoever sees it and may not act is told who may (403).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select

from checklist import picture
from checklist.access.offices import Capacity
from checklist.access.offices import Standing as Standing
from checklist.access.offices import is_acting as is_acting
from checklist.access.relations import (
    answering_head,
    answering_liaison,
    anybody,
    confirmer,
    console,
    holder,
    item_auditor,
    liaison,
    list_clerk,
    log_admin,
    oneself,
    reader,
    recorder,
    records_reviews,
    reviewer,
    revision,
    security_admin,
    signatory,
    signer,
    superior,
    supporter,
    system_admin,
    unit_auditor,
    unit_clerk,
)
from checklist.actor import Actor
from checklist.refusal import NotYours, Unseen
from models import (
    Batch,
    Consultation,
    Duty,
    DutyList,
    Evidence,
    Grant,
    Item,
    Liaison,
    ListState,
    Logged,
    Opinion,
    Portfolio,
    Post,
    Role,
    Tenure,
    Unit,
    User,
    db,
)

Row = TypeVar("Row", bound=Logged)


# --- relations that ask what somebody may do with another row ---------------------------------------------------


def consulted(standing: Standing, duty_list: DutyList) -> Capacity | None:
    """征求意见时被征求单位的负责人和联络员"""
    asked = duty_list.consultations[-1].opinions if duty_list.state is ListState.CONSULTING else []
    return next(filter(None, (may(standing, "answer", opinion) for opinion in asked)), None)


def opinion_hearer(standing: Standing, opinion: Opinion) -> Capacity | None:
    """经办人和确认人"""
    return may(standing, "hear", opinion.consultation.duty_list)


def batch_reader(standing: Standing, batch: Batch) -> Capacity | None:
    """审核人、负责人和审计员"""
    return next(filter(None, (may(standing, "see", s.item) for s in batch.signatures)), None)


def item_reader(standing: Standing, evidence: Evidence) -> Capacity | None:
    """能查看所属事项的人"""
    return may(standing, "see", evidence.item)


def item_reporter(standing: Standing, evidence: Evidence) -> Capacity | None:
    """责任人、联络员"""
    return may(standing, "attach", evidence.item)


def list_reader(standing: Standing, duty: Duty) -> Capacity | None:
    """能查看所属清单的人"""
    return may(standing, "see", duty.duty_list)


Relation = Callable[[Standing, Any], Capacity | None]

TABLE: dict[type[Logged], dict[str, tuple[Relation, ...]]] = {
    Item: {
        "see": (holder, liaison, reviewer, signatory, superior, recorder, supporter, item_auditor),
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
        "withdraw_submission": (list_clerk,),
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
    Duty: {"see": (list_reader,)},
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
    **{kind: {"see": (anybody,)} for kind in (Post, Tenure, Liaison, Portfolio, Grant)},
    User: {
        "see": (anybody,),
        "keep": (system_admin, console),
        "unlock": (security_admin, console),
        "change_password": (oneself,),
    },
}


def may(standing: Standing, verb: str, row: Logged) -> Capacity | None:
    """Return the first capacity in which this person may do this to this row, if any."""
    return next(filter(None, (relation(standing, row) for relation in TABLE[type(row)][verb])), None)


def require(by: Actor, verb: str, row: Logged) -> Post | picture.Post | None:
    """Return the post in whose capacity the actor may do this, or None where it takes no post.

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
    return load_all(kind, [id])[0]


def load_all(kind: type[Row], ids: Collection[int]) -> list[Row]:
    """Read rows anew, in this order, in as many queries as one. Raises Unseen when one of them is not there."""
    query = select(kind).where(kind.id.in_(ids)).options(*kind.read_along())
    rows = {row.id: row for row in db.session.scalars(query.execution_options(populate_existing=True)).unique()}
    if rows.keys() < set(ids):
        raise Unseen()
    return [rows[id] for id in ids]


def see(by: Actor, kind: type[Row], id: int) -> Row:
    """Return a row to show to this person. Raises Unseen."""
    return see_all(by, kind, [id])[0]


def see_all(by: Actor, kind: type[Row], ids: Collection[int]) -> list[Row]:
    """Return rows to show to this person. Raises Unseen where one of them is not."""
    rows, standing = load_all(kind, ids), Standing.of(by)
    for row in rows:
        if not may(standing, "see", row):
            raise Unseen(row)
    return rows


# --- the units asked for when there is no other row ----------------------------------------------------------


def root() -> Unit | None:
    """Return the county committee, above all other units."""
    return db.session.scalar(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1))


def county() -> Unit:
    """Return the root to whatever needs one. Raises Unseen while there is none."""
    top = root()
    if top is None:
        raise Unseen()
    return top


def readable_logs(by: Actor) -> list[Unit]:
    """Return the units for whose logs somebody holds a grant; the root for somebody without, to be refused by."""
    scopes = [unit for role, unit in Standing.of(by).grants if role in (Role.AUDITOR, Role.LOG_ADMIN)]
    return [load(Unit, unit) for unit in scopes] or [county()]


def drafts_somewhere(standing: Standing) -> bool:
    """Return whether this person may draft for any unit: a clerk may for each unit of the grant, its own among them."""
    return standing.granted(Role.CLERK, None)


def within_sight(standing: Standing) -> ColumnElement[bool]:
    """Return a condition that every list meets which this person may see, so that no others need be read.

    Whether they may is decided by TABLE.
    """
    county, answers_for = standing.county, standing.posts + standing.prepares
    scopes = {unit for role, unit in standing.grants if role in (Role.CLERK, Role.AUDITOR)}
    scopes |= {post.unit.id for post in standing.posts if post.is_head}
    own = {post.unit.id for post in answers_for}
    units = {unit.id for unit in county.units.values() if not scopes.isdisjoint(unit.line)}
    units |= own | {post.unit.parent_id for post in standing.posts if post.unit.parent_id}
    asked = select(Consultation.duty_list_id).join(Consultation.opinions).where(Opinion.unit_id.in_(own))
    return or_(DutyList.unit_id.in_(units), DutyList.id.in_(standing.assigned_lists), DutyList.id.in_(asked))


# --- whose holder, whose reviewer -----------------------------------------------------------------------


def reviewees(standing: Standing) -> list[picture.Post]:
    """Return the posts whose items this person reviews, or records the outside review of."""
    reviewed = standing.county.reviewed
    theirs = [post for own in standing.posts for post in reviewed.get(own.id, ())]
    theirs += [post for post in reviewed.get(None, ()) if records_reviews(standing, post)]
    return [post for post in theirs if not standing.holds(post.id)]


def reviews_somebody(standing: Standing) -> bool:
    """Return whether the review queue is of any use to this person."""
    return bool(reviewees(standing))
