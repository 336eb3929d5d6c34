"""The types of the wire, for clients in Python."""
