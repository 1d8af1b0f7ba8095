"""从表格导入: an office's table becomes a draft list, once somebody has looked through what comes in."""

from __future__ import annotations

from collections.abc import Sequence

from checklist import ledger
from checklist.actor import Actor
from checklist.decompose import flags_of
from checklist.files import reading
from checklist.files.child.grid import Table
from checklist.lists import drafting, guarding, owners, tiers
from checklist.papers import duties
from checklist.papers.duties import Preview, ProposedRow
from checklist.refusal import Malformed
from models import Duty, DutyList, Part, Tier, Unit


def preview(tables: Sequence[Table], unit: Unit, year: int, tier: Tier) -> Preview:
    """Propose what the tables of a file bring into a list of this unit, year and tier. Raises Malformed."""
    coming = duties.propose(tables, unit, year)
    draft = DutyList(unit=unit, tier=tier)
    for row in coming.rows if tier is not Tier.NONE else ():
        fitting = tiers.proposed(row.owners, draft)
        unfit = [owner for owner in row.parts(Part.LEAD) if owner not in fitting]
        row.open = [*row.open, *(f"{owners.describe(o)}不能牵头{draft.sort}的事项，没有采用" for o in unfit)]
        row.owners = fitting
        if row.parts(Part.LEAD):
            row.open = [words for words in row.open if words != duties.NO_LEAD]
    return coming


def import_list(
    unit_id: int,
    *,
    name: str,
    year: int,
    title: str,
    content: bytes,
    leave_out: bool,
    by: Actor,
    tier: Tier = Tier.NONE,
) -> DutyList:
    """Make a draft list of what a file's tables hold, read anew; each duty is linked to its row in the source's text.

    Rows that are wrong keep all from coming in, unless `leave_out` says that they stay out; their words are in the
    source either way. Raises Malformed.
    """
    tables = reading.read_tables(content)  # before the act: nobody waits for the lock while a file is read
    with ledger.act_on("import", Unit, unit_id, by=by, needs="draft") as unit:
        coming = preview(tables, unit, year, tier)
        if coming.bad and not leave_out:
            raise Malformed(
                f"有 {len(coming.bad)} 行有错，没有导入。请改好表格重新上传，或者选择不导入这些行。", "leave_out"
            )
        if not coming.good:
            raise Malformed("每一行都有错，没有可以导入的。请改好表格重新上传。", "leave_out")
        duty_list = drafting.begin(unit_id, name=name, year=year, title=title, text=coming.text, by=by, tier=tier)
        for position, row in enumerate(coming.good, 1):
            duty_list.duties.append(_duty(row, position))
        _link(coming.good, duty_list)
    return duty_list


def _duty(row: ProposedRow, position: int) -> Duty:
    start, end = row.place or (None, None)
    return Duty(
        lineage=drafting.new_lineage(),
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
        targets=drafting.targets(row.targets),
    )


def _link(rows: Sequence[ProposedRow], duty_list: DutyList) -> None:
    """Let integrity duties guard the work that the table puts beside them, or names by its number."""
    lineages = {row.number: duty.lineage for row, duty in zip(rows, duty_list.duties, strict=True) if row.number}
    for n, (row, duty) in enumerate(zip(rows, duty_list.duties, strict=True)):
        if row.guards_the_row_before and n:
            duty.guards = [duty_list.duties[n - 1].lineage]
        named = [lineages.get(words) or guarding.find(words, duty_list.unit) for words in row.guarded]
        duty.guards = [*duty.guards, *filter(None, named)]
