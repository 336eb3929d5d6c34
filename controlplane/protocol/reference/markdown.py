"""The references for people, as Markdown: settings, and permissions."""

from collections.abc import Iterable

from pydantic.fields import FieldInfo

from controlplane.kernel.permissions import ALL_ROLES, STATION_ROLES, Permission, allows
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Request
from controlplane.protocol.endpoint import Endpoint
from controlplane.runtime.config import ENV_PREFIX, Settings
from controlplane.runtime.sections import Section


def configuration() -> str:
    """Return the page of all settings as Markdown."""
    lines = [
        "# Configuration",
        "",
        "Made by `awaz docs` from `controlplane/runtime/config.py`. Each source overrides the ones",
        "before it: default, `awaz.toml`, environment, a file named by the variable with `_FILE` at its end.",
        "",
        "| setting | variable | default | what it is |",
        "| --- | --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, Section):
            lines += [_setting((name, inner), about) for inner, about in section.model_fields.items()]
        else:
            lines.append(_setting((name,), field))
    return "\n".join(lines) + "\n"


def permissions(routes: Iterable[Endpoint], requests: Iterable[type[Request]]) -> str:
    """Return the permission and quota of every route and request, and the roles that have it, as Markdown."""
    asked: list[tuple[str, Permission, Quota]] = [
        *((f"`{route.method} {route.path}`", route.permission, route.quota) for route in routes),
        *((f"`{request.name}`", request.permission, request.quota) for request in requests),
    ]
    lines = [
        "# Permissions",
        "",
        "Made by `awaz docs` from `controlplane/kernel/permissions.py`, the routes and the events. Roles come from the",
        "database; owner, host, moderator and listener are roles at one station, and count there only. How often, by",
        "quota, is set under `limits` in [configuration.md](configuration.md). Members can give up their own",
        "role (`DELETE …/members/{id}`); removing someone else's needs `station:manage_members`.",
        "",
        f"| route or event | permission | quota | {' | '.join(ALL_ROLES)} |",
        f"| --- | --- | --- |{' --- |' * len(ALL_ROLES)}",
    ]
    for name, permission, quota in sorted(asked):
        may = " | ".join("yes" if _holds(role, permission) else "" for role in ALL_ROLES)
        lines.append(f"| {name} | `{permission}` | `{quota}` | {may} |")
    return "\n".join(lines) + "\n"


def _holds(role: str, permission: Permission) -> bool:
    # Whoever has a role at a station is a user, too.
    return allows(frozenset({role, "user"} if role in STATION_ROLES else {role}), permission)


def _setting(path: tuple[str, ...], field: FieldInfo) -> str:
    variable = ENV_PREFIX + "__".join(path).upper()
    default = field.get_default(call_default_factory=True, validated_data={})
    shown = "" if default in ("", []) else f"`{default}`"
    return f"| `{'.'.join(path)}` | `{variable}` | {shown} | {field.description or ''} |"
