"""Web Push: which addresses are taken from strangers."""

from base64 import urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from structlog.testing import capture_logs

from controlplane.db.push import Subscription
from controlplane.features.push import rules
from controlplane.features.push import sender as sending
from controlplane.features.push.sender import PushSender
from controlplane.kernel.errors import InvalidInput
from controlplane.protocol.push import PushKeys, PushRequest

SERVICES = ("fcm.googleapis.com", "push.services.mozilla.com")
POINT = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def request(
    endpoint: str = "https://fcm.googleapis.com/wp/1", p256dh: str = text(POINT), auth: str = text(b"a" * 16)
) -> PushRequest:
    return PushRequest(endpoint=endpoint, keys=PushKeys(p256dh=p256dh, auth=auth), language="ur")


@pytest.mark.parametrize("host", ["fcm.googleapis.com", "updates.push.services.mozilla.com"])
def test_a_listed_push_service_and_those_below_it_are_taken(host: str) -> None:
    found = rules.subscription(request(f"https://{host}/wpush/v2/x"), SERVICES)
    assert (found.endpoint, found.language, len(found.id)) == (f"https://{host}/wpush/v2/x", "ur", 64)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://evil.example/#fcm.googleapis.com",
        "https://127.0.0.1/x",
        "http://127.0.0.1:8000/admin/killsource",
        "https://[fcm.googleapis.com/x",
        "https://fcm.googleapis.com:99999999/x",
        "file:///etc/passwd",
        "//fcm.googleapis.com/x",
        "https://fcm.googleapis.com/\x07x",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/\nx",
    ],
)
def test_any_other_address_is_refused(endpoint: str) -> None:
    with pytest.raises(InvalidInput, match="endpoint"):
        rules.subscription(request(endpoint), SERVICES)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [("AAAA", text(b"a" * 16)), (text(POINT), "AAAA"), ("A", text(b"a" * 16)), (text(POINT), "A")],
    ids=["another point", "short secret", "no point", "no base64"],
)
def test_keys_that_are_none_are_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(InvalidInput, match="keys"):
        rules.subscription(request(p256dh=p256dh, auth=auth), SERVICES)


@pytest.mark.parametrize(
    "kept",
    [
        Subscription("s1", "https://fcm.googleapis.com/\x07x", text(POINT), text(b"a" * 16), ""),
        Subscription("s1", "http://127.0.0.1:1/x", text(POINT), text(b"a" * 16), ""),
        Subscription("s1", "http://127.0.0.1:1/x", "A", "A", ""),
    ],
    ids=["no address", "nobody there", "no keys"],
)
async def test_a_browser_that_cannot_be_told_ends_nothing(kept: Subscription) -> None:
    sender = PushSender("ab" * 32, "")
    async with sending.client() as client:
        assert await sender.send(client, [(kept, b"{}")], lambda: True) == []


async def test_nobody_is_told_of_what_is_no_news_any_more() -> None:
    kept = Subscription("s1", "http://127.0.0.1:1/x", text(POINT), text(b"a" * 16), "")
    with capture_logs() as logs:
        async with sending.client() as client:
            await PushSender("ab" * 32, "").send(client, [(kept, b"{}")], lambda: True)
            await PushSender("ab" * 32, "").send(client, [(kept, b"{}")], lambda: False)
    assert [each["event"] for each in logs] == ["push_not_sent"]


def test_the_key_of_a_server_stays_the_same() -> None:
    first, again = (PushSender("ab" * 32, "https://radio.example").public_key for _ in range(2))
    assert first == again != PushSender("cd" * 32, "https://radio.example").public_key
    assert len(first) == 87
