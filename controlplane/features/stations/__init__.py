"""Stations, their stream keys, members and invitations."""
