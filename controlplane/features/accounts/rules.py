"""Rules for logins and passwords. Pure."""

import re

from controlplane.kernel.errors import InvalidInput
from controlplane.kernel.lookalikes import lookalike_key
from controlplane.protocol.accounts import LOGIN_PATTERN, MIN_PASSWORD_CHARS

ROLE_KEYS = frozenset(map(lookalike_key, ("admin", "administrator", "host", "moderator", "owner", "staff")))
"""Names that claim a role, as names are compared."""
LOGIN = re.compile(LOGIN_PATTERN)


def check_login(login: str) -> str:
    """Return the login; raise InvalidInput if it is not valid."""
    if not LOGIN.fullmatch(login):
        raise InvalidInput(f"the username {login[:64]!r} is not valid: use 1 to 64 letters, digits and . _ @ + -")
    return login


def check_password(password: str, login: str) -> str:
    """Return a new password; raise InvalidInput if it is too easy to guess."""
    if len(password) < MIN_PASSWORD_CHARS:
        raise InvalidInput(f"the password is too short: use at least {MIN_PASSWORD_CHARS} characters")
    if password.casefold() == login.casefold() or len(set(password)) == 1:
        raise InvalidInput("choose a password that is harder to guess")
    return password
