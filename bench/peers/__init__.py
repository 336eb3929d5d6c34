"""Servers to compare the daemon with."""
