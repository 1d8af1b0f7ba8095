"""What is said of a list while it is being edited: what blocks it, and what its clerk may want to look at again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from checklist.lists import formalism
from checklist.lists.likeness import likeness
from checklist.lists.workload import Load
from models import Cadence, Duty, DutyList, ListState, Part, Tier, db

# About what a tier can hold before it is no longer read; taken from lists that counties published.
CEILINGS = {Tier.TEAM: 60, Tier.SECRETARY: 25, Tier.MEMBER: 20}
# A member's ceiling is his own, whoever else is on the list. A breakdown belongs to no tier: its length does not weigh on anybody, what one post leads of it does.
MOST_LED = CEILINGS[Tier.SECRETARY]

# Per cent of shared words from which two rows are likely one copied from the other: two rows that ask the same of
# different things (a meeting each quarter, a meeting each month) stay below.
SAME = 80

_FIGURE = re.compile(r"[0-9０-９%％]|[一二三四五六七八九十百]+(?:次|场|个|项|家|户|批|轮)")


@dataclass(frozen=True)
class Finding:
    """Something to look at in a row; `kind` is formalism (blocks submission), owner, measure, date or same."""

    kind: str
    words: str


def blocking(duty: Duty) -> list[str]:
    """Return what a row demands that no list may demand, in Chinese, with the rule that says so."""
    return [
        f"要求“{words}”，属于{burden.says}。依据{burden.rule}，清单不提这样的要求；请{burden.instead}，再提交"
        for burden, words in formalism.demanded(duty.wording)
    ]


def findings(duty_list: DutyList) -> dict[int, list[Finding]]:
    """Return what is to be said of each kept row, by duty id."""
    kept = duty_list.kept
    alike = _alike(kept, _elsewhere(duty_list))
    return {duty.id: [*_of(duty), *alike.get(duty.id, [])] for duty in kept}


def of_whole(duty_list: DutyList, loads: Sequence[Load]) -> list[str]:
    """Say of a list as a whole where it has more than the ceiling of its tier, or than one post can lead."""
    most = CEILINGS.get(duty_list.tier, MOST_LED)
    if duty_list.tier in (Tier.TEAM, Tier.SECRETARY):
        count = len(duty_list.kept)
        words = f"共 {count} 项，超过{duty_list.tier.label}清单 {most} 项左右的上限，建议合并或删减"
        return [words] if count > most else []
    return [
        f"{load.post.title}牵头 {load.duties} 项，超过一个岗位 {most} 项左右的上限，建议合并或分给别的岗位"
        for load in loads
        if load.duties > most
    ]


def _of(duty: Duty) -> list[Finding]:
    found = [Finding("formalism", words) for words in blocking(duty)]
    if not any(owner["part"] == Part.LEAD for owner in duty.owners):
        found.append(Finding("owner", "没有牵头责任人"))
    if duty.cadence is Cadence.ONGOING and not (duty.targets or duty.steps or _FIGURE.search(duty.wording)):
        found.append(Finding("measure", "没有指标、次数或程序，完成与否不好判断"))
    if duty.cadence is Cadence.ONCE and duty.due_on is None:
        said = f"原文时限“{duty.deadline}”还没有定成日期" if duty.deadline else "没有完成日期"
        found.append(Finding("date", f"{said}，将按最后一个报送节点办理"))
    return found


def _elsewhere(duty_list: DutyList) -> Sequence[Duty]:
    """Return the rows of the other lists that are in force in the same year."""
    in_force = DutyList.state == ListState.ADOPTED, DutyList.year == duty_list.year, DutyList.id != duty_list.id
    rows = select(Duty).where(Duty.duty_list_id.in_(select(DutyList.id).where(*in_force)), Duty.dropped.is_(False))
    return db.session.scalars(rows.options(joinedload(Duty.duty_list), lazyload(Duty.targets))).all()


def _alike(kept: Sequence[Duty], elsewhere: Sequence[Duty]) -> dict[int, list[Finding]]:
    """Say of each row which other shares most of its words: one of this list, else one of another."""
    nearest: dict[Duty, tuple[int, Duty]] = {}
    for one, other in combinations(kept, 2):
        alike = likeness(one.wording, other.wording)
        for row, like in ((one, other), (other, one)) if alike >= SAME else ():
            if row not in nearest or alike > nearest[row][0]:
                nearest[row] = (alike, like)
    for row in (row for row in kept if row not in nearest):
        # What watches the same work is no copy: a leader's row is drawn from that of the unit in his charge.
        others = [other for other in elsewhere if not set(row.guards) & set(other.guards)]
        measured = ((likeness(row.wording, other.wording), other) for other in others)
        alike, like = max(measured, key=lambda found: (found[0], -found[1].id), default=(0, row))
        if alike >= SAME:
            nearest[row] = (alike, like)
    return {row.id: [Finding("same", _same(alike, like, row))] for row, (alike, like) in nearest.items()}


def _same(alike: int, like: Duty, row: Duty) -> str:
    where = "" if like.duty_list is row.duty_list else f"《{like.duty_list.name}》"
    return f"与{where}第 {like.position} 项文字相同 {alike}%"
