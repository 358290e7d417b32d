"""Alembic's migrations. One statement at a time, in batch mode, so that the same scripts run on every database."""
