"""Heard-time: how far apart listeners are, by what is recorded of them."""
