"""Phrases of plans, minutes and speeches of discipline: what a row says of figures, owners, days and its side."""

from __future__ import annotations

import pytest

from checklist.decompose import decompose
from tests.sentences import HEAD, only


@pytest.mark.parametrize(
    ("text", "op", "value", "unit"),
    [
        ("审批时限要压缩三分之一以上。", ">=", 1, "/3"),
        ("要将办理时限压缩一半。", "-", 1, "/2"),
        ("要确保工业项目占比不低于六成。", ">=", 6, "成"),
        ("要推动数字经济规模翻一番。", "+", 1, "番"),
    ],
)
def test_shares_in_words_are_figures(text: str, op: str, value: int, unit: str) -> None:
    (target,) = only(text).targets
    assert (target.op, target.value, target.unit) == (op, value, unit)


@pytest.mark.parametrize("text", ["一半干部要下乡。", "要把办结率做到九成五。", "要巩固整治成果，推动成效转化。"])
def test_what_only_looks_like_a_share_is_no_figure(text: str) -> None:
    assert not [target for row in decompose(HEAD + text) for target in row.targets]


def test_a_point_that_opens_with_whose_it_is_names_their_owner() -> None:
    rows = decompose(HEAD + "（一）党员干部要筑牢思想防线。要加强党纪学习。领导干部要管好家人。")
    assert [(row.text, row.named[0].name) for row in rows] == [
        ("要加强党纪学习", "党员干部"),
        ("领导干部要管好家人", "领导干部"),
    ]


def test_an_exception_stays_with_what_it_excepts() -> None:
    row = only("4月15日前完成整改，一时难以整改的必须落实临时措施。")
    assert (row.cadence, row.deadline) == ("once", "4月15日前")


def test_a_leader_named_ahead_goes_with_the_duty() -> None:
    row = only("由县发展改革局牵头，县水务集团配合，6月20日前完成成本监审。")
    assert [(who.name, who.role) for who in row.named] == [("县发展改革局", "lead"), ("县水务集团", "support")]


def test_two_days_may_stand_behind_a_pause() -> None:
    rows = decompose(HEAD + "县水务集团要确保水厂6月底前封顶、9月底前通水。")
    assert [(row.text, row.deadline) for row in rows] == [
        ("县水务集团要确保水厂6月底前封顶", "6月底前"),
        ("9月底前通水", "9月底前"),
    ]


def test_goals_under_the_general_demands_are_duties_and_its_guiding_thought_is_none() -> None:
    rows = decompose("一、总体要求\n（一）指导思想。坚持以人为本。\n（二）主要目标。到2028年底，覆盖率达到100%。\n")
    assert [row.deadline for row in rows] == ["2028年底"]


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("要严查骗取医保基金的行为。", "integrity"),
        ("要足额保障民生支出，任何单位不得挤占挪用。", "both"),
        ("要加快项目建设。", "work"),
    ],
)
def test_words_of_work_beside_an_offence_tell_only_the_field(text: str, side: str) -> None:
    assert only(text).side == side


def test_what_tells_neither_side_goes_with_its_heading() -> None:
    rows = decompose("一、推进全面从严治党\n要逐人对照检查。\n二、严肃工作纪律\n要随时报告动态。\n")
    assert [row.side for row in rows] == ["integrity", "work"]
