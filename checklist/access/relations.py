"""How a person may stand to a row: as its holder, its reviewer, the clerk of its unit.

A relation returns the capacity in which somebody stands in it, or None; its docstring is its word on the screen.
"""

from __future__ import annotations

from checklist.access.offices import Capacity, Standing
from checklist.picture import Post
from models import (
    THREE_OFFICERS,
    Batch,
    DutyList,
    Item,
    ListState,
    Logged,
    Opinion,
    Part,
    PostKind,
    Role,
    Unit,
    User,
)

# --- relations to an item -----------------------------------------------------------------------------------


def holder(standing: Standing, item: Item) -> Capacity | None:
    """责任人"""
    return Capacity("holder", _post(standing, item)) if standing.holds(item.post_id) else None


def liaison(standing: Standing, item: Item) -> Capacity | None:
    """联络员"""
    return Capacity("liaison") if _post(standing, item) in standing.prepares else None


def supporter(standing: Standing, item: Item) -> Capacity | None:
    """配合责任人"""
    if not standing.posts:
        return None
    helping = [a.post_id for a in item.duty.assignments if a.part is Part.SUPPORT and standing.holds(a.post_id)]
    return Capacity("supporter", standing.county.posts[helping[0]]) if helping else None


def reviewer(standing: Standing, item: Item) -> Capacity | None:
    """审核人"""
    if _is_own(standing, item):
        return None
    post = standing.county.reviewer(item.post_id)
    return Capacity("reviewer", post) if post and standing.holds(post.id) else None


def recorder(standing: Standing, item: Item) -> Capacity | None:
    """记录上级审核的经办人"""
    return (
        None
        if _is_own(standing, item) or not records_reviews(standing, _post(standing, item))
        else Capacity("recorder")
    )


def signatory(standing: Standing, item: Item) -> Capacity | None:
    """签认过它的人"""
    return Capacity("signatory") if any(s.user_id == standing.user_id for s in item.signatures) else None


def superior(standing: Standing, item: Item) -> Capacity | None:
    """本单位或上级单位负责人"""
    post = standing.leads(_post(standing, item).unit.id)
    return Capacity("superior", post) if post else None


def item_auditor(standing: Standing, item: Item) -> Capacity | None:
    """审计员"""
    return Capacity("auditor") if standing.granted(Role.AUDITOR, _post(standing, item).unit.id) else None


def revision(_standing: Standing, _row: Logged) -> Capacity | None:
    """清单修订生效时自动办理"""
    return None


def records_reviews(standing: Standing, post: Post) -> bool:
    """Return whether this person records the reviews that a post gets outside the system."""
    if any(standing.granted(office, None) for office in THREE_OFFICERS):  # they never review, whatever else they are
        return False
    return standing.county.reviewer(post.id) is None and standing.granted(Role.CLERK, post.unit.id)


def _is_own(standing: Standing, item: Item) -> bool:
    """Return whether an item is one's own, which nobody reviews: signed by oneself, or of any post that one holds."""
    signed = item.signature is not None and item.signature.user_id == standing.user_id
    return signed or standing.holds(item.post_id)


def _post(standing: Standing, item: Item) -> Post:
    return standing.county.posts[item.post_id]


# --- relations to a list ------------------------------------------------------------------------------------


def list_clerk(standing: Standing, duty_list: DutyList) -> Capacity | None:
    """经办人"""
    return Capacity("clerk") if standing.granted(Role.CLERK, duty_list.unit_id) else None


def confirmer(standing: Standing, duty_list: DutyList) -> Capacity | None:
    """另一位确认人（办公室主任或党组织书记）"""
    # Adoption takes two: neither who drafted it nor who submitted it.
    if standing.user_id in (duty_list.drafted_by_id, duty_list.submitted_by_id):
        return None
    submitted_from = {post.unit for post in standing.county.held_by(duty_list.submitted_by_id or 0)}
    for post in standing.posts:
        is_office = post.unit in submitted_from and post.unit.parent_id == duty_list.unit_id
        heads_office = post.kind is PostKind.PRINCIPAL and is_office
        if heads_office or (post.is_secretary and post.unit.id == duty_list.unit_id):
            return Capacity("confirmer", post)
    return None


def answering_head(standing: Standing, opinion: Opinion) -> Capacity | None:
    """被征求单位的一把手或书记"""
    heads = [post for post in standing.posts if post.unit.id == opinion.unit_id and post.is_head]
    return Capacity("head", heads[0]) if heads else None


def answering_liaison(standing: Standing, opinion: Opinion) -> Capacity | None:
    """其联络员"""
    prepared = [post for post in standing.prepares if post.unit.id == opinion.unit_id and post.is_head]
    return Capacity("liaison") if prepared else None


def reader(standing: Standing, duty_list: DutyList) -> Capacity | None:
    """本单位人员、责任人及上级负责人"""
    if duty_list.state not in (ListState.ADOPTED, ListState.SUPERSEDED):
        return None
    answers_for = standing.posts + standing.prepares
    own = [post for post in answers_for if post.unit.id == duty_list.unit_id]
    if own or standing.leads(duty_list.unit_id) or standing.granted(Role.AUDITOR, duty_list.unit_id):
        return Capacity("reader", own[0] if own else None)
    return Capacity("owner") if duty_list.id in standing.assigned_lists else None


# --- relations to a unit, a person, a receipt ---------------------------------------------------------------


def unit_auditor(standing: Standing, unit: Unit) -> Capacity | None:
    """审计员"""
    return Capacity("auditor") if standing.granted(Role.AUDITOR, unit.id) else None


def log_admin(standing: Standing, unit: Unit) -> Capacity | None:
    """审计管理员"""
    return Capacity("log_admin") if standing.granted(Role.LOG_ADMIN, unit.id) else None


def unit_clerk(standing: Standing, unit: Unit) -> Capacity | None:
    """经办人"""
    return Capacity("clerk") if standing.granted(Role.CLERK, unit.id) else None


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
    post = standing.county.posts[batch.post_id]
    is_theirs = standing.user_id == batch.user_id or post in standing.posts + standing.prepares
    return Capacity("signer", post) if is_theirs else None
