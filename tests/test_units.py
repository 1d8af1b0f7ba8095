"""The system administrator keeps units, posts, tenures, liaisons and charges; nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import pytest
from sqlalchemy import select

from checklist import access, ledger
from checklist.actor import Actor
from checklist.county import accounts, units
from checklist.refusal import Malformed, NotYours, Refused, Unseen
from models import Liaison, Portfolio, Post, PostKind, Role, Tenure, Unit, UnitKind, db
from tests import county

pytestmark = pytest.mark.usefixtures("qinghe")

TODAY = date(2026, 3, 2)
TOMORROW = date(2026, 3, 3)
APRIL = date(2026, 4, 1)


@pytest.fixture
def shen(qinghe: county.Clock) -> Actor:
    """The system administrator."""
    return county.actor("shen")


@pytest.fixture
def vacant(qinghe: county.Clock) -> Post:
    """A post of the government's office that nobody holds yet."""
    return units.add_post(county.unit("QH-ZFB").id, "副主任", PostKind.MEMBER, by=county.console)


@pytest.fixture
def empty(qinghe: county.Clock) -> Unit:
    """A new bureau without posts."""
    return found("QH-SJJ", by=county.console)


def found(code: str, *, by: Actor, parent: str = "QH-GOV", name: str = "县审计局", short_name: str = "审计") -> Unit:
    return units.add_unit(code, name, UnitKind.DEPARTMENT, by=by, short_name=short_name, parent=county.unit(parent))


def tenure_of(login: str, code: str | None = None) -> Tenure:
    post = county.post_of(login, code)
    return db.session.scalars(select(Tenure).where(Tenure.post_id == post.id)).one()


def only(kind: type[Liaison] | type[Portfolio]) -> Liaison | Portfolio:
    return db.session.scalars(select(kind)).one()


class Act(NamedTuple):
    unit: str  # that its entry is tagged with
    do: Callable[[Actor], object]


ACTS = {
    "unit.found": Act("QH-SWJ", lambda by: found("QH-SWJ", by=by)),
    "unit.end": Act("QH-SJJ", lambda by: units.end_unit(county.unit("QH-SJJ").id, TODAY, by=by)),
    "post.add": Act("QH-SJJ", lambda by: units.add_post(county.unit("QH-SJJ").id, "局长", PostKind.PRINCIPAL, by=by)),
    "post.end": Act("QH-ZFB", lambda by: units.end_post(vacant_post().id, TODAY, by=by)),
    "appoint": Act("QH-ZFB", lambda by: units.appoint(county.user("lian").id, vacant_post().id, TODAY, by=by)),
    "end_tenure": Act("QH-CZJ", lambda by: units.end_tenure(tenure_of("wu").id, TODAY, by=by)),
    "make_liaison": Act("QH-ZFB", lambda by: units.make_liaison(county.user("cai").id, vacant_post().id, by=by)),
    "end_liaison": Act("QH-CZJ", lambda by: units.end_liaison(only(Liaison).id, by=by)),
    "put_in_charge": Act(
        "QH-GOV", lambda by: units.put_in_charge(county.post_of("sun").id, county.unit("QH-JYJ").id, by=by)
    ),
    "end_charge": Act("QH-GOV", lambda by: units.end_charge(only(Portfolio).id, by=by)),
}


def vacant_post() -> Post:
    return db.session.scalars(select(Post).where(Post.name == "副主任")).one()


# --- every act ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("vacant", "empty")
@pytest.mark.parametrize("action", ACTS)
def test_an_act_of_the_system_administrator_is_one_entry_under_its_unit(action: str, shen: Actor) -> None:
    size = ledger.size()
    ACTS[action].do(shen)
    [line] = county.gained(size)
    assert (line.body["action"], line.head["unit"], line.actor) == (action, ACTS[action].unit, "沈系统")
    assert line.body["result"] == "ok"
    assert county.in_step()


@pytest.mark.usefixtures("vacant", "empty")
@pytest.mark.parametrize("action", ACTS)
def test_nobody_else_does_it_and_that_he_tried_is_logged(action: str) -> None:
    han, size = county.actor("han"), ledger.size()
    with pytest.raises(NotYours, match="系统管理员"):
        ACTS[action].do(han)
    [line] = county.gained(size)
    assert (line.body["action"], line.actor, line.body["result"]) == (action, "韩安全", "refused: 403")
    assert county.in_step()


@pytest.mark.usefixtures("vacant", "empty")
def test_neither_does_the_head_of_the_unit() -> None:
    with pytest.raises(NotYours):
        units.end_tenure(tenure_of("wu").id, TODAY, by=county.actor("zhou"))
    assert tenure_of("wu").until_day is None


def test_what_does_not_exist_is_not_found(shen: Actor) -> None:
    with pytest.raises(Unseen):
        units.add_post(9999, "局长", PostKind.PRINCIPAL, by=shen)


# --- units --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "czj"}, "code"),
        ({"code": "QH-CZJ"}, "code"),
        ({"name": " "}, "name"),
        ({"short_name": ""}, "short_name"),
    ],
)
def test_a_unit_needs_a_code_of_its_own_and_its_names(wrong: dict[str, str], field: str, shen: Actor) -> None:
    size = ledger.size()
    with pytest.raises(Malformed) as problem:
        found(**{"code": "QH-SJJ", **wrong}, by=shen)
    assert problem.value.field == field
    assert ledger.size() == size


def test_there_is_one_root_and_it_stays(shen: Actor) -> None:
    with pytest.raises(Refused, match="根单位已经有了"):
        units.add_unit("QH2", "另一个县委", UnitKind.COMMITTEE, by=shen, short_name="县委")
    with pytest.raises(Refused, match="根单位不能撤销"):
        units.end_unit(county.unit("QH").id, TODAY, by=shen)


def test_a_unit_ends_after_its_posts_and_the_units_below_it(shen: Actor, empty: Unit) -> None:
    post = units.add_post(empty.id, "局长", PostKind.PRINCIPAL, by=shen)
    below = found("QH-SJJ-1", by=shen, parent="QH-SJJ", name="审计中心")
    with pytest.raises(Refused, match="请先撤销审计中心"):
        units.end_unit(empty.id, TODAY, by=shen)
    units.end_unit(below.id, TODAY, by=shen)
    units.end_post(post.id, TOMORROW, by=shen)
    with pytest.raises(Refused, match="请先撤销局长"):
        units.end_unit(empty.id, TODAY, by=shen)
    assert units.end_unit(empty.id, TOMORROW, by=shen).until_day == TOMORROW
    assert county.unit("QH-SJJ").name == "县审计局"  # it ended, it is still there


def test_nothing_new_comes_to_a_unit_that_ends(shen: Actor, empty: Unit) -> None:
    units.end_unit(empty.id, APRIL, by=shen)
    with pytest.raises(Refused, match="2026-04-01 起撤销"):
        units.add_post(empty.id, "局长", PostKind.PRINCIPAL, by=shen)
    with pytest.raises(Refused):
        found("QH-SJJ-1", by=shen, parent="QH-SJJ")
    with pytest.raises(Refused):
        units.put_in_charge(county.post_of("sun").id, empty.id, by=shen)


def test_who_was_in_charge_of_a_unit_is_so_no_longer_when_it_ends(shen: Actor, empty: Unit) -> None:
    charge = units.put_in_charge(county.post_of("sun").id, empty.id, by=shen)
    units.end_unit(empty.id, TODAY, by=shen)
    assert charge.until_day == TODAY
    assert county.in_step()


# --- posts --------------------------------------------------------------------------------------------------


def test_a_unit_has_one_head_and_one_secretary(shen: Actor) -> None:
    bureau = county.unit("QH-CZJ").id
    with pytest.raises(Refused, match="已经有一把手"):
        units.add_post(bureau, "主任", PostKind.PRINCIPAL, by=shen)
    with pytest.raises(Refused, match="已经有书记"):
        units.add_post(bureau, "党组书记", PostKind.MEMBER, by=shen, is_secretary=True)
    with pytest.raises(Malformed):
        units.add_post(bureau, " ", PostKind.MEMBER, by=shen)


def test_a_post_may_name_its_reviewer_until_that_post_ends(shen: Actor, vacant: Post) -> None:
    post = units.add_post(county.unit("QH-CZJ").id, "总会计师", PostKind.MEMBER, by=shen, reviewer=vacant)
    assert county.reviewer_of(post) == vacant
    units.end_post(vacant.id, TODAY, by=shen)
    assert county.reviewer_of(post) == county.post_of("zhou")
    with pytest.raises(Refused, match="副主任自 2026-03-02 起撤销"):
        units.add_post(county.unit("QH-CZJ").id, "总经济师", PostKind.MEMBER, by=shen, reviewer=vacant)


def test_a_post_that_somebody_holds_does_not_end(shen: Actor) -> None:
    wu = county.post_of("wu")
    with pytest.raises(Refused, match="由吴副局长担任，请先办理免职"):
        units.end_post(wu.id, TODAY, by=shen)
    units.end_tenure(tenure_of("wu").id, TOMORROW, by=shen)
    with pytest.raises(Refused):
        units.end_post(wu.id, TODAY, by=shen)
    assert units.end_post(wu.id, TOMORROW, by=shen).until_day == TOMORROW


def test_a_posts_liaisons_and_charges_end_with_it(shen: Actor) -> None:
    units.end_tenure(tenure_of("zhou").id, TODAY, by=shen)
    units.end_tenure(tenure_of("sun", "QH-GOV").id, TODAY, by=shen)
    units.end_post(county.post_of("zhou").id, TODAY, by=shen)
    units.end_post(county.post_of("sun").id, TODAY, by=shen)
    assert only(Liaison).until_day == only(Portfolio).until_day == TODAY
    assert county.in_step()


def test_nobody_is_put_into_a_post_that_ends(shen: Actor, vacant: Post) -> None:
    units.end_post(vacant.id, APRIL, by=shen)
    cai = county.user("cai").id
    with pytest.raises(Refused):
        units.appoint(cai, vacant.id, TODAY, by=shen)
    with pytest.raises(Refused):
        units.make_liaison(cai, vacant.id, by=shen)
    with pytest.raises(Refused):
        units.put_in_charge(vacant.id, county.unit("QH-CZJ").id, by=shen)


# --- tenures ------------------------------------------------------------------------------------------------


def test_a_tenure_runs_from_a_day_until_before_another(shen: Actor, vacant: Post, qinghe: county.Clock) -> None:
    tenure = units.appoint(county.user("cai").id, vacant.id, TOMORROW, by=shen, acting=True)
    units.end_tenure(tenure.id, APRIL, by=shen)

    def holds(day: date) -> bool:
        qinghe.set_day(day)
        return access.Standing.of(county.actor("cai")).holds(vacant.id)

    assert [holds(day) for day in (TODAY, TOMORROW, date(2026, 3, 31), APRIL)] == [False, True, True, False]


def test_two_people_never_hold_one_post_on_the_same_day(shen: Actor, vacant: Post) -> None:
    cai, lian = county.user("cai").id, county.user("lian").id
    tenure = units.appoint(cai, vacant.id, TODAY, by=shen)
    with pytest.raises(Refused, match="由蔡经办担任"):
        units.appoint(lian, vacant.id, APRIL, by=shen)
    units.end_tenure(tenure.id, APRIL, by=shen)
    with pytest.raises(Refused):
        units.appoint(lian, vacant.id, date(2026, 3, 31), by=shen)
    assert units.appoint(lian, vacant.id, APRIL, by=shen).from_day == APRIL
    with pytest.raises(Refused, match="由蔡经办担任"):  # nor does the second one creep in before the first
        units.appoint(lian, vacant.id, TODAY, by=shen)


def test_an_end_is_brought_forward_never_put_off(shen: Actor, qinghe: county.Clock) -> None:
    tenure = tenure_of("wu")
    units.end_tenure(tenure.id, date(2062, 4, 1), by=shen)  # a slip of the finger
    units.end_tenure(tenure.id, APRIL, by=shen)
    with pytest.raises(Refused, match="已定于 2026-04-01 结束"):
        units.end_tenure(tenure.id, date(2026, 5, 1), by=shen)
    qinghe.set_day(APRIL)
    with pytest.raises(Refused):
        units.end_tenure(tenure.id, TOMORROW, by=shen)
    assert tenure.until_day == APRIL


def test_nothing_ends_before_it_began(shen: Actor, empty: Unit) -> None:
    with pytest.raises(Malformed) as problem:
        units.end_tenure(tenure_of("wu").id, date(2026, 1, 4), by=shen)
    assert problem.value.field == "until_day"
    with pytest.raises(Malformed):
        units.end_unit(empty.id, date(2026, 3, 1), by=shen)
    assert (tenure_of("wu").until_day, empty.until_day) == (None, None)


def test_a_disabled_account_gets_neither_a_post_nor_a_liaisons_work(shen: Actor, vacant: Post) -> None:
    cai = county.user("cai")
    accounts.disable(cai.id, by=shen)
    with pytest.raises(Refused, match="蔡经办的账号已停用"):
        units.appoint(cai.id, vacant.id, TODAY, by=shen)
    with pytest.raises(Refused, match="蔡经办的账号已停用"):
        units.make_liaison(cai.id, vacant.id, by=shen)


@pytest.mark.parametrize("login", ["shen", "han", "yang"])
def test_none_of_the_three_officers_holds_a_post(login: str, vacant: Post) -> None:
    with pytest.raises(Refused, match="不签认也不审核"):
        units.appoint(county.user(login).id, vacant.id, TODAY, by=county.console)


def test_somebody_who_was_one_of_them_may(vacant: Post) -> None:
    given = accounts.grant(county.user("cai").id, Role.LOG_ADMIN, county.unit("QH").id, TODAY, APRIL, by=county.console)
    with pytest.raises(Refused):
        units.appoint(given.user_id, vacant.id, TOMORROW, by=county.console)
    assert units.appoint(given.user_id, vacant.id, APRIL, by=county.console)


# --- liaisons and charges -----------------------------------------------------------------------------------


def test_nobody_is_a_posts_liaison_twice_at_once(shen: Actor) -> None:
    lian, zhou = county.user("lian").id, county.post_of("zhou").id
    with pytest.raises(Refused, match="连干事已经是县财政局 局长的联络员"):
        units.make_liaison(lian, zhou, by=shen)
    units.end_liaison(only(Liaison).id, by=shen)
    assert units.make_liaison(lian, zhou, by=shen)


def test_a_unit_has_one_leader_in_charge(shen: Actor) -> None:
    qian, bureau = county.post_of("qian").id, county.unit("QH-CZJ").id
    with pytest.raises(Refused, match="现由清和县人民政府 副县长分管"):
        units.put_in_charge(qian, bureau, by=shen)
    units.end_charge(only(Portfolio).id, by=shen)
    units.put_in_charge(qian, bureau, by=shen)
    assert county.reviewer_of(county.post_of("zhou")) == county.post_of("qian")


@pytest.mark.parametrize("code", ["QH-GOV", "QH"])
def test_a_leader_is_in_charge_only_of_units_below_his_own(code: str, shen: Actor) -> None:
    with pytest.raises(Refused, match="不能由清和县人民政府 副县长分管"):
        units.put_in_charge(county.post_of("sun").id, county.unit(code).id, by=shen)


def test_what_has_ended_does_not_end_again(shen: Actor, vacant: Post, empty: Unit) -> None:
    ends = [
        lambda: units.end_liaison(only(Liaison).id, by=shen),
        lambda: units.end_charge(only(Portfolio).id, by=shen),
        lambda: units.end_post(vacant.id, TODAY, by=shen),
        lambda: units.end_unit(empty.id, TODAY, by=shen),
    ]
    for end in ends:
        end()
        with pytest.raises(Refused, match="已定于 2026-03-02 结束"):
            end()
