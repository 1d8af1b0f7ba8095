"""What the log costs as it grows: python -m benchmarks.ledger [SIZE…] [--markdown].

One log, written by the ledger itself, is measured at each size. It lies in a scratch folder with SQLite, or in the
empty database that SHUANGZE_DATABASE_URL names. Commands are timed from outside, start of Python included: the best
of up to three runs, with the highest peak of memory.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

import flask_migrate
from sqlalchemy import select, text

import verify
from app import create_app
from benchmarks.growth import BLOCK, grow
from checklist import clock, ledger
from checklist.audit import receipts
from checklist.items import signoff
from checklist.ledger import checkpoints
from models import audit_checkpoint, db
from tests import county

ROOT = Path(__file__).parent.parent
SIZES = (1_000, 10_000, 100_000, 1_000_000)
RUNS, PATIENCE = 3, 60  # a command is run again until it has taken so many seconds in all
ACTS, RECEIPTS, PROOFS = 200, 500, 100
UNIT = "QH-CZJ"

Rows = dict[str, str]  # what was measured → what came out


# --- a log to measure ---------------------------------------------------------------------------------------


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder, and in it an application whose log has a key and little else."""
    with tempfile.TemporaryDirectory(prefix="shuangze-benchmark-") as name:
        folder = Path(name)
        os.environ.setdefault("SHUANGZE_DATABASE_URL", f"sqlite:///{folder / 'shuangze.db'}")
        os.environ |= {"SHUANGZE_INSTANCE": name, "SHUANGZE_SECRET_KEY": "b" * 32}
        app = create_app()
        with app.app_context():
            flask_migrate.upgrade()
            if ledger.size():
                sys.exit("The database has a log already: a benchmark wants an empty one of its own.")
            county.fill(app)
            yield folder


def measure(size: int, folder: Path) -> Rows:
    """Let the log grow to `size` entries, the export among them, and measure everything about it."""
    rows = appended_by_many(size - 1)
    anchor = folder / f"anchor-{size}"
    anchor.write_bytes((checkpoints.latest() or checkpoints.take()).note)
    whole, unit = folder / "whole.zip", folder / "unit.zip"
    rows |= exported("export, whole", whole)
    outside = ["--key", county.KEY.public.vkey, "--anchor", str(anchor)]
    for name, python in interpreters().items():
        rows[f"verify.py, {name}"] = best([python, verify.__file__, str(whole), *outside])
    whole.unlink()
    rows["flask verify"] = best([*FLASK, "verify", "--anchor", str(anchor)])
    rows |= exported("export, one unit of five", unit, "--unit", UNIT)
    rows["verify.py, one unit"] = best([sys.executable, verify.__file__, str(unit), *outside])
    unit.unlink()
    rows["receipt, median and 95th percentile"] = milliseconds(RECEIPTS, receipt_of_one(ledger.size()))
    rows["consistency proof, the same"] = milliseconds(PROOFS, proof_from_one())
    return rows | appended_one_by_one()


def appended_by_many(size: int) -> Rows:
    """How fast acts of many entries bring the log to a size, from the size before."""
    since, started = ledger.size(), time.perf_counter()
    grow(size)
    seconds = time.perf_counter() - started
    return {f"append, acts of {BLOCK} entries": f"{(size - since) / seconds:,.0f} entries/s"}


def appended_one_by_one() -> Rows:
    """How fast somebody would report item after item, each report an act and an entry of its own."""
    by, item = county.actor("zhou"), county.item("预算考核", "zhou").id
    started = time.perf_counter()
    for n in range(ACTS):
        signoff.report(item, signoff.Report(note=f"{clock.now()} 第{n}次核对"), by=by)
    return {"append, acts of one entry": f"{ACTS / (time.perf_counter() - started):,.0f} entries/s"}


def receipt_of_one(size: int) -> Callable[[], bytes]:
    return lambda: receipts.make(random.randrange(size))


def proof_from_one() -> Callable[[], bytes]:
    notes = [note.encode() for note in db.session.scalars(select(audit_checkpoint.c.note))]
    return lambda: checkpoints.prove(verify.parse_checkpoint(random.choice(notes)))


def milliseconds(times: int, make: Callable[[], bytes]) -> str:
    """The median and the 95th percentile of what one of many takes, each in a transaction of its own."""
    taken = []
    for _ in range(times):
        db.session.rollback()
        started = time.perf_counter()
        make()
        taken.append((time.perf_counter() - started) * 1000)
    db.session.rollback()
    percentiles = quantiles(taken, n=20)
    return f"{percentiles[9]:.1f} ms, {percentiles[18]:.1f} ms"


# --- commands -----------------------------------------------------------------------------------------------

FLASK = [sys.executable, "-m", "flask", "--app", "app"]


def exported(name: str, out: Path, *options: str) -> Rows:
    """What a bundle takes to write, and how large it is; once, since each export is an entry."""
    seconds, megabytes = run([*FLASK, "export", "--out", str(out), *options])
    return {name: told(seconds, megabytes), f"{name}: the bundle": f"{out.stat().st_size / 1e6:,.1f} MB"}


def best(command: list[str]) -> str:
    """The least time of some runs of a command that ends well, and the most memory."""
    runs = [run(command)]
    while len(runs) < RUNS and sum(seconds for seconds, _ in runs) < PATIENCE:
        runs.append(run(command))
    return told(min(seconds for seconds, _ in runs), max(megabytes for _, megabytes in runs))


def run(command: list[str]) -> tuple[float, float]:
    """The seconds and megabytes of a command; the benchmark ends unless its exit code is 0."""
    db.session.rollback()
    meter = [sys.executable, str(ROOT / "benchmarks" / "meter.py"), *command]
    result = json.loads(subprocess.run(meter, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    if result["code"] != verify.VERIFIED:
        sys.exit(f"exit code {result['code']}: {' '.join(command)}")
    return result["seconds"], result["megabytes"]


def told(seconds: float, megabytes: float) -> str:
    return f"{seconds:,.2f} s, {megabytes:,.0f} MB"


def interpreters() -> dict[str, str]:
    """The Pythons that are here to run verify.py, by name and version: this one, the system's and PyPy."""
    found = [sys.executable, *filter(None, map(shutil.which, ("/usr/bin/python3", "pypy3")))]
    version = "import platform; print(platform.python_implementation(), platform.python_version())"
    return {subprocess.check_output([path, "-c", version], text=True).strip(): path for path in found}


# --- what is printed ----------------------------------------------------------------------------------------


def machine() -> str:
    """Where and when this is measured."""
    database = f"SQLite {sqlite3.sqlite_version}"
    if db.engine.dialect.name == "postgresql":
        database = f"PostgreSQL {db.session.scalar(text('SHOW server_version'))}"
    cores = f"{os.cpu_count()} cores ({platform.machine()})"
    return f"{clock.today()}, {cores}, {platform.system()}, Python {platform.python_version()}, {database}"


def table(columns: dict[int, Rows], markdown: bool) -> str:
    """A line for each thing measured, a column for each size."""
    names = list(next(iter(columns.values())))
    lines = [["", *(f"{size:,}" for size in columns)]]
    lines += [[name, *(rows[name] for rows in columns.values())] for name in names]
    if markdown:
        lines.insert(1, ["---", *("---:" for _ in columns)])
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def main() -> None:
    """Measure at each size asked for, the smallest first, and print it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", metavar="SIZE", type=int, nargs="*", default=SIZES, help="entries, from 1,000 on")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    wanted = parser.parse_args()
    columns: dict[int, Rows] = {}
    with scratch() as folder:
        for size in sorted(wanted.sizes):
            columns[size] = {**measure(size, folder), "load of the machine": f"{os.getloadavg()[0]:.1f}"}
            print(f"{size:,} entries measured", file=sys.stderr, flush=True)
        print(f"{machine()}\n\n{table(columns, wanted.markdown)}")


if __name__ == "__main__":
    main()
