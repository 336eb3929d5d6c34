"""Sockets: the hub that tells everybody, the gateway that lets them in."""
