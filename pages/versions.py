"""修订: a new version of a list in force, how any version differs from the one before, and the draft that is given up."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, url_for
from wtforms import TextAreaField
from wtforms.validators import Length

from checklist import access, lists
from checklist.lists import versions
from checklist.refusal import Malformed, Refused
from models import DutyList
from pages import current
from pages.forms import Form, tidy

bp = Blueprint("versions", __name__, url_prefix="/lists")


class ReviseForm(Form):
    reason = TextAreaField("修订的理由", [Length(max=2000, message="不超过 2000 字。")], filters=[tidy])


class AbandonForm(Form):
    reason = TextAreaField("放弃的理由", [Length(max=2000, message="不超过 2000 字。")], filters=[tidy])


@bp.get("/<int:id>/revision")
def new(id: int) -> str:
    return _page(id, ReviseForm())


def _page(id: int, form: ReviseForm) -> str:
    found = access.see(current.actor(), DutyList, id)
    access.require(current.actor(), "revise", found)
    form.nonce.data = form.nonce.data or current.new_nonce()
    return render_template("versions/new.html", list=found, form=form)


@bp.post("/<int:id>/revision")
def create(id: int) -> Response:
    form = ReviseForm()
    try:
        if not form.validate():
            return make_response(_page(id, form), 422)
        reason = form.reason.data or ""
        begun = current.once(lambda: versions.revise(id, reason, by=current.actor()), DutyList)
    except (Malformed, Refused) as problem:
        if not problem.can_be_mended:
            raise
        form.blame(problem)
        return make_response(_page(id, form), problem.status)
    return current.redirect_to("lists.show", id=begun.id)


@bp.get("/<int:id>/abandonment")
def abandonment(id: int) -> str:
    found = access.see(current.actor(), DutyList, id)
    access.require(current.actor(), "abandon", found)
    return _abandon_page(id, AbandonForm(rev=found.rev))


def _abandon_page(id: int, form: AbandonForm) -> str:
    found = access.see(current.actor(), DutyList, id)
    form.nonce.data = form.nonce.data or current.new_nonce()
    return render_template("versions/abandon.html", list=found, current=versions.in_force(found), form=form)


@bp.post("/<int:id>/abandonment")
def abandon(id: int) -> Response:
    form = AbandonForm()
    by, reason, rev = current.actor(), form.reason.data or "", form.rev.data
    return current.change(
        form,
        lambda: lists.abandon(id, reason, by=by, rev=rev),
        lambda: _abandon_page(id, form),
        url_for("lists.show", id=id),
    )


@bp.get("/<int:id>/changes")
def changes(id: int) -> str:
    found = access.see(current.actor(), DutyList, id)
    return render_template(
        "versions/changes.html",
        list=found,
        before=versions.before(found),
        changes=versions.changes(found),
        outlook=versions.outlook(found) if versions.is_under_way(found) else None,
    )
