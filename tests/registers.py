"""Registers for tests, of our own words: as a neat workbook, as an ugly one, and as CSV."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

from xlsxwriter import Workbook

from checklist.county import register
from tests import county

HEADS = {
    "单位": ("代码", "名称", "简称", "类别", "上级单位"),
    "岗位": ("单位", "岗位", "类别", "是否书记", "审核岗位"),
    "人员": ("登录名", "姓名", "所在单位"),
    "任职": ("登录名", "姓名", "单位", "岗位", "起始日期", "方式"),
    "分工": ("单位", "岗位", "分管单位", "分管领域"),
}
# A bureau that qinghe has not, with what it takes: the office stands before the bureau that it belongs to.
NEW: dict[str, list[Sequence[str]]] = {
    "单位": [
        ("QH-SLJ-BGS", "水利局办公室", "水利办", "部门", "县水利局"),
        ("QH-SLJ", "县水利局", "水利", "部门", "县政府"),
    ],
    "岗位": [
        ("县水利局", "副局长〔2〕", "班子成员", "", "县水利局 局长"),
        ("QH-SLJ", "局长", "一把手", "是", ""),
        ("水利", "副局长〔1〕", "班子成员", "否", ""),
    ],
    "人员": [("shui.li", "水利民", "县水利局"), ("he.qing", "何清", "水利"), ("bao", "鲍防汛", "QH-SLJ-BGS")],
    "任职": [
        ("shui.li", "水利民", "县水利局", "局长", "2024-06-01", "担任"),
        ("", "何清", "水利", "副局长〔2〕", "2026-07-01", "主持工作"),
        ("bao", "", "县水利局", "局长", "", "联络员"),
    ],
    "分工": [("县水利局", "局长", "水利局办公室", "防汛")],
}


def workbook(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """A workbook with the template's heads; a sheet's name is its table's."""
    out = io.BytesIO()
    with Workbook(out, {"strings_to_numbers": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for n, row in enumerate([HEADS[name], *rows]):
                sheet.write_row(n, 0, row)
    return out.getvalue()


def new(**changed: list[Sequence[str]]) -> bytes:
    """The new bureau, with some tables put in the place of its own."""
    return workbook({**NEW, **changed})


def ugly() -> bytes:
    """As an office would send it: titles, merges, empty rows, wide spaces, days in every form, sheets of any name."""
    out = io.BytesIO()
    with Workbook(out, {"strings_to_numbers": False}) as book:
        day = book.add_format({"num_format": "yyyy/m/d"})
        units = book.add_worksheet("Sheet1")
        units.merge_range("A1:F1", "清和县机构一览表（2026年）")
        units.write_row("A4", ["序号", "主管单位", "单位 全称", "单位代码", "简 称", "单位性质"])
        units.write_row("A6", ["1", "县政府", "县　水利局", "qh-slj", "水利", "县直部门"])
        units.write_row("A7", ["2", "ＱＨ-GOV", "北山　乡", "QH-BS", "北山", "乡"])
        units.merge_range("A9:F9", "注：本表由编办填报。")
        posts = book.add_worksheet("领导职数")
        posts.write_row("A1", ["职务", "所属单位", "职务类别", "党组书记", "级别"])
        posts.merge_range("B2:B3", "县水利局")
        posts.write_row("A2", ["局 长"])
        posts.write_row("C2", ["主要负责人", "√", "正科"])
        posts.write("A3", "副局长")
        posts.write("C3", "副职")
        people = book.add_worksheet("花名册")
        people.write_row("A2", ["姓 名", "工作单位", "登录账号"])
        people.write_row("A3", ["张　三", "县水利局", "Zhang.San"])
        people.write_row("A4", ["李 四光", "水利", "li.sg"])
        holds = book.add_worksheet("任职情况")
        holds.write_row("A1", ["姓名", "任职单位", "职务", "任职时间", "任职方式"])
        holds.write_row("A2", ["张 三", "县水利局", "局长", "2026年1月", "代理"])
        holds.write_row("A3", ["李四光", "县水利局", "副局长"])
        holds.write_datetime("D3", date(2025, 11, 3), day)
        holds.write_row("A4", ["李四光", "县水利局", "局长", "46054", "联系人"])
        book.add_worksheet("备忘").write("A1", "编办的电话在背面")
    return out.getvalue()


def crowd(units: int, people: int, letter: str = "N") -> dict[str, list[Sequence[str]]]:
    """A register of so many units and people below qinghe's government, each person with a post of his own.

    Another letter tells a second crowd from the first.
    """
    names = [f"{letter}第{n}局" for n in range(units)]
    of = [names[n % units] for n in range(people)]
    seats = [f"股长〔{n // units}〕" if n >= units else "局长" for n in range(people)]
    logins = [f"person.{letter.lower()}.{n}" for n in range(people)]
    return {
        "单位": [(f"{letter}-{n}", name, f"{letter}{n}局", "部门", "县政府") for n, name in enumerate(names)],
        "岗位": [
            (u, s, "一把手" if s == "局长" else "其他", "是" if s == "局长" else "否", "")
            for u, s in zip(of, seats, strict=True)
        ],
        "人员": [(login, f"人{n}号", of[n]) for n, login in enumerate(logins)],
        "任职": [(logins[n], "", of[n], seats[n], "2026-01-01", "担任") for n in range(people)],
        "分工": [],
    }


def previewed(content: bytes) -> register.Preview:
    """What a workbook comes to."""
    return register.preview(register.read([("名册.xlsx", content)]), by=county.actor("shen"))


def take(content: bytes, login: str = "shen") -> register.Taken:
    """Bring a workbook in, as somebody."""
    return register.take([("名册.xlsx", content)], by=county.actor(login))


def blamed(content: bytes) -> list[tuple[str, str]]:
    """What is wrong with a workbook: cells and words."""
    return [(wrong.at, wrong.words) for row in previewed(content).rows for wrong in row.wrong]
