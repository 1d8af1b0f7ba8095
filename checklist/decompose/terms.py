"""How official Chinese says when, how often and how much: the rules on what a duty says, as data like grammar.py's."""

from __future__ import annotations

import re

from checklist.decompose.grammar import Rule
from checklist.decompose.vocabulary import (
    INTEGRITY,
    LESS,
    MASK,
    MORE,
    NUMERALS,
    OFFENCE,
    QUANTITY,
    RIGHT_AS_IT_IS,
    STANDARD_PHRASES,
    UNIT,
    WATCHED_AS_WORK,
    WHOLE,
    WORK,
)

# --- when, and how often ------------------------------------------------------------------------------------

PERIODS = (
    Rule("monthly", r"每个?月|按月|月报(?!道)|逐月|(?<!半)月(?:调度|通报)|一月一", "每月通报一次进度"),
    Rule("quarterly", r"每个?季度?|按季|逐季|季(?:调度|通报)|季度(?:通报|调度|报告|例会)|一季度?一", "每季度通报"),
    Rule("half-yearly", r"每半年|半年(?:一次|至少|通报)|上、?下半年各|上半年[、和](?:下半年|年底)各", "每半年听取汇报"),
    Rule("yearly", r"每年(?!不[得能]?超)|每个?年度|一年一(?:次|度)|年度述|年考核", "每年开展一次谈话"),
)
# What the year's periods cannot say: it stays with what goes on, and is a thing to look at.
OTHER_PERIODS = (Rule("ongoing", r"每(?:小时|日|天|周|旬|半个?月|[两三]个?月|[两三]天)", "每半月督查一次"),)
# Procedures that each case goes through.
CASES = (
    Rule(
        "per-event",
        r"集体(?:讨论|研究)(?:决定|确定)|(?:决策|议事)程序|公众参与、|专家论证、|[、和及]合法性审查",
        "规范决策程序",
    ),
    Rule("per-event", r"事前、?事中(?:、|和|及)?事后", "加强招标事前、事中、事后监督"),
    Rule("per-event", r"重大[^，、“”]{1,12}制度", "落实重大工程项目廉政谈话制度"),
    Rule(
        "per-event",
        r"^凡(?!.{0,2}必)|，凡是?[^必，]{3}|遇有?[^，]{2,16}，|每(?:次|起|宗|例)|逢[^，]{1,20}必|"
        r"^对[^，]{2,40}，(?:.{0,12}(?:必须|一律|由)|[^，以]{2,20}(?<!以)内)|^对[^，]{2,40}等?行为，|"
        r"[^，]{2,12}[0-9]{1,3}个?(?:工作)?日内(?:办结|移送|答复|反馈|回复)|"
        r"(?:验收|批复|受理|接报|签订)后[^，]{0,10}内|^[^，]{2,6}后[0-9一二三四五六七八九十两]{1,3}个?(?:工作日|日|天|小时|个?月)内|期满[^，]{1,6}内|"
        r"^(?!对|自|要|每)[^，、0-9]{3,12}[0-9一二三四五六七八九十两]{1,3}个?(?:工作日|小时|日)内(?!部)[^，、]{2,8}$|"
        r"^对(?!已|现有|全)[^，]{2,30}的[^，]{1,8}一律|^对[^，]{2,30}要在[^，]{1,8}内|^[^，]{2,30}的[^，]{0,6}，(?:一律|一经|必须|不得|先)|"
        r"的由[^，]{2,16}(?:审批|研究|审定)|^(?!对)[^，]{2,16}的，由|"
        r"^[0-9]{1,9}[亿万]?元以上的?[^，、]{2,8}(?:必须|一律|须)|^对[^，]{2,30}行为坚决|"
        r"^对(?:造成|发生|存在)[^，]{2,20}的|^依法(?:必须|应当)[^，]{2,8}的|[^，]{2,12}[^目金程位]的必须|"
        r"^对(?!已|现有|全)[^，]{2,40}的[^，]{0,6}，",
        "凡涉及公共资金的事项，必须公开",
    ),
)
CADENCES = (
    *PERIODS,
    *CASES,
    *OTHER_PERIODS,
    Rule("once", r"(?:开展|召开|组织|举办|进行|完成|实施)(?:一|1)(?:次|轮|场)", "开展一次专项检查"),
)
_YEAR = rf"(?:(?:[0-9]{{4}}|{MASK})年|今年|本年|明年)?"
_MONTH = rf"(?:[0-9]{{1,2}}|[{NUMERALS}]{{1,2}}|{MASK})月"
_DAY = rf"(?:[0-9]{{1,2}}|[{NUMERALS}]{{1,3}}|{MASK})[日号]"
_BEFORE = "(?:[之以]?前)"
_FEASTS = "春节|元旦|清明|五一|端午|中秋|国庆"
SOME_DAY = re.compile("[月日号季年节汛冬学期底末前内]")  # one of these stands in every day
DEADLINES = (
    Rule("按期", rf"每个?(?:月|季度?|半年|年)[^，。]{{0,6}}{_DAY}{_BEFORE}", "每月5日前"),
    Rule("按期", rf"每年(?:{_MONTH}(?:{_DAY})?|年)底?{_BEFORE}", "每年10月底前"),
    Rule("按期", rf"每周[一二三四五六日][^，。]{{0,4}}{_BEFORE}", "每周五前"),
    Rule(
        "起止", rf"{_YEAR}{_MONTH}(?:{_DAY})?[至到—－~-]{_YEAR}(?:{_MONTH}(?:{_DAY})?|{_DAY})底?{_BEFORE}?", "3月-6月"
    ),
    Rule("月日", rf"{_YEAR}{_MONTH}{_DAY}{_BEFORE}", "9月30日前"),
    Rule("月底", rf"{_YEAR}{_MONTH}份?(?:(?:底|末|[上中下]旬){_BEFORE}?|{_BEFORE})", "6月底前"),
    Rule("季度", rf"{_YEAR}第?[一二三四]季度(?:末|底)?{_BEFORE}?(?:内)?", "一季度末"),
    Rule("半年", rf"{_YEAR}(?<!每)[上下]半年(?:{_BEFORE}|内)?(?!各|和|、下半年)", "上半年"),
    Rule("年底", rf"{_YEAR}(?:年底|年末|年终|(?<=年)[底末])(?!各){_BEFORE}?|[0-9]{{4}}年[底末]?前", "年底前"),
    Rule("年内", r"(?<![0-9一二两三四五六七八九十多近])年内|今年内|本年度内|[0-9一二两三四五]年内(?!不)", "年内"),
    Rule("年内", rf"(?<=在)(?:[0-9]{{1,2}}|[{NUMERALS}两]{{1,2}})个月内", "在三个月内"),
    Rule("全年", rf"全年(?!的)(?=[^，]{{0,20}}{QUANTITY})", "全年新增就业500人"),
    Rule("全年", rf"今年(?=(?:要|将|力争|确保|计划)?(?:{MORE}|{WHOLE})[^，]{{0,20}}{QUANTITY})", "今年新增就业500人"),
    Rule("全年", rf"[0-9]{{4}}年(?=(?:(?:力争)?(?:达到|提高到)|为)[^，]{{0,8}}{QUANTITY})", "2026年达到95%"),
    Rule("全年", r"[0-9]{4}年(?=(?:全面|基本)?(?:完成|建成|启动|开工))", "2026年全面建成"),
    Rule("节点", rf"(?:{_FEASTS}|主?汛期|入冬|入汛|开学|供暖[季期]?|节)节?{_BEFORE}", "主汛期前"),
    Rule("节点", rf"{_YEAR}[春秋]季(?:学期)?(?:开学)?{_BEFORE}", "春季开学前"),
    Rule("当月", rf"(?:本月|当月|月)底{_BEFORE}", "本月底前"),
    Rule("收文", r"(?:印发|通知|文件|收到)[^，]{0,8}(?:之日起|后)[0-9]{1,3}个?(?:工作)?日内", "印发之日起5日内"),
)


def opening_day(words: str) -> re.Match[str] | None:
    """Return the day that words open with."""
    return next((found for rule in DEADLINES if (found := rule.match(words))), None)


# What is done in an order of its own.
PROCEDURES = (
    ("公众参与", "专家论证", "风险评估", "合法性审查", "集体讨论决定"),
    ("事前", "事中", "事后"),
    ("决策", "审批", "实施"),
)


def in_a_row(steps: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of at least two of the steps, one behind the other."""
    one = "|".join(steps)
    return re.compile(rf"(?:{one})(?:(?:、|和|及|与|，)?(?:{one})){{1,9}}")


# --- how much ---------------------------------------------------------------------------------------------

# How a figure is meant: from the words behind it, else from those before it. `noun` is what is counted, where it
# stands between the verb and the figure.
BEHIND = (
    Rule(">=", r"^(?:及|或)?以上(?!的?(?:项目|企业|单位|工程|合同|资金|领导|干部|人员|大额|投资|的))", "以上"),
    Rule("<=", r"^(?:以内|之内|以下|内(?!部))(?!的?(?:项目|企业|单位|工程|合同|资金|的))", "以内"),
)
_NOUN = r"(?P<noun>(?:[0-9.]{1,6}[亿万]元以[上下])?[^，、；0-9]{2,16})$"
CHANGES = (
    Rule("-", rf"(?:{LESS}|压缩|下降|降低|缩短|节约|降幅|减)$", "压减"),
    Rule("+", rf"(?:{MORE}|增长|提高|提升|提速|增速|增幅|增|翻)$", "净增"),
)
_DOWN = "[压缩减降少][缩减低少短简]?[至到为]"
_UP = "[提升增][高升加长]?[至到]"
BEFORE = (
    Rule("<=", r"[≤≦]$", "发生率≤"),
    Rule(">=", r"[≥≧]$", "办结率≥"),
    Rule(">", r"[＞>]$", "满意度>"),
    Rule("<", r"[＜<]$", "差错率<"),
    Rule("<=", rf"(?:不[得能可]?[超高多大][过于出]?|不得?超过[^，、；0-9]{{1,8}}的|不突破|控制在|{_DOWN})$", "控制在"),
    Rule(">=", rf"(?:不[得能可]?[低少小]于|至少[^，、0-9]{{0,6}}|达到?|保持在|稳定在|完成|实现|建成|{_UP})$", "达到"),
    Rule(">", r"(?:超过|高于|突破|多于|大于)$", "超过"),
    Rule("<", r"(?:低于|不满|不足|少于|小于)$", "低于"),
    Rule(">=", r"(?P<noun>[^，、；0-9]{2,6}改为[^，、；0-9]{2,6})$", "审批改为备案"),
    *CHANGES,
    Rule("+", rf"(?:{MORE})(?:{WHOLE})?{_NOUN}", "净增规上企业"),
    Rule("-", rf"(?:{LESS}){_NOUN}", "压减行政审批事项"),
    Rule(">=", rf"(?:{WHOLE})(?:{_NOUN})?$", "建成高标准农田"),
)
# A figure that says which things are meant, not what they are to reach.
ATTRIBUTE = Rule("定语", r"^(?:以上|以下|以内)?的(?!目标|要求|任务|增速|增长|速度|水平)", "的企业上门帮扶")
# A share that only stands before its figure is to reach it.
SHARE = Rule(">=", r"(?:率|比例|比重|占比|覆盖面)(?:均|都|要)?$", "整改率")
FROM = re.compile(r"(?:由|从(?![业事]))[^，、]{0,12}$")  # what it was, not what it is to be
UP_TO = re.compile(r"^[^，、；]{0,8}(?:至|到|为|成)")
PICKS_OUT = Rule(
    "定语",
    r"^(?:以上|以下|以内)?的(?:，|$|由|必须|一律|不得|项目，|工程，|资金，)|"
    r"^(?:以上|以下)(?:项目|企业|工程)|^(?:以上|以下)[^，、；。0-9]{2,8}(?:必须|须|一律|应当)",
    "的由项目单位审批",
)

# --- work or integrity --------------------------------------------------------------------------------------

INTEGRITY_WORDS = Rule("integrity", rf"{INTEGRITY}|(?<!{WATCHED_AS_WORK})(?:监督|监管|监控)(?!局|所)", "严查违纪行为")
# What is forbidden or punished, and the procedure that guards against it.
GUARDED = Rule("integrity", OFFENCE, "严查骗取医保基金的行为")
# Under such a heading what speaks of neither is integrity; 严肃工作纪律 may stand over work.
INTEGRITY_HEADING = Rule(
    "integrity", r"廉|腐|党风|从严治党|以案|违纪|执纪|专责监督|纪检|警示教育|巡察|权力|作风建设", "推进从严治党"
)
WORK_WORDS = Rule("work", WORK, "培育市场主体")

# --- what to look at ----------------------------------------------------------------------------------------

MASKED = re.compile(
    rf"(?:{MASK}[年月](?:{MASK}[月日])?(?:{MASK}日)?|"
    rf"{MASK}(?:亿多?元|{UNIT}|[年月日号]|[^，。、；\s]{{0,2}}[省市县区镇乡村局])?)"
)


def _near(phrase: str) -> str:
    """Return the pattern of a phrase with one other character; the first one only where the whole stands in quotes."""
    inside = [f"{re.escape(phrase[:n])}[一-鿿]{re.escape(phrase[n + 1 :])}" for n in range(1, len(phrase))]
    return "|".join([rf"(?<=“)[一-鿿]{re.escape(phrase[1:])}(?=”)", *inside])


NEAR_MISS = Rule("slip", "|".join(_near(phrase) for phrase in STANDARD_PHRASES), "落实一岗双职")


def standard(words: str) -> str | None:
    """Return the standard phrase that words miss by one character, unless they are words of their own."""
    alike = (phrase for phrase in STANDARD_PHRASES if len(phrase) == len(words) and words not in RIGHT_AS_IT_IS)
    return next((p for p in alike if sum(a != b for a, b in zip(p, words, strict=True)) == 1), None)
