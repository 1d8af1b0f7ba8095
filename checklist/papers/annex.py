"""A list as the annex of a paper that is stamped and sent: what stands on it, and the Word file of that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from checklist import papers
from checklist.lists import guarding, owners
from checklist.papers import docx
from models import Duty, DutyList, ListKind, ListState, Part

MARK = "附件"
WIDTHS = (12, 66, 14, 32, 25, 25, 25)  # of the columns, as shares; the printed page has its own
OTHER = "其他事项"  # what stands under no heading of the source


@dataclass(frozen=True)
class Group:
    """The rows under one heading of the source; no heading where the whole list has none."""

    heading: str
    rows: list[list[str]]


@dataclass(frozen=True)
class Annex:
    """A list in words, as it is printed. A cell's lines are parted by line breaks."""

    title: str
    basis: str
    heads: list[str]
    groups: list[Group]
    unit: str
    day: str


def of(duty_list: DutyList) -> Annex:
    """Return what stands on a list's annex; the same for the Word file and the printed page."""
    who = "单位" if duty_list.kind is ListKind.BREAKDOWN else "责任人"
    heads = ["序号", "工作内容", "类别", "目标", f"牵头{who}", f"配合{who}", "完成时限"]
    return Annex(
        title=papers.title(duty_list),
        basis=_basis(duty_list),
        heads=heads,
        groups=list(_groups(duty_list)),
        unit=duty_list.unit.name,
        day=_day(duty_list.adopted_on) if duty_list.adopted_on else "",
    )


def _basis(duty_list: DutyList) -> str:
    if duty_list.state is not ListState.ADOPTED:
        return f"（{duty_list.state.label}）"
    day = f"，{_day(duty_list.meeting_day)}" if duty_list.meeting_day else ""
    return f"（{duty_list.meeting}{duty_list.meeting_no}{day}）"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _groups(duty_list: DutyList) -> Iterator[Group]:
    any_heading = any(duty.path for duty in duty_list.kept)
    cited = guarding.citations(duty_list)
    for path, rows in groupby(enumerate(duty_list.kept, 1), key=lambda row: row[1].path):
        heading = "　".join(path) or OTHER
        yield Group(heading if any_heading else "", [_row(n, duty, cited[duty]) for n, duty in rows])


def _row(n: int, duty: Duty, cited: list[guarding.Cited]) -> list[str]:
    who = ["、".join(owners.describe(o) for o in duty.owners if o["part"] == part) for part in Part]
    targets = "\n".join(map(papers.target, duty.targets))
    return [str(n), _content(duty, cited), duty.side.label, targets, *who, _time(duty)]


def _content(duty: Duty, cited: list[guarding.Cited]) -> str:
    lines = [duty.wording]
    if duty.steps:
        lines.append(f"程序：{' → '.join(duty.steps)}")
    if cited:
        lines.append(f"对应业务：{guarding.together(cited)}")
    return "\n".join(lines)


def _time(duty: Duty) -> str:
    until = f"{_day(duty.due_on)}前" if duty.due_on else duty.deadline
    return f"{duty.cadence.label}\n{until}" if until else duty.cadence.label


def write_docx(duty_list: DutyList) -> bytes:
    """Return the annex as a Word file: landscape A4, the heads on every page."""
    annex = of(duty_list)
    rows = []
    for group in annex.groups:
        rows += [docx.heading(group.heading, len(annex.heads))] if group.heading else []
        rows += map(docx.row, group.rows)
    return docx.package(
        docx.paragraph(MARK, "Mark"),
        docx.paragraph(annex.title, "Title"),
        docx.paragraph(annex.basis, "Basis"),
        docx.table(WIDTHS, annex.heads, rows),
        *(docx.paragraph(text, "Ending") for text in (annex.unit, annex.day) if text),
    )
