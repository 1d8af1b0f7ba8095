"""What somebody types into an item is kept whole, or refused at its field before either database is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from checklist import ledger
from checklist.items import LONGEST_DOCUMENT_NO, LONGEST_TEXT, signoff
from checklist.refusal import Malformed
from models import Item
from tests import county

pytestmark = pytest.mark.usefixtures("qinghe")

TOMORROW = county.NOW.date() + timedelta(days=1)


def report(item: Item, **what: str) -> Item:
    return signoff.report(item.id, signoff.Report(**what), by=county.actor("zhou"))  # type: ignore[arg-type]


def withdraw(item: Item, reason: str) -> Item:
    return signoff.withdraw(item.id, reason, by=county.actor("zhou"))


def send_back(item: Item, reason: str) -> Item:
    return signoff.send_back(item.id, reason, TOMORROW, by=county.actor("sun"))


# of which item, what is done with the text, its field, and how many characters it may have
TYPED: list[tuple[Callable[[str, str], Item], Callable[[Item, str], Item], str, int]] = [
    (county.item, lambda item, text: report(item, note=text), "note", LONGEST_TEXT),
    (county.item, lambda item, text: report(item, reply=text), "reply", LONGEST_TEXT),
    (county.item, lambda item, text: report(item, document_no=text), "document_no", LONGEST_DOCUMENT_NO),
    (county.signed, withdraw, "reason", LONGEST_TEXT),
    (county.signed, send_back, "reason", LONGEST_TEXT),
]


@pytest.mark.parametrize(("make", "verb", "field", "most"), TYPED)
def test_what_is_too_long_is_refused_at_its_field_and_leaves_no_trace(
    make: Callable[[str, str], Item], verb: Callable[[Item, str], Item], field: str, most: int
) -> None:
    item = make("预算考核", "zhou")
    size = ledger.size()
    with pytest.raises(Malformed, match=f"不超过 {most} 字") as long:
        verb(item, "字" * (most + 1))
    assert (long.value.field, ledger.size()) == (field, size)
    verb(item, "字" * most)
    assert ledger.size() > size
