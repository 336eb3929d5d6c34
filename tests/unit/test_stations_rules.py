"""Slugs, mounts and stream keys of stations."""

import pytest

from controlplane.features.stations import rules
from controlplane.kernel import mounts
from controlplane.kernel.errors import InvalidInput
from controlplane.kernel.tokens import token_hash


@pytest.mark.parametrize("slug", ["a", "jazz-24", "0", "a" * 40])
def test_valid_slugs_are_accepted(slug: str) -> None:
    assert rules.check_slug(slug) == slug


@pytest.mark.parametrize("slug", ["", "A", "a b", "a/b", "../a", "a" * 41, "ü", "offair", "a\n"])
def test_invalid_slugs_are_refused(slug: str) -> None:
    with pytest.raises(InvalidInput):
        rules.check_slug(slug)


def test_ingest_mounts_map_to_slugs_and_back() -> None:
    assert [mounts.of_ingest(mount) for mount in mounts.ingest_mounts("jazz")] == [("jazz", "a"), ("jazz", "b")]
    others = ("/jazz.mp3", "/ingest/", "/ingest/a/c", "/ingest/a/a", "/ingest/A", "/ingest/a/b/b")
    assert [mounts.of_ingest(mount) for mount in others] == [None] * 6


def test_stream_keys_have_160_random_bits_and_are_hashed() -> None:
    assert len(bytes.fromhex(rules.new_key())) * 8 == 160
    assert rules.new_key() != rules.new_key()
    assert token_hash("k") == "8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a"


def test_each_mount_has_its_own_password() -> None:
    assert mounts.mount_password("s", "/a.mp3") != mounts.mount_password("s", "/b.mp3")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Radio Café 2", "radio-cafe-2"),
        ("  -- ", ""),
        ("غزل", ""),
        ("Lahore غزل FM", "lahore-fm"),
        ("x" * 60, "x" * 36),
        ("a" * 35 + " b", "a" * 35),
    ],
)
def test_a_slug_reads_like_the_name(name: str, slug: str) -> None:
    assert rules.slug_of(name) == slug
