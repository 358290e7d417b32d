"""The providers, one file each. None knows another; what they share stands in the modules with an underscore.

Import a provider's own module: each pulls in its vendor's library, and nobody needs all of them.
"""
