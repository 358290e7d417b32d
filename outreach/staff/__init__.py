"""Who may come in: the staff's accounts, passwords and sessions, the keys of programs. Pages and commands ask here."""
