"""Both databases refuse to rewrite the log, whoever asks and in whatever words."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

import verify
from checklist import ledger
from checklist.actor import Actor
from checklist.ledger import lines
from models import audit_body, audit_log, db
from tests.logs import verify_entries

TABLES = ("audit_log", "audit_body", "audit_node", "audit_checkpoint")


@pytest.fixture
def log(app: Flask) -> Flask:
    """A log of four entries, with a checkpoint."""
    ledger.open_log("county.example/shuangze", by=Actor(console="test"))
    with ledger.act("export", by=Actor(console="test")) as act:
        for size in range(3):
            act.add_entry({"size": size})
    run("INSERT INTO audit_checkpoint VALUES (4, 'note')")
    return app


def dump() -> list[object]:
    """All that the log's tables hold."""
    with db.engine.connect() as connection:
        return [
            tuple(row) for table in TABLES for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))
        ]


def run(*statements: str) -> None:
    with db.engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()


COPY = "SELECT {seq}, {prev}, hash || '0', line FROM audit_log WHERE seq = 3"
REFUSED = {
    "both": [
        "UPDATE audit_log SET line = 'x' WHERE seq = 2",
        "UPDATE audit_log SET seq = 9 WHERE seq = 3",
        "UPDATE audit_body SET body = '{}' WHERE seq = 2",
        "UPDATE audit_node SET hash = 'x'",
        "UPDATE audit_checkpoint SET note = 'x'",
        "DELETE FROM audit_log WHERE seq = 3",
        "DELETE FROM audit_body WHERE seq = 3",
        "DELETE FROM audit_body",
        "DELETE FROM audit_node WHERE level = 2",
        "DELETE FROM audit_checkpoint",
        "INSERT INTO audit_log " + COPY.format(seq=5, prev="hash"),
        "INSERT INTO audit_log " + COPY.format(seq=-1, prev="hash"),
        "INSERT INTO audit_log " + COPY.format(seq=3, prev="hash"),
        "INSERT INTO audit_log " + COPY.format(seq=4, prev="prev"),
        "INSERT INTO audit_log " + COPY.format(seq=4, prev="'nonsense'"),
        "INSERT INTO audit_body VALUES (2, '{}')",
        "INSERT INTO audit_body VALUES (4, '{}')",
        "INSERT INTO audit_node VALUES (1, 0, 'x')",
        "INSERT INTO audit_checkpoint VALUES (4, 'x')",
        "INSERT INTO audit_body VALUES (2, '{}') ON CONFLICT (seq) DO UPDATE SET body = '{}'",
    ],
    "sqlite": [
        f"{replace} INTO {values}"
        for replace in ("INSERT OR REPLACE", "REPLACE")
        for values in (
            "audit_log " + COPY.format(seq=0, prev="prev"),
            "audit_log " + COPY.format(seq=4, prev="prev"),
            "audit_body VALUES (2, '{}')",
            "audit_node VALUES (1, 0, 'x')",
            "audit_checkpoint VALUES (4, 'x')",
        )
    ]
    + ["UPDATE OR REPLACE audit_log SET seq = 2 WHERE seq = 3"],
    "postgresql": [f"TRUNCATE {table} CASCADE" for table in TABLES],
}


def test_the_log_cannot_be_rewritten(kind: str, log: Flask) -> None:
    before = dump()
    for statement in REFUSED["both"] + REFUSED[kind]:
        with pytest.raises(DBAPIError):
            run(statement)
        assert dump() == before, statement


def test_a_setting_of_the_connection_does_not_open_it(kind: str, log: Flask) -> None:
    """Settings that another program has by default, or that switch ordinary triggers off."""
    before = dump()
    setting = {"sqlite": "PRAGMA recursive_triggers = OFF", "postgresql": "SET session_replication_role = replica"}[
        kind
    ]
    for statement in REFUSED["both"] + REFUSED[kind]:
        if "VALUES (4" in statement and kind == "postgresql":
            continue  # a body without a header: only a foreign key minds, and verify_log sees it
        with pytest.raises(DBAPIError):
            run(setting, statement)
        assert dump() == before, statement


def append(action: str, result: str, seq: int) -> None:
    """An entry about the body of another, as no verb writes it yet."""
    *_, (last, body) = lines.read()
    db.session.rollback()
    told = {**json.loads(body or b""), "action": action, "result": result, "after": None}
    raw = verify.canonical({**told, "object": {"type": "body", "id": seq, "rev": 1}})
    head = {**json.loads(last), "seq": json.loads(last)["seq"] + 1, "prev": verify.entry_hash(last).hex()}
    del head["v"]
    line = verify.header(**{**head, "body": verify.body_hash(raw)})
    row = {"seq": head["seq"], "prev": head["prev"], "hash": verify.entry_hash(line).hex(), "line": line.decode()}
    with db.engine.begin() as connection:
        connection.execute(insert(audit_log), row)
        connection.execute(insert(audit_body), {"seq": head["seq"], "body": raw.decode()})


def test_a_body_goes_only_when_an_entry_says_so(log: Flask) -> None:
    append("erase", "refused: 403", 2)
    append("export", "ok", 2)
    append("erase", "ok", 3)
    with pytest.raises(DBAPIError, match="no erase entry names this body"):
        run("DELETE FROM audit_body WHERE seq = 2")
    run("DELETE FROM audit_body WHERE seq = 3")
    verdict = verify_entries(lines.read())
    assert (verdict.ok, verdict.erased) == (True, 1)


def test_a_trigger_that_is_missing_is_named(kind: str, app: Flask) -> None:
    assert not ledger.missing_triggers()
    tables = {**{table.split("_")[1]: table for table in TABLES}, "officers": '"grant"'}
    dropped = set()
    for name in ledger.TRIGGERS[kind]:
        on = f"ON {tables[name.split('_')[0]]}" if kind == "postgresql" else ""
        run(f"DROP TRIGGER {name} {on}")
        dropped.add(name)
        assert ledger.missing_triggers() == dropped


def test_a_trigger_that_is_switched_off_is_missing(kind: str, app: Flask) -> None:
    if kind == "sqlite":
        pytest.skip("SQLite cannot switch a trigger off")
    run("ALTER TABLE audit_log DISABLE TRIGGER log_change", "ALTER TABLE audit_body ENABLE REPLICA TRIGGER body_update")
    assert ledger.missing_triggers() == {"log_change", "body_update"}
