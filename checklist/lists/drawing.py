"""从分工生成: the integrity lines of a unit's leaders, drawn from the work that they are in charge of.

A leader's work is what the posts of the units in his charge lead, and what he leads himself, on the 任务分解表 in force
this year. For each piece of it the county's own words are taken where an integrity row guards it already; else the line
that fits that kind of work; and one line per unit stands for all that is left. Nothing is counted or dated that is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from checklist import clock, ledger, lists, picture
from checklist.actor import Actor
from checklist.decompose import normalise
from checklist.lists import drafting, guarding, owners, pairing, tiers
from checklist.picture import Post, Unit, in_force
from checklist.refusal import Malformed, Refused, Stale
from models import Cadence, Duty, DutyList, ListKind, Part, Portfolio, Side, Tier, db
from models import Unit as UnitRow

TITLE = "由分工生成：所管业务及其廉政责任"
REGULAR = (Cadence.MONTHLY, Cadence.QUARTERLY, Cadence.HALF_YEARLY, Cadence.YEARLY)
# How often, as published lists of 班子成员 usually have it: said in grey, and left to the clerk.
PROPOSED = "文字由系统拟出，请改成本单位的话；频次可参考公开的清单：每季度听取汇报，每半年专题研究，每年谈话"
TAKEN = "文字取自对单位的要求，请改成对本人的要求"


@dataclass(frozen=True)
class DrawnLine:
    """One integrity line of a leader, and the work that it is to guard.

    `said` is the breakdown's own row whose words it takes, if it takes one; `into` the row of the draft that has the
    same words already, and only guards more.
    """

    wording: str
    works: tuple[Duty, ...]
    because: str
    said: Duty | None = None
    into: Duty | None = None


@dataclass(frozen=True)
class Member:
    """A leader, what he is in charge of today, and the lines that would be drawn for him."""

    post: Post
    charges: tuple[Portfolio, ...]
    lines: tuple[DrawnLine, ...] = field(default=())

    @property
    def digest(self) -> str:
        """What a form carries to prove which lines were on the page."""
        rows = [[line.wording, *(work.lineage for work in line.works)] for line in self.lines]
        return sha256(repr((self.post.id, rows)).encode()).hexdigest()


# --- what would come ----------------------------------------------------------------------------------------


def sources(unit: UnitRow, year: int) -> list[DutyList]:
    """Return the 任务分解表 in force of a year that bind a unit: its own, those above it and those below."""
    return [binding for binding in guarding.lists_in_force(unit, year=year) if binding.kind is ListKind.BREAKDOWN]


def members(unit: UnitRow, year: int, draft: DutyList | None = None) -> list[Member]:
    """Return for each leader of a unit what would be drawn, `draft` being the list that has some of it already.

    The secretary has a list of his own tier.
    """
    posts = [post for post in owners.team(unit) if post != tiers.secretary(unit)]
    held = select(Portfolio).where(Portfolio.post_id.in_([post.id for post in posts]))
    charges: dict[int, list[Portfolio]] = {post.id: [] for post in posts}
    for charge in db.session.scalars(held.where(*in_force(Portfolio, clock.today())).order_by(Portfolio.id)):
        charges[charge.post_id].append(charge)
    binding = [duty_list.id for duty_list in sources(unit, year)]
    query = select(Duty).where(Duty.duty_list_id.in_(binding), Duty.dropped.is_(False))
    query = query.options(joinedload(Duty.duty_list), lazyload(Duty.targets), selectinload(Duty.assignments))
    rows = list(db.session.scalars(query.order_by(Duty.duty_list_id, Duty.position)))
    return [_member(post, charges[post.id], rows, draft) for post in posts]


def in_charge(duty_list: DutyList) -> list[Duty]:
    """Return the work that rows of a 责任清单 may want to guard: what its unit's leaders are in charge of."""
    if duty_list.tier is Tier.NONE:
        return []
    lines = (line for member in members(duty_list.unit, duty_list.year) for line in member.lines)
    works = {work for line in lines for work in line.works}
    return sorted(works, key=lambda work: (work.duty_list_id, work.position))


def _member(post: Post, charges: list[Portfolio], rows: list[Duty], draft: DutyList | None) -> Member:
    led = {"post": post.id, "part": Part.LEAD.value}
    drawn = [duty for duty in draft.duties if led in duty.owners] if draft else []
    covered = {lineage for duty in drawn for lineage in duty.guards}
    county = picture.current()
    units = [post.unit, *(county.units[charge.charge_id] for charge in charges if charge.charge_id)]
    # Led by posts of two of his units, it still is one piece of work.
    pieces = {work: unit for unit in reversed(units) for work in _work_of(unit, post, rows)}
    new = {work: pieces[work] for work in rows if work in pieces and work.lineage not in covered}
    guards = [duty for duty in rows if duty.side is not Side.WORK and duty.guards]
    return Member(post, tuple(charges), tuple(_merged(_lines(post, new, guards), drawn)))


def _lines(post: Post, pieces: Mapping[Duty, Unit], guards: Sequence[Duty]) -> Iterator[DrawnLine]:
    """Draw lines for pieces of work, each in a unit in the leader's charge; `guards` are the breakdowns' own lines."""
    said: dict[Duty, list[Duty]] = {}
    for guard in guards:
        if works := [work for work in pieces if work.lineage in guard.guards]:
            said[guard] = works
    kinds: dict[str, list[Duty]] = {}
    rest: dict[Unit, list[Duty]] = {}
    unsaid = pieces.keys() - {work for works in said.values() for work in works}
    for work, unit in ((work, unit) for work, unit in pieces.items() if work in unsaid):
        kin = pairing.kin_of(work)
        fitting = [guard for guard in said if kin and kin.integrity.search(guard.wording)]
        if fitting:
            said[fitting[0]].append(work)
        elif kin:
            kinds.setdefault(kin.of_integrity, []).append(work)
        else:
            rest.setdefault(unit, []).append(work)
    for guard, works in said.items():
        yield DrawnLine(guard.wording, tuple(works), "采用清单里看住这项业务的廉政责任", guard)
    for words, works in kinds.items():
        units = (pieces[work] for work in works)
        whose = "、".join(dict.fromkeys("本人牵头业务" if unit == post.unit else unit.name for unit in units))
        yield DrawnLine(f"抓好{whose}的廉政责任，{words}", tuple(works), "按这类业务拟出")
    for unit, works in rest.items():
        words = f"督促{unit.name}把廉洁要求落实到各项业务中，听取其廉政工作情况汇报"
        if unit == post.unit:
            words = "把廉洁要求落实到本人牵头的各项业务中"
        yield DrawnLine(words, tuple(works), "其余业务合为一项")


def _work_of(unit: Unit, post: Post, rows: list[Duty]) -> Iterator[Duty]:
    """Yield the work that posts of a unit lead; of the leader's own unit only what he leads himself."""
    for duty in rows:
        leads = _leads(duty)
        if duty.side is not Side.INTEGRITY and any(p == post if unit == post.unit else p.unit == unit for p in leads):
            yield duty


def _leads(duty: Duty) -> list[Post]:
    posts = picture.current().posts
    return [posts[a.post_id] for a in duty.assignments if a.part is Part.LEAD]


def _merged(lines: Iterable[DrawnLine], drawn: Sequence[Duty]) -> Iterator[DrawnLine]:
    """Let rows guard more where the draft has the words already; what the clerk has left out does not come back."""
    there = {duty.wording: duty for duty in drawn}
    for line in lines:
        known = there.get(line.wording)
        if known is None or not known.dropped:
            yield replace(line, into=known)


# --- drawing ------------------------------------------------------------------------------------------------


def begin(unit_id: int, chosen: Mapping[int, str], *, name: str, year: int, by: Actor) -> DutyList:
    """Begin a 成员 list of a unit, drawn for the chosen leaders: post id → the digest of what the page showed.

    Raises Malformed, Stale.
    """
    with ledger.act_on("draw", UnitRow, unit_id, by=by, needs="draft") as unit:
        text, rows = _rows("", _chosen(members(unit, year), chosen), 1)
        duty_list = drafting.begin(unit_id, name=name, year=year, title=TITLE, text=text, by=by, tier=Tier.MEMBER)
        duty_list.duties.extend(rows)
    return duty_list


def draw(list_id: int, chosen: Mapping[int, str], *, by: Actor, rev: int | None = None) -> DutyList:
    """Draw into a draft of a 成员 list what it does not have yet. Raises Malformed, Refused, Stale."""
    with lists.change("draw", list_id, by=by, rev=rev) as duty_list:
        if duty_list.tier is not Tier.MEMBER:
            raise Refused("只有成员责任清单可以从分工生成。", duty_list)
        drawn = _chosen(members(duty_list.unit, duty_list.year, duty_list), chosen)
        for line in (line for member in drawn for line in member.lines):
            if line.into:
                line.into.guards = [*line.into.guards, *(work.lineage for work in line.works)]
        source = duty_list.source
        text, rows = _rows(source.text, drawn, max((duty.position for duty in duty_list.duties), default=0) + 1)
        if rows:  # a source that an earlier version or a copy shares is never changed
            duty_list.source = drafting.source(source.unit, source.title, text)
            duty_list.duties.extend(rows)
    return duty_list


def _chosen(offered: list[Member], chosen: Mapping[int, str]) -> list[Member]:
    picked = [member for member in offered if member.post.id in chosen]
    if len(picked) < len(chosen) or any(chosen[member.post.id] != member.digest for member in picked):
        raise Stale("分工或清单在您打开页面之后有变化。下面是现在会生成的内容，请看过再确认。")
    if not any(member.lines for member in picked):
        raise Malformed("请至少选一位有所管业务的班子成员。", "member")
    return picked


def _rows(text: str, drawn: Iterable[Member], position: int) -> tuple[str, list[Duty]]:
    """Add to a source's text what new lines are drawn from, and make the rows, from a position on, that quote it."""
    rows: list[Duty] = []
    for member in drawn:
        for line in (line for line in member.lines if line.into is None):
            # The charge, then row by row the list, its version, the number and the words.
            said = [*line.works, *([line.said] if line.said else [])]
            cited = [f"{_cite(row)}（{row.side.label}）：{row.wording}" for row in said]
            quote = normalise("\n".join([_whence(member, line), *cited]))
            start = len(text) + 2 if text else 0
            text = f"{text}\n\n{quote}" if text else quote
            rows.append(_duty(member, line, position + len(rows), quote, start))
    return text, rows


def _whence(member: Member, line: DrawnLine) -> str:
    """Name the leader with those of the units in his charge that lead the line's work."""
    units, leads = picture.current().units, {post.unit.id for work in line.works for post in _leads(work)}
    charges = [(units[c.charge_id].name, c.field) for c in member.charges if c.charge_id in leads]
    names = [f"{name}（{field}）" if field else name for name, field in charges]
    return f"{member.post.title}分管{'、'.join(names)}" if names else f"{member.post.title}本人牵头"


def _cite(*rows: Duty) -> str:
    """Cite rows of one list by their numbers: 2026 年《名称》第 1 版第 2、3 项."""
    duty_list = rows[0].duty_list
    numbers = "、".join(str(row.position) for row in rows)
    return f"{duty_list.year} 年《{duty_list.name}》第 {duty_list.version} 版第 {numbers} 项"


def _duty(member: Member, line: DrawnLine, position: int, quote: str, start: int) -> Duty:
    by_list: dict[DutyList, list[Duty]] = {}
    for row in line.works:
        by_list.setdefault(row.duty_list, []).append(row)
    works = "、".join(_cite(*rows) for rows in by_list.values())
    why = f"{_whence(member, line)}：{works}；{line.because}"
    return Duty(
        lineage=drafting.new_lineage(),
        position=position,
        start=start,
        end=start + len(quote),
        quote=quote,
        wording=line.wording,
        side=Side.INTEGRITY,
        path=[owners.describe({"post": member.post.id})],
        owners=[{"post": member.post.id, "part": Part.LEAD.value}],
        cadence=line.said.cadence if line.said and line.said.cadence in REGULAR else Cadence.ONGOING,
        flags=[{"kind": "doubt", "text": TAKEN if line.said else PROPOSED}],
        guards=[work.lineage for work in line.works],
        why=why if len(why) <= 200 else f"{why[:199]}…",
    )
