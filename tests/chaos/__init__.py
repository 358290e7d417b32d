"""Workers killed at any moment, and a provider that answers badly: its own log is the truth."""
