"""The rows of a draft among each other: merged, split, moved, paired, given owners; and the last step taken back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from wtforms import IntegerField
from wtforms.validators import Optional

from checklist import access
from checklist.lists import arranging, editing, pairing, precedents, undoing
from checklist.refusal import Malformed, Repeated
from models import Duty, DutyList, Part
from pages import current, desk
from pages.forms import Form

bp = Blueprint("drafts", __name__)


class SplitForm(Form):
    at = IntegerField("在第几个字后面拆开", [Optional()])


class MoveForm(Form):
    to = IntegerField("移到第几项", [Optional()])


# --- one row ------------------------------------------------------------------------------------------------


@bp.get("/duties/<int:id>/more")
def more(id: int) -> Response:
    """What else can be done with a row: in its card for htmx, a page of its own without."""
    return make_response(_more(_editable(id), SplitForm(formdata=None), MoveForm(formdata=None)))


def _editable(id: int) -> Duty:
    duty = access.load(Duty, id)
    access.see(current.actor(), DutyList, duty.duty_list_id)
    access.require(current.actor(), "edit", duty.duty_list)
    return duty


def _more(duty: Duty, splitting: SplitForm, moving: MoveForm) -> str:
    return render_template(
        "duties/_more.html" if current.is_htmx() else "duties/more.html",
        duty=duty,
        following=arranging.next_kept(duty),
        up=arranging.beside(duty, -1),
        down=arranging.beside(duty, 1),
        places=arranging.places(duty.wording),
        splitting=splitting,
        moving=moving,
    )


@bp.post("/duties/<int:id>/merger")
def merge_with_next(id: int) -> Response:
    rev = Form().rev.data
    return _once(id, lambda: arranging.merge_with_next(id, by=current.actor(), rev=rev))


@bp.post("/duties/<int:id>/parts")
def split(id: int) -> Response:
    form = SplitForm()
    return _typed(id, form, lambda: arranging.split(id, form.at.data, by=current.actor(), rev=form.rev.data))


@bp.post("/duties/<int:id>/position")
def move(id: int) -> Response:
    form = MoveForm()
    return _typed(id, form, lambda: arranging.move(id, form.to.data, by=current.actor(), rev=form.rev.data))


def _typed(id: int, form: SplitForm | MoveForm, verb: Callable[[], Duty]) -> Response:
    """Do it, or show the row's other acts once more with what was typed."""
    duty = _editable(id)
    try:
        if not form.validate():
            raise Malformed("请填写一个数字。")
        return _once(id, verb)
    except Malformed as problem:
        form.blame(problem)
    other = MoveForm(formdata=None) if isinstance(form, SplitForm) else SplitForm(formdata=None)
    splitting, moving = (form, other) if isinstance(form, SplitForm) else (other, form)
    response = make_response(_more(duty, splitting, moving), 422)
    response.headers["HX-Retarget"] = f"#more-{id}"
    return response


@bp.post("/duties/<int:id>/guards")
def pair(id: int) -> Response:
    form, work = Form(), request.form.get("work", type=int) or 0
    return _once(id, lambda: pairing.pair(id, work, by=current.actor(), rev=form.rev.data))


@bp.post("/duties/<int:id>/lead")
def take_lead(id: int) -> Response:
    form = Form()
    return _once(id, lambda: precedents.take_lead(id, by=current.actor(), rev=form.rev.data))


def _once(id: int, verb: Callable[[], Duty]) -> Response:
    """Do it once, and show all rows: others than this one may have changed with it."""
    try:
        touched = verb()
    except Repeated:
        touched = _editable(id)
    return _rows(touched.duty_list, touched)


def _rows(found: DutyList, here: Duty | None, done: str = "", many: desk.ManyForm | None = None) -> Response:
    """All rows of a draft and what stands beside them; `here` is the one that the focus goes to.

    `many` is the form for many rows as it is to be filled in next: one that was sent would not be taken again.
    """
    place = url_for("lists.show", id=found.id, _anchor=f"d-{here.id}" if here else "duties")
    if not current.is_htmx():
        return current.answer("", place)
    said = done or (f"已更新，见第 {here.position} 项" if here else "已更新")
    shown = desk.beside(found)
    return current.answer("lists/_rows.html", place, here=here, said=said, done=done, many=many, swapped=True, **shown)


# --- many rows ----------------------------------------------------------------------------------------------


@bp.post("/lists/<int:id>/merger")
def merge(id: int) -> Response:
    return _many(id, _merge)


def _merge(id: int, form: desk.ManyForm) -> tuple[Duty, str]:
    merged = arranging.merge(id, form.rows(), by=current.actor())
    return merged, f"已合并到第 {merged.position} 项。"


@bp.post("/lists/<int:id>/owners")
def assign(id: int) -> Response:
    return _many(id, _assign)


def _assign(id: int, form: desk.ManyForm) -> tuple[Duty, str]:
    if not form.part.data:
        raise Malformed("请选择牵头或配合。", "part")
    chosen, part = form.owners.data or [], Part(form.part.data)
    replace = request.form.get("how") == "replace"
    told = editing.assign(id, form.rows(), chosen, part, by=current.actor(), replace=replace)
    same = f"；第 {'、'.join(str(d.position) for d in told.same)} 项原来就是这样，没有变化" if told.same else ""
    return (told.changed or told.same)[0], f"已改 {len(told.changed)} 项{same}。"


def _many(id: int, verb: Callable[[int, desk.ManyForm], tuple[Duty, str]]) -> Response:
    """Do it with the checked rows and say what came of it, or show the form once more, the rows still checked."""
    found = access.see(current.actor(), DutyList, id)
    access.require(current.actor(), "edit", found)
    form = desk.many_form(found)
    try:
        here, done = verb(id, form)
    except Repeated:
        return _rows(access.load(DutyList, id), None)
    except Malformed as problem:
        form.blame(problem)
        form.nonce.data = current.new_nonce()
        template = "lists/_many.html" if current.is_htmx() else "lists/many.html"
        response = make_response(render_template(template, list=found, many=form), 422)
        response.headers["HX-Retarget"] = "#many"
        return response
    if not current.is_htmx():
        flash(done)
    return _rows(here.duty_list, here, done, many=desk.many_form(here.duty_list, formdata=None))


@bp.post("/lists/<int:id>/undo")
def undo(id: int) -> Response:
    step = request.form.get("step", type=int)
    try:
        found = undoing.undo(id, by=current.actor(), step=step)
    except Repeated:
        found = access.see(current.actor(), DutyList, id)
    return _rows(found, None, "已撤销这一步。")
