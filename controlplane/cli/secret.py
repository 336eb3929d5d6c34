"""`awaz secret …`"""

from enum import StrEnum
from typing import Annotated

import typer

from controlplane.cli.context import out, settings
from controlplane.runtime.paths import Paths
from controlplane.runtime.secrets import rotate

app = typer.Typer(help="Replace secrets.", no_args_is_help=True)


class Name(StrEnum):
    """A secret that can be replaced while everything runs."""

    TOKENS = "tokens"


@app.callback()
def group() -> None:
    """Keep `rotate` a command of its own."""


@app.command("rotate")
def rotate_(name: Annotated[Name, typer.Argument(help="tokens: what access tokens are signed with.")]) -> None:
    """Replace a secret. Tokens signed with the old one are accepted until the next rotation: nobody is signed out."""
    rotate(Paths.of(settings()).secrets, name.value)
    out.print(f"{name.value}: replaced; a running daemon takes it over within a second")
