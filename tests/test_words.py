"""An auditor who reads no code is told of each column, row and act what it is: docs/words.md has the words."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import pytest

from checklist.audit import words
from checklist.audit.filters import Filter
from checklist.audit.replay import TABLES
from checklist.items import holidays
from checklist.ledger import lines
from checklist.ledger.acts import ACTIONS, FACTS
from models import User
from tests import county
from tests.conftest import ROOT, Visit
from tests.notices import NEXT
from tests.revisions import reworded

PAGE = """\
# Words

What the auditor's page calls the log's acts, rows and columns. Printed by `tests/test_words.py`: a column's word stands in `models.py`, an act's in `checklist/ledger/acts.py`.

## Acts

| action | word |
|---|---|
{acts}

## What an act without a row tells

| fact | word |
|---|---|
{facts}

## Rows and their columns

Every row has its number `id` (编号), and `rev` (第几次改动), which moves on with every change.
{rows}
"""


COLUMNS = {table: list(kind.__mapper__.columns) for table, kind in sorted(TABLES.items())}


def test_the_page_of_words_is_as_the_code_has_it(printed: Callable[[str, str], None]) -> None:
    rows = []
    for table, columns in COLUMNS.items():
        rows.append(f"\n### {words.OBJECTS[table]} `{table}`\n\n| column | word |\n|---|---|")
        for column in columns:
            if column.key not in ("id", "rev"):
                inside = "".join(f"，`{key}` {word}" for key, word in column.info["inside"].items())
                rows.append(f"| `{column.key}` | {column.info['word']}{inside} |")
    acts, facts = ("\n".join(f"| `{name}` | {word} |" for name, word in told.items()) for told in (ACTIONS, FACTS))
    printed("words.md", PAGE.format(acts=acts, facts=facts, rows="\n".join(rows)))


def test_every_column_has_a_word_and_no_two_of_a_table_have_the_same() -> None:
    for table, columns in COLUMNS.items():
        told = [words.word(table, column.key) for column in columns]
        assert told == [column.info["word"] for column in columns]
        assert all(told)
        assert len(set(told)) == len(told), table


def test_no_two_kinds_of_row_and_no_two_acts_are_called_the_same() -> None:
    assert words.OBJECTS.keys() == TABLES.keys()
    for told in (words.OBJECTS, ACTIONS):
        assert len(set(told.values())) == len(told)


def test_the_number_of_another_row_says_of_what_it_is_the_number() -> None:
    keys = [(column, key) for columns in COLUMNS.values() for column in columns for key in column.foreign_keys]
    assert keys
    for column, key in keys:
        kind = TABLES[key.column.table.name]
        endings = ("人编号", "人员编号") if kind is User else (f"{kind.word}编号",)
        assert column.info["word"].endswith(endings), column


def test_one_name_means_in_each_table_what_it_means_there() -> None:
    """Of all that share a name with another table's, those that one word for all would tell wrongly."""
    assert words.word("signature", "voided_by_id") == "使其作废的责任事项编号"
    assert words.word("review", "reviewer_id") == "审核人编号"
    assert words.word("post", "reviewer_id") == "审核岗位编号"
    assert (words.word("target", "value"), words.word("reading", "value")) == ("目标值", "完成值")
    assert (words.word("target", "unit"), words.word("opinion", "unit_id")) == ("计量单位", "答复单位编号")
    assert (words.word("duty", "due_on"), words.word("item", "due_on")) == ("完成日期", "到期日")
    assert (words.word("source", "text"), words.word("feedback", "text")) == ("全文", "内容")
    assert (words.word("unit", "until_day"), words.word("tenure", "until_day")) == ("撤销日期", "终止日期")


@pytest.mark.usefixtures("qinghe")
def test_an_auditor_is_told_that_a_duty_has_voided_a_signature(visit: Visit) -> None:
    item = county.signed("预算考核", "zhou")
    reworded("预算考核", "健全预算绩效考核机制，每季度通报一次")
    (seq,) = [seq for seq, body in enumerate(log()) if (body["after"] or {}).get("voided_by_id")]
    page = visit("wei").get(f"/audit/{seq}").text
    assert '使其作废的责任事项编号 <span class="hint">voided_by_id</span>' in page
    assert f'<td data-head="现在">{item.duty_id}</td>' in page


@pytest.mark.usefixtures("qinghe")
def test_what_stands_inside_a_column_has_words_too() -> None:
    holidays.load(NEXT.encode(), by=county.console)
    county.draft("笔误", "一、任务\n要压减一般性指出。\n")
    seen = set()
    for body in log():
        lists = [(name, value) for name, value in (body["after"] or {}).items() if isinstance(value, list)]
        for name, keys in [(name, one.keys()) for name, value in lists for one in value if isinstance(one, dict)]:
            assert keys <= TABLES[body["object"]["type"]].__mapper__.columns[name].info["inside"].keys()
            seen.add(name)
    assert seen == {"named", "owners", "flags", "days"}


def log() -> list[dict[str, Any]]:
    """The bodies of the whole log, by number."""
    return [json.loads(body or b"{}") for _, body in lines.read()]


def test_a_value_is_said_as_the_screen_says_it() -> None:
    assert words.legible("duty", "owners", [{"part": "lead", "set": "towns", "except": []}]) == "承担 牵头，集合 各镇"
    assert words.legible("duty", "cadence", "quarterly") == "每季度"
    assert words.legible("duty", "dropped", True) == "是"
    assert words.legible("target", "value", None) == "（无）"
    days = [{"day": "2027-01-01", "kind": "off", "name": "元旦"}]
    assert words.legible("holiday_year", "days", days) == "日期 2027-01-01，类别 放假，名称 元旦"


# --- acts ---------------------------------------------------------------------------------------------------


NODES = [
    node
    for file in (ROOT / "checklist").rglob("*.py")
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
]


def calls(names: set[str]) -> Iterator[ast.Call]:
    """Every call in checklist/ of a function of one of these names."""
    for node in NODES:
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).rpartition(".")[2] in names:
            yield node


def texts(node: ast.AST) -> Iterator[str]:
    """The texts that an expression spells out."""
    yield from (part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str))


def test_every_act_has_a_word() -> None:
    """An act is said by its name to what begins it: a function whose first parameter is `action`, or the `verb` of one."""
    functions = [node for node in NODES if isinstance(node, ast.FunctionDef) and node.args.args]
    begin = {function.name for function in functions if function.args.args[0].arg in ("action", "verb")}
    assert begin >= {"act", "act_on"}
    said = {text for call in calls(begin | {"Entry"}) for text in texts(call.args[0])}
    assert ACTIONS.keys() == said


def test_every_fact_has_a_word() -> None:
    told = [call.args[0] for call in calls({"add_entry"})]
    keys = {text for fact in told if isinstance(fact, ast.Dict) for key in fact.keys if key for text in texts(key)}
    assert FACTS.keys() == keys | {field.name for field in fields(Filter)} | {"clock"}
