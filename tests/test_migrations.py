"""A database of an earlier version, with rows in it, is carried on to this one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from checklist import ledger
from models import Duty, DutyList, ListState, db
from tests.databases import Templates, running

ROWS = """
INSERT INTO unit (id, rev, code, name, short_name, kind, from_day)
  VALUES (1, 1, 'QH', '县委', '县委', 'committee', '2026-01-05');
INSERT INTO "user" (id, rev, login, name, must_change_password) VALUES (1, 1, 'chu', '褚经办', {no});
INSERT INTO source (id, rev, unit_id, title, text, sha256) VALUES (1, 1, 1, '讲话', '要办好。', '');
INSERT INTO duty_list (id, rev, unit_id, kind, tier, year, name, version, state, source_id, nodes, meeting, meeting_no,
    drafted_by_id, declined_because, revised_because)
  VALUES (7, 3, 1, 'breakdown', 'none', 2026, '分解表', 1, 'consulting', 1, '[]', '', '', 1, '', '');
INSERT INTO duty (id, rev, duty_list_id, lineage, version, position, quote, wording, side, path, named, owners, cadence,
    steps, flags, guards, why, dropped)
  VALUES (9, 1, 7, 'a', 1, 1, '', '要办好', 'work', '[]', '[]', '[]', 'once', '[]', '[]', '[]', '', {no});
"""


@pytest.fixture
def earlier(kind: str, application: Flask, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database as it was before drafts could be given up, with a list that is out for answers."""
    templates: Templates = request.getfixturevalue(kind)
    with templates.database() as url, running(application, url, tmp_path / "instance"):
        flask_migrate.upgrade(revision="0006")
        with db.engine.begin() as connection:
            for statement in ROWS.format(no="0" if kind == "sqlite" else "false").split(";")[:-1]:
                connection.execute(text(statement))
        yield application


def told(table: str) -> list[dict[str, object]]:
    with db.engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]


def test_a_list_of_before_keeps_its_rows_and_can_then_be_given_up(earlier: Flask, kind: str) -> None:
    before, duties = told("duty_list"), told("duty")
    flask_migrate.upgrade()
    assert told("duty_list") == [{**before[0], "abandoned_because": ""}]
    assert told("duty") == duties
    assert not ledger.missing_triggers()
    (found,) = db.session.scalars(select(DutyList))
    assert (found.state, found.duties) == (ListState.CONSULTING, [db.session.get(Duty, 9)])
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE duty_list SET state = 'abandoned'"))
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text("UPDATE duty_list SET state = 'nonsense'"))
    if kind == "sqlite":
        with db.engine.connect() as connection:
            for pragma in ("integrity_check", "foreign_key_check"):
                assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalars().all() in (["ok"], [])


def test_an_upgraded_database_has_the_tables_of_a_new_one(earlier: Flask) -> None:
    flask_migrate.upgrade()
    for name, table in db.metadata.tables.items():
        columns = {column["name"] for column in inspect(db.engine).get_columns(name)}
        assert columns == {column.name for column in table.columns}, name
