"""Broadcasts from a browser: slices of its microphone become a source on an ingest mount."""
