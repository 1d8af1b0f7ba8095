"""核验, on the page: since when the log is proven whole, and what that does not cover."""

from __future__ import annotations

import html
import io
import re
import subprocess

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import verify
from checklist import ledger
from checklist.audit import entries
from checklist.ledger import checkpoints
from models import db
from tests import county
from tests.conftest import Visit
from tests.dba import note, run

pytestmark = pytest.mark.usefixtures("qinghe")


def ask(visit: Visit, login: str = "wei", **given: object) -> TestResponse:
    return visit(login).post("/audit/verdict", data=given)


def test_without_a_checkpoint_it_says_that_nothing_from_outside_was_there(visit: Visit) -> None:
    page = ask(visit).text
    assert "核验通过：日志前后相扣" in page
    assert "这次没有用到外面留存的封签" in page
    assert "被核验的系统自己给出的结论" in page


def test_with_one_it_says_since_when_and_for_how_much(visit: Visit, qinghe: county.Clock) -> None:
    kept = checkpoints.take()
    qinghe.move(days=3)
    county.signed("预算考核", "zhou")
    given = {"file": (io.BytesIO(kept.note), "kept.txt")}
    page = ask(visit, **given).text
    assert "核验通过：与您留存的封签相符" in page
    assert f"前 {kept.size} 条（到 2026-01-05 09:00 为止）" in page
    assert "只有本系统自己的签名担保" in page
    pasted = kept.note.decode().replace("\n", "\r\n")
    assert f"前 {kept.size} 条" in ask(visit, text=pasted).text


def test_a_rewritten_log_is_found_out_by_what_she_kept(visit: Visit) -> None:
    page = ask(visit, text=note(county.ORIGIN, 9, b"r" * 32).note.decode()).text
    assert "核验发现问题" in page
    assert verify.PROBLEMS["anchor"][0] in page
    assert verify.PROBLEMS["truncated"][0] in ask(visit, text=note(county.ORIGIN, 9999, b"r" * 32).note.decode()).text


def test_what_is_no_checkpoint_is_asked_for_again_and_still_there(visit: Visit) -> None:
    size = ledger.size()
    answer = ask(visit, text="这是一张纸")
    assert answer.status_code == 422
    assert "这不是一张日志封签" in answer.text
    assert "这是一张纸" in answer.text
    assert [line.action for line in county.gained(size)] == ["登录"]


def test_a_row_changed_by_hand_is_named(visit: Visit) -> None:
    db.session.rollback()
    run("UPDATE item SET note = '早就办完了' WHERE id = 1")
    page = ask(visit).text
    assert "核验发现问题" in page
    assert "item 1的 note" in page


def test_that_somebody_checked_is_an_entry(visit: Visit) -> None:
    kept = checkpoints.take()
    client = visit("wei")
    size = ledger.size()
    client.post("/audit/verdict", data={"text": kept.note.decode()})
    (entry,) = county.gained(size)
    assert (entry.action, entry.actor) == ("核验日志", county.PEOPLE["wei"])
    assert entry.body["after"] == {"anchored": kept.size, "ok": True, "size": size}


@pytest.mark.parametrize("login", ["zhou", "chu", "shen"])
def test_nobody_else_is_answered(login: str, visit: Visit) -> None:
    assert visit(login).get("/audit/verdict").status_code == 403
    assert ask(visit, login).status_code == 403


def test_the_page_says_how_far_it_is(visit: Visit) -> None:
    with ledger.act("export", by=county.console) as act:
        for number in range(10_000):
            act.add_entry({"size": number})
    page = ask(visit).text
    assert page.index("核对：5000") < page.index("核对：10000") < page.index("核验通过")


# --- 日志封签 -------------------------------------------------------------------------------------------------


def test_an_auditor_seals_the_log_and_prints_what_she_keeps(visit: Visit, app: Flask) -> None:
    client = visit("wei")
    assert county.KEY.public.vkey in html.unescape(client.get("/checkpoints/").text)
    sealed = client.post("/checkpoints/")
    made = checkpoints.latest()
    assert made
    assert (sealed.status_code, sealed.headers["Location"]) == (303, f"/checkpoints/{made.size}")
    page = html.unescape(client.get(f"/checkpoints/{made.size}").text)
    assert made.note.decode() in page
    assert shell(re.search(r"\{ printf .*sha256sum", page)[0]) == f"{made_of(made.size - 1)}  -\n"  # type: ignore[index]
    saved = client.get(f"/checkpoints/{made.size}/note")
    assert saved.data == made.note
    assert "attachment" in saved.headers["Content-Disposition"]


def shell(command: str) -> str:
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout


def made_of(seq: int) -> str:
    """The hash of an entry."""
    return entries.entry(seq, by=county.actor("wei")).hash


@pytest.mark.parametrize("address", ["/checkpoints/", "/checkpoints/105", "/checkpoints/105/note"])
def test_nobody_else_reads_them(address: str, visit: Visit) -> None:
    for login in ("zhou", "chu", "shen"):
        assert visit(login).get(address).status_code == 403
    assert visit("jiang").get(address).status_code == 200  # an auditor of one bureau keeps them too
    assert "现在封签" not in visit("jiang").get("/checkpoints/").text


def test_nobody_is_offered_a_bundle_whom_it_would_be_refused(visit: Visit) -> None:
    for login, offered in {"wei": True, "jiang": True, "yang": False}.items():
        assert ("导出日志包" in visit(login).get("/audit/").text) is offered
