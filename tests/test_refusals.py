"""What is refused, and how: at rows that one may not see, and with forms that are too long, over every address that takes one."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask

from checklist import ledger, lists
from checklist.items import signoff
from checklist.ledger.acts import ACTIONS
from checklist.lists import editing
from models import Opinion, db
from tests import county
from tests.cases import begun
from tests.conftest import Visit
from tests.consultations import consulting, opinion
from tests.drafts import MEETING
from tests.files import PDF

# What a good form may hold; each address takes from it what it knows.
GOOD = {
    **{"name": "一件", "began_on": "2026-03-01", "reason": "理由", "note": "已办", "wording": "要建立台账"},
    **{"meeting": "常务会议", "meeting_no": "〔2026〕2 号", "meeting_day": "2026-02-27", "days": "2026-11-30"},
    **{"last_day": "2026-03-05", "redo_by": "2026-03-05", "from_day": "2026-03-02", "until_day": "2026-03-05"},
    **{"year": "2027", "at": "2", "to": "2", "work": "1", "step": "1", "evidence": "1", "answer": "agrees"},
    **{"code": "QH-NEW", "short_name": "新", "kind": "department", "role": "clerk", "user": "1", "unit": "1"},
    **{"slip": "一", "standard": "二", "chosen": "1-1", "owners": "unit:QH-CZJ", "part": "lead", "member": "1-0"},
}
FORMS: dict[str, dict[str, str]] = {
    "an empty form": {},
    "a good form": GOOD,
    "a malformed form": {**dict.fromkeys(GOOD, "长" * 5000), "rev": "x"},
}


def addresses(app: Flask) -> list[str]:
    """Every address that takes a form and names a row."""
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return sorted(str(rule) for rule in rules if "<int:id>" in str(rule))


@pytest.fixture
def unseen(qinghe: county.Clock) -> dict[str, int]:
    """For the first word of an address, a row that the head of 东河镇 may not see; where he sees all, none is there."""
    draft, asked = county.draft("草稿", county.SPEECH), consulting()
    item = county.item("预算考核", "zhou").id
    return {
        **{"items": item, "reviews": item, "lists": draft.id, "duties": draft.duties[0].id},
        **{"opinions": opinion(asked, "QH-CZJ").id},
        **dict.fromkeys(("units", "posts", "tenures", "liaisons", "charges", "people", "grants"), 99_999),
    }


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_an_act_on_a_row_that_one_may_not_see_is_refused_as_if_there_were_none_and_logged_once(
    app: Flask, visit: Visit, unseen: dict[str, int], qinghe: county.Clock, form: dict[str, str]
) -> None:
    wang = visit("wang")
    for rule in addresses(app):
        qinghe.move(minutes=1)
        address, size = rule.replace("<int:id>", str(unseen[rule.split("/")[1]])), ledger.size()
        response = wang.post(address, data={**form, "file": (io.BytesIO(PDF), "纪要.pdf")} if form is GOOD else form)
        told = [(entry.body["action"] in ACTIONS, entry.body["result"]) for entry in county.gained(size)]
        assert (address, response.status_code, told) == (address, 404, [(True, "refused: 404")])


def test_whoever_guesses_at_rows_cannot_swell_the_log(visit: Visit, qinghe: county.Clock) -> None:
    wang, address, size = visit("wang"), f"/items/{county.item('预算考核', 'zhou').id}/untick", ledger.size()
    for _ in range(21):
        assert wang.post(address).status_code == 404
    assert ledger.size() == size + 20
    qinghe.move(minutes=1)
    assert wang.post(address).status_code == 404
    assert ledger.size() == size + 21


# --- what is too long, and what came too late -----------------------------------------------------------------


@pytest.fixture
def open_to(qinghe: county.Clock) -> dict[str, int]:
    """Rows in whose forms somebody may write: by the names that TEXTS and LATE call them."""
    asked, done = consulting(), county.signed("对接会", "zhou")
    case, returned = begun(), county.signed("预算考核", "zhou")
    signoff.send_back(returned.id, "写清楚", county.NOW.date(), by=county.actor("sun"))
    waiting = county.draft("待确认", county.SPEECH)
    for duty in list(waiting.duties):
        editing.edit(duty.id, county.decided(duty, []), by=county.actor("chu"))
    lists.submit(waiting.id, **MEETING, by=county.actor("chu"))
    return {
        "draft": county.draft("草稿", county.SPEECH).id,
        "consulting": asked.id,
        "submitted": waiting.id,
        "in_force": county.duty("预算考核").duty_list.id,
        "drafted": county.draft("又一份草稿", county.SPEECH).duties[0].id,
        "duty": county.duty("预算考核").id,
        "opinion": opinion(asked, "QH-CZJ").id,
        "item": county.item("预算考核", "zhou", "2026-12-15").id,
        "returned": returned.id,
        "signed": done.id,
        "step": case.steps[0].item_id,
        "unit": county.unit("QH-XS").id,
    }


TEXTS = [  # who writes, where, into which field, and how many characters at most
    *(("zhou", "/items/{item}/tick", field, most) for field, most in (("note", 2000), ("document_no", 120))),
    *(("zhou", "/items/{returned}/report", field, most) for field, most in (("note", 2000), ("reply", 2000))),
    ("zhou", "/items/{signed}/withdrawal", "reason", 2000),
    ("zhou", "/items/{step}/cases", "name", 60),
    ("zhou", "/items/{step}/case/cancellation", "reason", 2000),
    ("sun", "/reviews/{signed}/return", "reason", 2000),
    *(("chu", "/lists/{draft}/submission", field, most) for field, most in (("meeting", 120), ("meeting_no", 60))),
    ("chu", "/lists/{draft}/nodes", "days", 400),
    ("chu", "/lists/{draft}/duties", "wording", 2000),
    ("chu", "/lists/{draft}/abandonment", "reason", 2000),
    ("chu", "/lists/{submitted}/withdrawal", "reason", 2000),
    ("qian", "/lists/{submitted}/decline", "reason", 2000),
    ("chu", "/lists/{in_force}/copies", "name", 120),
    ("chu", "/lists/{in_force}/revision", "reason", 2000),
    ("chu", "/lists/{consulting}/consultation/end", "reason", 2000),
    *(("chu", "/duties/{drafted}", field, most) for field, most in (("wording", 2000), ("steps", 1620))),
    *(("li", "/duties/{duty}/correction", field, most) for field, most in (("wording", 2000), ("reason", 200))),
    *(("chu", "/lists/", field, most) for field, most in (("name", 120), ("title", 200))),
    *(("chu", "/lists/import", field, most) for field, most in (("name", 120), ("title", 200))),
    ("chu", "/lists/drawing", "name", 120),
    *(("shen", "/units/{unit}/units", field, most) for field, most in (("code", 32), ("name", 80), ("short_name", 20))),
    ("shen", "/units/{unit}/posts", "name", 80),
    *(("shen", "/people/", field, most) for field, most in (("login", 40), ("name", 40))),
    ("zhou", "/feedback/", "text", 2000),
]


def test_a_text_that_is_too_long_comes_back_with_what_is_wrong_at_its_field_and_writes_nothing(
    visit: Visit, open_to: dict[str, int]
) -> None:
    clients = {login: visit(login) for login in {text[0] for text in TEXTS}}
    size, wrong = ledger.size(), []
    for login, rule, field, most in TEXTS:
        typed = "长" * (most + 1)
        response = clients[login].post(rule.format(**open_to), data={field: typed})
        errors = re.findall(r'<p class="error"[^>]*>([^<]*)</p>', response.text)
        there = any(f"不超过 {most} 字" in error for error in errors)
        if (response.status_code, there, typed in response.text) != (422, True, True):
            wrong.append((rule, field, response.status_code, there, typed in response.text))
    assert wrong == []
    assert ledger.size() == size


def test_an_objection_that_is_too_long_comes_back_too(visit: Visit, open_to: dict[str, int]) -> None:
    asked = db.session.get_one(Opinion, open_to["opinion"])
    field = f"on-{asked.consultation.duty_list.kept[0].lineage}"
    response = visit("zhou").post(f"/opinions/{asked.id}", data={field: "长" * 1001, "answer": "objects"})
    assert (response.status_code, "不超过 1000 字" in response.text) == (422, True)
    assert asked.answer is None


LATE = [  # who presses, where, with what, after somebody else was quicker; and what is said
    ("zhou", "/items/{signed}/untick", {}, "不能撤销报完成"),
    ("zhou", "/items/{signed}/tick", {"note": "慢了"}, "不能报完成"),
    ("zhou", "/items/{signed}/report", {"note": "慢了"}, "不能再改"),
    ("zhou", "/items/{item}/withdrawal", {"reason": "慢了"}, "不能撤回签认"),
    ("zhou", "/items/{signed}/evidence", {"file": "纪要.pdf"}, "佐证文件不能再增减"),
    ("zhou", "/items/{item}/case/cancellation", {"reason": "慢了"}, "不是办件的步骤"),
    ("zhou", "/items/{item}/cases", {"name": "慢了", "began_on": "2026-03-01"}, "逢事必办"),
    ("chu", "/lists/{submitted}/submission", {"meeting": "慢了"}, "不能提交确认"),
    ("chu", "/lists/{submitted}/nodes", {"days": "2026-11-30"}, "不能再改"),
    ("chu", "/lists/{submitted}/duties", {"wording": "慢了"}, "不能再改"),
    ("chu", "/lists/{submitted}/consultation", {"last_day": "2026-03-05"}, "不能征求意见"),
    ("chu", "/lists/{draft}/consultation/end", {"reason": "慢了"}, "不能结束征求意见"),
    ("chu", "/lists/{draft}/consultation/last-day", {"last_day": "2026-03-05"}, "没有正在进行的征求意见"),
    ("chu", "/lists/{draft}/withdrawal", {"reason": "慢了"}, "不能撤回提交"),
    ("chu", "/lists/{submitted}/abandonment", {"reason": "慢了"}, "不能放弃草稿"),
    ("qian", "/lists/{in_force}/decline", {"reason": "慢了"}, "不能退回修改"),
    ("qian", "/lists/{in_force}/adoption", {}, "不能确认生效"),
]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["no-js", "htmx"])
def test_whoever_comes_too_late_is_told_so_where_the_form_was_and_loses_nothing(
    visit: Visit, open_to: dict[str, int], headers: dict[str, str]
) -> None:
    clients, silent = {login: visit(login) for login in {late[0] for late in LATE}}, []
    for login, rule, form, said in LATE:
        sent = {name: (io.BytesIO(PDF), typed) if name == "file" else typed for name, typed in form.items()}
        response = clients[login].post(rule.format(**open_to), data=sent, headers=headers)
        summary = re.search(r'<div class="summary".*?</div>', response.text, re.DOTALL)
        if response.status_code != 409 or said not in (summary[0] if summary else ""):
            silent.append((rule, response.status_code, summary and summary[0]))
    assert silent == []


def test_a_review_that_is_too_long_or_comes_too_late_says_so(visit: Visit, open_to: dict[str, int]) -> None:
    sun, address = visit("sun"), f"/reviews/{open_to['signed']}"
    page = sun.get(address).text
    form = {"opened": re.search(r'name="opened"[^>]*value="([^"]+)"', page)[1]}  # type: ignore[index]
    form["rev"] = re.search(r'name="rev" value="(\d+)"', page)[1]  # type: ignore[index]
    for act in ("approval", "return"):
        response = sun.post(f"{address}/{act}", data={**form, "outside_document": "长" * 121})
        assert (response.status_code, "不超过 120 字" in response.text) == (422, True)
    signoff.withdraw(open_to["signed"], "写错了", by=county.actor("zhou"))
    for act in ("approval", "return"):
        response = sun.post(f"{address}/{act}", data={**form, "reason": "慢了", "redo_by": "2026-03-05"})
        assert (response.status_code, "这一项现在是“已报完成”" in response.text) == (409, True)
