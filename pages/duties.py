"""One duty of a draft: its card, and the form in which the clerk corrects it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from wtforms import DateField, DecimalField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Optional

from checklist.decompose.figures import OPS
from checklist.items import cases
from checklist.lists import drawing, editing, guarding, owners, tiers
from models import Cadence, Duty, DutyList, Part, Side
from pages import current, desk
from pages.forms import Text, WordingForm, options

bp = Blueprint("duties", __name__)

NOBODY = ""
PARTS = options([(NOBODY, "不承担"), *((part, part.label) for part in Part)])


class EditForm(WordingForm):
    """`bind` adds a field part-<owner> for whoever may own the duty, except-<set>, and value-<target>."""

    side = RadioField("类别", choices=options((s, s.label) for s in Side))
    cadence = SelectField("频次", choices=options((c, c.label) for c in Cadence))
    due_on = DateField("完成日期", [Optional()], description="一次完成或每年一次的事项可以定一个日子。")
    steps = Text(
        "程序（办理步骤）",
        cases.MOST_STEPS * (cases.LONGEST_STEP + 1),
        description="一行一步，按先后排列。“逢事必办”的事项，以后登记的每一件都按这些步骤办理。",
        render_kw={"rows": 4},
    )
    guards = SelectMultipleField("守护的业务事项", description="这条廉政责任看住哪几项业务。")

    def edit(self, duty: Duty) -> editing.Edit:
        return editing.Edit(
            wording=self.wording.data,
            side=Side(self.side.data),
            cadence=Cadence(self.cadence.data),
            due_on=self.due_on.data,
            owners=self._owners(duty),
            guards=self.guards.data or [],
            values={t.id: self[f"value-{t.id}"].data for t in duty.targets},
            steps=self.steps.data.split("\n"),
        )

    def _owners(self, duty: Duty) -> list[owners.Owner]:
        chosen = []
        for key, owner in tiers.choices(duty):
            part = self[f"part-{key}"].data
            if part:
                excepted = {"except": self[f"except-{key}"].data or []} if "set" in owner else {}
                chosen.append({**owner, **excepted, "part": part})
        return chosen


def edit_form(duty: Duty, **kwargs: Any) -> EditForm:
    """Return the form of one duty as it stands, with fields for those who may own it and for its targets."""

    class DutyForm(EditForm):
        pass

    said: dict[str, Any] = {
        "wording": duty.wording,
        "side": duty.side.value,
        "cadence": duty.cadence.value,
        "due_on": duty.due_on,
        "guards": duty.guards,
        "steps": "\n".join(duty.steps),
        "rev": duty.rev,
    }
    current_owners = {owners.key(owner): owner for owner in duty.owners}
    for key, owner in tiers.choices(duty):
        setattr(DutyForm, f"part-{key}", SelectField(owners.describe(owner), choices=PARTS))
        said[f"part-{key}"] = current_owners.get(key, {}).get("part", NOBODY)
        if "set" in owner:
            among = owners.exceptable(owner, duty.duty_list.unit)
            choices = options((left_out, owners.exception(owner, left_out)) for left_out, _ in among)
            setattr(DutyForm, f"except-{key}", SelectMultipleField("除外", choices=choices))
            said[f"except-{key}"] = current_owners.get(key, {}).get("except", [])
    for target in duty.targets:
        asked = f"{target.of} {OPS[target.op]} 多少{target.unit}"
        field = DecimalField(
            asked, [Optional()], places=None, description="空着就是待定。"
        )  # rounded, it would be saved so
        setattr(DutyForm, f"value-{target.id}", field)
        said[f"value-{target.id}"] = target.value
    form = DutyForm(data=said, **kwargs)
    form.guards.choices = options(_works(duty))
    return form


def _works(duty: Duty) -> Iterator[tuple[str, str]]:
    """Yield the work that a duty may guard, by lineage: on its own list, guarded elsewhere, or in its leaders' charge."""
    duty_list = duty.duty_list
    own = {other.lineage for other in duty_list.duties}
    here = [d for d in duty_list.kept if d.side is not Side.INTEGRITY and d is not duty]
    there = {d.lineage: d for d in [*guarding.work(duty_list, duty.guards).values(), *drawing.in_charge(duty_list)]}
    others = [d for lineage, d in there.items() if lineage not in own]
    numbers = guarding.elsewhere(others)
    yield from ((d.lineage, f"{d.position}. {d.wording[:40]}") for d in here)
    yield from ((d.lineage, f"{numbers[d.lineage]} {d.wording[:40]}") for d in others)


# --- pages --------------------------------------------------------------------------------------------------


@bp.get("/duties/<int:id>/edit")
def edit(id: int) -> str:
    duty = desk.editable(id)
    return _form(duty, edit_form(duty, formdata=None))


def _form(duty: Duty, form: EditForm) -> str:
    template = "duties/_form.html" if current.is_htmx() else "duties/edit.html"
    return render_template(template, duty=duty, form=form, owners=tiers.choices(duty))


@bp.get("/duties/<int:id>")
def show(id: int) -> Response:
    """Show the card alone, for htmx, when an edit is given up."""
    duty = desk.editable(id)
    return current.answer("duties/_duty.html", _place(duty), duty=duty, **desk.rows(duty.duty_list))


@bp.post("/duties/<int:id>")
def change(id: int) -> Response:
    duty = current.see(Duty, id, to="edit")
    form = edit_form(duty)
    if current.send(form, lambda by: editing.edit(id, form.edit(duty), by=by, rev=form.rev.data), duty):
        return _changed(duty)
    return current.back(form, _form(desk.editable(id), form))


@bp.post("/duties/<int:id>/drop")
def drop(id: int) -> Response:
    return _press(id, "drop", editing.drop)


@bp.post("/duties/<int:id>/restore")
def restore(id: int) -> Response:
    return _press(id, "restore", editing.restore)


@bp.post("/duties/<int:id>/wording")
def mend(id: int) -> Response:
    """Take the standard phrase for a suspected slip; the source's words stay as they are."""
    return _press(id, "mend", editing.mend, request.values.get("slip", ""), request.values.get("standard", ""))


def _press(id: int, act: str, verb: Callable[..., Duty], *what: str) -> Response:
    duty = current.see(Duty, id, to=act)
    return _changed(current.press(lambda by, rev: verb(id, *what, by=by, rev=rev), duty))


@bp.post("/lists/<int:id>/duties")
def add(id: int) -> Response:
    duty_list, form = current.see(DutyList, id, to="add"), WordingForm()
    if duty := current.send(form, lambda by: editing.add(id, form.wording.data, by=by), Duty):
        return current.answer("duties/_added.html", _place(duty), adding=WordingForm(formdata=None), **_card(duty))
    template = "duties/_add.html" if current.is_htmx() else "duties/add.html"
    return current.back(form, render_template(template, list=duty_list, adding=form))


def _changed(duty: Duty) -> Response:
    return current.answer("duties/_duty.html", _place(duty), **_card(duty))


def _card(duty: Duty) -> dict[str, Any]:
    return {"duty": duty, "swapped": True, **desk.beside(duty.duty_list)}


def _place(duty: Duty) -> str:
    return url_for("lists.show", id=duty.duty_list_id, _anchor=f"d-{duty.id}")
