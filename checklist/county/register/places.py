"""The rows for units and posts, against what there is. What they bring in joins the register, so that others find it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from checklist import clock
from checklist.county import units
from checklist.county.register.entries import Place, Register, Seat, Titles, alike, as_code, unmarked
from checklist.county.register.rows import UNITS_PAGE, Row
from checklist.county.register.shapes import NO, YES, Line
from checklist.refusal import Malformed
from models import PostKind, UnitKind, Word

Kind = TypeVar("Kind", bound=Word)
DEEPEST = 10  # levels of units

# --- units --------------------------------------------------------------------------------------------------


def read_units(lines: Sequence[Line], known: Register) -> list[Row]:
    """Their rows. A parent may stand below its children, or in another file."""
    top, seen = known.top(), dict[Place, str]()
    read = [(row, _unit(row, known, seen)) for row in map(Row, lines)]
    for row, place in read:
        if place and place.id is None:
            top = _hang(row, place, top, known)
        elif place and row.line.text("parent"):
            parent = row.find("parent", known.place)
            if parent and parent is not place.parent:
                row.differs("parent", place.parent.name if place.parent else "没有", UNITS_PAGE)
    for row, place in read:
        if place and place.id is None and place.line()[-1].parent:
            row.blame("parent", "上级单位绕成了一个圈，请核对")
        elif place and place.id is None and len(place.line()) > DEEPEST:
            row.blame("parent", f"上下级超过 {DEEPEST} 层，请核对上级单位")
    return [row for row, _ in read]


def _unit(row: Row, known: Register, seen: dict[Place, str]) -> Place | None:
    code, name = as_code(row.line.text("code")), row.line.text("name")
    same = next((place for place in known.places if place.code == code), None)
    if not code:
        same = next((place for place in known.places if alike(place.name) == alike(name) and _lasts(place)), None)
    if same in seen:
        row.blame("code", f"与 {seen[same]} 是同一个单位，请删去一行")
        return None
    if same and not _lasts(same):
        row.blame("code", f"{code} 是已经撤销的“{same.name}”的代码，不能再用，请换一个")
        return None
    found = same or _new_unit(row, code, known)
    if same:
        _compare_unit(row, same)
    if found:
        seen[found] = row.line.at("code")
    return found


def _compare_unit(row: Row, place: Place) -> None:
    kind = row.choice("kind")
    for key, there in (("name", place.name), ("short", place.short)):
        if alike(row.line.text(key)) not in ("", alike(there)):
            row.differs(key, there, UNITS_PAGE)
    if kind and place.kind and kind != place.kind.label:
        row.differs("kind", place.kind.label, UNITS_PAGE)


def _new_unit(row: Row, code: str, known: Register) -> Place | None:
    name, short, kind = row.need("name"), row.need("short", 20), row.choice("kind")
    if not code:
        row.blame("code", "请填写代码")
        return None
    try:
        units.insist_on_code(code)
    except Malformed as why:
        row.blame("code", why.message)
    if not row.line.text("kind"):
        row.need("kind")
    twin = next((place for place in known.places if alike(place.name) == alike(name) and _lasts(place)), None)
    if twin:
        row.blame("name", f"叫“{twin.name}”的单位已经有了（代码 {twin.code}），同一个单位请写这个代码，另一个请换名称")
    place = Place(code, name, short, _of(UnitKind, kind), at=row.line.at("code"))
    row.makes.append(place)
    known.places.append(place)
    return place


def _hang(row: Row, place: Place, top: Place | None, known: Register) -> Place | None:
    """Give a new unit its parent; the first without one is the top, where there is none yet. The top, as it is then."""
    if row.line.text("parent"):
        parent = row.find("parent", known.place)
        if parent and parent.until:
            row.blame("parent", f"{parent.name}自 {parent.until} 起撤销，不能再设下级单位")
        place.parent = parent
    elif top:
        row.blame("parent", f"请填写上级单位。只有最上面的单位空着，那是“{top.name}”（代码 {top.code}）")
    return top or (place if not row.line.text("parent") else None)


def _lasts(place: Place) -> bool:
    return place.until is None or place.until > clock.today()


# --- posts --------------------------------------------------------------------------------------------------


def read_posts(lines: Sequence[Line], known: Register) -> list[Row]:
    """Their rows. A reviewing post may come later."""
    seen = dict[Seat, str]()
    read = [(row, _post(row, known, seen)) for row in map(Row, lines)]
    titles, beside = Titles(known.seats), dict[Place, list[Seat]]()
    for own in known.seats:
        beside.setdefault(own.place, []).append(own)
    for row, seat in read:
        if seat and row.line.text("reviewer"):
            _review(row, seat, titles)
        if seat and seat.id is None:
            _refuse_second(row, seat, beside[seat.place])
    numbered = {(own.place, own.name, own.n): own for own in known.seats}
    for row, seat in read:
        if seat and seat.id is None and seat.reviewer and _goes_round(seat, numbered):
            row.blame(
                "reviewer", "几个岗位互相审核，或者由编号在后的同名岗位审核，没有哪个能先设立，请至少让其中一个空着"
            )
    return [row for row, _ in read]


def _post(row: Row, known: Register, seen: dict[Seat, str]) -> Seat | None:
    place, label = row.find("unit", known.place), row.need("post")
    kind, secretary = row.choice("kind"), row.choice("secretary")
    if not (place and label):
        return None
    name, n = unmarked(label)
    twins = [seat for seat in known.seats if seat.place is place and seat.name == name]
    if n is None and len([twin for twin in twins if twin.id]) > 1:
        row.blame("post", f"{place.name}有几个“{name}”，请写明是哪一个，例如“{name}〔1〕”")
        return None
    same = next((twin for twin in twins if twin.n == (n or 1)), None)
    if same in seen:
        row.blame("post", f"与 {seen[same]} 是同一个岗位。同名的岗位请写成“{name}〔1〕”“{name}〔2〕”")
        return None
    found = same or Seat(place, name, n or 1, _of(PostKind, kind), secretary == YES, at=row.line.at("post"))
    seen[found] = row.line.at("post")
    if same:
        if kind and same.kind and kind != same.kind.label:
            row.differs("kind", same.kind.label, UNITS_PAGE)
        if secretary and (secretary == YES) != same.is_secretary:
            row.differs("secretary", YES if same.is_secretary else NO, UNITS_PAGE)
        return same
    if not row.line.text("kind"):
        row.need("kind")
    if place.until:
        row.blame("unit", f"{place.name}自 {place.until} 起撤销，不能再设岗位")
    row.makes.append(found)
    known.seats.append(found)
    return found


def _review(row: Row, seat: Seat, titles: Titles) -> None:
    reviewer = row.find("reviewer", lambda text: titles.find(text, seat.place))
    if not reviewer:
        return
    if reviewer is seat:
        row.blame("reviewer", "岗位不能由自己审核，请另填一个，或者空着")
    elif seat.id is None and reviewer.until:
        row.blame("reviewer", f"{reviewer.title}自 {reviewer.until} 起撤销，不能再用")
    elif seat.id is None:
        seat.reviewer = reviewer
    elif reviewer is not seat.reviewer:
        row.differs("reviewer", seat.reviewer.title if seat.reviewer else "按上下级关系确定", UNITS_PAGE)


def _refuse_second(row: Row, seat: Seat, beside: list[Seat]) -> None:
    """A unit, whose posts these are, has one 一把手 and one secretary; posts of one name are numbered without a gap."""
    others = beside[: beside.index(seat)]
    for key, word, second in (
        ("kind", "一把手", [other for other in others if other.kind is seat.kind is PostKind.PRINCIPAL]),
        ("secretary", "书记", [other for other in others if other.is_secretary and seat.is_secretary]),
    ):
        if second:
            where = f"（{second[0].at}）" if second[0].at else ""
            row.blame(key, f"{seat.place.name}的{word}岗位已经是“{second[0].name}”{where}，只能有一个")
    twins = {other.n for other in beside if other.name == seat.name}
    if missing := set(range(1, seat.n)) - twins:
        row.blame("post", f"没有“{seat.name}〔{min(missing)}〕”，同名的岗位请从〔1〕起连着编号")


def _goes_round(seat: Seat, numbered: dict[tuple[Place, str, int], Seat]) -> bool:
    """Whether a post would have to be there before itself: each comes after its reviewer, and after its last namesake."""
    passed, waiting = set[Seat](), [seat]
    while waiting:
        here = waiting.pop()
        for before in (here.reviewer, numbered.get((here.place, here.name, here.n - 1))):
            if before is seat:
                return True
            if before and before not in passed:
                passed.add(before)
                waiting.append(before)
    return False


def _of(kind: type[Kind], label: str | None) -> Kind | None:
    return next((word for word in kind if word.label == label), None)
