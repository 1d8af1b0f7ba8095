"""清和县, which does not exist: the demo county's units, posts and people, as data."""

from __future__ import annotations

from typing import NamedTuple

from models import PostKind, Role, UnitKind

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
    ("QH", "县纪委书记", MEMBER, False, "jing", "荆守正"),
    ("QH-GOV", "县政府党组书记、县长", HEAD, True, "xianzhang", "钱望远"),
    ("QH-GOV", "常务副县长", MEMBER, False, "changwu", "孙立行"),
    ("QH-GOV", "副县长", MEMBER, False, "fenguan", "李明达"),
    ("QH-DH", "镇党委书记", HEAD, True, "dh-shuji", "周春生"),
    ("QH-DH", "镇长", MEMBER, False, "dh-zhen", "吴秋实"),
    ("QH-XS", "镇党委书记", HEAD, True, "xs-shuji", "郑远山"),
    ("QH-XS", "镇长", MEMBER, False, "xs-zhen", "王小溪"),
    ("QH-NZ", "镇党委书记", HEAD, True, "fenguan", "李明达"),
    ("QH-NZ", "镇长", MEMBER, False, "nz-zhen", "冯大田"),
    ("QH-ZFB", "党组书记、主任", HEAD, True, "zhuren", "陈致和"),
    ("QH-ZFB", "督查室主任", STAFF, False, "jingban", "褚文静"),
    ("QH-CZJ", "党组书记、局长", HEAD, True, "caizheng", "卫国梁"),
    ("QH-CZJ", "副局长", MEMBER, False, "fuju", "蒋细心"),
    ("QH-SWJ", "党委书记、局长", HEAD, True, "shuiwu", "沈致远"),
    ("QH-SWJ", "副局长", MEMBER, False, "shuiwu-fu", "韩秀英"),
    ("QH-SJJ", "党组书记、局长", HEAD, True, "zhuchi", "杨清源"),
    ("QH-SJJ", "副局长", MEMBER, False, "shenji-fu", "朱谨言"),
    ("QH-ZJJ", "党组书记、局长", HEAD, True, "zhujian", "秦广厦"),
    ("QH-ZJJ", "副局长", MEMBER, False, "zhujian-fu", "尤建民"),
    ("QH-JYJ", "党组书记、局长", HEAD, True, "jiaoyu", "许树人"),
    ("QH-JYJ", "副局长", MEMBER, False, "jiaoyu-fu", "何佳音"),
    ("QH-YBJ", "党组书记、局长", HEAD, True, "yibao", "吕安康"),
    ("QH-YBJ", "副局长", MEMBER, False, "yibao-fu", "施仁"),
    ("QH-RSJ", "党组书记、局长", HEAD, True, "renshe", "张业成"),
    ("QH-RSJ", "副局长", MEMBER, False, "renshe-fu", "孔德才"),
    ("QH-SPJ", "党组书记、局长", HEAD, True, "shenpi", "曹捷"),
    ("QH-SPJ", "副局长", MEMBER, False, "shenpi-fu", "严实"),
    ("QH-SFJ", "党组书记、局长", HEAD, True, "sifa", "华明法"),
    ("QH-SFJ", "副局长", MEMBER, False, "sifa-fu", "金公允"),
)
ACTING = {"zhuchi"}
PUNCTUAL = ("zhuren", "shenpi", "shuiwu", "zhuchi", "jiaoyu", "yibao", "renshe", "sifa", "changwu", "xs-shuji", "fuju")

# Who has an account without a post, and who holds a role, where.
OTHERS = {
    "lianluo": "魏连心",
    "xianwei": "陶书明",
    "shenji": "姜审之",
    "xitong": "戚维",
    "anquan": "谢严",
    "rizhi": "邹录",
}
GRANTS = (
    ("jingban", Role.CLERK, "QH-GOV"),
    ("xianwei", Role.CLERK, "QH"),
    ("shenji", Role.AUDITOR, "QH"),
    ("xitong", Role.SYSTEM_ADMIN, "QH"),
    ("anquan", Role.SECURITY_ADMIN, "QH"),
    ("rizhi", Role.LOG_ADMIN, "QH"),
)
LIAISONS = (("lianluo", "caizheng"),)
CHARGES = (
    # leader, and the units he is in charge of
    ("changwu", ("QH-CZJ", "QH-SWJ", "QH-SJJ", "QH-SPJ")),
    ("fenguan", ("QH-ZJJ", "QH-JYJ", "QH-YBJ", "QH-RSJ")),
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
        ("zhuchi", "审计局副局长，主持工作"),
        ("changwu", "常务副县长：审核分管部门"),
        ("fenguan", "副县长兼镇党委书记：两个岗位"),
        ("xianzhang", "县长：县政府党组书记"),
        ("xianwei", "县委经办人：记录系统外的审核"),
        ("shenji", "审计员：查看、核验、导出日志"),
        ("xitong", "系统管理员"),
        ("anquan", "安全管理员"),
        ("rizhi", "审计管理员"),
    )
)

# Who leads what: the first words found in a duty decide. The rest falls to the office.
OWNERS = (
    ("各部门要把直达资金", [("unit", "QH-CZJ", "lead"), ("unit", "QH-SJJ", "support")]),
    ("财政、税务", [("unit", "QH-CZJ", "lead"), ("unit", "QH-SWJ", "lead")]),
    ("紧日子", [("unit", "QH-CZJ", "lead")]),
    ("一般性支出", [("post", "fuju", "lead")]),
    ("截留", [("unit", "QH-CZJ", "lead")]),
    ("财政局", [("unit", "QH-CZJ", "lead")]),
    ("对接会", [("unit", "QH-CZJ", "lead"), ("unit", "QH-SWJ", "support")]),
    ("设备更新", [("unit", "QH-CZJ", "lead")]),
    ("企业", [("unit", "QH-SPJ", "lead"), ("unit", "QH-SWJ", "support")]),
    ("市场主体", [("unit", "QH-SPJ", "lead")]),
    ("收费", [("unit", "QH-SWJ", "lead")]),
    ("工程", [("unit", "QH-ZJJ", "lead")]),
    ("招标", [("unit", "QH-ZJJ", "lead")]),
    ("公共资源", [("unit", "QH-ZJJ", "lead")]),
    ("网办率", [("unit", "QH-SPJ", "lead")]),
    ("就业", [("unit", "QH-RSJ", "lead")]),
    ("教育", [("unit", "QH-JYJ", "lead")]),
    ("医保", [("unit", "QH-YBJ", "lead")]),
    ("专项检查", [("unit", "QH-YBJ", "lead")]),
    ("住房", [("unit", "QH-ZJJ", "lead")]),
    ("各镇、各部门", [("set", "towns", "lead"), ("set", "departments", "lead")]),
    ("决策程序", [("unit", "QH-SFJ", "lead")]),
    ("审计局", [("unit", "QH-SJJ", "lead")]),
    ("班子成员", [("set", "team", "lead")]),
)
EVERYTHING_ELSE = [("unit", "QH-ZFB", "lead")]
EXCEPTED = {"departments": ["QH-SJJ"]}

# An integrity duty, and the work that it guards, by their words.
GUARDS = (
    ("截留", "财政局要健全"),
    ("直达资金", "财政局要健全"),
    ("围标", "工程项目"),
    ("谈话", "工程项目"),
)
