"""What somebody can do with a list now: what a page draws as buttons and links."""

from __future__ import annotations

from checklist import access
from checklist.lists import LIST_MOVES, versions
from models import DutyList, ListState

# What can be done in a state and leaves the list in it.
WITHIN = {ListState.DRAFT: {"edit"}, ListState.CONSULTING: {"extend"}}


def of(duty_list: DutyList, standing: access.Standing) -> set[str]:
    """Return the verbs that this person can do to a list as it stands, each under its name in access.TABLE, or `copy`."""
    verbs = {verb for verb, move in LIST_MOVES.items() if move.before is duty_list.state}
    verbs |= WITHIN.get(duty_list.state, set())
    offered = {verb for verb in verbs if access.may(standing, verb, duty_list)} | versions.offers(duty_list, standing)
    if duty_list.state is ListState.ADOPTED and access.may(standing, "draft", duty_list.unit):
        offered.add("copy")
    return offered
