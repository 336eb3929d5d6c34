"""Every route of a daemon process, tried with what the OpenAPI document allows and with what it does not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from tests.support.daemon_on_air import DaemonOnAir, daemon_on_air
from tests.support.daemon_process import unlimited
from tests.support.loopback import bearer
from tests.support.running_stack import PROJECT

HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow]
reference = schemathesis.openapi.from_dict(json.loads((PROJECT / "docs/reference/openapi.json").read_text()))
finite = reference.exclude(path_regex="/events")
logout = reference.include(path_regex="auth/logout")
others = finite.exclude(path_regex="auth/logout")
"""An admin who signs out everywhere would try the rest without a token."""


@pytest.fixture(scope="module")
def platform() -> Iterator[DaemonOnAir]:
    limits = unlimited("GUEST", "HANDSHAKE", "READ", "WRITE", "ACCOUNT", "LOGIN", "REFRESH")
    with daemon_on_air("owner", **limits) as started:
        started.daemon.awaz("user", "add", "root", "--admin")
        yield started


@pytest.fixture(scope="module")
def admin(platform: DaemonOnAir) -> dict[str, str]:
    return bearer(platform.daemon.token("root"))


@others.parametrize()
@settings(max_examples=10, suppress_health_check=HEALTH)
def test_an_admin_is_answered_as_documented(
    case: schemathesis.Case[Any], platform: DaemonOnAir, admin: dict[str, str]
) -> None:
    case.call_and_validate(base_url=platform.daemon.url, headers=admin)


@finite.parametrize()
@settings(max_examples=3, suppress_health_check=HEALTH)
def test_a_request_without_a_token_is_answered_as_documented(
    case: schemathesis.Case[Any], platform: DaemonOnAir
) -> None:
    case.call_and_validate(base_url=platform.daemon.url)


@logout.parametrize()
@settings(max_examples=10, suppress_health_check=HEALTH)
def test_guests_are_signed_out_as_documented(case: schemathesis.Case[Any], platform: DaemonOnAir) -> None:
    case.call_and_validate(base_url=platform.daemon.url, headers=bearer(platform.daemon.guest()))


def test_the_daemon_logged_no_fault(platform: DaemonOnAir) -> None:
    assert "Traceback" not in platform.daemon.log()
