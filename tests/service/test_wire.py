"""What travels over a socket is what the AsyncAPI document says: any valid body is taken, any other refused."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from controlplane.features.onair.state import EncoderAuthorised, EncoderConnected, Mount, MountsSeen
from tests.support import asyncapi
from tests.support.raw_socket import RawSocket
from tests.support.running import Running
from tests.support.types import OpenSocket

REFUSALS = {
    "stream:join": {"not_found", "conflict"},
    "stream:leave": {"not_found"},
    "auth:refresh": {"unauthenticated", "forbidden"},
    "chat:send": {"not_found", "invalid_input"},
    "chat:edit": {"not_found", "invalid_input"},
    "chat:delete": {"not_found"},
    "interaction:like": {"not_found"},
    "interaction:react": {"not_found"},
    "chat:mode.request": {"not_found"},
    "chat:report.request": {"not_found"},
    "chat:moderate": {"not_found", "invalid_input", "conflict", "forbidden"},
    "together:join": {"not_found"},
    "together:mark": {"not_found"},
}
"""Why a valid body may be refused, by request; no other is."""
BOUNDED = bounds(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


pytestmark = [
    pytest.mark.settings(
        limits=dict.fromkeys(
            ("handshake", "join", "control", "guest", "chat", "moderate", "like"), "1000000/second per address"
        )
    ),
    pytest.mark.usefixtures("delivering"),
]


async def answer_to(body: object, request_name: str, token: str, url: str) -> dict[str, Any]:
    """Send a request on a socket of its own and return its ack."""
    client = await RawSocket.authenticated(url, token)
    answer = await client.call(request_name.removesuffix(".request"), body)
    await client.close()
    return answer


@pytest.fixture
async def token(running: Running) -> str:
    """The token of an admin, to whom nothing is forbidden."""
    return await running.token_of("admin")


@pytest.fixture
async def known(token: str, url: str, open_socket: OpenSocket) -> dict[str, Any]:
    """Fields of requests with values that the daemon knows."""
    client = await open_socket(token)
    sent = {"station": "awaz", "text": "hello", "client_id": "2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d11"}
    message = (await client.call("chat:send", sent))["id"]
    target = {"kind": "station", "id": "awaz"}
    return {"station": "awaz", "token": token, "id": message, "message": message, "target": target}


@pytest.mark.parametrize("request_name", asyncapi.requests())
@BOUNDED
@given(data=st.data())
async def test_valid_bodies_are_acknowledged_as_documented(
    known: dict[str, Any], url: str, request_name: str, data: st.DataObject
) -> None:
    drawn = data.draw(asyncapi.valid_bodies(request_name))
    chosen = data.draw(st.sets(st.sampled_from(sorted(known))))
    body = drawn | {name: known[name] for name in chosen & drawn.keys()}
    answer = await answer_to(body, request_name, known["token"], url)
    assert answer["ok"] or answer["error"]["code"] in REFUSALS.get(request_name, ()), answer


@pytest.mark.parametrize("request_name", asyncapi.requests())
async def test_the_documented_example_is_carried_out(known: dict[str, Any], url: str, request_name: str) -> None:
    example = asyncapi.example(request_name)
    body = example | {name: known[name] for name in known.keys() & example.keys()}
    answer = await answer_to(body, request_name, known["token"], url)
    assert answer["ok"], answer


@pytest.mark.parametrize("request_name", asyncapi.requests())
@BOUNDED
@given(data=st.data())
async def test_invalid_bodies_are_refused_as_documented(
    token: str, url: str, request_name: str, data: st.DataObject
) -> None:
    answer = await answer_to(data.draw(asyncapi.invalid_bodies(request_name)), request_name, token, url)
    assert (answer["ok"], answer.get("error", {}).get("code")) == (False, "invalid_input"), answer


async def test_a_join_with_missed_events_is_as_documented(running: Running, open_socket: OpenSocket) -> None:
    epoch, seq = running.position("awaz")
    for seen in (
        MountsSeen(None, Mount("p1")),
        EncoderAuthorised("k1", "Sara"),
        EncoderConnected(),
        MountsSeen(Mount("i1"), Mount("p1")),
    ):
        running.onair.observe("awaz", seen)
    client = await open_socket(running.accounts.guest("x").access_token)
    answer = await client.call("stream:join", {"station": "awaz", "epoch": epoch, "last_seq": seq})
    assert answer["recovered"] is True
    assert [missed["event"] for missed in answer["missed"]][:1] == ["stream:started"]


@pytest.mark.parametrize(
    ("message", "value"),
    [
        ("stream:join.ack", {"ok": True, "recovered": True, "missed": []}),
        ("stream:stopped", {"station": "awaz", "epoch": "e", "seq": 1, "broadcast_id": "b", "then": "autodj"}),
        ("platform:digest", {"stations": [{"station": "awaz"}]}),
    ],
)
def test_the_check_finds_what_is_missing(message: str, value: dict[str, Any]) -> None:
    assert asyncapi.problems(message, value) != []
