"""Comparisons of the logs of many clients: order, duplicates, contents and reported gaps."""

from collections.abc import Iterable
from itertools import pairwise

from tests.support.flaky_client import FlakyClient, Gap, Received


def out_of_order(client: FlakyClient) -> list[str]:
    """List where a client's log does not continue with the next event, except at a reported gap."""
    return [
        f"{before} was followed by {after}"
        for before, after in pairwise(client.log)
        if isinstance(after, Received) and (after.epoch, after.seq) != (before.epoch, before.seq + 1)
    ]


def conflicting_bodies(clients: Iterable[FlakyClient]) -> list[str]:
    """List positions whose event differs between clients."""
    first: dict[tuple[str, int], str] = {}
    entries = [entry for client in clients for entry in client.log if isinstance(entry, Received)]
    return [
        f"{entry.epoch}:{entry.seq} is {entry.body} and {known}"
        for entry in entries
        if (known := first.setdefault((entry.epoch, entry.seq), entry.body)) != entry.body
    ]


def received_positions(clients: Iterable[FlakyClient]) -> set[tuple[str, int]]:
    """Return the positions of all events that any client received."""
    return {(entry.epoch, entry.seq) for client in clients for entry in client.log if isinstance(entry, Received)}


def reported_gaps(clients: Iterable[FlakyClient]) -> int:
    """Return how many gaps were reported to clients after their first join."""
    return sum(isinstance(entry, Gap) for client in clients for entry in client.log[1:])
