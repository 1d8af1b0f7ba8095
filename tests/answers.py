"""What was done to a log, and what an auditor then holds in hand: the rows of a table in docs/audit.md."""

from __future__ import annotations

from typing import NamedTuple

import verify
from tests import forgeries
from tests.forgeries import ENTRIES, NOTES, OLDER, OLDEST, SEAL, SIZE, THIEF, Contents, Entry, entry, erased
from tests.seals import Seal

NEW = Seal(SEAL.key.name, b"n" * 32)
UNIT = "HK-CZJ"


class Deed(NamedTuple):
    """A bundle as it comes, and what the auditor has kept: her key, an older checkpoint and a newer one."""

    bundle: Contents
    older: bytes = NOTES[OLDER]
    newer: bytes = NOTES[SIZE]
    keys: tuple[verify.Key, ...] = (SEAL.key,)

    def outsides(self) -> list[verify.Outside]:
        """What she brings: nothing, the key, the key and the older checkpoint, the key and the newer one."""
        keys = list(self.keys)
        anchors = [verify.parse_checkpoint(note) for note in (self.older, self.newer)]
        return [verify.Outside(), verify.Outside(keys), *(verify.Outside(keys, [anchor]) for anchor in anchors)]


def rewritten(seq: int, **told: str) -> list[Entry]:
    """The log with another reason in one entry, or with other fields of it."""
    changed = {"body": (ENTRIES[seq].body or b"").replace(b'"reason":null', '"reason":"改"'.encode()), **told}
    return [*ENTRIES[:seq], ENTRIES[seq]._replace(**changed), *ENTRIES[seq + 1 :]]  # type: ignore[arg-type]


def under(seal: Seal) -> list[Entry]:
    """The log as it would be, had it been opened with another key."""
    return [ENTRIES[0], entry(1, "-", "log.key", after={"key": seal.key.vkey}, object=None), *ENTRIES[2:]]


def both(entries: list[Entry]) -> bytes:
    """A checkpoint that the old key and the new one sign."""
    note = SEAL.over(forgeries.chained(entries))
    return note + NEW.line(verify.parse_checkpoint(note).text)


NAMES_A_KEY = entry(SIZE, "-", "log.key", after={"key": NEW.key.vkey}, object=None)
RENEWED = [*ENTRIES, NAMES_A_KEY]
LATER = [*RENEWED, entry(SIZE + 1, UNIT, "tick")]
BY_NEW = NEW.over(forgeries.chained(LATER))
SWORN = {**NOTES, len(RENEWED): both(RENEWED), len(LATER): BY_NEW}
LOST = {**NOTES, len(LATER): BY_NEW}
ERASES = entry(SIZE, UNIT, "erase", object={"type": "body", "id": 6, "rev": 1})
EMPTIED = [*ENTRIES[:6], erased(ENTRIES[6]), *ENTRIES[7:]]
ERASED = [*EMPTIED, ERASES]
GONE_ON = [*ENTRIES[:OLDER], *(entry(seq, UNIT, "tick", reason="备份之后") for seq in range(OLDER, SIZE))]
BACK_DATED = rewritten(10, ts=ENTRIES[2].ts)
TAGGED = rewritten(3, unit=UNIT)
TAGGED_NOTES = forgeries.sealed(TAGGED)

bundle, sealed = forgeries.bundle, forgeries.sealed
# in the order of the table
DEEDS = {
    "nothing": Deed(forgeries.WHOLE),
    "an entry changed": Deed(bundle(rewritten(3), NOTES)),
    "an entry deleted": Deed(bundle([*ENTRIES[:3], *ENTRIES[4:]], NOTES)),
    "a tail cut off at a checkpoint": Deed(forgeries.EARLIER),
    "a tail cut off between two": Deed(bundle(ENTRIES[: OLDER + 1], {size: NOTES[size] for size in (OLDEST, OLDER)})),
    "an old backup, gone on from": Deed(bundle(GONE_ON, sealed(GONE_ON))),
    "all written anew, without the key": Deed(bundle(under(THIEF), sealed(under(THIEF), THIEF))),
    "written anew with the key, from before the older checkpoint": Deed(bundle(rewritten(3), sealed(rewritten(3)))),
    "written anew with the key, from after it": Deed(bundle(rewritten(10), sealed(rewritten(10)))),
    "dated back with the key": Deed(bundle(BACK_DATED, sealed(BACK_DATED))),
    "a body taken out": Deed(bundle(EMPTIED, NOTES)),
    "a body erased": Deed(bundle(ERASED, {**NOTES, SIZE + 1: SEAL.over(forgeries.chained(ERASED))})),
    "a wrong unit": Deed(bundle(TAGGED, TAGGED_NOTES), TAGGED_NOTES[OLDER], TAGGED_NOTES[SIZE]),
    "a new key; whole, by the old key": Deed(bundle(LATER, SWORN)),
    "a new key; one unit, by the old key": Deed(bundle(LATER, SWORN, UNIT)),
    "a new key; one unit, by the new key": Deed(bundle(LATER, SWORN, UNIT), keys=(NEW.key,)),
    "a lost key; whole, by the old key": Deed(bundle(LATER, LOST)),
    "a lost key; whole, by the new key": Deed(bundle(LATER, LOST), keys=(NEW.key,)),
}
