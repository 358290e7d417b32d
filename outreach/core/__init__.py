"""The pure core: facts and policy in, decisions out. Imports the standard library only."""
