"""日志包: the log carried away, whole or one unit's, sealed, and found whole by verify.py at home."""

from __future__ import annotations

import json
import os
import re
import time
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

import verify
from checklist import ledger
from checklist.audit import bundles
from checklist.items import evidence
from checklist.ledger import checkpoints, tree
from checklist.refusal import Malformed, NotYours, Unseen
from models import db
from tests import county
from tests.conftest import Visit
from tests.files import PDF_SHA256, attached

pytestmark = pytest.mark.usefixtures("qinghe")


@pytest.fixture
def cli(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def take(path: Path, login: str = "wei", code: str | None = None) -> Path:
    with path.open("w+b") as out:
        for _ in bundles.export(by=county.actor(login), code=code).write(out):
            pass
    return path


def verdict(path: Path, *anchors: verify.Checkpoint) -> verify.Verdict:
    return verify.verify_bundle(path, verify.Outside([county.KEY.public], list(anchors)))


def bodies(path: Path) -> dict[int, dict[str, object]]:
    with zipfile.ZipFile(path) as bundle:
        lines = bundle.read(verify.BODIES).splitlines()
    return {int(number): json.loads(body) for number, body in (line.split(b" ", 1) for line in lines)}


def test_the_whole_log_verifies_against_what_the_auditor_kept(tmp_path: Path) -> None:
    kept = checkpoints.take()
    county.signed("预算考核", "zhou")
    found = verdict(take(tmp_path / "b.zip"), kept)
    assert (found.exit_code, found.anchored, found.size) == (0, kept.size, ledger.size())
    assert verdict(tmp_path / "b.zip").exit_code == verify.UNANCHORED


def test_what_is_taken_away_is_in_the_log_and_in_the_bundle_before_it_leaves(tmp_path: Path) -> None:
    size = ledger.size()
    root = tree.root(size).hex()
    path = take(tmp_path / "b.zip")
    last = bodies(path)[size]
    assert last["action"] == "export"
    assert last["after"] == {"filter": {"unit": None}, "root": root, "size": size}
    assert last["actor"]["name"] == county.PEOPLE["wei"]  # type: ignore[index]
    assert len(county.gained(size)) == 1


def test_one_units_bundle_has_all_headers_and_that_units_bodies_alone(tmp_path: Path) -> None:
    county.signed("预算考核", "zhou")
    path = take(tmp_path / "b.zip", code="QH-CZJ")
    found = verdict(path, checkpoints.take())
    assert (found.exit_code, found.unit, found.size) == (0, "QH-CZJ", ledger.size())
    tags = {line.head["unit"] for line in county.gained(0) if line.seq in bodies(path)}
    assert tags == {"-", "QH-CZJ"}
    others = {str(body["action"]) for seq, body in bodies(path).items() if county.gained(seq)[0].head["unit"] == "-"}
    assert others == {"log.open", "log.key"}


@pytest.mark.parametrize("trusted", ["the old key", "the new key"])
def test_a_units_bundle_holds_after_the_key_was_renewed(trusted: str, tmp_path: Path) -> None:
    kept = checkpoints.take()
    new = checkpoints.renew_key(by=county.console)
    key = new if trusted == "the new key" else county.KEY.public
    path = take(tmp_path / "b.zip", code="QH-CZJ")
    assert verify.verify_bundle(path, verify.Outside([key], [kept])).exit_code == 0


def test_evidence_goes_along_by_its_hash_with_whoever_gets_its_entry(tmp_path: Path) -> None:
    attached()
    member = f"{verify.ATTACHMENT}{PDF_SHA256}"
    for code, there in ((None, True), ("QH-CZJ", True), ("QH-JYJ", False)):
        path = take(tmp_path / f"{code}.zip", code=code)
        assert verdict(path, checkpoints.take()).exit_code == 0
        with zipfile.ZipFile(path) as bundle:
            assert (member in bundle.namelist()) is there


@pytest.mark.parametrize("harm", ["a byte", "all of it"])
def test_a_file_that_was_changed_or_lost_on_the_server_is_missed_at_home(harm: str, tmp_path: Path) -> None:
    attached()
    seq, file = ledger.size() - 1, evidence.path(PDF_SHA256)
    if harm == "a byte":
        file.write_bytes(file.read_bytes()[:-1] + b"?")
    else:
        file.unlink()
    found = verdict(take(tmp_path / "b.zip"), checkpoints.take())
    assert (found.exit_code, found.problem, found.first_bad) == (1, "attachment", seq)


def test_the_checkpoints_that_the_log_has_kept_go_along(tmp_path: Path) -> None:
    for _ in range(2):
        checkpoints.seal(by=county.console)
    sizes = [size for size, _ in checkpoints.before(ledger.size() + 1)]
    with zipfile.ZipFile(take(tmp_path / "b.zip")) as bundle:
        kept = [name for name in bundle.namelist() if name.startswith(verify.KEPT)]
    assert kept == [f"{verify.KEPT}{size}" for size in sizes]


def test_an_auditor_of_one_bureau_takes_that_one_and_no_other(tmp_path: Path) -> None:
    assert verdict(take(tmp_path / "b.zip", "jiang", "QH-CZJ")).unit == "QH-CZJ"
    for code in (None, "QH-JYJ", "QH"):
        with pytest.raises(NotYours):
            bundles.export(by=county.actor("jiang"), code=code)
        assert county.gained(ledger.size() - 1)[0].body["result"] == "refused: 403"


@pytest.mark.parametrize("login", ["zhou", "chu", "shen", "han", "yang"])
def test_nobody_else_takes_one(login: str) -> None:
    for code in (None, "QH-CZJ"):
        with pytest.raises((NotYours, Unseen)):
            bundles.export(by=county.actor(login), code=code)


def test_a_unit_that_does_not_exist_is_said_not_to(cli: FlaskCliRunner, tmp_path: Path) -> None:
    size = ledger.size()
    with pytest.raises(Malformed, match="没有这个代码的单位"):
        bundles.export(by=county.actor("wei"), code="QH-XXX")
    result = cli.invoke(args=["export", "--out", str(tmp_path / "b.zip"), "--unit", "QH-XXX"])
    assert (result.exit_code, ledger.size(), (tmp_path / "b.zip").exists()) == (1, size, False)


def test_the_operator_exports_what_verify_py_finds_whole(cli: FlaskCliRunner, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    assert cli.invoke(args=["export", "--out", str(path)]).exit_code == 0
    assert verdict(path, checkpoints.take()).exit_code == 0
    again = cli.invoke(args=["export", "--out", str(path)])
    assert again.exit_code == 2
    assert "已经存在" in again.output
    unit = tmp_path / "unit.zip"
    assert cli.invoke(args=["export", "--out", str(unit), "--unit", "QH-CZJ"]).exit_code == 0
    assert verdict(unit).unit == "QH-CZJ"


# --- the pages ----------------------------------------------------------------------------------------------


def fetched(page: str) -> str:
    found = re.search(r'href="(/bundles/[0-9a-f]{32})"', page)
    assert found
    return found[1]


def test_an_auditor_takes_a_bundle_from_the_page(visit: Visit, tmp_path: Path) -> None:
    client = visit("wei")
    assert "全部日志" in client.get("/bundles/").text
    made = client.post("/bundles/", data={"unit": "QH-CZJ"})
    assert "日志包已备好" in made.text
    answer = client.get(fetched(made.text))
    assert answer.headers["Content-Disposition"] == "attachment; filename=shuangze-log-2026-03-02.zip"
    (tmp_path / "b.zip").write_bytes(answer.data)
    assert verdict(tmp_path / "b.zip").unit == "QH-CZJ"


def test_nobody_fetches_what_another_has_taken(visit: Visit) -> None:
    address = fetched(visit("wei").post("/bundles/").text)
    assert visit("jiang").get(address).status_code == 404
    assert visit("wei").get(address).status_code == 200
    for odd in ("/bundles/" + "0" * 32, "/bundles/..%2F..%2Fkeys", "/bundles/x"):
        assert visit("wei").get(odd).status_code == 404


def test_an_auditor_of_one_bureau_is_offered_that_one(visit: Visit) -> None:
    page = visit("jiang").get("/bundles/").text
    assert "全部日志" not in page
    assert re.findall(r'value="(QH[^"]*)"', page) == ["QH-CZJ"]
    assert visit("zhou").get("/bundles/").status_code == 403


def test_what_nobody_came_for_is_gone_after_an_hour(visit: Visit, app: Flask) -> None:
    client = visit("wei")
    address = fetched(client.post("/bundles/").text)
    (file,) = (db.folder / "exports").iterdir()
    then = time.time() - 3700
    os.utime(file, (then, then))
    client.post("/bundles/")
    assert client.get(address).status_code == 404
    assert len(list((db.folder / "exports").iterdir())) == 1


def test_a_wrong_unit_is_asked_for_again(visit: Visit) -> None:
    answer = visit("wei").post("/bundles/", data={"unit": "QH-XXX"})
    assert answer.status_code == 422
    assert "没有这个代码的单位" in answer.text
    assert "全部日志" in answer.text
