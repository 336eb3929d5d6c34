"""The chat of a station: messages, names, moderation."""
