"""The text that is signed: composed in one place, for the page that shows it and the act that keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from checklist import picture
from checklist.items import cases, schedule
from models import Case, Item, Reading, Tier, UnitKind, User

VERSION = 5  # moves on when the layout does
MEANING = "本人确认：以上事项的完成情况属实，由本人负责。"
FURTHER = "　　"  # before every further line of what somebody typed


def takes_minutes(item: Item) -> bool:
    """Return whether an item is of a 班子 list: signed on behalf of the 党组, with the number of its meeting's minutes."""
    return item.duty.duty_list.tier is Tier.TEAM


def on_behalf_of(item: Item) -> str:
    """Return in whose name an item is signed; "" where its holder signs for himself."""
    return party_body(picture.current().units[item.duty.duty_list.unit_id]) if takes_minutes(item) else ""


def party_body(unit: picture.Unit) -> str:
    """Return in whose name a unit's 班子 list is signed.

    A county committee is one itself; a town has a 党委 (党章 article 33); where the unit is an organ of the state it
    is the 党组 in its leadership (党章 article 48).
    """
    if unit.kind is UnitKind.COMMITTEE:
        return unit.name
    return unit.name + ("党委" if unit.kind is UnitKind.TOWN else "党组")


def statement(item: Item, user: User, acting: bool, minutes_no: str = "", known: Sequence[Case] | None = None) -> str:
    """Compose the text that is shown, signed, stored and hashed, to the letter; `minutes_no` counts for 班子 items.

    `known` are the cases of the items that are signed together, where they have been read already.
    Only lines of ours begin at the margin: a liaison's note cannot pass for who signs, or for a figure.
    """
    duty, duty_list = item.duty, item.duty.duty_list
    acts_as = "（主持工作）" if acting else ""
    lines = [
        f"签认事项：第 {item.id} 号（责任事项第 {duty.version} 版）",
        f"所属清单：{duty_list.name}（{duty_list.year} 年，{duty_list.sort}，第 {duty_list.version} 版）",
        f"任务表述：{duty.wording}",
        *_case_lines(item, cases.of_duties([item]) if known is None else known),
        f"本期：{schedule.words(item.period)}，{item.due:%Y-%m-%d} 前完成",
        *[f"指标：{_reading(r)}" for r in item.readings],
        f"完成说明：{item.note or '（未填）'}",
        f"发生日期：{item.happened_on.isoformat() if item.happened_on else '（未填）'}",
        f"文号：{'、'.join(e.document_no for e in item.documents) or '（未填）'}",
        *[f"佐证文件：{e.file_name}（SHA-256 前 16 位 {(e.file_sha256 or '')[:16]}）" for e in item.files],
        *([f"对退回的回复：{item.reply}"] if item.reply else []),
        f"签认人：{user.name}，{item.post.title}{acts_as}",
        *(_minutes_lines(item, minutes_no) if takes_minutes(item) else []),
        MEANING,
    ]
    return "\n".join(f"\n{FURTHER}".join(line.splitlines()) for line in lines)


def _minutes_lines(item: Item, minutes_no: str) -> list[str]:
    return [f"代表{on_behalf_of(item)}签认", f"会议纪要：{minutes_no or '（未填）'}"]


def _case_lines(item: Item, known: Sequence[Case]) -> list[str]:
    """Name the case that a step is of; or count the cases, where an item reports on them."""
    if item.step:
        case = item.step.case
        return [
            f"办件：{case.name}（{case.began_on:%Y-%m-%d} 发生）",
            f"步骤：第 {item.step.n} 步，共 {len(case.steps)} 步：{item.step.name}",
        ]
    return [f"办件：{cases.count(item, known).words}"] if cases.takes_cases(item) else []


def _reading(reading: Reading) -> str:
    verdict = {True: "达标", False: "未达标", None: "目标待定"}[reading.met]
    return f"{reading.target.of} {reading.value:f}{reading.target.unit}（{verdict}）"


def digest(text: str) -> str:
    """Return the proof, carried by a form, of which statement was on the page."""
    return sha256(text.encode()).hexdigest()
