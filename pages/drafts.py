"""The rows of a draft among each other: merged, split, moved, paired, given owners; and the last step taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for

from checklist import access
from checklist.actor import Actor
from checklist.lists import arranging, editing, pairing, precedents, undoing
from models import Duty, DutyList
from pages import current, desk
from pages.forms import Form, Number

bp = Blueprint("drafts", __name__)


class SplitForm(Form):
    at = Number("在第几个字后面拆开")


class MoveForm(Form):
    to = Number("移到第几项")


# --- one row ------------------------------------------------------------------------------------------------


@bp.get("/duties/<int:id>/more")
def more(id: int) -> Response:
    """Show what else can be done with a row: in its card for htmx, on a page of its own without."""
    return _more(desk.editable(id))


def _more(duty: Duty, **refused: Form) -> Response:
    forms = {"splitting": SplitForm(formdata=None), "moving": MoveForm(formdata=None)}
    page = render_template(
        "duties/_more.html" if current.is_htmx() else "duties/more.html",
        duty=duty,
        following=arranging.next_kept(duty),
        up=arranging.beside(duty, -1),
        down=arranging.beside(duty, 1),
        places=arranging.places(duty.wording),
        **(forms | refused),
    )
    return _in_place_of(f"#more-{duty.id}", page) if refused else make_response(page)


def _in_place_of(target: str, page: str) -> Response:
    """Return a form that was not accepted where htmx awaits all rows."""
    response = make_response(page)
    response.headers["HX-Retarget"] = target
    return response


@bp.post("/duties/<int:id>/merger")
def merge_with_next(id: int) -> Response:
    return _press(id, "merge", arranging.merge_with_next)


@bp.post("/duties/<int:id>/lead")
def take_lead(id: int) -> Response:
    return _press(id, "take_lead", precedents.take_lead)


@bp.post("/duties/<int:id>/guards")
def pair(id: int) -> Response:
    return _press(id, "pair", pairing.pair, request.values.get("work", 0, type=int))


def _press(id: int, act: str, verb: Callable[..., Duty], *what: int) -> Response:
    duty = current.see(Duty, id, to=act)
    return _touched(current.press(lambda by, rev: verb(id, *what, by=by, rev=rev), duty))


@bp.post("/duties/<int:id>/parts")
def split(id: int) -> Response:
    duty, form = current.see(Duty, id, to="split"), SplitForm()
    if current.send(form, lambda by: arranging.split(id, form.at.data, by=by, rev=form.rev.data), duty):
        return _touched(duty)
    return current.back(form, _more(desk.editable(id), splitting=form))


@bp.post("/duties/<int:id>/position")
def move(id: int) -> Response:
    duty, form = current.see(Duty, id, to="move"), MoveForm()
    if current.send(form, lambda by: arranging.move(id, form.to.data, by=by, rev=form.rev.data), duty):
        return _touched(duty)
    return current.back(form, _more(desk.editable(id), moving=form))


def _touched(duty: Duty) -> Response:
    """Show all rows: others than this one may have changed with it."""
    return _rows(duty.duty_list, f"已更新，见第 {duty.position} 项", here=duty)


def _rows(duty_list: DutyList, said: str, *, here: Duty | None = None, **shown: Any) -> Response:
    """Return all rows of a draft and what stands beside them; `here` is the one that the focus goes to."""
    place = url_for("lists.show", id=duty_list.id, _anchor=f"d-{here.id}" if here else "duties")
    if not current.is_htmx():
        return redirect(place, 303)  # type: ignore[return-value]
    shown |= desk.beside(duty_list)
    return make_response(render_template("lists/_rows.html", here=here, said=said, swapped=True, **shown))


# --- many rows ----------------------------------------------------------------------------------------------


@bp.post("/lists/<int:id>/merger")
def merge(id: int) -> Response:
    return _many(id, "merge", _merge)


def _merge(id: int, form: desk.ManyForm, by: Actor) -> tuple[Duty, str]:
    merged = arranging.merge(id, form.rows(), by=by)
    return merged, f"已合并到第 {merged.position} 项。"


@bp.post("/lists/<int:id>/owners")
def assign(id: int) -> Response:
    return _many(id, "assign", _assign)


def _assign(id: int, form: desk.ManyForm, by: Actor) -> tuple[Duty, str]:
    chosen, replace = form.owners.data or [], request.form.get("how") == "replace"
    rows = editing.assign(id, form.rows(), chosen, form.chosen_part(), by=by, replace=replace)
    same = f"；第 {'、'.join(str(d.position) for d in rows.same)} 项原来就是这样，没有变化" if rows.same else ""
    return (rows.changed or rows.same)[0], f"已改 {len(rows.changed)} 项{same}。"


def _many(id: int, act: str, verb: Callable[[int, desk.ManyForm, Actor], tuple[Duty, str]]) -> Response:
    """Do it with the checked rows and say what came of it, or show the form once more, the rows still checked."""
    duty_list = current.see(DutyList, id, to=act)
    form = desk.many_form(duty_list)
    done = current.send(form, lambda by: verb(id, form, by), duty_list)
    if isinstance(done, DutyList):  # the form was sent before
        return _rows(done, "已更新")
    if done:
        return _done(*done)
    access.require(current.actor(), "edit", duty_list)
    template = "lists/_many.html" if current.is_htmx() else "lists/many.html"
    return current.back(form, _in_place_of("#many", render_template(template, list=duty_list, many=form)))


def _done(here: Duty, words: str) -> Response:
    """Return all rows with what was done, and the form for many rows anew: the one that was sent is spent."""
    if not current.is_htmx():
        flash(words)
    return _rows(here.duty_list, words, here=here, done=words, many=desk.many_form(here.duty_list, formdata=None))


@bp.post("/lists/<int:id>/undo")
def undo(id: int) -> Response:
    duty_list, step = current.see(DutyList, id, to="undo"), request.form.get("step", type=int)
    return _rows(current.press(lambda by, _: undoing.undo(id, by=by, step=step), duty_list), "已撤销这一步。")
