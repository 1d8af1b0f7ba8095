"""Which work a row of integrity may guard, and how that work is cited on paper.

Work is a row of the same list, or of another list in force of the same line of units: its own unit's, those above it
and those below. A revision has its rows' lineages in common with the version that it revises, which is no other list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Duty, DutyList, ListState, Side, Unit, db

UNKNOWN = "待定"  # what has left the list in force since
_NUMBER = re.compile(r"(?<=第 )([0-9]+)(?= 项$)")
_CITED = re.compile(r"([0-9]{4}) 年([^《]*)《(.+)》(?:（([^（）]+)）)?第 ([0-9]{1,4}) 项")


def lists_in_force(unit: Unit, *, year: int | None = None) -> list[DutyList]:
    """Return the lists in force of a unit, of those above it and of those below, the oldest first."""
    query = select(DutyList).where(DutyList.state == ListState.ADOPTED).order_by(DutyList.id)
    if year is not None:
        query = query.where(DutyList.year == year)
    return [duty_list for duty_list in db.session.scalars(query) if _is_in_line(duty_list.unit, unit)]


def _is_in_line(one: Unit, other: Unit) -> bool:
    return one in other.line() or other in one.line()


def work(duty_list: DutyList, cited: Iterable[str] | None = None) -> dict[str, Duty]:
    """Return the work that rows of a list may guard, by lineage.

    That is its own work, and what lists in force hold of the lineages `cited`, by default those that its rows guard now.
    """
    found = {duty.lineage: duty for duty in duty_list.kept if duty.side is not Side.INTEGRITY}
    wanted = set(cited if cited is not None else (g for duty in duty_list.kept for g in duty.guards))
    wanted -= {duty.lineage for duty in duty_list.duties}
    if not wanted:
        return found
    query = select(Duty).join(Duty.duty_list).options(joinedload(Duty.duty_list).joinedload(DutyList.unit))
    query = query.where(Duty.lineage.in_(wanted), Duty.dropped.is_(False), DutyList.state == ListState.ADOPTED)
    there = [duty for duty in db.session.scalars(query) if duty.side is not Side.INTEGRITY]
    return found | {duty.lineage: duty for duty in there if _is_in_line(duty.duty_list.unit, duty_list.unit)}


def guarded(duty: Duty, lineages: list[str]) -> list[str]:
    """Return of these lineages the work that a duty of integrity may guard; work itself guards none."""
    if duty.side is Side.WORK or not lineages:
        return []
    known = work(duty.duty_list, lineages)
    return [lineage for lineage in lineages if lineage in known and lineage != duty.lineage]


# --- on paper -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cited:
    """Work as a list cites it; `duty` is None where no list in force has it any more."""

    number: str  # within the list itself; else 2026 年《名称》第 3 项
    duty: Duty | None

    @property
    def words(self) -> str:
        """As it stands in a sentence: 第 3 项, 2026 年《名称》第 3 项."""
        return f"第 {self.number} 项" if self.number.isdigit() else self.number


def together(cited: Iterable[Cited]) -> str:
    """Cite work in one sentence, that of each list by its numbers: 第 2 项、2026 年《名称》第 6、7 项."""
    numbers: dict[tuple[str, str], list[str]] = {}
    for work in cited:
        where, number, behind = _NUMBER.split(work.words, maxsplit=1) if work.duty else (work.words, "", "")
        numbers.setdefault((where, behind), []).append(number)
    return "、".join(f"{where}{'、'.join(found)}{behind}" for (where, behind), found in numbers.items())


def citations(duty_list: DutyList) -> dict[Duty, list[Cited]]:
    """Return what each kept row guards, read once for the whole list."""
    numbers = {duty.lineage: n for n, duty in enumerate(duty_list.kept, 1)}
    known = work(duty_list)
    numbers_elsewhere = elsewhere(duty for lineage, duty in known.items() if lineage not in numbers)

    def cited(lineage: str) -> Cited:
        duty = known.get(lineage)
        if lineage in numbers:
            return Cited(str(numbers[lineage]), duty)
        return Cited(numbers_elsewhere[lineage], duty) if duty else Cited(UNKNOWN, None)

    return {duty: [cited(lineage) for lineage in duty.guards] for duty in duty_list.kept}


def elsewhere(rows: Iterable[Duty]) -> dict[str, str]:
    """Return how rows of lists in force are cited in another list, by lineage: 2026 年《名称》第 3 项."""
    cited = list(rows)
    names = {duty_list: _name(duty_list) for duty_list in {duty.duty_list for duty in cited}}
    return {duty.lineage: f"{names[duty.duty_list]}第 {duty.position} 项" for duty in cited}


def _name(duty_list: DutyList) -> str:
    """Name a list in force by year and name, with its unit and kind where others in force share them."""
    alike = [other for other in _named(duty_list.year, duty_list.name) if other is not duty_list]
    unit = duty_list.unit.name if any(other.unit is not duty_list.unit for other in alike) else ""
    sort = f"（{duty_list.sort}）" if any(other.unit is duty_list.unit for other in alike) else ""
    return f"{duty_list.year} 年{unit}《{duty_list.name}》{sort}"


def _named(year: int, name: str) -> list[DutyList]:
    query = select(DutyList).where(DutyList.year == year, DutyList.name == name, DutyList.state == ListState.ADOPTED)
    return list(db.session.scalars(query))


def find(words: str, unit: Unit) -> str | None:
    """Return the lineage of the work that a paper of this unit cites as 2026 年《名称》第 3 项; None unless it is one row."""
    found = _CITED.fullmatch(words)
    if not found:
        return None
    there = [
        duty_list
        for duty_list in _named(int(found[1]), found[3])
        if _is_in_line(duty_list.unit, unit)
        and found[2] in ("", duty_list.unit.name)
        and found[4] in (None, duty_list.sort)
    ]
    kept = there[0].kept if len(there) == 1 else []
    row = kept[int(found[5]) - 1] if 0 < int(found[5]) <= len(kept) else None
    return row.lineage if row and row.side is not Side.INTEGRITY else None
