"""Which work a row of integrity may guard, and how that work is cited on paper.

Work is a row of the same list, or of another list in force of the same line of units: its own unit's, those above it
and those below. A revision has its rows' lineages in common with the version that it revises, which is no other list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, lazyload

from checklist import picture
from models import Duty, DutyList, ListState, Side, Unit, db

UNKNOWN = "待定"  # what has left the list in force since
_NUMBER = re.compile(r"(?<=第 )([0-9]+)(?= 项$)")
_CITED = re.compile(r"([0-9]{4}) 年([^《]*)《(.+)》(?:（([^（）]+)）)?第 ([0-9]{1,4}) 项")


def lists_in_force(unit: Unit, *, year: int | None = None) -> list[DutyList]:
    """Return the lists in force of a unit, of those above it and of those below, the oldest first."""
    such = [] if year is None else [DutyList.year == year]
    return [duty_list for duty_list in _in_force(*such) if _is_in_line(duty_list, unit.id)]


def _is_in_line(duty_list: DutyList, unit_id: int) -> bool:
    units = picture.current().units
    return unit_id in units[duty_list.unit_id].line or duty_list.unit_id in units[unit_id].line


def work(duty_list: DutyList, cited: Iterable[str] | None = None) -> dict[str, Duty]:
    """Return the work that rows of a list may guard, by lineage.

    That is its own work, and what lists in force hold of the lineages `cited`, by default those that its rows guard now.
    """
    found = {duty.lineage: duty for duty in duty_list.kept if duty.side is not Side.INTEGRITY}
    wanted = set(cited if cited is not None else (g for duty in duty_list.kept for g in duty.guards))
    wanted -= {duty.lineage for duty in duty_list.duties}
    if not wanted:
        return found
    query = select(Duty).join(Duty.duty_list).options(joinedload(Duty.duty_list), lazyload(Duty.targets))
    query = query.where(Duty.lineage.in_(wanted), Duty.dropped.is_(False), DutyList.state == ListState.ADOPTED)
    there = [duty for duty in db.session.scalars(query) if duty.side is not Side.INTEGRITY]
    return found | {duty.lineage: duty for duty in there if _is_in_line(duty.duty_list, duty_list.unit_id)}


def guarded(duty: Duty, lineages: list[str], known: Mapping[str, Duty] | None = None) -> list[str]:
    """Return of these lineages the work that a duty of integrity may guard; work itself guards none.

    `known` is the work of its list, where that has been read.
    """
    if duty.side is Side.WORK or not lineages:
        return []
    known = work(duty.duty_list, lineages) if known is None else known
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
    if not cited:
        return {}
    years, names = ({getattr(duty.duty_list, key) for duty in cited} for key in ("year", "name"))
    known = _in_force(DutyList.year.in_(years), DutyList.name.in_(names))
    return {duty.lineage: f"{_name(duty.duty_list, known)}第 {duty.position} 项" for duty in cited}


def _name(duty_list: DutyList, known: list[DutyList]) -> str:
    """Name a list in force by year and name, with its unit and kind where others that are known share them."""
    same = [other for other in known if (other.year, other.name) == (duty_list.year, duty_list.name)]
    alike = [other for other in same if other is not duty_list]
    unit = picture.current().units[duty_list.unit_id].name
    unit = unit if any(other.unit_id != duty_list.unit_id for other in alike) else ""
    sort = f"（{duty_list.sort}）" if any(other.unit_id == duty_list.unit_id for other in alike) else ""
    return f"{duty_list.year} 年{unit}《{duty_list.name}》{sort}"


def _in_force(*such: ColumnElement[bool]) -> list[DutyList]:
    query = select(DutyList).where(DutyList.state == ListState.ADOPTED, *such).options(joinedload(DutyList.unit))
    return list(db.session.scalars(query.order_by(DutyList.id)))


def find(words: str, unit: Unit) -> str | None:
    """Return the lineage of the work that a paper of this unit cites as 2026 年《名称》第 3 项; None unless it is one row."""
    found = _CITED.fullmatch(words)
    if not found:
        return None
    there = [
        duty_list
        for duty_list in _in_force(DutyList.year == int(found[1]), DutyList.name == found[3])
        if _is_in_line(duty_list, unit.id)
        and found[2] in ("", duty_list.unit.name)
        and found[4] in (None, duty_list.sort)
    ]
    kept = there[0].kept if len(there) == 1 else []
    row = kept[int(found[5]) - 1] if 0 < int(found[5]) <= len(kept) else None
    return row.lineage if row and row.side is not Side.INTEGRITY else None
