"""The rows of a register, brought in by the verbs that the pages call, inside an act or a rehearsal of one.

What is there already and the same is left alone, and what differs is said. For all else a verb is called, and what it
objects to lands at the cell of the field that it names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from checklist import access
from checklist.actor import Actor
from checklist.county.accounts import FirstPassword
from checklist.county.register.names import Register
from checklist.county.register.rows import Row
from checklist.refusal import Problem
from models import Logged, Unit, User, db

Made = TypeVar("Made", bound=Logged)


class Incoming(Register):
    """The register while the rows of its five tables join it, each table after those that it names."""

    def __init__(self, passwords: Mapping[str, FirstPassword], by: Actor) -> None:
        """Raise NotYours for an actor who does not keep the county."""
        super().__init__()
        self.passwords = passwords
        self.top = access.root()
        self.as_post = access.require(by, "keep", self.top or Unit())
        # Who keeps the county keeps each unit in it: to ask again for every row took a third of the time.
        self.by = Actor(console="register")
        self.homes: dict[User, Unit] = {}  # of the new people
        self.at: dict[Logged, str] = {}  # where what is new stands in the files

    def bring(
        self,
        row: Row,
        at: str,
        verb: Callable[..., Made],
        told: dict[str, Any],
        harmless: Mapping[str, Any] | None = None,
    ) -> Made | None:
        """Call a verb with what a row tells, and say at the row's cells what the verb objects to.

        What is harmless then stands in for it: each cell hears what is wrong with it, and other rows do not miss this
        one. `at` is the cell to blame where the verb names none.
        """
        stand_ins = dict(harmless or {})
        while True:
            try:
                made = verb(**told, by=self.by)
            except Problem as problem:
                field = row.whom if problem.field == "user" else problem.field or at
                row.blame(field, problem.message.removesuffix("。"))
                if field not in stand_ins:
                    return None
                told = {**told, field: stand_ins.pop(field)}
            else:
                db.session.flush()  # the next verb finds it by its id
                row.made.append(made)
                self.at[made] = row.line.at(at)
                return made

    def unit_of(self, row: Row) -> Unit | None:
        """Return the unit that a row names; None where there is none, or where its own row could not come in."""
        unit: Unit | None = self.now(row.find("unit", self.unit))
        return unit
