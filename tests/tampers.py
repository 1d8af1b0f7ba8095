"""What has to be caught, and how each of the tampers is done to rows of the county's database."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

import verify
from checklist import ledger
from checklist.audit import bundles, index, receipts
from checklist.items import signoff
from checklist.ledger import checkpoints, lines
from models import Signature, db
from tests import county
from tests.databases import Server
from tests.dba import TABLES, raw, read, reseal, restore, rewrite, run, said, unseal
from tests.forgeries import Entry, chained

# All that has to be caught. The tests are called by these numbers; 26 to 29 must not pass for verified either.
LEDGER = {
    1: "a header field",
    2: "a body",
    3: "an attachment's byte",
    4: "an entry deleted in the middle",
    5: "the first deleted",
    6: "truncated below an anchor",
    7: "emptied",
    8: "two swapped",
    9: "one duplicated",
    10: "one inserted",
    11: "edited and re-chained",
    12: "re-chained and re-signed with the real key",
    13: "an attacker's key in the bundle",
    14: "two roots of one size",
    15: "an old backup continued",
    16: "a time that goes back, or lies outside the anchor's window",
    17: "a field boundary shifted",
    18: "a key twice, a space, an escape, CRLF, a byte-order mark",
    19: "a float, NaN, 2^53, a lone surrogate",
    20: "NFC for NFD",
    21: "a node passed off as a leaf, a proof of the wrong length or index",
    22: "a swapped receipt, or one of a transaction that was rolled back",
    23: "a unit's bundle without one of its bodies",
    24: "a body gone without an entry that erases it",
    25: "a state without an entry, or under another unit's tag",
    26: "a missing signature",
    27: "a downgraded v",
    28: "an unsealed tail",
    29: "CRLF on the last line",
}


Verdict = tuple[int, str, int | None]  # the exit code, the problem, and the first bad entry
Said = tuple[int, str, str | None]  # the same, with the entry by what it is


@dataclass(frozen=True)
class Log:
    """The county's log after a signature, an auditor's visit and some work since; and what is kept outside of it.

    `founded` and `kept` are checkpoints that the auditor has, `receipt` is the signer's; `at` is his entry.
    """

    kind: str
    server: Server
    at: int
    size: int
    founded: verify.Checkpoint
    kept: verify.Checkpoint
    receipt: str

    def expect(self, said: Said) -> Verdict:
        """What is said, with the entry by its number."""
        exit_code, problem, place = said
        numbers = {
            "the first": 0,
            "the signature": self.at,
            "after the signature": self.at + 1,
            "since the founding": self.founded.size,
            "since the visit": self.kept.size,
            "the last": self.size - 1,
            "the end": ledger.size(),
        }
        return exit_code, problem, None if place is None else numbers[place]


def worked(kind: str, server: Server, clock: county.Clock) -> Log:
    """Let the county work."""
    founded = checkpoints.take()
    clock.move(minutes=1)
    county.signed("预算考核", "zhou")
    signature = db.session.scalars(select(Signature)).one()
    at = lines.about("signature", signature.id)
    assert at is not None
    receipt = receipts.make(at).decode()
    clock.move(minutes=1)
    kept = bundles.export(by=county.console).checkpoint
    clock.move(minutes=1)
    signoff.report(county.item("对接会", "zhou").id, signoff.Report(note="已办"), by=county.actor("zhou"))
    return Log(kind, server, at, ledger.size(), founded, kept, receipt)


class Auditor:
    """Somebody at home with verify.py, the log's key, and files that she kept or was given."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], key: verify.Key) -> None:
        self.folder, self.capsys, self.key = folder, capsys, key

    def file(self, name: str, content: bytes) -> str:
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)

    def verify(self, *arguments: str) -> Verdict:
        exit_code = verify.main([*arguments, "--key", self.key.vkey, "--json"])
        told = json.loads(self.capsys.readouterr().out)
        return exit_code, told["problem"], told["first_bad"]


# --- what is done -------------------------------------------------------------------------------------------

Forge = Callable[[Log], None]


def sql(*words: str) -> Forge:
    """SQL, where {at} is the entry of the signature."""

    def forge(log: Log) -> None:
        run(*(statement.format(at=log.at) for statement in words))

    return forge


def nothing(log: Log) -> None:
    pass


def with_its_hash(log: Log) -> None:
    """The header changed, and the hash that is kept beside it."""
    line, _ = raw()[log.at]
    line = line.replace(b'"unit":"QH-CZJ"', b'"unit":"QH-JYJ"')
    run(f"UPDATE audit_log SET line = '{line.decode()}', hash = '{verify.entry_hash(line).hex()}' WHERE seq = {log.at}")


def cut(log: Log) -> None:
    """The signature and all after it gone, as if they had never been."""
    run(
        f"DELETE FROM audit_body WHERE seq >= {log.at}",
        f"DELETE FROM audit_log WHERE seq >= {log.at}",
        f'DELETE FROM audit_node WHERE ("index" + 1) << level > {log.at}',
        f"DELETE FROM audit_index WHERE seq >= {log.at}",
    )


def cut_and_unsealed(log: Log) -> None:
    cut(log)
    unseal(log.at)


def emptied(log: Log) -> None:
    run(*(f"DELETE FROM {table}" for table in (*TABLES, "audit_index", "audit_name")))


def opened_anew(log: Log) -> None:
    """Emptied; then the program itself begins another log, with the same name and key."""
    emptied(log)
    ledger.open_log(county.ORIGIN, by=county.console)
    checkpoints.init_key(by=county.console)


def swapped(log: Log) -> None:
    rows = raw()
    rows[log.at : log.at + 2] = rows[log.at + 1], rows[log.at]
    rewrite(rows)
    unseal(log.at)


def doubled(log: Log) -> None:
    rows = raw()
    rewrite([*rows[: log.at], rows[log.at - 1], *rows[log.at :]])
    unseal(log.at)


def inserted(log: Log) -> None:
    """One more before the signature, rightly linked to what is before it."""
    rows = raw()
    told = read()
    more = chained([*told[: log.at], told[-1]])[-1]
    rewrite([*rows[: log.at], (more, rows[-1][1]), *rows[log.at :]])
    unseal(log.at)


def rechained(change: Callable[[list[Entry], Log], None], *then: Callable[[], None]) -> Forge:
    """Change what the log says, and make every hash anew, in whatever place it is kept."""

    def forge(log: Log) -> None:
        told = read()
        change(told, log)
        rewrite(list(zip(chained(told), [entry.body for entry in told], strict=True)))
        for _ in index.rebuild():
            pass
        for step in then:
            step()

    return forge


def by_another(told: list[Entry], log: Log) -> None:
    """As if the deputy had signed."""
    wu = {"id": county.user("wu").id, "name": "吴副局长", "post": "县财政局 副局长"}
    db.session.rollback()
    told[log.at] = said(told[log.at], actor=wu)


def an_hour_back(told: list[Entry], log: Log) -> None:
    told[log.at] = told[log.at]._replace(ts="2026-03-02T00:01:00.000000Z")


def another_in_between(told: list[Entry], log: Log) -> None:
    """Written today, and dated before the visit."""
    told.insert(log.at, told[-1]._replace(ts=told[log.at].ts, body=said(told[0], action="export", after=None).body))


def another_of_before_the_visit(told: list[Entry], log: Log) -> None:
    told.insert(log.kept.size, told[-1]._replace(ts=told[log.at].ts))


def under_another_unit(told: list[Entry], log: Log) -> None:
    told[log.at] = told[log.at]._replace(unit="QH-JYJ")


def downgraded(log: Log) -> None:
    """Every hash made anew and sealed, and v is 0 from the signature on."""
    rows = raw()
    prev = json.loads(rows[log.at][0])["prev"].encode()
    for seq in range(log.at, log.size):
        line, body = rows[seq]
        old = json.loads(line)["prev"].encode()
        line = line.replace(old, prev).replace(b'"v":1}', b'"v":0}')
        rows[seq], prev = (line, body), verify.entry_hash(line).hex().encode()
    rewrite(rows)
    reseal()


def ending_in_crlf(log: Log) -> None:
    run(f"UPDATE audit_log SET line = '{raw()[-1][0].decode()}\r' WHERE seq = {log.size - 1}")


def an_old_backup(entries: int) -> Forge:
    """The founding day's database put back, and so many entries written since."""

    def forge(log: Log) -> None:
        restore(log.server, "qinghe")  # the template from which the test's database was copied
        go_on(entries)

    return forge


def go_on(entries: int) -> None:
    """Let the program write as if nothing had happened."""
    with ledger.act("export", by=county.console) as act:
        for number in range(entries):
            act.add_entry({"size": number})
