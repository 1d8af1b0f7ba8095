"""Measure `flask serve` beside the reference of ../shared/bench, one after the other: python -m benchmarks.beside

The reference is the same checklist as one file of Django with an audit log; it neither signs nor approves: these are
told in ticks. BENCH names another folder that has it. A log of 1,000,000 entries takes longer than all of this:
benchmarks.ledger has its verification, benchmarks.search its search.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from statistics import median
from urllib.parse import urlencode

from benchmarks import deeds

HERE = Path(__file__).parent.parent
BENCH = Path(os.environ.get("BENCH", HERE.parent / "shared" / "bench")).absolute()
KEPT = Path(os.environ.get("BENCH_DIR", Path.home() / ".cache" / "shuangze-bench"))
RESULT = re.compile(r"rps=([\d.]+) p50=([\d.]+)ms p95=([\d.]+)ms.*? bad_status=(\d+)")
REFERENCE_ROWS = 10_000

Row = tuple[float, float, float]  # answers a second; median and 95th percentile in ms


def missing() -> str | None:
    """Why nothing can be compared here."""
    if not (BENCH / "bench.sh").exists():
        return f"there is no reference at {BENCH}"
    if not shutil.which("wrk"):
        return "wrk is missing: apt-get install wrk"
    return None


def bench(*arguments: str, **environment: str) -> str:
    command = ["bash", str(BENCH / "bench.sh"), *arguments]
    settings = {**os.environ, "BENCH_DIR": str(KEPT), **environment}
    return subprocess.run(command, check=True, env=settings, stdout=subprocess.PIPE, text=True).stdout


def calibrate() -> str:
    return subprocess.run([sys.executable, BENCH / "calib.py"], check=True, capture_output=True, text=True).stdout


def rows(said: str) -> Iterator[Row]:
    for line in said.splitlines():
        if found := RESULT.search(line):
            rate, median, high, bad = map(float, found.groups())
            if bad:
                print(f"{bad:.0f} answers were no success: {line}")
            yield rate, median, high


@contextmanager
def ours() -> Iterator[str]:
    """Serve the demo county, with a list of 115 items more, from a scratch folder; its address."""
    with create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:
        settings = {"SHUANGZE_DEMO": "1", "SHUANGZE_INSTANCE": folder, "SHUANGZE_ADDRESS": address}
        command = [sys.executable, "-m", "flask", "--app", "app", "serve"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=HERE, env=os.environ | settings, stdout=pipe, text=True) as server:
            assert server.stdout
            while "已启动" not in server.stdout.readline():
                assert server.poll() is None
            base = f"http://{address}"
            try:
                subprocess.run([sys.executable, BENCH / "ours.py", "grow", base, "115"], check=True)
                yield base
                print(memory(server.pid), end="")
            finally:
                server.terminate()


def memory(pid: int) -> str:
    return subprocess.run(["bash", BENCH / "rss.sh", str(pid)], check=True, capture_output=True, text=True).stdout


def export(base: str) -> tuple[Row, int]:
    """Take the whole log as CSV, again and again for eight seconds; the rate, and the rows in each."""
    auditor = deeds.Browser(base, "shenji")
    fields = [*auditor.token("/audit/"), ("kind", "csv")]
    lines = auditor.post("/audit/excerpt", fields).count(b"\r\n")
    folder = KEPT / "ours"
    cookie = "; ".join(f"{one.name}={one.value}" for one in auditor.jar)
    said = {
        "hdr": f"Cookie: {cookie}\nContent-Type: application/x-www-form-urlencoded",
        "body": urlencode(fields),
        "path": "/audit/excerpt",
    }
    for name, text in said.items():
        (folder / f"csv-{name}").write_text(text + "\n")
    paths = {
        name: str(folder / f"csv-{file}") for name, file in {"HDRS": "hdr", "BODIES": "body", "PATHS": "path"}.items()
    }
    return next(rows(bench("one", "ours", base, METHOD="POST", **paths))), lines


def main() -> None:
    if why := missing():
        return print(f"Not measured: {why}.")
    if not (KEPT / "venv").exists():
        bench("setup")
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, load {os.getloadavg()[0]:.1f}, before: {calibrate()}", end="")
    bench("start")
    try:
        theirs = list(rows(bench("reference")))
    finally:
        bench("stop")
    with ours() as base:
        mine = list(rows(bench("ours", base)))
        csv, lines = export(base)
        acts = {what: median(times) for what, times in deeds.measured(base).items()}
    print(f"load {os.getloadavg()[0]:.1f}, after: {calibrate()}")

    print("|  | ours | reference | ratio |\n| --- | ---: | ---: | ---: |")
    for name, one, other in zip(("tick", "page of 127 items"), mine, theirs, strict=False):
        for what, n, unit in (("", 0, "/s"), (", median", 1, " ms"), (", 95th percentile", 2, " ms")):
            ratio = one[n] / other[n]
            print(f"| {name}{what} | {one[n]:.1f}{unit} | {other[n]:.1f}{unit} | {ratio:.2f} |")
    one, other = csv[0] * lines, theirs[2][0] * REFERENCE_ROWS
    print(
        f"| CSV of the log, {lines:,} and {REFERENCE_ROWS:,} rows | {one:,.0f} rows/s | {other:,.0f} rows/s | {one / other:.2f} |"
    )
    for what, ms in acts.items():
        print(f"| {what}, one connection | {ms:.1f} ms | | {ms / acts['tick']:.1f} ticks |")


if __name__ == "__main__":
    main()
