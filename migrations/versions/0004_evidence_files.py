"""evidence that is a file: its name, hash, size and type"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain ADD COLUMN on either database: a table rebuilt in batch mode would lose its triggers.
    op.add_column("evidence", sa.Column("file_name", sa.String(length=120), nullable=True))
    op.add_column("evidence", sa.Column("file_sha256", sa.String(length=64), nullable=True))
    op.add_column("evidence", sa.Column("file_size", sa.Integer(), nullable=True))
    op.add_column("evidence", sa.Column("file_type", sa.String(length=100), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("the log names these files for ever: restore a backup instead")
