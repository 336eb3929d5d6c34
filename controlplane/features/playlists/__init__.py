"""Playlists of stations, which AutoDJ plays from."""
