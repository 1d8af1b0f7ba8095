"""The register as a workbook: the template to fill in, and at the same time all that the county has already.

Five sheets with the heads, words and dates that shapes.py reads back, and one that explains them. What
ended is not in it. Imported again it brings in nothing; imported into an empty database it is the same register.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from checklist import access
from checklist.county import units
from checklist.county.register.names import Register, manner
from checklist.county.register.shapes import (
    CHARGES,
    GUIDE,
    GUIDE_ROWS,
    NO,
    PEOPLE,
    POSTS,
    PREPARES,
    SHAPES,
    TENURES,
    UNITS,
    YES,
    Shape,
    spaced,
)
from checklist.files import sheets
from models import Unit, User

ROWS = 2000  # that the drop-downs reach down to
CUT = "……"
_CELL = {"font_name": "仿宋", "font_size": 11, "valign": "top", "text_wrap": True, "num_format": "@"}
_HEAD = {**_CELL, "font_name": "黑体", "bg_color": "#F2F2F2", "border": 1}


def write(out: BinaryIO) -> None:
    """Write the register as it stands to `out`, as .xlsx."""
    known = Register()
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


def _units(known: Register) -> Iterator[tuple[str, ...]]:
    for unit in filter(units.is_open, known.units):
        yield unit.code, spaced(unit.name), spaced(unit.short_name), unit.kind.label, known.called(unit.parent)


def _posts(known: Register) -> Iterator[tuple[str, ...]]:
    for post in known.posts:
        reviewer = post.reviewer if post.reviewer in known.posts else None
        reviewing = f"{known.called(reviewer.unit)} {known.label(reviewer)}" if reviewer else ""
        secretary = YES if post.is_secretary else NO
        yield known.called(post.unit), known.label(post), post.kind.label, secretary, reviewing


def _people(known: Register) -> Iterator[tuple[str, ...]]:
    homes: dict[User, Unit] = {}
    root = access.root()
    for holding in known.holdings:
        homes.setdefault(holding.user, holding.post.unit)
    for login, user in known.people.items():
        if not user.disabled_at or user in homes:
            yield login, spaced(user.name), known.called(homes.get(user) or root)


def _tenures(known: Register) -> Iterator[tuple[str, ...]]:
    """Yield who holds each post, or will next, and who prepares for it. A second successor waits for the first to be there."""
    filled = set()
    for holding in known.holdings:
        post, user, how = holding.post, holding.user, manner(holding)
        if how == PREPARES or post not in filled:
            names = spaced(user.name), known.called(post.unit), known.label(post)
            yield user.login, *names, holding.from_day.isoformat(), how
        if how != PREPARES:
            filled.add(post)


def _charges(known: Register) -> Iterator[tuple[str, ...]]:
    for charge in known.charges.values():
        post, field = charge.post, charge.field
        yield known.called(post.unit), known.label(post), known.called(charge.charge), field
