"""Heard-time: one timeline for everybody who listens to a station."""
