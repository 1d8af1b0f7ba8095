"""Last year's list as this year's draft. A new year is a new series: its rows begin new lineages, and say whence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from checklist import access, ledger, lists
from checklist.actor import Actor
from checklist.decompose import figures
from checklist.lists import guarding, owners, versions
from checklist.refusal import Refused
from models import Duty, DutyList, ListState, Target, Unit, db


def copy(list_id: int, *, year: int, name: str, by: Actor) -> DutyList:
    """Draft a list for another year from an adopted one: its rows, owners, cadences and days, moved to that year.

    What must be decided anew is 待定 and flagged: the figures of targets, and owners that have ended since. Raises
    Unseen, NotYours, Refused, and Malformed when the name is taken.
    """
    with ledger.act("copy", by=by) as act:
        old = access.load(DutyList, list_id)
        access.require(by, "see", old)
        unit = access.load(Unit, old.unit_id)
        act.post = access.require(by, "draft", unit)
        if old.state is not ListState.ADOPTED:
            raise Refused("只有已经生效的清单才能抄为新的草稿。", old)
        assert by.user is not None  # only a clerk gets here
        new = DutyList(
            unit=unit,
            kind=old.kind,
            tier=old.tier,
            year=year,
            name=name,
            source=old.source,
            nodes=[moved(date.fromisoformat(node), year - old.year).isoformat() for node in old.nodes],
            drafted_by=by.user,
        )
        lists.insist_on_free_name(new)
        new.version = versions.next_number(new)
        db.session.add(new)
        lineages = {duty.lineage: lists.new_lineage() for duty in old.kept}
        work = guarding.work(old)
        for position, duty in enumerate(old.kept, 1):
            new.duties.append(_copied(duty, position, new, lineages, work))
    return new


def moved(day: date, years: int) -> date:
    """The same day of another year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _copied(duty: Duty, position: int, new: DutyList, lineages: Mapping[str, str], work: Collection[str]) -> Duty:
    old = duty.duty_list
    still, ended = _still(duty.owners, new.unit)
    return Duty(
        lineage=lineages[duty.lineage],
        position=position,
        start=duty.start,
        end=duty.end,
        quote=duty.quote,
        wording=duty.wording,
        side=duty.side,
        path=duty.path,
        named=duty.named,
        owners=still,
        cadence=duty.cadence,
        deadline=duty.deadline,
        due_on=moved(duty.due_on, new.year - old.year) if duty.due_on else None,
        steps=duty.steps,
        flags=[*_asked_anew(duty), *({"kind": "ended", "text": f"{who}已经撤销，请另定责任人"} for who in ended)],
        guards=[lineages.get(lineage, lineage) for lineage in duty.guards if lineage in work],
        why=f"抄自 {old.year} 年《{old.name}》第 {position} 项",
        targets=[Target(n=t.n, of=t.of, op=t.op, value=None, unit=t.unit) for t in duty.targets],
    )


def _asked_anew(duty: Duty) -> list[dict[str, str]]:
    """What last year's figures were: this year's are to be decided."""
    decided = [target for target in duty.targets if target.value is not None]
    year = duty.duty_list.year
    words = (f"{t.of}（{year} 年是 {figures.OPS[t.op]} {t.value:f}{t.unit}）" for t in decided)
    return [{"kind": "figure", "text": text} for text in words]


def _still(before: list[owners.Owner], root: Unit) -> tuple[list[owners.Owner], list[str]]:
    """The owners that still are there, and the names of those that are not."""
    still: list[owners.Owner] = []
    ended: list[str] = []
    codes = {unit.code for unit in owners.units_below(root)}
    for owner in before:
        if "unit" in owner:
            there = owner["unit"] in codes
        elif "post" in owner:
            there = bool(owners.posts_of(owner, root))
        else:
            there, owner = True, {**owner, "except": _still_excepted(owner, root)}
        still += [owner] if there else []
        ended += [] if there else [owners.describe(owner)]
    return still, ended


def _still_excepted(owner: owners.Owner, root: Unit) -> list[str]:
    choice = dict(owners.exceptable(owner, root))
    return [code for code in owner["except"] if code in choice]
