"""A list begun: from a pasted text, from a table or as another year's copy, with what every draft begins with."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from hashlib import sha256

from sqlalchemy import select

from checklist import clock, ledger
from checklist.actor import Actor
from checklist.decompose import Proposal, decompose, figures, normalise
from checklist.files.reading import LONGEST
from checklist.lists import owners, tiers, versions
from checklist.refusal import Malformed, insist_on, length
from models import Cadence, Duty, DutyList, ListKind, ListState, Side, Source, Target, Tier, Unit, db


def draft(unit_id: int, *, name: str, year: int, title: str, text: str, by: Actor, tier: Tier = Tier.NONE) -> DutyList:
    """Turn a text into a draft list: one proposed duty for each row that the text contains."""
    text = normalise(text)
    if not text.strip():
        raise Malformed("请选择文件，或者粘贴会议讲话或文件的全文。", "text")
    if len(text) > LONGEST:
        raise Malformed(f"全文超过 {LONGEST // 10_000} 万字。请只保留要分解的部分，分几次起草。", "text")
    proposals = decompose(text)  # before the act: nobody waits for the lock while it is read
    with ledger.act("draft", by=by):
        duty_list = begin(unit_id, name=name, year=year, title=title, text=text, by=by, tier=tier)
        for position, proposal in enumerate(proposals, 1):
            duty_list.duties.append(_proposed(proposal, position, duty_list))
    return duty_list


def _proposed(proposal: Proposal, position: int, duty_list: DutyList) -> Duty:
    row = proposal.as_dict()
    return Duty(
        lineage=new_lineage(),
        position=position,
        start=proposal.start,
        end=proposal.end,
        quote=proposal.text,
        wording=proposal.text,
        side=Side(row["side"]),
        path=row["path"],
        named=row["named"],
        owners=tiers.proposed(owners.proposed(row["named"], duty_list.unit), duty_list),
        cadence=Cadence(row["cadence"]),
        deadline=row["deadline"],
        steps=row["steps"],
        flags=row["flags"],
        why=row["why"],
        targets=targets(proposal.targets),
    )


def targets(found: Iterable[figures.Target]) -> list[Target]:
    """Return the figures of a duty as a text or a table names them."""
    rows = []
    for n, of in enumerate(found, 1):
        value = None if of.value is None else Decimal(of.value)
        rows.append(Target(n=n, of=of.of[:80], op=of.op, value=value, unit=of.unit[:20]))
    return rows


def begin(unit_id: int, *, name: str, year: int, title: str, text: str, by: Actor, tier: Tier = Tier.NONE) -> DutyList:
    """Begin a draft list with its source, and nothing on it yet: a 责任清单 where it has a tier, else a 任务分解表."""
    with ledger.act_on("draft", Unit, unit_id, by=by) as unit:
        insist_on("文件标题", title, "title", most=length(Source.title))
        usual = (date(year, 6, 30), date(year, 12, 15))
        nodes = [node.isoformat() for node in usual if node >= clock.today()]
        kind = ListKind.BREAKDOWN if tier is Tier.NONE else ListKind.RESPONSIBILITY
        duty_list = DutyList(unit=unit, kind=kind, tier=tier, year=year, name=name, nodes=nodes)
        duty_list.source = source(unit, title, normalise(text))
        enter(duty_list, by)
        db.session.flush()
    return duty_list


def source(unit: Unit, title: str, text: str) -> Source:
    """Return a text as the source of duties; it is never changed afterwards."""
    return Source(unit=unit, title=title, text=text, sha256=sha256(text.encode()).hexdigest())


def enter(duty_list: DutyList, by: Actor) -> None:
    """Give a new list its drafter and the number that its series has free. Only inside an act.

    Raises Malformed where its name is too long, or there is a series of this unit, kind, tier, year and name; an
    abandoned draft gives its name free.
    """
    insist_on("清单名称", duty_list.name, "name", most=length(DutyList.name))
    key = {name: getattr(duty_list, name) for name in DutyList.SERIES} | {"unit_id": duty_list.unit.id}
    with db.session.no_autoflush:
        namesakes = db.session.scalars(select(DutyList).filter_by(**key)).all()
    if any(version.state is not ListState.ABANDONED for version in namesakes):
        taken = f"{duty_list.year} 年已经有名为“{duty_list.name}”的{duty_list.sort}，请换一个名称。"
        raise Malformed(taken, "name")
    duty_list.version = versions.next_number(namesakes)
    assert by.user is not None  # only a clerk gets here
    duty_list.drafted_by = by.user
    db.session.add(duty_list)


def new_lineage() -> str:
    """Return a name for a duty that it keeps through all versions of its list."""
    return secrets.token_hex(8)
