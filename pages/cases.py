"""办件: the cases of what is done whenever one arises; opened here, and called off."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for
from wtforms import DateField
from wtforms.validators import Optional

from checklist import access, clock
from checklist.items import cases, holidays
from models import Case, Item
from pages import current
from pages.forms import Form, Line, Text

bp = Blueprint("cases", __name__, url_prefix="/items")


class BeginForm(Form):
    name = Line("办件名称", cases.LONGEST_NAME, description="一笔资金、一个招标、一项决策，写它的名称。")
    began_on = DateField("发生日期", [Optional()], description="各步骤的时限从这一天算起。")


class CancelForm(Form):
    reason = Text("撤销理由", 2000)


@bp.get("/<int:id>/cases")
def index(id: int) -> str:
    return _page(current.see(Item, id))


def _page(item: Item, **refused: Form) -> str:
    """Return the cases of an item's duty.

    `refused` is the form that was not accepted: to begin a case, or to cancel the one that the item is a step of.
    """
    standing, known = current.standing(), cases.of_duty(item)
    forms = {"begin": BeginForm(formdata=None, began_on=clock.today()), "cancel": CancelForm(formdata=None)}
    return render_template(
        "cases/index.html",
        item=item,
        cases=known,
        is_done=cases.is_done,
        offers={"begin"} if cases.takes_cases(item) and access.may(standing, "begin_case", item) else (),
        cancellable=[c for c in cases.cancellable(known) if access.may(standing, "cancel_case", c.steps[0].item)],
        unknown_years=holidays.calendar().unknown(step.item.due for case in known for step in case.steps),
        **(forms | refused),
    )


@bp.post("/<int:id>/cases")
def begin(id: int) -> Response:
    item, form = current.see(Item, id, to="begin_case"), BeginForm()
    if current.send(form, lambda by: cases.begin(id, form.name.data, form.began_on.data, by=by), Case):
        return current.saved(url_for("cases.index", id=id))
    return current.back(form, _page(item, begin=form))


@bp.post("/<int:id>/case/cancellation")
def cancel(id: int) -> Response:
    form = CancelForm()
    if current.send(form, lambda by: cases.cancel(id, form.reason.data, by=by), Case):
        return current.saved(url_for("items.mine"))
    # Looked up last: the item is gone once its case is cancelled, and the same form may come again.
    return current.back(form, _page(current.see(Item, id, to="cancel_case"), cancel=form))
