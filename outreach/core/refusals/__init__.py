"""Reading a reply: does somebody want to be left alone? `read` is the door; each language has a file of its own."""

from outreach.core.refusals.reading import Reply, read

__all__ = ["Reply", "read"]
