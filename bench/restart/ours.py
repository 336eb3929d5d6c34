"""The daemon with two more metrics: all SQL statements, and those about users and members."""

import asyncio
from collections import Counter
from functools import partial
from typing import Any
from unittest import mock

from sqlalchemy import Engine, event

from controlplane.app import compose as app
from controlplane.app.daemon import Daemon
from controlplane.cli import context
from controlplane.db.engine import migrate
from controlplane.runtime import logs
from controlplane.runtime.metrics import GaugeOf

ALL, USERS = "awaz_bench_statements", "awaz_bench_user_statements"


def main() -> None:
    """Run the daemon as `awaz serve` does."""
    settings = context.settings()
    logs.configure(settings.log)
    migrate(settings.database_url)
    counts, compose = Counter[str](), app.compose

    def count(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        counts[ALL] += 1
        counts[USERS] += "FROM users" in text or "FROM members" in text

    def compose_counted(*parts: Any) -> Daemon:  # noqa: ANN401 - the arguments of compose
        daemon = compose(*parts)
        for name in (ALL, USERS):
            daemon.kit.metrics.gauge(GaugeOf(name, "For the benchmark.", partial(counts.__getitem__, name)))
        return daemon

    event.listen(Engine, "before_cursor_execute", count)
    with mock.patch.object(app, "compose", compose_counted):
        asyncio.run(app.serve(settings))


if __name__ == "__main__":
    main()
