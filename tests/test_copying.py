"""Last year's list as this year's draft: what still holds is carried on, what does not is 待定 and said."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from checklist import ledger, lists
from checklist.actor import Actor
from checklist.lists import copying
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Unseen
from models import DutyList, ListState, db
from tests import county
from tests.drafts import ready, submitted
from tests.entries import entries

pytestmark = pytest.mark.usefixtures("qinghe")


def adopted() -> DutyList:
    return db.session.scalars(select(DutyList).where(DutyList.state == ListState.ADOPTED)).one()


def copied(by: Actor | None = None, name: str = "廉政工作任务分解表") -> DutyList:
    return copying.copy(adopted().id, year=2027, name=name, by=by or county.actor("chu"))


def test_a_copy_is_a_draft_of_a_new_series_that_says_whence_it_comes() -> None:
    old, new = adopted(), copied()
    assert (new.state, new.year, new.version, new.source) == (ListState.DRAFT, 2027, 1, old.source)
    assert new.nodes == ["2027-06-30", "2027-12-15"]
    assert [d.wording for d in new.duties] == [d.wording for d in old.kept]
    assert not {d.lineage for d in new.duties} & {d.lineage for d in old.duties}
    assert new.duties[2].why == "抄自 2026 年《廉政工作任务分解表》第 3 项"
    assert all(old.source.text[d.start : d.end] == d.quote for d in new.duties)
    assert [d.owners for d in new.duties] == [d.owners for d in old.kept]


def test_what_guarded_what_still_does_by_its_new_name() -> None:
    new = copied()
    guard = next(d for d in new.duties if d.guards)
    work = next(d for d in new.duties if "预算考核" in d.wording)
    assert guard.guards == [work.lineage]


def test_figures_are_to_be_decided_anew_and_last_years_are_said() -> None:
    growth = next(d for d in copied().duties if "净增企业" in d.wording)
    assert [target.value for target in growth.targets] == [None]
    assert {"kind": "figure", "text": "企业（2026 年是 增加 50户）"} in growth.flags


def test_an_owner_that_has_ended_is_left_open_and_named() -> None:
    county.abolish("wu")
    growth = next(d for d in copied().duties if "净增企业" in d.wording)
    assert growth.owners == []
    assert growth.flags[-1] == {"kind": "ended", "text": "县财政局 副局长已经撤销，请另定责任人"}
    assert "第 5 项还没有牵头责任人" in lists.unready(growth.duty_list)


@pytest.mark.parametrize(
    ("day", "years", "there"),
    [(date(2026, 6, 30), 1, date(2027, 6, 30)), (date(2028, 2, 29), 1, date(2029, 2, 28))],
)
def test_a_day_moves_by_years(day: date, years: int, there: date) -> None:
    assert copying.moved(day, years) == there


def test_it_is_one_act_of_the_clerks_and_done_once() -> None:
    by, size = county.actor("chu", nonce="f" * 32), ledger.size()
    copied(by)
    found = entries(size)
    assert {(e["action"], e["result"], e["unit"]) for e in found} == {("copy", "ok", "QH-GOV")}
    assert {e["object"]["type"] for e in found} == {"duty_list", "duty", "target"}
    with pytest.raises(Repeated):
        copied(by)
    assert county.in_step()


@pytest.mark.parametrize(("login", "refusal"), [("zhou", NotYours), ("qian", NotYours), ("shen", Unseen)])
def test_nobody_but_a_clerk_of_the_unit_copies(login: str, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        copied(county.actor(login))


@pytest.mark.parametrize("state", [ready, submitted])
def test_only_what_is_in_force_is_copied(state: object) -> None:
    duty_list = state()  # type: ignore[operator]
    with pytest.raises(Refused, match="已经生效"):
        copying.copy(duty_list.id, year=2027, name="新的", by=county.actor("chu"))


def test_a_name_that_the_year_has_already_is_sent_back() -> None:
    copied()
    with pytest.raises(Malformed) as taken:
        copied()
    assert taken.value.field == "name"
