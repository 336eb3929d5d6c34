"""Who may do what, at every route, event and room, as one table."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from controlplane.access.cache import AccessCache
from controlplane.features.onair.sockets import rooms_of
from controlplane.features.stations.service import Stations
from controlplane.kernel.permissions import ALLOWED, Permission
from controlplane.live.sockets.rooms import Room
from controlplane.protocol.reference import PEOPLE
from controlplane.web.routes import Route
from tests.support.raw_socket import RawSocket
from tests.support.running import Running

Enter = Callable[..., Awaitable[RawSocket]]
TokenOf = Callable[[str], Awaitable[str]]
PASSWORD = "correct horse"
ROLES = [*PEOPLE, "host elsewhere"]
BODIES: dict[str, dict[str, Any]] = {
    "stream:join": {"station": "awaz"},
    "stream:leave": {"station": "awaz"},
    "stream:heartbeat": {"t": 1},
    "platform:watch": {},
    "platform:unwatch": {},
    "auth:refresh": {"token": "a.b.c"},
}


@pytest.fixture
async def bearer_of(daemon: Running, token_of: TokenOf) -> Callable[[str], Awaitable[dict[str, str]]]:
    async def make(role: str) -> dict[str, str]:
        if role == "anonymous":
            return {}
        if role != "host elsewhere":
            return {"Authorization": f"Bearer {await token_of(role)}"}
        await daemon.accounts.add_user("stranger", "", "user", PASSWORD)
        await Stations(daemon.engine, AccessCache(daemon.engine)).add("jazz", "", "", 128, "stranger")
        return {"Authorization": f"Bearer {await daemon.accounts.token_for('stranger', 600)}"}

    return make


def allowed(role: str, permission: Permission) -> bool:
    """Say what the table says; a station's people are users as well, and elsewhere no more than that."""
    roles = {role, "user"} if role not in {"admin", "guest", "anonymous"} else {role}
    return not roles.isdisjoint(ALLOWED[permission])


@pytest.mark.parametrize("role", ROLES)
async def test_every_route_admits_exactly_the_roles_of_the_table(
    daemon: Running, http: httpx.AsyncClient, bearer_of: Callable[[str], Awaitable[dict[str, str]]], role: str
) -> None:
    headers = await bearer_of(role)
    refused = 401 if role == "anonymous" else 403
    found, wanted = {}, {}
    for route in daemon.daemon.routes:
        path = route.path.replace("{slug}", "awaz").replace("{id}", "1")
        body = {"json": {"nonsense": 1}} if route.body is not None else {}
        url = str(http.base_url.copy_with(path=path))
        # Some answers have no end.
        async with http.stream(route.method, url, headers=headers, **body) as answer:  # type: ignore[arg-type]
            found[route.method, route.path] = answer.status_code == refused
        wanted[route.method, route.path] = not allowed(role, route.permission) or _asks_more(route, role)
    assert found == wanted


def _asks_more(route: Route, role: str) -> bool:
    """Say where the handler asks for more than the route: taking away another's role, with the station's permission."""
    others = route.handler.__name__ == "remove_member"
    return others and not allowed(role, Permission.STATION_MANAGE_MEMBERS)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
async def test_every_event_and_room_admits_exactly_the_roles_of_the_table(
    daemon: Running, enter: Enter, bearer_of: Callable[[str], Awaitable[dict[str, str]]], role: str
) -> None:
    raw = await enter((await bearer_of(role))["Authorization"].removeprefix("Bearer "))
    found, wanted = {}, {}
    for number, request in enumerate(daemon.daemon.requests):
        answer = await raw.call(request.name, BODIES[request.name], number + 1)
        found[request.name] = answer.get("error", {}).get("code") == "forbidden"
        wanted[request.name] = not allowed(role, request.permission)
    assert found == wanted
    await raw.call("stream:join", {"station": "awaz"}, 20)
    socket = daemon.sessions.all()[0]
    here: list[Room] = rooms_of("awaz")
    assert set(socket.rooms) == {room.name for room in here if allowed(role, room.permission)}
