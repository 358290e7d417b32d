"""The proof: the ledger, replayed by code of its own.

Nothing in here knows the guard, the planner or any other code that decides about contacts; only the shapes of data (a
cadence, a law, a week of hours) are shared. What the engine did is read from the tables with plain SQL and judged anew,
in integers, by what was known at each moment.
"""
