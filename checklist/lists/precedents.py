"""What this county's last adopted list decided for the same words: who led. A suggestion, taken by a person or not."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from checklist.actor import Actor
from checklist.lists import editing, owners
from checklist.lists.likeness import likeness
from checklist.refusal import Refused
from models import Duty, DutyList, ListState, Part, db

# Per cent of shared words from which another row counts as the same task: the most that two rows about different
# things share is 50, a day and a verb. docs/likeness.md has the figures.
NEAR = 60


@dataclass(frozen=True)
class Suggestion:
    """The leads of a row of the last adopted list that is worded alike, how much alike in per cent."""

    owners: list[owners.Owner]
    of: Duty
    alike: int


def suggestions(duty_list: DutyList) -> dict[int, Suggestion]:
    """Return by duty id, for the kept rows of a draft that have no lead yet, who led such a row last.

    That is asked of the list of this unit and kind that came into force last.
    """
    without = [d for d in duty_list.kept if not any(owner["part"] == Part.LEAD for owner in d.owners)]
    if not without:
        return {}
    adopted = select(DutyList.id).where(DutyList.state == ListState.ADOPTED, DutyList.id != duty_list.id)
    adopted = adopted.where(DutyList.unit_id == duty_list.unit_id, DutyList.tier == duty_list.tier)
    last = adopted.order_by(DutyList.adopted_on.desc(), DutyList.id.desc()).limit(1).scalar_subquery()
    rows = select(Duty).where(Duty.duty_list_id == last, Duty.dropped.is_(False)).order_by(Duty.position)
    rows = rows.options(joinedload(Duty.duty_list), lazyload(Duty.targets))
    known = list(db.session.scalars(rows))
    found = {duty.id: _nearest(duty, known) for duty in without}
    return {id: suggestion for id, suggestion in found.items() if suggestion}


def _nearest(duty: Duty, rows: list[Duty]) -> Suggestion | None:
    measured = ((likeness(duty.wording, row.wording), row) for row in rows)
    alike, row = max(measured, key=lambda found: (found[0], -found[1].position), default=(0, duty))
    if alike < NEAR:
        return None
    leads = [o for o in row.owners if o["part"] == Part.LEAD and owners.posts_of(o, duty.duty_list.unit)]
    return Suggestion(leads, row, alike) if leads else None


def take_lead(duty_id: int, *, by: Actor, rev: int | None = None) -> Duty:
    """Let those lead who are suggested for a row now. Raises Refused when nobody is."""
    with editing.change("take_lead", duty_id, by=by, rev=rev) as duty:
        suggestion = suggestions(duty.duty_list).get(duty.id)
        if suggestion is None:
            raise Refused("现在没有可以采用的建议了，请刷新页面。", duty)
        new = {owners.key(owner) for owner in suggestion.owners}
        duty.owners = [*suggestion.owners, *(owner for owner in duty.owners if owners.key(owner) not in new)]
    return duty
