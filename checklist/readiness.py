"""Whether the application may start: it refuses rather than run on a weak secret or without its guards."""

from __future__ import annotations

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select

from checklist import ledger
from checklist.ledger import keys
from models import Grant, Role, db

SHORTEST_SECRET = 32
MIGRATIONS = Path(__file__).parent.parent / "migrations"


def unready(secret: str | bytes) -> str | None:
    """Why the application must not start yet, and what to do about it, in Chinese; None when it may."""
    if len(secret) < SHORTEST_SECRET:
        return (
            f"没有设置密钥。请把环境变量 SHUANGZE_SECRET_KEY 设为至少 {SHORTEST_SECRET} 个随机字符；"
            "只是试用，请设 SHUANGZE_DEMO=1。"
        )
    if _revision() != ScriptDirectory(str(MIGRATIONS)).get_current_head():
        return "数据库还没有建好，或者不是这一版的。请先备份，再运行：flask --app app db upgrade"
    if missing := ledger.missing_triggers():
        return f"数据库缺少保护日志的触发器（{'、'.join(sorted(missing))}）。请从备份恢复，不要继续使用。"
    if not db.session.scalar(select(Grant.id).where(Grant.role == Role.SYSTEM_ADMIN).limit(1)):
        return "还没有系统管理员。请先运行：flask --app app create-admin"
    try:
        keys.signing()
    except keys.Unusable as unusable:
        return unusable.message
    return None


def _revision() -> str | None:
    """The last migration that this database has seen."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
