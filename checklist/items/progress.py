"""How far things have come: an official's checklist in the order in which it is due, its count, a reviewer's queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload

from checklist import clock, picture
from checklist.items import cases
from checklist.items.schedule import Light, light
from models import (
    Case,
    Duty,
    DutyList,
    Evidence,
    Item,
    ItemState,
    ListState,
    Post,
    Reading,
    Side,
    Signature,
    Step,
    db,
)

AnyPost = Post | picture.Post

# The sections of a checklist, in the order in which they want attention.
SECTIONS = {
    "returned": "被退回，请先处理",
    "late": "已逾期",
    "soon": "近期到期",
    "later": "以后到期",
    "waiting": "已签认，等待审核",
    "done": "已通过",
}


@dataclass(frozen=True)
class Row:
    """A work item beside the integrity items that guard it; or an integrity item alone, with what it guards.

    Or the steps of a case together; `item` is then the one whose turn it is.
    """

    item: Item
    guards: list[Item] = field(default_factory=list)
    guarded: list[Duty] = field(default_factory=list)
    case: Case | None = None

    @property
    def size(self) -> int:
        """Return how many items it shows that belong to its section."""
        steps = [step.item for step in self.case.steps] if self.case else []
        return sum(section(item) == section(self.item) for item in steps or [self.item, *self.guards])


@dataclass(frozen=True)
class Tally:
    """How many of how many: reported, signed and approved count up to the whole."""

    total: int
    ticked: int
    signed: int
    approved: int
    returned: int
    ready: int  # reported, and to be signed by the person for whom it was counted

    @classmethod
    def of(cls, posts: Iterable[AnyPost], held: Iterable[AnyPost] = ()) -> Tally:
        """Count the items of these posts by their state, in the database; those that `held` posts can sign apart."""
        counted = select(Item.state, Item.post_id, func.count()).where(*_on_the_checklist(posts))
        counts: Counter[ItemState] = Counter()
        ready, own = 0, {post.id for post in held}
        for state, post, count in db.session.execute(counted.group_by(Item.state, Item.post_id)):
            counts[state] += count
            ready += count if state is ItemState.TICKED and post in own else 0
        ticked, signed, approved, returned = (
            counts[state] for state in (ItemState.TICKED, ItemState.SIGNED, ItemState.APPROVED, ItemState.RETURNED)
        )
        return cls(counts.total(), ticked, signed, approved, returned, ready)

    @property
    def done(self) -> int:
        """What needs nothing more from the official."""
        return self.signed + self.approved


def _on_the_checklist(posts: Iterable[AnyPost]) -> tuple[ColumnElement[bool], ...]:
    return Item.post_id.in_([post.id for post in posts]), Item.state != ItemState.DROPPED


def items_of(posts: Iterable[AnyPost], *such: ColumnElement[bool]) -> list[Item]:
    """Return the items of these posts that have not been dropped and meet conditions, soonest due first.

    What their rows show is read along, in a number of queries that does not grow with them.
    """
    query = (
        select(Item)
        .where(*_on_the_checklist(posts), *such)
        .order_by(Item.due, Item.id)
        .options(
            joinedload(Item.post).joinedload(Post.unit),
            joinedload(Item.step).joinedload(Step.case).selectinload(Case.steps),
            joinedload(Item.duty).joinedload(Duty.duty_list),
            selectinload(Item.readings).joinedload(Reading.target),
            selectinload(Item.signatures),
            selectinload(Item.reviews),
        )
    )
    return list(db.session.scalars(query))


def reported(posts: Iterable[AnyPost]) -> list[Item]:
    """Return the items of these posts that are reported and not signed, soonest due first, without what rows show."""
    query = select(Item).where(*_on_the_checklist(posts), Item.state == ItemState.TICKED)
    return list(db.session.scalars(query.order_by(Item.due, Item.id)))


def agenda(items: list[Item]) -> dict[str, list[Row]]:
    """Return the checklist by section. An integrity item stands beside the work it guards, where both are here."""
    beside = _guards_beside_work(items)
    guarding = {guard.id for guards in beside.values() for guard in guards}
    guarded = _guarded_duties(items)
    sections: dict[str, list[Row]] = {name: [] for name in SECTIONS}
    for item in items:
        if item.step:
            if item is (turn := cases.turn(item.step.case)):
                sections[section(turn)].append(Row(turn, case=item.step.case))
        elif item.id not in guarding:
            row = Row(item, beside.get(item.id, []), [guarded[g] for g in item.duty.guards if g in guarded])
            sections[section(item)].append(row)
    return {name: rows for name, rows in sections.items() if rows}


def section(item: Item) -> str:
    """Return the section of a checklist that an item belongs to today."""
    return item.state.section or light_of(item).kind


def light_of(item: Item) -> Light:
    """Return how near the item's day is."""
    return light(item.due, clock.today())


def _guards_beside_work(items: list[Item]) -> dict[int, list[Item]]:
    """Map the id of each work item to the integrity items of the same post, period and section that guard it."""
    beside: dict[int, list[Item]] = {}
    whole = [item for item in items if not item.case]
    work = {(i.lineage, i.post_id, i.period): i for i in whole if i.duty.side is not Side.INTEGRITY}
    for item in whole:
        if item.duty.side is Side.INTEGRITY:
            guarded = (work.get((lineage, item.post_id, item.period)) for lineage in item.duty.guards)
            partner = next((w for w in guarded if w and section(w) == section(item)), None)
            if partner:
                beside.setdefault(partner.id, []).append(item)
    return beside


def guarded_in_row(item: Item) -> list[Duty]:
    """Return the work that one item's row names on the agenda: none where it stands beside it, or in a case.

    Reads the work of its own period alone, so that a row can be drawn again at a cost that no agenda adds to.
    """
    if item.case or not item.duty.guards:
        return []
    beside = (Item.case == "", Item.period == item.period, Item.lineage.in_(item.duty.guards))
    query = select(Item).where(*_on_the_checklist([item.post]), *beside).options(joinedload(Item.duty))
    work = db.session.scalars(query)
    stands_beside_it = any(item in guards for guards in _guards_beside_work([item, *work]).values())
    return [] if stands_beside_it else guarded(item)


def guarded(item: Item) -> list[Duty]:
    """Return the work that an item's duty guards, as lists in force have it."""
    duties = _guarded_duties([item])
    return [duties[lineage] for lineage in item.duty.guards if lineage in duties]


def _guarded_duties(items: list[Item]) -> dict[str, Duty]:
    wanted = {lineage for item in items for lineage in item.duty.guards}
    if not wanted:
        return {}
    current = select(Duty).join(Duty.duty_list).where(DutyList.state == ListState.ADOPTED, Duty.lineage.in_(wanted))
    return {duty.lineage: duty for duty in db.session.scalars(current.options(lazyload(Duty.targets)))}


def late_entry(item: Item) -> str:
    """Say 补记 N 天, how long after it happened something was reported, where that was past its due day; else ""."""
    if item.happened_on is None or item.reported_at is None:
        return ""
    reported = clock.day_of(item.reported_at)
    days = (reported - item.happened_on).days
    return f"补记 {days} 天" if reported > item.due >= item.happened_on else ""


@dataclass(frozen=True)
class Waiting:
    """A signed item in a reviewer's queue, with what is to be noticed at a glance."""

    item: Item
    notices: list[str]


def waiting(posts: Iterable[AnyPost]) -> list[Waiting]:
    """Return the signed items of these posts, the longest waiting first."""
    items = [item for item in items_of(posts, Item.state == ItemState.SIGNED) if item.signature]
    items.sort(key=lambda item: item.signature.id if item.signature else 0)
    same = Counter((item.post_id, item.note) for item in items if item.note)
    proven = set(db.session.scalars(select(Evidence.item_id).where(Evidence.item_id.in_([i.id for i in items]))))
    return [Waiting(item, _notices(item, same[item.post_id, item.note], item.id in proven)) for item in items]


def longest_waiting(posts: Iterable[AnyPost]) -> Iterator[Item]:
    """Yield the same items, with their signatures in force and nothing else, as long as they are wanted."""
    in_force = Item.signatures.and_(Signature.withdrawn_at.is_(None), Signature.voided_at.is_(None))
    signed = select(Item).join(in_force).where(*_on_the_checklist(posts), Item.state == ItemState.SIGNED)
    yield from db.session.scalars(signed.options(contains_eager(Item.signatures)).order_by(Signature.id)).unique()


def _notices(item: Item, alike: int, is_proven: bool) -> list[str]:
    notices = []
    signed_on = clock.day_of(item.signature.batch.signed_at) if item.signature else clock.today()
    if (days := (signed_on - item.due).days) > 0:
        notices.append(f"逾期 {days} 天签认")
    if entry := late_entry(item):
        notices.append(entry)
    if alike > 1:
        notices.append(f"与本岗位另 {alike - 1} 项说明相同")
    if not item.note and not is_proven:
        notices.append("没有说明和文号")
    if any(reading.met is False for reading in item.readings):
        notices.append("有指标未达标")
    if item.reviews:
        notices.append("退回后重报")
    return notices


@dataclass(frozen=True)
class DutyCount:
    """How far a duty has come over all its leads and periods."""

    total: int
    signed: int
    approved: int
    late: int


def counts(duties: Iterable[Duty]) -> dict[int, DutyCount]:
    """Count, by the id of each duty, how many of its items are signed, approved, and late today, in the database."""
    unsigned = Item.state.in_([state for state in ItemState if state.is_unsigned])
    columns = (
        func.count(),
        func.count().filter(Item.state == ItemState.SIGNED),
        func.count().filter(Item.state == ItemState.APPROVED),
        func.count().filter(unsigned, Item.due < clock.today()),
    )
    theirs = (Item.duty_id.in_([duty.id for duty in duties]), Item.state != ItemState.DROPPED)
    counted = select(Item.duty_id, *columns).where(*theirs).group_by(Item.duty_id)
    return {id: DutyCount(*told) for id, *told in db.session.execute(counted)}
