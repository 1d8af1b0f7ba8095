"""办件: the cases of what is done whenever one arises; opened here, and called off."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import Optional

from checklist import access, clock
from checklist.items import cases, holidays
from models import Item
from pages import current
from pages.forms import Form, tidy

bp = Blueprint("cases", __name__, url_prefix="/items")


class BeginForm(Form):
    name = StringField("办件名称", description="一笔资金、一个招标、一项决策，写它的名称。", filters=[tidy])
    began_on = DateField("发生日期", [Optional()], description="各步骤的时限从这一天算起。")


class CancelForm(Form):
    reason = TextAreaField("撤销理由", filters=[tidy])


@bp.get("/<int:id>/cases")
def index(id: int) -> str:
    return _page(id)


def _page(id: int, begin: BeginForm | None = None, cancel: CancelForm | None = None) -> str:
    """The cases of an item's duty; `cancel` is the form that did not do for the case that the item is a step of."""
    item = access.see(current.actor(), Item, id)
    found, standing = cases.of_duty(item), current.standing()
    return render_template(
        "cases/index.html",
        item=item,
        cases=found,
        is_done=cases.is_done,
        begin=begin or BeginForm(formdata=None, began_on=clock.today()),
        cancel=cancel or CancelForm(formdata=None),
        may_begin=cases.takes_cases(item) and access.may(standing, "begin_case", item),
        may_cancel=lambda case: cases.is_cancellable(case) and access.may(standing, "cancel_case", case.steps[0].item),
        unknown_years=holidays.calendar().unknown(step.item.due for case in found for step in case.steps),
    )


@bp.post("/<int:id>/cases")
def begin(id: int) -> Response:
    form = BeginForm()
    name, began_on = form.name.data or "", form.began_on.data

    def verb() -> object:
        return cases.begin(id, name, began_on, by=current.actor())

    return current.change(form, verb, lambda: _page(id, begin=form), url_for("cases.index", id=id))


@bp.post("/<int:id>/case/cancellation")
def cancel(id: int) -> Response:
    form = CancelForm()

    def verb() -> object:
        return cases.cancel(id, form.reason.data or "", by=current.actor())

    return current.change(form, verb, lambda: _page(id, cancel=form), url_for("items.mine"))
