"""The owner of a running stack's demo station."""

import io
import time
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from tests.support import loopback
from tests.support.audio import Sounds
from tests.support.loopback import bearer
from tests.support.running_stack import RunningStack
from tests.support.waiting import wait_until

QUEUE, TRACKS = "/api/v1/stations/awaz/queue", "/api/v1/stations/awaz/tracks"
ENOUGH_MS = 12_000


class Studio:
    """The owner of the demo station, over HTTP."""

    def __init__(self, stack: RunningStack) -> None:
        self.uploaded: list[str] = []
        self.client = loopback.Client(base_url=stack.url, headers=bearer(stack.token()), timeout=20)

    def upload(self, sounds: Sounds, hertz: int, seconds: float = 30) -> str:
        """Upload a tone, named by its pitch, and return its track's id."""
        return self.upload_file(sounds.tone(hertz, seconds, title=f"Tone {hertz}", artist="Tester"))

    def upload_file(self, path: Path) -> str:
        """Upload a file, and return its track's id."""
        answer = self.client.post(TRACKS, files={"file": (path.name, path.read_bytes())})
        self.uploaded.append(str(answer.json()["track"]["id"]))
        return self.uploaded[-1]

    def track(self, track_id: str) -> dict[str, Any]:
        """Return what the library knows of a track."""
        found: dict[str, Any] = self.client.get(f"{TRACKS}/{track_id}").json()["track"]
        return found

    def any_track_but(self, tracks: list[str]) -> str:
        """Return a track of the library."""
        found = (str(item["id"]) for item in self.client.get(TRACKS).json()["items"])
        return next(track for track in found if track not in tracks)

    def on_air(self) -> str:
        """Return the item of the plan that is on air; empty if there is none."""
        now = self.queue().get("now")
        return str(now["id"]) if now else ""

    def draw(self, track_id: str) -> str:
        """Give a track a picture, and return its address."""
        picture = io.BytesIO()
        Image.new("RGB", (300, 300), "navy").save(picture, "PNG")
        answer = self.client.put(f"{TRACKS}/{track_id}/art", content=picture.getvalue())
        return str(answer.json()["track"]["art_url"])

    def queue(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(QUEUE).json()
        return found

    def place(self, track_id: str, place: str) -> dict[str, Any]:
        answer = self.client.post(QUEUE, json={"track_id": track_id, "place": place})
        assert answer.status_code == httpx.codes.OK, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def wait_for_the_middle_of_a_track(self) -> None:
        """Wait until what is on air lasts long enough for a test to decide what follows it."""

        def left_ms() -> float:
            now = self.queue().get("now")
            return now["starts_at"] + now["track"]["duration_ms"] - time.time() * 1000 if now else 0

        wait_until(lambda: left_ms() > ENOUGH_MS, 30)

    def skip(self) -> None:
        """End what is on air."""
        wait_until(lambda: self.queue().get("now"), 20)
        answer = self.client.post(f"{QUEUE}/skip", json={"item": self.queue()["now"]["id"]})
        assert answer.status_code == httpx.codes.OK, answer.text

    def remove(self, *tracks: str) -> None:
        for track in tracks:
            self.client.delete(f"{TRACKS}/{track}")
