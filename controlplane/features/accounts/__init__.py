"""People with a login, guests, and their sessions."""
