"""supervisord's configuration of the whole stack."""

import sys
from pathlib import Path

from controlplane.runtime.paths import Paths
from controlplane.stack.checks import ICECAST
from controlplane.supervisor.programs import program

OPEN_FILES = 23_000
"""Ten thousand listeners and as many sockets; lowered to what the system allows us."""


def configuration(paths: Paths, config: Path | None, open_files: int) -> str:
    """Return supervisord.conf: Icecast first, then the daemon; pipelines are included from their own files."""
    serve = f"{sys.executable} -m controlplane serve" + (f" --config {config}" if config else "")
    head = f"""[supervisord]
logfile={paths.logs / "supervisord.log"}
pidfile={paths.root / "run" / "supervisord.pid"}
minfds={open_files}
nodaemon=true
silent=true
identifier=awaz

[unix_http_server]
file={paths.supervisord_socket}
chmod=0600

[supervisorctl]
serverurl=unix://{paths.supervisord_socket}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[include]
files={paths.programs}/*.conf
"""
    icecast = program("icecast", f"{ICECAST} -c {paths.icecast_xml}", paths, options="priority=10\nstopwaitsecs=6")
    daemon = program("daemon", serve, paths, options="priority=20\nstopwaitsecs=8")
    return "\n".join([head.replace("%", "%%"), icecast, daemon])
