"""the number of the last entry that changed the register, by which each process knows whether its picture is true"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    table = op.create_table(
        "register_seq",
        sa.Column("only", sa.Integer(), autoincrement=False),
        sa.Column("seq", SEQ, nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_register_seq")),
    )
    last = op.get_bind().scalar(sa.text("SELECT coalesce(max(seq), -1) FROM audit_log"))
    op.bulk_insert(table, [{"only": 1, "seq": last}])


def downgrade() -> None:
    op.drop_table("register_seq")
