"""`awaz stream-key …`"""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from controlplane.cli.context import out, settings, with_stations
from controlplane.features.stations.encoder import encoder_view

app = typer.Typer(help="Create, list and revoke stream keys.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="The station.")]


@app.command()
def new(
    slug: Slug,
    login: Annotated[str | None, typer.Argument(help="Username of the host it belongs to; else the owner's.")] = None,
    label: Annotated[str, typer.Option(help="Where it is used, such as: studio laptop.")] = "",
) -> None:
    """Create a stream key and show it, this once. Its user becomes a host there, unless they have another role."""
    record, key = with_stations(lambda stations: stations.new_key(slug, login, label))
    view = encoder_view(slug, settings().encoder_address, key)
    out.print(f"key:    {key}")
    out.print(f"host:   {record.host} ({record.login})")
    out.print(f"ffmpeg: {view.url}")
    out.print("It works within a second while the daemon runs. It is not kept and cannot be shown again.")


@app.command("list")
def list_(slug: Slug) -> None:
    """List a station's keys."""
    rows = Table("id", "host", "label", "created", "revoked")
    for key in with_stations(lambda stations: stations.keys(slug)):
        rows.add_row(key.id, f"{key.host} ({key.login})", key.label, _when(key.created_at), _when(key.revoked_at))
    out.print(rows)


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="The key's id, from the list.")]) -> None:
    """Revoke a key; an encoder that uses it is cut off within seconds."""
    with_stations(lambda stations: stations.revoke_key(key_id))
    out.print(f"key {key_id} revoked")


def _when(at_ms: int | None) -> str:
    return "" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")
