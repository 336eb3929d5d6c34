"""What TypeScript's side of the wire needs beside the schemas: maps of events, deliveries, and permissions."""

from collections.abc import Iterable

from controlplane.kernel.permissions import ALLOWED, ANONYMOUS
from controlplane.protocol.base import Request
from controlplane.protocol.delivery import Delivery
from controlplane.protocol.reference.asyncapi import ack_name, payload_name
from controlplane.protocol.sockets import SocketProtocol

HEAD = "// Made by `awaz docs` from controlplane/protocol.\n"


def events(protocol: SocketProtocol) -> str:
    """Return a module with the events both ways, as socket.io-client's types take them, and their deliveries."""
    sent = sorted(protocol.events, key=lambda event: event.name)
    asked = sorted(protocol.requests, key=lambda request: request.name)
    names = {
        *(payload_name(event) for event in sent),
        *(request.__name__ for request in asked),
        *(ack_name(request) for request in asked),
    }
    return "\n".join(
        [
            HEAD,
            "import type {",
            *(f"  {name}," for name in sorted(names)),
            '} from "./schema.ts";',
            "",
            "/** Events from the server. */",
            "export interface ServerEvents {",
            *(f'  "{event.name}": (data: {payload_name(event)}) => void;' for event in sent),
            "}",
            "",
            "/** Requests to the server, each answered with an ack. */",
            "export interface ClientEvents {",
            *(_request(request) for request in asked),
            "}",
            "",
            "/** How each event is delivered: numbered and recovered, only the newest value, or once. */",
            "export const DELIVERY = {",
            *(f'  "{event.name}": "{event.delivery.value}",' for event in sent),
            "} as const satisfies Record<keyof ServerEvents, Delivery>;",
            "",
            "/** The log that each event of a station has its position in. */",
            "export const LOGS = {",
            *(f'  "{event.name}": "{event.log.value}",' for event in sent if event.log is not None),
            "} as const satisfies Partial<Record<keyof ServerEvents, string>>;",
            "",
            f"export type Delivery = {' | '.join(_quoted(each.value for each in Delivery))};",
            "",
        ]
    )


def permissions() -> str:
    """Return a module with the permissions and the roles that hold each."""
    held = {permission.value: sorted(roles - {ANONYMOUS}) for permission, roles in ALLOWED.items()}
    return "\n".join(
        [
            HEAD.replace("protocol", "kernel/permissions.py"),
            "/** The roles that hold each permission, on the platform or at the station. */",
            "export const PERMISSIONS = {",
            *(f'  "{name}": [{", ".join(_quoted(roles))}],' for name, roles in sorted(held.items())),
            "} as const;",
            "",
            "export type Permission = keyof typeof PERMISSIONS;",
            "",
        ]
    )


def _request(request: type[Request]) -> str:
    return f'  "{request.name}": (body: {request.__name__}, ack: (answer: {ack_name(request)}) => void) => void;'


def _quoted(words: Iterable[str]) -> list[str]:
    return [f'"{word}"' for word in words]
