"""The `awaz` command. The daemon and the stack are imported by the commands that run them: they take a second."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console

from controlplane.cli import context, secret, station, stream_key, track, user
from controlplane.db.engine import migrate as migrate_database
from controlplane.kernel.errors import AwazError, ConfigError
from controlplane.runtime import logs

log = structlog.get_logger()

cli = typer.Typer(
    help="Awaz Pulse: the control plane beside Icecast.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.add_typer(station.app, name="station")
cli.add_typer(track.app, name="track")
cli.add_typer(stream_key.app, name="stream-key")
cli.add_typer(user.app, name="user")
cli.add_typer(secret.app, name="secret")


@cli.callback()
def options(config: Annotated[Path | None, typer.Option(help="Configuration file.", metavar="FILE")] = None) -> None:
    """Read the options that all commands share."""
    context.choose_config(config)


@cli.command()
def serve() -> None:
    """Run the daemon."""
    from controlplane.app import compose as daemon

    settings = context.settings()
    logs.configure(settings.log)
    migrate_database(settings.database_url)
    try:
        asyncio.run(daemon.serve(settings))
    except ExceptionGroup as error:  # the task group of the daemon wraps whatever ended it
        log.critical("daemon_failed", exc_info=error)
        raise typer.Exit(1) from error


@cli.command()
def up() -> None:
    """Run the whole stack in the foreground, with a demo station on air."""
    from controlplane.cli.composed import compose_only
    from controlplane.stack.up import Stack

    settings = context.settings()
    compose_only(settings)
    raise typer.Exit(Stack(settings, context.config_file(), Console(soft_wrap=True)).run())


@cli.command()
def check() -> None:
    """Check the configuration, and whether everything can be reached."""
    from controlplane.cli.composed import compose_only
    from controlplane.stack import checks

    settings = context.settings()
    compose_only(settings)
    problems = checks.programs(settings) + checks.template(settings) + asyncio.run(checks.reachable(settings))
    for problem in problems:
        context.out.print(f"awaz: {problem}")
    if problems:
        raise typer.Exit(1)
    context.out.print("everything is in order")


@cli.command()
def token(
    login: Annotated[str, typer.Argument(help="The user's username.")],
    lifetime: Annotated[int | None, typer.Option(help="Seconds it lives.", min=1, max=86400)] = None,
) -> None:
    """Issue an access token, for tests and integrations."""
    context.out.print(context.with_accounts(lambda accounts: accounts.token_for(login, lifetime)))


@cli.command()
def migrate() -> None:
    """Bring the database up to date."""
    migrate_database(context.settings().database_url)
    context.out.print("the database is up to date")


@cli.command()
def docs(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if a file is not up to date.")] = False,
) -> None:
    """Write the generated references to docs/reference."""
    from controlplane.cli import references

    if check:
        stale = references.stale()
        if stale:
            raise ConfigError([f"{path} is not up to date: run `make docs`" for path in stale])
        return
    for path in references.write():
        context.out.print(path)


def main() -> None:
    """Run, and print an error as one sentence."""
    os.umask(0o077)
    try:
        cli()
    except ConfigError as error:
        for problem in error.problems:
            print(f"awaz: {problem}", file=sys.stderr)  # noqa: T201 - the command's own voice
        sys.exit(2)
    except (AwazError, OSError) as error:
        print(f"awaz: {error}", file=sys.stderr)  # noqa: T201 - the command's own voice
        sys.exit(1)


if __name__ == "__main__":
    main()
