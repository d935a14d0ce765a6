"""A small ML gateway: one application, a gateway or a backend by its environment."""

__version__ = "1.0.0"
