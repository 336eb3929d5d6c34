"""Past broadcasts: who was on air, how many listened by the minute, and what went wrong."""

import httpx
import pytest

from controlplane.db import past
from controlplane.db.engine import reading
from controlplane.features.broadcasts.listening import Listening
from controlplane.features.onair.state import Mount, MountsSeen, TakenOffAir
from controlplane.kernel.stations import NewStation
from controlplane.liquidsoap.parse import EncoderLevel
from tests.support.builders import go_live
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.types import TokenOf

pytestmark = pytest.mark.both_databases


def listened(running: Running, count: int) -> None:
    running.onair.observe("awaz", MountsSeen(Mount("i1"), Mount("p1", count)))


async def look(running: Running, seconds: float = 0.0) -> None:
    """Let time pass, and have the listeners counted."""
    running.clock.advance(seconds)
    await running.service(Listening).look()


async def test_a_broadcast_is_kept_with_its_listeners_by_the_minute(
    running: Running, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    running.clock.advance(60 - running.clock.now_s() % 60)
    go_live(running)
    for count in (3, 7, 5):
        listened(running, count)
        await look(running, 5)
    await look(running, 60)
    listened(running, 2)
    await look(running, 5)
    running.onair.incident("awaz", "wrong_key", "An encoder was refused.", "203.0.113.7")
    broadcast = running.onair.require("awaz")[1].live
    assert broadcast is not None
    running.clock.advance(1)
    running.onair.observe("awaz", TakenOffAir(broadcast.id))
    await running.parts.journal.flush()
    host = bearer(await token_of("host"))
    [listed] = (await http.get("/stations/awaz/broadcasts", headers=host)).json()["items"]
    report = (await http.get(f"/stations/awaz/broadcasts/{broadcast.id}", headers=host)).json()
    assert {name: report[name] for name in listed} == listed
    assert (listed["host"], listed["reason"], listed["peak"]) == ("Sara", "taken_off_air", 7)
    assert [(each["listeners"], each["peak"]) for each in report["minutes"]] == [(5, 7), (2, 5)]
    assert listed["listener_minutes"] == 7
    [incident] = report["incidents"]
    assert (incident["kind"], incident["address"]) == ("wrong_key", "203.0.113.7")
    audience = (await http.get("/stations/awaz/audience?minutes=10", headers=host)).json()
    assert [each["peak"] for each in audience["minutes"]] == [7]


async def test_a_microphone_of_which_nothing_arrived_for_some_seconds_is_in_the_report(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[str]()
    monkeypatch.setattr(type(running.onair), "incident", lambda _self, _slug, _kind, message: told.append(message))
    go_live(running)
    for is_heard, waited_s in ((True, 1), (False, 1), (False, 7), (True, 1), (False, 1), (True, 1)):
        running.clock.advance(waited_s)
        level = EncoderLevel("a", is_heard, 0.0, (0.5, 0.5), -16.0)
        monkeypatch.setattr(type(running.parts.pipelines), "level", lambda _self, _slug, _slot, level=level: level)
        running.parts.signals.incidents.look("awaz")
    assert told == ["The source on air was gone for 8 seconds."]


async def test_after_ninety_days_it_is_not_known_any_more_how_many_listened(
    running: Running, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    go_live(running)
    listened(running, 3)
    await look(running, 5)
    broadcast = running.onair.require("awaz")[1].live
    assert broadcast is not None
    running.onair.observe("awaz", TakenOffAir(broadcast.id))
    await look(running, 91 * 86_400)
    await running.parts.journal.flush()
    await running.service(Listening).sweep()
    host = bearer(await token_of("host"))
    [listed] = (await http.get("/stations/awaz/broadcasts", headers=host)).json()["items"]
    assert (listed["host"], listed.get("peak"), listed.get("listener_minutes")) == ("Sara", None, None)
    report = (await http.get(f"/stations/awaz/broadcasts/{listed['id']}", headers=host)).json()
    assert report["minutes"] == []


async def test_a_station_that_is_removed_takes_no_other_s_listeners_with_it(running: Running) -> None:
    await running.stations.add(NewStation(slug="two", name="Two"))
    await running.load_stations()
    go_live(running)
    listened(running, 4)
    running.onair.observe("two", MountsSeen(None, Mount("p1", 9)))
    await look(running)
    await running.stations.remove("two")
    running.onair.remove("two")
    await look(running, 60)
    await running.parts.journal.flush()
    async with reading(running.engine) as connection:
        found = await past.minutes(connection, running.stations.get("awaz").id, 0, 2**50)
    assert [each.peak for each in found] == [4]


async def test_listeners_do_not_see_past_broadcasts(http: httpx.AsyncClient, token_of: TokenOf) -> None:
    guest = bearer(await token_of("guest"))
    assert (await http.get("/stations/awaz/broadcasts", headers=guest)).status_code == 403
    assert (await http.get("/stations/awaz/audience", headers=guest)).status_code == 403


async def test_a_source_that_was_gone_for_some_seconds_is_in_the_report(
    running: Running, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    go_live(running)
    for waited_s, mount in ((5, None), (6, Mount("i2"))):
        running.clock.advance(waited_s)
        running.onair.observe("awaz", MountsSeen(mount, Mount("p1")))
        await running.parts.signals.send()
    await running.parts.journal.flush()
    live = running.onair.require("awaz")[1].live
    assert live is not None
    path = f"/stations/awaz/broadcasts/{live.id}"
    [incident] = (await http.get(path, headers=bearer(await token_of("host")))).json()["incidents"]
    assert (incident["kind"], incident["message"]) == ("source_lost", "The source on air was gone for 6 seconds.")
