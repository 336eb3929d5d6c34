"""Deliberate faults, each of which the tests must catch: `make mutations`."""
