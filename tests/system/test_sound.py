"""How tracks sound on the mount: as loud as each other, and without a gap where a record has none."""

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from tests.support.audio import Sounds
from tests.support.players import RATE, Block, Recorder, energy_share
from tests.support.studio import Studio
from tests.support.waiting import within

EDGE_BLOCKS = 25
"""A crossing, and what ffmpeg decodes late, at either end of a track."""
SINE_AT_TARGET_DB = -19.0
"""The level of either side of a sine of 1 kHz that is as loud as -16 LUFS: ITU-R BS.1770-4 adds the two, or 3 dB."""


def heard_of(recorder: Recorder, hertz: float) -> Block:
    """Return what was heard of a tone, without the crossings at its ends."""
    blocks = [block for _, block in recorder.blocks]
    pure = [place for place, block in enumerate(blocks) if energy_share(block, hertz) > 0.9]
    return np.concatenate(blocks[pure[0] + EDGE_BLOCKS : pure[-1] - EDGE_BLOCKS])


def level_db(samples: Block) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) / 32768))


async def play(studio: Studio, recorder: Recorder, tracks: list[str], last_hertz: float) -> None:
    """Play tracks one after the other, once they have been measured, and what AutoDJ has behind them."""

    def measured() -> bool:
        states = [studio.track(track)["measured"] for track in tracks]
        return set(states) == {"done"}

    await within(30, measured)
    for track in reversed(tracks):
        await asyncio.to_thread(studio.place, track, "next")
    await within(5, lambda: studio.queue()["applied"])
    await asyncio.to_thread(studio.skip)
    await within(60, lambda: studio.has_played(tracks[-1]))
    await asyncio.to_thread(recorder.wait_for_music, last_hertz)


def dip_db(samples: Block) -> float:
    """Return how far the quietest 25 ms are below the level of all."""
    step = RATE // 40
    parts = samples[: len(samples) // step * step].reshape(-1, step)
    return level_db(samples) - min(level_db(part) for part in parts)


async def test_quiet_loud_mono_and_stereo_tracks_are_equally_loud(
    studio: Studio, sounds: Sounds, listen: Callable[..., Recorder]
) -> None:
    filters = {950: "volume=-6dB", 1000: "volume=17dB", 1050: "aformat=channel_layouts=stereo"}
    paths = [sounds.tone(hertz, 10, filters=each, title=f"Tone {hertz}") for hertz, each in filters.items()]
    tracks = [await asyncio.to_thread(studio.upload_file, path) for path in paths]
    recorder = await asyncio.to_thread(listen)
    await play(studio, recorder, tracks, 1050)
    levels = {hertz: level_db(heard_of(recorder, hertz)) for hertz in filters}
    assert list(levels.values()) == pytest.approx([SINE_AT_TARGET_DB] * len(levels), abs=1.0), levels
    await asyncio.to_thread(studio.remove, *tracks)


async def heard_halves(studio: Studio, recorder: Recorder, sounds: Sounds, hertz: int, kind: str, album: str) -> Block:
    """Play the two halves of a tone of 24 s, cut at a sample, and return what was heard of it."""
    cuts = ["atrim=end=12", "atrim=start=12,asetpts=PTS-STARTPTS"]
    tracks = []
    for number, cut in enumerate(cuts):
        path = sounds.tone(hertz, 24, kind, f"volume=12dB,{cut}", title=f"Side {number}", album=album)
        tracks.append(await asyncio.to_thread(studio.upload_file, path))
    await play(studio, recorder, tracks, hertz)
    await asyncio.to_thread(studio.remove, *tracks)
    return heard_of(recorder, hertz)


WITHOUT_CROSSING_S = 15.0
"""Of the 24 s, two crossings of 2 s and twice the edges are left out; one more crossing makes it 14."""


@pytest.mark.parametrize(("kind", "hertz"), [("flac", 650), ("mp3", 700)])
async def test_a_record_goes_on_from_one_track_into_the_next_without_a_gap_and_without_a_fade(
    studio: Studio, sounds: Sounds, listen: Callable[..., Recorder], kind: str, hertz: int
) -> None:
    heard = await heard_halves(studio, await asyncio.to_thread(listen), sounds, hertz, kind, "Two Sides")
    assert len(heard) / RATE > WITHOUT_CROSSING_S
    assert dip_db(heard) < 0.3


async def test_tracks_of_no_album_are_crossed(studio: Studio, sounds: Sounds, listen: Callable[..., Recorder]) -> None:
    heard = await heard_halves(studio, await asyncio.to_thread(listen), sounds, 800, "wav", "")
    assert len(heard) / RATE < WITHOUT_CROSSING_S
