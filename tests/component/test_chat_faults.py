"""Faults in a chat, tried on a running daemon with its default limits: each time, others go on writing."""

import asyncio
import json
import resource
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.support import loopback
from tests.support.chat import Talker, client_id
from tests.support.daemon_process import DaemonProcess
from tests.support.loopback import bearer
from tests.support.raw_socket import RawSocket
from tests.support.waiting import wait_until

CROWD, EACH = 1000, 3
BURST = 5
"""Messages that a person may write at once; then one a second."""
ACCEPTED, TOO_FAST = "ok", {"too_fast", "rate_limited"}


@dataclass
class Chat:
    """The demo station's chat of a daemon; each person comes from an address of their own."""

    daemon: DaemonProcess
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @asynccontextmanager
    async def person(self, name: str = "", token: str = "") -> AsyncIterator[Talker]:
        """Follow the station as a new guest, or with a token."""
        number = next(self.numbers)
        address = {"X-Forwarded-For": f"10.{number // 62500}.{number // 250 % 250}.{number % 250 + 1}"}
        async with AsyncExitStack() as stack:
            if not token:
                http = await stack.enter_async_context(loopback.AsyncClient(base_url=self.daemon.url, timeout=30))
                body = {"name": name or f"Person {number}"}
                token = (await http.post("/api/v1/auth/guest", json=body, headers=address)).json()["access_token"]
            socket = await RawSocket.authenticated(self.daemon.url, token, **address)
            stack.push_async_callback(socket.close)
            talker = Talker(socket, token)
            await talker.join()
            yield talker

    @property
    def database(self) -> Path:
        return Path(self.daemon.directory.name) / "awaz.db"

    def set_role(self, role: str) -> None:
        """Give Sara another role at the station."""
        url, headers = f"{self.daemon.url}/api/v1/stations/awaz/members", bearer(self.daemon.token("root"))
        loopback.request("PUT", url, headers=headers, json={"login": "mod", "role": role}).raise_for_status()

    def sizes(self) -> list[int]:
        """Return the sizes of the database's files, in bytes."""
        return [file.stat().st_size for file in self.database.parent.glob("awaz.db*")]

    def rows(self) -> list[tuple[str, str]]:
        """Return the client_id and the state of every message."""
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute("select client_id, state from chat_messages").fetchall()


@pytest.fixture(scope="module")
def chat() -> Iterator[Chat]:
    daemon = DaemonProcess.start(None, AWAZ__HTTP__TRUSTED_HOPS="1")
    try:
        daemon.awaz("station", "add", "awaz", "--no-wait")
        daemon.awaz("user", "add", "root", "--admin")
        daemon.awaz("user", "add", "mod", "--name", "Sara")
        wait_until(lambda: loopback.get(f"{daemon.url}/api/v1/stations/awaz/now-playing").status_code == 200, 10)
        started = Chat(daemon)
        started.set_role("moderator")
        yield started
    finally:
        daemon.stop()


def outcome(answer: dict[str, Any]) -> str:
    """Return "ok", or why a message was refused."""
    return ACCEPTED if answer["ok"] else str(answer["error"]["code"])


async def pushed(talker: Talker, ids: list[str]) -> Counter[str]:
    """Write a message for each id without waiting for an ack; return what became of them."""
    for number, each in enumerate(ids):
        body = {"station": "awaz", "text": f"flood {number}", "client_id": each}
        await talker.socket.send(f"42{9000 + number}" + json.dumps(["chat:send", body]))
    found: Counter[str] = Counter()
    while found.total() < len(ids):
        frame = await talker.socket.receive(30)
        found.update([outcome(json.loads(frame[frame.index("[") :])[0])] if frame.startswith("439") else [])
    return found


async def a_flood_by_one(chat: Chat) -> None:
    async with chat.person() as flooder, chat.person() as reader:
        began = time.monotonic()
        found = await pushed(flooder, [client_id() for _ in range(300)])
        assert found[ACCEPTED] <= BURST + time.monotonic() - began + 1
        assert set(found) <= {ACCEPTED} | TOO_FAST
        assert (await reader.read())["text"] == "flood 0"


async def a_flood_by_a_thousand(chat: Chat) -> None:
    gate, ids = asyncio.Semaphore(50), {number: [client_id() for _ in range(EACH)] for number in range(CROWD)}

    async def write(number: int) -> Counter[str]:
        async with gate, chat.person() as one:
            return await pushed(one, ids[number])

    found = sum(await asyncio.gather(*map(write, ids)), Counter[str]())
    assert set(found) <= {ACCEPTED} | TOO_FAST
    stored = Counter(each for each, _ in chat.rows())
    kept = [stored[each] for own in ids.values() for each in own]
    assert (max(kept), sum(kept)) == (1, found[ACCEPTED])
    assert found[ACCEPTED] > CROWD


async def a_connection_for_each_message(chat: Chat) -> None:
    token, began, found = await asyncio.to_thread(chat.daemon.guest), time.monotonic(), Counter[str]()
    for _ in range(20):
        async with chat.person(token=token) as again:
            found[outcome(await again.say("again"))] += 1
    assert found[ACCEPTED] <= BURST + time.monotonic() - began + 1
    assert set(found) <= {ACCEPTED} | TOO_FAST


async def names_that_look_alike(chat: Chat) -> None:
    names = ["Nadia", "Nаdіа", "NADIA", "Ｎａｄｉａ", "Sara", "Ѕаrа"]
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(chat.person(name)) for name in names[:-2]]
        reader = await stack.enter_async_context(chat.person())
        for one in people:
            await one.say("hello")
        shown = [(await reader.read())["user"]["name"] for _ in people]
    assert len(set(shown)) == len(shown)
    for name in names[-2:]:
        refused = loopback.post(f"{chat.daemon.url}/api/v1/auth/guest", json={"name": name})
        assert refused.json()["error"]["code"] == "conflict"


async def hostile_text(chat: Chat) -> None:
    zalgo, emoji = "a" + "\u0301" * 400, "👨‍👩‍👧‍👦" * 400
    texts = [zalgo, emoji, "<script>alert(1)</script>", "**bold** [x](javascript:1)", "a\x00b", "\u202eright"]
    wanted = [ACCEPTED, "invalid_input", ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED]
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(chat.person()) for _ in texts]
        found = [outcome(await one.say(text)) for one, text in zip(people, texts, strict=True)]
    assert found == wanted


async def half_of_a_surrogate_pair(chat: Chat) -> None:
    async with chat.person() as one:
        body = {"station": "awaz", "text": "\ud83d", "client_id": client_id()}
        await one.socket.send("421" + json.dumps(["chat:send", body]))
        with pytest.raises(ConnectionResetError):
            await one.read()


async def one_id_from_two_sockets(chat: Chat) -> None:
    token, same = await asyncio.to_thread(chat.daemon.guest), client_id()
    async with chat.person(token=token) as one, chat.person(token=token) as two:
        first, second = await asyncio.gather(one.say("once", client_id=same), two.say("once", client_id=same))
    assert (first["id"], first["seq"]) == (second["id"], second["seq"])
    assert [state for each, state in chat.rows() if each == same] == ["shown"]


async def a_ban_in_the_middle_of_a_flood(chat: Chat) -> None:
    token, own = [await asyncio.to_thread(each) for each in (partial(chat.daemon.token, "mod"), chat.daemon.guest)]
    async with chat.person(token=token) as moderator, chat.person(token=own) as flooder:
        user = (await until_shown(moderator, await flooder.say("first")))["user"]["id"]

        async def ban() -> int:
            assert (await moderator.moderate("ban", user=user))["ok"]
            return int(time.time() * 1000)

        async def flood() -> None:
            while True:
                await pushed(flooder, [client_id() for _ in range(20)])

        at, ended = await asyncio.gather(ban(), flood(), return_exceptions=True)
        assert isinstance(ended, ConnectionError)
        with pytest.raises((ConnectionError, AssertionError, KeyError)):
            async with chat.person(token=own) as again:
                await again.say("after all")
        with closing(sqlite3.connect(chat.database)) as database:
            query = "select count(*) from chat_messages where user_id = ? and at > ?"
            assert database.execute(query, [user, at]).fetchone() == (0,)


async def accepted(writer: Talker, text: str) -> dict[str, Any]:
    """Write a message, again after the time that the server names if too many write; return its ack."""
    sent = client_id()
    while not (answer := await writer.say(text, client_id=sent))["ok"]:
        await asyncio.sleep(answer["error"]["retry_after"])
    return answer


async def until_shown(reader: Talker, sent: dict[str, Any]) -> dict[str, Any]:
    """Return a message as a reader gets it, by the ack of its author."""
    while (message := await reader.read())["id"] != sent["id"]:
        pass
    return message


async def a_database_that_is_locked_for_three_seconds(chat: Chat) -> None:
    async with chat.person() as writer, chat.person() as reader:
        sent = client_id()
        with closing(sqlite3.connect(chat.database, isolation_level=None)) as blocker:
            blocker.execute("begin immediate")
            began = time.monotonic()
            refused = (await writer.say("too late", client_id=sent))["error"]
            waited = time.monotonic() - began
            blocker.execute("rollback")
        assert (refused["code"], refused["retryable"], waited < 5) == ("upstream", True, True)
        assert (await writer.say("in time", client_id=sent))["ok"]
        assert (await reader.read())["text"] == "in time"


async def a_database_that_is_locked_for_a_second(chat: Chat) -> None:
    async with chat.person() as writer, chat.person() as reader:
        with closing(sqlite3.connect(chat.database, isolation_level=None)) as blocker:
            blocker.execute("begin immediate")
            writing = asyncio.create_task(writer.say("in time"))
            await asyncio.sleep(1)  # the time that the fault lasts
            blocker.execute("rollback")
        assert (await writing)["ok"]
        assert (await reader.read())["text"] == "in time"


async def a_disk_that_is_full(chat: Chat) -> None:
    """A limit of the size of files takes the place of the disk's: no file of the daemon grows any more."""
    async with chat.person() as writer, chat.person() as reader:
        sizes = await asyncio.to_thread(chat.sizes)
        before = resource.prlimit(chat.daemon.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(chat.daemon.process.pid, resource.RLIMIT_FSIZE, (min(sizes) // 2, before[1]))
        try:
            refused = (await writer.say("no room"))["error"]
        finally:
            resource.prlimit(chat.daemon.process.pid, resource.RLIMIT_FSIZE, before)
        assert (refused["code"], refused["retryable"]) == ("upstream", True)
        assert (await writer.say("room again"))["ok"]
        assert (await reader.read())["text"] == "room again"


async def a_moderator_who_is_demoted_while_acting(chat: Chat) -> None:
    token = await asyncio.to_thread(chat.daemon.token, "mod")
    async with chat.person(token=token) as moderator, chat.person() as writer:
        first, second = [(await writer.say(text))["id"] for text in ("one", "two")]
        undo = (await moderator.moderate("delete", message=first))["undo"]
        await asyncio.to_thread(chat.set_role, "listener")
        assert (await moderator.moderate("pin", message=second))["error"]["code"] == "forbidden"
        assert (await moderator.moderate("undo", undo=undo))["error"]["code"] == "forbidden"


FAULTS: list[Callable[[Chat], Awaitable[None]]] = [
    a_flood_by_one,
    a_connection_for_each_message,
    names_that_look_alike,
    hostile_text,
    half_of_a_surrogate_pair,
    one_id_from_two_sockets,
    a_ban_in_the_middle_of_a_flood,
    a_database_that_is_locked_for_a_second,
    a_database_that_is_locked_for_three_seconds,
    a_disk_that_is_full,
    a_moderator_who_is_demoted_while_acting,
    a_flood_by_a_thousand,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_others_go_on_writing_after(chat: Chat, fault: Callable[[Chat], Awaitable[None]]) -> None:
    await fault(chat)
    async with chat.person() as writer, chat.person() as reader:
        async with asyncio.timeout(15):
            assert (await until_shown(reader, await accepted(writer, "still here")))["text"] == "still here"
    assert "Traceback" not in chat.daemon.log()
