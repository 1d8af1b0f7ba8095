"""从表格导入: an office's table becomes a draft list, once somebody has looked through what comes in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from checklist import access, ledger, lists, tables
from checklist.actor import Actor
from checklist.decompose import flags_of
from checklist.refusal import Malformed
from checklist.tableduties import Row, preview
from models import Duty, DutyList, ListState, Target, Unit, db


def take(unit_id: int, *, name: str, year: int, title: str, content: bytes, leave_out: bool, by: Actor) -> DutyList:
    """Make a draft list of what a file's tables hold, read anew; each duty is linked to its row in the source's text.

    Rows that are wrong keep all from coming in, unless `leave_out` says that they stay out; their words are in the
    source either way. Raises Malformed.
    """
    found = tables.read(content)  # before the act: nobody waits for the lock while a file is read
    with ledger.act("import", by=by) as act:
        unit = access.load(Unit, unit_id)
        act.post = access.require(by, "draft", unit)
        coming = preview(found, unit, year)
        if coming.bad and not leave_out:
            raise Malformed(
                f"有 {len(coming.bad)} 行有错，没有导入。请改好表格重新上传，或者选择不导入这些行。", "leave_out"
            )
        if not coming.good:
            raise Malformed("每一行都有错，没有可以导入的。请改好表格重新上传。", "leave_out")
        duties = lists.begin(unit_id, name=name, year=year, title=title, text=coming.text, by=by)
        for position, row in enumerate(coming.good, 1):
            duties.duties.append(_duty(row, position))
        _link(coming.good, duties)
    return duties


def _duty(row: Row, position: int) -> Duty:
    start, end = row.place or (None, None)
    return Duty(
        lineage=lists.new_lineage(),
        position=position,
        start=start,
        end=end,
        quote=row.quote,
        wording=row.wording,
        side=row.side,
        path=row.path,
        named=[{"name": name.name, "role": name.role} for name in row.named],
        owners=row.owners,
        cadence=row.cadence,
        deadline=row.deadline,
        due_on=row.due_on,
        steps=row.steps,
        flags=[
            {"kind": flag.kind, "text": flag.text, **({"standard": flag.standard} if flag.standard else {})}
            for flag in flags_of(row.wording)
        ],
        guards=[],
        why=f"表格 {row.at}"[:200],
        targets=[
            Target(n=n, of=of.of[:80], op=of.op, value=_exact(of.value), unit=of.unit[:20])
            for n, of in enumerate(row.targets, 1)
        ],
    )


def _exact(value: float | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _link(rows: Sequence[Row], duties: DutyList) -> None:
    """Let integrity duties guard the work that the table puts beside them, or names by its number."""
    lineages = {row.number: duty.lineage for row, duty in zip(rows, duties.duties, strict=True) if row.number}
    for n, (row, duty) in enumerate(zip(rows, duties.duties, strict=True)):
        if row.guards_the_row_before and n:
            duty.guards = [duties.duties[n - 1].lineage]
        named = [lineages.get(words) or _elsewhere(words, duties.unit) for words in row.guarded]
        duty.guards = [*duty.guards, *filter(None, named)]


def _elsewhere(words: str, unit: Unit) -> str | None:
    """The work in another list in force that a sheet names as 2026 年《名称》第 3 项."""
    found = re.fullmatch(r"([0-9]{4}) 年《(.+)》第 ([0-9]{1,4}) 项", words)
    if not found:
        return None
    query = select(DutyList).where(
        DutyList.year == int(found[1]), DutyList.name == found[2], DutyList.state == ListState.ADOPTED
    )
    there = [duties for duties in db.session.scalars(query) if duties.unit in unit.line()]
    kept = there[0].kept if len(there) == 1 else []
    return kept[int(found[3]) - 1].lineage if 0 < int(found[3]) <= len(kept) else None
