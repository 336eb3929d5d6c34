"""How many listened to a broadcast: with the minute that is not over yet, and as long as that is kept. Pure."""

from dataclasses import replace

from controlplane.db.past import MINUTE_MS, Minute, PastBroadcast

KEPT_MS = 90 * 86_400_000
"""For as long, it is known how many listened to a broadcast, and what went wrong with it."""


def with_present(row: PastBroadcast, present: Minute) -> PastBroadcast:
    """Return a broadcast with the minute that is not over yet, if that is one of it."""
    began_later = row.started_at >= present.at + MINUTE_MS
    ended_before = row.ended_at is not None and row.ended_at <= present.at
    if began_later or ended_before:
        return row
    listened = (row.listener_minutes or 0) + present.listeners
    return replace(row, peak=max(row.peak or 0, present.peak), listener_minutes=listened)


def as_kept(row: PastBroadcast, now_ms: int) -> PastBroadcast:
    """Return a broadcast without its listeners if it began so long ago that some of them are not known any more."""
    return replace(row, peak=None, listener_minutes=None) if row.started_at < now_ms - KEPT_MS else row
