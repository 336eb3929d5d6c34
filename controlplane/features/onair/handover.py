"""The handover: a daemon that stops leaves each station's logs to the one that starts next (ADR 14)."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import handover as table
from controlplane.db.engine import writing
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict, Upstream
from controlplane.kernel.stations import StationRow
from controlplane.live.broker import Entry, LogId, LogState, MemoryBroker, Position
from controlplane.live.message import recovered
from controlplane.protocol.delivery import Log

log = structlog.get_logger()

ENVELOPE = ("station", "epoch", "seq", "at")


@dataclass(frozen=True, slots=True)
class Handover:
    """Takes logs over and leaves them. `owner` is this daemon, to the ones before and after it."""

    engine: AsyncEngine
    broker: MemoryBroker
    clock: Clock
    owner: str = field(default_factory=lambda: secrets.token_hex(16))

    async def take(self, row: StationRow) -> None:
        """Go on with a station's logs where the daemon before left them, if it did."""
        for kind in Log:
            await self._take(row, kind)

    async def leave(self, rows: list[StationRow]) -> None:
        """Leave the stations' logs to the daemon that starts next; nothing may be published any more."""
        try:
            async with writing(self.engine) as connection:
                now = self.clock.now_ms()
                for row in rows:
                    for kind in Log:
                        log_id = LogId(row.slug, kind)
                        state = self.broker.export_state(log_id)
                        events = [orjson.loads(recovered(log_id, entry)) for entry in state.entries]
                        left = state.epoch, state.seq, events
                        await table.leave(connection, (row.id, kind), self.owner, now, left)
        except (Upstream, Conflict) as error:
            log.warning("handover_not_saved", reason=str(error))

    async def _take(self, row: StationRow, kind: Log) -> None:
        try:
            async with writing(self.engine) as connection:
                since_ms = self.clock.now_ms() - round(kind.retention.seconds * 1000)
                left = await table.take(connection, (row.id, kind), self.owner, since_ms)
        except (Upstream, Conflict) as error:
            # Listeners are told that they may have missed something, and the station goes on air all the same.
            log.warning("handover_not_taken", station=row.slug, log=kind, reason=str(error))
            return
        if left is not None:
            epoch, seq, events = left
            self.broker.import_state(LogId(row.slug, kind), LogState(epoch, seq, [_entry(event) for event in events]))


def _entry(event: dict[str, Any]) -> Entry:
    data = event["data"]
    body = {name: value for name, value in data.items() if name not in ENVELOPE}
    return Entry(Position(data["epoch"], data["seq"], data["at"]), event["event"], orjson.dumps(body))
