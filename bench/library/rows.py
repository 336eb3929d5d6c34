"""Libraries of many tracks, written straight into a database: their files would take days to make."""

import sqlite3
from base64 import b64encode
from dataclasses import asdict
from pathlib import Path
from random import Random

from controlplane.features.library.rules import Keys
from controlplane.kernel.tracks import TrackRow

LATIN = ["lamp", "river", "night", "bus", "rain", "café", "łódź", "song", "light", "road", "city", "morning"]
WORDS = [*LATIN, "شام", "ستارہ", "غزل", "محبت"]

FINGERPRINT_BYTES = 3800
"""Of two minutes: eight numbers of 32 bits a second."""


def add_rows(database: Path, slug: str, count: int) -> None:
    """Add tracks to a station; they are marked as unplayable, so that nobody plans to play them."""
    chance = Random(count)
    with sqlite3.connect(database, timeout=60) as connection:
        [station] = connection.execute("SELECT id FROM stations WHERE slug = ?", [slug]).fetchone()
        rows = [asdict(_row(station, number, chance)) for number in range(count)]
        names = list(rows[0])
        marks = ", ".join("?" * len(names))
        connection.executemany(
            f"INSERT INTO tracks ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 - names of our own fields
            [[row[name] for name in names] for row in rows],
        )
        fingerprints = [(row["id"], b64encode(chance.randbytes(FINGERPRINT_BYTES)).decode()) for row in rows]
        connection.executemany("INSERT INTO fingerprints (track_id, numbers) VALUES (?, ?)", fingerprints)


def _row(station: str, number: int, chance: Random) -> TrackRow:
    title, artist, album = (" ".join(chance.choices(WORDS, k=3)) for _ in range(3))
    file_name = f"{number:06} {title}.mp3"
    keys = Keys.of(title, artist, album, "", file_name)
    return TrackRow(
        id=f"{number:016x}{station[:8]}", station_id=station, sha256=f"{number:064x}", format="mp3", size=5_000_000,
        file_name=file_name, title=title, artist=artist, album=album, genre="", year=None, isrc="", label="",
        duration_ms=200_000, codec="mp3", bitrate_kbps=192, art="", title_key=keys.title, artist_key=keys.artist,
        search=keys.search, added_by="bench", added_at=1_767_225_600_000 + number, measured="done",
        problem="there is no file",
    )  # fmt: skip
