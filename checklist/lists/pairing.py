"""Integrity beside the work it guards: who could guard what, and why; a person decides.

A fund and its supervision, a project and its tender watch: what goes together stands below as data, each with an
example of either side. Where no rule fits, rows that share many words are proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from checklist.actor import Actor
from checklist.lists import editing, guarding
from checklist.lists.likeness import likeness
from checklist.refusal import Refused
from models import Duty, DutyList, Side

MOST = 3  # works proposed for one row of integrity: more would be a list to read, not a proposal
ALIKE = 25  # per cent of shared words from which rows go together without a rule; below it, they share a phrase


class Kinship(NamedTuple):
    """A kind of work and the kind of integrity that watches it, an example of each, and how it is said."""

    says: str
    work: re.Pattern[str]
    integrity: re.Pattern[str]
    of_work: str
    of_integrity: str


def _kin(says: str, work: str, integrity: str, of_work: str, of_integrity: str) -> Kinship:
    return Kinship(says, re.compile(work), re.compile(integrity), of_work, of_integrity)


KINSHIPS = (
    _kin(
        "惠民补贴与防冒领",
        r"补贴|补助|低保|救助|惠民|惠农|养老金|医保",
        r"优亲厚友|冒领|骗取|套取|虚报|(?:补贴|惠民|惠农|低保|救助)[^，。]{0,12}(?:监督|监管|公示|公开)",
        "按时发放惠农补贴",
        "严禁优亲厚友、虚报冒领",
    ),
    _kin(
        "资金与它的监管",
        r"资金|预算|支出|债券|转移支付|债务|拨付",
        r"截留|挪用|挤占|滞留|侵占|骗取|套取|资金[^，。]{0,12}(?:监管|监督|审计)|过紧日子|三公",
        "完善专项资金管理办法",
        "严禁截留、挪用专项资金",
    ),
    _kin(
        "项目与招投标监督",
        r"项目|工程|开工|基础设施|改造|新建|续建|建成",
        r"招标|招投标|投标|围标|串标|转包|发包|工程(?:建设)?领域|插手",
        "全年新开工重点项目二十个",
        "严查围标串标、插手工程",
    ),
    _kin(
        "采购与采购监督",
        r"采购|购置",
        r"采购[^，。]{0,16}(?:监督|监管|违规|纪律)|围标|串标",
        "组织药品集中采购",
        "加强采购监督",
    ),
    _kin(
        "审批服务与纠治吃拿卡要",
        r"审批|放管服|政务服务|可办率|营商环境|办事|服务企业|市场主体|企业",
        r"吃拿卡要|乱收费|乱罚款|乱摊派|推诿|不作为|慢作为|权力寻租",
        "压缩审批时限",
        "严查吃拿卡要",
    ),
    _kin(
        "决策与集体研究",
        r"决策|重大事项|规划编制",
        r"三重一大|民主集中制|集体(?:研究|讨论)|一言堂|合法性审查",
        "规范重大行政决策程序",
        "坚持民主集中制，不搞一言堂",
    ),
    _kin(
        "资产资源与防流失",
        r"土地|矿产|国有资产|公房|资源交易|资产盘活|盘活",
        r"资产流失|违规(?:出让|出租|处置|占用)|权钱交易",
        "盘活闲置国有资产",
        "严防国有资产流失",
    ),
    _kin(
        "用人与选任监督",
        r"招聘|选拔|选派|人才引进|编制",
        r"选人用人|任人唯亲|跑官要官|近亲繁殖|优亲厚友",
        "公开招聘教师六十名",
        "纠治选人用人不正之风",
    ),
    _kin(
        "执法与执法监督",
        r"执法|检查|处罚|稽查",
        r"执法[^，。]{0,12}(?:监督|不公|腐败)|选择性执法|人情案|以罚代管",
        "开展市场联合执法",
        "纠治选择性执法、人情案",
    ),
)


_WHOM = re.compile(r"^[^，。；]{1,24}?(?:要(?!求)|必须|应当)")


@dataclass(frozen=True)
class Pair:
    """A row of integrity that could guard a row of work, and the reason shown for it."""

    guard: Duty
    work: Duty
    why: str


def proposals(duty_list: DutyList, alone: Iterable[Duty]) -> list[Pair]:
    """Return for each row of integrity that is alone the works it could guard, the likeliest first."""
    works = [work for work in duty_list.kept if work.side is not Side.INTEGRITY]
    pairs: list[Pair] = []
    for guard in alone:
        weighed = [(*_weigh(work, guard), work) for work in works]
        likely = sorted((found for found in weighed if found[1]), key=lambda found: (-found[0], found[2].position))
        pairs += [Pair(guard, work, why) for _, why, work in likely[:MOST]]
    return pairs


def unpaired(duty_list: DutyList, cited: Mapping[Duty, Sequence[guarding.Cited]]) -> list[Duty]:
    """Return the rows of integrity that guard no work; `cited` are the list's guarding.citations."""
    return [d for d in duty_list.kept if d.side is Side.INTEGRITY and not any(work.duty for work in cited[d])]


def _weigh(work: Duty, guard: Duty) -> tuple[int, str]:
    """Return how near two rows are, and why; no reason where they do not belong together."""
    # What each asks for, without whom it asks: the same office is no kinship.
    asked, watched = _WHOM.sub("", work.wording), _WHOM.sub("", guard.wording)
    alike = likeness(asked, watched)
    for kin in KINSHIPS:
        if kin.integrity.search(guard.wording) and (found := kin.work.search(work.wording)):
            return 100 + alike, f"{kin.says}（“{found.group()}”）"
    if alike >= ALIKE:
        shared = SequenceMatcher(None, asked, watched, autojunk=False).find_longest_match()
        return alike, f"用词相近 {alike}%（“{asked[shared.a : shared.a + shared.size]}”）"
    return 0, ""


def kin_of(work: Duty) -> Kinship | None:
    """Return the kind of work that a row is, the first that fits; None where no rule knows it."""
    return next((kin for kin in KINSHIPS if kin.work.search(work.wording)), None)


def pair(guard_id: int, work_id: int, *, by: Actor, rev: int | None = None) -> Duty:
    """Let a row of integrity guard a row of work of the same draft, besides what it guards already."""
    with editing.change("pair", guard_id, by=by, rev=rev) as guard:
        editing.insist_on_kept(guard)
        work = next((duty for duty in guard.duty_list.kept if duty.id == work_id), None)
        if work is None or not guarding.guarded(guard, [work.lineage]):
            raise Refused("这两项现在不能配对：要由廉政事项守护同一清单里的业务事项。请刷新页面。", guard)
        guard.guards = [*guard.guards, *({work.lineage} - set(guard.guards))]
    return guard
