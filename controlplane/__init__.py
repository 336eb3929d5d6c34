"""Awaz Pulse: the control plane beside Icecast."""
