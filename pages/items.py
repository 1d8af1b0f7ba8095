"""我的清单: what is due, reported with one click and undone with another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from wtforms import DateField, DecimalField
from wtforms.validators import Optional

from checklist import access, clock, lists
from checklist.actor import Actor
from checklist.items import cases, evidence, holidays, progress, schedule, signoff
from checklist.lists import consultation, versions
from models import Case, Item, ItemState
from pages import current
from pages.forms import FileForm, Form, Line, Text

# The fields of a press that says nothing.
PRESSED = {"csrf_token", "nonce", "press", "rev"}

bp = Blueprint("items", __name__, url_prefix="/items")


class ReportForm(Form):
    """What may be said of an item. One field value-<id> for each of its targets is added when it is bound."""

    reply = Text("整改回复", 2000)
    note = Text("完成说明", 2000)
    happened_on = DateField("发生日期", [Optional()], description="不填就是今天；补记以前的事，填当天日期。")
    document_no = Line("文号", 120)

    def report(self) -> signoff.Report:
        """Return what was typed; a target whose field was left empty has no value."""
        values = {t: field.data for t, field in self.value_fields() if field.data is not None}
        return signoff.Report(self.note.data, self.happened_on.data, self.document_no.data, values, self.reply.data)

    def value_fields(self) -> list[tuple[int, Any]]:
        """Return the fields of the item's targets, each with the target's id."""
        fields = {name: field for name, field in self._fields.items() if name.startswith("value-")}
        return [(int(name.removeprefix("value-")), field) for name, field in fields.items()]


class WithdrawForm(Form):
    reason = Text("撤回理由", 2000)


def report_form(item: Item, **kwargs: Any) -> ReportForm:
    """Return the form of one item, with a field for each of its targets and what has been said so far."""

    class ItemForm(ReportForm):
        pass

    for target in item.targets:
        field = DecimalField(f"{target.of}（{target.unit}）", [Optional()], places=None)
        setattr(ItemForm, f"value-{target.id}", field)
    said: dict[str, Any] = {f"value-{reading.target_id}": reading.value for reading in item.readings}
    said |= {"note": item.note, "happened_on": item.happened_on, "reply": item.reply}
    said |= {"document_no": "、".join(e.document_no for e in item.documents), "rev": item.rev}
    return ItemForm(data=said, prefix="", **kwargs)


# --- pages --------------------------------------------------------------------------------------------------


@bp.get("/")
def mine() -> str:
    standing = current.standing()
    posts = standing.posts + standing.prepares
    items = progress.items_of(posts)
    return render_template(
        "items/mine.html",
        posts=posts,
        agenda=progress.agenda(items),
        sections=progress.SECTIONS,
        to_confirm=lists.to_confirm(standing),
        opinions=[o for o in consultation.open_to(standing) if o.answer is None],
        today=clock.today(),
        **_counts(),
        **_helpers(items, list({item.step.case for item in items if item.step})),
    )


@bp.get("/<int:id>")
def show(id: int) -> str:
    return _page(current.see(Item, id))


def _page(item: Item, **refused: Form) -> str:
    """Return an item's page; `refused` is the form of it that was not accepted, by its name in the template."""
    forms = {"form": report_form(item, formdata=None), "withdraw": WithdrawForm(formdata=None, rev=item.rev)}
    return render_template(
        "items/item.html",
        item=item,
        guarded=progress.guarded(item),
        upload=FileForm(formdata=None) if evidence.may_change(item, current.standing()) else None,
        reviewer=current.standing().county.reviewer(item.post_id),
        revised=versions.changes_of(item),
        reasons=versions.reasons(item.signatures),
        posts=current.standing().county.posts,
        **_helpers([item], cases.of_duty(item)),
        **(forms | refused),
    )


def _helpers(items: list[Item], known: list[Case]) -> dict[str, Any]:
    """Return what templates ask about an item; the answers are the verbs' own. `known` are the cases to be counted."""
    standing, days = current.standing(), holidays.calendar()
    return {
        "offers": lambda item: _offers(item, standing),
        "sent_back": lambda item: item.reviews[-1] if item.state is ItemState.RETURNED and item.reviews else None,
        "section": progress.section,
        "light": progress.light_of,
        "late_entry": progress.late_entry,
        "waits": cases.waits,
        "case_count": lambda item: cases.count(item, known) if cases.reports_on_cases(item) else None,
        "moved": lambda item: schedule.moved(item, days),
        "unknown_years": days.unknown(item.due for item in items),
    }


def _offers(item: Item, standing: access.Standing) -> list[str]:
    """Return what this person can do with an item now: its moves, and to report while it is unsigned."""
    reports = item.state.is_unsigned and access.may(standing, "report", item)
    return [*signoff.choices(item, standing), *(["report"] if reports else [])]


def _counts() -> dict[str, Any]:
    """Count what this person answers for, and how many reported items wait for the person's own signature."""
    standing = current.standing()
    tally = progress.Tally.of(standing.posts + standing.prepares, held=standing.posts)
    return {"tally": tally, "ready": tally.ready}


# --- reporting ----------------------------------------------------------------------------------------------


@bp.post("/<int:id>/tick")
def tick(id: int) -> Response:
    pressed = _press(id, signoff.tick) if request.form.keys() <= PRESSED else None
    if pressed:
        return pressed
    item = current.see(Item, id, to="tick")
    form = report_form(item)
    return _send(item, form, lambda by: signoff.tick(id, by=by, rev=form.rev.data, report=form.report()))


@bp.post("/<int:id>/untick")
def untick(id: int) -> Response:
    if pressed := _press(id, signoff.untick):
        return pressed
    item, form = current.see(Item, id, to="untick"), Form()
    return _send(item, form, lambda by: signoff.untick(id, by=by, rev=form.rev.data))


def _press(id: int, verb: Callable[..., Item]) -> Response | None:
    """Do what takes but a press, without a look at the row before the act; None where the press alone does not do."""
    form = Form()
    item = current.send(form, lambda by: verb(id, by=by, rev=form.rev.data), Item)
    if item and item.id == id:
        return _row(item)
    if form.status != 409:
        return None
    return current.back(form, _refused(current.see(Item, id, to=verb.__name__), form))


@bp.post("/<int:id>/report")
def report(id: int) -> Response:
    item = current.see(Item, id, to="report")
    form = report_form(item)
    return _send(item, form, lambda by: signoff.report(id, form.report(), by=by, rev=form.rev.data))


def _send(item: Item, form: Form, verb: Callable[[Actor], Item]) -> Response:
    if current.send(form, verb, item):
        return _row(item)
    return current.back(form, _refused(item, form))


def _refused(item: Item, form: Form) -> Response | str:
    """Return the item's page with the form that was not accepted; to htmx, of a press, the row."""
    if form.status == 409:
        form.rev.data, form.rev.raw_data = item.rev, None  # the next press is of the row as it is shown
    if isinstance(form, ReportForm):
        return _page(item, form=form)
    return _row(item, form) if current.is_htmx() else _page(item, untick=form)


def _row(item: Item, refused: Form | None = None) -> Response:
    """Return an item's row and what changes with it for htmx, else send back to the checklist."""
    if item.step and current.is_htmx():  # all of its case is drawn
        access.load_all(Item, [step.item_id for step in item.step.case.steps])
    return current.answer(
        "items/_case.html" if item.step else "items/_row.html",
        url_for("items.mine", _anchor=f"item-{item.id}"),
        item=item,
        case=item.step.case if item.step else None,
        guarded=progress.guarded_in_row(item),
        refused=refused,
        swapped=True,
        **_counts(),
        **_helpers([item], cases.of_duty(item) if cases.reports_on_cases(item) else []),
    )


@bp.post("/<int:id>/withdrawal")
def withdraw(id: int) -> Response:
    item, form = current.see(Item, id, to="withdraw"), WithdrawForm()
    if current.send(form, lambda by: signoff.withdraw(id, form.reason.data, by=by, rev=form.rev.data), item):
        return current.redirect_to("items.show", id=id)
    return current.back(form, _page(item, withdraw=form))
