"""`awaz station …`"""

import time
from pathlib import Path
from typing import Annotated

import httpx
import typer
from pydantic import ValidationError
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.cli.context import out, settings, with_database, with_stations
from controlplane.db import stations as table
from controlplane.db.engine import reading
from controlplane.features.library.service import build_library
from controlplane.features.stations.service import Stations
from controlplane.kernel.audit import CONSOLE
from controlplane.kernel.errors import InvalidInput
from controlplane.kernel.mounts import ingest_mount, public_mount
from controlplane.kernel.stations import NewStation, StationRow
from controlplane.protocol.errors import explain
from controlplane.protocol.stations import StationPatch

ON_AIR_WITHIN_S = 20.0

app = typer.Typer(help="Create, change, list and remove stations.", no_args_is_help=True)


@app.command()
def add(  # noqa: PLR0917 - Typer makes them named options
    slug: Annotated[str, typer.Argument(help="1 to 40 of a-z, 0-9 and -; it names the mounts.")],
    name: Annotated[str, typer.Option(help="Display name.")] = "",
    description: Annotated[str, typer.Option(help="One line about it.")] = "",
    bitrate: Annotated[int, typer.Option(help="Bitrate of the public mount in kbit/s.")] = 128,
    timezone: Annotated[str, typer.Option(help="Time zone, such as Asia/Karachi.")] = "UTC",
    language: Annotated[str, typer.Option(help="Language of its page, such as ur; by default each visitor's.")] = "",
    owner: Annotated[str | None, typer.Option(help="Username of the owner.")] = None,
    wait: Annotated[bool, typer.Option(help="Wait until it is on air.")] = True,
) -> None:
    """Create a station and put it on air."""
    new = NewStation(
        slug=slug, name=name, description=description, bitrate_kbps=bitrate, language=language, timezone=timezone
    )
    with_stations(lambda stations: stations.add(new, owner))
    out.print(f"station {slug}: encoders push to {ingest_mount(slug)}, listeners hear {public_mount(slug)}")
    if wait:
        _wait_on_air(slug)


@app.command("set")
def set_(  # noqa: PLR0917 - Typer makes them named options
    slug: Annotated[str, typer.Argument(help="The station to change.")],
    name: Annotated[str | None, typer.Option(help="Display name.")] = None,
    description: Annotated[str | None, typer.Option(help="One line about it.")] = None,
    bitrate: Annotated[int | None, typer.Option(help="Bitrate of the public mount in kbit/s.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone, such as Asia/Karachi.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of its page, such as ur.")] = None,
    link: Annotated[list[str] | None, typer.Option(help="A link on its page, as name=URL; again for more.")] = None,
    auto_live: Annotated[bool | None, typer.Option(help="Whether an encoder is on air as soon as it connects.")] = None,
    auto_stop: Annotated[
        bool | None, typer.Option(help="Whether a broadcast ends when its encoder does not come back in time.")
    ] = None,
    dead_air: Annotated[
        int | None, typer.Option(help="Seconds of silence after which music plays; 0 for never.")
    ] = None,
) -> None:
    """Change a station's settings; what is left out stays. Another bitrate interrupts it for some seconds."""
    asked = {
        "name": name,
        "description": description,
        "bitrate_kbps": bitrate,
        "timezone": timezone,
        "language": language,
        "links": None if link is None else [_link(text) for text in link if text],
        "auto_live": auto_live,
        "auto_stop": auto_stop,
        "dead_air_s": dead_air,
    }
    try:
        request = StationPatch.model_validate({key: value for key, value in asked.items() if value is not None})
    except ValidationError as error:
        raise InvalidInput(explain(error)) from None
    with_stations(lambda stations: stations.change(slug, request, CONSOLE))
    out.print(f"station {slug} changed")


@app.command()
def picture(
    slug: Annotated[str, typer.Argument(help="The station.")],
    file: Annotated[Path | None, typer.Argument(help="A JPEG, PNG, WebP or GIF.", exists=True, dir_okay=False)] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the picture away.")] = False,
) -> None:
    """Give a station a picture, or take it away."""
    if (file is None) is not remove:
        raise InvalidInput("give either a file or --remove")

    async def work(stations: Stations) -> None:
        library = build_library(settings(), stations.engine)
        library.store.prepare()
        await library.replace_art(file, lambda art: stations.set_art(slug, art, CONSOLE))

    with_stations(work)
    out.print(f"station {slug} changed")


def _link(text: str) -> dict[str, str]:
    name, equals, url = text.partition("=")
    if not equals:
        raise InvalidInput(f"{text!r} is no link: write name=URL")
    return {"name": name, "url": url}


@app.command("list")
def list_() -> None:
    """List the stations."""
    rows = Table("slug", "name", "kbit/s", "public mount", "ingest mount")

    async def work(engine: AsyncEngine) -> list[StationRow]:
        async with reading(engine) as connection:
            return await table.everything(connection)

    for row in with_database(work):
        rows.add_row(row.slug, row.name, str(row.bitrate_kbps), public_mount(row.slug), ingest_mount(row.slug))
    out.print(rows)


@app.command()
def remove(
    slug: Annotated[str, typer.Argument(help="The station to remove.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take a station off air and remove it with its keys, its history and its tracks."""
    if not yes:
        typer.confirm(f"Remove station {slug} with its keys, its history and its tracks?", abort=True)
    with_stations(lambda stations: stations.remove(slug))
    out.print(f"station {slug} removed")


def _wait_on_air(slug: str) -> None:
    url = f"http://127.0.0.1:{settings().http.port}/api/v1/stations/{slug}/now-playing"
    deadline = time.monotonic() + ON_AIR_WITHIN_S
    with out.status("waiting for it to be on air…"):
        while time.monotonic() < deadline:
            try:
                answer = httpx.get(url, timeout=2.0, trust_env=False)
            except httpx.ConnectError:
                out.print("the daemon is not running: the station will be on air when it is")
                return
            if answer.status_code == httpx.codes.OK and answer.json()["on_air"] != "offair":
                out.print(f"on air: {answer.json()['station']['stream_url']}")
                return
            time.sleep(0.3)  # a command of its own process, with no loop to hold up
    out.print(f"not on air after {ON_AIR_WITHIN_S:.0f} s: see the daemon's log")
    raise typer.Exit(1)
