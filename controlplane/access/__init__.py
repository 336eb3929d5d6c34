"""Authentication, permissions and rate limits, and the guard that applies all three."""
