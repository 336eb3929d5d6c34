"""Who did something, for the audit log."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditActor:
    """The actor of an audit entry, and the address it came from."""

    id: str
    name: str
    address: str = ""


CONSOLE = AuditActor("", "console")
"""The actor of `awaz` commands on the machine."""
