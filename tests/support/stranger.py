"""A stranger's program: written from the references and the types made of them, with nothing of ours."""

from dataclasses import dataclass, field
from typing import cast

import httpx
import socketio
from awaz_client import wire


class Refused(Exception):
    """The server refused a request; the argument is its error."""


@dataclass
class Stranger:
    """Signs in over HTTP, follows one station over Socket.IO, and recovers what it missed."""

    url: str
    tracks: list[str] = field(default_factory=list)
    """The titles it has heard of, in their order."""
    position: tuple[str, int] | None = None
    """The epoch and the seq that it has seen last."""
    _http: httpx.AsyncClient = field(init=False)
    _socket: socketio.AsyncClient = field(init=False)
    _token: str = ""

    def __post_init__(self) -> None:
        self._http = httpx.AsyncClient(base_url=self.url, trust_env=False)
        self._socket = socketio.AsyncClient(reconnection=False)
        self._socket.on("stream:metadata", self._heard)

    async def sign_in(self, login: str, password: str) -> wire.UserView:
        body: wire.LoginRequest = {"login": login, "password": password}
        answer = await self._http.post("/api/v1/auth/login", json=body)
        granted = cast("wire.TokenAnswer", answer.raise_for_status().json())
        self._token = granted["access_token"]
        return granted["user"]

    async def follow(self, station: str) -> wire.StreamJoinDone:
        """Connect and join; catch up if something was seen before."""
        await self._socket.connect(self.url, auth={"token": self._token}, transports=["websocket"], wait_timeout=10)
        body: wire.StreamJoin = {"station": station}
        if self.position is not None:
            body["epoch"], body["last_seq"] = self.position
        ack = cast("wire.StreamJoinAck", await self._socket.call("stream:join", body))
        if not ack["ok"]:
            raise Refused(ack["error"])
        for missed in ack["missed"]:
            if missed["event"] == "stream:metadata":
                self._heard(missed["data"])
        snapshot = ack["snapshot"]
        self.position = snapshot["epoch"], snapshot["seq"]
        return ack

    async def leave(self) -> None:
        await self._socket.disconnect()

    async def post_title(self, station: str, title: str) -> wire.NowPlayingView:
        body: wire.MetadataRequest = {"title": title}
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = await self._http.post(f"/api/v1/stations/{station}/metadata", json=body, headers=headers)
        return cast("wire.NowPlayingView", answer.raise_for_status().json())

    async def history(self, station: str) -> list[wire.PlayView]:
        answer = await self._http.get(f"/api/v1/stations/{station}/history")
        return cast("wire.HistoryPage", answer.raise_for_status().json())["items"]

    async def close(self) -> None:
        await self._socket.disconnect()
        await self._http.aclose()

    def _heard(self, event: wire.StreamMetadataMessage) -> None:
        if self.position is not None and event["epoch"] == self.position[0] and event["seq"] <= self.position[1]:
            return
        self.position = event["epoch"], event["seq"]
        self.tracks.append(event["track"]["title"])
