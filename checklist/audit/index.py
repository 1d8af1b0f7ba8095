"""The index of the log, held to the log and made anew from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from sqlalchemy import delete, insert, select

import verify
from checklist import ledger
from checklist.audit.replay import Difference
from checklist.ledger import lines
from checklist.ledger.index import Facts
from checklist.ledger.states import State
from models import audit_index, audit_name, db

AT_ONCE = 1000  # entries
AFTER_ALL: State = {"seq": verify.LARGEST_INTEGER}
REMEDY = "，检索日志会因此出错。请运行 flask reindex 重做索引"


class Comparison:
    """A comparison of the kept index with the log, entry by entry, up to the first difference."""

    def __init__(self) -> None:
        query = select(audit_index).order_by(audit_index.c.seq).execution_options(yield_per=AT_ONCE)
        self._kept = db.session.execute(query)
        self._facts = Facts()
        self._names: set[str] = set()
        self._differences: list[Difference] = []

    def add(self, head: State, body: State | None) -> None:
        """Compare the row of the next entry."""
        due = self._facts.row(head, body)
        self._names |= {due["actor"]} - {None}
        self._compare(due)

    def close(self) -> None:
        """End the query."""
        self._kept.close()

    def differences(self) -> list[Difference]:
        """Return the difference that was found, also of a row too many, or of a name."""
        self._compare(None)
        names = set(db.session.scalars(select(audit_name.c.name)))
        if not self._differences and names != self._names:
            differing = "、".join(sorted(names ^ self._names))
            self._differences.append(Difference(None, f"日志索引里的姓名（{differing}）与日志不符{REMEDY}"))
        return self._differences

    def _compare(self, due: State | None) -> None:
        if self._differences:
            return
        kept = self._kept.fetchone()
        if (kept and tuple(kept)) != (due and tuple(due.values())):
            self._differences.append(_difference(kept._asdict() if kept else AFTER_ALL, due or AFTER_ALL))


def _difference(kept: State, due: State) -> Difference:
    if kept["seq"] < due["seq"]:
        return Difference(None, f"日志索引里多出第 {kept['seq']} 条{REMEDY}")
    if kept["seq"] > due["seq"]:
        return Difference(due["seq"], f"日志索引里缺第 {due['seq']} 条{REMEDY}")
    changed = [name for name in due if kept[name] != due[name]]
    return Difference(due["seq"], f"日志索引里第 {due['seq']} 条的 {'、'.join(changed)} 与日志不符{REMEDY}")


def rebuild() -> Iterator[int]:
    """Make the index anew from the log, and yield the number of entries read now and then.

    All in one transaction with the write lock: nobody writes meanwhile, and whoever searches finds what stood before.
    """
    with ledger.writing() as session:
        try:
            session.execute(delete(audit_index))
            session.execute(delete(audit_name))
            entries, facts, names = lines.read(), Facts(), set[str]()
            while batch := list(islice(entries, AT_ONCE)):
                rows = [facts.row(json.loads(line), json.loads(body) if body else None) for line, body in batch]
                session.execute(insert(audit_index), rows)
                names |= {row["actor"] for row in rows} - {None}
                yield rows[-1]["seq"] + 1
            if names:
                session.execute(insert(audit_name), [{"name": name} for name in sorted(names)])
            session.commit()
        finally:
            session.rollback()
