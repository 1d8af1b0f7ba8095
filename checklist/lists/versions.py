"""A list that is revised: a new version in place of the one in force, and what becomes of the items then.

A revision looks ahead. What was signed, and was due before the day on which the new version comes into force, was
done under the words of its time and stays as it is; so does whatever the new version leaves untouched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from checklist import access, clock, ledger, picture
from checklist.actor import Actor
from checklist.decompose import figures
from checklist.items import holidays, schedule, signoff
from checklist.lists import difference, owners
from checklist.refusal import Refused, insist_on
from models import Duty, DutyList, Item, ItemState, ListState, Part, Post, Reading, Signature, db

LONGEST_REASON = 2000
UNDER_WAY = (ListState.DRAFT, ListState.CONSULTING, ListState.SUBMITTED)
PROCEDURE = "程序"


# --- a series -----------------------------------------------------------------------------------------------


def series(duty_list: DutyList) -> list[DutyList]:
    """Return all versions of a list, the first one first; abandoned drafts are none."""
    return [version for version in duty_list.namesakes if version.state is not ListState.ABANDONED]


def next_number(namesakes: Iterable[DutyList]) -> int:
    """Return the number of a new version of what bears this name: an abandoned draft keeps its own."""
    return max((version.version for version in namesakes), default=0) + 1


def in_force(duty_list: DutyList) -> DutyList | None:
    """Return the version of this list that is in force, if one is."""
    return next((version for version in series(duty_list) if version.state is ListState.ADOPTED), None)


def before(duty_list: DutyList) -> DutyList | None:
    """Return the version that this one revises, if it revises one."""
    return next((version for version in reversed(series(duty_list)) if version.version < duty_list.version), None)


def is_under_way(duty_list: DutyList) -> bool:
    """Say whether this is a revision that has not come into force and still can."""
    return duty_list.state in UNDER_WAY and before(duty_list) is not None


def offers(duty_list: DutyList, standing: access.Standing) -> set[str]:
    """Return the verbs that this person can begin on a list in force, for a template to draw as links."""
    if duty_list.state is not ListState.ADOPTED:
        return set()
    verbs = {"correct"} if series(duty_list)[-1] is not duty_list else {"correct", "revise"}
    return {verb for verb in verbs if access.may(standing, verb, duty_list)}


def revise(list_id: int, reason: str, *, by: Actor) -> DutyList:
    """Begin a new version of a list in force: a draft of the same duties, which keep their lineages.

    It becomes what the list is once it has been submitted and adopted like any other. Raises Refused while another
    revision is under way.
    """
    with ledger.act_on("revise", DutyList, list_id, by=by, reason=reason) as duty_list:
        if duty_list.state is not ListState.ADOPTED:
            raise Refused(f"这份清单现在是“{duty_list.state.label}”，只有已生效的清单可以修订。", duty_list)
        newest = series(duty_list)[-1]
        if newest is not duty_list:
            raise Refused(f"第 {newest.version} 版正在修订，请在那一版上修改。", duty_list)
        insist_on("修订的理由", reason, "reason", most=LONGEST_REASON)
        assert by.user is not None  # only a clerk gets here
        revised = DutyList(
            **{name: getattr(duty_list, name) for name in (*DutyList.SERIES, "unit", "source", "nodes")},
            version=next_number(duty_list.namesakes),
            revised_because=reason.strip(),
            drafted_by=by.user,
            duties=[duty.like(position=position) for position, duty in enumerate(duty_list.kept, 1)],
        )
        db.session.add(revised)
        db.session.expire(duty_list, ["namesakes"])
    return revised


# --- what differs -------------------------------------------------------------------------------------------


def terms(duty: Duty) -> dict[str, str]:
    """Return what somebody signs for, in words.

    Where two versions of a duty differ in this, and only there, signatures are void: nothing is void without a
    difference that can be shown.
    """
    return {
        "任务表述": duty.wording,
        "类别": duty.side.label,
        "频次": duty.cadence.label,
        "完成日期": duty.due_on.isoformat() if duty.due_on else "",
        "指标": "；".join(figures.in_words(t.of, t.op, t.value, t.unit) for t in duty.targets),
        PROCEDURE: " → ".join(duty.steps),
    }


def _owners(duty: Duty) -> str:
    parts = {part: [owners.describe(owner) for owner in duty.owners if owner["part"] == part] for part in Part}
    return "；".join(f"{part.label}：{'、'.join(names)}" for part, names in parts.items() if names)


@dataclass(frozen=True)
class Field:
    """One particular of a duty in two versions, side by side."""

    name: str
    before: difference.Side
    after: difference.Side


@dataclass(frozen=True)
class Change:
    """A duty that two versions of a list do not have alike; one of them may lack it."""

    before: Duty | None
    after: Duty | None
    fields: list[Field]

    @property
    def kind(self) -> str:
        """What happened to the duty, in a word."""
        if self.before is None:
            return "新增"
        if self.after is None:
            return "删去"
        return "改动" if changed_terms(self.before, self.after) else "责任人变动"


def changed_terms(old: Duty, new: Duty) -> set[str]:
    """Return the names of the terms in which two versions of a duty differ."""
    before, after = terms(old), terms(new)
    return {name for name in before if before[name] != after[name]}


def compare(old: Duty | None, new: Duty | None) -> list[Field]:
    """Return the particulars in which two versions of a duty differ, its owners among them."""
    left, right = ({**terms(duty), "责任人": _owners(duty)} if duty else {} for duty in (old, new))
    fields = []
    for name in left | right:
        one, other = left.get(name, ""), right.get(name, "")
        if one != other:
            fields.append(Field(name, *difference.sides(one, other)))
    return fields


def changes(duty_list: DutyList) -> list[Change]:
    """Return how a version differs from the one that it revises: in its own order, then what it leaves out."""
    previous = before(duty_list)
    old = {duty.lineage: duty for duty in previous.kept} if previous else {}
    pairs: list[tuple[Duty | None, Duty | None]] = [(old.pop(duty.lineage, None), duty) for duty in duty_list.kept]
    pairs += [(duty, None) for duty in old.values()]
    compared = [Change(one, other, compare(one, other)) for one, other in pairs]
    return [change for change in compared if change.fields]


def untouched(duty_list: DutyList) -> set[str]:
    """Return the lineages of the duties that the version in force has in the same terms."""
    current = in_force(duty_list)
    old = {duty.lineage: duty for duty in current.kept} if current else {}
    return {d.lineage for d in duty_list.kept if d.lineage in old and not changed_terms(old[d.lineage], d)}


def changes_of(item: Item) -> list[Field]:
    """Return how an item's duty differs from what was signed before a revision, or from the version before."""
    voided = [signature for signature in item.signatures if signature.voided_at]
    old = voided[-1].duty if voided else _before(item.duty)
    return compare(old, item.duty) if old else []


def _before(duty: Duty) -> Duty | None:
    """Return a duty as it read before its last change of terms, if it read otherwise once."""
    rows = select(Duty).join(Duty.duty_list).where(Duty.lineage == duty.lineage, Duty.version == duty.version - 1)
    rows = rows.where(DutyList.state != ListState.ABANDONED).order_by(DutyList.version.desc(), Duty.id.desc())
    return db.session.scalar(rows.limit(1)) if duty.version > 1 else None


def reasons(voided: Iterable[Signature]) -> dict[int | None, str]:
    """Return for each duty whose new version voided signatures why its list was revised, by the duty's id."""
    ids = {signature.voided_by_id for signature in voided} - {None}
    rows = select(Duty.id, DutyList.revised_because).join(Duty.duty_list).where(Duty.id.in_(ids))
    return dict(db.session.execute(rows).all()) if ids else {}


# --- coming into force --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Consequence:
    """What a new version does with an item: the move, if it takes one, and the duty and day that it then has."""

    item: Item
    verb: str | None
    duty: Duty
    due_on: date


def plan(duty_list: DutyList) -> list[Consequence]:
    """Return what becomes of a list's items when this version comes into force today; nothing for a first version."""
    if before(duty_list) is None:
        return []
    revised = {duty.lineage: duty for duty in duty_list.kept}
    days, spread = holidays.calendar(), owners.spreads(duty_list)
    dues = {duty: {p.name: p.due_on for p in schedule.periods(duty, date.min, days)} for duty in duty_list.kept}
    versions = [version.id for version in series(duty_list)]
    items = select(Item).join(Item.duty).where(Duty.duty_list_id.in_(versions)).order_by(Item.id)
    items = items.options(
        contains_eager(Item.duty),
        joinedload(Item.post).joinedload(Post.unit),
        joinedload(Item.step),
        selectinload(Item.signatures),
        selectinload(Item.readings).joinedload(Reading.target),
    )
    found = []
    for item in db.session.scalars(items):
        duty = revised.get(item.lineage)
        due = None
        if duty and item.post_id in (post.id for post in spread[duty].leads):
            due = item.due_on if item.case else dues[duty].get(item.period)
        found.append(_consequence(item, duty, due))
    return [consequence for consequence in found if consequence]


def _consequence(item: Item, duty: Duty | None, due: date | None) -> Consequence | None:
    today, done = clock.today(), item.state.is_signed
    if duty is None or due is None:  # the duty has gone, or this post or period from it
        stays = (done and item.due < today) or item.state not in signoff.MOVES["drop"].before
        return None if stays else Consequence(item, "drop", item.duty, item.due_on)
    # A case keeps the steps with which it was opened.
    changed = bool(changed_terms(item.duty, duty) - ({PROCEDURE} if item.step else set()))
    past = item.due < today and due < today
    if past and ((done and changed) or item.state is ItemState.DROPPED):
        return None
    voids = item.state in signoff.MOVES["void"].before and (changed or item.state is ItemState.DROPPED)
    return Consequence(item, "void" if voids else None, duty, due)


def supersede(duty_list: DutyList) -> None:
    """Put a version in the place of the one in force, and its items in step with it. Only inside an act."""
    old = in_force(duty_list)
    if old is None or old is duty_list:
        return
    versions = {duty.lineage: duty for duty in old.kept}
    for duty in duty_list.kept:
        known = versions.get(duty.lineage)
        duty.version = known.version + bool(changed_terms(known, duty)) if known else 1
    for consequence in plan(duty_list):
        _bring_about(consequence)
    old.state = ListState.SUPERSEDED


def _bring_about(consequence: Consequence) -> None:
    item, duty = consequence.item, consequence.duty
    if consequence.verb:
        item.state = signoff.MOVES[consequence.verb].after
    if consequence.verb == "void":
        if item.signature:
            item.signature.voided_by, item.signature.voided_at = duty, clock.now()
        item.reported_at = item.reported_by = item.redo_by = None
        item.reply = ""
    if item.duty is duty:
        return
    item.duty, item.due_on = duty, consequence.due_on
    for reading in list(item.readings):
        # What was reached stays typed where the new version asks for the same figure.
        same = [t for t in duty.targets if (t.of, t.unit) == (reading.target.of, reading.target.unit)]
        if same:
            reading.target, reading.met = same[0], signoff.is_met(same[0], reading.value)
        else:
            signoff.delete(reading)


@dataclass(frozen=True)
class Outlook:
    """What a revision will do, in numbers: duties by what happened to them, then items."""

    duties: Counter[str]
    voided: int
    dropped: int


def outlook(duty_list: DutyList) -> Outlook:
    """Count what confirming this version would do today."""
    found = plan(duty_list)
    return Outlook(
        Counter(change.kind for change in changes(duty_list)),
        sum(one.verb == "void" and one.item.signature is not None for one in found),
        sum(one.verb == "drop" for one in found),
    )


def missing(duty_list: DutyList, since: date) -> list[tuple[Duty, picture.Post, schedule.Period]]:
    """Return the duties, posts and periods, still to come on a day, for which a list has no item yet."""
    days, spread = holidays.calendar(), owners.spreads(duty_list)
    lineages = [duty.lineage for duty in duty_list.kept]
    known = select(Item.lineage, Item.post_id, Item.period).where(Item.lineage.in_(lineages), Item.case == "")
    there = {tuple(key) for key in db.session.execute(known)}
    return [
        (duty, post, period)
        for duty in duty_list.kept
        for post in spread[duty].leads
        for period in schedule.periods(duty, since, days)
        if (duty.lineage, post.id, period.name) not in there
    ]
