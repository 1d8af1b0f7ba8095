"""What stands on the clerk's desk beside the rows of a draft; the whole page and the parts that htmx swaps draw it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from wtforms import RadioField, SelectMultipleField

from checklist import access, lists
from checklist.ledger.acts import ACTIONS
from checklist.lists import consultation, guarding, linter, owners, pairing, precedents, tiers, undoing, workload
from checklist.lists.undoing import Step
from checklist.refusal import Malformed
from models import Duty, DutyList, Part
from pages import current
from pages.forms import Form, options


class ManyForm(Form):
    """The rows that were checked, as id-rev, and who is to take which part in all of them."""

    chosen = SelectMultipleField("事项", validate_choice=False)
    owners = SelectMultipleField("责任人")
    part = RadioField("承担", choices=options((p, p.label) for p in Part), validate_choice=False)

    def rows(self) -> dict[int, int | None]:
        """Return the checked rows with the revisions that the page showed."""
        pairs = (value.partition("-") for value in self.chosen.data or [])
        return {int(id): int(rev) for id, _, rev in pairs if id.isdecimal() and rev.isdecimal()}

    def chosen_part(self) -> Part:
        """Return the part that was chosen. Raises Malformed."""
        if self.part.data not in list(Part):
            raise Malformed("请选择牵头或配合。", "part")
        return Part(self.part.data)


class Piece(NamedTuple):
    """A stretch of the source: plain, or the words of a duty."""

    text: str
    duty: Duty | None


def editable(id: int) -> Duty:
    """Return a row that this person may edit while its list is a draft. Raises Unseen, NotYours."""
    duty = current.see(Duty, id)
    access.require(current.actor(), "edit", duty.duty_list)
    return duty


def many_form(duty_list: DutyList, **kwargs: Any) -> ManyForm:
    """Return the form for many rows of a draft, with everybody who may own one."""
    form = ManyForm(**kwargs)
    form.owners.choices = options((key, owners.describe(owner)) for key, owner in tiers.candidates(duty_list))
    return form


def pieces(duty_list: DutyList) -> list[Piece]:
    """Return the source cut at the duties' offsets; where two overlap, the first keeps the words."""
    text, done, cut = duty_list.source.text, 0, []
    placed = [d for d in duty_list.duties if d.start is not None and d.end is not None]
    for duty in sorted(placed, key=lambda d: (d.start, d.end)):
        start, end = max(duty.start or 0, done), duty.end or 0
        if start < end:
            cut += [Piece(text[done:start], None), Piece(text[start:end], duty)]
            done = end
    return [piece for piece in [*cut, Piece(text[done:], None)] if piece.text]


def rows(duty_list: DutyList) -> dict[str, Any]:
    """Return what is said of a draft's rows on their own cards."""
    return {
        "list": duty_list,
        "cited": guarding.citations(duty_list),
        "objections": consultation.objections(duty_list),
        "spread": owners.spreads(duty_list).__getitem__,
        "describe": owners.describe,
        "findings": linter.findings(duty_list),
        "suggestions": precedents.suggestions(duty_list),
    }


def beside(duty_list: DutyList) -> dict[str, Any]:
    """Return what is said of a draft's rows, and beside them: what is missing and proposed, and what can be undone."""
    shown, loads = rows(duty_list), workload.loads(duty_list)
    unpaired = pairing.unpaired(duty_list, shown["cited"])
    step = undoing.last_step(duty_list, current.actor())
    return shown | {
        "unready": lists.unready(duty_list),
        "reminders": _reminders(shown["findings"], duty_list),
        "of_whole": linter.of_whole(duty_list, loads),
        "pairs": pairing.proposals(duty_list, unpaired),
        "unpaired": unpaired,
        "loads": loads,
        "step": step,
        "step_words": _step_words(step),
    }


def _step_words(step: Step | None) -> str:
    if step is None:
        return ""
    places = "、".join(map(str, step.positions[:3])) + (f" 等 {len(step.positions)}" if len(step.positions) > 3 else "")
    return ACTIONS[step.action] + (f"（第 {places} 项）" if places else "")


def _reminders(findings: Mapping[int, list[linter.Finding]], duty_list: DutyList) -> dict[str, list[Duty]]:
    """Return the findings that do not block, each with its rows, for the box above the submission."""
    said: dict[str, list[Duty]] = {}
    for duty in duty_list.kept:
        for finding in findings[duty.id]:
            if finding.kind in ("measure", "date"):
                said.setdefault(finding.words, []).append(duty)
    return said
