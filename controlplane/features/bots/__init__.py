"""Bots: programs that write and moderate at one station, with keys of their own."""
