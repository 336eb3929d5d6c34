"""Our daemon as it is, with two figures more on /metrics: the SQL statements made so far, and those about people."""

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

ALL, PEOPLE = "awaz_bench_statements", "awaz_bench_people_statements"


def main() -> None:
    """Run the daemon the way it runs itself."""
    settings = context.settings()
    logs.configure(settings.log)
    migrate(settings.database_url)
    made, compose = Counter[str](), app.compose

    def note(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        made[ALL] += 1
        made[PEOPLE] += "FROM users" in text or "FROM members" in text

    def counted(*parts: Any) -> Daemon:  # noqa: ANN401 - whatever it takes
        daemon = compose(*parts)
        for name in (ALL, PEOPLE):
            daemon.kit.metrics.gauge(GaugeOf(name, "For the benchmark.", partial(made.__getitem__, name)))
        return daemon

    event.listen(Engine, "before_cursor_execute", note)
    with mock.patch.object(app, "compose", counted):
        asyncio.run(app.serve(settings))


if __name__ == "__main__":
    main()
