"""From the names in a text to posts: units, sets, exclusions."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from checklist.county import units
from checklist.lists import editing, owners
from models import Duty, Part, PostKind, Tenure, UnitKind, db
from tests import county

pytestmark = pytest.mark.usefixtures("qinghe")


def duty_of(*chosen: owners.Owner) -> Duty:
    (duty,) = county.draft("名单", "一、任务\n要建立台账。\n").duties
    decided = editing.Edit(duty.wording, duty.side, duty.cadence, None, list(chosen), [], {}, [])
    return editing.edit(duty.id, decided, by=county.actor("chu"))


def titles(duty: Duty) -> dict[str, str]:
    return {post.title: part.label for post, part in owners.spread(duty).posts.items()}


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("财政局", {"unit": "QH-CZJ"}),
        ("财政部门", {"unit": "QH-CZJ"}),
        ("县财政局", {"unit": "QH-CZJ"}),
        ("各镇", {"set": "towns", "except": []}),
        ("各部门", {"set": "departments", "except": []}),
        ("县政府班子成员", {"set": "team", "except": []}),
    ],
)
def test_a_name_in_a_text_is_a_unit_or_a_set_of_this_county(name: str, owner: owners.Owner) -> None:
    assert owners.proposed([{"name": name, "role": "lead"}], county.unit("QH-GOV")) == [{**owner, "part": "lead"}]


def test_a_name_that_no_unit_here_has_stays_open() -> None:
    assert owners.proposed([{"name": "海关", "role": "lead"}], county.unit("QH-GOV")) == []


def test_a_unit_is_its_one_head() -> None:
    assert titles(duty_of({"unit": "QH-CZJ", "part": "lead"})) == {"县财政局 局长": "牵头"}


def test_a_set_is_the_heads_of_its_units_but_for_those_left_out() -> None:
    duty = duty_of({"set": "departments", "except": ["QH-JYJ"], "part": "lead"})
    assert titles(duty) == {"县财政局 局长": "牵头", "县政府办公室 主任": "牵头"}
    assert owners.describe(duty.owners[0]) == "各部门（县教育局除外）"


def test_the_team_is_the_posts_of_the_unit_itself() -> None:
    left_out = str(county.post_of("qian").id)
    assert titles(duty_of({"set": "team", "except": [left_out], "part": "lead"})) == {"清和县人民政府 副县长": "牵头"}


def test_whoever_leads_and_supports_leads() -> None:
    duty = duty_of({"set": "departments", "except": [], "part": "support"}, {"unit": "QH-CZJ", "part": "lead"})
    assert titles(duty)["县财政局 局长"] == "牵头"
    assert titles(duty)["县教育局 局长"] == "配合"


def test_a_unit_of_a_set_that_nobody_heads_is_named_not_passed_over() -> None:
    units.add_unit("QH-NH", "南湖镇", UnitKind.TOWN, by=county.console, short_name="南湖", parent=county.unit("QH-GOV"))
    towns: owners.Owner = {"set": "towns", "except": [], "part": "lead"}
    assert owners.spread(duty_of(towns)).missing == ["南湖镇没有可承担的岗位"]
    duty = db.session.scalars(select(Duty).order_by(Duty.id.desc())).first()
    assert duty
    decided = editing.Edit(duty.wording, duty.side, duty.cadence, None, [{**towns, "except": ["QH-NH"]}], [], {}, [])
    assert owners.spread(editing.edit(duty.id, decided, by=county.actor("chu"))).missing == []


def test_a_duty_with_support_alone_lacks_a_lead() -> None:
    assert owners.spread(duty_of({"unit": "QH-CZJ", "part": "support"})).missing == ["还没有牵头责任人"]


def test_what_has_ended_owns_nothing_and_is_offered_to_nobody() -> None:
    duty = duty_of({"post": county.post_of("wu").id, "part": "lead"})
    post = county.post_of("wu")
    held = db.session.scalars(select(Tenure).where(Tenure.post == post)).one()
    units.end_tenure(held.id, county.NOW.date(), by=county.console)
    units.end_post(post.id, county.NOW.date(), by=county.console)
    assert owners.spread(duty).posts == {}
    assert Part.LEAD not in owners.spread(duty).posts.values()


def test_the_clerk_chooses_among_sets_units_and_the_team() -> None:
    keys = [key for key, _ in owners.candidates(county.unit("QH-GOV"))]
    assert keys[:3] == ["set-towns", "set-departments", "set-team"]
    assert "unit-QH-CZJ" in keys
    assert f"post-{county.post_of('sun').id}" in keys
    assert "unit-QH" not in keys


def test_two_posts_of_one_name_are_told_apart_by_who_holds_them() -> None:
    government = county.unit("QH-GOV").id
    first, second = (units.add_post(government, "督办专员", PostKind.MEMBER, by=county.console) for _ in range(2))
    assert owners.describe({"post": first.id}) == f"{first.title}〔{first.id}〕"
    units.appoint(county.user("sun").id, second.id, county.NOW.date(), by=county.console)
    held_by = f"督办专员（{county.user('sun').name}）"
    assert owners.describe({"post": second.id}) == f"{second.unit.name} {held_by}"
    assert owners.describe({"set": "team", "except": [str(second.id)]}) == f"班子成员（{held_by}除外）"
    assert owners.describe({"post": county.post_of("zhou").id}) == county.post_of("zhou").title


def statements() -> list[str]:
    """What is asked of the database from now on."""
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))
    return asked


def test_all_owners_of_a_row_are_named_by_the_same_questions_as_one() -> None:
    posts: list[owners.Owner] = [{"post": county.post_of(login).id} for login in ("qian", "sun", "wu", "zhou", "li")]
    units: list[owners.Owner] = [{"unit": code} for code in ("QH-CZJ", "QH-JYJ", "QH-DH", "海关")]
    for found in (posts, units):
        owners.describe(found[0])  # what can be read is read
        asked = statements()
        assert len({owners.describe(owner) for owner in found}) == len(found)
        assert asked == []


def test_a_unit_that_owns_many_rows_is_looked_up_once() -> None:
    asked, counts = statements(), []
    for rows in (2, 20):
        duty_list = county.draft(f"{rows} 项", "一、任务\n" + "财政局要建立台账。\n" * rows)
        assert len(duty_list.duties) == rows
        owners.spreads(duty_list)  # what can be read is read
        asked.clear()
        assert {len(spread.posts) for spread in owners.spreads(duty_list).values()} == {1}
        counts.append(len(asked))
    assert counts[0] == counts[1]
