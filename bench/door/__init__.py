"""The door: how many come in a second, and what half-open handshakes do to those inside."""
