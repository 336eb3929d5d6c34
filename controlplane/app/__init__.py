"""Puts the daemon together, starts it and stops it."""
