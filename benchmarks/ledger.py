"""How long verify.py takes: python -m benchmarks.ledger [ENTRIES]. Prints seconds and the peak of memory."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import verify


def log(size: int) -> Iterator[tuple[bytes, bytes]]:
    """A log of so many entries, each about as long as a report's."""
    prev = verify.GENESIS
    for seq in range(size):
        opens = seq == 0
        body = verify.canonical(
            {
                "salt": f"{seq:032x}",
                "actor": {"id": 1, "name": "周局长", "post": "县财政局 局长"},
                "ip": "10.0.0.1",
                "session": "0" * 16,
                "req": "0" * 32,
                "action": "log.open" if opens else "tick",
                "object": None if opens else {"type": "item", "id": seq, "rev": 2},
                "before": None if opens else {"schema": 1, "state": "open", "note": ""},
                "after": {"origin": "bench.example/log"} if opens else {"schema": 1, "state": "ticked", "note": "已办"},
                "reason": None,
                "result": "ok",
                "attachments": [],
                "app": "benchmark",
            }
        )
        at = "2026-03-02T01:00:00.000000Z"
        line = verify.header(seq=seq, prev=prev, body=verify.body_hash(body), ts=at, unit="-" if opens else "QH-CZJ")
        prev = verify.entry_hash(line).hex()
        yield line, body


def main(size: int) -> None:
    root = verify.root(verify.entry_hash(line) for line, _ in log(size)).hex()
    about = {
        "app": "benchmark",
        "created": "2026-03-02T01:00:00.000000Z",
        "filter": {"unit": None},
        "origin": "bench.example/log",
        "root": root,
        "size": size,
    }
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle.zip"
        with bundle.open("w+b") as out:
            verify.write_bundle(out, log(size), about)
        started = time.perf_counter()
        result = subprocess.run([sys.executable, verify.__file__, str(bundle)], stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - started
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{size} entries, {bundle.stat().st_size / 1e6:.0f} MB: {seconds:.1f} s, {megabytes:.0f} MB of memory")
        assert result.returncode == verify.UNANCHORED


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
