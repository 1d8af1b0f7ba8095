"""drafts that were given up: their state, and why"""

import sqlalchemy as sa
from alembic import op

from migrations.states import allow_states

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = ("draft", "consulting", "submitted", "adopted", "superseded")


def upgrade() -> None:
    allow_states("duty_list", "ck_duty_list_liststate", STATES, (*STATES, "abandoned"))
    # Plain ADD COLUMN on either database: a table rebuilt in batch mode would lose its triggers.
    op.add_column("duty_list", sa.Column("abandoned_because", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("the log speaks of this state for ever: restore a backup instead")
