"""Last year's list as this year's draft. A new year is a new series: its rows begin new lineages, and say whence."""

from __future__ import annotations

from datetime import date

from checklist import access, ledger
from checklist.actor import Actor
from checklist.decompose import figures
from checklist.lists import drafting, guarding, owners
from checklist.refusal import Refused
from models import Duty, DutyList, ListState, Unit


def copy(list_id: int, *, year: int, name: str, by: Actor) -> DutyList:
    """Draft a list for another year from an adopted one: its rows, owners, cadences and days, moved to that year.

    What must be decided anew is 待定 and flagged: the figures of targets, and owners that have ended since. Raises
    Unseen, NotYours, Refused, and Malformed when the name is taken.
    """
    with ledger.act_on("copy", DutyList, list_id, by=by, needs="see") as old:
        ledger.under_way().post = access.require(by, "draft", old.unit)
        if old.state is not ListState.ADOPTED:
            raise Refused("只有已经生效的清单才能抄为新的草稿。", old)
        nodes = [moved(date.fromisoformat(node), year - old.year).isoformat() for node in old.nodes]
        same = {"unit": old.unit, "kind": old.kind, "tier": old.tier, "source": old.source}
        new = DutyList(year=year, name=name, nodes=nodes, **same)
        drafting.enter(new, by)
        lineages = {duty.lineage: drafting.new_lineage() for duty in old.kept}
        work = guarding.work(old)
        for position, duty in enumerate(old.kept, 1):
            still, ended = _still(duty.owners, old.unit)
            copied = duty.like(
                lineage=lineages[duty.lineage],
                version=1,
                position=position,
                owners=still,
                due_on=moved(duty.due_on, year - old.year) if duty.due_on else None,
                flags=[*_figures_before(duty), *ended],
                guards=[lineages.get(lineage, lineage) for lineage in duty.guards if lineage in work],
                why=f"抄自 {old.year} 年《{old.name}》第 {position} 项",
                targets=[target.like(value=None) for target in duty.targets],
            )
            new.duties.append(copied)
    return new


def moved(day: date, years: int) -> date:
    """Return the same day of another year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _figures_before(duty: Duty) -> list[dict[str, str]]:
    """Return a flag for each of last year's figures: this year's are to be decided."""
    year = duty.duty_list.year
    return [
        {"kind": "figure", "text": f"{t.of}（{year} 年是 {figures.OPS[t.op]} {t.value:f}{t.unit}）"}
        for t in duty.targets
        if t.value is not None
    ]


def _still(before: list[owners.Owner], root: Unit) -> tuple[list[owners.Owner], list[dict[str, str]]]:
    """Return the owners that still are there, and a flag for each of those that are not."""
    still: list[owners.Owner] = []
    ended: list[dict[str, str]] = []
    codes = {unit.code for unit in owners.units_below(root)}
    for owner in before:
        if "set" in owner:
            there = dict(owners.exceptable(owner, root))
            still.append({**owner, "except": [code for code in owner["except"] if code in there]})
        elif owner.get("unit") in codes or ("post" in owner and owners.posts_of(owner, root)):
            still.append(owner)
        else:
            ended.append({"kind": "ended", "text": f"{owners.describe(owner)}已经撤销，请另定责任人"})
    return still, ended
