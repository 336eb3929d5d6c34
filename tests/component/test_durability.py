"""Acknowledged changes survive a power cut a few milliseconds after the response."""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support import loopback
from tests.support.audio import Sounds
from tests.support.builders import PASSWORD
from tests.support.daemon_on_air import DaemonOnAir, daemon_on_air
from tests.support.daemon_process import unlimited
from tests.support.loopback import bearer

MAX_DELAY_S = 0.005
ROUNDS = 3
SEED = 20_268

Answer = dict[str, Any]


@dataclass
class Platform:
    """A daemon with a station on air, and API clients of its users."""

    on_air: DaemonOnAir
    tokens: dict[str, str] = field(default_factory=dict)
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))

    def request(self, method: str, path: str, body: Answer | None = None, login: str = "owner") -> Answer:
        """Send a request and return the response; raise AssertionError if it is refused."""
        answer = self._send(method, path, body, login)
        assert answer.status_code == httpx.codes.OK, answer.text
        found: Answer = answer.json()
        return found

    def is_refused(self, method: str, path: str, body: Answer | None = None, login: str = "") -> bool:
        """Return whether a request is refused as unauthenticated."""
        return self._send(method, path, body, login).status_code == httpx.codes.UNAUTHORIZED

    def _send(self, method: str, path: str, body: Answer | None, login: str) -> httpx.Response:
        headers = bearer(self.tokens[login]) if login else {}
        url = f"{self.on_air.daemon.url}/api/v1{path}"
        return loopback.request(method, url, json=body, headers=headers, timeout=10)

    def cut_the_power(self) -> None:
        """Kill the daemon within a few milliseconds, and start it again."""
        time.sleep(self.rng.uniform(0.0, MAX_DELAY_S))  # the delay is what is tested
        self.on_air.daemon.kill()
        self.on_air.daemon.restart()

    def add_user(self, login: str) -> Answer:
        """Sign up a guest and upgrade it to a user."""
        self.tokens[login] = str(self.request("POST", "/auth/guest", {}, "")["access_token"])
        created = self.request("POST", "/auth/upgrade", {"login": login, "password": PASSWORD}, login)
        self.tokens[login] = str(created["access_token"])
        return created

    def sign_in(self, login: str, password: str = PASSWORD) -> Answer:
        """Sign in with a password."""
        return self.request("POST", "/auth/login", {"login": login, "password": password}, "")


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    limits = unlimited("GUEST", "READ", "WRITE", "ACCOUNT", "LOGIN", "REFRESH")
    with daemon_on_air("owner", **limits) as on_air:
        on_air.daemon.awaz("user", "add", "root", "--admin")
        yield Platform(on_air, {login: on_air.daemon.token(login) for login in ("root", "owner")})


@pytest.mark.parametrize("round_number", range(ROUNDS))
def test_a_title_override_its_play_and_its_audit_entry_survive(platform: Platform, round_number: int) -> None:
    platform.on_air.report_track(f"Track {round_number}")
    posted = {
        "title": f"Title {round_number}",
        "artist": "Sara",
        "show": f"Show {round_number}",
        "host": f"Host {round_number}",
    }
    platform.request("POST", "/stations/awaz/metadata", posted)
    platform.cut_the_power()
    now_playing = platform.request("GET", "/stations/awaz/now-playing", None, "")["metadata"]
    play = platform.request("GET", "/stations/awaz/history?limit=1", None, "")["items"][0]
    entry = platform.request("GET", "/stations/awaz/audit?limit=1")["items"][0]
    assert (now_playing["track"]["title"], now_playing["show"], now_playing["host"]) == (
        f"Title {round_number}",
        f"Show {round_number}",
        f"Host {round_number}",
    )
    assert (play["title"], play["artist"], play["show"], play.get("ended_at")) == (
        f"Title {round_number}",
        "Sara",
        f"Show {round_number}",
        None,
    )
    assert (entry["action"], entry["target"]) == ("metadata.set", f"Sara - Title {round_number}")
    # The pipeline reports the same track as before the cut: the host's title still overrides it.
    platform.on_air.report_track(f"Track {round_number}")
    now_playing = platform.request("GET", "/stations/awaz/now-playing", None, "")["metadata"]
    assert now_playing["track"]["title"] == f"Title {round_number}"


def test_users_and_passwords_survive(platform: Platform) -> None:
    platform.add_user("sara")
    platform.cut_the_power()
    token = platform.sign_in("sara")["access_token"]
    platform.tokens["sara"] = token
    platform.request("POST", "/me/password", {"current": PASSWORD, "password": "another horse battery"}, "sara")
    platform.cut_the_power()
    platform.sign_in("sara", "another horse battery")
    assert platform.is_refused("POST", "/auth/login", {"login": "sara", "password": PASSWORD})


def test_sessions_and_their_end_survive(platform: Platform) -> None:
    platform.add_user("ali")
    first = platform.sign_in("ali")
    second = platform.request("POST", "/auth/refresh", {"refresh_token": first["refresh_token"]}, "")
    platform.cut_the_power()
    third = platform.request("POST", "/auth/refresh", {"refresh_token": second["refresh_token"]}, "")
    platform.tokens["ali"] = third["access_token"]
    platform.request("POST", "/auth/logout", {"everywhere": True}, "ali")
    platform.cut_the_power()
    assert platform.is_refused("GET", "/me", None, "ali")
    assert platform.is_refused("POST", "/auth/refresh", {"refresh_token": third["refresh_token"]})


def test_roles_and_their_removal_survive(platform: Platform) -> None:
    member = platform.add_user("zoya")["user"]["id"]
    platform.request("PUT", "/stations/awaz/members", {"login": "zoya", "role": "host"})
    platform.cut_the_power()
    assert platform.request("GET", "/me", None, "zoya")["stations"] == {"awaz": "host"}
    platform.request("DELETE", f"/stations/awaz/members/{member}")
    platform.cut_the_power()
    assert platform.request("GET", "/me", None, "zoya")["stations"] == {}
    platform.request("PATCH", f"/admin/users/{member}", {"role": "admin"}, "root")
    platform.cut_the_power()
    assert platform.request("GET", "/me", None, "zoya")["role"] == "admin"


def test_accepted_and_withdrawn_invitations_survive(platform: Platform) -> None:
    platform.add_user("omar")
    created = platform.request("POST", "/stations/awaz/invitations", {"role": "moderator"})
    platform.cut_the_power()
    platform.request("POST", "/invitations/accept", {"token": created["url"].partition("invitation=")[2]}, "omar")
    platform.cut_the_power()
    assert platform.request("GET", "/me", None, "omar")["stations"] == {"awaz": "moderator"}
    other = platform.request("POST", "/stations/awaz/invitations", {"role": "host"})
    platform.request("DELETE", f"/stations/awaz/invitations/{other['id']}")
    platform.cut_the_power()
    states = {
        each["id"]: each["state"] for each in platform.request("GET", "/stations/awaz/invitations")["invitations"]
    }
    assert states == {created["id"]: "accepted", other["id"]: "withdrawn"}


def test_stream_keys_and_their_revocation_survive(platform: Platform) -> None:
    created = platform.request("POST", "/stations/awaz/stream-keys", {"label": "studio"})
    platform.cut_the_power()
    assert [key["id"] for key in platform.request("GET", "/stations/awaz/stream-keys")["keys"]] == [created["id"]]
    platform.request("DELETE", f"/stations/awaz/stream-keys/{created['id']}")
    platform.cut_the_power()
    assert platform.request("GET", "/stations/awaz/stream-keys")["keys"][0]["revoked_at"]


@pytest.mark.parametrize(("scope", "login"), [("/stations/awaz", "owner"), ("/admin", "root")])
def test_bans_and_their_lifting_survive(platform: Platform, scope: str, login: str) -> None:
    banned = platform.add_user(f"rude-{login}")["user"]["id"]
    created = platform.request("POST", f"{scope}/bans", {"user_id": banned, "reason": "rude"}, login)
    platform.cut_the_power()
    assert [ban["id"] for ban in platform.request("GET", f"{scope}/bans", None, login)["bans"]] == [created["id"]]
    platform.request("DELETE", f"{scope}/bans/{created['id']}", None, login)
    platform.cut_the_power()
    assert platform.request("GET", f"{scope}/bans", None, login)["bans"] == []


@pytest.fixture(scope="module")
def music(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The ids of three tracks."""
    folder = tmp_path_factory.mktemp("music")
    sounds = Sounds(folder)
    for number in range(3):
        sounds.tone(300 + 50 * number, 30, title=f"Tone {number}")
    platform.on_air.daemon.awaz("track", "add", "awaz", str(folder))
    return [track["id"] for track in platform.request("GET", "/stations/awaz/tracks?sort=title")["items"]]


def test_an_edited_queue_survives_and_is_what_the_pipeline_reads(platform: Platform, music: list[str]) -> None:
    queue = "/stations/awaz/queue"
    first, second, third = [
        platform.request("POST", queue, {"track_id": track, "place": "next"})["item"] for track in music[:3]
    ]
    platform.request("DELETE", f"{queue}/{second}")
    platform.request("PATCH", f"{queue}/{first}", {"before": third})
    platform.cut_the_power()
    shown = platform.request("GET", queue)["items"]
    read = json.loads((Path(platform.on_air.daemon.directory.name) / "liquidsoap/awaz.plan.json").read_text())["items"]
    for items in (shown, read):
        assert [item["id"] for item in items][:2] == [first, third]
        assert second not in [item["id"] for item in items]


def test_playlists_and_their_order_survive(platform: Platform, music: list[str]) -> None:
    playlists = "/stations/awaz/playlists"
    created = platform.request("POST", playlists, {"name": "Evenings", "order": "sequence"})["playlist"]
    tracks = f"{playlists}/{created['id']}/tracks"
    platform.request("POST", tracks, {"ids": music[:3]})
    platform.cut_the_power()
    platform.request("PATCH", tracks, {"ids": [music[2]], "before": music[0]})
    platform.request("POST", f"{tracks}/remove", {"ids": [music[1]]})
    platform.cut_the_power()
    assert [track["id"] for track in platform.request("GET", tracks)["items"]] == [music[2], music[0]]
