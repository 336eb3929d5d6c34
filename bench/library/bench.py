"""The library and the queue: uploads beside nginx, analysis, lists of many tracks, and edits of a queue."""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bench.library import nginx, uploads
from bench.library.crowd import FILES, received
from bench.library.rows import add_rows
from bench.results_file import Result, paired, percentile, result
from controlplane.liquidsoap.client import PipelineClient
from controlplane.runtime.config import Settings
from controlplane.runtime.paths import Paths
from tests.support.loopback import Client, bearer
from tests.support.running_stack import RunningStack

FILE_S = 1200
"""Seconds of stereo WAV at 44.1 kHz: 212 MB."""
TRACK_S = 240
ROUNDS = 5
QUERIES = 20
EDITS = 20
LIBRARIES = (10_000, 100_000)
UNLIMITED = "1000000/minute per user"
FILTERS = (
    ["-filter:a", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"],
    ["-filter:a", "silencedetect=noise=-48dB:duration=0.4", "-f", "null", "-"],
    ["-ac", "1", "-ar", "8000", "-f", "s16le", "/dev/null"],
    ["-t", "120", "-f", "chromaprint", "-fp_format", "raw", "/dev/null"],
)
"""The measurements of our one pass, each as a run of ffmpeg."""


async def run() -> list[Result]:
    """Run the measurements."""
    return await asyncio.to_thread(measure)


def measure() -> list[Result]:
    """Measure on a running stack, with files that ffmpeg makes."""
    limits = {f"AWAZ__LIMITS__{name}": UNLIMITED for name in ("UPLOAD", "WRITE", "READ")}
    stack = RunningStack.start(AWAZ__LIBRARY__MAX_FILE_MB="500", **limits)
    try:
        with tempfile.TemporaryDirectory() as directory:
            large = _sound(Path(directory) / "large.wav", FILE_S)
            track = _sound(Path(directory) / "track.mp3", TRACK_S, "-b:a", "192k")
            rows = [*_uploads(stack, large, Path(directory)), *_crowd(stack, track), _analysis(track)]
        return [*rows, *_edits(stack), *(row for count in LIBRARIES for row in _lists(stack, count))]
    finally:
        stack.stop()


def _sound(path: Path, seconds: int, *options: str) -> Path:
    source = f"anoisesrc=d={seconds}:a=0.1:r=44100,aformat=channel_layouts=stereo"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, *options, str(path)], check=True)
    return path


def _uploads(stack: RunningStack, file: Path, directory: Path) -> list[Result]:
    token, daemon = stack.token(), stack.pid("daemon")
    before = uploads.memory_mb(daemon)
    ours, peers, growth, resumes, finishes = [], [], 0.0, [], []
    with nginx.running(directory / "nginx") as peer:
        for _ in range(ROUNDS):
            upload = uploads.received(stack.url, token, file)
            growth = max(growth, uploads.memory_mb(daemon) - before)
            ours.append(upload.mb_per_s)
            resumes.append(upload.resume_ms)
            finishes.append(upload.finish_s)
            peers.append(uploads.put(peer, file))
    size = round(file.stat().st_size / 1e6)
    return [
        paired(f"upload of {size} MB", "MB/s", ours, peers, least=0.5, peer_name="nginx, WebDAV PUT"),
        result("memory of the daemon while files come", "MB more", max(0.0, growth), 50),
        result("where an interrupted upload goes on", "ms", percentile(resumes, 0.5), 50),
        result(f"the end of {size} MB until they are a track", "s", percentile(finishes, 0.5), 5, digits=2),
    ]


def _crowd(stack: RunningStack, track: Path) -> list[Result]:
    crowd = received(stack.url, stack.token(), track, stack.pid("daemon"))
    name = f"{FILES} files at once, {crowd.refused} of them refused"
    return [
        result(f"{name}: memory of the daemon", "MB more", crowd.growth_mb, 50),
        result(f"{name}: its loop is late, 99th percentile", "ms at most", crowd.lag_p99_ms, 50),
        result(f"{name}: its loop is late, the most", "ms at most", crowd.lag_most_ms, 50),
    ]


def _analysis(track: Path) -> Result:
    ours, peers = [], []
    for _ in range(ROUNDS):
        ours.append(_timed([[sys.executable, "-m", "controlplane.features.library.measure", str(track)]]))
        peers.append(_timed([["ffmpeg", "-v", "error", "-y", "-i", str(track), *options] for options in FILTERS]))
    name = f"analysis of {TRACK_S} s of MP3"
    return paired(name, "s", ours, peers, least=1, peer_name="the same filters one by one", small=True)


def _timed(commands: list[list[str]]) -> float:
    began = time.monotonic()
    for command in commands:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def _lists(stack: RunningStack, count: int) -> list[Result]:
    slug = f"with-{count}"
    stack.awaz("station", "add", slug, "--owner", "owner")
    add_rows(stack.data / "awaz.db", slug, count)
    with Client(base_url=f"{stack.url}/api/v1/stations/{slug}", headers=bearer(stack.token()), timeout=60) as client:
        queries = {
            "the first page": {},
            "a page by artist": {"sort": "artist"},
            "a search for two words": {"search": "lamp شام"},
            "a search without a hit": {"search": "nothing like it"},
        }
        return [
            result(f"{count} tracks: {name}", "ms", _median_ms(client, query), 20) for name, query in queries.items()
        ]


def _median_ms(client: httpx.Client, query: dict[str, str]) -> float:
    taken = []
    for _ in range(QUERIES):
        began = time.monotonic()
        client.get("/tracks", params=query).raise_for_status()
        taken.append((time.monotonic() - began) * 1000)
    return percentile(taken, 0.5)


def _edits(stack: RunningStack) -> list[Result]:
    pipeline = PipelineClient(Paths.of(Settings(data_dir=stack.data)).pipeline_socket("awaz"))
    with Client(base_url=f"{stack.url}/api/v1/stations/awaz", headers=bearer(stack.token()), timeout=60) as client:
        track = client.get("/tracks").json()["items"][0]["id"]
        taken = [_edit_ms(client, pipeline, track) for _ in range(EDITS)]
    return [
        result("an edit of the queue until its pipeline follows, median", "ms", percentile(taken, 0.5), 50),
        result("an edit of the queue until its pipeline follows, 95th percentile", "ms", percentile(taken, 0.95), 100),
    ]


def _edit_ms(client: httpx.Client, pipeline: PipelineClient, track: str) -> float:
    began = time.monotonic()
    answer = client.post("/queue", json={"track_id": track, "place": "next"}).json()
    _wait_until_followed(pipeline, answer["version"])
    taken = (time.monotonic() - began) * 1000
    removed = client.delete(f"/queue/{answer['item']}").raise_for_status()
    _wait_until_followed(pipeline, removed.json()["version"])
    return taken


def _wait_until_followed(pipeline: PipelineClient, version: int) -> None:
    while asyncio.run(pipeline.status()).plan_version < version:
        time.sleep(0.002)  # another process: there is no event to wait for
