"""Puts the accounts feature together, with the refresh of the access cache and the retention job."""

from datetime import timedelta

from controlplane.access.refresh import AccessRefresh
from controlplane.features.accounts.http import AccountRoutes
from controlplane.features.accounts.retention import Retention
from controlplane.features.accounts.service import Accounts
from controlplane.kit import CalendarJob, Feature, Kit, Timer
from controlplane.protocol import accounts as protocol

REFRESH_INTERVAL_S = 1.0
RETENTION_INTERVAL = timedelta(hours=1)


def build(kit: Kit) -> Feature:
    """Build the feature."""
    authenticator = kit.guard.authenticator
    accounts = Accounts.build(kit.settings, authenticator)
    refresh = AccessRefresh(authenticator)
    retention = Retention(kit.settings, kit.engine, kit.clock)
    return Feature(
        name="accounts",
        service=accounts,
        routes=AccountRoutes(accounts, kit.guard.limiter, kit.settings.stations.creators).routes(),
        requests=[(protocol.AuthRefresh, kit.gateway.connected.refresh)],
        events=protocol.EVENTS,
        timers=[
            Timer("access refresh", REFRESH_INTERVAL_S, refresh.run_once),
            Timer("token expiry", REFRESH_INTERVAL_S, kit.gateway.connected.expire),
        ],
        calendar=[CalendarJob("retention", RETENTION_INTERVAL, retention.run_once)],
        prepare=[refresh.run_once],
    )
