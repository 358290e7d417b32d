"""From YAML to rules: reading with places, conditions (CEL), checks. `load` is the way in.

A file goes through these hands: `reading` (bytes to nodes with places) → `sections` → `shapes` (each value for itself)
→ `build` (what needs more than one value) → `load`, which raises all mistakes at once.
"""
