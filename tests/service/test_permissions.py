"""The permission table, checked at every route, event and room for every role."""

from collections.abc import Awaitable, Callable
from typing import Any, get_args

import httpx
import pytest
from typing_extensions import TypeAliasType

from controlplane.access.cache import AccessCache
from controlplane.features.onair.sockets import station_rooms
from controlplane.features.stations.service import Stations
from controlplane.kernel.permissions import ALL_ROLES, ALLOWED, Permission
from controlplane.kernel.stations import NewStation
from controlplane.live.sockets.rooms import Room
from controlplane.protocol.base import Request
from controlplane.web.routes import Route
from tests.support.builders import PASSWORD
from tests.support.running import Running
from tests.support.types import OpenSocket, TokenOf

ROLES = [*ALL_ROLES, "host elsewhere"]


@pytest.fixture
async def bearer_of(running: Running, token_of: TokenOf) -> Callable[[str], Awaitable[dict[str, str]]]:
    async def make(role: str) -> dict[str, str]:
        if role == "anonymous":
            return {}
        if role != "host elsewhere":
            return {"Authorization": f"Bearer {await token_of(role)}"}
        await running.accounts.add_user("stranger", "", "user", PASSWORD)
        await Stations(running.engine, AccessCache(running.engine)).add(NewStation(slug="jazz"), "stranger")
        return {"Authorization": f"Bearer {await running.accounts.token_for('stranger', 600)}"}

    return make


def allowed(role: str, permission: Permission) -> bool:
    """Return whether the table admits a role; station members count as users, too."""
    roles = {role, "user"} if role not in {"admin", "guest", "anonymous"} else {role}
    return not roles.isdisjoint(ALLOWED[permission])


@pytest.mark.parametrize("role", ROLES)
async def test_every_route_admits_exactly_the_roles_of_the_table(
    running: Running, http: httpx.AsyncClient, bearer_of: Callable[[str], Awaitable[dict[str, str]]], role: str
) -> None:
    headers = await bearer_of(role)
    refused = 401 if role == "anonymous" else 403
    actual, expected = {}, {}
    # Removing the station takes its members' roles away, and erasing oneself the token.
    last = {Permission.STATION_REMOVE: 1}
    for route in sorted(running.daemon.routes, key=lambda route: last.get(route.permission, 2 * _erases(route))):
        path = route.path.replace("{slug}", "awaz").replace("{id}", "1")
        body = {"json": {"nonsense": 1}} if route.body is not None else {}
        url = str(http.base_url.copy_with(path=path))
        # Event streams do not end.
        async with http.stream(route.method, url, headers=headers, **body) as answer:  # type: ignore[arg-type]
            actual[route.method, route.path] = answer.status_code == refused
        expected[route.method, route.path] = not allowed(role, route.permission) or _needs_more(route, role)
    assert actual == expected


def _erases(route: Route) -> bool:
    return (route.method, route.path) == ("DELETE", "/api/v1/me")


def _needs_more(route: Route, role: str) -> bool:
    """Return whether the handler needs a further permission, since what it is asked about is not the actor's own."""
    further = {"remove_member": Permission.STATION_MANAGE_MEMBERS, "revoke_key": Permission.STATION_MANAGE_KEYS}
    permission = further.get(route.handler.__name__)
    return permission is not None and not allowed(role, permission)


def _smallest_body(request: type[Request]) -> dict[str, Any]:
    """Return a body with every required field; a text is the demo station's slug."""
    required = {name: field.annotation for name, field in request.model_fields.items() if field.is_required()}
    return {name: _smallest(annotation) for name, annotation in required.items()}


def _smallest(annotation: Any) -> object:
    if isinstance(annotation, TypeAliasType):
        return get_args(get_args(annotation.__value__)[0])[0]
    return "awaz" if annotation is str else 1


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
async def test_every_event_and_room_admits_exactly_the_roles_of_the_table(
    running: Running, open_socket: OpenSocket, bearer_of: Callable[[str], Awaitable[dict[str, str]]], role: str
) -> None:
    client = await open_socket((await bearer_of(role))["Authorization"].removeprefix("Bearer "))
    actual, expected = {}, {}
    for number, request in enumerate(running.daemon.protocol.requests):
        answer = await client.call(request.name, _smallest_body(request), number + 1)
        actual[request.name] = answer.get("error", {}).get("code") == "forbidden"
        expected[request.name] = not allowed(role, request.permission)
    assert actual == expected
    await client.call("stream:join", {"station": "awaz"}, 20)
    socket = running.connected.all()[0]
    rooms: list[Room] = station_rooms("awaz")
    assert set(socket.rooms) == {room.name for room in rooms if allowed(role, room.permission)}
