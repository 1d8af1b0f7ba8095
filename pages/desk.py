"""What stands on the clerk's desk beside the rows of a draft; the whole page and the parts that htmx swaps draw it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired

from checklist import lists
from checklist.ledger.acts import ACTIONS
from checklist.lists import consultation, guarding, linter, owners, pairing, precedents, tiers, undoing, workload
from checklist.lists.undoing import Step
from models import Duty, DutyList, Part
from pages import current
from pages.forms import Form, options


class ManyForm(Form):
    """The rows that were checked, as id-rev, and who is to take which part in all of them."""

    chosen = SelectMultipleField("事项", validate_choice=False)
    owners = SelectMultipleField("责任人")
    part = RadioField("承担", [InputRequired("请选择牵头或配合。")], choices=options((p, p.label) for p in Part))

    def rows(self) -> dict[int, int | None]:
        """The checked rows with the revisions that the page showed."""
        pairs = (value.partition("-") for value in self.chosen.data or [])
        return {int(id): int(rev) for id, _, rev in pairs if id.isdecimal() and rev.isdecimal()}


def many_form(found: DutyList, **kwargs: Any) -> ManyForm:
    """The form for many rows of a draft, with everybody who may own one."""
    form = ManyForm(**kwargs)
    form.owners.choices = options((key, owners.describe(owner)) for key, owner in tiers.candidates(found))
    return form


def beside(found: DutyList) -> dict[str, Any]:
    """What is said of a draft beside its rows: what is missing, found, proposed, suggested, and can be undone."""
    loads = workload.loads(found)
    findings = linter.findings(found)
    step = undoing.last_step(found, current.actor())
    return {
        "list": found,
        "cited": guarding.citations(found),
        "objections": consultation.objections(found),
        "spread": owners.spreads(found).__getitem__,
        "describe": owners.describe,
        "unready": lists.unready(found),
        "findings": findings,
        "reminders": _reminders(findings, found),
        "of_whole": linter.of_whole(found, loads),
        "suggestions": precedents.suggestions(found),
        "pairs": pairing.proposals(found),
        "unpaired": pairing.unpaired(found),
        "loads": loads,
        "step": step,
        "step_words": _step_words(step),
    }


def _step_words(step: Step | None) -> str:
    if step is None:
        return ""
    rows = "、".join(map(str, step.positions[:3])) + (f" 等 {len(step.positions)}" if len(step.positions) > 3 else "")
    return ACTIONS[step.action] + (f"（第 {rows} 项）" if rows else "")


def _reminders(findings: Mapping[int, list[linter.Finding]], duty_list: DutyList) -> dict[str, list[Duty]]:
    """The findings that do not block, each with the rows that it is said of, for the box above the submission."""
    said: dict[str, list[Duty]] = {}
    for duty in duty_list.kept:
        for finding in findings[duty.id]:
            if finding.kind in ("measure", "date"):
                said.setdefault(finding.words, []).append(duty)
    return said
