"""How official Chinese says who owes what by when: the decomposer's rules, as data, each with an example.

A rule's pattern is searched in one clause or sentence; the first rule of a group that fits is taken. Repetitions
are bounded, so that no text takes long. The words that the patterns are built from stand in vocabulary.py.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from checklist.vocabulary import (
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
    WHOLE,
)


class Rule(NamedTuple):
    """What a pattern tells (`says`), and a text in which it is found."""

    says: str
    pattern: re.Pattern[str]
    example: str


def rule(says: str, pattern: str, example: str) -> Rule:
    return Rule(says, re.compile(pattern), example)


# --- the outline --------------------------------------------------------------------------------------------

# Marks that number a heading or a point, from the widest level to the narrowest.
MARKS = (
    rule("part", rf"^第[{NUMERALS}百]{{1,3}}(?:部分|章|节)", "第一部分　总体要求"),
    rule("article", rf"^第[{NUMERALS}百]{{1,4}}条", "第三条　县财政局负责预算管理。"),
    rule("section", rf"^[{NUMERALS}]{{1,3}}、", "一、提高思想认识"),
    rule("point", rf"^（[{NUMERALS}]{{1,3}}）、?", "（一）管好财政资金。"),
    rule("item", r"^[0-9]{1,3}[.．、](?![0-9])", "1. 压缩审批时限。"),
    rule("subitem", r"^(?:（[0-9]{1,2}）|[①-⑳]|[0-9]{1,2}）)", "（1）建立台账。"),
    rule("spoken", rf"^(?:第[{NUMERALS}]，|[{NUMERALS}](?:要|是(?:要)?))", "一要管好财政资金。"),
    rule("in turn", r"^(?:首先|其次|再次|最后)，", "首先，要管好财政资金。"),
)
WITH_A_COMMA = ("part", "section", "point")  # titles at these levels may have two halves
SAID_ALOUD = ("spoken", "in turn")  # and those at these may say 要: 一是排查要全覆盖。
SHORT_SAYING = re.compile(r"^[^，、]{2,8}要[^，、]{1,6}[。；]$")
FIRST_OF_SEVERAL = re.compile(r"^(?:一(?:要|是)|首先，)")

# Brackets may stand in brackets: 各乡（镇）.
_INSIDE = r"(?:[^（）\n]|（[^（）\n]{0,20}）)"
NESTED = rf"{_INSIDE}{{0,160}}"
OWNERS = "牵头|主办|主责|承办|负责|配合|协办|协助|责任|落实|完成时限|完成时间|分管|包抓|包联"
BRACKET = rule(
    "分工括注",
    rf"[（［【\[](?P<inside>(?={_INSIDE}{{0,160}}?(?:{OWNERS})){NESTED})[）］】\]]",
    "（牵头单位：县财政局；配合单位：各乡（镇））",
)
_OFFICE_NAME = rf"(?:县|市|区|各|有关|相关)[^（），。、]{{0,16}}{OFFICE}"
OFFICES_ONLY = rule(
    "分工括注", rf"（(?P<inside>{_OFFICE_NAME}(?:[、，]{_OFFICE_NAME}){{0,12}})）$", "（县工信局、县科技局）"
)
LABEL = rule(
    "责任行",
    r"(?P<kind>牵头|主办|主责|责任|落实|实施|承办|分管|包抓|包联|配合|协办|协助|协同|参与)(?:责任)?"
    r"(?P<whom>县?领导|单位|部门|人|科室|股室|主体)[:：]",
    "责任单位：县财政局",
)
TIME_LABEL = rule(
    "时限行",
    r"(?:(?:完成|办结|整改|工作)?(?:时限|时间|期限)|时间节点)(?:要求)?[:：](?P<when>[^；。）]{1,40})",
    "完成时限：6月底前",
)
# Who is said to lead in a sentence or clause of its own, behind what is to be done.
BY_WHOM = rule(
    "分工句",
    r"^由?[^，。；]{2,60}?(?:牵头|主办|配合|协助|参与)(?:负责|落实|实施|推进)?$|^由[^，。；由]{2,30}负责(?:落实|实施)?$",
    "由县住建局牵头负责",
)

# A sentence may also end before a spoken mark (一是……；二是……), or before a bracket that says whose it was.
SENTENCE_END = re.compile(
    rf"[。！？]+[”’」]?(?:{BRACKET.pattern.pattern}。?)?|；(?=[{NUMERALS}](?:是|要)|（[{NUMERALS}]）)|：(?=一(?:是|要)|（一）)|会议(?:要求|强调|明确|决定)[，：]".replace(
        "?P<inside>", "?:"
    )
)
CLAUSE_END = re.compile(r"[，；]|——|(?<!每月)(?<!每季)(?<!季度)(?<!半年)(?<!每年)、(?=每(?:个?月|季度?|半?年|周))")
# What stands in these ends no clause.
QUOTED = re.compile(r"“[^“”]{0,200}”|《[^《》]{0,100}》")
CLOSED_END = re.compile(rf"（{NESTED}）$")
CLOSED = re.compile(rf"{QUOTED.pattern}|（{NESTED}）|［[^［］]{{0,160}}］|【[^【】]{{0,160}}】|\[[^\[\]]{{0,160}}\]")

# --- what is no duty ----------------------------------------------------------------------------------------

# Under such a heading stands what was, or what guides.
EMPTY_HEADINGS = (
    rule("回顾", r"(?:去年|上年|过去|[0-9]{4}年|一年来).{0,8}(?:回顾|总结|情况|成效)|(?:回顾|总结)$", "2025年工作回顾"),
    rule("成绩", r"^(?:充分)?肯定成绩|(?:取得的?|主要)(?:成绩|成效)|基本情况|工作开展情况", "肯定成绩，正视问题"),
    rule("问题", r"(?:存在|面临|正视).{0,8}(?:问题|不足|短板|形势)|^(?:主要)?问题", "存在的主要问题"),
    rule("指导", r"(?:指导思想|总体(?:要求|思路)|(?:基本|工作|遵循)原则|背景|依据|适用范围)$", "一、指导思想"),
)
# A paragraph that opens so tells what was: none of its sentences is a duty until one turns to what is to come.
LOOKS_BACK = (
    rule(
        "回顾",
        r"^(?:过去|去年|上一?年|一年来|[一两二三四五几]年来|近年来|今年以来|(?:20)?[0-9X]{2,4}年(?:以来)?，(?!.{0,30}要)|回顾|"
        r"截至|[0-9]{1,2}月以来|年初以来|长期以来|一直以来|"
        r"(?:[一二三四]季度|上半年|前[一二三四五六七八九十]{1,2}个?(?:月|季度)|1(?:至|-|—)[0-9]{1,2}月)，(?:全县|全区|全镇|我县|地区))",
        "过去一年，我们完成了任务。",
    ),
    rule(
        "问题",
        r"^[^，]{0,14}，?(?:我们)?(?:也|还|更|又)?(?:要|应|应该|必须)?(?:清醒|深刻|充分)?地?(?:看到|认识到)|^但是?，?(?:也|我们)|^存在的",
        "与此同时，我们也要清醒地看到，还有不足。",
    ),
    rule("表扬", r"^(?:刚才|会上|会前)，?.{0,40}", "刚才，县财政局作了发言。"),
)
_TIME = r"(?:今年|下一步|下阶段|下半年|接下来|为此|对此|今后)"
TURNS_FORWARD = (
    rule("转折", rf"^{_TIME}，?(?:.{{0,12}}要|着力|重点)|^(?:下一步|下阶段|接下来)", "下一步，要抓好落实。"),
    rule(
        "要求",
        rf"^(?:我们|各[^，看到]{{1,20}}|[^，看到]{{2,16}}{OFFICE})?要(?!.{{0,8}}(?:看到|认识))",
        "各部门要抓好落实。",
    ),
)

_OUTCOME = "落到实处|落实到位|取得实效|见到实效|落地见效|圆满完成|抓紧抓好"
# A sentence of this kind is no duty wherever it stands.
NO_DUTY = (
    rule("称呼", r"[：:]$|^会议[要求强调明确决定]{2}，$", "各镇人民政府，县政府各部门："),
    rule(
        "致意",
        r"^(?:同志们|各位(?:代表|委员|来宾|同事|领导|同志|企业家)?[，：！]|谢谢|最后，?祝|祝|让我们)|献礼|(?:讲|强调|提)[^，]{0,6}(?:点|条|个|几)[^，]{0,8}(?:意见|要求|方面|问题|建议)|"
        r"(?:贡献|奋斗|前进)！",
        "同志们，会议开得很好。",
    ),
    rule(
        "会议",
        r"会议?.{0,30}(?:主要)?任务是|^(?:召开|今天).{0,30}会|主持召开.{0,30}会议，",
        "今天召开工作会，主要任务是安排工作。",
    ),
    rule("标题", r"关于.{2,60}的?(?:通知|意见|方案|函|报告|通报|决定|公告|讲话)$", "关于做好防汛工作的通知"),
    rule(
        "发文",
        r"印发给你们|(?:制定|提出).{0,4}(?:本|以下|如下).{0,8}(?:方案|意见|要点|计划|办法|通知|清单|措施|细则)|执行本(?:意见|方案|办法|规定)|^此件|经[^，]{2,16}(?:研究|同意|批准)，(?:决定|现)|(?:总体要求|总体思路|指导思想|(?:总|主要|工作)目标)是|^附件?[：:0-9]|^抄送|起(?:施行|实施)。?$|"
        r"〔20[0-9X]{2}〕[0-9X]{1,4}号。?$",
        "现将工作要点印发给你们，请认真执行。",
    ),
    rule("意义", r"^.{2,30}(?:之年|责任重大|任务艰巨|意义重大|使命光荣|永远在路上)[，。！]?", "今年是关键之年。"),
    rule("判断", r"^(?!.{0,60}(?:要|必须))[^，“]{2,24}是[^，]{2,40}。?$", "营商环境是一个地方的竞争力。"),
    rule(
        "总要求",
        r"^(?:(?!要)[^，]{2,24}要)?(?:坚持)?以.{3,60}为(?:指导|指引|统领|遵循|主线)，.{0,120}(?:围绕|新成效|新局面|新征程|建功|行动之中)",
        "全县要以新思想为指导，围绕中心工作，开创新局面。",
    ),
    rule(
        "号召",
        rf"^[^，]{{0,20}}(?:高度重视|提高认识|统一思想|提高站位)，[^0-9]{{0,40}}(?:{_OUTCOME})[。！]?$",
        "各单位要高度重视，确保任务落到实处。",
    ),
    rule(
        "认识",
        r"^[^0-9]{0,30}(?:深刻|充分)认识[^，0-9]{2,40}(?:意义|性)(?:。?$|，[^0-9]{0,30}(?:统一到|抓好落实|增强)[^，0-9]{0,30}。?$)",
        "各部门要充分认识整治的重要性，认真抓好落实。",
    ),
    rule("口号", r"^.{0,20}(?:之道|之路|新篇章)[。！]?$", "深化改革，力行简政之道。"),
    rule(
        "问题",
        r"(?:存在|还有|仍有|面临).{0,12}(?:问题|差距|不足|短板|困难)[，；。]|以上问题|(?:不到位|不够理想|不够强|不够高|有意见)[，；。]",
        "一些单位还存在落实不到位的问题。",
    ),
    rule("已成", r"^(?!.{0,200}(?:要|必须)).{0,200}[^为除罢]了(?![解如])|^(?:取得|荣获|获评)", "全年完成了五项改革。"),
)

# A clause of this kind is background: a row does not begin with it, and its figures are no targets.
TELLS_NOTHING = (
    rule("年份", r"^(?:今年|当前|目前|近期|同时|此外|另外|[0-9]{4}年)$|^.{0,12}(?:之年|之际)$", "今年"),
    rule(
        "目的",
        r"^(?:今年)?为(?:了)?(?:支持|落实|贯彻|进一步|切实|深入|全面|加强)[^，]{2,40}$",
        "为支持地方保就业、保民生",
    ),
)
BACKGROUND = (
    *TELLS_NOTHING,
    rule(
        "往年",
        r"^(?:近|过去|前)[0-9一二三四五六七八九十两]+年|^去年|累计(?!.{0,12}(?:不得|不超))|同比|年均增长",
        "近5年，全县民生支出增长",
    ),
    rule(
        "国家",
        r"^(?:今年|明年|当前|目前)?，?(?:为[^，]{2,20})?(?:国家|中央|国务院|省委|省政府)(?!.{0,4}(?:要求|部署))",
        "国家出台新的减税举措",
    ),
    rule("会议", r"^会议(?:原则)?(?:同意|通过|听取|审议)", "会议原则同意工作方案"),
    rule("预计", r"^预计|将(?:超过|达到)", "预计全年新增减税超过100亿元"),
    rule(
        "判断",
        r"^(?!要|必须)[^，“]{2,24}(?:首先)?是[^，]{2,24}(?:领域|环节|举措|政府|基础|关键|前提|保障|体现)$|^[^，]{2,12}首先要[^，]{2,12}$",
        "资金资源是腐败问题的易发领域",
    ),
    rule("规模", r"^(?:总体|整体)?规模(?!以上)|^(?:支出|投入|收入).{0,12}达到", "总体规模比较大"),
)

# --- what is a duty -----------------------------------------------------------------------------------------

_ALL = r"各(?:[镇乡县市区]{1,2}|街道|级|部门|单位|有关部门|相关部门)(?:（[^（）]{1,10}）)?"
_WHO = r"(?:[^，。；：要“”（）]|主要|（[^（）]{1,8}）|“一把手”){0,24}?"
ACTOR = rf"(?:{_WHO}(?:{OFFICE}|{_ALL})(?:（[^（）]{{1,10}}）)?|{_ALL})"
EVERY = r"每(?:个?月|季度?|半?年|周|人|名)"
# What asks: not the 要 of 主要、要求, nor the 应 of 应急.
WANTS = r"(?<![主重需首必扼纲摘只不概提简机紧险])要(?!求|素|点|害|么|闻|件|务|约)"
MUST = rf"(?:都|一定|必须|也|均)?(?:{WANTS}|务必|须(?!知)|应当|应(?!急|对|用|届|邀|有|诉)|必须|需(?![要求])|负责(?!人|同志))"
FORBIDS = r"(?<!令行)(?:坚决|一律|绝)?(?:严禁|禁止|不得(?!低于|少于|超过|高于)|不准|不允许|不许|杜绝|严防|禁止)"
# A clause that only says in which case, for what or by when: it waits for the next.
_DONE = "逐[一户个项村笔]|登记|公开|通报|曝光|落实|排查|进行|开展|实行|推行|推进|予以|给予|促|一律|建立|查处|问责|追究|约谈|检查|实现|做到"
CONDITION = rule(
    "前提",
    r"^(?:对(?![接标账])|针对|凡|遇|如(?![期实数何])|若|因(?![地势时])|围绕|按照|根据|依据|依托|结合|以(?![案身上下])|在|"
    rf"从(?![严快重紧细实优])|自(?![觉主查我愿行])|逢)(?!.{{0,60}}(?:{_DONE}|{MUST}))[^，]{{1,60}}$|的$|"
    rf"^(?:今年|全年|到?[^，]{{0,12}}(?:[0-9{NUMERALS}年月][底末前内]|之前|前|年底前|上半年|下半年))$|"
    r"^[^，]{2,16}(?:要|须|应)?(?:于|在)[^，]{2,16}前$",
    "对弄虚作假、敷衍塞责的",
)
LEAD_IN = (
    r"(?:(?:对|对照|按照|根据|围绕|针对|为|以|在|凡|聚焦|紧盯|依托|结合|通过|充分利用)[^，]{1,60}，|[^，]{0,10}(?:年|月|日|前|底|内|期间)，?|"
    r"(?:全年|今年|同时|另外|此外)，?|每[^，]{1,8}，?)"
)

_NO_WHO = "必|须|应(?!急)|一律|任何|不得|严禁|确保|力争|以|围绕|对|在|按|为|把|将|从|要|使|让|凡|不|与|并|向(?!阳)|由|经(?![开济发信])"
# Who is to do it, where 要 follows; and where it does not, so that the name has to be told from a verb with its object.
SUBJECT = rule(
    "主语",
    rf"(?:^|，)(?:尤其是|特别是)?(?!{_NO_WHO})(?P<who>{ACTOR})(?:(?<=[手志人员])，|(?<=手”)，)?(?:{MUST}|不得|不准)",
    "财政局要完善预算考核机制。",
)
_HAS_VERB = r"(?:审计|组织|宣传|督查|巡察|监督|建设|管理|保障)[^，的]{0,6}(?:局|部|院|室|中心|办|委|机构)"
DOER = rule(
    "主语",
    rf"(?:^|，)(?![^，]{{0,24}}(?:提前|并向|必须))(?:(?=(?:尤其是|特别是)?{_HAS_VERB})|(?!{_NO_WHO}|每|跨|{ASKS}))(?P<who>{_WHO}(?:{STRICT_OFFICE}|{_ALL}))(?!{_HAS_VERB}|建设|管理|服务|工作)(?:{EVERY}|于|年底|年内|[0-9]{{1,2}}月|按(?![照]?职责)|不得|不准|{ASKS})(?!关)",
    "县政府督查室每季度通报一次进展。",
)
BY = rule(
    "主语",
    rf"由(?P<who>{ACTOR}|[^，。；]{{2,10}}会议?)(?:共同|分别)?(?:牵头|负责|会同|审批|研究|审定|集体|根据|{ASKS})",
    "由县政府领导约谈其负责人",
)
ANSWERS = rule(
    "责任人", rf"(?:^|，)(?!{_NO_WHO})(?P<who>{ACTOR})(?:为|是)[^，]{{0,16}}责任人", "各镇主要负责人为第一责任人"
)
REQUEST = rule("点名要求", rf"^请(?P<who>{ACTOR})(?=于|将|把|按|在|结合|对|认真|{ASKS})", "请各镇于3月底前报送方案。")
NAMED_DEMAND = rule("点名要求", SUBJECT.pattern.pattern, "财政局要完善预算考核机制。")
FORBIDDEN = rule(
    "明令禁止", rf"(?:^|[，；])[^，“”]{{0,16}}?{FORBIDS}|^未经[^，]{{2,20}}，?不得", "严禁截留、挪用专项资金。"
)
INDICATOR = rule(
    "指标要求",
    rf"(?:[≥≤＞＜]|不得?低于|不得?少于|不得?超过|不得?高于|控制在|压缩至|降至|减至|达到|提高到|增长|下降|降低|提高|新增|净增|[率度例重]){QUANTITY}|"
    rf"不[得能]?超过[^，、0-9]{{1,8}}的{QUANTITY}|比[^，、0-9]{{0,6}}{RATIO}|"
    rf"{QUANTITY}(?:以上|以内|以下)|(?:{MORE}|{WHOLE})(?:[^，、0-9]{{0,16}}?){QUANTITY}",
    "审批时限压缩至8个工作日以内。",
)
# When all is done, with no object of its own: a day for the row before.
COMPLETES = rule(
    "办结",
    r"(?:[前底末内旬日]|期间)，?(?:要|须|必须|力争|确保|全面|全部|基本|统一|陆续|按期|按时)*"
    r"(?:完成|建成|见效|出台|竣工|投用|投产|通车|交付|清零|销号|印发|报送|上报|到位|结束|"
    r"(?!完成|报送|建立|开展|召开|制定|出台|启动|新建|实现|摸清|盘活)[^，]{2,4}(?:到位|完毕|完成|结束|执行|运行|运营|使用|清零|实施|见效)|达到全覆盖)"
    r"(?:任务|到位|整改|工作)?(?:$|；)",
    "8月底前全面完成",
)
IMPERATIVE = rule("祈使句", rf"(?:^|；)(?:{LEAD_IN}){{0,2}}{ASKS}", "严格落实中央八项规定精神。")
DEMANDS = (
    NAMED_DEMAND,
    REQUEST,
    rule("“要”字句", rf"(?:^|，)(?:[^，“”]{{0,16}}(?:{WANTS}|必须|务必|须(?!知)))", "要管好每一笔资金。"),
    rule("点名安排", rf"^(?!，){DOER.pattern.pattern}", "县政府督查室每季度通报一次进展。"),
    rule("点名安排", rf"(?:^|，|[的目]){BY.pattern.pattern}", "对推进不力的，由县政府领导约谈其负责人。"),
    FORBIDDEN,
)
DUTIES = (
    *DEMANDS,
    rule("分工括注", BRACKET.pattern.pattern, "推进审批改革（住建局牵头）。"),
    INDICATOR,
    rule(
        "把字句",
        r"^(?:把|将(?!于|会|达|超|在))[^，]{2,40}(?:纳入|作为|列入|列为|融入|贯穿|转化|落实|报)",
        "将整治工作纳入年度考核。",
    ),
    IMPERATIVE,
    rule("程序", r"(?:^|，)先[^，、]{1,8}、?后[^，、]{1,8}$", "概算调增的，先审计、后调整"),
    COMPLETES,
)

# How often, with no object of its own.
HOW_OFTEN = rule(
    "频次",
    r"^(?:每(?:日|天|周|旬|半?个?月|季度?|半?年)|全年|上半年[、和]下半年各)(?:至少|不少于|不低于)?[0-9一二两三四]{1,2}次(?:以上)?$",
    "每周不少于1次",
)
# A clause that only says how good the result has to be, when all is done, or who does it: part of the row before.
TAIL = (
    rule(
        "标准",
        r"^(?:使|让|最迟|最晚|以确保|确保|做到|实现|切实做到|从而|进而|以[^，]{2,20}(?:促|保|推)|避免|防止|其中|"
        r"(?:不断|进一步|切实)?(?:提高|提升|增强|促进|减轻|营造|形成|推动形成))",
        "做到账实相符",
    ),
    BY_WHOM,
    HOW_OFTEN,
)
# What turns from a period back to work that goes on.
RETURNS = rule(
    "另起",
    rf"^(?:并|还|同时|也)?(?:{WANTS}|对|把|将)|^(?![^，]{{0,24}}(?:率|必须)){ASKS}[^，]{{2,20}}{FIGURE}{COUNTER}",
    "对落实不力的单位进行约谈",
)
# A clause with a subject of its own: another owner.
OWN_SUBJECT = rule(
    "另一责任人", rf"^(?!要|尤其要|还要|也要|并|不){ACTOR}(?:{WANTS}|负责(?!人|同志))", "税务局要改进服务"
)
# Things that are counted one by one: another such object is another row.
SOME_FIGURE = re.compile(FIGURE)  # a quick look before the longer one
MAKES = rule("使成", rf"(?:{MORE}|{WHOLE}|{LESS})|^{ASKS}", "净增企业50户")
COUNTED = rule(
    "计数",
    rf"^(?=.{{2,60}}{FIGURE})(?!.{{0,40}}(?:每(?!个?[镇乡村])|其中|分别|不超过|由))"
    rf"(?:.{{0,20}}[^0-9]{{2,30}}{FIGURE}[余多]?{COUNTER}(?:以上)?$|"
    rf"[^0-9]{{0,20}}(?:{MORE}|{WHOLE})(?:{FIGURE}[至到])?{FIGURE}{COUNTER}[^0-9]{{2,30}}$)",
    "净增企业50户",
)
