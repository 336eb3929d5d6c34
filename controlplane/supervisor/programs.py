"""supervisord's configuration of one program."""

from controlplane.runtime.files import account
from controlplane.runtime.paths import Paths


def kept_alive(command: str) -> str:
    """Return a command that starts `command` again as soon as it ends, and that takes it along when it is killed.

    supervisord looks at its programs once a second and needs two looks; of five seconds that is too much.
    """
    return f"/bin/sh -c 'while :; do setpriv --pdeathsig KILL {command}; sleep 0.2; done'"


def program(
    name: str,
    command: str,
    paths: Paths,
    *,
    user: str = "",
    environment: dict[str, str] | None = None,
    options: str = "",
) -> str:
    """Write one `[program:…]` section for supervisord."""
    lines = [
        f"[program:{name}]",
        f"command={command}",
        f"stdout_logfile={paths.logs / name}.log",
        "redirect_stderr=true",
        "stdout_logfile_maxbytes=5MB",
        "stdout_logfile_backups=1",
        "autorestart=true",
        "startretries=1000000",
        "startsecs=1",
        "stopasgroup=true",
        "killasgroup=true",
        *([f"user={user}"] if account(user) else []),
        *([f"environment={_environment(environment)}"] if environment else []),
        *([options] if options else []),
    ]
    # supervisord expands %(…)s in every value.
    return "\n".join(line.replace("%", "%%") for line in lines) + "\n"


def _environment(values: dict[str, str]) -> str:
    return ",".join(f'{name}="{value}"' for name, value in values.items())
