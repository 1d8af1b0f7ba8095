"""The tables are rebuilt from the log and compared: whoever changes a row behind its back is found out."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from checklist import feedback, ledger
from checklist.actor import Actor
from checklist.audit import replay
from checklist.audit.replay import Difference
from checklist.county import accounts
from checklist.items import holidays, signoff
from checklist.ledger import entry, lines, states
from checklist.lists import corrections
from models import Evidence, Logged, Tenure, User, db
from tests import county
from tests.cases import begun
from tests.consultations import consulting
from tests.notices import NEXT

pytestmark = pytest.mark.usefixtures("qinghe")


@pytest.fixture
def worked(qinghe: county.Clock) -> None:
    """A few days' work: reported, signed, sent back, taken back."""
    county.signed("预算考核", "zhou")
    county.ticked("网上可办率", "li")
    sent_back = county.signed("净增企业", "wu")
    signoff.send_back(sent_back.id, "数据不全，请补充。", qinghe.at.date(), by=county.actor("zhou"))
    report(county.item("对接会", "zhou").id, "〔2026〕7 号")


def report(item: int, document_no: str) -> None:
    signoff.report(item, signoff.Report(note="已办", document_no=document_no), by=county.actor("zhou"))


def run(statement: str) -> None:
    """Behind the log's back."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def differences() -> list[Difference]:
    check = county.checked()
    assert check.verdict.ok
    return check.differences


def last_seq(row: Logged) -> int:
    """The newest entry about a row."""
    return replayed().traces[row.__tablename__, row.id].last


def replayed() -> replay.Replay:
    """The log, followed to its end."""
    followed = replay.Replay()
    for line, body in lines.read():
        followed.follow(json.loads(line), json.loads(body or "null"))
    db.session.rollback()
    return followed


@pytest.mark.usefixtures("worked")
def test_the_log_explains_every_row() -> None:
    assert not differences()
    kinds = {kind for (kind, _), trace in replayed().traces.items() if trace.digest}
    assert kinds > {"item", "signature", "batch", "review", "evidence", "reading", "assignment", "target", "grant"}


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("item", "state", "approved"),
        ("item", "due_on", "2026-12-31"),
        ("signature", "statement", "什么也没有签"),
        ("signature", "withdrawn_at", "2026-03-01 00:00:00.000000"),
        ("review", "reason", ""),
        ("duty", "wording", "不必完善预算考核机制。"),
        ("target", "value", "1"),
        ("unit", "name", "别的单位"),
        ("tenure", "acting", "1"),
        ("grant", "until_day", "2026-02-01"),
        ("user", "password_hash", "scrypt:known-to-me"),
        ("user", "rev", "7"),
    ],
)
def test_a_row_changed_behind_the_logs_back_is_named(kind: str, table: str, column: str, value: str) -> None:
    row = db.session.scalars(select(replay.TABLES[table]).order_by(replay.TABLES[table].id)).first()
    assert row is not None
    id, seq = row.id, last_seq(row)
    run(f"UPDATE \"{table}\" SET {column} = '{value}' WHERE id = {id}")
    assert differences() == [Difference(seq, f"{table} {id}的 {column} 与第 {seq} 条记录不符")]


def filled() -> list[str]:
    """The tables that have a row, of those that the log speaks of."""
    db.session.rollback()
    return [name for name, kind in replay.TABLES.items() if db.session.scalar(select(kind.id).limit(1))]


@pytest.fixture
def every_table_has_a_row(worked: None) -> None:
    feedback.write("字再大些。", "/items/", by=county.actor("zhou"))
    begun()
    holidays.load(NEXT.encode(), by=county.console)
    consulting()
    wording = county.duty("对接会").wording
    corrections.correct(county.duty("对接会").id, f"{wording}，", "补逗号。", by=county.actor("li"))
    accounts.log_in("zhou", county.PASSWORD, by=Actor(ip="10.0.0.7"))
    assert set(filled()) == set(replay.TABLES)


@pytest.mark.usefixtures("every_table_has_a_row")
def test_in_every_table_a_row_that_was_changed_or_taken_away_is_named(kind: str) -> None:
    forget_references = {"sqlite": "PRAGMA foreign_keys = OFF", "postgresql": "SET session_replication_role = replica"}
    for name in filled():
        row = db.session.scalars(select(replay.TABLES[name]).order_by(replay.TABLES[name].id)).first()
        assert row is not None
        id, seq = row.id, last_seq(row)
        run(f'UPDATE "{name}" SET rev = rev + 7 WHERE id = {id}')
        assert Difference(seq, f"{name} {id}的 rev 与第 {seq} 条记录不符") in differences()
        run(f'UPDATE "{name}" SET rev = rev - 7 WHERE id = {id}')
        assert not differences()
    for name in filled():
        id = db.session.scalar(select(func.max(replay.TABLES[name].id)))
        db.session.rollback()
        raw = db.engine.raw_connection()  # SQLite takes the setting outside a transaction only
        for statement in (forget_references[kind], f'DELETE FROM "{name}" WHERE id = {id}'):
            raw.cursor().execute(statement)
        raw.commit()
        raw.invalidate()  # the setting goes with it
        assert any(words.words.startswith(f"{name} {id}不见了") for words in differences()), name


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("item", "due_on", "改日"), ("item", "state", "妥了"), ("target", "value", "很多"), ("duty", "path", "[")],
)
def test_a_row_that_cannot_even_be_read_is_named(kind: str, table: str, column: str, value: str) -> None:
    if kind == "postgresql":
        pytest.skip("PostgreSQL takes no such value")
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.exec_driver_sql(f"UPDATE \"{table}\" SET {column} = '{value}' WHERE id = 1")
        connection.commit()
        connection.invalidate()
    found = differences()
    assert [words.words for words in found if words.words.startswith(f"{table} 1有读不懂的值")]
    assert len(found) == 1


def test_a_text_that_is_none_is_named(kind: str) -> None:
    if kind == "postgresql":
        pytest.skip("PostgreSQL takes no such value")
    item = county.item("对接会")
    id, seq = item.id, last_seq(item)
    run(f"UPDATE item SET note = x'e58a9e' WHERE id = {id}")
    assert differences() == [Difference(seq, f"item {id}的 note 与第 {seq} 条记录不符")]


def test_a_row_deleted_behind_the_logs_back_is_missed() -> None:
    tenure = db.session.scalars(select(Tenure).order_by(Tenure.id)).first()
    assert tenure is not None
    id, seq = tenure.id, last_seq(tenure)
    run(f"DELETE FROM tenure WHERE id = {id}")
    assert differences() == [Difference(seq, f"tenure {id}不见了，而记录里没有删除它")]


def test_a_row_inserted_behind_the_logs_back_is_noticed() -> None:
    wang = county.user("wang").id
    db.session.rollback()
    run(
        "INSERT INTO feedback (id, rev, user_id, page, text, written_at)"
        f" VALUES (99, 1, {wang}, '/', '好', '2026-03-02 00:00:00')"
    )
    assert differences() == [Difference(None, "feedback 99在数据库里有，记录里没有")]


@pytest.mark.usefixtures("worked")
def test_a_row_that_came_back_behind_the_logs_back_is_noticed() -> None:
    evidence = db.session.scalars(select(Evidence)).one()
    id, item = evidence.id, evidence.item_id
    report(item, "")
    assert not differences()
    run(f"INSERT INTO evidence (id, rev, item_id, document_no) VALUES ({id}, 1, {item}, '〔2026〕7 号')")
    assert differences() == [Difference(None, f"evidence {id}在数据库里有，记录里没有")]


def test_a_change_that_a_later_act_covers_up_is_noticed() -> None:
    wang = county.user("wang").id
    run(f"UPDATE \"user\" SET name = '别人' WHERE id = {wang}")
    with ledger.act("user.disable", by=county.console):
        db.session.get_one(User, wang).name = "王镇长"
    seq = ledger.size() - 1
    assert Difference(seq, f"第 {seq} 条记录所写的原状态，与此前的记录不符（user {wang}）") in differences()


def test_a_rows_way_to_its_unit_goes_on_as_that_of_the_row_above_it() -> None:
    for kind in replay.TABLES.values():
        if kind.unit_path:
            above = replay.TABLES[kind.unit_path[0]]
            assert kind.unit_path[1:] == above.unit_path, kind


@pytest.fixture
def tagged_wrongly(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A program that tags its entries with a unit of its choice, so that an auditor of the right one misses them."""
    return lambda: monkeypatch.setattr(entry, "unit_code", lambda row: "QH-JYJ")


def test_an_entry_under_another_unit_is_noticed(tagged_wrongly: Callable[[], None]) -> None:
    item = county.item("对接会", "zhou").id
    tagged_wrongly()
    signoff.report(item, signoff.Report(note="已办"), by=county.actor("zhou"))
    seq = ledger.size() - 1
    assert differences() == [Difference(seq, f"第 {seq} 条记录的单位标记 QH-JYJ 不是item {item}的单位")]


@pytest.mark.usefixtures("worked")
def test_so_is_the_deletion_of_a_row_under_another_unit(tagged_wrongly: Callable[[], None]) -> None:
    evidence = db.session.scalars(select(Evidence)).one()
    id, item = evidence.id, evidence.item_id
    size = ledger.size()
    tagged_wrongly()
    report(item, "")
    assert f"第 {size} 条记录的单位标记 QH-JYJ 不是evidence {id}的单位" in {d.words for d in differences()}


def test_a_log_that_is_broken_explains_nothing(kind: str) -> None:
    trigger = {"sqlite": "DROP TRIGGER body_update", "postgresql": "DROP TRIGGER body_update ON audit_body"}[kind]
    run(trigger)
    run("UPDATE audit_body SET body = replace(body, '清和', '浑浊') WHERE seq = 1")
    check = county.checked()
    verdict = check.verdict
    assert (verdict.ok, verdict.problem, verdict.first_bad, check.differences) == (False, "body", 1, [])


# --- entries from before there were files -------------------------------------------------------------------


def in_schema_1(row: Logged, **how: bool) -> states.State:
    """A state as the program wrote it before evidence could be a file."""
    told = states.state(row, **how)
    if isinstance(row, Evidence):
        told = {name: value for name, value in told.items() if name not in Evidence.assumed[1]} | {"schema": 1}
    return told


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> Evidence:
    """A document number whose only entry is of schema 1."""
    size = ledger.size()
    with monkeypatch.context() as before:
        before.setattr(entry, "state", in_schema_1)
        report(county.item("预算考核").id, "〔2026〕7 号")
    (body,) = [line.body for line in county.gained(size) if line.body["object"]["type"] == "evidence"]
    assert (body["after"]["schema"], "file_name" in body["after"]) == (1, False)
    return db.session.scalars(select(Evidence)).one()


def test_a_row_of_before_is_what_the_log_says_and_goes_on_from_there(old: Evidence) -> None:
    assert county.in_step()
    for number in ("〔2026〕8 号", ""):
        report(old.item_id, number)
        assert county.in_step()


def test_a_file_slipped_under_a_row_of_before_is_noticed(old: Evidence) -> None:
    id, seq = old.id, last_seq(old)
    run(f"UPDATE evidence SET file_sha256 = '{'0' * 64}' WHERE id = {id}")
    assert differences() == [Difference(seq, f"evidence {id}的 file_sha256 与第 {seq} 条记录不符")]


# --- the words for it ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("audit_log", "UPDATE audit_log SET hash = '{}' WHERE seq = 7"),
        ("audit_node", "UPDATE audit_node SET hash = '{}' WHERE level = 2 AND \"index\" = 1"),
        ("audit_node", 'DELETE FROM audit_node WHERE level = 1 AND "index" = 3'),
    ],
)
def test_a_hash_that_is_kept_beside_the_log_and_is_not_the_logs_is_noticed(kind: str, table: str, change: str) -> None:
    unguard(kind, table)
    run(change.format("0" * 64))
    assert differences()


def unguard(kind: str, table: str) -> None:
    """As the database's administrator could."""
    if kind == "postgresql":
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    for verb in ("update", "delete"):
        run(f"DROP TRIGGER {table.removeprefix('audit_')}_{verb}")
