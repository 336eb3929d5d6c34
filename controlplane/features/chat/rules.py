"""Rules for messages: text, mode, slow mode and held messages. Pure: times are arguments, in unix milliseconds."""

from dataclasses import dataclass

from controlplane.access.identity import GUEST_PREFIX, Actor
from controlplane.features.chat.words import WordList
from controlplane.kernel.chat import (
    MESSAGE_BYTES,
    MESSAGE_GRAPHEMES,
    ChatMode,
    LinkRule,
    MessageState,
    Writers,
    clean_message,
    graphemes,
    has_link,
)
from controlplane.kernel.errors import BanTerms, Conflict, Forbidden, InvalidInput, TimedOut, TooFast
from controlplane.kernel.permissions import Permission
from controlplane.kernel.text import duration_text
from controlplane.kernel.token_bucket import Rate

EDIT_MS = 5 * 60_000
"""How long people may change or delete what they wrote."""
RAID_MS, RAID_SLOW_S = 10 * 60_000, 30
MESSAGE_RATE = Rate(per_second=1.0, burst=5)
"""Of one person who is not of the staff; a slow mode is slower."""


@dataclass(frozen=True, slots=True)
class Person:
    """A writer as the rules see them; `new` is a guest who has had no message shown yet."""

    staff: bool
    guest: bool
    new: bool
    timeout: BanTerms | None

    @classmethod
    def of(cls, actor: Actor, slug: str, *, new: bool) -> "Person":
        """Return what an actor is at a station."""
        staff = actor.may(Permission.STATION_MODERATE, slug)
        return cls(staff, actor.id.startswith(GUEST_PREFIX), new, actor.timeouts.get(slug))


def checked_text(text: str) -> str:
    """Return a message as it is shown; raise InvalidInput if nothing is left of it, or too much."""
    cleaned = clean_message(text)
    if not cleaned:
        raise InvalidInput("text: write something")
    size = len(cleaned.encode())
    count = graphemes(cleaned) if size <= MESSAGE_BYTES else 0
    if count > MESSAGE_GRAPHEMES:
        raise InvalidInput(f"text: a message has at most {MESSAGE_GRAPHEMES} characters, and this one has {count}")
    if size > MESSAGE_BYTES:
        raise InvalidInput(f"text: a message has at most {MESSAGE_BYTES} bytes, and this one has {size}")
    return cleaned


def state_of(mode: ChatMode, person: Person, text: str, words: WordList, *, on_air: bool, now: int) -> MessageState:
    """Say whether a message is shown at once or held for a moderator; raise TimedOut, Forbidden or Conflict.

    The staff are exempt from everything.
    """
    if person.staff:
        return "shown"
    check_timeout(person, now)
    if mode.who == "moderators":
        raise Forbidden("only the station's staff may write now")
    if mode.who == "members" and person.guest:
        raise Forbidden("only people with an account may write now: sign in first")
    if not on_air and not mode.off_air:
        raise Conflict("the chat is closed while the station is off air")
    linked = mode.links != "allow" and has_link(text)
    if linked and mode.links == "block":
        raise Forbidden("links are not allowed here")
    is_held = linked or (mode.hold_new and person.guest and person.new) or words.is_in(text)
    return "held" if is_held else "shown"


def check_timeout(person: Person, now: int) -> None:
    """Raise TimedOut for somebody who is kept from writing for a while."""
    if person.timeout is not None and person.timeout.until is not None and person.timeout.until > now:
        raise TimedOut(person.timeout, (person.timeout.until - now) / 1000)


def check_slow(mode: ChatMode, last: int | None, now: int) -> None:
    """Raise TooFast for a message that comes too soon after the person's last one."""
    wait_s = mode.slow_s - (now - last) / 1000 if last is not None else 0.0
    if wait_s > 0:
        raise TooFast(f"slow mode: you can write again in {duration_text(wait_s)}", wait_s)


def against_raid(mode: ChatMode, now: int) -> ChatMode:
    """Return the mode against a raid, for ten minutes."""
    slow_s = max(mode.slow_s, RAID_SLOW_S)
    who: Writers = "moderators" if mode.who == "moderators" else "members"
    links: LinkRule = "block" if mode.links == "block" else "hold"
    return ChatMode(slow_s, who, links, mode.off_air, hold_new=True, raid_until=now + RAID_MS)


def check_own(*, is_author: bool, staff: bool, written_at: int, now: int) -> None:
    """Raise Forbidden where somebody may not change a message: it is another person's, or too old."""
    if not is_author:
        raise Forbidden("that message is somebody else's")
    if not staff and now - written_at > EDIT_MS:
        raise Forbidden(f"a message can be changed for {duration_text(EDIT_MS / 1000)}")
