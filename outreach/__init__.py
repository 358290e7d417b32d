"""Outreach: the "call them the next day" engine."""

__version__ = "0.1.0"
