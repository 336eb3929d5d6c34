"""What every HTTP route declares."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota

API = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A method and a path, who may use it, what it counts as, and its bodies.

    `numbers` are the whole numbers that the query may have, each from 1 to what is given. `media` is the answer's media
    type. An answer that is `held` goes on until the client leaves, and counts as an open connection like a socket.
    """

    method: str
    path: str
    permission: Permission
    quota: Quota
    body: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    numbers: Mapping[str, int] = field(default_factory=dict)
    media: str = "application/json"
    held: bool = False
    summary: str = ""
    operation: str = ""
