"""Whom a text names for a duty, in its own words, and what stands beside a duty to say so. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checklist.decompose import grammar, terms
from checklist.decompose.grammar import first_match
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
    """Return those whom a text names; 财政、税务部门 are two."""
    found: dict[str, Named] = {}
    for who, role in _phrases(text):
        for name in _names(who):
            found.setdefault(name, Named(name, role))
    return tuple(found.values())


def told_behind(sentence: str) -> str | None:
    """Return what stands at the end of a sentence, or is all of it, and says whose the duties before it are."""
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
    """Return the sentence without what told_behind() finds at its end."""
    told = told_behind(sentence)
    return sentence.rstrip("。；， ").removesuffix(told).rstrip("。；， ") if told else sentence


def told_when(words: str) -> str | None:
    """Return what a line or bracket says of when: 完成时限：…, or 11月底前完成 among the owners."""
    if found := grammar.TIME_LABEL.search(words):
        return found["when"]
    return next(filter(terms.opening_day, re.split(r"[，；（）]", words)), None)


def _phrases(text: str) -> Iterator[tuple[str, str]]:
    """Yield the words that name somebody, each with the role."""
    told = grammar.BRACKET.search(text) or grammar.OFFICES_ONLY.search(text)
    if told or grammar.LABEL.match(text):
        yield from _told(told["inside"] if told else text)
        return
    found = first_match((grammar.REQUEST, grammar.BY, grammar.SUBJECT, grammar.DOER, grammar.ANSWERS), text)
    if not found:
        return
    if not _NOBODY.search(found["who"]):
        yield found["who"], "support" if _HELPS.match(text, found.end("who")) else "lead"
    for rule in (_BESIDE, _BEHIND):
        for beside in rule.finditer(text):
            yield beside["who"], "support"


def _told(inside: str) -> Iterator[tuple[str, str]]:
    """Yield who stands in a bracket or behind labels; where somebody leads, others that are responsible support."""
    labels = list(grammar.LABEL.pattern.finditer(inside))
    if not labels:
        yield from _told_in_words(inside)
        return
    has_lead = any(label["kind"] in _LEADS and label["whom"] in ("单位", "部门") for label in labels)
    ends = [label.start() for label in labels[1:]] + [len(inside)]
    for label, end in zip(labels, ends, strict=True):
        who = re.split(r"[；。]|(?:完成)?(?:时限|时间)", inside[label.end() : end])[0]
        yield who, _role(label["kind"], has_lead and "领导" not in label["whom"])


def _told_in_words(inside: str) -> Iterator[tuple[str, str]]:
    """Yield who stands in 县财政局牵头，县审计局、各镇配合; offices alone lead."""
    has_lead = any(word in inside for word in _LEADS)
    waiting: list[str] = []  # names before a comma wait for what they are to do
    for part in re.split(r"[，；]", inside):
        if found := _PART.fullmatch(part):
            yield "、".join([*waiting, found["who"]]), _role(found["role"], has_lead)
            waiting = []
        elif not terms.opening_day(part):
            waiting.append(part)
    if waiting and not has_lead:
        yield "、".join(waiting), "lead"


def _role(word: str, has_lead: bool) -> str:
    return "support" if word in _SUPPORTS or (has_lead and word not in _LEADS) else "lead"


def _names(who: str) -> Iterator[str]:
    """Yield the names joined by 、; a kind of unit that stands only behind the last belongs to all."""
    parts = [part.strip("“”").removesuffix("等") for part in re.split(r"[、，\s]", who)]
    parts = [name for part in parts if part for name in _apart(_bare(part))]
    kind = _KIND.search(parts[-1]) if parts else None
    for name in parts:
        has_kind = _KIND.search(name) or _WHOLE_NAME.search(name) or not 2 <= len(name) <= 4
        yield name + kind.group() if kind and not has_kind else name


def _bare(name: str) -> str:
    """Return a name without what leads up to it and without the rank of those who hold the office."""
    day = terms.opening_day(name)
    name = _LEADING.sub("", name[day.end() :] if day else name).removesuffix("分别").removesuffix("共同")
    name = re.sub(r"等(?=(?:部门|单位)$)", "", name)
    return _RANK.sub("", name) or name


def _apart(name: str) -> list[str]:
    """Return the units in a name: 财政和税务部门 are two, 人力资源和社会保障局 is one."""
    if found := re.fullmatch(r"(..)[和与及](..)部门", name):
        return [f"{found[1]}部门", f"{found[2]}部门"]
    return [part for part in re.split(r"(?<=[局委办镇乡院部队心会司])[和与及](?=县|各|市)", name) if part]
