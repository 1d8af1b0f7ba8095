"""What no duty may demand: the burdens that 指尖上的形式主义 is made of, as data, each rule with examples. Pure.

Each names the rule that it is drawn from; docs/formalism.md says what stands there, and what only we say. To forbid such
a thing is not to demand it: 严禁拍照打卡式调研 passes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

OPINION = "《关于防治“指尖上的形式主义”的若干意见》（中央网络安全和信息化委员会，2023 年）"
REGULATION = "《整治形式主义为基层减负若干规定》（中共中央办公厅、国务院办公厅，2024 年）"
MEASURES = "《政务移动互联网应用程序规范化管理办法》（国办函〔2026〕12 号）"
OURS = "本系统不排名、不打分的规则"


class Burden(NamedTuple):
    """One kind of demand: `says` names it, `rule` whence, `instead` what to write; what `spared` fits is something else."""

    says: str
    rule: str
    pattern: re.Pattern[str]
    spared: re.Pattern[str]
    instead: str
    example: str
    harmless: str


def _burden(says: str, rule: str, pattern: str, spared: str, instead: str, example: str, harmless: str) -> Burden:
    return Burden(says, rule, re.compile(pattern), re.compile(spared or r"(?!)"), instead, example, harmless)


_POINTS_OF_OTHERS = r"落户|入学|入户|超市|兑换|村民|居民|农户|学生|评标|评审|驾|信用"
_CLAUSE = r"[^，。；！\n]"
BURDENS = (
    _burden(
        "打卡签到",
        OPINION,
        r"打卡|扫码签到",
        r"打卡(?:地|点|胜地|景点)|网红",
        "改为写明要办成的事",
        "包村干部每周到村打卡两次",
        "打造一批文旅网红打卡地",
    ),
    _burden(
        "排名排行",
        OURS,
        r"排名|排行|末位(?:淘汰|表态)",
        rf"(?:力争|争取|提升|提高|进入|保持|稳定|前移|进位|靠前|位居|上升){_CLAUSE}{{0,20}}|(?:排名|排位){_CLAUSE}{{0,6}}(?:前|第)",
        "改为直接督办没有完成的单位",
        "按月对各镇完成情况排名通报",
        "力争营商环境评价全省排名前二十",
    ),
    _burden(
        "积分",
        OPINION,
        r"积分",
        _POINTS_OF_OTHERS,
        "改为写明完成的标准",
        "对各单位落实情况实行积分管理",
        "推广村民积分超市",
    ),
    _burden(
        "打分扣分",
        OURS,
        r"赋分|计分|扣分|打分|量化评分",
        _POINTS_OF_OTHERS,
        "改为写明完成的标准",
        "对各单位报送情况逐项打分",
        "规范评标专家打分",
    ),
    _burden(
        "拍照、截图、留痕",
        f"{OPINION}和{REGULATION}",
        rf"拍照|截图|截屏|(?:上传|报送|提供|提交|附|发送|留存){_CLAUSE}{{0,12}}(?:照片|图片|影像|视频)|"
        r"(?:工作|过程|处处|步步|事事|全程)留痕|留痕(?:管理|资料|材料|备查)|痕迹管理",
        r"执法|办案|交易|审批|决策|评标|招标|采购|卫片|遥感|航拍|监控|取证|随手拍",
        "佐证写文号、日期即可",
        "每次走访须上传现场照片三张",
        "做到行政执法全程留痕、可回溯",
    ),
    _burden(
        "定位和轨迹",
        MEASURES,
        rf"定位(?:打卡|签到|上报|信息|轨迹|共享)|(?:手机|GPS|实时|人员|干部){_CLAUSE}{{0,4}}定位(?!准)|"
        rf"(?:上传|共享|报送){_CLAUSE}{{0,6}}(?:位置|轨迹)|行动轨迹",
        r"功能定位|目标定位|战略定位|产业定位|车辆|船舶|应急|救援",
        "改为写明要办成的事",
        "网格员每日上传巡查轨迹",
        "找准产业发展定位",
    ),
    _burden(
        "强制下载、安装、关注",
        OPINION,
        rf"(?:下载|安装|注册|关注|绑定){_CLAUSE}{{0,14}}(?:[Aa][Pp][Pp]|公众号|小程序|客户端|视频号)|"
        rf"(?:[Aa][Pp][Pp]|公众号|小程序|客户端|视频号){_CLAUSE}{{0,8}}(?:下载|安装|注册|关注|激活)(?:量|率|数|任务)?",
        r"",
        "改为写明要提供的服务，是否使用由群众自愿",
        "组织干部群众下载安装政务App",
        "优化政务小程序办事流程",
    ),
    _burden(
        "点赞、转发、投票",
        MEASURES,
        rf"(?:组织|要求|动员|发动|带头|全员|每人|必须){_CLAUSE}{{0,12}}(?:点赞|转发|投票|接龙)|"
        r"朋友圈|(?:微信|网络)投票|(?:点赞|转发)[量率数]|(?:在线|学习)时长|登录(?:次数|天数)",
        r"选举|选民|换届|表决|转发(?:文件|通知|上级)",
        "改为写明宣传要达到的效果",
        "动员全体干部转发点赞",
        "依法组织选民投票选举",
    ),
    _burden(
        "日报、每日上报",
        REGULATION,
        rf"(?:每日|每天|逐日|天天){_CLAUSE}{{0,16}}(?:上报|报送|填报|汇报|报告)|日报告制|"
        r"(?<![0-9一二三四五六七八九十今近即昨当])日报(?![送告名到价备请经社道])",
        r"汛|雨情|水情|疫情|灾情|险情|火情|应急|值班|防火|监测|(?:人民|光明|经济|农民|法治)日报",
        "改为按月或按季度报送",
        "项目进展实行日报制度",
        "汛期每日报告雨情水情",
    ),
)

_TURN = r"(?<![主需重只])要(?!求)|必须|应当|同时|做到|确保|(?<!严)并(?!非)|期间"
# A comma goes on with the ban only where the next words do: 严禁以照片代替检查，以排名代替考核.
_REACH = rf"(?:(?!{_TURN})(?:{_CLAUSE}|，(?=[以用靠搞或也更不拿]))){{0,60}}"
_BAN_BEFORE = re.compile(
    r"(?:严禁|不得|禁止|不准|不许|不要|不搞|不再|不能|不必|无需|无须|不以|不把|杜绝|防止|避免|严防|谨防|反对|力戒|摒弃|克服|"
    rf"取消|停止|叫停|清理|纠治|纠正|整治|破除|狠刹|减少|治理|查处|严查)(?P<reach>{_REACH})$"
)
_BAN_BEHIND = re.compile(
    rf"^{_CLAUSE}{{0,16}}(?:形式主义|问题|现象|乱象|歪风|之风|顽疾|痕迹主义|(?:一律|全部|坚决|予以)?(?:取消|叫停|停止|清理|纠正|禁止))"
)


class Demand(NamedTuple):
    """A burden that a wording demands, and the words that do."""

    burden: Burden
    words: str


def demanded(wording: str) -> list[Demand]:
    """Return the burdens that a duty's wording demands, each once; to forbid them demands nothing."""
    found = []
    for burden in BURDENS:
        hits = (hit for hit in burden.pattern.finditer(wording) if not _is_harmless(burden, wording, hit))
        found += [Demand(burden, hit.group()) for hit in [next(hits, None)] if hit]
    return found


def _is_harmless(burden: Burden, wording: str, hit: re.Match[str]) -> bool:
    start = max(wording.rfind(mark, 0, hit.start()) for mark in "，。；！\n") + 1
    end = min((place for mark in "，。；！\n" if (place := wording.find(mark, hit.end())) >= 0), default=len(wording))
    return bool(
        burden.spared.search(wording, start, end)
        or _BAN_BEFORE.search(wording[: hit.start()])
        or _BAN_BEHIND.search(wording[hit.end() :])
    )
