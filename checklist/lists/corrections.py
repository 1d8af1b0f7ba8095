"""勘误: a slip of the pen, mended in the wording of a duty in force. It voids nothing, and so it must change nothing.

Whoever drafted or submitted a list does not correct it: like adoption, it takes a second person.
"""

from __future__ import annotations

import re

from sqlalchemy import select

from checklist import clock, ledger
from checklist.actor import Actor
from checklist.lists import difference, editing, owners, versions
from checklist.refusal import Malformed, Refused, Stale, insist_on
from models import Correction, Duty, DutyList, ListState, Unit, db

LARGEST = 4  # characters put in or taken out: a slip, no rewriting

# What no slip touches: where one of these differs, the duty has become another one.
_MEANING = {
    "数字": r"[\d０-９.%％‰]+|[零一二三四五六七八九十百千万亿两半]+",
    "否定和禁止": r"[不未无非勿莫禁否免]|没有|停止|取消",
    "要求的轻重": r"必须|应当|可以|应|须|要|尽量|力争|确保|严",
    "幅度": r"以上|以下|以内|超过|低于|高于|少于|多于|至少|至多|不满|[增减升降压]",
    "时间": r"[年季月周旬日天前后内]|上半|下半",
}


def correct(duty_id: int, wording: str, reason: str, *, by: Actor, rev: int | None = None) -> Duty:
    """Mend a slip in the wording of a duty in force, and in drafts that took it over; nothing else changes.

    Raises Refused for more than a slip: more than LARGEST characters, a figure, a negation, an owner and the like take
    a revision, which voids what was signed.
    """
    with ledger.act_on("correct", Duty, duty_id, by=by, reason=reason, of=lambda duty: duty.duty_list) as duty:
        if duty.duty_list.state is not ListState.ADOPTED:
            raise Refused(f"这份清单现在是“{duty.duty_list.state.label}”，只有已生效的清单可以勘误。", duty)
        if rev is not None and rev != duty.rev:
            raise Stale("这一项在您打开页面之后有变化，请看过现在的表述再勘误。", duty)
        old, new = duty.wording, wording.strip()
        if not new or new == old:
            raise Malformed("请在任务表述里改正笔误。", "wording")
        insist_on("任务表述", new, "wording", most=editing.LONGEST_WORDING)
        insist_on("勘误的理由", reason, "reason", most=200)
        if too_much := more_than_a_slip(old, new, duty.duty_list.unit):
            raise Refused(f"勘误只改笔误，这里{too_much}。请用“修订”。", duty)
        db.session.add(
            Correction(duty=duty, before=old, after=new, reason=reason.strip(), user=by.user, corrected_at=clock.now())
        )
        for row in _in_later_versions(duty):
            row.wording = new
        duty.wording = new
    return duty


def of_list(duty_list: DutyList) -> dict[int, list[Correction]]:
    """Return what was corrected in a list, by the duty's id, in the order in which it was."""
    found: dict[int, list[Correction]] = {}
    rows = select(Correction).where(Correction.duty_id.in_([duty.id for duty in duty_list.duties]))
    for row in db.session.scalars(rows.order_by(Correction.id)):
        found.setdefault(row.duty_id, []).append(row)
    return found


def _in_later_versions(duty: Duty) -> list[Duty]:
    """Return the rows of a revision under way that still have the same words: the slip is no change there either."""
    later = [version for version in versions.series(duty.duty_list) if version.version > duty.duty_list.version]
    rows = [row for version in later for row in version.duties]
    return [row for row in rows if row.lineage == duty.lineage and row.wording == duty.wording]


def more_than_a_slip(old: str, new: str, root: Unit) -> str:
    """Say why a change of wording is no mere correction, in Chinese; "" if it is one."""
    if difference.size(old, new) > LARGEST:
        return f"改动超过 {LARGEST} 个字"
    for what, words in _MEANING.items():
        if re.findall(words, old) != re.findall(words, new):
            return f"改了{what}"
    if _named(old, root) != _named(new, root):
        return "改了责任单位"
    return ""


def _named(text: str, root: Unit) -> list[tuple[str, int]]:
    names = {name for unit in owners.units_below(root) for name in (unit.name, unit.short_name)}
    return [(name, text.count(name)) for name in sorted({*names, *owners.SETS.values()}) if name in text]
