"""责任清单 in three tiers: whose they are, what their rows guard, and in whose name a 班子 list is signed."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from checklist import ledger, lists, papers
from checklist.county import units
from checklist.files import reading
from checklist.items import signoff
from checklist.lists import copying, drawing, editing, guarding, tiers, versions
from checklist.papers import annex, imports, spreadsheet
from checklist.refusal import Malformed, Refused
from models import Cadence, Duty, DutyList, Item, ItemState, ListKind, Side, Tier, db
from tests import county
from tests.conftest import Visit
from tests.drafts import MEETING, edit
from tests.entries import entries
from tests.responsibility import TEXT, adopted, chosen, draft, drawn, of

pytestmark = pytest.mark.usefixtures("qinghe")


def leads(duty: Duty) -> list[dict[str, object]]:
    return [owner for owner in duty.owners if owner["part"] == "lead"]


# --- choosing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tier", Tier)
def test_the_clerk_chooses_what_a_new_list_is_and_every_title_says_it(tier: Tier, visit: Visit) -> None:
    chu, unit = visit("chu"), county.unit("QH-GOV").id
    assert '<option selected value="none">任务分解表</option>' in chu.get("/lists/new").text
    form = {"unit": unit, "tier": tier, "name": "春季", "year": 2026, "title": "意见", "text": TEXT}
    address = chu.post("/lists/", data=form).headers["Location"]
    duty_list = db.session.scalars(select(DutyList).order_by(DutyList.id.desc())).first()
    assert duty_list is not None
    kind = ListKind.BREAKDOWN if tier is Tier.NONE else ListKind.RESPONSIBILITY
    assert (duty_list.kind, duty_list.tier) == (kind, tier)
    sort = {"none": "任务分解表", "team": "责任清单·班子", "secretary": "责任清单·书记", "member": "责任清单·成员"}[
        tier
    ]
    assert sort in chu.get(address).text
    assert sort in chu.get("/lists/").text
    assert (f"（{sort}）" in papers.title(duty_list)) == (tier is not Tier.NONE)
    assert annex.of(duty_list).title == papers.title(duty_list)


def test_a_kind_that_there_is_not_is_sent_back_with_what_was_typed(visit: Visit) -> None:
    form = {"unit": county.unit("QH-GOV").id, "tier": "x", "name": "春季", "year": 2026, "title": "意见", "text": TEXT}
    answer = visit("chu").post("/lists/", data=form)
    assert answer.status_code == 422
    assert "要研究党风廉政建设工作" in answer.text


def test_a_name_is_free_for_each_kind_of_list() -> None:
    for tier in Tier:
        draft(tier, name="廉政工作")
    for tier in Tier:
        with pytest.raises(Malformed, match="已经有名为“廉政工作”") as taken:
            draft(tier, name="廉政工作")
        assert draft(tier, name=f"廉政工作{tier}").sort in taken.value.message


# --- who leads ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tier", [Tier.TEAM, Tier.SECRETARY])
def test_the_secretary_leads_from_the_beginning_whoever_the_text_names(tier: Tier) -> None:
    duty_list = draft(tier)
    head = county.post_of("qian")
    secretary = tiers.secretary(duty_list.unit)
    assert secretary
    assert secretary.id == head.id
    assert [leads(duty) for duty in duty_list.duties] == [[{"post": head.id, "part": "lead"}]] * 2
    assert duty_list.duties[1].named == [{"name": "财政局", "role": "lead"}]
    assert leads(editing.add(duty_list.id, "每半年开一次专题会", by=county.actor("chu"))) == [
        {"post": head.id, "part": "lead"}
    ]
    assert lists.unready(duty_list) == []


@pytest.mark.parametrize(
    ("tier", "owner", "says"),
    [
        (Tier.TEAM, {"unit": "QH-CZJ"}, "由县财政局牵头，责任清单·班子的事项要由清和县人民政府 县长牵头"),
        (
            Tier.SECRETARY,
            {"set": "team", "except": []},
            "由班子成员牵头，责任清单·书记的事项要由清和县人民政府 县长牵头",
        ),
        (Tier.MEMBER, {"unit": "QH-CZJ"}, "由县财政局牵头，成员清单的事项要由清和县人民政府班子成员的岗位牵头"),
        (Tier.MEMBER, {"set": "towns", "except": []}, "由各镇牵头，成员清单的事项要由清和县人民政府班子成员的岗位牵头"),
    ],
)
def test_whoever_else_leads_keeps_the_list_from_being_submitted(
    tier: Tier, owner: dict[str, object], says: str
) -> None:
    duty_list = draft(tier)
    for duty in list(duty_list.duties):
        edit(duty, county.actor("chu"), owners=[{**owner, "part": "lead"}])
    assert f"第 1 项{says}" in lists.unready(duty_list)
    with pytest.raises(Refused, match=re.escape(says)):
        lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))


@pytest.mark.parametrize("tier", [Tier.TEAM, Tier.SECRETARY, Tier.MEMBER])
def test_others_may_support_it(tier: Tier) -> None:
    duty_list = draft(tier)
    lead = {"post": county.post_of("qian").id, "part": "lead"}
    for duty in list(duty_list.duties):
        edit(duty, county.actor("chu"), owners=[lead, {"unit": "QH-CZJ", "part": "support"}])
    assert lists.unready(duty_list) == []


def test_a_post_of_another_unit_leads_no_members_row() -> None:
    duty_list = draft(Tier.MEMBER)
    edit(duty_list.duties[0], county.actor("chu"), owners=[{"post": county.post_of("zhou").id, "part": "lead"}])
    assert tiers.misled(duty_list.duties[0]) == [
        "由县财政局 局长牵头，成员清单的事项要由清和县人民政府班子成员的岗位牵头"
    ]


def test_a_unit_without_a_secretary_is_told_what_to_do() -> None:
    unit = units.add_unit(
        "QH-GOV-X",
        "县大数据中心",
        county.U.DEPARTMENT,
        by=county.console,
        short_name="数据",
        parent=county.unit("QH-GOV"),
    )
    units.add_post(unit.id, "主任", county.P.PRINCIPAL, by=county.console)
    for tier in (Tier.TEAM, Tier.SECRETARY):
        duty_list = draft(tier, unit.code)
        (first, *_) = lists.unready(duty_list)
        assert first == (
            f"县大数据中心还没有书记的岗位，{duty_list.sort}没有人牵头。"
            "请系统管理员在“单位与岗位”里设好书记岗位并任职，再到每一项选他牵头"
        )
    assert tiers.headless(draft(Tier.MEMBER, unit.code)) == []


def test_the_editor_offers_whom_the_tier_takes_and_keeps_whom_it_has() -> None:
    qian, sun = county.post_of("qian").id, county.post_of("sun").id
    for tier in (Tier.TEAM, Tier.SECRETARY, Tier.MEMBER):
        keys = [key for key, _ in tiers.candidates(draft(tier))]
        assert keys == ["set-team", f"post-{qian}", f"post-{sun}"]
    duty = draft(Tier.TEAM, name="另").duties[0]
    edit(duty, county.actor("chu"), owners=[{"unit": "QH-CZJ", "part": "support"}])
    assert tiers.choices(duty)[-1] == ("unit-QH-CZJ", {"unit": "QH-CZJ"})
    assert "unit-QH-CZJ" in [key for key, _ in tiers.candidates(county.draft("分解", TEXT))]


def test_a_row_is_corrected_in_the_editors_form_without_losing_its_support(visit: Visit) -> None:
    duty = draft(Tier.TEAM).duties[0]
    qian = county.post_of("qian").id
    edit(duty, county.actor("chu"), owners=[{"post": qian, "part": "lead"}, {"unit": "QH-CZJ", "part": "support"}])
    form = {
        "wording": "改",
        "side": "integrity",
        "cadence": "ongoing",
        f"part-post-{qian}": "lead",
        "part-unit-QH-CZJ": "support",
    }
    assert visit("chu").post(f"/duties/{duty.id}", data={**form, "rev": duty.rev}).status_code == 303
    db.session.expire_all()
    assert (duty.wording, len(duty.owners)) == ("改", 2)


def test_a_table_comes_in_as_the_kind_that_was_chosen_and_says_who_cannot_lead() -> None:
    content = "序号,工作内容,牵头单位,配合单位\n1,研究廉政工作,县财政局,县教育局\n".encode()
    duty_list = imports.import_list(
        county.unit("QH-GOV").id,
        name="表",
        year=2026,
        title="表",
        content=content,
        leave_out=False,
        by=county.actor("chu"),
        tier=Tier.TEAM,
    )
    lead = {"post": county.post_of("qian").id, "part": "lead"}
    assert duty_list.duties[0].owners == [lead, {"unit": "QH-JYJ", "part": "support"}]
    found = imports.preview(reading.read_tables(content), duty_list.unit, 2026, Tier.MEMBER)
    assert found.rows[0].open == ["县财政局不能牵头责任清单·成员的事项，没有采用"]
    assert found.rows[0].owners == [{"unit": "QH-JYJ", "part": "support"}]


# --- guarding work of other lists ---------------------------------------------------------------------------


def test_work_in_another_list_in_force_is_guarded_from_the_draft_to_its_copy() -> None:
    duty_list = drawn()
    guards = {duty.lineage: duty.guards for duty in duty_list.duties}
    assert all(guards.values())
    row = duty_list.duties[0]
    edit(row, county.actor("chu"), wording="改过的话", guards=row.guards)
    adopted(duty_list)
    assert {duty.lineage: duty.guards for duty in duty_list.duties} == guards
    revised = versions.revise(duty_list.id, "换届", by=county.actor("chu"))
    adopted(revised)
    assert {duty.lineage: duty.guards for duty in revised.duties} == guards
    copied = copying.copy(revised.id, year=2027, name="明年", by=county.actor("chu"))
    assert [duty.guards for duty in copied.duties] == list(guards.values())


def test_it_goes_out_on_paper_and_comes_back_the_same() -> None:
    duty_list = drawn()
    out = io.BytesIO()
    spreadsheet.write_xlsx(duty_list, out)
    back = imports.import_list(
        duty_list.unit.id,
        name="回来",
        year=2026,
        title="表",
        content=out.getvalue(),
        leave_out=False,
        by=county.actor("chu"),
        tier=Tier.MEMBER,
    )
    assert [(d.wording, d.guards, d.owners) for d in back.duties] == [
        (d.wording, d.guards, d.owners) for d in duty_list.duties
    ]
    (group,) = annex.of(duty_list).groups
    assert "对应业务：2026 年《廉政工作任务分解表》第 1 项" in group.rows[0][1]


def test_a_sentence_cites_the_work_of_each_list_by_its_numbers() -> None:
    here = county.duty("预算考核")
    cited = [guarding.Cited(number, here) for number in ("2", "2026 年《甲》第 6 项", "3", "2026 年《甲》第 17 项")]
    said = guarding.together([*cited, guarding.Cited(guarding.UNKNOWN, None)])
    assert said == "第 2、3 项、2026 年《甲》第 6、17 项、待定"


def test_a_list_of_the_same_name_is_told_apart_by_its_kind() -> None:
    breakdown = county.duty("预算考核").duty_list
    work = "要完善内控制度。"
    twin = draft(Tier.TEAM, name=breakdown.name, text=f"一、责任\n{work}\n")
    edit(twin.duties[0], county.actor("chu"), side=Side.WORK)
    adopted(twin)
    duty_list = draft(Tier.MEMBER)
    guard, lineages = duty_list.duties[1], [county.duty("预算考核").lineage, twin.duties[0].lineage]
    edit(guard, county.actor("chu"), side=Side.INTEGRITY, guards=lineages)
    words = [cited.words for cited in guarding.citations(duty_list)[guard]]
    assert words == [
        "2026 年《廉政工作任务分解表》（任务分解表）第 1 项",
        "2026 年《廉政工作任务分解表》（责任清单·班子）第 1 项",
    ]
    assert [guarding.find(cited, duty_list.unit) for cited in words] == lineages
    assert guarding.find("2026 年《廉政工作任务分解表》第 1 项", duty_list.unit) is None


def test_integrity_a_draft_and_what_has_been_dropped_are_no_work_to_guard() -> None:
    duty_list, other = draft(Tier.MEMBER), county.draft("草稿", county.SPEECH)
    guard = duty_list.duties[1]
    lineages = [county.duty("严禁截留").lineage, other.duties[0].lineage, "0" * 16, county.duty("预算考核").lineage]
    edit(guard, county.actor("chu"), side=Side.INTEGRITY, guards=lineages)
    assert guard.guards == lineages[-1:]
    edit(guard, county.actor("chu"), side=Side.WORK, guards=lineages)
    assert guard.guards == []


def test_what_a_revision_leaves_out_is_not_kept_by_the_version_in_force() -> None:
    revised = versions.revise(county.duty("预算考核").duty_list.id, "合并", by=county.actor("chu"))
    work, guard = (next(d for d in revised.duties if words in d.wording) for words in ("预算考核", "严禁截留"))
    assert guarding.guarded(guard, [work.lineage]) == [work.lineage]
    editing.drop(work.id, by=county.actor("chu"))
    assert guarding.guarded(guard, [work.lineage]) == []


# --- the official's view, and the whole way -----------------------------------------------------------------


def test_a_members_item_names_the_work_that_it_watches_also_after_a_tick(visit: Visit) -> None:
    adopted(drawn())
    found = next(i for i in of_members(county.post_of("sun").id) if len(i.duty.guards) == 1)
    words = db.session.scalars(select(Duty).where(Duty.lineage == found.duty.guards[0])).one().wording
    sun = visit("sun")
    assert f"所管业务：{words}" in sun.get("/items/").text
    assert f"<dt>所管业务</dt><dd>{words}</dd>" in sun.get(f"/items/{found.id}").text
    row = sun.post(f"/items/{found.id}/tick", data={"rev": found.rev}, headers={"HX-Request": "true"}).text
    assert f"所管业务：{words}" in row


def of_members(post_id: int) -> list[Item]:
    query = select(Item).join(Duty).join(DutyList).where(DutyList.tier == Tier.MEMBER, Item.post_id == post_id)
    return list(db.session.scalars(query.order_by(Item.id)))


def test_a_vice_heads_list_is_drawn_edited_adopted_signed_and_reviewed(qinghe: county.Clock) -> None:
    duty_list = drawing.begin(
        county.unit("QH-GOV").id, chosen(of("sun")), name="副县长清单", year=2026, by=county.actor("chu")
    )
    row = duty_list.duties[0]
    edit(
        row,
        county.actor("chu"),
        wording="每季度听取县财政局资金监管情况汇报",
        cadence=Cadence.QUARTERLY,
        guards=row.guards,
    )
    size = ledger.size()
    adopted(duty_list)
    assert {e["action"] for e in entries(size)} == {"submit", "adopt"}
    found = [i for i in of_members(county.post_of("sun").id) if i.duty == row]
    assert [i.period for i in found] == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    qinghe.move(days=20)
    signoff.tick(found[0].id, by=county.actor("sun"), report=signoff.Report(note="已听取汇报"))
    county.sign(found[0], by=county.actor("sun"))
    signoff.approve(found[0].id, by=county.actor("qian"))
    assert found[0].state is ItemState.APPROVED
    assert county.in_step()
