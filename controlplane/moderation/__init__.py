"""Sending people away, and the record of who did what."""
