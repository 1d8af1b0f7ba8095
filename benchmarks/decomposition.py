"""How long it takes to decompose a text of 100,000 characters: python -m benchmarks.decomposition [CHARACTERS]."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from checklist.decompose import decompose

TEXTS = Path(__file__).parents[1] / "tests" / "texts"


def main(size: int) -> None:
    once = "".join(file.read_text(encoding="utf-8") for file in sorted(TEXTS.glob("*.txt")))
    text = (once * (size // len(once) + 1))[:size]
    started = time.perf_counter()
    rows = decompose(text)
    print(f"{len(text):,} characters, {len(rows):,} rows: {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
