"""`awaz user …`"""

import secrets
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.cli.context import out, with_accounts, with_database
from controlplane.db import users
from controlplane.db.engine import reading
from controlplane.db.users import User

app = typer.Typer(help="Create, list and change users.", no_args_is_help=True)


class PlatformRole(StrEnum):
    """A user's role on the platform."""

    ADMIN = "admin"
    USER = "user"


ROLES = {PlatformRole.ADMIN: "an admin", PlatformRole.USER: "a user"}

Login = Annotated[str, typer.Argument(help="The user's username.")]
PASSWORD_BYTES = 12


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="Display name.")] = "",
    admin: Annotated[bool, typer.Option("--admin", help="Let them manage every station and user.")] = False,
) -> None:
    """Create a user with a random password, shown this once."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    role = "admin" if admin else "user"
    with_accounts(lambda accounts: accounts.add_user(login, name or login, role, password))
    out.print(f"user {login}, password: {password}")


@app.command("list")
def list_() -> None:
    """List the users."""
    rows = Table("username", "name", "role")

    async def work(engine: AsyncEngine) -> list[User]:
        async with reading(engine) as connection:
            return await users.all_users(connection)

    for user in with_database(work):
        rows.add_row(user.login, user.name, user.role)
    out.print(rows)


@app.command()
def role(
    login: Login,
    role: Annotated[PlatformRole, typer.Argument(help="admin or user.")],
) -> None:
    """Change a user's role on the platform; open connections follow within seconds."""
    with_accounts(lambda accounts: accounts.set_role(login, role.value))
    out.print(f"{login} is now {ROLES[role]}")


@app.command()
def rename(
    login: Login,
    to: Annotated[str, typer.Argument(help="The new username.")],
) -> None:
    """Change a user's username. Works on a database that is not up to date, too."""
    with_accounts(lambda accounts: accounts.rename(login, to), up_to_date=False)
    out.print(f"renamed {login} to {to}")


@app.command()
def password(login: Login) -> None:
    """Set a new random password, shown this once; all sessions end."""
    new = secrets.token_urlsafe(PASSWORD_BYTES)
    with_accounts(lambda accounts: accounts.set_password(login, new))
    out.print(f"user {login}, password: {new}")
