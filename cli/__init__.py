"""Flask commands, thin: the same verbs as the pages, called by whoever sits at the server."""

from __future__ import annotations

import click
from flask import Flask

from cli import county, log, register, serving


def init_app(app: Flask) -> None:
    """Register the commands; the last thing in create_app, since `flask run` is refused here."""
    starting = (serving.serve, serving.demo_county, serving.htmx_fetch)
    beginning = (county.create_admin, register.register_group, county.decompose_file, county.year)
    about_log = (log.export, log.verify_log, log.reindex, log.checkpoint, log.receipt, log.prove, log.keys_group)
    for command in (*starting, *beginning, *about_log):
        app.cli.add_command(command)
    running = click.get_current_context(silent=True)
    if running and running.info_name == "run":  # `flask run` loads the application to serve it
        with app.app_context():
            serving.start()
