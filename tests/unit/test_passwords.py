"""How passwords are stored."""

from controlplane.features.accounts.passwords import Passwords


async def test_passwords_are_hashed_as_rfc_9106_recommends() -> None:
    """64 MiB, three passes and four lanes, with another salt each time."""
    passwords = Passwords()
    first, second = [await passwords.hash("correct horse") for _ in range(2)]
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert [await passwords.verify(stored, "correct horse") for stored in (first, second, None)] == [True, True, False]


async def test_a_stored_hash_that_cannot_be_read_is_no_password() -> None:
    assert not await Passwords().verify("not a hash", "correct horse")
