"""从表格导入单位和人员: the register comes in as a whole, once somebody has looked through what each row brings.

What is there already and the same stays untouched, what is not there is added, and what differs is an error: an import
changes nothing and ends nothing. Roles are not in a register; the security administrator grants them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from checklist import access, ledger, picture
from checklist.actor import Actor
from checklist.county import accounts
from checklist.county.accounts import FirstPassword
from checklist.county.register import people, places, shapes
from checklist.county.register.incoming import Incoming
from checklist.county.register.rows import Outcome, Row
from checklist.county.register.shapes import CHARGES, PEOPLE, POSTS, SHAPES, TENURES, UNITS, Contents, Shape
from checklist.files import reading
from checklist.files.child.grid import Table
from checklist.refusal import Malformed, NotYours
from models import Logged, Post, User, db

File = tuple[str, bytes]  # its name, which stands before the addresses of its cells, and what is in it
MOST_PEOPLE = 1000  # new ones at a time: each password takes a twentieth of a second to hash


@dataclass(frozen=True)
class Preview:
    """What the files come to: the rows of the tables that they hold, and what is in none of the five."""

    contents: Contents
    rows: list[Row]

    def of(self, shape: Shape) -> list[Row]:
        """Return the rows of one table, those that are wrong first."""
        rows = [row for row in self.rows if row.line.shape is shape]
        return sorted(rows, key=lambda row: list(Outcome).index(row.outcome))

    def count(self, outcome: Outcome, shape: Shape | None = None) -> int:
        """Return how many rows come to this, of one table or of all."""
        return sum(row.outcome is outcome for row in self.rows if shape in (None, row.line.shape))

    @property
    def bad(self) -> list[Row]:
        return [row for row in self.rows if row.wrong]


@dataclass(frozen=True)
class Slip:
    """What somebody is handed so that he can log in; the password is nowhere else in clear."""

    name: str
    login: str
    password: str
    unit: str


@dataclass(frozen=True)
class Taken:
    """What came in: how many rows of each table brought something, and the slips of the new people."""

    counts: dict[str, int]
    slips: list[Slip]

    @property
    def words(self) -> str:
        """单位 3、人员 12, or "" where all of it was there."""
        return "、".join(f"{noun} {count}" for noun, count in self.counts.items() if count)


def read(files: Sequence[File]) -> Contents:
    """Return the lines of some files. Raises Malformed for a file that is not read, and where none of the five tables is."""
    read: list[Table] = []
    for name, content in files:
        try:
            own = reading.read_tables(content)
        except Malformed as problem:
            raise Malformed(f"{name}：{problem.message}" if len(files) > 1 else problem.message, "files") from problem
        # A CSV has no sheets: its file's name tells it from the others.
        read += [replace(table, name=name.rsplit(".", 1)[0]) if table.name == "CSV" else table for table in own]
    contents = shapes.read(read)
    if not contents.shapes:
        nouns = "、".join(shape.noun for shape in SHAPES)
        raise Malformed(f"没有认出名册的表（{nouns}）。请下载模板，按它的列名填写后再上传。", "files")
    return contents


def preview(contents: Contents, *, by: Actor) -> Preview:
    """Rehearse what the lines come to against what there is now. Writes nothing. Raises NotYours."""
    with ledger.rehearsal(by=by):
        return _bring_in(contents, Incoming({}, by))


@dataclass(frozen=True)
class Plan:
    """What the files come to, as values: by the verbs, in a rehearsal, and good for as long as the register stands."""

    rests_on: picture.Picture
    as_post: Post | picture.Post | None
    coming: Preview
    rows: dict[type[Logged], list[dict[str, Any]]]
    slips: list[Slip]


def _plan(contents: Contents, passwords: Mapping[str, FirstPassword], by: Actor) -> Plan:
    rests_on = picture.current()  # asked first: what changes while the rest is read is then noticed
    incoming = Incoming(passwords, by)
    coming = _bring_in(contents, incoming)
    rows: dict[type[Logged], list[dict[str, Any]]] = {}
    for row in incoming.at:
        values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
        rows.setdefault(type(row), []).append(values)
    new = () if coming.bad else incoming.homes.items()
    slips = [Slip(user.name, user.login, passwords[user.login].clear, home.name) for user, home in new]
    return Plan(rests_on, incoming.as_post, coming, rows, slips)


def take(files: Sequence[File], *, by: Actor) -> Taken:
    """Bring in what the files hold and the county has not, all or nothing, each row by the verb that the pages call.

    The passwords of the new people are in the answer and nowhere else. Raises Malformed when any row is wrong.
    """
    contents = read(files)
    passwords = _passwords(contents, by)
    plan = None
    with suppress(NotYours), ledger.rehearsal(by=by):  # the act refuses it again, and logs that
        plan = _plan(contents, passwords, by)
    with ledger.act("import_register", by=by) as act:
        if plan and plan.rests_on is picture.current():
            rows = plan.rows
        else:
            plan, rows = _plan(contents, passwords, by), {}  # the verbs have written them
        act.post = plan.as_post
        if plan.coming.bad:
            raise Malformed(f"有 {len(plan.coming.bad)} 行有错，没有导入。请改好表格，重新上传。", "files")
        for kind, values in rows.items():
            ledger.insert_rows(kind, values)
        if plan.coming.count(Outcome.NEW):
            act.add_entry({"files": [sha256(content).hexdigest() for _, content in files]})
    return Taken({shape.noun: plan.coming.count(Outcome.NEW, shape) for shape in SHAPES}, plan.slips)


def _bring_in(contents: Contents, incoming: Incoming) -> Preview:
    rows = [
        *places.bring_units(incoming, contents.of(UNITS)),
        *places.bring_posts(incoming, contents.of(POSTS)),
        *people.bring_people(incoming, contents.of(PEOPLE)),
        *people.bring_tenures(incoming, contents.of(TENURES)),
        *(people.bring_charge(incoming, line) for line in contents.of(CHARGES)),
    ]
    return Preview(contents, rows)


def _passwords(contents: Contents, by: Actor) -> dict[str, FirstPassword]:
    """Make passwords for whoever is new; none where the act will be refused anyway."""
    top = access.root()
    if top and not access.may(access.Standing.of(by), "keep", top):
        return {}
    told = {accounts.normal(line.text("login")) for line in contents.of(PEOPLE)}
    new = told - {""} - set(db.session.scalars(select(User.login)))
    if len(new) > MOST_PEOPLE:
        raise Malformed(f"一次最多导入 {MOST_PEOPLE} 个新的人员，这里有 {len(new)} 个。请分几次导入。", "files")
    return accounts.first_passwords(new)
