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


async def play(studio: Studio, listen: Callable[..., Recorder], tracks: list[str], last_hertz: float) -> Recorder:
    """Play tracks one after the other between others, and return the recorder that has heard them."""
    await within(30, lambda: {studio.track(track)["measured"] for track in tracks} == {"done"})
    # AutoDJ plays new tracks first, and may be playing one of them.
    other = await asyncio.to_thread(studio.any_track_but, tracks)
    placed = [other, *tracks, other]
    await asyncio.to_thread(studio.wait_for_the_middle_of_a_track)
    items = [(await asyncio.to_thread(studio.place, track, "next"))["item"] for track in reversed(placed)]
    await within(5, lambda: studio.queue()["applied"])
    await asyncio.to_thread(studio.skip)
    await within(20, lambda: studio.on_air() == items[-1])
    recorder = await asyncio.to_thread(listen)
    await asyncio.to_thread(studio.skip)
    await within(90, lambda: studio.on_air() == items[0])
    await asyncio.to_thread(recorder.wait_for_music, last_hertz)
    return recorder


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
    recorder = await play(studio, listen, tracks, 1050)
    levels = {hertz: level_db(heard_of(recorder, hertz)) for hertz in filters}
    assert list(levels.values()) == pytest.approx([SINE_AT_TARGET_DB] * len(levels), abs=1.0), levels


async def test_a_record_goes_on_from_one_track_into_the_next_without_a_gap(
    studio: Studio, sounds: Sounds, listen: Callable[..., Recorder]
) -> None:
    kinds, cuts = {"flac": 650, "mp3": 850}, ["atrim=end=8", "atrim=start=8,asetpts=PTS-STARTPTS"]
    tracks = []
    for kind, hertz in kinds.items():
        for number, cut in enumerate(cuts):
            path = sounds.tone(
                hertz, 16, kind, f"volume=12dB,{cut}", title=f"Side {number}", album=f"Two Sides, {kind}"
            )
            tracks.append(await asyncio.to_thread(studio.upload_file, path))
    recorder = await play(studio, listen, tracks, kinds["mp3"])
    dips = {kind: dip_db(heard_of(recorder, hertz)) for kind, hertz in kinds.items()}
    assert max(dips.values()) < 0.3, dips


async def test_tracks_are_crossed_unless_they_are_of_one_record(
    studio: Studio, sounds: Sounds, listen: Callable[..., Recorder]
) -> None:
    albums = {700: "Two Sides", 1400: "Two Sides", 900: "", 1800: ""}
    paths = [
        sounds.tone(hertz, 8, "wav", "volume=12dB", title=f"Tone {hertz}", album=albums[hertz]) for hertz in albums
    ]
    tracks = [await asyncio.to_thread(studio.upload_file, path) for path in paths]
    recorder = await play(studio, listen, tracks, 1800)

    def both(one: int, other: int) -> int:
        blocks = [block for _, block in recorder.blocks]
        return sum(energy_share(block, one) > 0.1 and energy_share(block, other) > 0.1 for block in blocks)

    assert both(700, 1400) <= 1
    assert both(900, 1800) >= 4
