"""Whom a text names for a duty, in its own words, and what stands beside a duty to say so. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checklist.decompose import grammar, terms
from checklist.decompose.vocabulary import ASKS


@dataclass(frozen=True)
class Named:
    """Somebody whom the text names for a row: `role` is lead or support."""

    name: str
    role: str


LONGEST_BRACKET = 200
_SUPPORTS = ("配合", "协办", "协助", "协同", "参与")
_LEADS = ("牵头", "主办", "主责")
_PART = re.compile(
    r"由?(?P<who>[^；：]+?)(?:等)?(?:共同|分别|按(?:照)?(?:各自)?职责(?:分工)?)?"
    r"(?P<role>牵头|主办|负责|承办|落实|配合|协助|协办|参与)(?:负责|落实|实施|推进)?"
)
_LABEL_BEHIND = re.compile(rf"(?:^|(?<=[。；， ]))(?={grammar.LABEL.words})")
_BESIDE = re.compile(rf"(?:会同|联合)(?P<who>{grammar.ACTOR})(?={ASKS}|对|，|$)")
_BEHIND = re.compile(r"(?:牵头|负责)(?:负责)?，(?P<who>[^，。；]{2,40}?)等?(?:配合|协助|参与)(?=$|，|。)")
_HELPS = re.compile(rf"{grammar.MUST}(?:积极|主动|全力|做好)?(?:配合|协助)")
_NOBODY = re.compile(r"^(?:我们|大家|任何(?:单位|部门|个人|人)|有的|一些|少数|个别|全县上下)$|会议?$")
_LEADING = re.compile(r"^(?:请|由|今年|下一步|同时|其中|尤其是|特别是|另外|此外|会议要求|要求)")
_RANK = re.compile(r"(?:的?(?:主要)?负责同志|“?一把手”?|党政|主要领导|(?:主要)?负责人)+$")
_KIND = re.compile(r"(?:部门|局|部|委|办|镇|乡|街道|单位|党组|公司|中心|政府|院|会|社)$")
_WHOLE_NAME = re.compile(r"^[县市省区镇各团]")


def named(text: str) -> tuple[Named, ...]:
    """Those whom a text names; 财政、税务部门 are two."""
    found: dict[str, Named] = {}
    for who, role in _phrases(text):
        for name in _names(who):
            found.setdefault(name, Named(name, role))
    return tuple(found.values())


def told_behind(sentence: str) -> str | None:
    """What stands at the end of a sentence, or is all of it, and says whose the duties before it are."""
    end = sentence.rstrip("。；， ")
    tail = end[-LONGEST_BRACKET:]
    for rule in (grammar.BRACKET, grammar.OFFICES_ONLY):
        for found in rule.pattern.finditer(tail):
            if found.end() == len(tail):
                return found.group()
    if label := _LABEL_BEHIND.search(tail):
        return tail[label.end() :]
    return end if grammar.BY_WHOM.pattern.fullmatch(end) else None


def without_told(sentence: str) -> str:
    """The sentence without what told_behind() finds at its end."""
    told = told_behind(sentence)
    return sentence.rstrip("。；， ").removesuffix(told).rstrip("。；， ") if told else sentence


def told_when(words: str) -> str | None:
    """What a line or bracket says of when: 完成时限：…, or 11月底前完成 among the owners."""
    found = grammar.TIME_LABEL.search(words)
    if found:
        return found["when"]
    return next((part for part in re.split(r"[，；（）]", words) if _is_day(part)), None)


def _is_day(words: str) -> bool:
    return any(rule.match(words) for rule in terms.DEADLINES)


def _phrases(text: str) -> Iterator[tuple[str, str]]:
    told = grammar.BRACKET.search(text) or grammar.OFFICES_ONLY.search(text)
    if told or grammar.LABEL.match(text):
        yield from _told(told["inside"] if told else text)
        return
    rules = (grammar.REQUEST, grammar.BY, grammar.SUBJECT, grammar.DOER, grammar.ANSWERS)
    found = next((m for rule in rules if (m := rule.search(text))), None)
    if found and not _NOBODY.search(found["who"]):
        yield found["who"], "support" if _HELPS.match(text, found.end("who")) else "lead"
    for rule in (_BESIDE, _BEHIND) if found else ():
        for beside in rule.finditer(text):
            yield beside["who"], "support"


def _told(inside: str) -> Iterator[tuple[str, str]]:
    """Who stands in a bracket or behind labels; where somebody leads, the others that are responsible support."""
    labels = list(grammar.LABEL.pattern.finditer(inside))
    if not labels:
        yield from _told_in_words(inside)
        return
    has_lead = any(label["kind"] in _LEADS and label["whom"] in ("单位", "部门") for label in labels)
    ends = [label.start() for label in labels[1:]] + [len(inside)]
    for label, end in zip(labels, ends, strict=True):
        follows = has_lead and label["kind"] not in _LEADS and "领导" not in label["whom"]
        who = re.split(r"[；。]|(?:完成)?(?:时限|时间)", inside[label.end() : end])[0]
        yield who, "support" if follows or label["kind"] in _SUPPORTS else "lead"


def _told_in_words(inside: str) -> Iterator[tuple[str, str]]:
    """县财政局牵头，县审计局、各镇配合; or offices alone, who lead."""
    has_lead = any(word in inside for word in _LEADS)
    waiting: list[str] = []  # names before a comma wait for what they are to do
    for part in re.split(r"[，；]", inside):
        found = _PART.fullmatch(part)
        if not found:
            waiting += [] if _is_day(part) else [part]
            continue
        follows = has_lead and found["role"] not in _LEADS
        yield "、".join([*waiting, found["who"]]), "support" if follows or found["role"] in _SUPPORTS else "lead"
        waiting = []
    if waiting and not has_lead:
        yield "、".join(waiting), "lead"


def _names(who: str) -> Iterator[str]:
    """Names joined by 、; a kind of unit that stands only behind the last belongs to all."""
    parts = [part.strip("“”").removesuffix("等") for part in re.split(r"[、，\s]", who)]
    parts = [name for part in parts if part for name in _apart(_bare(part))]
    kind = _KIND.search(parts[-1]) if parts else None
    for name in parts:
        lacks_kind = kind and not _KIND.search(name) and not _WHOLE_NAME.search(name) and 2 <= len(name) <= 4
        yield name + kind.group() if lacks_kind and kind else name


def _bare(name: str) -> str:
    """A name without what leads up to it and without the rank of those who hold the office."""
    day = next((m for rule in terms.DEADLINES if (m := rule.match(name))), None)
    name = _LEADING.sub("", name[day.end() :] if day else name).removesuffix("分别").removesuffix("共同")
    name = re.sub(r"等(?=(?:部门|单位)$)", "", name)
    return _RANK.sub("", name) or name


def _apart(name: str) -> list[str]:
    """财政和税务部门 are two, 人力资源和社会保障局 is one."""
    found = re.fullmatch(r"(..)[和与及](..)部门", name)
    if found:
        return [f"{found[1]}部门", f"{found[2]}部门"]
    return [part for part in re.split(r"(?<=[局委办镇乡院部队心会司])[和与及](?=县|各|市)", name) if part]
