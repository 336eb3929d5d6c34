"""Icecast: its statistics, admin API, hooks' form and configuration."""
