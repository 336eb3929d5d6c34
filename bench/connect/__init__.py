"""Handshakes: connects a second, and the effect of half-open handshakes on connected clients."""
