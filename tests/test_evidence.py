"""A file attached to an item: who may attach, take away and look, in which state, and what the log says of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from checklist import ledger
from checklist.actor import Actor
from checklist.items import evidence, signoff
from checklist.refusal import NotYours, Refused, Repeated, Unseen
from models import Evidence, Item, db
from tests import county
from tests.files import PDF, PDF_SHA256, attach, attached, docx

pytestmark = pytest.mark.usefixtures("qinghe")


def signed() -> Evidence:
    found = attached()
    county.sign(found.item, by=county.actor("zhou"))
    return found


def anew(row: Evidence) -> Evidence | None:
    db.session.expire_all()
    return db.session.get(Evidence, row.id)


def entries(since: int) -> list[dict[str, Any]]:
    return [line.body for line in county.gained(since)]


# --- the row and its entry ----------------------------------------------------------------------------------


def test_the_entry_that_creates_the_row_names_the_file_and_no_other_does() -> None:
    size = ledger.size()
    found = attached()
    id = found.id
    evidence.detach(id, by=county.actor("zhou"))
    put, taken = entries(size)
    assert put["attachments"] == [
        {"name": "会议纪要.pdf", "sha256": PDF_SHA256, "size": len(PDF), "type": "application/pdf"}
    ]
    assert (put["action"], put["object"], put["before"]) == ("attach", {"type": "evidence", "id": id, "rev": 1}, None)
    assert (put["after"]["file_sha256"], put["after"]["document_no"], put["after"]["schema"]) == (PDF_SHA256, "", 2)
    assert (taken["action"], taken["attachments"], taken["after"]) == ("detach", [], None)
    assert taken["before"] == put["after"]


def test_a_document_number_is_no_attachment() -> None:
    size = ledger.size()
    signoff.report(county.item("预算考核").id, signoff.Report(document_no="〔2026〕7 号"), by=county.actor("zhou"))
    (entry,) = [e for e in entries(size) if e["object"]["type"] == "evidence"]
    assert (entry["attachments"], entry["after"]["file_sha256"]) == ([], None)


def test_a_number_and_a_file_do_not_get_into_each_others_way() -> None:
    found = attached()
    zhou, item = county.actor("zhou"), found.item
    for number in ("〔2026〕7 号", "〔2026〕8 号", ""):
        signoff.report(item.id, signoff.Report(document_no=number), by=zhou)
        db.session.expire_all()
        assert [e.document_no for e in item.documents] == ([number] if number else [])
        assert [e.file_name for e in item.files] == ["会议纪要.pdf"]
    assert county.in_step()


# --- the verbs ----------------------------------------------------------------------------------------------

VERBS: dict[str, Callable[[Evidence | Item, Actor], object]] = {
    "attach": lambda row, by: evidence.attach(row.id, "另一份.docx", io.BytesIO(docx()), by=by),
    "detach": lambda row, by: evidence.detach(row.id, by=by),
}
READY: dict[str, Callable[[], Evidence | Item]] = {"attach": lambda: county.item("预算考核"), "detach": attached}
SIGNED: dict[str, Callable[[], Evidence | Item]] = {"attach": lambda: signed().item, "detach": signed}


def count() -> int:
    return len(db.session.scalars(select(Evidence.id)).all())


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("login", ["zhou", "lian"])
def test_the_holder_and_the_liaison_do_it_and_the_log_says_so(verb: str, login: str) -> None:
    row = READY[verb]()
    size, before = ledger.size(), count()
    VERBS[verb](row, county.actor(login))
    assert count() - before == {"attach": 1, "detach": -1}[verb]
    (entry,) = entries(size)
    assert (entry["action"], entry["result"], entry["actor"]["name"]) == (verb, "ok", county.PEOPLE[login])
    assert county.gained(size)[0].head["unit"] == "QH-CZJ"
    assert county.in_step()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("login", "refusal"), [("sun", NotYours), ("wei", NotYours), ("qian", NotYours), ("wang", Unseen), ("shen", Unseen)]
)
def test_nobody_else_does_it(verb: str, login: str, refusal: type[Refused]) -> None:
    row = READY[verb]()
    size, before = ledger.size(), count()
    with pytest.raises(refusal):
        VERBS[verb](row, county.actor(login))
    (entry,) = entries(size)
    assert (entry["action"], entry["result"]) == (verb, f"refused: {refusal.status}")
    assert (entry["before"], entry["after"], entry["attachments"]) == (None, None, [])
    assert count() == before
    assert county.in_step()


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_signed_keeps_its_files_and_the_attempt_is_logged(verb: str) -> None:
    row = SIGNED[verb]()
    size, before = ledger.size(), count()
    with pytest.raises(Refused, match="已签认") as refused:
        VERBS[verb](row, county.actor("zhou"))
    assert refused.value.status == 409
    (entry,) = entries(size)
    assert (entry["action"], entry["result"], entry["object"]["id"]) == (verb, "refused: 409", row.id)
    assert count() == before
    assert county.in_step()


@pytest.mark.parametrize("verb", VERBS)
def test_the_same_form_twice_acts_once(verb: str) -> None:
    row, by = READY[verb](), county.actor("zhou", nonce="f" * 32)
    VERBS[verb](row, by)
    size = ledger.size()
    with pytest.raises(Repeated):
        VERBS[verb](row, by)
    assert ledger.size() == size


def test_a_signature_taken_back_frees_the_files() -> None:
    found = signed()
    signoff.withdraw(found.item_id, "附错了", by=county.actor("zhou"))
    evidence.detach(found.id, by=county.actor("zhou"))
    assert not anew(found)


def test_the_same_file_is_not_attached_to_one_item_twice() -> None:
    found = attached()
    with pytest.raises(Refused, match="已经附在"):
        attach(found.item, county.actor("zhou"), name="换个名字.pdf")


def test_an_item_takes_ten_files_and_no_more() -> None:
    item, zhou = county.item("预算考核"), county.actor("zhou")
    for number in range(evidence.MOST):
        attach(item, zhou, PDF + b"%d" % number)
    with pytest.raises(Refused, match="最多附 10 个"):
        attach(item, zhou)
    assert len(item.files) == 10


def test_a_document_number_is_not_taken_for_a_file() -> None:
    signoff.report(county.item("预算考核").id, signoff.Report(document_no="〔2026〕7 号"), by=county.actor("zhou"))
    number = db.session.scalars(select(Evidence)).one()
    with pytest.raises(Unseen):
        evidence.detach(number.id, by=county.actor("zhou"))
    with pytest.raises(Unseen):
        evidence.look(number.id, by=county.actor("zhou"))


def test_what_is_signed_names_the_file_and_its_hash() -> None:
    found = signed()
    (signature,) = found.item.signatures
    assert f"佐证文件：会议纪要.pdf（SHA-256 前 16 位 {PDF_SHA256[:16]}）" in signature.statement.splitlines()
    assert "文号：（未填）" in signature.statement


def test_a_file_that_came_after_the_page_was_shown_is_not_signed() -> None:
    item = county.item("预算考核")
    shown = signoff.digest(signoff.statement(item, county.user("zhou"), acting=False))
    attach(item, county.actor("lian"))
    with pytest.raises(Refused, match="有变化"):
        signoff.sign({item.id: shown}, by=county.actor("zhou"))


# --- looking ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["zhou", "lian", "sun", "qian"])
def test_whoever_may_see_the_item_sees_the_file_and_no_entry_is_made_of_it(login: str) -> None:
    found = attached()
    size = ledger.size()
    opened = evidence.look(found.id, by=county.actor(login))
    assert (opened.name, opened.type, opened.content) == ("会议纪要.pdf", "application/pdf", PDF)
    assert ledger.size() == size


@pytest.mark.parametrize("login", ["wei", "jiang"])
def test_an_auditors_look_at_somebodys_evidence_is_an_entry(login: str) -> None:
    found = attached()
    id, size = found.id, ledger.size()
    assert evidence.look(id, by=county.actor(login)).content == PDF
    (line,) = county.gained(size)
    assert (line.body["action"], line.head["unit"], line.body["object"]) == ("look", "QH-CZJ", None)
    assert line.body["after"] == {"evidence": id, "sha256": PDF_SHA256}
    assert line.body["actor"]["name"] == county.PEOPLE[login]
    assert county.in_step()


@pytest.mark.parametrize("login", ["wang", "chu", "shen", "han", "yang"])
def test_nobody_else_learns_that_there_is_a_file(login: str) -> None:
    found = attached()
    with pytest.raises(Unseen):
        evidence.look(found.id, by=county.actor(login))
