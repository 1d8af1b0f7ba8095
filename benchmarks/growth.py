"""A county's log, grown by the ledger itself to any number of entries: items that are made, reported and signed."""

from __future__ import annotations

from datetime import date
from itertools import cycle

from sqlalchemy import select

from checklist import clock, ledger
from checklist.actor import Actor
from models import Item, ItemState, db
from tests import county

BLOCK = 250  # items that one act changes; a bureau's clerk files a quarter's reports at once
HOLDERS = ("zhou", "zheng", "li", "wang", "chen")  # of five units, so that one unit's bundle is a fifth of the whole
NOTE = "已对{n}号事项涉及的单位逐一核对预算执行进度，发现问题{few}个，均已督促整改，情况通报已印发各镇和县直部门。"


def grow(size: int) -> None:
    """Let the log reach exactly this many entries: of each item one when it is made and three when it changes."""
    for login in cycle(HOLDERS):
        ids = list(range(BLOCK))  # no item's yet
        for step in (_make, _note, _tick, _sign):
            left = size - ledger.size()
            if left <= 0:
                return
            ids = step(ids[:left], county.actor(login))


def _make(places: list[int], by: Actor) -> list[int]:
    with ledger.act("list.adopt", by=by):
        duty, first = county.duty("预算考核"), ledger.size()
        shared = {"duty": duty, "lineage": duty.lineage, "post": by.post, "period": "2026-Q1"}
        items = [Item(**shared, case=f"第{first + n}号", due_on=date(2026, 3, 31)) for n in places]
        db.session.add_all(items)
    return [item.id for item in items]


def _note(ids: list[int], by: Actor) -> list[int]:
    with ledger.act("report", by=by):
        for item in _items(ids):
            item.note, item.happened_on = NOTE.format(n=item.id, few=item.id % 7), date(2026, 3, 20)
    return ids


def _tick(ids: list[int], by: Actor) -> list[int]:
    with ledger.act("tick", by=by):
        for item in _items(ids):
            item.state, item.reported_at, item.reported_by = ItemState.TICKED, clock.now(), by.user
    return ids


def _sign(ids: list[int], by: Actor) -> list[int]:
    with ledger.act("sign", by=by):
        for item in _items(ids):
            item.state = ItemState.SIGNED
    return ids


def _items(ids: list[int]) -> list[Item]:
    return list(db.session.scalars(select(Item).where(Item.id.in_(ids)).order_by(Item.id)))
