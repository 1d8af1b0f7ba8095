"""What a unit, a post and a leader's field are called: how long, how deep, and never twice by one code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checklist import ledger
from checklist.actor import Actor
from checklist.county import units
from checklist.refusal import Malformed
from models import PostKind, Unit, UnitKind
from tests import county

pytestmark = pytest.mark.usefixtures("qinghe")


@pytest.fixture
def shen(qinghe: county.Clock) -> Actor:
    """The system administrator."""
    return county.actor("shen")


def add(code: str, *, by: Actor, parent: str = "QH-GOV", name: str = "县审计局", short_name: str = "审计") -> Unit:
    return units.add_unit(code, name, UnitKind.DEPARTMENT, by=by, short_name=short_name, parent=county.unit(parent))


LONG = "长" * 500
TOO_LONG: dict[str, tuple[str, Callable[[Actor], object]]] = {
    "单位名称不超过 80 字。": ("name", lambda by: add("QH-SJJ", by=by, name=LONG)),
    "单位简称不超过 20 字。": ("short_name", lambda by: add("QH-SJJ", by=by, short_name=LONG)),
    "岗位名称不超过 80 字。": ("name", lambda by: units.add_post(county.unit("QH").id, LONG, PostKind.STAFF, by=by)),
    "分管领域不超过 80 字。": (
        "field",
        lambda by: units.put_in_charge(county.post_of("sun").id, county.unit("QH-JYJ").id, by=by, field=LONG),
    ),
}


@pytest.mark.parametrize("words", TOO_LONG)
def test_a_name_of_500_characters_is_refused_by_the_verb_itself(words: str, shen: Actor) -> None:
    field, verb = TOO_LONG[words]
    size = ledger.size()
    with pytest.raises(Malformed) as problem:
        verb(shen)
    assert (problem.value.message, problem.value.field, ledger.size()) == (words, field, size)


def test_a_tree_of_units_has_ten_levels_and_no_more(shen: Actor) -> None:
    for level in range(3, 11):
        add(f"L-{level}", by=shen, parent=f"L-{level - 1}" if level > 3 else "QH-GOV", name=f"第{level}级")
    with pytest.raises(Malformed, match="上下级超过 10 层"):
        add("L-11", by=shen, parent="L-10", name="第11级")


def test_the_code_of_a_unit_that_ended_is_not_used_again(shen: Actor) -> None:
    units.end_unit(add("QH-SJJ", by=shen).id, county.NOW.date(), by=shen)
    with pytest.raises(Malformed, match="已经用过了，它是已经撤销的“县审计局”的代码"):
        add("QH-SJJ", by=shen, name="县新局")
