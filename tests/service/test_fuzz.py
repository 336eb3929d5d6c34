"""Random frames and hooks cause no internal errors and leave no state."""

import json
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from controlplane.cli.composed import compose_only
from controlplane.runtime.config import Settings
from tests.support.raw_socket import RawSocket
from tests.support.running import Running
from tests.support.waiting import until

BOUNDED = bounds(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

NAMES = [request.name for request in compose_only(Settings()).protocol.requests] + [
    "connect",
    "disconnect",
    "message",
    "*",
    "",
    "stream:started",
]
FIELDS = ["station", "epoch", "last_seq", "t", "token", "latency_ms", "mode", "room", "__proto__", ""]
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["awaz", "x" * 99]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3),
    max_leaves=8,
)
events = st.tuples(st.sampled_from(NAMES), st.dictionaries(st.sampled_from(FIELDS), values, max_size=4)).map(list)
packets = st.one_of(
    st.lists(values, max_size=4).map(json.dumps),
    events.map(json.dumps),
    st.text(alphabet='0123456789-/,[]{}":.eE\\u tfn', max_size=60),
    st.text(max_size=30),
)
frames = st.one_of(
    st.tuples(st.sampled_from(["42", "421", "4299999999", "40", "41", "43", "45", "4", ""]), packets).map("".join),
    st.binary(max_size=50),
)
hooks = st.dictionaries(
    st.sampled_from(
        ["action", "mount", "user", "pass", "ip", "client", "server", "port", "admin", "agent", "duration"]
    ),
    st.sampled_from(
        ["stream_auth", "mount_add", "mount_remove", "listener_add", "/ingest/awaz", "/ingest/awaz?x=1", "/ingest/../x"]
    )
    | st.text(max_size=12),
    max_size=5,
).map(lambda form: urlencode(form, errors="replace").encode()) | st.binary(max_size=200)


pytestmark = pytest.mark.settings(
    limits=dict.fromkeys(("handshake", "join", "control", "guest"), "1000000/second per address")
)


@BOUNDED
@given(sent=st.lists(frames, min_size=1, max_size=8))
async def test_any_frames_are_answered_or_end_the_connection(
    running: Running, url: str, sent: list[str | bytes]
) -> None:
    server = running.kit.gateway.server
    client = await RawSocket.authenticated(url, running.accounts.guest("x").access_token)
    answers: list[str] = []
    try:
        for frame in sent:
            await client.send(frame)
        await client.send('4277["stream:heartbeat",{"t":1}]')
        while not answers or not answers[-1].startswith("4377["):
            answers.append(await client.receive())
    except (ConnectionResetError, OSError):
        pass
    await client.close()
    assert [answer for answer in answers if '"internal"' in answer] == []
    await until(lambda: not (server.eio.sockets or server.environ or server.manager.rooms))
    assert (len(running.connected), running.hub.followers("awaz")) == (0, 0)


@BOUNDED
@given(bodies=st.lists(hooks, max_size=6))
async def test_any_hook_is_answered_and_forged_ones_change_nothing(running: Running, bodies: list[bytes]) -> None:
    before = running.onair.get("awaz")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with TestClient(TestServer(running.parts.hooks.app())) as client:
        for body in bodies:
            forged = await client.post("/icecast", data=body, headers=headers)
            assert forged.status in {401, 413}
        assert running.onair.get("awaz") == before
        known = {"Authorization": aiohttp.encode_basic_auth("icecast", running.parts.hooks.icecast_secret)}
        for body in bodies:
            answer = await client.post("/icecast", data=body, headers=headers | known)
            assert answer.status in {200, 400, 413}
            assert "icecast-auth-user" not in answer.headers
