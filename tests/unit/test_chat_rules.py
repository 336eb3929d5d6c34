"""What may be written in a chat, and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.features.chat import rules
from controlplane.features.chat.rules import Person
from controlplane.features.chat.words import WordList
from controlplane.kernel.chat import MESSAGE_GRAPHEMES, ChatMode, clean_message, graphemes, has_link
from controlplane.kernel.errors import AwazError, BanTerms, InvalidInput, TimedOut

MODES = st.builds(
    ChatMode,
    slow_s=st.integers(0, 600),
    who=st.sampled_from(["everybody", "members", "moderators"]),
    links=st.sampled_from(["allow", "hold", "block"]),
    off_air=st.booleans(),
    hold_new=st.booleans(),
)


@pytest.mark.parametrize(
    ("text", "count"),
    [("سلام", 4), ("👨‍👩‍👧", 1), ("e\u0301", 1), ("🇵🇰🇮🇳", 2), ("क्ष", 1), ("❤️", 1), ("", 0)],
)
def test_characters_are_counted_as_people_count_them(text: str, count: int) -> None:
    assert graphemes(text) == count


@given(st.text())
def test_what_is_cleaned_is_clean(text: str) -> None:
    cleaned = clean_message(text)
    assert clean_message(cleaned) == cleaned
    assert cleaned == cleaned.strip()
    assert not set(cleaned) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u0000\n\r\t\ufeff")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://radio.example/x", True),
        ("www.example.pk", True),
        ("go to example.com!", True),
        ("what a voice", False),
        ("at 9.30", False),
        ("sara@example.com", False),
    ],
)
def test_links_are_found_with_and_without_a_scheme(text: str, found: bool) -> None:
    assert has_link(text) is found


def test_a_message_has_at_most_500_characters() -> None:
    assert rules.checked_text("آ" * MESSAGE_GRAPHEMES) == "آ" * MESSAGE_GRAPHEMES
    with pytest.raises(InvalidInput, match="at most 500 characters, and this one has 501"):
        rules.checked_text("آ" * (MESSAGE_GRAPHEMES + 1))


@given(mode=MODES, text=st.sampled_from(["hello", "see example.com"]), on_air=st.booleans(), guest=st.booleans())
def test_the_staff_are_exempt_from_everything(mode: ChatMode, text: str, on_air: bool, guest: bool) -> None:
    staff = Person(staff=True, guest=guest, new=True, timeout=BanTerms("", 2_000))
    assert rules.state_of(mode, staff, text, WordList.of(["hello"]), on_air=on_air, now=1_000) == "shown"


@given(mode=MODES, now=st.integers(0, 4_000), on_air=st.booleans(), guest=st.booleans())
def test_nobody_writes_before_a_timeout_is_over(mode: ChatMode, now: int, on_air: bool, guest: bool) -> None:
    person = Person(staff=False, guest=guest, new=False, timeout=BanTerms("", 2_000))
    assert outcome(mode, person, on_air=on_air, now=now) == (
        "timed_out" if now < 2_000 else outcome(mode, untimed(guest), on_air=on_air, now=now)
    )


def untimed(guest: bool) -> Person:
    return Person(staff=False, guest=guest, new=False, timeout=None)


def outcome(mode: ChatMode, person: Person, *, on_air: bool, now: int) -> str:
    """Return the state of a message, or the code of the error."""
    try:
        return rules.state_of(mode, person, "see example.com", WordList(), on_air=on_air, now=now)
    except AwazError as error:
        return error.code


def test_a_timeout_says_for_how_long() -> None:
    person = Person(staff=False, guest=True, new=False, timeout=BanTerms("calm down", 61_000))
    with pytest.raises(TimedOut, match="you may write again in 60 seconds: calm down") as error:
        rules.state_of(ChatMode(), person, "hello", WordList(), on_air=True, now=1_000)
    assert error.value.retry_after == 60


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("spam", "buy SPAM now", True),
        ("spam", "buy ѕраm now", True),
        ("spam", "s p a m", True),
        ("spam", "spammer", False),
        ("spam*", "spammer", True),
        ("cunt", "Scunthorpe", False),
        ("buy now", "Buy  NOW!", True),
        ("buy now", "now buy", False),
        ("گالی", "یہ گالی ہے", True),
        ("گالی", "گالیاں", False),
        ("坏话", "这是坏话吗", True),
        ("คำหยาบ", "นี่คือคำหยาบนะ", True),
    ],
)
def test_listed_words_are_found_whole_and_as_they_look(word: str, text: str, found: bool) -> None:
    assert WordList.of([word]).is_in(text) is found


def test_a_listed_word_is_held_and_not_dropped() -> None:
    person = untimed(guest=True)
    held = rules.state_of(ChatMode(), person, "buy spam", WordList.of(["spam"]), on_air=True, now=0)
    assert held == "held"


def test_entries_without_a_letter_are_no_words() -> None:
    assert WordList.of(["", " ", "!!!", "*"]).words == ()
