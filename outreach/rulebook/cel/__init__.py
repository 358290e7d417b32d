"""Conditions from the inside: CEL checks, its tree is read back, Python code comes out. `conditions.py` is the face."""
