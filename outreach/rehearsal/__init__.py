"""Tests beside the rules: given these customers and events, expect these contacts and these refusals.

A test file goes through these hands: `shapes` (each value for itself) → `reading` (who, what and when is meant) → a
`Case`, which `playing` plays through the engine that runs live; `comparing` puts beside each other what was expected
and what happened, `explaining` says why, and `telling` prints it.
"""
