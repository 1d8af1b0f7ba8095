"""consultations, revisions and corrections: their tables, and the states that lists and items gain"""

import sqlalchemy as sa
from alembic import op

from migrations.states import allow_states

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# column's table → the constraint, and the words before and after
STATES = {
    "duty_list": (
        "ck_duty_list_liststate",
        ("draft", "submitted", "adopted"),
        ("draft", "consulting", "submitted", "adopted", "superseded"),
    ),
    "item": (
        "ck_item_itemstate",
        ("open", "ticked", "signed", "returned", "approved"),
        ("open", "ticked", "signed", "returned", "approved", "dropped"),
    ),
}


def upgrade() -> None:
    for table, (constraint, before, after) in STATES.items():
        allow_states(table, constraint, before, after)
    # Plain ADD COLUMN on either database: a table rebuilt in batch mode would lose its triggers.
    op.add_column("duty_list", sa.Column("revised_because", sa.Text(), nullable=False, server_default=""))
    op.add_column("signature", sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "ALTER TABLE signature ADD COLUMN voided_by_id INTEGER"
        " CONSTRAINT fk_signature_voided_by_id REFERENCES duty (id)"
    )
    make_tables()


def make_tables() -> None:
    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("duty_list_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["duty_list_id"], ["duty_list.id"], name=op.f("fk_consultation_duty_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_consultation_duty_list_id"), "consultation", ["duty_list_id"], unique=False)
    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("agrees", "objects", name="answer", native_enum=False, create_constraint=True, length=20),
            nullable=True,
        ),
        sa.Column("objections", sa.JSON(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_opinion_consultation_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_opinion_unit_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user.id"], name=op.f("fk_opinion_answered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sa.UniqueConstraint("consultation_id", "unit_id", name=op.f("uq_opinion_consultation_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_opinion_consultation_id"), "opinion", ["consultation_id"], unique=False)
    op.create_index(op.f("ix_opinion_unit_id"), "opinion", ["unit_id"], unique=False)
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_correction_duty_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_correction_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_correction_duty_id"), "correction", ["duty_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("the log speaks of these states for ever: restore a backup instead")
