"""Listening together: a link, who is in, and a marker for a moment."""
