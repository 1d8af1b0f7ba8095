"""How well the decomposer does on texts whose tables were written by hand: `make eval`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checklist.decompose import decompose, doubts, normalise

HERE = Path(__file__).parent / "texts"
SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
# Nobody looks at the single misses of this one, so that it goes on telling how a text comes out that no rule was made for.
HELD_OUT = "township"
FIELDS = ("named", "targets", "cadence", "deadline", "steps", "side", "slips")

Row = dict[str, Any]


@dataclass(frozen=True)
class Score:
    """How found rows compare with expected ones; a row matches when it begins and ends where it should."""

    expected: int
    found: int
    matched: int
    merged: int  # found rows that hold more than one expected row
    split: int  # expected rows that are cut into more than one found row
    fields: dict[str, float]  # of the matched rows, how many have the field right

    @property
    def precision(self) -> float:
        return self.matched / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.matched / self.expected if self.expected else 0.0


def texts() -> dict[str, tuple[str, list[Row]]]:
    """Return the texts at hand by name, each with its table; the speech is not part of this repository."""
    files = {
        **{file.stem: file for file in sorted(HERE.glob("*.txt"))},
        **dict(zip(["seed"], sorted(SEEDS.glob("*.txt")), strict=False)),
    }
    tables = {name: json.loads((HERE / f"{name}-table.json").read_text(encoding="utf-8")) for name in files}
    return {name: (normalise(file.read_text(encoding="utf-8")), tables[name]) for name, file in files.items()}


def score(text: str, expected: list[Row]) -> Score:
    """Compare what is found in a text with its table."""
    found = [row.as_dict() for row in decompose(text)]
    pairs = _pairs(expected, found)
    right = {field: sum(_is_right(field, *pair) for pair in pairs) for field in FIELDS}
    return Score(
        expected=len(expected),
        found=len(found),
        matched=len(pairs),
        merged=sum(_inside(row, expected) > 1 for row in found),
        split=sum(_inside(row, found) > 1 for row in expected),
        fields={field: count / max(len(pairs), 1) for field, count in right.items()},
    )


def sure(text: str, expected: list[Row]) -> str:
    """Say how many rows of each level of certainty are wrong; the side, which is told by words, not counted."""
    found = [row.as_dict() for row in decompose(text)]
    pairs = _pairs(expected, found)
    right = {row["start"] for row, other in pairs if all(_is_right(f, row, other) for f in FIELDS if f != "side")}
    counts = []
    for level in doubts.LEVELS:
        rows = [row for row in found if row["sure"] == level]
        counts.append(f"{level} {sum(row['start'] not in right for row in rows)} of {len(rows)}")
    return ", ".join(counts)


def misses(text: str, expected: list[Row]) -> Iterator[str]:
    """Yield every single thing that is wrong, by its words: rows that are missing or too many, and what rows say amiss."""
    found = [row.as_dict() for row in decompose(text)]
    pairs = _pairs(expected, found)
    matched = {row["start"] for row, _ in pairs}
    for row in expected:
        if row["start"] not in matched:
            yield f"missing: {text[row['start'] : row['end']]}"
    for row in found:
        if row["start"] not in matched:
            yield f"not in the table: {row['text']}"
    for row, other in pairs:
        for field in FIELDS:
            if not _is_right(field, row, other):
                yield f"{field}: {other['text']}\n      expected {row[field]}\n      found    {_field(field, other)}"


def _pairs(expected: list[Row], found: list[Row]) -> list[tuple[Row, Row]]:
    by_place = {(row["start"], row["end"]): row for row in found}
    return [(row, by_place[row["start"], row["end"]]) for row in expected if (row["start"], row["end"]) in by_place]


def _is_right(field: str, expected: Row, found: Row) -> bool:
    return bool(expected[field] == _field(field, found))


def _field(field: str, found: Row) -> Any:
    return [flag["text"] for flag in found["flags"] if flag["kind"] == "slip"] if field == "slips" else found[field]


def _inside(row: Row, others: list[Row]) -> int:
    return sum(row["start"] <= other["start"] and other["end"] <= row["end"] for other in others)


def main() -> None:
    for name, (text, table) in texts().items():
        result = score(text, table)
        print(f"{name}: {result.expected} expected, {result.found} found, {result.matched} at the right place")
        print(f"  precision {result.precision:.2f}, recall {result.recall:.2f}")
        print(f"  wrongly merged {result.merged}, wrongly split {result.split}")
        print(f"  sure, and wrong all the same: {sure(text, table)}")
        print("  right in those: " + ", ".join(f"{field} {share:.2f}" for field, share in result.fields.items()))
        for miss in misses(text, table) if name != HELD_OUT else ["not shown: this text is held out"]:
            print(f"  - {miss}")


if __name__ == "__main__":
    main()
