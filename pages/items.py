"""我的清单: what is due, reported with one click and undone with another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, render_template, url_for
from wtforms import DateField, DecimalField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from checklist import access, clock, lists
from checklist.access import reviewing
from checklist.items import cases, evidence, holidays, progress, schedule, signoff
from checklist.lists import consultation, versions
from models import Case, Item
from pages import current
from pages.forms import FileForm, Form, tidy

bp = Blueprint("items", __name__, url_prefix="/items")


class ReportForm(Form):
    """What may be said of an item. One field value-<id> for each of its targets is added when it is bound."""

    reply = TextAreaField("整改回复", [Optional(), Length(max=2000, message="不超过 2000 字。")], filters=[tidy])
    note = TextAreaField("完成说明", [Optional(), Length(max=2000, message="不超过 2000 字。")], filters=[tidy])
    happened_on = DateField("发生日期", [Optional()], description="不填就是今天；补记以前的事，填当天日期。")
    document_no = StringField("文号", [Optional(), Length(max=120, message="不超过 120 字。")], filters=[tidy])

    def report(self) -> signoff.Report:
        values = {t: field.data for t, field in self.value_fields() if field.data is not None}
        return signoff.Report(
            self.note.data or "",
            self.happened_on.data,
            self.document_no.data or "",
            values,
            self.reply.data or "",
        )

    def value_fields(self) -> list[tuple[int, Any]]:
        found = []
        for name, field in self._fields.items():
            if name.startswith("value-"):
                found.append((int(name.removeprefix("value-")), field))
        return found


class WithdrawForm(Form):
    reason = TextAreaField("撤回理由", filters=[tidy])


def report_form(item: Item, **kwargs: Any) -> ReportForm:
    """The form of one item, with a field for each of its targets and what has been said so far."""

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


def _page(item: Item, form: ReportForm | None = None, withdraw: WithdrawForm | None = None) -> str:
    return render_template(
        "items/item.html",
        item=item,
        guarded=progress.guarded(item),
        form=form or report_form(item),
        withdraw=withdraw or WithdrawForm(formdata=None, rev=item.rev),
        upload=FileForm(formdata=None) if evidence.may_change(item, current.standing()) else None,
        reviewer=reviewing.reviewers().get(item.post),
        revised=versions.changes_of(item),
        **_helpers([item], cases.of_duty(item)),
    )


def _helpers(items: list[Item], known: list[Case]) -> dict[str, Any]:
    """What templates ask about an item; the answers are the verbs' own. `known` are the cases to be counted."""
    standing, days = current.standing(), holidays.calendar()
    return {
        "choices": lambda item: signoff.choices(item, standing),
        "may_report": lambda item: item.state.is_unsigned and access.may(standing, "report", item),
        "is_due": lambda item: item.state.is_unsigned,
        "light": progress.light_of,
        "late_entry": progress.late_entry,
        "report_form": report_form,
        "waits": cases.waits,
        "case_count": lambda item: cases.count(item, known) if cases.reports_on_cases(item) else None,
        "moved": lambda item: schedule.moved(item, days),
        "unknown_years": days.unknown(item.due for item in items),
    }


def _counts() -> dict[str, Any]:
    """Count what this person answers for, and how many reported items wait for the person's own signature."""
    standing = current.standing()
    answers_for = progress.Tally.of(standing.posts + standing.prepares)
    return {"tally": answers_for, "ready": progress.Tally.of(standing.posts).ticked}


# --- reporting ----------------------------------------------------------------------------------------------


@bp.post("/<int:id>/tick")
def tick(id: int) -> Response:
    form = report_form(current.see(Item, id, to="tick"))
    return _send(id, form, lambda: signoff.tick(id, by=current.actor(), rev=form.rev.data, report=form.report()))


@bp.post("/<int:id>/untick")
def untick(id: int) -> Response:
    form = Form()
    return _send(id, form, lambda: signoff.untick(id, by=current.actor(), rev=form.rev.data))


@bp.post("/<int:id>/report")
def report(id: int) -> Response:
    form = report_form(current.see(Item, id, to="report"))
    return _send(id, form, lambda: signoff.report(id, form.report(), by=current.actor(), rev=form.rev.data))


def _send(id: int, form: Form, verb: Callable[[], Item]) -> Response:
    """Call a verb on an item and show its row anew."""
    return current.send(form, verb, Item, id, page=lambda: _row(current.see(Item, id), form, 422), done=_row)


def _row(item: Item, form: Form | None = None, status: int = 200) -> Response:
    if not current.is_htmx() and status >= 400:
        return make_response(_page(item, form if isinstance(form, ReportForm) else None), status)
    page = url_for("items.mine", _anchor=f"item-{item.id}")
    part = "items/_case.html" if item.step else "items/_row.html"
    shown = {
        "item": item,
        "case": item.step.case if item.step else None,
        "form": form,
        "guarded": progress.guarded_in_row(item),
        "swapped": True,
        **_counts(),
        **_helpers([item], cases.of_duty(item)),
    }
    return current.answer(part, page, status, **shown)


@bp.post("/<int:id>/withdrawal")
def withdraw(id: int) -> Response:
    form = WithdrawForm()
    return current.send(
        form,
        lambda: signoff.withdraw(id, form.reason.data or "", by=current.actor(), rev=form.rev.data),
        Item,
        id,
        page=lambda: _page(current.see(Item, id, to="withdraw"), withdraw=form),
        done=lambda item: current.redirect_to("items.show", id=item.id),
    )
