"""Every route of a daemon process, tried with what the OpenAPI document allows and with what it does not."""

import json
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from controlplane.protocol.endpoint import OCTETS, PICTURE
from tests.support.daemon_on_air import DaemonOnAir, daemon_on_air
from tests.support.daemon_process import unlimited
from tests.support.loopback import bearer
from tests.support.paths import PROJECT

FILES = "/uploads|/tracks$|/art$"
HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow]
reference = schemathesis.openapi.from_dict(json.loads((PROJECT / "docs/reference/openapi.json").read_text()))
finite = reference.exclude(path_regex="/events")
files = reference.include(path_regex=FILES)
logout = reference.include(path_regex="auth/logout")
upgrade = reference.include(path_regex="auth/upgrade")
skip = reference.include(path_regex="queue/skip")
others = finite.exclude(path_regex=f"auth/logout|queue/skip|{FILES}")
"""An admin who signs out everywhere would try the rest without a token."""


@schemathesis.serializer(OCTETS, PICTURE)
def serialized(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Send bytes as bytes, and anything else as its text."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="module")
def platform() -> Iterator[DaemonOnAir]:
    limits = unlimited("GUEST", "HANDSHAKE", "READ", "WRITE", "UPLOAD", "ACCOUNT", "LOGIN", "REFRESH")
    with daemon_on_air("owner", **limits) as started:
        started.daemon.awaz("user", "add", "root", "--admin")
        yield started


@pytest.fixture(scope="module")
def admin(platform: DaemonOnAir) -> dict[str, str]:
    return bearer(platform.daemon.token("root"))


def check_answer(case: schemathesis.Case[Any], url: str, headers: dict[str, str], *unchecked: CheckFunction) -> None:
    """Check that a request is answered as documented; bodies with a null, which counts as left out, are not tried."""
    hypothesis.assume(not isinstance(case.body, dict) or None not in case.body.values())
    case.call_and_validate(base_url=url, headers=headers, excluded_checks=list(unchecked))


@others.parametrize()
@settings(max_examples=10, suppress_health_check=HEALTH)
def test_an_admin_is_answered_as_documented(
    case: schemathesis.Case[Any], platform: DaemonOnAir, admin: dict[str, str]
) -> None:
    check_answer(case, platform.daemon.url, admin)


@finite.parametrize()
@settings(max_examples=3, suppress_health_check=HEALTH)
def test_a_request_without_a_token_is_answered_as_documented(
    case: schemathesis.Case[Any], platform: DaemonOnAir
) -> None:
    check_answer(case, platform.daemon.url, {})


@files.parametrize()
@settings(max_examples=10, suppress_health_check=HEALTH)
def test_an_admin_who_uploads_is_answered_as_documented(
    case: schemathesis.Case[Any], platform: DaemonOnAir, admin: dict[str, str]
) -> None:
    # A file that is no audio and an offset that does not fit are refused, which no schema can say; and any request may
    # have headers that are passed over.
    check_answer(case, platform.daemon.url, admin, positive_data_acceptance, negative_data_rejection)


@skip.parametrize()
@settings(max_examples=10, suppress_health_check=HEALTH)
def test_an_admin_who_skips_is_answered_as_documented(
    case: schemathesis.Case[Any], platform: DaemonOnAir, admin: dict[str, str]
) -> None:
    # The pipeline is a fake one without a socket, which is said by a 503.
    check_answer(case, platform.daemon.url, admin, not_a_server_error)


@logout.parametrize()
@settings(max_examples=10, suppress_health_check=HEALTH)
def test_guests_are_signed_out_as_documented(case: schemathesis.Case[Any], platform: DaemonOnAir) -> None:
    check_answer(case, platform.daemon.url, bearer(platform.daemon.guest()))


@upgrade.parametrize()
@settings(max_examples=10, suppress_health_check=HEALTH)
def test_guests_become_users_as_documented(case: schemathesis.Case[Any], platform: DaemonOnAir) -> None:
    # A password of one character repeated is refused, which the reference says in words alone.
    check_answer(case, platform.daemon.url, bearer(platform.daemon.guest()), positive_data_acceptance)


def test_the_daemon_logged_no_fault(platform: DaemonOnAir) -> None:
    assert "Traceback" not in platform.daemon.log()
