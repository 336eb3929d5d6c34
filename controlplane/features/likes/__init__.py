"""Likes of what is played, of shows and of stations, and reactions."""
