"""修订: a new version of a list in force, how any version differs from the one before, and the draft that is given up."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for

from checklist import access, lists
from checklist.lists import versions
from models import DutyList
from pages import current
from pages.forms import Form, Text

bp = Blueprint("versions", __name__, url_prefix="/lists")


class ReviseForm(Form):
    reason = Text("修订的理由", 2000)


class AbandonForm(Form):
    reason = Text("放弃的理由", 2000)


@bp.get("/<int:id>/revision")
def new(id: int) -> str:
    return _revision(id, ReviseForm(formdata=None))


def _revision(id: int, form: ReviseForm) -> str:
    return render_template("versions/new.html", list=_changeable(id, "revise"), form=form)


def _changeable(id: int, verb: str) -> DutyList:
    """Return a list to which this person may do something. Raises Unseen, NotYours."""
    duty_list = current.see(DutyList, id)
    access.require(current.actor(), verb, duty_list)
    return duty_list


@bp.post("/<int:id>/revision")
def create(id: int) -> Response:
    current.see(DutyList, id, to="revise")
    form = ReviseForm()
    if begun := current.send(form, lambda by: versions.revise(id, form.reason.data, by=by), DutyList):
        return current.redirect_to("lists.show", id=begun.id)
    return current.back(form, _revision(id, form))


@bp.get("/<int:id>/abandonment")
def abandonment(id: int) -> str:
    return _abandonment(id, AbandonForm(formdata=None, rev=current.see(DutyList, id).rev))


def _abandonment(id: int, form: AbandonForm) -> str:
    duty_list = _changeable(id, "abandon")
    return render_template("versions/abandon.html", list=duty_list, current=versions.in_force(duty_list), form=form)


@bp.post("/<int:id>/abandonment")
def abandon(id: int) -> Response:
    duty_list, form = current.see(DutyList, id, to="abandon"), AbandonForm()
    if current.send(form, lambda by: lists.abandon(id, form.reason.data, by=by, rev=form.rev.data), duty_list):
        return current.saved(url_for("lists.show", id=id))
    return current.back(form, _abandonment(id, form))


@bp.get("/<int:id>/changes")
def changes(id: int) -> str:
    duty_list = current.see(DutyList, id)
    return render_template(
        "versions/changes.html",
        list=duty_list,
        before=versions.before(duty_list),
        changes=versions.changes(duty_list),
        outlook=versions.outlook(duty_list) if versions.is_under_way(duty_list) else None,
    )
