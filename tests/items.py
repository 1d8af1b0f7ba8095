"""What may be done to an item, by the name of its verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checklist.actor import Actor
from checklist.items import signoff
from models import Item
from tests import county

Verb = Callable[[Item, Actor], Any]


VERBS: dict[str, Verb] = {
    "tick": lambda item, by: signoff.tick(item.id, by=by),
    "untick": lambda item, by: signoff.untick(item.id, by=by),
    "report": lambda item, by: signoff.report(item.id, signoff.Report(note="已办"), by=by),
    "sign": lambda item, by: county.sign(item, by=by),
    "withdraw": lambda item, by: signoff.withdraw(item.id, "数字有误", by=by),
}
