"""Faults that only Postgres has. The service tests of everything in the database run on Postgres, too."""

import pytest

from controlplane.access.cache import AccessCache
from controlplane.db.engine import connect
from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import Upstream
from tests.support.running_stack import free_port


async def test_an_unreachable_postgres_is_an_upstream_error() -> None:
    engine = connect(f"postgresql+asyncpg://awaz@127.0.0.1:{free_port()}/postgres")
    with pytest.raises(Upstream):
        await Stations(engine, AccessCache(engine)).load()
    await engine.dispose()
