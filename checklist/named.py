"""Whom a text names for a duty, in its own words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checklist import grammar


@dataclass(frozen=True)
class Named:
    """Somebody whom the text names for a row: `role` is lead or support."""

    name: str
    role: str


_WORDS = "牵头|主办|负责|配合|协办|协助|责任单位|责任部门|责任人"
BRACKET = re.compile(rf"[（(](?P<inside>[^（）()]{{0,120}}(?:{_WORDS})[^（）()]{{0,120}})[）)]")
# Who is said to lead in a sentence of its own, behind what is to be done.
BY_WHOM = re.compile(r"由[^，。由]{2,30}(?:牵头|负责)+")
LABELLED = re.compile(
    r"(?P<role>牵头|主办|责任|落实|配合|协办|协助)(?:责任)?(?:单位|部门|人|领导)[:：] ?(?P<who>[^；;。，）)（(]{1,80})"
)
_LEAD = re.compile(r"(?:由)?(?P<who>[^，；：]+?)(?:共同)?(?:牵头|主办|分别负责|按(?:照)?职责(?:分工)?负责|负责)")
_SUPPORT = re.compile(r"(?P<who>[^，；：]+?)(?:等)?(?:配合|协助|协办|参与)")
_BY = re.compile(r"由(?P<who>[^，。由]{2,30}?)(?:牵头|负责)")
_SUBJECT = re.compile(rf"(?:^|，)(?:尤其是|特别是)?(?P<who>{grammar.ACTOR})，?{grammar.MUST}")
_DOER = re.compile(rf"^(?!每|{grammar.ASKS})(?P<who>{grammar.ACTOR})(?:{grammar.EVERY}|{grammar.ASKS})")
_NOBODY = re.compile(r"^(?:我们|大家|有的|一些|少数|个别)|(?<!主)要")
_KIND = re.compile(r"(?:部门|局|委|办|镇|乡|街道|单位|党组|公司|中心)$")
_RANK = re.compile(r"(?:的?(?:主要)?负责同志|“?一把手”?|党政|主要领导|(?:主要)?负责人)+$")
_SUPPORTS = ("配合", "协办", "协助")


def named(text: str) -> tuple[Named, ...]:
    """Those whom a text names; 财政、税务部门 are two."""
    found: dict[str, Named] = {}
    for who, role in _phrases(text):
        for name in _names(who):
            found.setdefault(name, Named(name, role))
    return tuple(found.values())


def _phrases(text: str) -> Iterator[tuple[str, str]]:
    bracket = BRACKET.search(text)
    if bracket or LABELLED.match(text):
        yield from _told(bracket["inside"] if bracket else text)
        return
    found = _BY.search(text) or _SUBJECT.search(text) or _DOER.search(text)
    if found and not _NOBODY.search(found["who"]):
        yield found["who"], "lead"


def _told(inside: str) -> Iterator[tuple[str, str]]:
    labelled = list(LABELLED.finditer(inside))
    for found in labelled:
        yield found["who"], "support" if found["role"] in _SUPPORTS else "lead"
    if labelled:
        return
    for part in re.split(r"[，；;]", inside):
        if supports := _SUPPORT.fullmatch(part):
            yield supports["who"], "support"
        elif leads := _LEAD.match(part):
            yield leads["who"], "lead"


def _names(who: str) -> Iterator[str]:
    """Names joined by 、; a kind of unit that stands only behind the last belongs to all."""
    parts = [part for part in re.split(r"[、\s]|等$", who.strip("“”")) if part]
    parts = [name for part in parts for name in _two_departments(_RANK.sub("", part))]
    kind = _KIND.search(parts[-1]) if parts else None
    for name in parts:
        bare = kind and not _KIND.search(name) and not name.startswith("各") and 2 <= len(name) <= 4
        if name:
            yield name + kind.group() if bare and kind else name


def _two_departments(name: str) -> list[str]:
    """财政和税务部门 are two, 人力资源和社会保障局 is one."""
    found = re.fullmatch(r"(..)[和与及](..)部门", name)
    if found:
        return [f"{found[1]}部门", f"{found[2]}部门"]
    return re.split(r"(?<=[局委办镇乡院])[和与及](?=县|各|市)", name)
