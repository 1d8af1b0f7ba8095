"""What is done to rows behind the log's back, and what an auditor is told of it."""

from __future__ import annotations

from typing import NamedTuple

from checklist.ledger import checkpoints, keys
from tests import dba
from tests.tampers import (
    Forge,
    Said,
    an_hour_back,
    an_old_backup,
    another_in_between,
    another_of_before_the_visit,
    by_another,
    cut,
    cut_and_unsealed,
    doubled,
    downgraded,
    emptied,
    ending_in_crlf,
    inserted,
    nothing,
    opened_anew,
    rechained,
    sql,
    swapped,
    under_another_unit,
    with_its_hash,
)


class Tamper(NamedTuple):
    """What is done, and what comes of it.

    `held` is what `flask verify` says with the auditor's checkpoints, `receipt` what is said of the signer's receipt.
    `alone` is `flask verify` without a checkpoint from outside, and `carried` verify.py with a bundle that is exported
    afterwards, or why none is; None where they say what `held` does.
    """

    forge: Forge
    held: Said
    receipt: str
    alone: Said | None = None
    carried: Said | type[Exception] | None = None


IN_STEP: Said = (3, "", None)
PROVEN: Said = (0, "", None)
OTHER_LOG: Said = (1, "anchor", "since the founding")
SHORTER: Said = (1, "truncated", "the end")
TABLES: Said = (1, "tables", "the signature")


TAMPERS = {
    "00 nothing at all": Tamper(nothing, PROVEN, "", alone=IN_STEP),
    "01 a header field": Tamper(
        sql("UPDATE audit_log SET line = replace(line, 'QH-CZJ', 'QH-JYJ') WHERE seq = {at}"),
        (1, "link", "after the signature"),
        "receipt",
    ),
    "01 and the hash beside it": Tamper(with_its_hash, (1, "link", "after the signature"), "receipt"),
    "02 a body": Tamper(
        sql("UPDATE audit_body SET body = replace(body, '周局长', '吴副局长') WHERE seq = {at}"),
        (1, "body", "the signature"),
        "body",
    ),
    "04 deleted in the middle": Tamper(
        sql("DELETE FROM audit_body WHERE seq = {at}", "DELETE FROM audit_log WHERE seq = {at}"),
        (1, "sequence", "the signature"),
        "receipt",
    ),
    "05 the first deleted": Tamper(
        sql("DELETE FROM audit_body WHERE seq = 0", "DELETE FROM audit_log WHERE seq = 0"),
        (1, "sequence", "the first"),
        "origin",
        carried=checkpoints.Rewritten,  # a log without a name cannot be sealed
    ),
    "06 truncated": Tamper(cut, SHORTER, "truncated", carried=checkpoints.Rewritten),
    "06 and its checkpoints lost": Tamper(
        cut_and_unsealed, SHORTER, "truncated", alone=(1, "tables", "since the founding")
    ),
    "07 emptied": Tamper(emptied, (1, "empty", None), "origin", carried=keys.Unusable),
    "07 and opened anew": Tamper(opened_anew, SHORTER, "truncated", alone=(1, "tables", None)),
    "08 two swapped": Tamper(swapped, (1, "sequence", "the signature"), "anchor"),
    "09 one duplicated": Tamper(doubled, (1, "sequence", "the signature"), "anchor"),
    "10 one inserted": Tamper(inserted, (1, "sequence", "after the signature"), "anchor"),
    "11 edited and re-chained": Tamper(
        rechained(by_another), (1, "checkpoint", "since the founding"), "anchor", carried=checkpoints.Rewritten
    ),
    "12 re-chained and re-signed": Tamper(rechained(by_another, dba.reseal), OTHER_LOG, "anchor", alone=IN_STEP),
    "12 and the program made to sign": Tamper(
        rechained(by_another, dba.unseal_since_the_founding), OTHER_LOG, "anchor", alone=IN_STEP
    ),
    "15 an old backup": Tamper(an_old_backup(1), SHORTER, "truncated", alone=IN_STEP),
    "15 continued beyond the anchor": Tamper(an_old_backup(40), OTHER_LOG, "anchor", alone=IN_STEP),
    "16 a time before the last": Tamper(rechained(an_hour_back, dba.reseal), (1, "time", "the signature"), "anchor"),
    "16 one dated back before the anchor": Tamper(
        rechained(another_in_between, dba.reseal), OTHER_LOG, "anchor", alone=IN_STEP
    ),
    "16 one dated back after the anchor": Tamper(
        rechained(another_of_before_the_visit, dba.reseal), (1, "time", "since the visit"), ""
    ),
    "24 a body gone": Tamper(sql("DELETE FROM audit_body WHERE seq = {at}"), (1, "missing", "the signature"), ""),
    "25 a state changed": Tamper(sql("UPDATE signature SET statement = '什么也没有签'"), TABLES, "", carried=PROVEN),
    "25 a row deleted": Tamper(sql("DELETE FROM signature"), TABLES, "", carried=PROVEN),
    "25 a unit's tag changed": Tamper(rechained(under_another_unit, dba.reseal), OTHER_LOG, "anchor", alone=TABLES),
    "26 a kept checkpoint without its signature": Tamper(
        sql("UPDATE audit_checkpoint SET note = substr(note, 1, length(note) - 60)"),
        (1, "tables", None),
        "",
        carried=checkpoints.Rewritten,  # nor one whose last checkpoint is none
    ),
    "27 v downgraded": Tamper(downgraded, (1, "header", "the signature"), "anchor"),
    "29 CRLF on the last line": Tamper(ending_in_crlf, (1, "header", "the last"), ""),
}
