"""The record of everything: tables, and one store that moves their rows (SQLite now, PostgreSQL by the same SQL)."""
