"""What every HTTP route declares."""

from dataclasses import dataclass

from pydantic import BaseModel

from controlplane.kernel.errors import AwazError
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Wire
from controlplane.protocol.paging import Query

API = "/api/v1"
JSON = "application/json"
OCTETS = "application/offset+octet-stream"
"""A part of an upload (https://tus.io/protocols/resumable-upload)."""
FORM = "multipart/form-data"
PICTURE = "image/*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A method and a path, who may use it, what it counts as, and its query and bodies.

    `headers` are those of the request that matter. `takes` is the media type of its body, which has no model where it
    is bytes. `status` is that of success. `errors` adds to the errors that every route of its kind can answer with.
    `media` is the answer's media type, empty without a body, and only one that is not JSON has no model. An answer that
    is `held` goes on until the client leaves, and counts as an open connection like a socket.
    """

    method: str
    path: str
    permission: Permission
    quota: Quota
    query: type[Query] | None = None
    headers: type[Query] | None = None
    body: type[Wire] | None = None
    takes: str = JSON
    answer: type[BaseModel] | None = None
    errors: tuple[type[AwazError], ...] = ()
    media: str = JSON
    status: int = 200
    held: bool = False
    summary: str = ""
    operation: str = ""
