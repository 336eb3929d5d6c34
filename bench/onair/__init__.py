"""Latency from a change at Icecast to the last socket, beside panels that poll."""
