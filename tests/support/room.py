"""A room with several loudspeakers: each browser plays to one channel of a PulseAudio sink, and one recorder hears all.

What is recorded has one clock, which none of the browsers knows.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from tests.support.waiting import wait_until

Sound = np.ndarray[tuple[int, int], np.dtype[np.float64]]

RATE = 48_000
MAX_CHANNELS = 8
START_TIMEOUT_S = 10.0
WINDOW_S, MAX_SKEW_S = 1.0, 1.0
AUDIBLE = 30.0
"""Level, in sixteen bits, below which a loudspeaker is silent."""


@dataclass(frozen=True)
class Room:
    """A running sink with so many channels."""

    channels: int
    socket: Path

    def environment(self, channel: int) -> dict[str, str | float | bool]:
        """Return the environment of a browser that plays to a channel."""
        return {**os.environ, "PULSE_SERVER": f"unix:{self.socket}", "PULSE_SINK": f"loudspeaker{channel}"}

    @contextmanager
    def recording(self, path: Path) -> Iterator[None]:
        """Record all channels into a file until the block ends."""
        options = [f"--channels={self.channels}", f"--rate={RATE}", "--format=s16le", "--raw"]
        options += [f"--channel-map={_map(self.channels)}", "--device=room.monitor", "--latency-msec=20"]
        environment = {**os.environ, "PULSE_SERVER": f"unix:{self.socket}"}
        with path.open("wb") as file:
            process = subprocess.Popen(["parec", *options], stdout=file, env=environment)
            try:
                yield
            finally:
                process.terminate()
                process.wait()

    def processes(self, channel: int) -> list[int]:
        """Return the processes of the browser that plays to a channel."""
        wanted = f"PULSE_SINK=loudspeaker{channel}".encode()
        return [int(each.name) for each in Path("/proc").glob("[0-9]*") if wanted in _environment_of(each)]

    def freeze(self, channel: int, seconds: float) -> None:
        """Stop a browser, as a laptop that sleeps, and have it go on."""
        processes = self.processes(channel)
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        time.sleep(seconds)  # the time that it sleeps
        for process in processes:
            os.kill(process, signal.SIGCONT)

    def heard(self, path: Path) -> Sound:
        """Return what was recorded, a row for each moment and a column for each channel."""
        samples = np.fromfile(path, dtype="<i2").astype(float)
        return samples[: len(samples) // self.channels * self.channels].reshape(-1, self.channels)


@contextmanager
def listening_room(channels: int, directory: Path) -> Iterator[Room]:
    """Run a PulseAudio of its own."""
    room = Room(channels, directory / "native")
    names = _map(channels).split(",")
    modules = [
        f"module-native-protocol-unix auth-anonymous=1 socket={room.socket}",
        f"module-null-sink sink_name=room channels={channels} channel_map={_map(channels)} rate={RATE}",
        *(
            f"module-remap-sink sink_name=loudspeaker{number} master=room channels=1 channel_map=mono"
            f" master_channel_map={name} remix=no"
            for number, name in enumerate(names)
        ),
    ]
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"]
    command += ["--realtime=no", "--high-priority=no", *(word for each in modules for word in ("-L", each))]
    environment = {**os.environ, "HOME": str(directory), "XDG_RUNTIME_DIR": str(directory)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait_until_ready(room)
        yield room
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(room: Room) -> None:
    environment = {**os.environ, "PULSE_SERVER": f"unix:{room.socket}"}
    wanted = f"loudspeaker{room.channels - 1}"

    def is_ready() -> bool:
        command = ["pactl", "list", "short", "sinks"]
        return wanted in subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout

    wait_until(is_ready, START_TIMEOUT_S, lambda: "PulseAudio did not start")


def _environment_of(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _map(channels: int) -> str:
    assert channels <= MAX_CHANNELS
    return ",".join(f"aux{number}" for number in range(channels))


def skews_ms(sound: Sound, since_s: float = 0.0) -> list[float]:
    """Return how far apart each two channels are in each second in which both are heard, in milliseconds."""
    found = []
    window, reach = round(WINDOW_S * RATE), round(MAX_SKEW_S * RATE)
    for begin in range(max(reach, round(since_s * RATE)), len(sound) - window - reach, window):
        cut = sound[begin - reach : begin + window + reach]
        loud = [channel for channel in range(sound.shape[1]) if np.abs(cut[:, channel]).mean() > AUDIBLE]
        found += [abs(_lag(cut[:, one], cut[:, other], reach)) * 1000 / RATE for one, other in combinations(loud, 2)]
    return found


def _lag(
    one: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    other: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    reach: int,
) -> int:
    """Return by how many samples the other is later, by where the middle of the one is found in it."""
    middle = one[reach : len(one) - reach]
    size = 1 << (len(other) + len(middle) - 1).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(middle, size)), size)
    return int(np.argmax(likeness[: len(other) - len(middle) + 1])) - reach
