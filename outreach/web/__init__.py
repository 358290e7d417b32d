"""The web: an HTTP interface for programs, pages for people. Both only ask and tell the engine."""
