"""Holds the logs of many clients against each other: what was told, in which order, and what was said of the rest."""

from collections.abc import Iterable
from itertools import pairwise

from tests.support.flaky_client import FlakyClient, Gap, Told


def out_of_order(client: FlakyClient) -> list[str]:
    """List where a client's log does not go on with the next event, unless it was told of a gap there."""
    return [
        f"{before} was followed by {after}"
        for before, after in pairwise(client.log)
        if isinstance(after, Told) and (after.epoch, after.seq) != (before.epoch, before.seq + 1)
    ]


def conflicting_bodies(clients: Iterable[FlakyClient]) -> list[str]:
    """List the events of one number that are not the same for everybody."""
    first: dict[tuple[str, int], str] = {}
    entries = [entry for client in clients for entry in client.log if isinstance(entry, Told)]
    return [
        f"{entry.epoch}:{entry.seq} is {entry.body} and {known}"
        for entry in entries
        if (known := first.setdefault((entry.epoch, entry.seq), entry.body)) != entry.body
    ]


def told(clients: Iterable[FlakyClient]) -> set[tuple[str, int]]:
    """Return the numbers of all events that anybody was told."""
    return {(entry.epoch, entry.seq) for client in clients for entry in client.log if isinstance(entry, Told)}


def gaps(clients: Iterable[FlakyClient]) -> int:
    """Return how often a client was told of a gap, beyond its first time."""
    return sum(isinstance(entry, Gap) for client in clients for entry in client.log[1:])
