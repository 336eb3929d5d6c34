"""`awaz secret …`"""

from enum import StrEnum
from typing import Annotated

import typer

from controlplane.cli.house import out, settings
from controlplane.paths import Paths
from controlplane.vault import rotate

app = typer.Typer(help="Replace secrets.", no_args_is_help=True)


class Name(StrEnum):
    """A secret that can be replaced while everything runs."""

    TOKENS = "tokens"


@app.callback()
def group() -> None:
    """Keep `rotate` a command of its own."""


@app.command("rotate")
def rotate_(name: Annotated[Name, typer.Argument(help="tokens: what access tokens are signed with.")]) -> None:
    """Replace a secret. What was made with the old one is accepted until the next time: nobody is signed out."""
    rotate(Paths.of(settings()).secrets, name.value)
    out.print(f"{name.value}: replaced; a running daemon takes it over within a second")
