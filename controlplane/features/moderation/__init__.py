"""Bans, and the audit log."""
