"""The rows of a draft as to where one ends and the next begins: merged, split, moved.

No row is ever deleted by it: the one merged into another is dropped and keeps its lineage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TypeVar

from checklist.actor import Actor
from checklist.decompose import figures
from checklist.lists import drafting, editing, owners
from checklist.refusal import Malformed, Refused, insist_on
from models import Duty, DutyList, Part, Side, Target

T = TypeVar("T")

_ADJOIN = re.compile(r"[\s，。；、！]*")  # what may stand in the source between rows that adjoin
_BREAK = re.compile(r"[。；，](?!”|$)")
_EDGE = "。；，、！ \n"


# --- merge --------------------------------------------------------------------------------------------------


def merge(list_id: int, chosen: editing.Chosen, *, by: Actor) -> Duty:
    """Make one row of several: the first keeps its lineage and takes in what the others say; they are dropped.

    Its quote covers them all where they adjoin in the source, else it stays the first's. Who merges has looked at the
    rows: nothing is doubtful any more.
    """
    with editing.change_chosen("merge", list_id, chosen, by=by) as rows:
        if len(rows) < 2:
            raise Malformed("合并至少要勾选两项。", "chosen")
        return _merge(rows)


def merge_with_next(duty_id: int, *, by: Actor, rev: int | None = None) -> Duty:
    """Merge a row with the next one that is kept."""
    with editing.change("merge", duty_id, by=by, rev=rev) as duty:
        editing.insist_on_kept(duty)
        following = next_kept(duty)
        if following is None:
            raise Refused("后面没有可以合并的事项了。请刷新页面。", duty)
        return _merge([duty, following])


def next_kept(duty: Duty) -> Duty | None:
    """Return the row that follows in the list, dropped ones left out."""
    return next((other for other in duty.duty_list.kept if other.position > duty.position), None)


def _merge(rows: list[Duty]) -> Duty:
    first, *others = rows
    numbers = "、".join(str(row.position) for row in rows)
    gaps = [_gap(before, row) for before, row in pairwise(rows)]
    wording = first.wording
    for gap, row in zip(gaps, others, strict=True):
        mark = "" if gap == "" else (gap or "").strip() or "；"
        wording = f"{wording.rstrip(_EDGE)}{mark}{row.wording}"
    insist_on("合并后的任务表述", wording, "chosen", most=editing.LONGEST_WORDING)
    first.wording = wording
    if None not in gaps:
        first.end = others[-1].end
        first.quote = first.duty_list.source.text[first.start : first.end]
    first.side = first.side if {row.side for row in rows} == {first.side} else Side.BOTH
    first.owners = _united_owners(rows)
    first.named = _united(row.named for row in rows)
    first.steps = _united(row.steps for row in rows)
    first.flags = _united(row.flags for row in rows)
    editing.settle_doubts(first)
    first.deadline = next((row.deadline for row in rows if row.deadline), None)
    first.due_on = next((row.due_on for row in rows if row.due_on), None)
    first.why = f"经办人合并第 {numbers} 项"[:200]
    for target in (target for row in others for target in row.targets):
        if _figure(target) not in map(_figure, first.targets):
            # A copy: a dropped row can be brought back as it was.
            first.targets.append(target.like(n=max((t.n for t in first.targets), default=0) + 1))
    _hand_over_guards(first, others)
    for row in others:
        row.dropped = True
    return first


def _gap(before: Duty, row: Duty) -> str | None:
    """Return what stands in the source between two rows that adjoin there; None where they do not."""
    if before.end is None or row.start is None or before.end > row.start:
        return None
    gap = row.duty_list.source.text[before.end : row.start]
    return gap if _ADJOIN.fullmatch(gap) else None


def _united_owners(rows: list[Duty]) -> list[owners.Owner]:
    """Return every owner once: leading counts for more, and a set leaves out only whom all rows leave out."""
    united: dict[str, owners.Owner] = {}
    for owner in (owner for row in rows for owner in row.owners):
        known = united.setdefault(owners.key(owner), dict(owner))
        if owner["part"] == Part.LEAD:
            known["part"] = owner["part"]
        if "except" in known:
            known["except"] = [code for code in known["except"] if code in owner["except"]]
    return list(united.values())


def _united(parts: Iterable[list[T]]) -> list[T]:
    united: list[T] = []
    for part in parts:
        united += [thing for thing in part if thing not in united]
    return united


def _figure(target: Target) -> tuple[object, ...]:
    return (target.of, target.op, target.value, target.unit)


def _hand_over_guards(first: Duty, others: list[Duty]) -> None:
    """Let what guarded one of the others guard the first, and the first guard what one of them guarded."""
    merged, gone = [first, *others], {row.lineage for row in others}
    guards = _united(row.guards for row in merged)
    first.guards = [lineage for lineage in guards if lineage not in {first.lineage, *gone}]
    for row in first.duty_list.duties:
        if row not in merged and gone.intersection(row.guards):
            row.guards = list(dict.fromkeys(first.lineage if lineage in gone else lineage for lineage in row.guards))


# --- split --------------------------------------------------------------------------------------------------


def places(wording: str) -> list[int]:
    """Return where a wording may be cut in two without much thought: behind its 。；，"""
    return [found.end() for found in _BREAK.finditer(wording) if wording[: found.start()].strip(_EDGE)]


def split(duty_id: int, at: int | None, *, by: Actor, rev: int | None = None) -> Duty:
    """Cut a row before character `at` of its wording; the second half becomes the next row, of a lineage of its own.

    Both quote the source exactly: each its half where the place is found there, else both the whole. Owners, cadence
    and day hold for both; figures, steps and flags go with their words. Who splits has looked at the row: neither half is
    doubtful any more.
    """
    with editing.change("split", duty_id, by=by, rev=rev) as duty:
        editing.insist_on_kept(duty)
        at = max(at or 0, 0)
        halves = duty.wording[:at].rstrip(_EDGE), duty.wording[at:].strip(_EDGE)
        if not all(halves):
            raise Malformed(f"请填写 1 到 {len(duty.wording) - 1} 之间的数，使前后两半都有文字。", "at")
        editing.settle_doubts(duty)
        second = _second_half(duty, at, halves[1])
        _insert(second, duty.duty_list, duty.position + 1)
        duty.wording = halves[0]
        for target in [target for target in duty.targets if _belongs(target, *halves)]:
            target.duty, target.n = second, len(second.targets) + 1
        duty.steps = [step for step in duty.steps if step not in second.steps]
        duty.flags = [flag for flag in duty.flags if flag not in second.flags]
    return second


def _second_half(duty: Duty, at: int, wording: str) -> Duty:
    start, end = duty.start, duty.end
    cut = _place_in_quote(duty, at)
    if cut is not None and start is not None:
        quote, text = duty.quote, duty.duty_list.source.text
        duty.end = start + len(quote[:cut].rstrip(_EDGE))
        start += cut + len(quote[cut:]) - len(quote[cut:].lstrip(_EDGE))
        duty.quote = text[duty.start : duty.end]
    return duty.like(
        lineage=drafting.new_lineage(),
        version=1,
        position=duty.position + 1,
        start=start,
        end=end,
        quote=duty.duty_list.source.text[start:end] if start is not None else "",
        wording=wording,
        steps=[step for step in duty.steps if step in wording],
        flags=[flag for flag in duty.flags if flag["text"] in wording],
        why=f"经办人从第 {duty.position} 项拆出",
        targets=[],
    )


def _place_in_quote(duty: Duty, at: int) -> int | None:
    """Return where the character before `at` of the wording ends in the quote; None where it has no counterpart."""
    matcher = SequenceMatcher(None, duty.wording, duty.quote, autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        if a < at <= a + size:
            cut = b + at - a
            return cut if duty.quote[:cut].strip(_EDGE) and duty.quote[cut:].strip(_EDGE) else None
    return None


def _belongs(target: Target, first: str, second: str) -> bool:
    """Say whether a figure stands in the second half and not in the first."""
    before, behind = ({(t.value, t.unit) for t in figures.targets(half)} for half in (first, second))
    figure = (target.value, target.unit)
    return figure in behind and figure not in before


# --- move ---------------------------------------------------------------------------------------------------


def move(duty_id: int, to: int | None, *, by: Actor, rev: int | None = None) -> Duty:
    """Let a row stand at position `to`, counted as the editor shows them, from 1; the others make room."""
    with editing.change("move", duty_id, by=by, rev=rev) as duty:
        if to is None or not 1 <= to <= len(duty.duty_list.duties):
            raise Malformed(f"请填写 1 到 {len(duty.duty_list.duties)} 之间的数。", "to")
        _insert(duty, duty.duty_list, to)
    return duty


def beside(duty: Duty, step: int) -> int | None:
    """Return the position of the kept row before (-1) or behind (1) this one, if there is one."""
    kept = duty.duty_list.kept
    place = kept.index(duty) + step if duty in kept else -1
    return kept[place].position if 0 <= place < len(kept) else None


def _insert(duty: Duty, duty_list: DutyList, position: int) -> None:
    order = [row for row in duty_list.duties if row is not duty]
    order.insert(position - 1, duty)
    if duty not in duty_list.duties:
        duty_list.duties.append(duty)
    for number, row in enumerate(order, 1):
        row.position = number
    duty_list.duties.sort(key=lambda row: row.position)
