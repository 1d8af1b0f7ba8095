"""What may happen: every verb of the product, none of them aware of the web."""

__version__ = "0.1.0"
