"""How official Chinese says who owes what by when: the decomposer's rules, as data, each with an example.

A rule's pattern is searched in one clause or sentence; the first rule of a group that fits is taken. Repetitions
are bounded, so that no text takes long. The words that the patterns are built from stand in vocabulary.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from checklist.decompose.vocabulary import (
    ADVERB,
    ASKS,
    COUNTER,
    FIGURE,
    LESS,
    MORE,
    NUMERALS,
    OFFICE,
    QUANTITY,
    RATIO,
    STRICT_OFFICE,
    TIMES,
    WHOLE,
)


@dataclass(frozen=True)
class Rule:
    """A turn of phrase: what it `says`, its pattern (`words`), and a text in which it is found."""

    says: str
    words: str
    example: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.words)

    def search(self, text: str) -> re.Match[str] | None:
        return self.pattern.search(text)

    def match(self, text: str) -> re.Match[str] | None:
        return self.pattern.match(text)


def first(rules: Iterable[Rule], text: str) -> Rule | None:
    """Return the first rule that is found in a text."""
    return next((rule for rule in rules if rule.search(text)), None)


def first_match(rules: Iterable[Rule], text: str) -> re.Match[str] | None:
    """Return where the first rule that is found in a text is found."""
    return next((found for rule in rules if (found := rule.search(text))), None)


# --- the outline --------------------------------------------------------------------------------------------

# Marks that number a heading or a point, from the widest level to the narrowest.
MARKS = (
    Rule("part", rf"^第[{NUMERALS}百]{{1,3}}(?:部分|章|节)", "第一部分　总体要求"),
    Rule("article", rf"^第[{NUMERALS}百]{{1,4}}条", "第三条　县财政局负责预算管理。"),
    Rule("section", rf"^[{NUMERALS}]{{1,3}}、", "一、提高思想认识"),
    Rule("point", rf"^（[{NUMERALS}]{{1,3}}）、?", "（一）管好财政资金。"),
    Rule("item", r"^[0-9]{1,3}[.．、](?![0-9])", "1. 压缩审批时限。"),
    Rule("subitem", r"^(?:（[0-9]{1,2}）|[①-⑳]|[0-9]{1,2}）)", "（1）建立台账。"),
    Rule("spoken", rf"^(?:第[{NUMERALS}]，|[{NUMERALS}](?:要|是要?))", "一要管好财政资金。"),
    Rule("in turn", r"^(?:首先|其次|再次|最后)，", "首先，要管好财政资金。"),
)
WITH_A_COMMA = ("part", "section", "point")  # titles at these levels may have two halves
SAID_ALOUD = ("spoken", "in turn")  # and those at these may say 要: 一是排查要全覆盖。
SHORT_SAYING = re.compile(r"^[^，、]{2,8}要[^，、]{1,6}[。；]$")
# 三是建章立制，把权力关进笼子。 is a title where what it means follows; 三要…… asks for it.
TWO_HALVES = Rule("标题", rf"^[{NUMERALS}]是(?!要)[^，、0-9]{{2,10}}，[^，、0-9]{{2,16}}。$", "三是立规，管住权力。")
# A point may open with whose it is: （三）党员干部要筑牢思想防线。
SHORT_DEMAND = Rule("标题", r"^[^，、。0-9]{2,14}要[^，、。0-9]{3,12}。$", "党员干部要筑牢思想防线。")
FIRST_OF_SEVERAL = re.compile(r"^(?:一(?:要|是)|首先，)")

# Brackets may stand in brackets: 各乡（镇）.
_INSIDE = r"(?:[^（）\n]|（[^（）\n]{0,20}）)"
NESTED = rf"{_INSIDE}{{0,160}}"
_ROLES = "牵头|主办|主责|承办|责任|落实|分管|包抓|包联|配合|协办|协助"
_OF_OWNERS = rf"(?={_INSIDE}{{0,160}}?(?:{_ROLES}|负责|完成时限|完成时间))"
BRACKET = Rule("分工括注", rf"[（［【\[](?P<inside>{_OF_OWNERS}{NESTED})[）］】\]]", "（县财政局牵头；县审计局配合）")
_OFFICE_NAME = rf"(?:县|市|区|各|有关|相关)[^（），。、]{{0,16}}{OFFICE}"
OFFICES_ONLY = Rule("分工括注", rf"（(?P<inside>{_OFFICE_NAME}(?:[、，]{_OFFICE_NAME}){{0,12}})）$", "（县工信局）")
_WHOM = "县?领导|单位|部门|人|科室|股室|主体"
LABEL = Rule("责任行", rf"(?P<kind>{_ROLES}|实施|协同|参与)(?:责任)?(?P<whom>{_WHOM})[:：]", "责任单位：县财政局")
_TIME = "(?:完成|办结|整改|工作)?(?:时限|时间|期限)|时间节点"
TIME_LABEL = Rule("时限行", rf"(?:{_TIME})(?:要求)?[:：](?P<when>[^；。）]{{1,40}})", "完成时限：6月底前")
# Who is said to lead in a sentence or clause of its own, behind what is to be done.
BY_WHOM = Rule(
    "分工句",
    r"^由?[^，。；]{2,60}?(?:牵头|主办|配合|协助|参与)(?:负责|落实|实施|推进)?$|"
    r"^由[^，。；由]{2,30}负责(?:落实|实施)?$",
    "由县住建局牵头负责",
)

# A sentence may also end before a spoken mark (一是……；二是……), or before a bracket that says whose it was.
SENTENCE_END = re.compile(
    rf"[。！？]+[”’」]?(?:{BRACKET.words}。?)?|"
    rf"；(?=[{NUMERALS}](?:是|要)|（[{NUMERALS}]）)|：(?=一(?:是|要)|（一）)|"
    rf"会议(?:要求|强调|明确|决定|议定)[，：]".replace("?P<inside>", "?:")
)
CLAUSE_END = re.compile(
    r"[，；]|——|(?<!每月)(?<!每季)(?<!季度)(?<!半年)(?<!每年)、(?=每(?:个?月|季度?|半?年|周))|"
    r"(?<![前底末初日年月度])、(?=(?:[0-9]{1,2}月[^，、；。]{0,4}[底前]|年底前|第[一二三四]季度)[^、，；。]{2,})"
)
# What stands in these ends no clause.
QUOTED = re.compile(r"“[^“”]{0,200}”|《[^《》]{0,100}》")
CLOSED_END = re.compile(rf"（{NESTED}）$")
CLOSED = re.compile(rf"{QUOTED.pattern}|（{NESTED}）|［[^［］]{{0,160}}］|【[^【】]{{0,160}}】|\[[^\[\]]{{0,160}}\]")

# --- what is a duty -----------------------------------------------------------------------------------------

_ALL = r"各(?:[镇乡县市区]{1,2}|街道|级|部门|单位|有关部门|相关部门)(?:（[^（）]{1,10}）)?"
_WHO = r"(?:[^，。；：要“”（）]|主要|（[^（）]{1,8}）|“一把手”){0,24}?"
ACTOR = rf"(?:{_WHO}(?:{OFFICE}|{_ALL})(?:（[^（）]{{1,10}}）)?|{_ALL})"
_PERIOD = "每(?:半?个?月|季度?|半?年|[周旬日天])"
EVERY = rf"(?:{_PERIOD}|每[人名])"
_MAY_NOT = "不得(?!低于|少于|超过|高于)"
# What asks: not the 要 of 主要、要求, nor the 应 of 应急.
WANTS = r"(?<![主重需首必扼纲摘只不概提简机紧险])要(?!求|素|点|害|么|闻|件|务|约)"
MUST = (
    rf"(?:都|一定|必须|也|均)?(?:{WANTS}|务必|须(?!知)|应当|应(?!急|对|用|届|邀|有|诉)|必须|"
    rf"需(?![要求])|负责(?!人|同志))"
)
FORBIDS = rf"(?<!令行)(?:坚决|一律|绝)?(?:严禁|禁止|{_MAY_NOT}|不准|不允许|不许|杜绝|严防)"
# A clause that only says in which case, for what or by when: it waits for the next.
_DONE = (
    "逐[一户个项村笔人件]|建档|登记|公开|通报|曝光|落实|排查|进行|开展|实行|推行|推进|予以|给予|促|"
    "一律|建立|查处|问责|追究|约谈|检查|实现|做到"
)
CONDITION = Rule(
    "前提",
    r"^(?:对(?![接标账])|针对|凡|遇|如(?![期实数何])|若|因(?![地势时])|围绕|按照|根据|依据|依托|结合|以(?![案身上下])|在|"
    rf"从(?![严快重紧细实优业事])|自(?![觉主查我愿行])|逢)(?!.{{0,60}}(?:{_DONE}|{MUST}))[^，]{{1,60}}$|的$|"
    rf"^(?:今年|全年|到?[^，]{{0,12}}(?:[0-9{NUMERALS}年月][底末前内]|之前|前|年底前|上半年|下半年))$|"
    r"^[^，]{2,16}(?:要|须|应)?(?:于|在)[^，]{2,16}前$",
    "对弄虚作假、敷衍塞责的",
)
LEAD_IN = (
    r"(?:(?:对|对照|按照|根据|围绕|针对|为|以|在|凡|聚焦|紧盯|依托|结合|通过|充分利用)[^，]{1,60}，|[^，]{0,10}(?:年|月|日|前|底|内|期间)，?|"
    r"(?:全年|今年|同时|另外|此外)，?|每[^，]{1,8}，?|一经(?:查实|发现|核实)，?|结合实际|对照[^，]{2,8}?|按照?[^，]{2,20}?(?:标准|要求|比例|程序))"
)

_NO_WHO = (
    "必|须|应(?!急)|一律|任何|不得|严禁|确保|力争|以|围绕|对|在|按|为|把|将|从|要|使|让|凡|不|与|并|"
    "向(?!阳)|由|经(?![开济发信])"
)
# Who is to do it, where 要 follows; and where it does not, so that the name has to be told from a verb with its object.
SUBJECT = Rule(
    "主语",
    rf"(?:^|，)(?:尤其是|特别是)?(?!{_NO_WHO})(?P<who>{ACTOR})(?:(?<=[手志人员])，|(?<=手”)，|"
    rf"作为[^，]{{2,12}}，)?(?:{MUST}|不得|不准)",
    "财政局要完善预算考核机制。",
)
_HAS_VERB = r"(?:审计|组织|宣传|督查|巡察|监督|建设|管理|保障)[^，的]{0,6}(?:局|部|院|室|中心|办|委|机构)"
DOER = Rule(
    "主语",
    rf"(?:^|，)(?![^，]{{0,24}}(?:提前|并向|必须))(?:(?=(?:尤其是|特别是)?{_HAS_VERB})|"
    rf"(?!{_NO_WHO}|每|跨|{ASKS}))(?P<who>{_WHO}(?:{STRICT_OFFICE}|{_ALL})|"
    rf"[^，。；：要“”]{{1,10}}?{OFFICE}(?={EVERY}))(?!{_HAS_VERB}|建设|管理|服务|工作)(?:{EVERY}|于|"
    rf"年底|年内|[0-9]{{4}}年|[0-9]{{1,2}}月|按(?![照]?职责)|结合实际|"
    rf"对[^，]{{2,30}}?(?:进行|予以|(?<!的){ASKS})|不得|不准|{ASKS})(?!关)",
    "县政府督查室每季度通报一次进展。",
)
BY = Rule(
    "主语",
    rf"由(?P<who>{ACTOR}|[^，。；]{{2,10}}会议?)(?:共同|分别)?(?:牵头|负责|会同|审批|研究|审定|集体|根据|{ASKS})",
    "由县政府领导约谈其负责人",
)
ANSWERS = Rule("责任人", rf"(?:^|，)(?!{_NO_WHO})(?P<who>{ACTOR})(?:为|是)[^，]{{0,16}}责任人", "各镇书记为第一责任人")
REQUEST = Rule(
    "点名要求",
    rf"^(?:会议责成|责成|请)(?P<who>{ACTOR})(?=于|将|把|按|在|结合|对|(?:{ADVERB})?向|认真|{ASKS})",
    "请各镇于3月底前报送方案。",
)
FORBIDDEN = Rule("明令禁止", rf"(?:^|[，；])[^，“”]{{0,16}}?{FORBIDS}|^未经[^，]{{2,20}}，?不得", "严禁截留专项资金。")
# Who may not do a thing is not whom the next demand, behind a semicolon, is made of.
FORBIDDEN_TO = Rule("明令禁止", rf"^(?!任何){ACTOR}(?:不得|不准)", "干部不得插手工程建设")
INDICATOR = Rule(
    "指标要求",
    rf"(?:[≥≤＞＜]|不得?低于|不得?少于|不得?超过|不得?高于|控制在|压缩至|降至|减至|达到|提高到|增长|"
    rf"下降|降低|提高|新增|净增|[率度例重]){QUANTITY}|"
    rf"不[得能]?超过[^，、0-9]{{1,8}}的{QUANTITY}|{TIMES}|比[^，、0-9]{{0,6}}{RATIO}|"
    rf"{QUANTITY}(?:以上|以内|以下)|(?:{MORE}|{WHOLE})(?:[^，、0-9]{{0,16}}?){QUANTITY}",
    "审批时限压缩至8个工作日以内。",
)
# When all is done, with no object of its own: a day for the row before.
COMPLETES = Rule(
    "办结",
    r"(?:[前底末内旬日]|[0-9]{4}年|期间)，?(?:要|须|必须|力争|确保|全面|全部|基本|统一|陆续|按期|按时)*"
    r"(?:完成|建成|见效|出台|竣工|投用|投产|通车|交付|清零|销号|印发|报送|上报|到位|结束|"
    r"(?!完成|报送|建立|开展|召开|制定|出台|启动|新建|实现|摸清|盘活)[^，]{2,4}(?:到位|完毕|完成|结束|执行|运行|运营|使用|清零|实施|见效)|(?:完成|建成)(?:主体|土建|基础|前期)(?:工程|工作|施工|建设)?|达到全覆盖)"
    r"(?:任务|到位|整改|工作)?(?:$|；)",
    "8月底前全面完成",
)
IMPERATIVE = Rule("祈使句", rf"(?:^|；)(?:{LEAD_IN}){{0,2}}{ASKS}", "严格落实中央八项规定精神。")
DEMANDS = (
    replace(SUBJECT, says="点名要求"),
    REQUEST,
    Rule("“要”字句", rf"(?:^|，)(?:[^，“”]{{0,16}}(?:{WANTS}|必须|务必|须(?!知)))", "要管好每一笔资金。"),
    Rule("点名安排", rf"^(?!，){DOER.words}", "县政府督查室每季度通报一次进展。"),
    Rule("点名安排", rf"(?:^|，|[的目]){BY.words}", "对推进不力的，由县政府领导约谈其负责人。"),
    FORBIDDEN,
)
_INTO = "(?:纳入|作为|列入|列为|融入|贯穿|转化|落实|报)"
DUTIES = (
    *DEMANDS,
    BRACKET,
    INDICATOR,
    Rule("把字句", rf"^(?:把|将(?!于|会|达|超|在))[^，]{{2,40}}{_INTO}", "将整治工作纳入年度考核。"),
    IMPERATIVE,
    Rule("机构", r"^[^，]{0,12}办公室设在", "领导小组办公室设在县民政局"),
    Rule("程序", r"(?:^|，)先[^，、]{1,8}、?后[^，、]{1,8}$", "概算调增的，先审计、后调整"),
    COMPLETES,
)

_SETTLED_WITHIN = "[^，]{1,10}内(?:完成|办结|[^，]{2,4}到位)$"
_AT_LEAST = "(?:至少|不少于|不低于)?"
# A clause that only says how good the result has to be, when all is done, or who does it: part of the row before.
TAIL = (
    Rule("标准", r"^(?:使|让|最迟|最晚|以?确保|(?:切实)?做到|实现|从而|进而|避免|防止|其中)", "做到账实相符"),
    Rule("标准", r"^以[^，]{2,20}(?:促|保|推)", "以监督促落实"),
    Rule("标准", r"^(?:不断|进一步|切实)?(?:提高|提升|增强|促进|减轻|营造|(?:推动)?形成)", "不断提升服务水平"),
    Rule(
        "例外", r"^(?:一时|暂时|确实)?(?:难以|不能|不合格|未(?!来)|无法|逾期)[^，、]{0,10}?(?:的(?!是)|不得)", "逾期的"
    ),
    Rule("限期", rf"^(?:自[^，]{{2,12}}之日起|[^，]{{2,4}}期满){_SETTLED_WITHIN}", "自受理之日起3个工作日内办结"),
    BY_WHOM,
    # How often, with no object of its own.
    Rule("频次", rf"^(?:{_PERIOD}|全年|上半年[、和]下半年各){_AT_LEAST}[0-9一二两三四]{{1,2}}次(?:以上)?$", "每周1次"),
)
# Whoever forms a group, or begins a campaign, for one sweep has one thing to do.
MEANS = Rule(
    "手段",
    r"(?:(?:组成|组建|抽调|成立)[^，；]{0,14}(?:组|专班|队)|开展[^，；]{2,12}(?:行动|检查|整治))，$",
    "县人社局要牵头组成三个督查组，",
)
SWEEP = Rule("一遍", r"对[^，；]{2,30}(?:检查|排查|核查|走访|清理)一(?:遍|轮|次)$", "4月底前对全县在建工地检查一遍")
# By when a step is done; where the sentence has named the step before, it is no duty of its own.
LIMITED_STEP = Rule(
    "步骤时限",
    rf"^(?P<step>[^，、0-9{NUMERALS}]{{2,8}})[0-9{NUMERALS}]{{1,3}}个?(?:工作日|日|天|小时|月)内",
    "论证10日内",
)
# What turns from a period back to work that goes on.
RETURNS = Rule(
    "另起",
    rf"^(?:并|还|同时|也)?(?:{WANTS}|对|把|将)|^(?![^，]{{0,24}}(?:率|必须)){ASKS}[^，]{{2,20}}{FIGURE}{COUNTER}",
    "对落实不力的单位进行约谈",
)
# A clause with a subject of its own: another owner.
OWN_SUBJECT = Rule(
    "另一责任人",
    rf"^(?!(?:尤其|还|也)?要|并|不|任何){ACTOR}(?:{WANTS}|负责(?!人|同志)|{_MAY_NOT}|不准)",
    "税务局要改进服务",
)
# Things that are counted one by one: another such object is another row.
SOME_FIGURE = re.compile(FIGURE)  # a quick look before the longer one
MAKES = Rule("使成", rf"(?:{MORE}|{WHOLE}|{LESS})|^{ASKS}", "净增企业50户")
COUNTED = Rule(
    "计数",
    rf"^(?=.{{2,60}}{FIGURE})(?!.{{0,40}}(?:每(?!个?[镇乡村])|其中|分别|不超过|由))"
    rf"(?:.{{0,20}}[^0-9]{{2,30}}{FIGURE}[余多]?{COUNTER}(?:以上)?$|"
    rf"[^0-9]{{0,20}}(?:{MORE}|{WHOLE})(?:{FIGURE}[至到])?{FIGURE}{COUNTER}[^0-9]{{2,30}}$|"
    rf"(?:{WHOLE})[^0-9]{{2,20}}{FIGURE}[万亿]元(?:以上)?$)",
    "净增企业50户",
)
