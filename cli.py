"""Flask commands, thin: the same verbs as the pages."""

from flask import Flask


def init_app(app: Flask) -> None:
    pass
