"""The providers' side of the wire, on 127.0.0.1: real servers that can misbehave, and remember the truth."""
