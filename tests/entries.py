"""The log as tests read it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from models import audit_body, audit_log, db


def entries(since: int) -> list[dict[str, Any]]:
    """The log from an entry on: bodies, with their unit."""
    rows = db.session.execute(
        select(audit_log.c.line, audit_body.c.body)
        .join_from(audit_log, audit_body, audit_log.c.seq == audit_body.c.seq)
        .where(audit_log.c.seq >= since)
        .order_by(audit_log.c.seq)
    )
    return [json.loads(body) | {"unit": json.loads(line)["unit"]} for line, body in rows]
