"""`awaz track …`"""

from collections.abc import Awaitable, Callable
from mimetypes import guess_type
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.table import Column, Table
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.cli.context import out, settings, with_database
from controlplane.db import stations
from controlplane.db.engine import reading
from controlplane.features.library.rules import words
from controlplane.features.library.service import Library, build_library
from controlplane.kernel.audit import CONSOLE
from controlplane.kernel.errors import InvalidInput, NoSpace, NotFound
from controlplane.kernel.stations import StationRow
from controlplane.kernel.tracks import Listing

T = TypeVar("T")

app = typer.Typer(help="Add, list and remove tracks of a station.", no_args_is_help=True)
Slug = Annotated[str, typer.Argument(help="The station.")]


@app.command()
def add(
    slug: Slug,
    files: Annotated[list[Path], typer.Argument(help="Audio files; of a folder, all files in it.", exists=True)],
) -> None:
    """Add audio files to a station's library; AutoDJ plays them. The files themselves stay where they are."""
    found = sorted(each.resolve() for path in files for each in (_of_folder(path) if path.is_dir() else [path]))

    async def work(library: Library, station: StationRow) -> int:
        refused = 0
        for path in found:
            if path.is_file():
                refused += not await _add(library, station, path)
        return refused

    if _with_library(slug, work):
        raise typer.Exit(1)


def _of_folder(folder: Path) -> list[Path]:
    """List the files of a folder without the pictures, lists and the like that come with music."""
    return [path for path in folder.rglob("*") if _may_be_audio(path)]


def _may_be_audio(path: Path) -> bool:
    kind, _ = guess_type(path)
    is_known = kind is not None and not kind.startswith(("audio/", "video/", "application/ogg"))
    return not path.name.startswith(".") and not is_known


async def _add(library: Library, station: StationRow, path: Path) -> bool:
    try:
        track = await library.add_copy(station, path, CONSOLE)
    except (InvalidInput, NoSpace) as error:
        out.print(f"{path.name}: {error}", style="red", markup=False)
        return False
    out.print(f"{track.id}  {track.artist + ' – ' if track.artist else ''}{track.title}", markup=False)
    return True


@app.command("list")
def list_(
    slug: Slug,
    search: Annotated[str, typer.Option(help="Words of title, artist, album, genre or file name.")] = "",
    limit: Annotated[int, typer.Option(help="The greatest number of tracks to list.", min=1)] = 200,
) -> None:
    """List a station's tracks, the newest first."""
    # An id that is cut is of no use.
    table = Table(Column("id", no_wrap=True, min_width=24), "title", "artist", "length", "LUFS", "problem")

    async def work(library: Library, station: StationRow) -> int:
        rows, counts = await library.page(station, Listing(words=words(search), limit=limit))
        for row in rows:
            minutes, seconds = divmod(round(row.duration_ms / 1000), 60)
            loudness = "" if row.loudness_lufs is None else f"{row.loudness_lufs:.1f}"
            table.add_row(row.id, row.title, row.artist, f"{minutes}:{seconds:02}", loudness, row.problem)
        return counts.listed

    total = _with_library(slug, work)
    out.print(table)
    out.print("1 track" if total == 1 else f"{total} tracks")


@app.command()
def remove(slug: Slug, ids: Annotated[list[str], typer.Argument(help="The ids of the tracks.")]) -> None:
    """Remove tracks of a station, with their files."""

    async def work(library: Library, station: StationRow) -> None:
        removed = [row.id for row in await library.remove(station, ids, CONSOLE)]
        for track_id in removed:
            out.print(f"{track_id} removed")
        if missing := [track_id for track_id in ids if track_id not in removed]:
            raise NotFound(f"there is no track {', '.join(missing)}")

    _with_library(slug, work)


def _with_library(slug: str, work: Callable[[Library, StationRow], Awaitable[T]]) -> T:
    async def run(engine: AsyncEngine) -> T:
        library = build_library(settings(), engine)
        library.store.prepare()
        async with reading(engine) as connection:
            station = await stations.require(connection, slug)
        return await work(library, station)

    return with_database(run)
