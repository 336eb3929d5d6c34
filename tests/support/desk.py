"""A host at the desk: puts sources on air, takes them off, kicks them, and hears them before they are on air."""

import time
from dataclasses import dataclass
from typing import Any

import httpx

from controlplane.kernel.mounts import Slot
from tests.support import loopback
from tests.support.players import Recorder
from tests.support.running_stack import RunningStack
from tests.support.waiting import wait_until


@dataclass
class Desk:
    """The owner of the demo station. Times are of the monotonic clock."""

    stack: RunningStack
    token: str

    def arm(self, **settings: object) -> None:
        """Have encoders wait in preview, or change other settings of the station."""
        wanted = settings or {"auto_live": False}
        path = "/api/v1/stations/awaz"
        url, headers = self.stack.url + path, loopback.bearer(self.token)
        loopback.request("PATCH", url, json=wanted, headers=headers).raise_for_status()
        wait_until(lambda: self.stack.get(f"{path}/settings", self.token).json().items() >= wanted.items(), 10)

    def press(self, name: str, **body: object) -> httpx.Response:
        """Send a command."""
        return self.stack.post(f"/api/v1/stations/awaz/{name}", body, self.token)

    def go_live(self, **body: object) -> tuple[str, float]:
        """Put an encoder on air; return the broadcast's id, and when it was pressed."""
        pressed = time.monotonic()
        answer = self.press("go-live", source="encoder", **body)
        answer.raise_for_status()
        return str(answer.json()["broadcast"]["id"]), pressed

    def signal(self, slot: Slot = "a") -> dict[str, Any]:
        """Return what is known of a source."""
        signals = self.stack.get("/api/v1/stations/awaz/signal", self.token).json()["signals"]
        found: dict[str, Any] = next(each for each in signals if each["source"]["id"] == slot)
        return found

    def state(self, slot: Slot = "a") -> str:
        """Return the state of a source."""
        return str(self.signal(slot)["source"]["state"])

    def wait_for(self, state: str, slot: Slot = "a", within_s: float = 10.0) -> None:
        """Wait for the state of a source."""
        wait_until(lambda: self.state(slot) == state, within_s)

    def preview(self, slot: Slot = "a") -> Recorder:
        """Hear a source that is not on air."""
        answer = self.press("preview", source=slot)
        answer.raise_for_status()
        # There is no burst, and ffmpeg would look at nine seconds of an MP3 that it joins midway.
        found = ("-formatprobesize", "8192", "-analyzeduration", "200000")
        return Recorder.open(self.stack.url + answer.json()["url"], *found)
