"""Where a table says what its columns are: the head rows, in any order and under their usual names. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from checklist.files.child.grid import Cell

LOOKED_AT = 20  # rows from the top, among which the head is sought
LONGEST_NAME = 20
_PARTS = "／"  # between what several head rows say of one column


class Meaning(Enum):
    """What a column holds, with the names that offices give it (as a regular expression) in the order of asking."""

    # As a list's own sheet has them (`listed`), before the words that they contain.
    TOLD_TIME = r"^原文时限$"
    GUARDS = r"^廉政对应业务$"
    STEPS = r"^步骤$"
    QUOTE = r"^原文$"
    PATH = r"^任务来源$"
    SIDE = r"^侧别$"
    # As offices have them.
    NUMBER = r"^(?:序号?|编号|项号|号|(?:任务|事项|项目)?(?:编号|序号)|NO\.?|№)$"
    SUPPORT = r"^(?:配合|协办|协助|参与|协同)|(?:配合|协办|协助|参与|协同)(?:单位|部门|科室|人员|责任人)"
    LEADER = r"(?:责任|牵头|分管|包抓|包联|包保|负责|县级?|市级?)领导|挂帅"
    LEAD = r"^(?:牵头|主办|责任)$|(?:责任|牵头|主办|承办|主责|落实|实施|承担|负责)(?:单位|部门|科室|股室|主体|人|同志)"
    DEADLINE = r"时限|期限|(?:完成|办结|截止|整改)(?:时间|日期)|时间(?:节点|要求|安排)?$|完成节点"
    CADENCE = r"频次|频率|周期"
    INTEGRITY = r"廉[政洁](?:职责|责任|措施|要求)|防控措施"
    RISK = r"风险"
    TARGET = r"指标|目标值?$|目标要求|预期成效|(?:完成|验收)标准"
    MEASURES = r"措施|举措|步骤|(?:具体|工作|任务|落实)要求|做法"
    GROUP = r"类别|类型|分类|领域|板块|方面|性质|条线"
    REMARK = r"备注|说明|依据|来源"
    WORDING = r"任务|事项|内容|工作|职责|项目"


@dataclass(frozen=True)
class Column:
    """`name` is all that the head rows say above it; `meaning` is None where that is no usual name."""

    name: str
    meaning: Meaning | None


@dataclass(frozen=True)
class Head:
    """The head of a table: its columns by their numbers, and which of the rows it takes."""

    columns: Mapping[int, Column]
    first: int
    behind: int  # the first row of what follows

    def of(self, meaning: Meaning) -> list[int]:
        """Return the numbers of the columns that mean this, from left to right."""
        return [number for number, column in sorted(self.columns.items()) if column.meaning is meaning]

    def repeats(self, row: Sequence[Cell]) -> bool:
        """Tell whether a row says the head again, as on each page of a printed table."""
        own = [cell for cell in row if cell.of is None]
        heads = {number: map(bare, column.name.split(_PARTS)) for number, column in self.columns.items()}
        return len(own) > 1 and all(bare(cell.text) in heads.get(cell.column, ()) for cell in own)


def find_head(rows: Sequence[Sequence[Cell]]) -> Head | None:
    """Return the head of a table, or None where no row names what is to be done and one thing more."""
    for first, row in enumerate(rows[:LOOKED_AT]):
        known = {meaning_of(cell.text) for cell in row if cell.of is None} - {None}
        if len(known) >= 2 and known & {Meaning.WORDING, Meaning.MEASURES, Meaning.TARGET, Meaning.INTEGRITY}:
            behind = first + 1
            while behind < len(rows) and _is_below(rows[behind], rows[first]):
                behind += 1
            return Head(_settled(_columns(rows[first:behind])), first, behind)
    return None


def meaning_of(name: str) -> Meaning | None:
    """Return what a column of this name holds, if it is a usual name."""
    told = bare(name)
    if not told or len(told) > LONGEST_NAME:
        return None
    return next((meaning for meaning in Meaning if re.search(meaning.value, told, re.IGNORECASE)), None)


def bare(name: str) -> str:
    """Return the name of a column without spaces, line breaks, and what stands in brackets: 责 任 单 位（全称）."""
    return re.sub(r"\s|（[^（）]*）|\([^()]*\)|[:：]$", "", name)


def _is_below(row: Sequence[Cell], head: Sequence[Cell]) -> bool:
    """Tell whether a row goes on with the head: it holds only usual names, or stands under a name that spans columns."""
    own = [cell for cell in row if cell.of is None]
    wide = {cell.column for cell in head if cell.of} | {
        cell.column for cell in head if any(other.of == cell.at for other in head)
    }
    return bool(own) and all(
        len(bare(cell.text)) <= LONGEST_NAME
        and not re.match(r"[0-9０-９]", cell.text)
        and (cell.column in wide or meaning_of(cell.text) is not None)
        for cell in own
    )


def _columns(rows: Sequence[Sequence[Cell]]) -> dict[int, Column]:
    """Return each column by what stands above it; the lowest name that is usual tells."""
    names: dict[int, list[str]] = {}
    for row in rows:
        for cell in row:
            above = names.setdefault(cell.column, [])
            if cell.text not in above:
                above.append(cell.text)
    return {
        number: Column(
            _PARTS.join(" ".join(name.split()) for name in above),
            next((meaning for name in reversed(above) if (meaning := meaning_of(name))), None),
        )
        for number, above in names.items()
    }


def _settled(columns: dict[int, Column]) -> dict[int, Column]:
    """Return the columns with one for what is to be done: of several the last, and those before it group; of none the next best."""
    found = dict(columns)
    numbers = [n for n, column in sorted(columns.items()) if column.meaning is Meaning.WORDING]
    for number in numbers[:-1]:
        found[number] = Column(columns[number].name, Meaning.GROUP)
    if not numbers:
        for otherwise in (Meaning.MEASURES, Meaning.TARGET):
            stand_in = [n for n, column in sorted(columns.items()) if column.meaning is otherwise]
            if stand_in:
                found[stand_in[0]] = Column(columns[stand_in[0]].name, Meaning.WORDING)
                break
    return found
