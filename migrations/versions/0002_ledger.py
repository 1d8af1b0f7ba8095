"""the ledger: three tables that only grow, and one account for each of the three officers

The triggers stand here and nowhere else; `checklist.ledger.missing_triggers` knows their names and the
application refuses to start without them. A later migration that rebuilds one of these tables (Alembic's batch
mode on SQLite) drops its triggers and has to make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SQLITE = [
    """CREATE TRIGGER log_extends_head BEFORE INSERT ON audit_log WHEN
         EXISTS (SELECT 1 FROM audit_log WHERE seq = NEW.seq OR prev = NEW.prev OR hash = NEW.hash)
         OR NEW.seq <> (SELECT coalesce(max(seq), -1) + 1 FROM audit_log)
         OR (NEW.seq > 0 AND NEW.prev <> (SELECT hash FROM audit_log WHERE seq = NEW.seq - 1))
       BEGIN SELECT RAISE(ABORT, 'audit_log: a row must extend the head'); END""",
    """CREATE TRIGGER log_update BEFORE UPDATE ON audit_log
       BEGIN SELECT RAISE(ABORT, 'audit_log: append-only'); END""",
    """CREATE TRIGGER log_delete BEFORE DELETE ON audit_log
       BEGIN SELECT RAISE(ABORT, 'audit_log: append-only'); END""",
    """CREATE TRIGGER body_insert BEFORE INSERT ON audit_body WHEN
         EXISTS (SELECT 1 FROM audit_body WHERE seq = NEW.seq)
       BEGIN SELECT RAISE(ABORT, 'audit_body: append-only'); END""",
    """CREATE TRIGGER body_update BEFORE UPDATE ON audit_body
       BEGIN SELECT RAISE(ABORT, 'audit_body: append-only'); END""",
    """CREATE TRIGGER body_delete BEFORE DELETE ON audit_body WHEN NOT EXISTS
         (SELECT 1 FROM audit_body WHERE json_extract(body, '$.action') = 'erase'
          AND json_extract(body, '$.result') = 'ok' AND json_extract(body, '$.object.type') = 'body'
          AND json_extract(body, '$.object.id') = OLD.seq)
       BEGIN SELECT RAISE(ABORT, 'audit_body: no erase entry names this body'); END""",
    """CREATE TRIGGER node_insert BEFORE INSERT ON audit_node WHEN
         EXISTS (SELECT 1 FROM audit_node WHERE level = NEW.level AND "index" = NEW."index")
       BEGIN SELECT RAISE(ABORT, 'audit_node: append-only'); END""",
    """CREATE TRIGGER node_update BEFORE UPDATE ON audit_node
       BEGIN SELECT RAISE(ABORT, 'audit_node: append-only'); END""",
    """CREATE TRIGGER node_delete BEFORE DELETE ON audit_node
       BEGIN SELECT RAISE(ABORT, 'audit_node: append-only'); END""",
]

# 三员分立, in the database too: the same account, at times that overlap, in two of the three offices.
TWO_OFFICES = """EXISTS (SELECT 1 FROM "grant" g WHERE g.user_id = NEW.user_id AND g.role <> NEW.role
         AND g.id <> coalesce(NEW.id, -1)
         AND g.role IN ('system_admin', 'security_admin', 'log_admin')
         AND NEW.role IN ('system_admin', 'security_admin', 'log_admin')
         AND (g.until_day IS NULL OR g.until_day > NEW.from_day)
         AND (NEW.until_day IS NULL OR NEW.until_day > g.from_day))"""

SQLITE += [
    f"""CREATE TRIGGER officers_{when.lower()} BEFORE {when} ON "grant" WHEN {TWO_OFFICES}
        BEGIN SELECT RAISE(ABORT, 'grant: two of the three offices'); END"""
    for when in ("INSERT", "UPDATE")
]

POSTGRESQL = [
    """CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '%: append-only', TG_TABLE_NAME; END $$""",
    """CREATE FUNCTION must_extend_head() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NEW.seq <> (SELECT coalesce(max(seq), -1) + 1 FROM audit_log)
            OR (NEW.seq > 0 AND NEW.prev <> (SELECT hash FROM audit_log WHERE seq = NEW.seq - 1)) THEN
           RAISE EXCEPTION 'audit_log: a row must extend the head';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE FUNCTION must_be_erased() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NOT EXISTS (SELECT 1 FROM audit_body WHERE body::json ->> 'action' = 'erase'
                        AND body::json ->> 'result' = 'ok' AND body::json #>> '{object,type}' = 'body'
                        AND (body::json #>> '{object,id}')::bigint = OLD.seq) THEN
           RAISE EXCEPTION 'audit_body: no erase entry names this body';
         END IF;
         RETURN OLD;
       END $$""",
    f"""CREATE FUNCTION one_office() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF {TWO_OFFICES} THEN RAISE EXCEPTION 'grant: two of the three offices'; END IF;
         RETURN NEW;
       END $$""",
    "CREATE TRIGGER log_extends_head BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION must_extend_head()",
    "CREATE TRIGGER log_change BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION append_only()",
    "CREATE TRIGGER log_truncate BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
    "CREATE TRIGGER body_update BEFORE UPDATE ON audit_body FOR EACH ROW EXECUTE FUNCTION append_only()",
    "CREATE TRIGGER body_delete BEFORE DELETE ON audit_body FOR EACH ROW EXECUTE FUNCTION must_be_erased()",
    "CREATE TRIGGER body_truncate BEFORE TRUNCATE ON audit_body FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
    "CREATE TRIGGER node_change BEFORE UPDATE OR DELETE ON audit_node FOR EACH ROW EXECUTE FUNCTION append_only()",
    "CREATE TRIGGER node_truncate BEFORE TRUNCATE ON audit_node FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
    'CREATE TRIGGER officers BEFORE INSERT OR UPDATE ON "grant" FOR EACH ROW EXECUTE FUNCTION one_office()',
    # A session that replicates skips ordinary triggers; these it does not.
    *[
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}"
        for table, trigger in [
            ("audit_log", "log_extends_head"),
            ("audit_log", "log_change"),
            ("audit_log", "log_truncate"),
            ("audit_body", "body_update"),
            ("audit_body", "body_delete"),
            ("audit_body", "body_truncate"),
            ("audit_node", "node_change"),
            ("audit_node", "node_truncate"),
        ]
    ],
]


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("seq", SEQ, autoincrement=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("prev", name=op.f("uq_audit_log_prev")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_log_hash")),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_audit_log_seq")),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_body",
        sa.Column("seq", SEQ, autoincrement=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_body")),
        sa.ForeignKeyConstraint(["seq"], ["audit_log.seq"], name=op.f("fk_audit_body_seq")),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_node",
        sa.Column("level", sa.Integer(), autoincrement=False),
        sa.Column("index", SEQ, autoincrement=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_audit_node")),
        sqlite_strict=True,
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    raise NotImplementedError("the log only grows: restore a backup instead")
