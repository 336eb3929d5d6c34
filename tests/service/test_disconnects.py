"""Why a connection ended reaches the client as a number, and the metrics as a name."""

import asyncio

import pytest
from aiohttp import WSCloseCode

from controlplane.kernel.audit import CONSOLE
from controlplane.protocol.disconnect import Advice, Disconnect
from tests.support.builders import PASSWORD
from tests.support.running import ROOT, Running
from tests.support.types import OpenSocket
from tests.support.waiting import until


async def until_counted(running: Running, reason: Disconnect) -> None:
    await until(lambda: running.metric(f'awaz_connections_closed_total{{reason="{reason.label}"}}'))


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b"\x00", Disconnect.BAD_FRAME),
        ("9", Disconnect.BAD_FRAME),
        ("4", Disconnect.NO_PACKET),
        ("4{}", Disconnect.BAD_PACKET),
        ('42["stream:join"]', Disconnect.PACKET_OUT_OF_PLACE),
        ("44" + "x" * 20_000, Disconnect.PACKET_TOO_LARGE),
    ],
    ids=lambda value: value.label if isinstance(value, Disconnect) else "",
)
async def test_a_client_that_breaks_the_protocol_is_told_how(
    running: Running, open_socket: OpenSocket, frame: str | bytes, reason: Disconnect
) -> None:
    client = await open_socket()
    await client.send(frame)
    assert await client.until_closed() == reason.code
    await until_counted(running, reason)
    assert reason.advice is Advice.STOP


async def test_a_frame_over_the_limit_is_counted_as_a_bad_one(running: Running, open_socket: OpenSocket) -> None:
    client = await open_socket()
    await client.send("4" + "x" * 70_000)
    assert await client.until_closed() == WSCloseCode.MESSAGE_TOO_BIG
    await until_counted(running, Disconnect.BAD_FRAME)


async def test_a_banned_listener_is_told_not_to_come_back(running: Running, open_socket: OpenSocket) -> None:
    granted = running.accounts.guest("x")
    client = await open_socket(granted.access_token)
    await running.moderation.ban(ROOT, CONSOLE, granted.id, None, seconds=None, reason="")
    await running.connected.review()
    assert await client.until_closed() == Disconnect.ACCESS_ENDED.code
    await until_counted(running, Disconnect.ACCESS_ENDED)


async def test_a_user_whose_session_ended_is_told_to_renew(running: Running, open_socket: OpenSocket) -> None:
    user = await running.accounts.add_user("sara", "Sara", "user", PASSWORD)
    granted = await running.accounts.login(user.login, PASSWORD, CONSOLE)
    client = await open_socket(granted.access_token)
    await running.accounts.set_password(user.login, f"{PASSWORD} again")
    assert await client.until_closed() == Disconnect.SESSION_ENDED.code


async def test_a_stopping_daemon_tells_its_clients_that_it_goes_away(running: Running, open_socket: OpenSocket) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    stopping = asyncio.create_task(running.daemon.stop())
    assert await client.until_closed() == Disconnect.GOING_AWAY.code
    await stopping


async def test_a_client_that_leaves_is_counted_as_one(running: Running, open_socket: OpenSocket) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    await client.close()
    await until_counted(running, Disconnect.BY_CLIENT)
