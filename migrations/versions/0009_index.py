"""the index of the log: by what each entry is looked for, filled from the entries that there are"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LOOKED_FOR = ("at", "unit", "actor", "action", "object_type", "object_id", "duty_id", "refused")


def upgrade() -> None:
    op.create_table(
        "audit_index",
        sa.Column("seq", SEQ, autoincrement=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text()),
        sa.Column("action", sa.Text()),
        sa.Column("object_type", sa.Text()),
        sa.Column("object_id", SEQ),
        sa.Column("duty_id", SEQ),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_index")),
    )
    op.create_table(
        "audit_name",
        sa.Column("name", sa.Text()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_name")),
    )
    _run(TOLD)
    _run("INSERT INTO audit_name (name) SELECT DISTINCT actor FROM audit_index WHERE actor IS NOT NULL")
    for column in LOOKED_FOR:
        op.create_index(op.f(f"ix_audit_index_{column}"), "audit_index", [column, "seq"])
    _run(INHERITED)


# What [body actor.name] asks for, a field of a line of JSON.
FIELD = {
    "sqlite": r"json_extract(\1, '$.\2')",
    "postgresql": r"(\1::json #>> string_to_array('\2', '.'))",
}

TOLD = """
    INSERT INTO audit_index (seq, at, unit, actor, action, object_type, object_id, duty_id, refused)
    SELECT seq, at, unit, actor, action, object_type, object_id,
           CASE WHEN object_type = 'duty' THEN object_id ELSE duty_id END, coalesce(result, 'ok') <> 'ok'
      FROM (SELECT audit_log.seq, [line ts] AS at, [line unit] AS unit, [body actor.name] AS actor,
                   [body action] AS action, [body object.type] AS object_type,
                   CAST([body object.id] AS bigint) AS object_id,
                   CAST(coalesce([body after.duty_id], [body before.duty_id]) AS bigint) AS duty_id,
                   [body result] AS result
              FROM audit_log LEFT JOIN audit_body ON audit_log.seq = audit_body.seq) AS told
     ORDER BY seq"""

# What hangs on an item, and what was refused about one, concerns the duty that the item had until then.
# With coalesce the type is looked at and no index of types is taken.
INHERITED = """
    UPDATE audit_index SET duty_id = (
      SELECT item.duty_id FROM audit_index AS item
       WHERE item.object_id = (
               SELECT CASE WHEN audit_index.object_type = 'item' THEN audit_index.object_id
                      ELSE CAST(coalesce([body after.item_id], [body before.item_id]) AS bigint) END
                 FROM audit_body WHERE audit_body.seq = audit_index.seq)
         AND coalesce(item.object_type, '') = 'item' AND coalesce(item.duty_id, 0) > 0
         AND item.seq < audit_index.seq
       ORDER BY item.seq DESC LIMIT 1)
    WHERE duty_id IS NULL AND object_type IS NOT NULL"""


def _run(statement: str) -> None:
    told = re.sub(r"\[(\w+) ([\w.]+)\]", FIELD[op.get_bind().dialect.name], statement)
    op.execute(sa.text(told.replace(":", r"\:")))


def downgrade() -> None:
    op.drop_table("audit_index")
    op.drop_table("audit_name")
