"""Names and keys of stations."""

import pytest

from controlplane.errors import InvalidInput
from controlplane.stations import rules


@pytest.mark.parametrize("slug", ["a", "jazz-24", "0", "a" * 40])
def test_a_slug_that_can_be_one_is_taken(slug: str) -> None:
    assert rules.check_slug(slug) == slug


@pytest.mark.parametrize("slug", ["", "A", "a b", "a/b", "../a", "a" * 41, "ü", "offair", "a\n"])
def test_a_slug_that_cannot_is_refused(slug: str) -> None:
    with pytest.raises(InvalidInput):
        rules.check_slug(slug)


def test_mounts_and_slugs_name_each_other() -> None:
    assert rules.slug_of_ingest(rules.ingest_mount("jazz")) == "jazz"
    assert [rules.slug_of_ingest(mount) for mount in ("/jazz.mp3", "/ingest/", "/ingest/a/b", "/ingest/A")] == [
        None
    ] * 4


def test_a_stream_key_has_160_random_bits_and_is_kept_as_a_hash() -> None:
    assert len(bytes.fromhex(rules.new_key())) * 8 == 160
    assert rules.new_key() != rules.new_key()
    assert rules.key_hash("k") == "8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a"


def test_each_mount_has_a_password_of_its_own() -> None:
    assert rules.mount_password("s", "/a.mp3") != rules.mount_password("s", "/b.mp3")
