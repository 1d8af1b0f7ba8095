"""The five tables that a register (名册) is kept in: what each is called, its columns, and their usual names.

What is written and what is read back both go by these. A file's tables are told apart by their columns, never by the
names of their sheets alone; what is no row of one of the five stays beside them, and is shown. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from checklist.files.child import workbook
from checklist.files.child.grid import Cell, Table
from checklist.papers import columns
from checklist.papers.rows import BETWEEN, Aside, is_alone, remark, tidy
from models import PostKind, UnitKind, Word


@dataclass(frozen=True)
class Column:
    """A column: its head, its usual names (a regular expression for the whole of one), and what goes into it.

    `words` are the only ones that it takes, each with what else offices write for it.
    """

    key: str
    head: str
    names: str
    told: str
    width: int = 16
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Shape:
    """One of the five; `tells` are the sets of columns, any of which tells that a table is this one."""

    noun: str
    columns: tuple[Column, ...]
    tells: tuple[frozenset[str], ...]

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def named(self, name: str) -> Column | None:
        """Return the column that goes by this name, if one does."""
        bare = columns.bare(name)
        return next((column for column in self.columns if re.fullmatch(column.names, bare)), None)


def _any_of(*sets: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(keys.split()) for keys in sets)


def _words(kind: type[Word], otherwise: dict[Word, str]) -> tuple[tuple[str, str], ...]:
    return tuple((word.label, otherwise.get(word, "")) for word in kind)


UNIT_KINDS = _words(
    UnitKind,
    {
        UnitKind.COMMITTEE: "党委|市委|区委|旗委",
        UnitKind.GOVERNMENT: "政府|市政府|区政府|人民政府",
        UnitKind.TOWN: "乡|乡镇|镇街|街道|街道办事处",
        UnitKind.DEPARTMENT: "县直部门|政府部门|党委部门|工作部门|局|委|办|局办|直属单位|事业单位",
    },
)
POST_KINDS = _words(
    PostKind,
    {
        PostKind.PRINCIPAL: "主要负责人|主要负责同志|正职|主官",
        PostKind.MEMBER: "班子|领导班子成员|副职|班子其他成员",
        PostKind.STAFF: "一般干部|干部|工作人员|科员|其他人员",
    },
)
HOLDS, ACTS, PREPARES = "担任", "主持工作", "联络员"
MANNERS = ((HOLDS, "任职|现任"), (ACTS, "代理|代|临时主持|主持"), (PREPARES, "联系人"))
YES, NO = "是", "否"
YES_NO = ((YES, "√|✓|Y|y|有"), (NO, "×|N|n|不是|非"))

_UNIT_TOLD = "单位的代码、名称或简称。"
_POST_TOLD = "岗位名称。同一单位有几个同名岗位的，写成“副局长〔1〕”“副局长〔2〕”。"

UNITS = Shape(
    "单位",
    (
        Column("code", "代码", "(?:单位|机构)?(?:代码|编码)", "1–32 个大写字母、数字或横线，定了不能改。", 16),
        Column("name", "名称", "(?:单位|机构|部门)?(?:名称|全称)", "单位全称。", 28),
        Column("short_name", "简称", "(?:单位|机构|部门)?简称", "文件和讲话里怎么称呼它，例如“财政”。"),
        Column("kind", "类别", "(?:单位|机构)?(?:类别|类型|性质)", "只填下拉框里的词。", 12, UNIT_KINDS),
        Column(
            "parent",
            "上级单位",
            "(?:上级|主管|隶属|上级主管)(?:单位|机构|部门)?",
            f"上级{_UNIT_TOLD}只有全县最上面的一个单位空着。",
            28,
        ),
    ),
    _any_of("code name", "name parent", "name short_name kind", "code short_name"),
)
POSTS = Shape(
    "岗位",
    (
        Column("unit", "单位", "(?:所在|所属|任职)?单位(?:名称)?|部门", _UNIT_TOLD, 28),
        Column("name", "岗位", "(?:岗位|职务|职位)(?:名称)?", _POST_TOLD, 20),
        Column("kind", "类别", "(?:岗位|职务)?(?:类别|类型|性质)", "只填下拉框里的词。", 12, POST_KINDS),
        Column(
            "is_secretary",
            "是否书记",
            "(?:是否|是不是)?(?:为|是)?(?:本单位)?(?:党委|党组|党组织|党委党组)?书记",
            "是本单位党委（党组）书记的填“是”；空着，新设的岗位算“否”。",
            10,
            YES_NO,
        ),
        Column(
            "reviewer",
            "审核岗位",
            "审核(?:岗位|人)?|由谁审核",
            "一般空着，由书记、分管领导或上级单位书记审核。要指定的，写“单位 岗位”。",
            28,
        ),
    ),
    _any_of("unit name"),
)
PEOPLE = Shape(
    "人员",
    (
        Column(
            "login",
            "登录名",
            "登录名称?|用户名|(?:登录)?账号|(?:登录)?帐号",
            "2–40 个小写字母、数字、点、横线或下划线。",
            18,
        ),
        Column("name", "姓名", "(?:人员)?(?:姓名|名字)", "本人姓名。", 14),
        Column("unit", "所在单位", "(?:所在|所属|工作)?(?:单位|部门)(?:名称)?", _UNIT_TOLD, 28),
    ),
    _any_of("login name", "login unit", "name unit"),
)
TENURES = Shape(
    "任职",
    (
        Column("login", "登录名", PEOPLE.column("login").names, "登录名；没有重名的，也可以只填姓名。", 18),
        Column("name", "姓名", "(?:任职|担任)?(?:人员)?(?:姓名|名字|人员|任职人)", "与登录名对得上的姓名。", 14),
        Column("unit", "单位", POSTS.column("unit").names, _UNIT_TOLD, 28),
        Column("post", "岗位", POSTS.column("name").names, _POST_TOLD, 20),
        Column(
            "from_day",
            "起始日期",
            "(?:任职|任现职|担任|起始|开始|起任|任职起始|任职开始)(?:日期|时间)|任职起|自何时起",
            "例如 2026-01-15；只写到月的算 1 日。联络员空着就从导入当天算起。",
            14,
        ),
        Column("manner", "方式", "(?:任职)?(?:方式|类型|形式)", "只填下拉框里的词；空着就是担任。", 12, MANNERS),
    ),
    _any_of("login post", "name post"),
)
CHARGES = Shape(
    "分工",
    (
        Column("unit", "单位", POSTS.column("unit").names, f"分管领导所在{_UNIT_TOLD}", 28),
        Column("post", "岗位", POSTS.column("name").names + "|分管领导岗位", _POST_TOLD, 20),
        Column(
            "charge",
            "分管单位",
            "(?:分管|联系|分管联系|主管)(?:的)?(?:单位|部门)",
            "所管的单位，写代码、名称或简称；几个单位用顿号隔开。",
            28,
        ),
        Column("field", "分管领域", "分管(?:领域|工作|内容|范围|事项)|领域|分工", "可以空着，不超过 80 字。", 28),
    ),
    _any_of("post charge", "unit charge field"),
)
SHAPES = (UNITS, POSTS, PEOPLE, TENURES, CHARGES)

# The sheet that explains the others; it comes along with the template, and says nothing of the county.
GUIDE = "说明"
GUIDE_ROWS = (
    ("工作表", "列", "怎么填"),
    *((shape.noun, column.head, column.told) for shape in SHAPES for column in shape.columns),
    ("全部", "", "已有而相同的不动，没有的新增；导入不改动、不结束任何已有的内容。各表、各行的先后不限。"),
    ("全部", "", "角色（经办人、审计员等）不在这里，由安全管理员授权。"),
)


# --- reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A row of one of the five tables: what it says under each column, and what stands under other heads."""

    shape: Shape
    table: str
    cells: dict[str, Cell]
    places: dict[str, str]  # key → where its cell is, filled or not
    rest: tuple[tuple[str, str], ...]

    def text(self, key: str) -> str:
        """Return what the cell says on one line; "" where it is empty or not there."""
        return spaced(self.cells[key].text) if key in self.cells else ""

    def at(self, key: str) -> str:
        """Return where the cell is, as people say it."""
        return self.places.get(key) or self.first

    @property
    def first(self) -> str:
        return next(iter(self.places.values()))


@dataclass
class Contents:
    """All that a register's files hold: the lines of the five tables, and the rest."""

    lines: list[Line] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def of(self, shape: Shape) -> list[Line]:
        return [line for line in self.lines if line.shape is shape]


def spaced(text: str) -> str:
    """Put text on one line, without the spaces that only align Chinese (张　三 is 张三, John Smith stays), and without what
    is not seen: two names that look alike are one, and none turns round the words beside it."""
    one = " ".join("".join(c for c in text if unicodedata.category(c) != "Cf").split())
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", one)


def read(tables: Sequence[Table]) -> Contents:
    """Tell the tables apart and cut them into lines."""
    contents = Contents()
    for table in map(tidy, tables):
        contents.notes += table.notes
        head = None if _explains(table) else _head(table)
        if head:
            _cut(table, *head, contents)
        else:
            contents.asides += _left(table)
    return contents


def _head(table: Table) -> tuple[int, Shape] | None:
    """Return which row is the head, and of what: the table with most of its columns, then the one the sheet is named after."""
    for n, row in enumerate(table.rows[: columns.LOOKED_AT]):
        fits = [(len(keys), shape.noun in table.name, shape) for shape in SHAPES for keys in [_keys(row, shape)]
                if any(told <= keys for told in shape.tells)]  # fmt: skip
        if fits:
            return n, max(fits, key=lambda fit: fit[:2])[2]
    return None


def _keys(row: Sequence[Cell], shape: Shape) -> frozenset[str]:
    return frozenset(column.key for cell in row if cell.of is None and (column := shape.named(cell.text)))


def _cut(table: Table, n: int, shape: Shape, contents: Contents) -> None:
    keys: dict[int, str] = {}
    others: dict[int, str] = {}
    for cell in table.rows[n]:
        column = shape.named(cell.text)
        if column and column.key not in keys.values():
            keys[cell.column] = column.key
        elif cell.of is None:
            others[cell.column] = spaced(cell.text)
    contents.shapes.append(shape)
    contents.unread += [f"{table.name}：{name}" for name in others.values()]
    contents.asides += [_aside(row, "表头以上的文字", table) for row in table.rows[:n]]
    heads = {cell.text for cell in table.rows[n]}
    for row in table.rows[n + 1 :]:
        if not any(cell.column in keys for cell in row):
            contents.asides.append(_aside(row, "不在认出的列里", table))
        elif {cell.text for cell in row} <= heads and len(row) > 1:
            contents.asides.append(_aside(row, "重复的表头", table))
        elif why := remark(row) or ("小标题" if len(row) > 1 and is_alone(row) else None):
            contents.asides.append(_aside(row, why, table))
        else:
            contents.lines.append(_line(row, shape, table.name, keys, others))


def _line(row: Sequence[Cell], shape: Shape, table: str, keys: dict[int, str], others: dict[int, str]) -> Line:
    cells = {keys[cell.column]: cell for cell in row if cell.column in keys}
    rest = [
        (others.get(cell.column, f"第 {cell.column} 列"), cell.text)
        for cell in row
        if cell.column not in keys and cell.of is None
    ]
    return Line(shape, table, cells, {key: _place(row, column, table) for column, key in keys.items()}, tuple(rest))


def _place(row: Sequence[Cell], column: int, table: str) -> str:
    """Return where a cell of a row is, also one that is empty and therefore not there: its sheet and its address."""
    here = next((cell.at for cell in row if cell.column == column), None)
    number = re.fullmatch(r"[A-Z]+([0-9]+)", row[0].at)
    at = here or (f"{workbook.letters(column)}{number[1]}" if number else row[0].at)
    return at if at.startswith(table) else f"{table} {at}"


def _explains(table: Table) -> bool:
    """Return whether this is the template's own sheet of explanations."""
    return bool(table.rows) and tuple(cell.text for cell in table.rows[0]) == GUIDE_ROWS[0]


def _left(table: Table) -> Iterator[Aside]:
    """Yield the rows of a table that is none of the five; not what the template itself explains, which is no news."""
    known = {tuple(filter(None, told)) for told in GUIDE_ROWS} if _explains(table) else set()
    for row in table.rows:
        if tuple(cell.text for cell in row) not in known:
            yield _aside(row, f"“{table.name}”不是名册的五张表之一", table)


def _aside(row: Sequence[Cell], why: str, table: Table) -> Aside:
    own = [cell for cell in row if cell.of is None] or row
    return Aside(_place(row, own[0].column, table.name), BETWEEN.join(spaced(cell.text) for cell in own), why)
