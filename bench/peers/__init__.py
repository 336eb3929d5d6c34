"""Servers of others, for comparison."""
