"""items in the order in which they are due, by post; what is asked by post alone goes by the same index"""

from alembic import op
from sqlalchemy import text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_item_post_id_due", "item", ["post_id", text("coalesce(redo_by, due_on)")])
    op.drop_index("ix_item_post_id", "item")


def downgrade() -> None:
    op.create_index("ix_item_post_id", "item", ["post_id"])
    op.drop_index("ix_item_post_id_due", "item")
