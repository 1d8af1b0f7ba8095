"""回执: for any entry at any time, read again by anybody, and never genuine when it is not."""

from __future__ import annotations

import html
import io
import json
from base64 import b64encode
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

import verify
from checklist import ledger
from checklist.audit import receipts
from checklist.items import signoff
from checklist.ledger import checkpoints, keys
from checklist.refusal import NotYours, Unseen
from models import Signature, db
from tests import county
from tests.conftest import Visit

pytestmark = pytest.mark.usefixtures("qinghe")


@pytest.fixture
def cli(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def sign() -> Signature:
    item = county.signed("预算考核", "zhou")
    assert item.signature
    return item.signature


def alone(text: bytes) -> verify.Verdict:
    """What somebody finds at home, with the log's key and the receipt."""
    return verify.verify_outside(verify.Outside([county.KEY.public], receipts=[verify.parse_receipt(text)]))


# --- making -------------------------------------------------------------------------------------------------


def test_every_entry_has_one_that_verifies_without_the_log() -> None:
    for seq in range(ledger.size()):
        text = receipts.make(seq)
        assert verify.parse_receipt(text).index == seq
        assert alone(text).exit_code == 0


def test_one_of_an_entry_that_nothing_seals_yet_seals_the_log() -> None:
    checkpoints.take()
    seq = ledger.size()
    sign()
    assert verify.parse_receipt(receipts.make(seq)).checkpoint.size == ledger.size()
    assert receipts.make(seq) == receipts.make(seq)


def test_the_signer_gets_one_of_the_very_entry_of_the_signature() -> None:
    signature = sign()
    _, text = receipts.of_signature(signature.id, by=county.actor("zhou"))
    seq = verify.parse_receipt(text).index
    (line,) = county.gained(seq)[:1]
    assert line.line.encode() == verify.parse_receipt(text).line
    assert line.body["action"] == "sign"
    assert (line.body["object"]["type"], line.body["object"]["id"]) == ("signature", signature.id)


def test_a_withdrawn_signature_keeps_the_receipt_of_its_making() -> None:
    signature = sign()
    _, before = receipts.of_signature(signature.id, by=county.actor("zhou"))
    signoff.withdraw(signature.item_id, "写错了。", by=county.actor("zhou"))
    assert receipts.of_signature(signature.id, by=county.actor("zhou"))[1] == before


@pytest.mark.parametrize("login", ["wang", "chu", "shen"])
def test_nobody_gets_one_of_what_he_may_not_see(login: str) -> None:
    signature = sign()
    with pytest.raises(Unseen):
        receipts.of_signature(signature.id, by=county.actor(login))
    with pytest.raises((Unseen, NotYours)):
        receipts.of_entry(3, by=county.actor(login))


def test_an_auditor_of_one_bureau_gets_those_of_that_bureau() -> None:
    sign()
    seq = ledger.size() - 1
    assert verify.parse_receipt(receipts.of_entry(seq, by=county.actor("jiang"))).index == seq
    with pytest.raises(Unseen):
        receipts.of_entry(0, by=county.actor("jiang"))


def test_there_is_none_of_what_is_not_in_the_log(cli: FlaskCliRunner, tmp_path: Path) -> None:
    with pytest.raises(Unseen):
        receipts.make(ledger.size())
    result = cli.invoke(args=["receipt", "99999", "--out", str(tmp_path / "r")])
    assert result.exit_code == 1
    assert not (tmp_path / "r").exists()


def test_the_operator_writes_one_into_a_file(cli: FlaskCliRunner, tmp_path: Path) -> None:
    out = tmp_path / "7.tlog-proof"
    assert cli.invoke(args=["receipt", "7", "--out", str(out)]).exit_code == 0
    assert verify.main(["--receipt", str(out), "--key", county.KEY.public.vkey]) == 0


def test_the_signer_alone_keeps_the_very_text_that_the_receipt_has_the_hash_of(visit: Visit) -> None:
    signature = sign()
    id, statement = signature.id, signature.statement
    _, text = receipts.of_signature(id, by=county.actor("zhou"))
    body = receipts.body_of(signature, by=county.actor("zhou"))
    assert body
    assert json.loads(verify.parse_receipt(text).line)["body"] == verify.body_hash(body.encode())
    assert json.loads(body)["after"]["statement"] == statement
    db.session.rollback()
    assert body in html.unescape(visit("zhou").get(f"/receipts/signatures/{id}").text)
    for other in ("lian", "sun", "wei"):
        page = visit(other).get(f"/receipts/signatures/{id}")
        assert page.status_code == 200
        assert "内容原文" not in page.text


# --- checking -----------------------------------------------------------------------------------------------


def test_a_genuine_one_is_found_genuine_also_years_and_keys_later() -> None:
    text = receipts.make(5).decode()
    checkpoints.renew_key(by=county.console)
    sign()
    checked = receipts.check(text)
    assert checked.problem == ""
    assert checked.entry
    assert checked.entry.seq == 5


def changed(text: bytes) -> dict[str, str]:
    """What somebody might hand in instead of a receipt, and what is wrong with each."""
    good = verify.parse_receipt(text)
    note = good.checkpoint.note
    longer = verify.checkpoint_text(county.ORIGIN, 99_999, good.checkpoint.root)
    stranger = keys.SigningKey(county.ORIGIN, b"t" * 32)
    other = verify.receipt_text(
        good.line, good.index, good.path, good.checkpoint.text + b"\n" + stranger.sign(good.checkpoint.text)
    )
    elsewhere = keys.SigningKey("other.example/log", b"s" * 32)
    foreign = verify.checkpoint_text("other.example/log", good.checkpoint.size, good.checkpoint.root)
    swapped = verify.parse_receipt(receipts.make(good.index + 1))
    return {
        "": "outside",
        "你好": "outside",
        "\ud800": "outside",
        text.decode()[:-20]: "outside",
        text.decode().replace("index 5", "index 6"): "receipt",
        verify.receipt_text(swapped.line, good.index, good.path, note).decode(): "receipt",
        verify.receipt_text(good.line, good.index, good.path[::-1], note).decode(): "receipt",
        verify.receipt_text(
            good.line, good.index, good.path, longer + b"\n" + county.KEY.sign(longer)
        ).decode(): "receipt",
        other.decode(): "receipt_signature",
        verify.receipt_text(
            good.line, good.index, good.path, foreign + b"\n" + elsewhere.sign(foreign)
        ).decode(): "origin",
        text.decode().replace("extra ", f"extra {b64encode(b'x').decode()}"): "outside",
    }


def test_any_other_is_refused_in_words() -> None:
    for text, problem in changed(receipts.make(5)).items():
        checked = receipts.check(text)
        assert (checked.problem, checked.entry) == (problem, None), text
        assert checked.words == verify.PROBLEMS[problem][0]


def test_one_of_a_log_that_was_rewritten_since_says_so() -> None:
    """The log's own key has signed both: whoever holds the receipt can show it."""
    leaf = verify.header(seq=0, prev=verify.GENESIS, body="0" * 64, ts="2026-01-05T01:00:00.000000Z", unit="-")
    root = verify.entry_hash(leaf)
    text = verify.checkpoint_text(county.ORIGIN, 1, root)
    receipt = verify.receipt_text(leaf, 0, [], text + b"\n" + county.KEY.sign(text))
    assert receipts.check(receipt.decode()).problem == "anchor"


# --- the pages ----------------------------------------------------------------------------------------------


def test_an_official_reads_prints_and_saves_the_receipt_of_what_she_signed(visit: Visit) -> None:
    signature = sign()
    id, batch, statement = signature.id, signature.batch_id, signature.statement
    client = visit("zhou")
    assert f"/receipts/signatures/{id}" in client.get(f"/signatures/{batch}").text
    page = html.unescape(client.get(f"/receipts/signatures/{id}").text)
    assert statement.splitlines()[0] in page
    saved = client.get(f"/receipts/signatures/{id}/file")
    assert saved.headers["Content-Disposition"].endswith('.tlog-proof"')
    assert alone(saved.data).exit_code == 0
    assert saved.text in page


def test_anybody_who_is_logged_in_has_a_receipt_checked_by_paste_or_as_a_file(visit: Visit) -> None:
    text = receipts.make(5)
    client = visit("wang")
    assert "核验回执" in client.get("/receipts/").text
    crlf = text.decode().replace("\n", "\r\n")
    assert "回执是真的" in client.post("/receipts/", data={"text": f"\r\n{crlf}\r\n"}).text
    dropped = {"file": (io.BytesIO(text), "receipt.tlog-proof")}
    assert "回执是真的" in client.post("/receipts/", data=dropped).text
    assert "通不过核验" in client.post("/receipts/", data={"text": crlf.replace("index 5", "index 6")}).text
    assert "通不过核验" in client.post("/receipts/", data={"file": (io.BytesIO(b"\xff\xfe\0"), "x")}).text
    assert "还没有选择文件" in client.post("/receipts/", data={}).text


def test_a_receipt_tells_whoever_checks_it_nothing_of_what_was_signed(visit: Visit) -> None:
    signature = sign()
    _, text = receipts.of_signature(signature.id, by=county.actor("zhou"))
    db.session.rollback()
    page = visit("wang").post("/receipts/", data={"text": text.decode()}).text
    assert "回执是真的" in page
    assert "周局长" not in page
    assert "预算考核" not in page
