"""Many rows that are written at once: the log cannot tell them from rows that were added one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update

from checklist import ledger
from models import (
    Cadence,
    Duty,
    Feedback,
    HolidayYear,
    Item,
    ItemState,
    Logged,
    Post,
    PostKind,
    Side,
    Target,
    Unit,
    UnitKind,
    User,
    db,
)
from tests import county
from tests.entries import entries
from tests.queries import counted

pytestmark = pytest.mark.usefixtures("qinghe")

Rows = list[dict[str, Any]]
WORDS = st.text('财政局要完善 abc"\\\n\u2028é', max_size=12)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
MOMENTS = st.just(county.NOW)
ALL = settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])


def several(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Rows]:
    """Some rows that differ in the fields given, a few of which may be left to their defaults."""
    return st.lists(st.fixed_dictionaries(fields), min_size=1, max_size=4)


def numbered(rows: Rows, key: str, spelt: Callable[[int], Any] = lambda n: n) -> Rows:
    """The same rows, told apart by a number."""
    return [{**row, key: spelt(n)} for n, row in enumerate(rows)]


@given(
    units=several(name=WORDS, kind=st.sampled_from(UnitKind), until_day=st.none() | DAYS),
    posts=several(name=WORDS, kind=st.sampled_from(PostKind), is_secretary=st.booleans()),
    duties=several(
        wording=WORDS,
        side=st.sampled_from(Side),
        cadence=st.sampled_from(Cadence),
        owners=st.lists(st.fixed_dictionaries({"unit": WORDS})),
        due_on=st.none() | DAYS,
    ),
    targets=several(of=WORDS, value=st.none() | st.decimals(-9, 9, places=3), unit=WORDS),
    items=several(
        due_on=DAYS, state=st.sampled_from(ItemState), happened_on=st.none() | DAYS, reported_at=st.none() | MOMENTS
    ),
    messages=several(text=WORDS, page=WORDS, written_at=MOMENTS),
    people=several(name=WORDS, password_hash=st.none() | WORDS, disabled_at=st.none() | MOMENTS),
    years=several(notice=WORDS, days=st.lists(st.fixed_dictionaries({"day": WORDS}))),
)
@ALL
def test_rows_written_at_once_leave_what_rows_added_one_by_one_leave(
    units: Rows, posts: Rows, duties: Rows, targets: Rows, items: Rows, messages: Rows, people: Rows, years: Rows
) -> None:
    duty, post = county.duty("对接会"), county.post_of("zhou")
    place = {"lineage": duty.lineage, "post_id": post.id, "duty_id": duty.id, "period": "2026"}
    alike(
        Unit,
        numbered([{"short_name": "", "from_day": date(2026, 1, 1), **row} for row in units], "code", "N-{}".format),
    )
    alike(Post, [{"unit_id": post.unit_id, **row} for row in posts])
    alike(Duty, numbered([{"duty_list_id": duty.duty_list_id, "lineage": "l", **row} for row in duties], "position"))
    alike(Target, numbered([{"duty_id": duty.id, "op": ">=", **row} for row in targets], "n"))
    alike(Item, numbered([place | row for row in items], "case", "第{}号".format))
    alike(Feedback, [{"user_id": county.user("chu").id, **row} for row in messages])
    alike(User, numbered(people, "login", "person.{}".format))
    alike(HolidayYear, numbered(years, "year", lambda n: 2040 + n))
    assert county.in_step()


def alike(kind: type[Logged], rows: Rows) -> None:
    """Write the rows both ways, one after the other, and insist that the log and the table say the same."""

    def added() -> None:
        for row in rows:  # one flush for all would sort them
            db.session.add(kind(**row))
            db.session.flush()

    def inserted() -> None:
        ledger.insert_rows(kind, rows)

    assert told(kind, added) == told(kind, inserted)


def told(kind: type[Logged], write: Callable[[], None]) -> list[Any]:
    """What the log says of new rows, and what is read of them; then they are taken away again."""
    last, size = db.session.scalars(select(kind.id).order_by(kind.id.desc())).first() or 0, ledger.size()
    with ledger.act("import", by=county.console, reason="试"):
        write()
    written = [(entry["unit"], anonymous(entry)) for entry in entries(size)]
    db.session.expire_all()
    rows = db.session.scalars(select(kind).where(kind.id > last).order_by(kind.id)).all()
    read = [{c.key: getattr(row, c.key) for c in kind.__table__.columns if c.key != "id"} for row in rows]
    with ledger.act("import", by=county.console):
        for row in db.session.scalars(select(kind).where(kind.id > last)):
            db.session.delete(row)
    return [written, read]


def anonymous(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry without what no two of them share."""
    return {
        **{name: value for name, value in entry.items() if name not in ("salt", "req")},
        "object": entry["object"] | {"id": None},
        "after": entry["after"] | {"id": None},
    }


def test_what_is_written_at_once_stands_in_the_log_where_it_happened() -> None:
    size, post = ledger.size(), county.post_of("zhou")
    with ledger.act("import", by=county.console):
        db.session.get_one(Post, post.id).name = "首席局长"
        ledger.insert_rows(Post, [{"unit_id": post.unit_id, "name": "局长", "kind": PostKind.STAFF}])
        ledger.insert_rows(Unit, [])
        db.session.get_one(Unit, post.unit_id).name = "财政厅"
    assert [(entry["object"]["type"], entry["after"]["name"]) for entry in entries(size)] == [
        ("post", "首席局长"),
        ("post", "局长"),
        ("unit", "财政厅"),
    ]
    assert county.in_step()


def test_many_rows_cost_no_more_questions_than_one() -> None:
    asked, unit = [], county.unit("QH").id
    for n in (1, 300):
        with ledger.act("import", by=county.console), counted() as sent:
            ledger.insert_rows(Post, [{"unit_id": unit, "name": f"{k}号", "kind": PostKind.STAFF} for k in range(n)])
            asked.append(len(sent))
    assert asked == [3, 3]


# --- nothing else writes many rows --------------------------------------------------------------------------

NEW = {"login": "li", "name": "李", "rev": 1, "must_change_password": False}


@pytest.mark.parametrize(
    "change",
    [
        lambda: db.session.execute(update(User).values(name="李")),
        lambda: db.session.execute(delete(User)),
        lambda: db.session.execute(insert(User).values(NEW)),
        lambda: db.session.execute(insert(User.__table__), [NEW]),
        lambda: db.session.execute(insert(User).from_select(["login"], select(User.name))),
        lambda: db.session.connection().execute(insert(User.__table__), [NEW]),
        lambda: db.session.bulk_insert_mappings(User, [NEW]),  # type: ignore[arg-type]
        lambda: db.session.bulk_save_objects([User(**NEW)]),
    ],
    ids=["update", "delete", "insert", "of the table", "selected", "by connection", "mappings", "objects"],
)
def test_many_rows_cannot_change_by_one_statement(change: Callable[[], Any]) -> None:
    size, people = ledger.size(), db.session.scalar(select(func.count(User.id)))
    noticed = pytest.raises(RuntimeError, match="user changed by a statement that the log would not notice")
    with noticed, ledger.act("appoint", by=county.console):
        db.session.add(User(**NEW | {"login": "she"}))
        db.session.flush()  # what the act wrote before opens no door
        change()
    assert ledger.size() == size
    assert db.session.scalar(select(func.count(User.id))) == people
