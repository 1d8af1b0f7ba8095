"""The figures that a text asks for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from checklist.decompose import background, grammar, terms
from checklist.decompose.grammar import first, first_match
from checklist.decompose.numerals import value
from checklist.decompose.outline import blank, clauses
from checklist.decompose.vocabulary import COUNTER, FIGURE, FRACTION, MORE, PERCENT, RATIO, SPAN_OF_TIME, TIMES, UNIT

LONGEST_OF = 24
FAR = 60  # no more characters before a figure say how it is meant


@dataclass(frozen=True)
class Target:
    """A figure to reach; `value` is None where the text masks it."""

    of: str
    op: str
    value: int | Decimal | None
    unit: str


# Each way of meaning a figure as a reader sees it; the sheets are read back by the same signs.
OPS = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜", "=": "＝", "+": "增加", "-": "减少"}


def in_words(of: str, op: str, value: int | Decimal | None, unit: str) -> str:
    """Return a target as people read it: 网上可办率 ≥ 96 %, 隐性债务 减少 待定 亿元."""
    figure = "待定" if value is None else f"{Decimal(value):f}"
    return f"{of} {OPS[op]} {figure} {unit}".rstrip()


_FIGURE = re.compile(
    rf"(?:(?P<low>{FIGURE})(?:{UNIT})?[-—－~至到])?(?P<value>{FIGURE})(?P<unit>{UNIT})|"
    rf"(?:(?P<low_percent>{PERCENT})[-—－~至到])?(?P<percent>{PERCENT})|(?P<ratio>{RATIO})|"
    rf"(?P<fraction>{FRACTION})|(?P<times>{TIMES})"
)
_ONE = re.compile(rf"(?P<value>{FIGURE})(?P<unit>{UNIT})?")
_SHARED = re.compile(
    rf"(?P<things>[^，]{{1,60}}?)分别(?P<verb>[^0-9，]{{0,12}}?)(?P<values>{FIGURE}(?:{UNIT})?(?:[、和及]{FIGURE}(?:{UNIT})?){{1,9}})"
)
_ALREADY = re.compile(r"(?:第|为期)$|对(?:已|现有)[^，]{0,60}$")
_WITHIN = re.compile(r"(?:之)?内[^，、0-9]{1,8}率")  # 24小时内处置率
_COMPARED = re.compile(r"不|至少|以上|以内|以下|超过")
_FEW = re.compile(r"[二两三四五六七八九]")  # in words, 个 of them: a way of speaking (落实四个责任) as often as a count
_GROUPS = re.compile(r"[^，、的]{0,4}(?:组|专班|队)(?:，|。|$)")  # 组成三个督查组 counts them
_MAKES_MORE = re.compile(rf"(?:{MORE})$")
_DONE = ("完成", "办结", "到位", "完成到位", "配备", "配置")
_KIND = re.compile(r"项目.*$|(?:时限|比例|数量|面积).*$")
_LEADING = re.compile(
    rf"^(?:(?:{grammar.SUBJECT.words})|要|须|必须|确保|力争|争取|实现|努力|推动|推进|使(?!用)|让|将|把|其中|再|也|并|"
    rf"(?:比|较)(?:上|去|往)年|在[^，]{{1,12}}基础上|每(?:[日周月年]|季度?|半年)|到(?![户位岗期村])|年内|全年|今年|[0-9]{{4}}年|我县|全县|逐步|带头|至少)+"
)
# What stands between the words and their figure: 在去年基础上再, 自收到之日起, 全年.
_BETWEEN = re.compile(
    r"在[^，]{1,12}基础上再?|再$|(?:应|须|要|必须)?(?:[在自][^，]{0,10})?(?:之日起|后)$|"
    r"(?:全年|(?<![0-9一二两三四五])年内|按?每[^，、]{1,3}[人户村个]|每(?:年|季度|月|人)|累计)$|"
    r"(?:较|比)(?:上|去|往)一?年(?:度|同期)?$|(?:力争|必须|应当)$|由[^，]{2,14}$"
)
_TRAILING = "的为在至到要应须都均将、，"
# What is done to the thing that a figure is about: 盘活低效用地不低于800亩.
_HANDLES = re.compile(
    r"^(?:与[^，]{2,10}?开展|接入|引进|招引|盘活|曝光|实行|开展|举办|组织|清淤|疏浚|拆除|"
    r"新增(?!减税|贷款|债|财力|就业|.*[率例比]$)|对)+(?=.{2})"
)
_DONE_TO = re.compile(r"(?<=..)(?:实施|开展|进行|提供)")  # 为800户老年人家庭实施改造
_BRINGS = re.compile(r"(?:新建|改建|扩建|改扩建|培育|引进|招引)$")  # 养老点三年内新建不少于90个
_COUNTS = re.compile(rf"^{COUNTER}$")
_NOUN_BEHIND = re.compile(r"^[^，、；。0-9（）]{2,24}")
_AS_STANDARD = re.compile(
    r"^(?:以上|以内|之内|以下|内)?(?:的比例|的标准(?:配建|配备|配置|建设)?)?的?(?:必须|应当|要|须)?"
)
_SPENT = re.compile(r"(?:以上|以下|以内)?(用于[^，、；。0-9]{2,20})")  # 其中30%以上用于设施管护
_JOINED = re.compile(r"^(?:[^：]{0,20}：|以上|以内|以下|左右)?(?:[、，及]|和(?![美谐睦]))?")  # to what stands before


def targets(text: str, *, op: str | None = None, whose: str = "") -> Iterator[Target]:
    """Yield the figures that a text asks for; those in quotes, in background or in a condition are none.

    `op` is how a figure is meant where the text has no word for it: in 新增企业8家、农场5家 the second goes with 新增;
    `whose` is what it is about where the text does not say so again: 开工率一季度达到40%，上半年达到75%.
    """
    for clause, before in _asking(text):
        shared = _SHARED.search(clause)
        for target in _shared_targets(clause, shared) if shared else _single_targets(clause, before, op, whose):
            whose = target.of
            yield target


def unread(text: str) -> Iterator[str]:
    """Yield the figures, as they are written, of which a text does not say how they are meant."""
    for clause, _ in _asking(text):
        if _SHARED.search(clause):
            continue
        hidden = blank(grammar.CLOSED, clause)
        for figure in _figures(hidden):
            before, behind = hidden[: figure.start][-FAR:], hidden[figure.end :][:FAR]
            is_told = _op(before, behind) or figure.low or terms.FROM.search(before)
            if not is_told and not _only_tells(before, behind, figure) and not behind.startswith(("以上", "以下")):
                yield clause[figure.start : figure.end]


def verb_op(text: str) -> str | None:
    """Return how the verb before the last figure means it, whatever stands behind.

    It is + in 新增企业12户以上, for what goes on in 农场5户.
    """
    hidden = blank(grammar.CLOSED, text)
    last = max((figure.start for figure in _figures(hidden)), default=0)
    found = first(terms.BEFORE, hidden[max(0, last - FAR) : last])
    return found.says if found else None


def _asking(text: str) -> Iterator[tuple[str, str]]:
    """Yield each clause that asks for something, with the one before it."""
    before = ""
    for clause, end in clauses(text):
        is_condition = end < len(text) and grammar.CONDITION.search(clause)
        if not is_condition and not first(background.BACKGROUND, clause):
            yield clause, before
        before = clause


def _single_targets(clause: str, context: str, otherwise: str | None, whose: str) -> Iterator[Target]:
    """Yield the figures of a clause; its verbs or, where it has none, `otherwise` say how they are meant.

    Where it does not say what they are about, the clause before it (`context`) or the target before (`whose`) does.
    """
    hidden = blank(grammar.CLOSED, clause)
    begin = 0
    for figure in _figures(hidden):
        start = max(begin, figure.start - FAR)
        before, behind = hidden[start : figure.start], hidden[figure.end : figure.end + FAR]
        op = _op(before, behind) or otherwise or (">=" if figure.low else None)
        if terms.FROM.search(before) and (op is None or terms.UP_TO.search(behind)):
            continue
        is_asked = op is not None and not _only_tells(before, behind, figure)
        if is_asked or not behind.startswith(("以上", "以下", "以内", "内")):
            begin = figure.end
        if op and is_asked:
            words = clause[start : figure.start].rsplit("、", 1 if start else 0)[-1]
            about = _about(words, clause[figure.end : figure.end + FAR], figure)
            about = about or whose if grammar.SOME_FIGURE.search(context) else about or _bare(context) or whose
            yield from figure.targets((about or _LEADING.sub("", words) or words)[-LONGEST_OF:], op)


class _Figure(NamedTuple):
    """A figure where it stands, in its own words: 3至5家, 百分之五, 1：2, 三分之一."""

    start: int
    end: int
    low: str | None
    value: str
    unit: str

    @classmethod
    def of(cls, found: re.Match[str]) -> _Figure:
        if found["ratio"]:
            one, other = found["ratio"].split("：")
            return cls(*found.span(), None, one, f":{other}")
        if found["fraction"]:
            other, one = found["fraction"].split("分之") if "分之" in found["fraction"] else ("二", "一")
            return cls(*found.span(), None, one, f"/{value(other)}")
        if found["times"]:
            return cls(*found.span(), None, found["times"][0], "番")
        if found["percent"]:
            return cls(*found.span(), found["low_percent"], found["percent"], "%")
        return cls(*found.span(), found["low"], found["value"], _unit(found["unit"]))

    def targets(self, about: str, op: str) -> Iterator[Target]:
        """Yield one target, or the two ends of 3至5家."""
        if self.low:
            yield Target(about, ">=", value(self.low), self.unit)
            yield Target(about, "<=", value(self.value), self.unit)
        else:
            yield Target(about, op, value(self.value), self.unit)


def _figures(text: str) -> Iterator[_Figure]:
    return map(_Figure.of, _FIGURE.finditer(text))


def _only_tells(before: str, behind: str, figure: _Figure) -> bool:
    """Return whether a figure asks for nothing.

    It says what is there already, which things are meant, that something is done once, or what time it is.
    """
    is_compared = _COMPARED.search(before + behind[:2])
    is_few = figure.unit == "个" and _FEW.fullmatch(figure.value)
    picks_out = terms.PICKS_OUT.search(behind) or (before.startswith(("对", "凡")) and terms.ATTRIBUTE.search(behind))
    return bool(
        (figure.unit == "次" and not is_compared)
        or (is_few and not (is_compared or _MAKES_MORE.search(before) or _GROUPS.match(behind)))
        or picks_out
        or (figure.unit in SPAN_OF_TIME and _WITHIN.match(behind))
        or (figure.unit.startswith(":") and "比" not in before + behind[:6])
        or _ALREADY.search(before)
    )


def _shared_targets(clause: str, shared: re.Match[str]) -> Iterator[Target]:
    """Yield a target for each of 政府投资、社会投资项目审批时限分别压缩至90、50个工作日以内."""
    values = list(_ONE.finditer(shared["values"]))
    unit = next((found["unit"] for found in reversed(values) if found["unit"]), None)
    if unit is None:
        return
    things = [thing for thing in re.split(r"[、和及与]", shared["things"]) if thing]
    each = things if len(things) == len(values) else [shared["things"]] * len(values)
    kind = _KIND.search(each[-1])
    op = _op(shared["verb"], clause[shared.end() : shared.end() + 12]) or "="
    for thing, found in zip(each, values, strict=True):
        whole = thing if thing == each[-1] or not kind else thing + kind.group()
        yield Target(_bare(whole)[-LONGEST_OF:] or whole, op, value(found["value"]), _unit(found["unit"] or unit))


def _op(before: str, behind: str) -> str | None:
    """Return how a figure is meant (民法典 article 1259: 以上、以内 include it, 超过、不满 do not)."""
    found = first(terms.BEHIND, behind) or first((*terms.BEFORE, terms.SHARE), before)
    return found.says if found else None


def _about(words: str, behind: str, figure: _Figure) -> str:
    """Return what a figure is about, in the text's words: those before the verb that sets it, or behind the figure."""
    hidden = blank(grammar.CLOSED, words)
    verb = first_match(terms.BEFORE, hidden)
    counted = _thing_behind(behind, figure.unit)
    if verb and verb.groupdict().get("noun"):
        return _bare(words[verb.start("noun") :])
    if figure.unit in SPAN_OF_TIME and behind.startswith(("内", "之内")) and counted not in ("", *_DONE):
        return counted
    changes = verb and (figure.low or first(terms.BEHIND, behind)) and first(terms.CHANGES, hidden)
    if verb and not changes and counted not in _DONE:
        return counted or _bare(words[: verb.start()])
    spent = _SPENT.match(behind)
    return _bare(words[: verb.start()] if verb and not changes else words) or counted or (spent[1] if spent else "")


def _bare(words: str) -> str:
    """Return the words without what leads up to them (who is to do it, by when, 确保 or 力争) and without a day.

    信访积案年底前化解率 is about 信访积案化解率.
    """
    words = terms.FROM.sub("", _JOINED.sub("", words))
    doer = grammar.DOER.match(words)
    words = re.sub(r"^到(?![户位岗期村])", "", words[doer.end("who") :] if doer else words)
    day = terms.opening_day(words)
    words = _LEADING.sub("", words[day.end() :] if day else words)
    words = _BETWEEN.sub("", _BETWEEN.sub("", words)).lstrip("、，").rstrip(_TRAILING)
    if day := first_match(terms.DEADLINES, words):
        words = words[: day.start()] + words[day.end() :]
    return _BRINGS.sub("", _HANDLES.sub("", words))


def _thing_behind(words: str, unit: str) -> str:
    """Return what is counted, stands in a ratio or has to be done in time, where it stands behind the figure."""
    if not (_COUNTS.search(unit) or unit.startswith(":") or unit in SPAN_OF_TIME):
        return ""
    found = _NOUN_BEHIND.search(_AS_STANDARD.sub("", words))
    return _DONE_TO.split(found.group())[0] if found else ""


def _unit(unit: str) -> str:
    return {"个工作日": "工作日", "％": "%"}.get(unit, unit)
