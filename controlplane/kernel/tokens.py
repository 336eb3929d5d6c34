"""How random tokens are stored. Pure."""

import hashlib


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token in hex.

    Enough for 160 random bits or more, which nobody can guess, and quick enough for a hook.
    """
    return hashlib.sha256(token.encode()).hexdigest()
