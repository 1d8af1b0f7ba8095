"""What the editor says of a list: what no list may demand, what lacks, what is copied, what it costs."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from checklist import lists
from checklist.lists import editing, formalism, linter, workload
from checklist.lists.formalism import BURDENS, demanded
from checklist.lists.likeness import likeness
from checklist.refusal import Refused
from models import Cadence, Duty, DutyList, Post, Tier, Unit
from tests import county
from tests.drafts import MEETING, edit, ready


def kinds(wording: str) -> list[str]:
    return [demand.burden.says for demand in demanded(wording)]


# --- what no list may demand --------------------------------------------------------------------------------


@pytest.mark.parametrize("burden", BURDENS, ids=lambda burden: burden.says)
def test_each_rule_finds_its_example_and_spares_what_only_sounds_like_it(burden: formalism.Burden) -> None:
    assert burden.says in kinds(burden.example)
    assert kinds(burden.harmless) == []


@pytest.mark.parametrize(
    "wording",
    [
        "严禁拍照打卡式调研",
        "不得要求干部每日打卡、上传照片",
        "严禁以照片代替检查，以排名代替考核",
        "集中清理打卡、排名类考核指标",
        "对强制打卡、排名通报等问题严肃问责",
        "打卡、留痕一律取消",
        "坚决纠治指尖上的形式主义，不搞排名、积分、点赞",
        "不得强制群众下载安装App",
        "每月5日前报送进展情况",
        "6月15日报送工作方案",
        "财政局要加强政务公众号内容审核",
        "全县地区生产总值在全市排名前移两位",
        "抓好党报党刊发行，订阅人民日报",
    ],
)
def test_forbidding_it_or_speaking_of_something_else_blocks_nothing(wording: str) -> None:
    assert kinds(wording) == []


@pytest.mark.parametrize(
    ("wording", "says"),
    [
        ("不得迟到早退，每天打卡签到", "打卡签到"),
        ("严禁形式主义，但要做好工作留痕", "拍照、截图、留痕"),
        ("整治期间必须每周打卡", "打卡签到"),
        ("取消纸质台账，要求网格员每日上报", "日报、每日上报"),
        ("对排名靠后的镇进行约谈", "排名排行"),
    ],
)
def test_a_ban_reaches_no_further_than_its_own_words(wording: str, says: str) -> None:
    assert says in kinds(wording)


def test_what_no_rule_of_the_state_says_is_not_laid_to_one() -> None:
    page = (Path(__file__).parent.parent / "docs" / "formalism.md").read_text(encoding="utf-8")
    cited = dict(re.findall(r"^\| (\S+) \| (\S+) \|", page, re.MULTILINE))
    names = {
        "意见": formalism.OPINION,
        "规定": formalism.REGULATION,
        "办法": formalism.MEASURES,
        "本系统": formalism.OURS,
    }
    for burden in BURDENS:
        assert burden.rule == "和".join(names[name] for name in cited[burden.says].split("和"))


@pytest.mark.usefixtures("qinghe")
def test_a_duty_that_demands_it_is_named_with_its_rule_and_not_submitted() -> None:
    duty_list = ready()
    edit(duty_list.duties[0], county.actor("chu"), wording="包村干部每周到村打卡")
    (words,) = lists.unready(duty_list)
    assert words.startswith(
        "第 1 项要求“打卡”，属于打卡签到。依据《关于防治“指尖上的形式主义”的若干意见》（中央网络安全和信息化委员会，2023 年），"
    )
    with pytest.raises(Refused, match="打卡签到"):
        lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))
    edit(duty_list.duties[0], county.actor("chu"), wording="包村干部每季度入户走访一次，严禁拍照打卡")
    lists.submit(duty_list.id, **MEETING, by=county.actor("chu"))


# --- what lacks, what is copied -----------------------------------------------------------------------------


def said(duty_list: DutyList, n: int) -> list[str]:
    return [f"{finding.kind}: {finding.words}" for finding in linter.findings(duty_list)[duty_list.duties[n].id]]


@pytest.mark.usefixtures("qinghe")
def test_what_lacks_is_said_beside_the_row() -> None:
    duty_list = county.draft("短清单", "一、任务\n要规范账户管理。教育局要每季度检查一次食堂。要在6月底前出台办法。\n")
    assert said(duty_list, 0) == ["owner: 没有牵头责任人", "measure: 没有指标、次数或程序，完成与否不好判断"]
    assert said(duty_list, 1) == []
    assert said(duty_list, 2)[1:] == ["date: 原文时限“6月底前”还没有定成日期，将按最后一个报送节点办理"]
    edit(duty_list.duties[2], county.actor("chu"), cadence=Cadence.ONCE, due_on=county.NOW.date())
    assert said(duty_list, 2) == ["owner: 没有牵头责任人"]


@pytest.mark.usefixtures("qinghe")
def test_the_same_words_on_another_row_or_list_are_said_with_their_share() -> None:
    duty_list = county.draft(
        "照抄", "一、任务\n财政局要完善预算考核机制。东河镇要清理闲置办公用房。西山镇要清理闲置的办公用房。\n"
    )
    assert said(duty_list, 1)[-1] == "same: 与第 3 项文字相同 80%"
    assert said(duty_list, 2)[-1] == "same: 与第 2 项文字相同 80%"
    assert said(duty_list, 0)[-1] == "same: 与《廉政工作任务分解表》第 1 项文字相同 100%"
    editing.drop(duty_list.duties[2].id, by=county.actor("chu"))
    assert [words for words in said(duty_list, 1) if words.startswith("same")] == []


def test_likeness_is_a_share_of_the_words_whatever_their_marks() -> None:
    assert likeness("管好财政资金。", "管好，财政资金") == 100
    assert likeness("管好财政资金", "召开座谈会") == 0
    assert likeness("", "管好财政资金") == likeness("好", "好") == 0


def test_a_list_above_its_ceiling_says_so() -> None:
    def of_length(tier: Tier, rows: int) -> DutyList:
        return DutyList(tier=tier, duties=[Duty(dropped=False) for _ in range(rows)])

    assert linter.of_whole(of_length(Tier.SECRETARY, 25), [led(25)]) == []
    assert linter.of_whole(of_length(Tier.SECRETARY, 26), [led(26)]) == [
        "共 26 项，超过书记清单 25 项左右的上限，建议合并或删减"
    ]
    assert linter.of_whole(of_length(Tier.MEMBER, 100), [led(20), led(20)]) == []
    (words,) = linter.of_whole(of_length(Tier.MEMBER, 100), [led(20), led(21)])
    assert "牵头 21 项，超过一个岗位 20 项" in words
    assert linter.of_whole(of_length(Tier.NONE, 100), [led(25)]) == []
    (words,) = linter.of_whole(of_length(Tier.NONE, 100), [led(26)])
    assert words.startswith("县财政局 局长牵头 26 项，超过一个岗位 25 项左右的上限")


def led(rows: int) -> workload.Load:
    post = Post(name="局长", unit=Unit(name="县财政局"))
    return workload.Load(post, duties=rows, items=rows, fields=0, months=10, busiest="2026-06", most=rows)


# --- what it costs ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("qinghe")
def test_what_a_list_costs_each_official_a_month() -> None:
    duty_list = ready()
    by_post = {load.post.title: load for load in workload.loads(duty_list)}
    # Three rows: two at both nodes, one in each of the four quarters to come; ten months, March to December.
    bureau = by_post["县财政局 局长"]
    assert (bureau.duties, bureau.items, bureau.fields, bureau.months) == (3, 8, 0, 10)
    assert (bureau.items_a_month, bureau.busiest, bureau.most) == (0.8, "2026-12", 3)
    office = by_post["县政府办公室 主任"]  # one row with one figure, at both nodes
    assert (office.items, office.fields, office.fields_a_month) == (2, 2, 0.2)
    assert sum(load.items for load in by_post.values()) == lists.coming(duty_list).items


def test_a_hundred_rows_are_looked_over_in_well_under_a_second() -> None:
    wordings = [
        f"财政局要在第{n}季度前完善第{n}类专项资金台账，严禁截留挪用，做到公开透明、账目清楚" for n in range(100)
    ]
    begin = time.perf_counter()
    for n, wording in enumerate(wordings):
        demanded(wording)
        for other in wordings[n + 1 :]:
            likeness(wording, other)
    assert time.perf_counter() - begin < 0.5
