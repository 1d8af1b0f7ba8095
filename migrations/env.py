"""How Alembic reaches the database: through the application, whose engine prepares every connection."""

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


def migrate() -> None:
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


migrate()
