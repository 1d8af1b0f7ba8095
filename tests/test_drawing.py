"""从分工生成: a leader's integrity lines, drawn from the work that he is in charge of, and nothing made up."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from checklist import clock, ledger, lists
from checklist.county import units
from checklist.lists import drafting, drawing, editing, guarding, owners, pairing, versions
from checklist.refusal import Malformed, NotYours, Refused, Repeated, Stale, Unseen
from models import Cadence, Duty, DutyList, ListKind, ListState, Portfolio, PostKind, Side, Tier, db
from tests import county
from tests.conftest import Visit
from tests.drafts import MEETING, edit
from tests.entries import entries
from tests.responsibility import YEAR, chosen, drawn, of

pytestmark = pytest.mark.usefixtures("qinghe")

MORE = "一、任务\n财政局要建成预算管理项目库。财政局要按时报送文稿。财政局要整理机关档案。\n"


def of_the_bureau(member: drawing.Member) -> list[str]:
    """The lines that guard work of the bureau; 率先垂范 is what he leads himself."""
    return [line.wording for line in member.lines if county.duty("率先垂范") not in line.works]


def adopt_more() -> DutyList:
    """A second breakdown of the bureau's: of one row the kind is known, of two it is not."""
    duty_list = county.draft("财政工作任务分解表", MORE)
    for duty in list(duty_list.duties):
        edit(duty, county.actor("chu"), side=Side.WORK, owners=[{"unit": "QH-CZJ", "part": "lead"}])
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    return lists.adopt(duty_list.id, by=county.actor("li"))


# --- what is drawn ------------------------------------------------------------------------------------------


def test_the_countys_own_words_are_taken_where_a_row_guards_the_work_already() -> None:
    duty_list = drawn()
    (said,) = [
        duty for duty in duty_list.duties if "严禁截留" in duty.wording and duty.wording == county.duty("严禁").wording
    ]
    assert said.guards == [county.duty("预算考核").lineage]
    assert said.side is Side.INTEGRITY
    assert said.owners == [{"post": county.post_of("sun").id, "part": "lead"}]
    assert said.why.startswith("清和县人民政府 副县长分管县财政局：2026 年《廉政工作任务分解表》第 1 版第 1 项；")
    assert said.doubts == [drawing.TAKEN]


def test_a_kind_of_work_gets_its_watch_and_all_the_rest_of_a_unit_one_line() -> None:
    adopt_more()
    lines = {line.wording: [work.wording for work in line.works] for line in of("sun").lines}
    assert lines == {
        "严禁截留、挪用专项资金": ["财政局要完善预算考核机制", "财政局要建成预算管理项目库"],
        "抓好县财政局的廉政责任，严查吃拿卡要": [county.duty("净增企业").wording],
        "督促县财政局把廉洁要求落实到各项业务中，听取其廉政工作情况汇报": [
            "要每季度召开一次政银企对接会",
            "财政局要按时报送文稿",
            "财政局要整理机关档案",
        ],
        "把廉洁要求落实到本人牵头的各项业务中": ["县政府班子成员要率先垂范"],
    }


def test_no_figure_and_no_day_is_made_up_and_every_sentence_says_whose_it_is() -> None:
    adopt_more()
    for duty in drawn().duties:
        assert (duty.cadence, duty.due_on, duty.deadline, duty.targets) == (Cadence.ONGOING, None, None, [])
        assert duty.doubts == [drawing.TAKEN if duty.wording == county.duty("严禁").wording else drawing.PROPOSED]


def test_the_source_is_what_it_was_drawn_from_and_every_row_quotes_it_exactly() -> None:
    adopt_more()
    duty_list = drawn()
    assert duty_list.source.title == drawing.TITLE
    for duty in duty_list.duties:
        assert duty_list.source.text[duty.start : duty.end] == duty.quote
        for lineage in duty.guards:
            work = db.session.scalars(select(Duty).where(Duty.lineage == lineage)).one()
            name = f"2026 年《{work.duty_list.name}》第 1 版第 {work.position} 项（业务）：{work.wording}"
            assert name in duty.quote.split("\n")


def test_the_field_of_a_charge_is_said() -> None:
    portfolio = db.session.scalars(select(Portfolio)).one()
    units.end_charge(portfolio.id, by=county.console)
    units.put_in_charge(county.post_of("sun").id, county.unit("QH-JYJ").id, by=county.console, field="义务教育")
    assert of("sun").charges[0].field == "义务教育"
    assert of_the_bureau(of("sun")) == []  # it only supports


def test_what_a_leader_leads_himself_is_his_work_too() -> None:
    member = of("wu", unit="QH-CZJ")
    assert member.charges == ()
    (line,) = member.lines
    assert [work.wording for work in line.works] == [county.duty("净增企业").wording]
    assert "本人牵头业务" in line.wording


def test_the_secretary_has_a_list_of_his_own_tier() -> None:
    titles = [member.post.title for member in drawing.members(county.unit("QH-GOV"), YEAR)]
    assert titles == [county.post_of("sun").title]


def test_a_charge_that_has_ended_and_a_list_of_another_year_give_nothing() -> None:
    assert drawing.members(county.unit("QH-GOV"), 2027)[0].lines == ()
    assert of_the_bureau(of("sun"))
    units.end_charge(db.session.scalars(select(Portfolio)).one().id, by=county.console)
    assert of_the_bureau(of("sun")) == []


# --- drawing ------------------------------------------------------------------------------------------------


def test_it_is_one_act_of_the_clerks_logged_and_done_once() -> None:
    by, size = county.actor("chu", nonce="d" * 32), ledger.size()
    duty_list = drawn(by)
    assert (duty_list.kind, duty_list.tier, duty_list.state) == (ListKind.RESPONSIBILITY, Tier.MEMBER, ListState.DRAFT)
    assert {(e["action"], e["result"], e["unit"]) for e in entries(size)} == {("draw", "ok", "QH-GOV")}
    assert [e["object"]["type"] for e in entries(size)].count("source") == 1
    with pytest.raises(Repeated):
        drawn(by)
    assert county.in_step()


@pytest.mark.parametrize(("login", "refusal"), [("zhou", NotYours), ("sun", NotYours), ("li", NotYours)])
def test_nobody_but_a_clerk_of_the_unit_draws(login: str, refusal: type[Refused]) -> None:
    size = db.session.query(DutyList).count()
    with pytest.raises(refusal):
        drawn(county.actor(login))
    assert db.session.query(DutyList).count() == size


def test_into_a_draft_only_its_clerk_draws() -> None:
    duty_list = drawn()
    with pytest.raises(Unseen):
        drawing.draw(duty_list.id, chosen(of("sun", duty_list)), by=county.actor("zhou"))


def test_nobody_chosen_or_nothing_to_draw_is_sent_back_and_makes_no_list() -> None:
    unit, before = county.unit("QH-GOV").id, db.session.query(DutyList).count()
    with pytest.raises(Malformed, match="至少选一位"):
        drawing.begin(unit, {}, name="空", year=YEAR, by=county.actor("chu"))
    idle = drawing.members(county.unit("QH-GOV"), 2027)
    with pytest.raises(Malformed, match="至少选一位"):
        drawing.begin(unit, chosen(*idle), name="空", year=2027, by=county.actor("chu"))
    assert db.session.query(DutyList).count() == before
    assert county.in_step()


def test_what_has_changed_since_the_page_was_drawn_is_shown_first() -> None:
    shown = chosen(of("sun"))
    adopt_more()
    with pytest.raises(Stale, match="有变化"):
        drawing.begin(county.unit("QH-GOV").id, shown, name="旧", year=YEAR, by=county.actor("chu"))


def test_a_leader_whose_post_has_ended_since_is_not_left_out_without_a_word() -> None:
    post = units.add_post(county.unit("QH-GOV").id, "副县长（常务）", PostKind.MEMBER, by=county.console)
    shown = chosen(of("sun")) | {post.id: "0" * 64}
    units.end_post(post.id, clock.today(), by=county.console)
    with pytest.raises(Stale, match="有变化"):
        drawing.begin(county.unit("QH-GOV").id, shown, name="少一位", year=YEAR, by=county.actor("chu"))
    assert county.in_step()


def test_drawing_again_adds_only_what_is_new() -> None:
    duty_list = drawn()
    before, source = [duty.id for duty in duty_list.duties], duty_list.source
    assert of("sun", duty_list).lines == ()
    adopt_more()
    drawing.draw(duty_list.id, chosen(of("sun", duty_list)), by=county.actor("chu"), rev=duty_list.rev)
    rows = [duty for duty in duty_list.duties if duty.id not in before]
    known = {work.lineage for work in county.duty("项目库").duty_list.kept}
    assert {lineage for duty in duty_list.duties for lineage in duty.guards} >= known
    assert all(set(duty.guards) <= known for duty in rows)
    assert duty_list.source is not source
    assert duty_list.source.text.startswith(source.text)
    assert all(duty_list.source.text[d.start : d.end] == d.quote for d in duty_list.duties)
    assert of("sun", duty_list).lines == ()
    with pytest.raises(Malformed):
        drawing.draw(duty_list.id, chosen(of("sun", duty_list)), by=county.actor("chu"))
    assert county.in_step()


def test_the_same_words_are_not_put_on_a_second_row() -> None:
    duty_list = drawn()
    rest = next((duty for duty in duty_list.duties if duty.wording.startswith("督促县财政局")), None)
    adopt_more()
    (line,) = [line for line in of("sun", duty_list).lines if line.wording.startswith("督促县财政局")]
    assert (line.into is not None) == (rest is not None)
    drawing.draw(duty_list.id, chosen(of("sun", duty_list)), by=county.actor("chu"))
    wordings = [duty.wording for duty in duty_list.duties]
    assert len(wordings) == len(set(wordings))


def test_what_the_clerk_left_out_does_not_come_back() -> None:
    duty_list = drawn()
    for duty in list(duty_list.duties):
        editing.drop(duty.id, by=county.actor("chu"))
    assert of("sun", duty_list).lines == ()


def test_a_source_that_is_shared_with_the_version_in_force_is_not_changed() -> None:
    first = submitted()
    lists.adopt(first.id, by=county.actor("li"))
    text = first.source.text
    revised = versions.revise(first.id, "增加业务", by=county.actor("chu"))
    assert revised.source is first.source
    adopt_more()
    drawing.draw(revised.id, chosen(of("sun", revised)), by=county.actor("chu"))
    db.session.expire_all()
    assert (first.source.text, revised.source.text.startswith(text)) == (text, True)
    assert len(revised.source.text) > len(text)


WRONG: dict[str, Callable[[], DutyList]] = {
    "只有成员": lambda: county.draft("分解表", county.SPEECH),
    "不能再改": lambda: submitted(),
}


@pytest.mark.parametrize("says", WRONG)
def test_only_a_draft_of_a_members_list_takes_it(says: str) -> None:
    duty_list = WRONG[says]()
    with pytest.raises(Refused, match=says):
        drawing.draw(duty_list.id, chosen(of("sun")), by=county.actor("chu"))


def submitted() -> DutyList:
    return lists.submit(drawn().id, **MEETING, by=county.actor("chu"))


def test_a_kind_of_work_is_the_first_rule_that_fits() -> None:
    assert pairing.kin_of(county.duty("预算考核")) is pairing.KINSHIPS[1]
    assert pairing.kin_of(county.duty("率先垂范")) is None


def test_every_line_stands_with_its_leader_and_the_guards_are_work_in_force() -> None:
    duty_list = drawn()
    assert lists.unready(duty_list) == []
    for duty in duty_list.duties:
        assert [post.id for post in owners.spread(duty).leads] == [county.post_of("sun").id]
        assert guarding.guarded(duty, duty.guards) == duty.guards


# --- the pages ----------------------------------------------------------------------------------------------


def test_what_would_come_is_shown_and_nothing_is_saved_until_it_is_confirmed(visit: Visit) -> None:
    chu, size, unit = visit("chu"), ledger.size(), county.unit("QH-GOV").id
    form = {"unit": unit, "name": "班子成员责任清单", "year": YEAR}
    page = chu.post("/lists/drawing", data=form).text
    assert county.duty("预算考核").wording in page
    assert "分管：县财政局" in page
    assert ledger.size() == size
    members = re.findall(r'name="member" value="([^"]+)" checked', page)
    assert chu.post("/lists/drawing/confirmation", data=form).status_code == 422
    answer = chu.post("/lists/drawing/confirmation", data={**form, "member": members})
    assert answer.status_code == 303
    page = chu.get(answer.headers["Location"]).text
    assert "责任清单·成员" in page
    assert "2026 年《廉政工作任务分解表》第 1 项" in page
    page = chu.post("/lists/drawing/confirmation", data={**form, "member": members})
    assert page.status_code == 422
    assert "已经有名为" in page.text
    assert 'value="班子成员责任清单"' in page.text


def test_a_draft_is_drawn_into_from_its_own_page(visit: Visit) -> None:
    chu = visit("chu")
    duty_list = drafting.draft(
        county.unit("QH-GOV").id,
        name="成员",
        year=YEAR,
        title="决定",
        text="要带头学习。",
        by=county.actor("chu"),
        tier=Tier.MEMBER,
    )
    address = f"/lists/{duty_list.id}/drawing"
    assert address in chu.get(f"/lists/{duty_list.id}").text
    page = chu.get(address).text
    members = re.findall(r'name="member" value="([^"]+)" checked', page)
    rev = re.findall(r'name="rev" value="([0-9]+)"', page)[0]
    stale = chu.post(address, data={"member": [m[:-1] + "x" for m in members], "rev": rev})
    assert stale.status_code == 409
    form = {"member": members, "rev": rev, "nonce": "a" * 32}
    assert [chu.post(address, data=form).status_code for _ in range(2)] == [303, 303]
    db.session.expire_all()
    assert len(duty_list.duties) > 1
    assert "没有新的内容" in chu.get(address).text
    adopted = county.duty("预算考核").duty_list.id
    assert chu.get(f"/lists/{adopted}/drawing").status_code == 409
    assert visit("zhou").get(address).status_code == 404


def test_without_a_charge_or_a_list_the_page_says_what_to_do(visit: Visit) -> None:
    chu, unit = visit("chu"), county.unit("QH-GOV").id
    assert "还没有生效的任务分解表" in chu.post("/lists/drawing", data={"unit": unit, "name": "甲", "year": 2027}).text
    units.end_charge(db.session.scalars(select(Portfolio)).one().id, by=county.console)
    page = chu.post("/lists/drawing", data={"unit": unit, "name": "甲", "year": YEAR}).text
    assert "还没有分工。请系统管理员" in page
    office = county.unit("QH-ZFB").id
    page = chu.post("/lists/drawing", data={"unit": office, "name": "甲", "year": YEAR}).text
    assert "还没有班子成员的岗位" in page
    assert "确认生成" not in page
