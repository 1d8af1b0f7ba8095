"""The index by which the log is searched: held to the log by flask verify, and made anew from it."""

from __future__ import annotations

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select, text

from checklist import ledger
from checklist.actor import Actor
from checklist.audit import index
from checklist.ledger.entry import Entry
from models import audit_index, audit_name, db
from tests import county

pytestmark = pytest.mark.usefixtures("qinghe")


def run(statement: str) -> None:
    """Behind the log's back."""
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text(statement))


def kept() -> tuple[list[tuple[object, ...]], set[str]]:
    rows = [tuple(row) for row in db.session.execute(select(audit_index).order_by(audit_index.c.seq))]
    names = set(db.session.scalars(select(audit_name.c.name)))
    db.session.rollback()
    return rows, names


def said() -> list[str]:
    check = county.checked()
    assert check.verdict.ok
    return [difference.words for difference in check.differences]


def rebuild() -> None:
    for _ in index.rebuild():
        pass


@pytest.mark.parametrize(
    ("done", "words"),
    [
        ("UPDATE audit_index SET actor = '吴副局长' WHERE seq = 40", "日志索引里第 40 条的 actor 与日志不符"),
        (
            "UPDATE audit_index SET unit = '-', duty_id = 7 WHERE seq = 90",
            "日志索引里第 90 条的 unit、duty_id 与日志不符",
        ),
        ("UPDATE audit_index SET refused = true WHERE seq = 41", "日志索引里第 41 条的 refused 与日志不符"),
        ("DELETE FROM audit_index WHERE seq = 42", "日志索引里缺第 42 条"),
        ("DELETE FROM audit_index", "日志索引里缺第 0 条"),
        (
            "INSERT INTO audit_index (seq, at, unit, refused) VALUES (9999, '2026', '-', false)",
            "日志索引里多出第 9999 条",
        ),
        ("INSERT INTO audit_index (seq, at, unit, refused) VALUES (-1, '2026', '-', false)", "日志索引里多出第 -1 条"),
        ("DELETE FROM audit_name WHERE name = '褚经办'", "日志索引里的姓名（褚经办）与日志不符"),
        ("INSERT INTO audit_name (name) VALUES ('无名氏')", "日志索引里的姓名（无名氏）与日志不符"),
    ],
)
def test_an_index_that_is_not_the_logs_is_reported_and_made_right_by_a_rebuild(done: str, words: str) -> None:
    before = kept()
    assert not said()
    run(done)
    assert said() == [f"{words}，检索日志会因此出错。请运行 flask reindex 重做索引"]
    rebuild()
    assert kept() == before
    assert not said()


def test_the_command_says_what_it_has_done(app: Flask) -> None:
    run("DELETE FROM audit_index")
    result = app.test_cli_runner().invoke(args=["reindex"])
    assert result.output == f"已按日志的 {ledger.size()} 条记录重做索引。\n"
    assert not said()


@pytest.mark.usefixtures("lived")
def test_a_log_of_before_is_indexed_by_the_migration_as_by_the_acts() -> None:
    before = kept()
    db.session.remove()
    flask_migrate.downgrade(revision="0008")
    flask_migrate.upgrade()
    assert kept() == before
    assert not said()


def erased_by_law(seq: int) -> None:
    with ledger.act("erase", by=county.console) as act:
        act._added.append(Entry("erase", object={"type": "body", "id": seq, "rev": 1}))
    run(f"DELETE FROM audit_body WHERE seq = {seq}")


def test_of_an_entry_erased_by_law_the_index_keeps_what_the_header_says(qinghe: county.Clock) -> None:
    seq = ledger.size()
    with ledger.act("feedback", by=Actor(console="一次而已")) as act:
        act.add_entry({"login": "x"}, unit="QH-CZJ")
    assert "cli:一次而已" in kept()[1]
    erased_by_law(seq)
    rows, names = kept()
    at = "2026-03-02T01:00:00.000000Z"
    assert rows[seq] == (seq, at, "QH-CZJ", None, None, None, None, None, False)
    assert "cli:一次而已" not in names
    assert not said()
    rebuild()
    assert kept() == (rows, names)


def test_a_rebuild_that_breaks_off_leaves_what_there_was() -> None:
    before = kept()
    steps = index.rebuild()
    next(steps)
    steps.close()
    assert kept() == before
