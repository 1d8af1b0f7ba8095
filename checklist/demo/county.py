"""清和县, which does not exist: the demo county's units, posts, people and deeds, as data."""

from __future__ import annotations

from typing import NamedTuple

from models import PostKind, Role, Side, UnitKind

C, G, T, D = UnitKind.COMMITTEE, UnitKind.GOVERNMENT, UnitKind.TOWN, UnitKind.DEPARTMENT

UNITS = (
    # code, name, as a speech calls it, kind, parent
    ("QH", "中共清和县委员会", "县委", C, None),
    ("QH-GOV", "清和县人民政府", "县政府", G, "QH"),
    ("QH-DH", "东河镇", "东河", T, "QH-GOV"),
    ("QH-XS", "西山镇", "西山", T, "QH-GOV"),
    ("QH-NZ", "南寨镇", "南寨", T, "QH-GOV"),
    ("QH-ZFB", "县政府办公室", "政府办", D, "QH-GOV"),
    ("QH-CZJ", "县财政局", "财政", D, "QH-GOV"),
    ("QH-SWJ", "县税务局", "税务", D, "QH-GOV"),
    ("QH-SJJ", "县审计局", "审计", D, "QH-GOV"),
    ("QH-ZJJ", "县住房和城乡建设局", "住建", D, "QH-GOV"),
    ("QH-JYJ", "县教育局", "教育", D, "QH-GOV"),
    ("QH-YBJ", "县医疗保障局", "医保", D, "QH-GOV"),
    ("QH-RSJ", "县人力资源和社会保障局", "人社", D, "QH-GOV"),
    ("QH-SPJ", "县行政审批服务局", "行政审批服务", D, "QH-GOV"),
    ("QH-SFJ", "县司法局", "司法", D, "QH-GOV"),
)

HEAD, MEMBER, STAFF = PostKind.PRINCIPAL, PostKind.MEMBER, PostKind.STAFF

POSTS = (
    # unit, post, kind, is secretary, login and name of who holds it
    ("QH", "县委书记", HEAD, True, "shuji", "梁志远"),
    ("QH", "县纪委书记", MEMBER, False, "jiwei", "贺永清"),
    ("QH-GOV", "党组书记、县长", HEAD, True, "xianzhang", "钱伟民"),
    ("QH-GOV", "常务副县长", MEMBER, False, "changwu", "孙立行"),
    ("QH-GOV", "副县长", MEMBER, False, "fenguan", "李明达"),
    ("QH-GOV", "副县长", MEMBER, False, "fuxian", "赵丽萍"),
    ("QH-DH", "镇长", HEAD, False, "dh-zhen", "吴秋生"),
    ("QH-DH", "党委书记", MEMBER, True, "dh-shuji", "周春来"),
    ("QH-DH", "副镇长", MEMBER, False, "dh-fu", "马晓燕"),
    ("QH-XS", "镇长", HEAD, False, "xs-zhen", "王建军"),
    ("QH-XS", "党委书记", MEMBER, True, "xs-shuji", "郑远山"),
    ("QH-XS", "副镇长", MEMBER, False, "xs-fu", "刘海涛"),
    ("QH-NZ", "镇长", HEAD, False, "nz-zhen", "冯国庆"),
    ("QH-NZ", "党委书记", MEMBER, True, "fenguan", "李明达"),
    ("QH-NZ", "副镇长", MEMBER, False, "nz-fu", "田桂芳"),
    ("QH-ZFB", "党组书记、主任", HEAD, True, "zhuren", "陈致和"),
    ("QH-ZFB", "副主任", MEMBER, False, "zfb-fu", "罗雪梅"),
    ("QH-ZFB", "督查室主任", STAFF, False, "jingban", "褚文静"),
    ("QH-CZJ", "党组书记、局长", HEAD, True, "caizheng", "卫国梁"),
    ("QH-CZJ", "副局长", MEMBER, False, "fuju", "蒋丽华"),
    ("QH-SWJ", "党委书记、局长", HEAD, True, "shuiwu", "沈东升"),
    ("QH-SWJ", "副局长", MEMBER, False, "shuiwu-fu", "韩秀英"),
    ("QH-SJJ", "党组书记、局长", HEAD, True, "zhuchi", "杨志刚"),
    ("QH-SJJ", "副局长", MEMBER, False, "shenji-fu", "朱敏"),
    ("QH-ZJJ", "党组书记、局长", HEAD, True, "zhujian", "秦建业"),
    ("QH-ZJJ", "副局长", MEMBER, False, "zhujian-fu", "尤志强"),
    ("QH-JYJ", "党组书记、局长", HEAD, True, "jiaoyu", "许文博"),
    ("QH-JYJ", "副局长", MEMBER, False, "jiaoyu-fu", "何玉兰"),
    ("QH-YBJ", "党组书记、局长", HEAD, True, "yibao", "吕国平"),
    ("QH-YBJ", "副局长", MEMBER, False, "yibao-fu", "施晓东"),
    ("QH-RSJ", "党组书记、局长", HEAD, True, "renshe", "张业成"),
    ("QH-RSJ", "副局长", MEMBER, False, "renshe-fu", "孔庆林"),
    ("QH-SPJ", "党组书记、局长", HEAD, True, "shenpi", "曹俊杰"),
    ("QH-SPJ", "副局长", MEMBER, False, "shenpi-fu", "严晓明"),
    ("QH-SFJ", "党组书记、局长", HEAD, True, "sifa", "华明"),
    ("QH-SFJ", "副局长", MEMBER, False, "sifa-fu", "金永福"),
)
ACTING = {"zhuchi"}

# Who has an account without a post, and who holds a role, where.
OTHERS = {
    "lianluo": "魏婷",
    "xianwei": "陶然",
    "shenji": "姜海波",
    "xitong": "戚勇",
    "anquan": "谢宏",
    "rizhi": "邹倩",
}
GRANTS = (
    ("jingban", Role.CLERK, "QH-GOV"),
    ("xianwei", Role.CLERK, "QH"),
    ("shenji", Role.AUDITOR, "QH"),
    ("xitong", Role.SYSTEM_ADMIN, "QH"),
    ("anquan", Role.SECURITY_ADMIN, "QH"),
    ("rizhi", Role.LOG_ADMIN, "QH"),
)
LIAISONS = {"caizheng": "lianluo"}
CHARGES = (
    # leader, and the units he is in charge of
    ("changwu", ("QH-CZJ", "QH-SWJ", "QH-SPJ")),
    ("fenguan", ("QH-ZJJ", "QH-SFJ")),
    ("fuxian", ("QH-JYJ", "QH-YBJ", "QH-RSJ")),
)


class Account(NamedTuple):
    """An account that visitors may try; only these have a password."""

    role: str
    login: str
    password: str


PASSWORD = "qinghe-demo"
ACCOUNTS = tuple(
    Account(role, login, PASSWORD)
    for login, role in (
        ("jingban", "经办人：起草清单"),
        ("zhuren", "县政府办公室主任：确认清单"),
        ("caizheng", "财政局一把手：报完成、签认，也审核副局长"),
        ("fuju", "财政局班子成员"),
        ("lianluo", "财政局联络员：代填，不签认"),
        ("zhujian", "住建局一把手：逾期很多"),
        ("sifa", "司法局一把手：重大决策按步骤逐件办理"),
        ("zhuchi", "审计局副局长，主持工作"),
        ("changwu", "常务副县长：审核分管部门"),
        ("fenguan", "副县长兼镇党委书记：两个岗位"),
        ("shuji", "县委书记：审核县长"),
        ("xianwei", "县委经办人：记录系统外的审核"),
        ("shenji", "审计员：查看、核验、导出日志"),
        ("xitong", "系统管理员"),
        ("anquan", "安全管理员"),
        ("rizhi", "审计管理员"),
    )
)

# --- what the clerks make of the proposals ------------------------------------------------------------------

MEMBERS = [
    f"{login}@{unit}"
    for unit, _, kind, is_secretary, login, _ in POSTS
    if kind is MEMBER and not is_secretary and unit != "QH"
]

DECISION = """县委书记要履行第一责任人责任，与班子成员逐一开展廉政谈话。
县纪委要加强对领导班子的监督，做深做实日常监督。
县委常委会要每半年听取一次党风廉政建设情况汇报。
"""
TEAM_DUTIES = """县委常委会要专题研究党风廉政建设和反腐败工作，听取班子成员履行“一岗双责”情况。
县委要向市委、市纪委报告落实主体责任情况。
"""
NOTICE = """关于开展节日期间纠治“四风”工作的通知
各镇、各部门要在节前开展一次廉政提醒谈话。财政局要严格审核公务接待支出。
要畅通监督举报渠道，对违规违纪问题发现一起、查处一起。
"""

# Who leads and who supports: units by code, sets by name ("!": except), posts by their holder ("@": in that unit).
# The first words that a duty has in it decide; the rest falls to the office.
OWNERS = (
    ("直达资金", "QH-CZJ", "QH-SJJ"),
    ("绩效考核", "QH-CZJ", ""),
    ("转移支付", "fuju", ""),
    ("一般性支出", "fuju", ""),
    ("截留", "QH-CZJ", ""),
    ("减税降费", "QH-CZJ QH-SWJ", ""),
    ("乱收费", "QH-SWJ", ""),
    ("对接会", "changwu", "QH-CZJ"),
    ("“五上”", "QH-SPJ", "QH-SWJ"),
    ("市场主体", "shenpi-fu", ""),
    ("工程项目", "QH-ZJJ", ""),
    ("招投标", "QH-ZJJ", ""),
    ("廉政谈话制度", "zhujian-fu", ""),
    ("公共资源", "QH-SPJ", ""),
    ("国有资产", "fuju", ""),
    ("网上可办率", "QH-SPJ", ""),
    ("审批时限", "QH-SPJ", "QH-ZJJ"),
    ("通报", "zfb-fu", ""),
    ("双随机", "shenpi-fu", ""),
    ("就业", "QH-RSJ", ""),
    ("养老金", "QH-RSJ", ""),
    ("教育局", "QH-JYJ", "QH-RSJ"),
    ("医保基金", "QH-YBJ", ""),
    ("棚户区", "zhujian-fu", ""),
    ("衔接资金", "towns", "QH-CZJ"),
    ("法治意识", "towns departments!QH-SFJ", "QH-SFJ"),
    ("重大决策", "QH-SFJ", ""),
    ("信访积案", "QH-SFJ", ""),
    ("审计局", "QH-SJJ", ""),
    ("各镇、各部门主要负责同志", "dh-shuji xs-shuji fenguan@QH-NZ departments", ""),
    ("其他班子成员", " ".join(MEMBERS), ""),
    ("率先垂范", "team", ""),
    ("逐一开展廉政谈话", "shuji", ""),
    ("日常监督", "jiwei", ""),
    ("县委常委会", "team", ""),
    ("提醒谈话", "towns departments", ""),
)
EVERYTHING_ELSE = ("QH-ZFB", "")

# An integrity duty, and the work that it guards, by their words.
GUARDS = (
    ("直达资金", "绩效考核"),
    ("截留", "绩效考核"),
    ("招投标", "工程项目"),
    ("廉政谈话制度", "工程项目"),
)
SIDES = {"双随机": Side.WORK, "招投标检查": Side.INTEGRITY, "专项检查": Side.INTEGRITY}
REWORDED = {
    "全年净增“五上”企业XX户": "全年净增“五上”企业12户",
    "新登记市场主体XXXX户": "全年新登记市场主体1800户",
    "每月通报一次办理情况": "每月通报一次“接诉即办”平台办理情况",
    "每半年开展一次专项检查": "每半年开展一次医保基金专项检查",
}
GOALS = {"“五上”": 12, "市场主体": 1800}  # what 待定 became; the rest still is
NO_DUTIES = ("盘子大了",)

# --- what people did ----------------------------------------------------------------------------------------

# Whose reports carry the number of a document, and how it begins.
LETTERS = {"caizheng": "清财", "shenpi": "清审批", "zfb-fu": "清政办通", "sifa": "清司"}
# What was reached, target by target.
REACHED = {"网上可办率": ("97.2", "63.5"), "审批时限": ("86", "48", "15"), "“五上”": ("7",)}

# Who reports in time: how many days ahead, who, on which duty of his, and what; one period after the other.
REPORTS = (
    (6, "zhuren", "接诉即办", "受理群众诉求 1284 件，按期办结 1261 件，其余 23 件已告知延期原因。"),
    (6, "zhuren", "智慧监督", "平台接入 9 个部门数据，向县纪委监委推送预警 17 条，已核处 15 条。"),
    (6, "zhuren", "人大", "代表建议 86 件、政协提案 73 件全部答复，满意和基本满意率 98%。"),
    (6, "zhuren", "法治意识", "机关集中学法 2 次，规范性文件由法律顾问逐件审核。"),
    (6, "zhuren", "第一责任人", "主持党组会研究廉政工作 1 次，与 6 名科室负责人谈话。"),
    (2, "zfb-fu", "通报", "受理 412 件，按期办结 405 件，点名通报 2 个超期单位。"),
    (2, "zfb-fu", "通报", "受理 438 件，按期办结 431 件，超期的 1 个镇已说明情况。"),
    (2, "zfb-fu", "通报", "受理 395 件，按期办结 390 件，重复投诉比上月减少 12 件。"),
    (2, "zfb-fu", "通报", "受理 451 件，按期办结 447 件，供水类诉求偏多，已转水务部门研判。"),
    (2, "zfb-fu", "通报", "受理 467 件，按期办结 459 件，对 3 件不满意件组织回访。"),
    (2, "zfb-fu", "通报", "受理 420 件，按期办结 418 件，未发现弄虚作假办结。"),
    (2, "zfb-fu", "通报", "受理 404 件，按期办结 402 件，两件跨部门事项已由县领导协调。"),
    (2, "zfb-fu", "一岗双责", "分管的文秘、信息两个科室开展廉政谈话 5 人次。"),
    (4, "caizheng", "直达资金", "直达资金 41 笔全部分配到位，已与 14 个预算单位核对，账实一致。"),
    (4, "caizheng", "截留", "对 22 个专项资金项目逐一核查，未发现截留、挪用。"),
    (4, "caizheng", "减税降费", "与税务部门联合上门宣讲 6 场，惠企资金兑付 2318 万元。"),
    (4, "caizheng", "法治意识", "聘请法律顾问 1 名，审核合同 37 份，当期无行政诉讼。"),
    (4, "caizheng", "第一责任人", "召开党组会 2 次专题研究，对采购、国库两个岗位实行轮岗。"),
    (8, "fuju", "转移支付", "赴市财政局对接 3 次，已下达专项债券资金 1.2 亿元。"),
    (8, "fuju", "一般性支出", "一般性支出同口径压减 5.1%，“三公经费”按月公开。"),
    (8, "fuju", "国有资产", "完成 31 家单位资产清查，登记闲置房产 12 处。"),
    (8, "fuju", "一岗双责", "与分管股室签订廉政承诺 4 份，抽查报销凭证 120 张。"),
    (5, "changwu", "对接会", "对接会到会企业 46 户，现场签约 11 户，金额 8600 万元。"),
    (5, "changwu", "对接会", "对接会改在园区召开，帮助 9 户企业申请设备更新补贴。"),
    (5, "changwu", "对接会", "对接会邀请 6 家银行到会，解决续贷难题 7 件。"),
    (5, "changwu", "一岗双责", "听取分管 3 个部门廉政情况汇报，约谈 1 名主要负责人。"),
    (5, "changwu", "率先垂范", "带头轻车简从，下乡 14 次，均在机关食堂就餐。"),
    (3, "fuxian", "一岗双责", "到教育、医保、人社三局督导廉政风险点，提出整改意见 8 条。"),
    (3, "fuxian", "率先垂范", "精简分管口会议 4 个，未发生超标准接待。"),
    (7, "xianzhang", "率先垂范", "主持政府党组廉政专题会 2 次，本人公务接待支出已公示。"),
    (5, "shuiwu", "减税降费", "办理减免 3127 户次，退税到账平均 3 个工作日。"),
    (5, "shuiwu", "乱收费", "检查行业协会、中介机构 18 家，清退违规收费 6.4 万元。"),
    (5, "shuiwu", "法治意识", "执法文书全部经法制审核，行政复议 1 件，已维持。"),
    (5, "shuiwu", "第一责任人", "党委会专题研究 1 次，对 4 个办税厅明察暗访。"),
    (1, "shuiwu-fu", "一岗双责", "对分管的稽查、征管人员逐人谈话，共 16 人。"),
    (6, "zhuchi", "审计局", "完成经济责任审计 5 项、民生资金审计 3 项，移送问题线索 2 条。"),
    (6, "zhuchi", "法治意识", "修订审计文书模板，法律顾问参与审理会 4 次。"),
    (6, "zhuchi", "第一责任人", "落实审计组廉政回访，走访被审计单位 8 家，无不良反映。"),
    (4, "shenji-fu", "一岗双责", "审计进点公示纪律 8 次，分管人员无违纪情况。"),
    (9, "jiaoyu", "教师", "义务教育投入只增不减，教师与公务员平均工资收入之比为 1.02。"),
    (9, "jiaoyu", "第一责任人", "盯住食堂、基建两个环节，约谈校长 7 名。"),
    (5, "jiaoyu-fu", "一岗双责", "抽查分管学校食堂账目 10 所，督促退还多收伙食费 3260 元。"),
    (7, "yibao", "基金使用监管", "核查定点机构 63 家，追回基金 48.6 万元，暂停协议 2 家。"),
    (7, "yibao", "专项检查", "抽查病历 1100 份，发现分解住院 9 例，已全部处理。"),
    (7, "yibao", "法治意识", "组织执法资格考试，11 人全部取得执法证件。"),
    (7, "yibao", "第一责任人", "向全局通报典型案例 3 起，基金拨付实行双人复核。"),
    (2, "yibao-fu", "一岗双责", "分管经办窗口推行岗位互查，纠正手续不全 5 笔。"),
    (3, "renshe", "就业", "核验培训班 26 期、学员 1043 人，剔除重复参训 19 人。"),
    (3, "renshe", "养老金", "比对死亡、服刑人员信息，停发 37 人，追回 11.3 万元。"),
    (3, "renshe", "法治意识", "劳动仲裁案件法定期限内结案率 100%，负责人出庭 1 次。"),
    (3, "renshe", "第一责任人", "对就业资金审批流程重新授权，主要负责人不再直接签批。"),
    (6, "renshe-fu", "一岗双责", "随机旁听培训班 5 期，未发现虚报课时。"),
    (8, "shenpi", "网上可办率", "两项比率均已达到，仍有 41 个事项需到场核验。"),
    (8, "shenpi", "审批时限", "三类项目平均用时均在时限以内，最长一件 88 个工作日。"),
    (8, "shenpi", "公共资源", "进场交易 57 宗，成交额 3.4 亿元，无场外交易。"),
    (8, "shenpi", "法治意识", "清理证明事项 21 项，审批决定文书抽查合格率 100%。"),
    (8, "shenpi", "第一责任人", "窗口廉政监督员增至 6 名，收到群众意见 2 条，均已答复。"),
    (5, "shenpi-fu", "双随机", "联合抽查企业 112 户，信用 A 级企业抽查频次减半。"),
    (5, "shenpi-fu", "一岗双责", "对踏勘、评审两类外出人员实行事后电话回访。"),
    (4, "sifa", "重大决策", "合法性审查 9 件，其中 1 件因风险评估不足暂缓上会。"),
    (4, "sifa", "信访积案", "化解信访积案 6 件，引导 14 件进入法律程序。"),
    (3, "sifa-fu", "一岗双责", "对法律援助补贴发放开展自查，退回多领补贴 2 笔。"),
    (5, "dh-shuji", "第一责任人", "镇党委专题研究 2 次，与 23 名村支书集体谈话。"),
    (1, "dh-zhen", "法治意识", "法律顾问审核合同 19 份，2 起行政诉讼均由本人出庭。"),
    (1, "dh-zhen", "衔接资金", "涉及 11 个村的 14 个项目已逐村公示，收到咨询 5 件。"),
    (2, "dh-fu", "一岗双责", "到分管的农经站查账 1 次，督促 3 个村补齐票据。"),
    (8, "xs-shuji", "第一责任人", "约谈村干部 4 名，通报违规操办喜庆事宜 1 起。"),
    (6, "xs-zhen", "衔接资金", "衔接资金 612 万元，支出进度 71%，公示情况已存档。"),
    (6, "xs-zhen", "法治意识", "聘用律师驻村 8 个，行政诉讼 1 件，本人出庭应诉。"),
    (4, "xs-fu", "一岗双责", "对危房改造名单入户核实 57 户，取消 1 户。"),
    (3, "nz-fu", "一岗双责", "核对惠农补贴“一卡通”发放 1306 户，更正信息 8 条。"),
    (6, "shuji", "县委常委会", "主持常委会听取汇报 1 次，对 4 个问题明确了整改时限。"),
    (5, "jiwei", "县委常委会", "向常委会通报查办案件情况，提出治理建议 3 条。"),
    (5, "jiwei", "日常监督", "对 12 个单位“一把手”开展述责述廉，发出监督建议 9 份。"),
)


class Deed(NamedTuple):
    """A deed out of the ordinary, on somebody's first duty that has these words."""

    days_ago: int
    what: str
    whose: str
    words: str
    text: str = ""


# The 责任清单 come once the first day to report on is past, wherever holidays moved it: how many days ago.
TIERS = 40

# A revision of the county committee's list: how many days ago, what leaves it, what is worded anew, and why.
REVISED = 30
LEFT_OUT = "日常监督"
REVISION = {"逐一开展廉政谈话": "逐一开展廉政谈话，谈话后一周内形成谈话记录"}
BECAUSE = "日常监督已列入县纪委的工作要点，不再重复列项；廉政谈话要留记录。"

# The steps of a case of somebody's duty are reported one by one; of the first case all are signed and approved.
FIRST_CASE, SECOND_CASE = "老旧小区改造实施方案", "城区停车收费标准调整"

DEEDS = (
    Deed(96, "open_case", "sifa", "重大决策", FIRST_CASE),
    Deed(92, "pass_step", "sifa", "重大决策", "公示方案 30 天，召开居民座谈会 3 场，收到意见 64 条。"),
    Deed(87, "pass_step", "sifa", "重大决策", "聘请规划、造价专家 5 名论证，采纳建议 7 条。"),
    Deed(83, "pass_step", "sifa", "重大决策", "社会稳定风险评估为低风险，报告已备案。"),
    Deed(80, "pass_step", "sifa", "重大决策", "合法性审查意见书已出具，补充了资金来源说明。"),
    Deed(75, "pass_step", "sifa", "重大决策", "县政府常务会议集体讨论通过，讨论记录存档。"),
    Deed(62, "sign", "caizheng", "存量资金", "已按要求清理。"),
    Deed(60, "send_back", "caizheng", "存量资金", "请写明清理了哪几笔、共多少资金。"),
    Deed(57, "sign_again", "caizheng", "存量资金", "清理存量、沉淀资金 3 笔，共 412 万元，已全部收回国库。"),
    Deed(54, "approve", "caizheng", "存量资金"),
    Deed(49, "sign", "shuji", "廉政谈话", "与 4 名班子成员逐一谈话，谈话记录存县纪委。"),
    Deed(47, "approve", "shuji", "廉政谈话"),
    Deed(41, "enter_late", "sifa", "第一责任人", "司法所长述责述廉 9 人，节点前已完成，当时在外培训，现补记。"),
    Deed(36, "sign", "shuji", "廉政谈话", "下半年已与 3 名班子成员谈话。"),
    Deed(33, "sign", "changwu", "吃拿卡要", "对税务、审批窗口暗访 2 次，约谈窗口负责人 3 名，收到的 1 条反映已查清。"),
    Deed(31, "approve", "changwu", "吃拿卡要"),
    Deed(29, "sign", "shuji", "报告落实主体责任", "书面报告已报市委、市纪委。"),
    Deed(28, "open_case", "sifa", "重大决策", SECOND_CASE),
    Deed(27, "approve", "shuji", "报告落实主体责任"),
    Deed(21, "pass_step", "sifa", "重大决策", "网上征求意见 15 天，收到意见 112 条，半数要求延长免费时段。"),
    Deed(16, "sign", "fuju", "一般性支出", "压减 6.3%，会议费、培训费下降最多。"),
    Deed(14, "take_step", "sifa", "重大决策", "组织交通、价格专家论证，建议分区定价。"),
    Deed(13, "sign", "shenpi", "“五上”", "上门服务三轮，净增 7 户，离目标还差 5 户，正在逐户推进。"),
    Deed(12, "sign", "zhuchi", "审计局", "新增经济责任审计 2 项，报告已征求意见。"),
    Deed(11, "withdraw", "zhuchi", "审计局", "有一项审计的移送情况要更正。"),
    Deed(9, "sign", "fuju", "转移支付", "已落实。"),
    Deed(8, "sign", "xianzhang", "率先垂范", "主持专题学习 1 次，到联系镇接访 3 次。"),
    Deed(7, "send_back", "fuju", "转移支付", "请写明争取到哪几项、资金多少。"),
    Deed(6, "sign", "shuiwu", "乱收费", "已按要求完成。"),
    Deed(6, "sign", "shuiwu", "第一责任人", "已按要求完成。"),
    Deed(5, "sign", "caizheng", "截留", "第二轮核查覆盖全部专项资金，纠正科目使用不规范 2 笔。"),
    Deed(4, "sign", "nz-fu", "一岗双责", "参加分管站所民主生活会 1 次，提醒谈话 2 人。"),
    Deed(3, "sign", "shuji", "廉政谈话", "与 4 名班子成员逐一谈话，谈话记录都在一周内整理存档。"),
    Deed(2, "prepare", "caizheng", "减税降费", "减免台账已汇总，请局长核对后签认。"),
    Deed(1, "tick", "caizheng", "直达资金", "本批直达资金 9 笔，正在与预算单位对账。"),
)
