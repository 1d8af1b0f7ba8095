"""The register as a workbook: the template to fill in, and at the same time all that the county has already.

Five sheets with the heads, words and dates that checklist.register.shapes reads back, and one that explains them. What
ended is not in it. Imported again it brings in nothing; imported into an empty database it is the same register.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from checklist import clock
from checklist.county.register import entries
from checklist.county.register.entries import Holding, Place, Register, Unclear
from checklist.county.register.shapes import (
    CHARGES,
    GUIDE,
    GUIDE_ROWS,
    NO,
    PEOPLE,
    POSTS,
    SHAPES,
    TENURES,
    UNITS,
    YES,
    Shape,
)
from checklist.files import sheets

ROWS = 2000  # that the drop-downs reach down to
CUT = "……"
_CELL = {"font_name": "仿宋", "font_size": 11, "valign": "top", "text_wrap": True, "num_format": "@"}
_HEAD = {**_CELL, "font_name": "黑体", "bg_color": "#F2F2F2", "border": 1}


def write(out: BinaryIO) -> None:
    """Write the register as it stands to `out`, as .xlsx."""
    known = entries.standing()
    filled = {
        UNITS: _units(known),
        POSTS: _posts(known),
        PEOPLE: _people(known),
        TENURES: _tenures(known),
        CHARGES: _charges(known),
    }
    with Workbook(out, sheets.ONLY_TEXT) as book:
        book.set_properties({"created": sheets.NO_DAY})
        for shape in SHAPES:
            _write(book, shape, filled[shape])
        guide, cell = book.add_worksheet(GUIDE), book.add_format(_CELL)
        for column, width in enumerate((10, 14, 70)):
            guide.set_column(column, column, width, cell)
        guide.write_row(0, 0, GUIDE_ROWS[0], book.add_format(_HEAD))
        for n, told in enumerate(GUIDE_ROWS[1:], 1):
            guide.write_row(n, 0, told)


def _write(book: Any, shape: Shape, rows: Iterable[tuple[str, ...]]) -> None:
    sheet, cell = book.add_worksheet(shape.noun), book.add_format(_CELL)
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(shape.columns):
        sheet.set_column(at, at, column.width, cell)  # as text: a login of figures stays one, a day stays as typed
        told = {"input_title": column.head, "input_message": column.told}
        words = [word for word, _ in column.words]
        rule = {"validate": "list", "source": words} if words else {"validate": "any"}
        sheet.data_validation(1, at, ROWS, at, {**rule, **told})
    sheet.write_row(0, 0, [column.head for column in shape.columns], book.add_format(_HEAD))
    for n, row in enumerate(rows, 1):
        sheet.write_row(n, 0, [sheets.fitting(text, CUT) for text in row])


# --- what stands in the rows --------------------------------------------------------------------------------


def _lasting(known: Register) -> list[Place]:
    return [place for place in known.places if place.until is None or place.until > clock.today()]


def _named(place: Place | None, known: Register) -> str:
    """A unit by name, or by code where its name means another one too."""
    if place is None:
        return ""
    try:
        return place.name if known.place(place.name) is place else place.code
    except Unclear:
        return place.code


def _units(known: Register) -> Iterator[tuple[str, ...]]:
    for place in _lasting(known):
        kind = place.kind.label if place.kind else ""
        yield place.code, place.name, place.short, kind, _named(place.parent, known)


def _posts(known: Register) -> Iterator[tuple[str, ...]]:
    for seat in known.seats:
        reviewer = seat.reviewer
        reviewing = f"{_named(reviewer.place, known)} {known.label(reviewer)}" if reviewer else ""
        kind = seat.kind.label if seat.kind else ""
        yield _named(seat.place, known), known.label(seat), kind, YES if seat.is_secretary else NO, reviewing


def _people(known: Register) -> Iterator[tuple[str, ...]]:
    holding = {held.person for held in _in_force(known)}
    for person in known.people:
        if not person.disabled or person in holding:
            yield person.login, person.name, _named(known.home(person), known)


def _in_force(known: Register) -> Iterator[Holding]:
    """Who holds each post, or will next, and who prepares for it. A second successor waits for the first to be there."""
    filled = set()
    for held in (held for held in known.holdings if held.lasts(clock.today())):
        if held.prepares or held.seat not in filled:
            yield held
        if not held.prepares:
            filled.add(held.seat)


def _tenures(known: Register) -> Iterator[tuple[str, ...]]:
    for held in _in_force(known):
        seat, person = held.seat, held.person
        names = _named(seat.place, known), known.label(seat)
        yield person.login, person.name, *names, held.from_day.isoformat(), held.manner


def _charges(known: Register) -> Iterator[tuple[str, ...]]:
    for charge in known.charges:
        seat = charge.seat
        yield _named(seat.place, known), known.label(seat), _named(charge.place, known), charge.field
