"""What a proposed duty says: whom it names, which figures, how sure it is. What is a duty stands in test_decompose."""

from __future__ import annotations

import pytest

from checklist.decompose import decompose, doubts
from tests.sentences import HEAD, only


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("财政、税务部门要落实减税政策。", [("财政部门", "lead"), ("税务部门", "lead")]),
        ("财政和税务部门要落实减税政策。", [("财政部门", "lead"), ("税务部门", "lead")]),
        ("县人力资源和社会保障局要管好补助资金。", [("县人力资源和社会保障局", "lead")]),
        ("各镇、各部门“一把手”，要增强法治意识。", [("各镇", "lead"), ("各部门", "lead")]),
        (
            "推进审批改革（牵头单位：县住建局；配合单位：县财政局、各镇）。",
            [("县住建局", "lead"), ("县财政局", "support"), ("各镇", "support")],
        ),
        ("推进审批改革。（县住建局牵头，县财政局配合）", [("县住建局", "lead"), ("县财政局", "support")]),
        ("推进审批改革。\n责任单位：县住建局、县财政局", [("县住建局", "lead"), ("县财政局", "lead")]),
        ("推进审批改革。由县住建局牵头负责。", [("县住建局", "lead")]),
        ("县政府督查室每季度通报一次进展。", [("县政府督查室", "lead")]),
        ("推进审批改革。（县住建局、县财政局）", [("县住建局", "lead"), ("县财政局", "lead")]),
        ("市场监管局要会同司法局建立备案制度。", [("市场监管局", "lead"), ("司法局", "support")]),
        ("请各镇（街道）、各有关单位报送方案。", [("各镇（街道）", "lead"), ("各有关单位", "lead")]),
        ("6月底前各部门党组要开展研讨。", [("各部门党组", "lead")]),
        ("要围绕这个中心，加强部门协调。", []),
        ("要推进审批改革。", []),
    ],
)
def test_only_whom_the_text_names_is_named(text: str, named: list[tuple[str, str]]) -> None:
    assert [(who.name, who.role) for who in only(text).named] == named


@pytest.mark.parametrize(
    ("text", "op", "value", "unit"),
    [
        ("要使网上可办率达到96%以上。", ">=", 96, "%"),
        ("审批时限要压缩至15个工作日以内。", "<=", 15, "工作日"),
        ("合格率要不低于98.5%。", ">=", 98.5, "%"),
        ("减免税费要超过100万元。", ">", 100, "万元"),
        ("差错率要低于3%。", "<", 3, "%"),
        ("要压减5%。", "-", 5, "%"),
        ("满意度要提高2个百分点。", "+", 2, "个百分点"),
        ("年内要净增企业XX户。", "+", None, "户"),
        ("要争取资金1,800万元。", ">=", 1800, "万元"),
        ("要把材料由6份减至4份以下。", "<=", 4, "份"),
        ("问题要在3个工作日内答复。", "<=", 3, "工作日"),
        ("即办件占比≥60%。", ">=", 60, "%"),
        ("纠纷发生率≤0.5‰。", "<=", 0.5, "‰"),
        ("资金到位率要不低于百分之九十。", ">=", 90, "%"),
        ("增长率要达到百分之三点五。", ">=", 3.5, "%"),
        ("要净增企业三十户。", "+", 30, "户"),
        ("新增学位两千四百个。", "+", 2400, "个"),
        ("满意度要提高两个百分点。", "+", 2, "个百分点"),
        ("护理员与老人配比要不低于1:4。", ">=", 1, ":4"),
        ("各镇要按不低于1:0.5的比例配套资金。", ">=", 1, ":0.5"),
        ("办理时间要由10个工作日压减至3个工作日。", "<=", 3, "工作日"),
        ("累计变更不得超过合同价的10%。", "<=", 10, "%"),
    ],
)
def test_a_figure_is_meant_as_the_civil_code_reads_it(text: str, op: str, value: float | None, unit: str) -> None:
    (target,) = only(text).as_dict()["targets"]
    assert (target["op"], target["value"], target["unit"]) == (op, value, unit)


@pytest.mark.parametrize(
    ("text", "of", "unit"),
    [
        ("一般公共预算收入增长3%—5%。", "一般公共预算收入增长", "%"),
        ("一般公共预算收入增长百分之三至百分之五。", "一般公共预算收入增长", "%"),
        ("招引10亿元以上项目3至5个。", "10亿元以上项目", "个"),
    ],
)
def test_a_range_is_two_targets(text: str, of: str, unit: str) -> None:
    assert [(t.of, t.op, t.value, t.unit) for t in only(text).targets] == [(of, ">=", 3, unit), (of, "<=", 5, unit)]


@pytest.mark.parametrize(
    "text",
    [
        "单项变更不足20万元的由项目单位审批。",
        "总投资三千万元以上的项目，必须委托第三方机构论证。",
        "要落实四个责任。",
        "要落实中央八项规定。",
        "要开展为期三个月的排查。",
        "每半年至少开展一次演练。",
        "要在早上8:30前报告值班情况。",
    ],
)
def test_what_picks_out_a_case_or_is_a_way_of_speaking_is_no_target(text: str) -> None:
    assert not only(text).targets


def test_a_second_milestone_is_about_the_same_thing() -> None:
    rows = decompose(HEAD + "第一季度开工率达到40%，上半年达到75%以上。")
    assert [(row.deadline, t.of, t.value) for row in rows for t in row.targets] == [
        ("第一季度", "开工率", 40),
        ("上半年", "开工率", 75),
    ]


def test_a_figure_in_quotes_or_of_years_past_is_no_target() -> None:
    assert not only("要抓好10个“十条”政策。").targets
    assert not only("近5年，支出达到89.9亿元，必须加大监管力度。").targets
    assert not only("对产值下降超过10%的企业要上门帮扶。").targets
    assert not only("对已到位的XXX亿元资金，要加快支出进度。").targets


def test_the_steps_of_a_decision_come_in_their_order() -> None:
    row = only("要落实公众参与、专家论证、风险评估、合法性审查、集体讨论决定等程序。")
    assert row.steps == ("公众参与", "专家论证", "风险评估", "合法性审查", "集体讨论决定")
    assert row.cadence == "per-event"


@pytest.mark.parametrize(
    ("text", "slip", "standard"),
    [("要继续压减一般性指出", "一般性指出", "一般性支出"), ("要捍卫“连个确立”", "连个确立", "两个确立")],
)
def test_a_slip_is_shown_with_the_standard_phrase_and_left_as_it_is(text: str, slip: str, standard: str) -> None:
    row = only(text + "。")
    assert row.text == text
    assert [(flag.text, flag.standard) for flag in row.flags] == [(slip, standard)]


@pytest.mark.parametrize(
    "words",
    [
        "各项规定",
        "专项债资金",
        "国有资本",
        "办公经费",
        "营造环境",
        "高质量开展",
        "合法性审核",
        "脱贫攻坚",
        "一次性支出",
    ],
)
def test_words_of_their_own_are_no_slips(words: str) -> None:
    assert not only(f"要管好{words}。").flags


@pytest.mark.parametrize(
    ("text", "sure", "doubt"),
    [
        ("财政局要建立台账。", "高", None),
        ("财政局要建立台账，每月通报一次。", "中", doubts.CUT),
        ("合格率达到95%以上。", "中", doubts.WEAK),
        ("县防汛办要每半月通报一次情况。", "中", doubts.FINER),
        ("各镇要组织120名干部下沉。", "中", "“120名”没有读成指标"),
        ("即办率达到60%，每季度通报一次。", "低", doubts.WEAK),
    ],
)
def test_each_row_says_how_sure_it_is_and_what_to_look_at(text: str, sure: str, doubt: str | None) -> None:
    row = decompose(HEAD + text)[0]
    found = [flag.text for flag in row.flags if flag.kind == "doubt"]
    assert (row.sure, doubt in found or not found) == (sure, True)


def test_owners_that_come_from_a_heading_are_doubted_and_those_told_below_are_not() -> None:
    (row,) = decompose("一、治厕（各镇负责）\n1.要摸清底数。\n")
    assert [flag.text for flag in row.flags] == [doubts.INFERRED]
    assert not only("要摸清底数。\n责任单位：各镇\n").flags


def test_what_is_masked_is_flagged() -> None:
    assert [flag.text for flag in only("对已到位的XXX亿元资金，要加快支出进度。").flags] == ["XXX亿元"]


def test_a_prohibition_says_so_only_where_it_is_the_demand() -> None:
    assert only("严禁截留资金。").why == "明令禁止"
    assert only("要规范程序，杜绝一言堂。").why == "“要”字句"
    assert only("要严守纪律，确保令行禁止。").why == "“要”字句"


def test_half_width_punctuation_is_read_and_quoted_as_it_stands() -> None:
    source = "一、任务\n(一)管好资金。财政局要建立台账,4月底前完成.\n"
    (row,) = decompose(source)
    assert source[row.start : row.end] == row.text
    assert row.path == ("一、任务", "(一)管好资金")
    assert ("," in row.text, row.deadline) == (True, "4月底前")
