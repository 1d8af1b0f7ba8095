"""the checkpoints that the log has signed, which only grow too, and the ways to an entry by its row or its act"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Spelt as `checklist.ledger.lines` asks for them: neither database uses an index of expressions for any other spelling.
SQLITE = [
    """CREATE INDEX ix_audit_body_object ON audit_body
       (CAST(json_extract(body, '$.object.type') AS TEXT), CAST(json_extract(body, '$.object.id') AS TEXT))""",
    "CREATE INDEX ix_audit_body_action ON audit_body (CAST(json_extract(body, '$.action') AS TEXT))",
    """CREATE TRIGGER checkpoint_insert BEFORE INSERT ON audit_checkpoint WHEN
         EXISTS (SELECT 1 FROM audit_checkpoint WHERE size = NEW.size)
       BEGIN SELECT RAISE(ABORT, 'audit_checkpoint: append-only'); END""",
    """CREATE TRIGGER checkpoint_update BEFORE UPDATE ON audit_checkpoint
       BEGIN SELECT RAISE(ABORT, 'audit_checkpoint: append-only'); END""",
    """CREATE TRIGGER checkpoint_delete BEFORE DELETE ON audit_checkpoint
       BEGIN SELECT RAISE(ABORT, 'audit_checkpoint: append-only'); END""",
]
POSTGRESQL = [
    """CREATE INDEX ix_audit_body_object ON audit_body
       ((body::json #>> '{object,type}'), (body::json #>> '{object,id}'))""",
    "CREATE INDEX ix_audit_body_action ON audit_body ((body::json #>> '{action}'))",
    """CREATE TRIGGER checkpoint_change BEFORE UPDATE OR DELETE ON audit_checkpoint
       FOR EACH ROW EXECUTE FUNCTION append_only()""",
    """CREATE TRIGGER checkpoint_truncate BEFORE TRUNCATE ON audit_checkpoint
       FOR EACH STATEMENT EXECUTE FUNCTION append_only()""",
    "ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER checkpoint_change",
    "ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER checkpoint_truncate",
]


def upgrade() -> None:
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", SEQ, autoincrement=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_checkpoint")),
        sqlite_strict=True,
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    raise NotImplementedError("the log only grows: restore a backup instead")
