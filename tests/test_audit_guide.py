"""docs/audit.md keeps its word: its commands are run, its outputs and codes compared, its claims of limits tried."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import delete, insert, text

import verify
from checklist import ledger
from checklist.audit import bundles
from checklist.ledger import checkpoints, lines, tree
from models import audit_body, audit_checkpoint, audit_log, audit_node, db
from tests import county
from tests.answers import DEEDS, rewritten
from tests.conftest import ROOT, missing
from tests.databases import Templates
from tests.dba import unguard
from tests.forgeries import ENTRIES, OLDER, SEAL, SIZE, WHOLE_ZIP, anchor, sealed
from tests.zips import zipped

pytestmark = pytest.mark.slow

PAGES = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("audit.md", "audit.zh.md")}


# --- the commands -------------------------------------------------------------------------------------------


@dataclass
class Step:
    """Commands of a page, with the lines that it says they print, and their exit code."""

    commands: str
    code: int = 0
    lines: list[str] = field(default_factory=list)


def blocks(page: str) -> list[str]:
    found: list[str] = re.findall("```sh\n(.+?)\n```", page, re.DOTALL)
    return [block.replace("# 退出码 ", "# exit code ") for block in found]


def steps(page: str) -> Iterator[Step]:
    for block in blocks(page):
        for commands, told in re.findall(r"((?:(?!# ).+\n)+)((?:# .*\n)*)", block + "\n"):
            step = Step(commands)
            for line in told.splitlines():
                code = re.fullmatch(r"# exit code (\d)", line)
                if code:
                    step.code = int(code[1])
                else:
                    step.lines.append(line[2:])
            yield step


@dataclass
class Server:
    """An application on a database of its own, and a folder in which somebody sits before a shell."""

    folder: Path
    database: Path

    def run(self, commands: str) -> tuple[int, list[str]]:
        """What a shell makes of commands: the exit code, and all that was printed."""
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),  # in life `flask` is run in the application's folder
            "SHUANGZE_DATABASE_URL": f"sqlite:///{self.database}",
            "SHUANGZE_INSTANCE": str(self.folder / "instance"),
            "SHUANGZE_SECRET_KEY": "t" * 40,
        }
        told = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", commands],
            cwd=self.folder / "desk",
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        return told.returncode, told.stdout.splitlines()


@pytest.fixture
def server(sqlite: Templates, tmp_path: Path) -> Iterator[Server]:
    for program in ("bash", "sha256sum", "openssl"):
        if not shutil.which(program):
            missing(program, f"apt-get install {program}")
    version = subprocess.run(["openssl", "version"], capture_output=True, text=True).stdout
    if not re.match("OpenSSL [3-9]", version):
        missing("OpenSSL 3", "apt-get install openssl")
    sqlite.make("migrated", lambda app: flask_migrate.upgrade())
    template = sqlite.make("qinghe", county.fill, on="migrated")
    county.lay_key(tmp_path / "instance")
    (tmp_path / "desk").mkdir()
    shutil.copy(ROOT / "verify.py", tmp_path / "desk")
    with sqlite.database(template) as url:
        yield Server(tmp_path, Path(url.removeprefix("sqlite:///")))


def lacking(lines: list[str], printed: list[str]) -> list[str]:
    """Those of the lines, in their order, that were not printed; … stands for anything."""
    rest = iter(printed)
    patterns = {line: ".+".join(map(re.escape, line.split("…"))) for line in lines}
    return [line for line in lines if not any(re.fullmatch(patterns[line], other) for other in rest)]


def test_the_page_says_what_its_commands_do(server: Server) -> None:
    lies = []
    for step in steps(PAGES["audit.md"]):
        code, printed = server.run(step.commands)
        if code != step.code or lacking(step.lines, printed):
            lies.append((step, code, printed))
    assert not lies


def test_each_check_on_the_page_says_how_it_ends() -> None:
    for block in blocks(PAGES["audit.md"]):
        for checks, told in re.findall(r"((?:.*\bverify\b.*\n)+)((?:# .*\n)*)", block + "\n"):
            if re.match(r"python verify\.py|flask --app app verify", checks):
                assert "# exit code" in told, checks


# --- the two pages ------------------------------------------------------------------------------------------


def table(page: str, first: str) -> list[list[str]]:
    """The rows of a page's table whose head begins with `first`, cell by cell."""
    [rows] = re.findall(rf"^\| {first}.*\n\|[-|]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()]


def test_both_pages_have_the_same_commands() -> None:
    assert blocks(PAGES["audit.zh.md"]) == blocks(PAGES["audit.md"])
    assert len(blocks(PAGES["audit.md"])) > 10


def test_both_pages_have_the_same_threats_and_answers() -> None:
    english, chinese = (table(PAGES[name], head) for name, head in (("audit.md", "threat"), ("audit.zh.md", "威胁")))
    assert [len(row) for row in english] == [len(row) for row in chinese] == [4] * len(english)
    # A command or a code of the application is the same in both, row by row.
    for ours, theirs in zip(english, chinese, strict=True):
        quoted = [{code for cell in row for code in re.findall("`(.+?)`", cell)} for row in (ours, theirs)]
        assert quoted[0] == quoted[1]
    answers = [table(PAGES[name], head) for name, head in (("audit.md", "what was done"), ("audit.zh.md", "做了什么"))]
    assert [row[1:] for row in answers[0]] == [row[1:] for row in answers[1]]


@pytest.mark.parametrize("name", PAGES)
def test_the_page_quotes_only_what_a_verdict_says(name: str) -> None:
    """Words of a verdict in the table on code 1 stand in verify.py."""
    said = [words for words, _ in verify.PROBLEMS.values()]
    head = {"audit.md": "it says", "audit.zh.md": "核验说"}[name]
    for row in table(PAGES[name], head):
        for words in re.split("; |；", row[0]):
            assert any(problem.startswith(words) for problem in said), words


# --- what verify.py answers -----------------------------------------------------------------------------------

LAST = datetime.fromisoformat(ENTRIES[-1].ts)


def answers(folder: Path, what: str) -> list[str]:
    """The exit codes with what the auditor brings, in the order of the table."""
    deed = DEEDS[what]
    path = folder / "bundle.zip"
    path.write_bytes(zipped(list(deed.bundle.items())))
    nothing, key, older, newer = deed.outsides()
    verdicts = [verify.verify_bundle(path, outside) for outside in (nothing, key, older)]
    verdicts += [verify.verify_bundle(path, older, oldest=LAST), verify.verify_bundle(path, newer)]
    return [str(verdict.exit_code) for verdict in verdicts]


def test_the_table_of_answers_is_what_verify_py_answers(tmp_path: Path) -> None:
    rows = table(PAGES["audit.md"], "what was done")
    assert rows == [[what, *answers(tmp_path, what)] for what in DEEDS]


# --- what it does not answer ----------------------------------------------------------------------------------


def carried_home(folder: Path) -> verify.Verdict:
    """A bundle taken now, checked with the key and a checkpoint of just before."""
    kept = bundles.export(by=county.console).checkpoint
    with (folder / "bundle.zip").open("wb") as out:
        for _ in bundles.export(by=county.console).write(out):
            pass
    return verify.verify_bundle(folder / "bundle.zip", verify.Outside([county.KEY.public], [kept]))


def behind_its_back(statement: str) -> None:
    db.session.execute(text(statement))
    db.session.commit()


NOTE = "UPDATE item SET note = '{}' WHERE id = {}"


def test_a_row_changed_past_the_application_shows_at_the_server_only(qinghe: county.Clock, tmp_path: Path) -> None:
    item = county.ticked("预算考核", "zhou")
    behind_its_back(NOTE.format("没办", item.id))
    assert not county.in_step()
    assert carried_home(tmp_path).exit_code == verify.VERIFIED


def test_a_row_put_back_before_anybody_looks_is_not_seen(qinghe: county.Clock) -> None:
    item = county.ticked("预算考核", "zhou")
    behind_its_back(NOTE.format("没办", item.id))
    behind_its_back(NOTE.format("已办", item.id))
    assert county.in_step()


def test_a_row_that_has_since_been_changed_in_the_application_shows_for_ever(qinghe: county.Clock) -> None:
    item = county.ticked("预算考核", "zhou")
    behind_its_back(NOTE.format("没办", item.id))
    db.session.expire_all()
    county.sign(item, by=county.actor("zhou"))
    behind_its_back(NOTE.format("已办", item.id))
    assert any("原状态" in difference.words for difference in county.checked().differences)


def rewrite_the_log(kind: str) -> None:
    """Another reason in entry 5 and every hash after it, as the database's administrator could, who has no key."""
    heads, bodies = [], []
    prev, leaves = verify.GENESIS, []
    for seq, (line, body) in enumerate(lines.read(ledger.size(), None)):
        reason = '"reason":"改"' if seq == 5 else '"reason":null'
        changed = (body or b"").replace(b'"reason":null', reason.encode())
        told = json.loads(line)
        new = verify.header(seq=seq, prev=prev, body=verify.body_hash(changed), ts=told["ts"], unit=told["unit"])
        leaf = verify.entry_hash(new)
        heads.append({"seq": seq, "prev": prev, "hash": leaf.hex(), "line": new.decode()})
        bodies.append({"seq": seq, "body": changed.decode()})
        prev = leaf.hex()
        leaves.append(leaf)
    db.session.rollback()
    unguard(kind)
    with db.engine.begin() as connection:
        for table in (audit_checkpoint, audit_node, audit_body, audit_log):
            connection.execute(delete(table))
        for table, rows in ((audit_log, heads), (audit_body, bodies), (audit_node, tree.completed(0, b"", leaves))):
            connection.execute(insert(table), rows)
    db.session.rollback()


def test_the_application_signs_what_the_databases_administrator_has_written(
    qinghe: county.Clock, kind: str, tmp_path: Path
) -> None:
    kept = checkpoints.take()
    rewrite_the_log(kind)
    assert county.checked().verdict.doubts == ["anchor"]
    assert county.in_step()
    assert carried_home(tmp_path).exit_code == verify.VERIFIED  # with a checkpoint from after
    by_older = verify.verify_bundle(tmp_path / "bundle.zip", verify.Outside([county.KEY.public], [kept]))
    assert (by_older.exit_code, by_older.problem) == (verify.TAMPERED, "anchor")


@pytest.mark.parametrize(("size", "problem"), [(SIZE, "fork"), (OLDER, "anchor")])
def test_two_auditors_who_meet_see_that_they_were_shown_two_logs(size: int, problem: str, tmp_path: Path) -> None:
    other = rewritten(3)
    (tmp_path / "bundle.zip").write_bytes(WHOLE_ZIP)
    hers, his = anchor(SIZE), verify.parse_checkpoint(sealed(other)[size])
    verdict = verify.verify_bundle(tmp_path / "bundle.zip", verify.Outside([SEAL.key], [hers, his]))
    assert (verdict.exit_code, verdict.problem) == (verify.TAMPERED, problem)


def test_an_old_backup_is_in_order_until_somebody_brings_a_later_checkpoint(server: Server) -> None:
    backup = server.folder / "backup.db"
    shutil.copyfile(server.database, backup)
    assert server.run("flask --app app checkpoint --out later.txt")[0] == 0
    shutil.copyfile(backup, server.database)
    code, printed = server.run("flask --app app verify")
    assert (code, printed[-1]) == (verify.UNANCHORED, "数据库与日志一致。")
    code, printed = server.run("flask --app app verify --anchor later.txt --json")
    assert (code, json.loads(printed[-1])["problem"]) == (verify.TAMPERED, "truncated")
    assert server.run("flask --app app prove --from later.txt --out proof")[0] == 1
