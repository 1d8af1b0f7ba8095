"""从表格导入单位和人员: the register comes in as a whole, once somebody has looked through what each row brings.

What is there already and the same stays untouched, what is not there is added, and what differs is an error: an import
changes nothing and ends nothing. Roles are not in a register; the security administrator grants them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from hashlib import sha256
from typing import TypeVar

from checklist import access, ledger
from checklist.actor import Actor
from checklist.county import accounts, units
from checklist.county.accounts import FirstPassword
from checklist.county.register import entries, shapes
from checklist.county.register.entries import Charge, Holding, Person, Place, Seat
from checklist.county.register.people import read_charges, read_people, read_tenures
from checklist.county.register.places import read_posts, read_units
from checklist.county.register.rows import Outcome, Row
from checklist.county.register.shapes import ACTS, CHARGES, PEOPLE, POSTS, SHAPES, TENURES, UNITS, Found, Shape
from checklist.files import reading
from checklist.files.child.grid import Table
from checklist.refusal import Malformed, Problem, Stale
from models import Post, Unit, db

File = tuple[str, bytes]  # its name, which stands before the addresses of its cells, and what is in it
Kind = TypeVar("Kind", Place, Seat, Person, Holding, Charge)

MOST_PEOPLE = 1000  # new ones at a time: each password takes a twentieth of a second to hash


@dataclass(frozen=True)
class Preview:
    """What the files come to: the rows of the tables that they hold, and what is in none of the five."""

    found: Found
    rows: list[Row]

    def of(self, shape: Shape) -> list[Row]:
        """The rows of one table, those that are wrong first."""
        rows = [row for row in self.rows if row.line.shape is shape]
        return sorted(rows, key=lambda row: list(Outcome).index(row.outcome))

    def count(self, outcome: Outcome, shape: Shape | None = None) -> int:
        """How many rows come to this, of one table or of all."""
        return sum(row.outcome is outcome for row in self.rows if shape in (None, row.line.shape))

    @property
    def bad(self) -> list[Row]:
        return [row for row in self.rows if row.wrong]

    def new(self, kind: type[Kind]) -> list[Kind]:
        """What comes in of one kind, in the files' order."""
        return [made for row in self.rows for made in row.makes if isinstance(made, kind)]


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


def read(files: Sequence[File]) -> Found:
    """The lines of some files. Raises Malformed for a file that is not read, and where none of the five tables is."""
    read: list[Table] = []
    for name, content in files:
        try:
            own = reading.read_tables(content)
        except Malformed as problem:
            raise Malformed(f"{name}：{problem.message}" if len(files) > 1 else problem.message, "files") from problem
        # A CSV has no sheets: its file's name tells it from the others.
        read += [replace(table, name=name.rsplit(".", 1)[0]) if table.name == "CSV" else table for table in own]
    found = shapes.read(read)
    if not found.shapes:
        nouns = "、".join(shape.noun for shape in SHAPES)
        raise Malformed(f"没有认出名册的表（{nouns}）。请下载模板，按它的列名填写后再上传。", "files")
    return found


def preview(found: Found) -> Preview:
    """What the lines come to against what there is now. Writes nothing."""
    known = entries.standing()
    readers = (
        (UNITS, read_units),
        (POSTS, read_posts),
        (PEOPLE, read_people),
        (TENURES, read_tenures),
        (CHARGES, read_charges),
    )
    return Preview(found, [row for shape, reads in readers for row in reads(found.of(shape), known)])


def take(files: Sequence[File], *, by: Actor) -> Taken:
    """Bring in what the files hold and the county has not, all or nothing, each row by the verb that the pages call.

    The passwords of the new people are in the answer and nowhere else. Raises Malformed when any row is wrong, Stale
    when it was until just now.
    """
    found = read(files)
    passwords = _passwords(found, by)  # before the act: nobody waits for the lock while they are hashed
    with ledger.act("import_register", by=by) as act:
        if top := access.root():
            act.post = access.require(by, "keep", top)
        coming = preview(found)
        if coming.bad:
            raise Malformed(f"有 {len(coming.bad)} 行有错，没有导入。请改好表格，重新上传。", "files")
        if {person.login for person in coming.new(Person)} - passwords.keys():
            raise Stale("单位或人员刚刚有变化，没有导入。下面是现在会导入的内容，请看过再确认。")
        slips = _bring_in(coming, passwords, by)
        if coming.count(Outcome.NEW):
            act.add_entry({"files": [sha256(content).hexdigest() for _, content in files]})
    return Taken({shape.noun: coming.count(Outcome.NEW, shape) for shape in SHAPES}, slips)


def _passwords(found: Found, by: Actor) -> dict[str, FirstPassword]:
    """Passwords for whoever is new; none where the act will not take place anyway."""
    top = access.root()
    coming = preview(found)
    if coming.bad or (top and not access.may(access.Standing.of(by), "keep", top)):
        return {}
    people = coming.new(Person)
    if len(people) > MOST_PEOPLE:
        raise Malformed(f"一次最多导入 {MOST_PEOPLE} 个新的人员，这里有 {len(people)} 个。请分几次导入。", "files")
    return accounts.first_passwords(person.login for person in people)


def _bring_in(coming: Preview, passwords: dict[str, FirstPassword], by: Actor) -> list[Slip]:
    for place in _after({place: [place.parent] for place in coming.new(Place)}):
        _found(place, by)
    for seat in _after({seat: [seat.reviewer, twin] for seat, twin in _with_twins(coming.new(Seat))}):
        _add(seat, by)
    slips = [_admit(person, passwords[person.login], by) for person in coming.new(Person)]
    for holding in coming.new(Holding):
        _appoint(holding, by)
    for charge in coming.new(Charge):
        with _blaming(charge.at):
            units.put_in_charge(_id(charge.seat), _id(charge.place), by=by, field=charge.field)
    return slips


def _found(place: Place, by: Actor) -> None:
    parent = db.session.get(Unit, place.parent.id) if place.parent else None
    assert place.kind
    with _blaming(place.at):
        unit = units.found(place.code, place.name, place.kind, by=by, short_name=place.short, parent=parent)
    db.session.flush()
    place.id = unit.id


def _add(seat: Seat, by: Actor) -> None:
    reviewer = db.session.get(Post, seat.reviewer.id) if seat.reviewer else None
    assert seat.kind
    with _blaming(seat.at):
        post = units.add_post(
            _id(seat.place), seat.name, seat.kind, by=by, is_secretary=seat.is_secretary, reviewer=reviewer
        )
    db.session.flush()
    seat.id = post.id


def _admit(person: Person, password: FirstPassword, by: Actor) -> Slip:
    assert person.place
    home = db.session.get_one(Unit, person.place.id)
    with _blaming(person.at):
        user = accounts.admit(person.login, person.name, password, by=by, home=home)
    db.session.flush()
    person.id = user.id
    return Slip(user.name, user.login, password.clear, home.name)


def _appoint(holding: Holding, by: Actor) -> None:
    user, post = _id(holding.person), _id(holding.seat)
    with _blaming(holding.at):
        if holding.prepares:
            units.make_liaison(user, post, by=by, from_day=holding.from_day)
        else:
            units.appoint(user, post, holding.from_day, by=by, acting=holding.manner == ACTS)
    db.session.flush()


def _with_twins(seats: list[Seat]) -> Iterator[tuple[Seat, Seat | None]]:
    """Each with the one of its name that is counted before it: their numbers are the order in which they are added."""
    numbered = {(seat.place, seat.name, seat.n): seat for seat in seats}
    for seat in seats:
        yield seat, numbered.get((seat.place, seat.name, seat.n - 1))


def _after(waits_for: dict[Kind, list[Kind | None]]) -> Iterator[Kind]:
    """New rows, each behind those that it waits for."""
    new = {row: [other for other in others if other in waits_for] for row, others in waits_for.items()}
    yield from TopologicalSorter(new).static_order()


def _id(row: Place | Seat | Person) -> int:
    assert row.id is not None
    return row.id


@contextmanager
def _blaming(at: str) -> Iterator[None]:
    """What a verb refuses after all, with the cell that asked for it."""
    try:
        yield
    except Problem as problem:
        problem.message = f"{at}：{problem.message}"
        raise
