"""docs/moves.md, printed from the data that the verbs use."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from checklist import access, lists
from checklist.items import signoff
from models import DutyList, Item, Logged

PAGE = """\
# Moves

Printed by `tests/test_moves.py` from `signoff.MOVES`, `lists.LIST_MOVES` and `access.TABLE`; the verbs read the same data.

## An item

{items}
## A list

{lists}
## Who may do what

What somebody may not see is answered as if it were not there (404); what may be seen and not done, with who may (403).

{access}"""


def table(*rows: Iterable[str]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * lines[0].count(" | ") + "---|", *lines[1:]]) + "\n"


def who(kind: type[Logged], verb: str) -> str:
    return "、".join((relation.__doc__ or "").strip() for relation in access.TABLE[kind][verb])


def test_the_page_of_moves_is_as_the_code_has_it(printed: Callable[[str, str], None]) -> None:
    head = ["verb", "on the screen", "from", "to", "who", "needs"]
    items = [
        [
            f"`{verb}`",
            move.label,
            "、".join(s.label for s in move.before),
            move.after.label,
            who(Item, verb),
            move.needs,
        ]
        for verb, move in signoff.MOVES.items()
    ]
    of_lists = [
        [f"`{verb}`", move.label, move.before.label, move.after.label, who(DutyList, verb), move.needs]
        for verb, move in lists.LIST_MOVES.items()
    ]
    rights = [
        [f"`{kind.__tablename__}`", f"`{verb}`", who(kind, verb)]
        for kind, verbs in access.TABLE.items()
        for verb in verbs
    ]
    printed(
        "moves.md",
        PAGE.format(
            items=table([*head, "writes"], *[[*row, signoff.MOVES[row[0].strip("`")].writes] for row in items]),
            lists=table(head, *of_lists),
            access=table(["row", "verb", "who"], *rights),
        ),
    )
