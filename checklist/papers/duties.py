"""What the rows of an office's table ask for: who owes what by when, what stays 待定, and what is wrong and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from checklist.decompose import figures, flags_of, side_of
from checklist.decompose.figures import Target
from checklist.decompose.named import Named
from checklist.decompose.outline import legible
from checklist.files.child.grid import Table
from checklist.items import cases
from checklist.lists.editing import LONGEST_WORDING
from checklist.lists.owners import Owner
from checklist.papers import cellwords
from checklist.papers.cellwords import Timing
from checklist.papers.columns import Meaning
from checklist.papers.rows import Aside, Contents, NamedCell, TableRow, read_rows
from checklist.papers.whom import KnownOwners
from checklist.refusal import Malformed
from models import Cadence, Part, Side, Unit

LONGEST_TIME = 80
TOO_LONG = f"文字超过 {LONGEST_WORDING} 字，请分成几行"
NO_LEAD = "牵头责任人待定"
_MERGING = re.compile(r"[；。，：;,:\s]+$")
_FAULT = re.compile(r"#(?:REF|N/A|VALUE|NAME|DIV/0|NULL|NUM)[!?]?")


@dataclass(frozen=True)
class Wrong:
    """What keeps a row from coming in: where (the cell's address), and what, in Chinese."""

    at: str
    words: str


@dataclass
class ProposedRow:
    """A duty that a row of a table proposes. `open` says what stays 待定, `wrong` what has to be mended in the table."""

    at: str
    number: str
    wording: str
    path: list[str]
    quote: str
    place: tuple[int, int] | None  # of the quote in the text
    side: Side
    named: list[Named]
    owners: list[Owner]
    cadence: Cadence
    deadline: str | None
    due_on: date | None
    targets: list[Target]
    steps: list[str]
    beside: list[NamedCell]
    guarded: list[str] = field(default_factory=list)  # as the table names the work that it guards
    guards_the_row_before: bool = False
    open: list[str] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)

    def parts(self, part: str) -> list[Owner]:
        """Return the owners that lead, or those that support."""
        return [owner for owner in self.owners if owner["part"] == part]


@dataclass(frozen=True)
class Preview:
    """All that an import would bring, and all that it would not."""

    rows: list[ProposedRow]
    asides: list[Aside]
    notes: list[str]
    unread: list[str]
    text: str

    @property
    def good(self) -> list[ProposedRow]:
        """Return the rows that come in."""
        return [row for row in self.rows if not row.wrong]

    @property
    def bad(self) -> list[ProposedRow]:
        """Return the rows that have to be mended, or left out in so many words."""
        return [row for row in self.rows if row.wrong]


def propose(tables: Sequence[Table], unit: Unit, year: int) -> Preview:
    """Propose what the tables of a file bring into a list of this unit and year. Raises Malformed when they have no head."""
    contents = read_rows(tables)
    if not contents.headed:
        raise Malformed(
            "没有认出表头。表里要有一行写明各列是什么，例如：序号、工作内容、责任单位、完成时限。请补上表头后再上传。",
            "file",
        )
    if not contents.rows:
        raise Malformed("认出了表头，但下面没有一行责任事项。请核对后再上传。", "file")
    known = KnownOwners(unit)
    read = [row for raw in contents.rows for row in _Interpreter(raw, contents, known, year).rows()]
    return Preview(read, contents.asides, [*contents.notes, *_gaps(contents)], contents.unread, contents.text)


def _gaps(contents: Contents) -> Iterator[str]:
    """Name the numbers that are missing or stand twice; a new count from 1 under each heading is none."""
    before = 0
    for row in contents.rows:
        value = next(iter(row.values.get(Meaning.NUMBER, [])), None)
        found = re.match(r"\D{0,2}([0-9]{1,5})(?![.．][0-9])", cellwords.plain(value.cell.text)) if value else None
        if not (value and found) or value.cell.of:
            continue
        number = int(found[1])
        if number == before:
            yield f"序号 {number} 出现两次（{value.cell.at}）。"
        elif before and number not in (1, before + 1):
            yield f"序号从 {before} 到 {number}，不连续（{value.cell.at}）；请核对是不是漏了行。"
        before = number


# --- what a row says ----------------------------------------------------------------------------------------


class _Interpreter:
    """Reads one row of a table: mostly one duty, two where work and integrity stand side by side."""

    def __init__(self, raw: TableRow, contents: Contents, known: KnownOwners, year: int) -> None:
        self._raw, self._contents, self._known, self._year = raw, contents, known, year
        self._open: list[str] = [raw.doubt] if raw.doubt else []
        self._wrong: list[Wrong] = []
        self._beside = list(raw.beside)

    def rows(self) -> Iterator[ProposedRow]:
        raw = self._raw
        for values in raw.values.values():
            self._wrong += [
                Wrong(v.cell.at, f"这一格是表格的错误值 {v.cell.text}") for v in values if _FAULT.fullmatch(v.cell.text)
            ]
        work, integrity = self._wording(), " ".join(raw.texts(Meaning.INTEGRITY))
        if len(integrity) > LONGEST_WORDING:
            self._wrong.append(Wrong(raw.address(Meaning.INTEGRITY), TOO_LONG))
        if not work and not integrity:
            self._wrong.append(Wrong(raw.address(Meaning.WORDING, Meaning.NUMBER), "没有工作内容"))
        first = self._row(work or integrity, None if work else Side.INTEGRITY)
        yield first
        if work and integrity:
            yield replace(first, wording=integrity, side=Side.INTEGRITY, targets=[], guards_the_row_before=True)

    def _wording(self) -> str:
        """Return what is to be done, and how, where a column of its own says how."""
        what = "\n".join(self._raw.texts(Meaning.WORDING))
        how = "\n".join(self._raw.texts(Meaning.MEASURES))
        wording = f"{_MERGING.sub('', what)}：{how}" if what and how else what or how
        if len(wording) > LONGEST_WORDING:
            at = self._raw.address(Meaning.MEASURES, Meaning.WORDING)
            self._wrong.append(Wrong(at, TOO_LONG))
        return wording

    def _row(self, wording: str, side: Side | None) -> ProposedRow:
        raw = self._raw
        path, told_side = self._path()
        named, found = self._owners()
        when, words = self._when(wording)
        quote, place = self._quote()
        masked = [f"待定：{flag.text}" for flag in flags_of(wording) if flag.kind == "masked"]
        return ProposedRow(
            at=raw.at,
            number=" ".join(raw.texts(Meaning.NUMBER)),
            wording=wording,
            path=path,
            quote=quote,
            place=place,
            side=side or told_side or Side(side_of(legible(wording))),
            named=named,
            owners=found,
            cadence=when.cadence or Cadence.ONGOING,
            deadline=words,
            due_on=when.due_on,
            targets=self._targets(wording),
            steps=self._steps(),
            beside=[*self._beside, *(v for m in (Meaning.REMARK, Meaning.RISK) for v in raw.values.get(m, []))],
            guarded=[line for text in raw.texts(Meaning.GUARDS) for line in text.split("\n")],
            open=list(dict.fromkeys([*self._open, *masked])),
            wrong=self._wrong,
        )

    def _steps(self) -> list[str]:
        steps = [line for text in self._raw.texts(Meaning.STEPS) for line in text.split("\n")]
        if wrong := cases.too_much(steps):
            self._wrong.append(Wrong(self._raw.address(Meaning.STEPS), wrong))
        return steps

    def _path(self) -> tuple[list[str], Side | None]:
        """Return what the row stands under, without a word for its side, and that side."""
        told: Side | None = None
        path = list(self._raw.path)
        for text in self._raw.texts(Meaning.SIDE) + self._raw.texts(Meaning.GROUP):
            side = cellwords.side_in(text)
            told = told or side
            path += [] if side else [" ".join(text.split())]
        path += [line for text in self._raw.texts(Meaning.PATH) for line in text.split("\n")]
        return path, told

    def _quote(self) -> tuple[str, tuple[int, int] | None]:
        """Return the source's words and their place: those that a list's own sheet kept, else the whole row of the table."""
        raw, text = self._raw, self._contents.text
        if Meaning.QUOTE in self._contents.meanings:
            quote = "\n".join(raw.texts(Meaning.QUOTE))
            at = text.rfind(quote, raw.start, raw.end)
            return (quote, (at, at + len(quote))) if quote else ("", None)
        return text[raw.start : raw.end], (raw.start, raw.end)

    # who

    def _owners(self) -> tuple[list[Named], list[Owner]]:
        named: list[Named] = []
        found: list[Owner] = []
        for value, part in self._whom():
            for name in cellwords.named_in(value.cell.text, part, self._known.by_name):
                if any(name.name == other.name for other in named):
                    continue
                named.append(name)
                meant = self._known.find(name)
                found += [owner for owner in meant if owner not in found]
                if not meant:
                    self._open.append(f"“{name.name}”没有对上本县的单位或岗位，待定（{value.cell.at}）")
        if not any(owner["part"] == Part.LEAD for owner in found):
            self._open.append(NO_LEAD)
        return named, found

    def _whom(self) -> Iterator[tuple[NamedCell, str]]:
        """Yield the cells that name somebody; where some columns are for who leads, those for who is responsible support."""
        leads = self._raw.values.get(Meaning.LEAD, [])
        leaders = self._raw.values.get(Meaning.LEADER, [])
        if leads:
            self._beside += [value for value in leaders if value not in self._beside]
        else:
            leads = leaders
        first = [value for value in leads if re.search(r"牵头|主办|主责", value.column)]
        for value in leads:
            yield value, Part.SUPPORT.value if first and value not in first else Part.LEAD.value
        for value in self._raw.values.get(Meaning.SUPPORT, []):
            yield value, Part.SUPPORT.value

    # when

    def _when(self, wording: str) -> tuple[Timing, str | None]:
        """Return by when and how often, and the words for it that are kept."""
        raw = self._raw
        said = [
            v
            for m in (Meaning.DEADLINE, Meaning.CADENCE)
            for v in raw.values.get(m, [])
            if not cellwords.is_nothing(v.cell.text)
        ]
        text = "，".join(dict.fromkeys(v.cell.text for v in said))
        told = " ".join(raw.texts(Meaning.TOLD_TIME))
        if not said:
            return Timing(cadence=cellwords.cadence_in(legible(wording)) if not told else None), told or None
        at = said[0].cell.at
        when = cellwords.timing_in(text, self._year)
        if when.wrong:
            self._wrong.append(Wrong(at, f"“{text}”里有不存在的日子"))
        elif not when.is_understood:
            self._open.append(f"时限“{text}”没有读成日子或频次，待定（{at}）")
        if Meaning.TOLD_TIME in self._contents.meanings:
            return when, told or None
        if len(text) > LONGEST_TIME:
            self._open.append(f"时限的文字超过 {LONGEST_TIME} 字，只保留在原文里（{at}）")
            return when, None
        return when, " ".join(text.split())

    # how much

    def _targets(self, wording: str) -> list[Target]:
        cells = [v for v in self._raw.values.get(Meaning.TARGET, []) if not cellwords.is_nothing(v.cell.text)]
        about = " ".join(self._raw.texts(Meaning.WORDING)) or wording
        found: list[Target] = []
        for value in cells:
            read, unclear = cellwords.targets_in(value.cell.text, about)
            found += read
            self._open += [f"指标“{words}”没有读准，请核对（{value.cell.at}）" for words in unclear]
            if not read and value not in self._beside:
                self._beside.append(value)
        is_own = bool(self._contents.meanings & {Meaning.TOLD_TIME, Meaning.QUOTE})
        return found if found or is_own else list(figures.targets(legible(cellwords.plain(wording))))
