"""The encoder doctor: what a source sends, beside what it should, and what to do about it. Pure."""

import math
from dataclasses import dataclass

from controlplane.icecast.parse import MountStats
from controlplane.liquidsoap.parse import EncoderLevel
from controlplane.protocol.going_live import RowState, SignalRow

ACCEPTED = {"audio/mpeg": "MP3", "audio/aac": "AAC", "audio/aacp": "AAC", "application/ogg": "Ogg", "audio/ogg": "Ogg"}
MIN_KBPS = 96
SAMPLE_RATES = frozenset({44_100, 48_000})
HALVED = frozenset({22_050, 24_000})
"""HE-AAC's frames name half the rate that is heard (ISO/IEC 14496-3, 1.6.5)."""
SLOW_MS = 1500
"""The browser says so to its host from here on, too; the pipeline keeps three seconds of a source."""
LOUD_LUFS, QUIET_LUFS = -9.0, -27.0
"""Outside of these, the pipeline's own levelling (12 dB down, 6 dB up, to -16 LUFS) is not enough, or distorts."""
CLIPPED = 0.999
"""Peaks from here on are at full scale: 16 bits hold no more."""


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """A format of audio: its name, its samples a second, and its channels."""

    name: str
    sample_rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """The facts about an arriving source; None where one is not known.

    A browser sends no titles; `delay_ms` is how late its slices arrive. `is_on_air` says whether it is
    to be heard by listeners.
    """

    mount: MountStats | None
    kbps: int
    level: EncoderLevel | None
    audio: AudioFormat | None = None
    is_browser: bool = False
    delay_ms: int | None = None
    is_on_air: bool = False


def level_db(level: EncoderLevel | None) -> list[float]:
    """Return the peaks in dBFS, left and right; empty without sound."""
    if level is None or not level.connected or not any(level.peaks):
        return []
    # Plus 0: no minus in front of a zero.
    return [round(max(-99.0, 20 * math.log10(peak)) if peak > 0 else -99.0, 1) + 0.0 for peak in level.peaks]


def rows(arrival: Arrival) -> list[SignalRow]:
    """Return the checks of a source, in the order in which they are looked at."""
    level = arrival.level if arrival.level is not None and arrival.level.connected else None
    return [
        _connection(arrival, level),
        _format(arrival.mount, arrival.audio),
        _bitrate(arrival.kbps, is_browser=arrival.is_browser),
        _sample_rate(arrival.audio),
        _channels(arrival.audio),
        _loudness(level),
        _clipping(level, is_browser=arrival.is_browser),
        _silence(level, is_browser=arrival.is_browser),
        _delay(arrival.delay_ms) if arrival.is_browser else _titles(arrival.mount),
    ]


def _connection(arrival: Arrival, level: EncoderLevel | None) -> SignalRow:
    if level is not None:
        return _row("connection", "ok", "connected", "connected")
    if arrival.is_on_air and arrival.level is not None:
        what = "Connect the microphone again." if arrival.is_browser else "Check the encoder and its connection."
        return _row("connection", "bad", "interrupted", "connected", f"Nothing arrives. {what}")
    if arrival.mount is not None:
        return _row("connection", "waiting", "connecting", "connected")
    hint = "Start your encoder with the settings of this station."
    return _row("connection", "waiting", "", "connected", hint)


def _format(mount: MountStats | None, audio: AudioFormat | None) -> SignalRow:
    expected = "MP3, AAC, Ogg"
    if mount is None:
        return _row("format", "waiting", "", expected)
    if audio is not None:
        return _row("format", "ok", audio.name, expected)
    known = ACCEPTED.get(mount.media)
    if known is None:
        return _row("format", "bad", mount.media, expected, "Choose MP3, AAC or Ogg in your encoder.")
    return _row("format", "ok", known, expected)


def _bitrate(kbps: int, *, is_browser: bool) -> SignalRow:
    expected = "" if is_browser else f"{MIN_KBPS} kbit/s or more"
    if not kbps:
        return _row("bitrate", "waiting", "", expected)
    # Browsers send a voice at as much as it needs, and a pause at hardly any.
    if kbps < MIN_KBPS and not is_browser:
        return _row("bitrate", "warn", f"{kbps} kbit/s", expected, "Set your encoder to 128 kbit/s.")
    return _row("bitrate", "ok", f"{kbps} kbit/s", expected)


def _sample_rate(audio: AudioFormat | None) -> SignalRow:
    expected = "44.1 or 48 kHz"
    if audio is None:
        return _row("sample_rate", "waiting", "", expected)
    actual = f"{audio.sample_rate / 1000:g} kHz"
    if audio.name == "AAC" and audio.sample_rate in HALVED:
        return _row("sample_rate", "ok", f"{audio.sample_rate / 500:g} kHz (HE-AAC)", expected)
    if audio.sample_rate not in SAMPLE_RATES:
        return _row("sample_rate", "warn", actual, expected, "Set your encoder to 44,100 Hz.")
    return _row("sample_rate", "ok", actual, expected)


def _channels(audio: AudioFormat | None) -> SignalRow:
    expected = "stereo or mono"
    if audio is None:
        return _row("channels", "waiting", "", expected)
    names = {1: "mono", 2: "stereo"}
    actual = names.get(audio.channels)
    if actual is None:
        return _row("channels", "warn", f"{audio.channels} channels", expected, "Set your encoder to stereo.")
    return _row("channels", "ok", actual, expected)


def _titles(mount: MountStats | None) -> SignalRow:
    title = mount.title if mount is not None else ""
    if not title:
        return _row("titles", "waiting", "", "UTF-8")
    if _is_garbled(title):
        return _row("titles", "warn", "garbled", "UTF-8", "Set the character set of your encoder's titles to UTF-8.")
    return _row("titles", "ok", "UTF-8", "UTF-8")


def _delay(delay_ms: int | None) -> SignalRow:
    expected = f"less than {SLOW_MS / 1000:g} s"
    if delay_ms is None:
        return _row("delay", "waiting", "", expected)
    actual = f"{delay_ms / 1000:.1f} s"
    if delay_ms >= SLOW_MS:
        hint = "Listeners hear the host that much later than usual: the connection is slow, or was interrupted."
        return _row("delay", "warn", actual, expected, hint)
    return _row("delay", "ok", actual, expected)


def _is_garbled(title: str) -> bool:
    """Say whether a title was read in a wrong character set: with replaced bytes, or as UTF-8 taken for Latin-1."""
    if "\N{REPLACEMENT CHARACTER}" in title:
        return True
    try:
        return title.encode("latin-1").decode() != title
    except UnicodeError:
        return False


def _loudness(level: EncoderLevel | None) -> SignalRow:
    expected = f"{QUIET_LUFS:.0f} to {LOUD_LUFS:.0f} LUFS"
    if level is None or level.lufs is None or level.silent_s:
        return _row("level", "waiting", "", expected)
    actual = f"{level.lufs:.0f} LUFS"
    if level.lufs < QUIET_LUFS:
        more = round(-16 - level.lufs)
        return _row("level", "warn", actual, expected, f"Too quiet: turn it up by about {more} dB.")
    if level.lufs > LOUD_LUFS:
        less = round(level.lufs + 16)
        return _row("level", "warn", actual, expected, f"Too loud: turn it down by about {less} dB.")
    return _row("level", "ok", actual, expected)


def _clipping(level: EncoderLevel | None, *, is_browser: bool) -> SignalRow:
    expected = "peaks below 0 dBFS"
    if level is None or not any(level.peaks):
        return _row("clipping", "waiting", "", expected)
    actual = f"{max(level_db(level)):.1f} dBFS"
    if max(level.peaks) >= CLIPPED:
        where = "at the microphone" if is_browser else "before the encoder"
        return _row("clipping", "bad", actual, expected, f"The sound is distorted: turn it down {where}.")
    return _row("clipping", "ok", actual, expected)


def _silence(level: EncoderLevel | None, *, is_browser: bool) -> SignalRow:
    if level is None:
        return _row("silence", "waiting", "", "sound")
    if level.silent_s:
        what = "whether the microphone is muted" if is_browser else "the input that your encoder uses"
        hint = f"No sound: check {what}."
        return _row("silence", "bad", f"{level.silent_s:.0f} s of silence", "sound", hint)
    return _row("silence", "ok", "sound", "sound")


def _row(row: str, state: RowState, actual: str, expected: str, hint: str = "") -> SignalRow:
    return SignalRow.model_validate({"row": row, "state": state, "actual": actual, "expected": expected, "hint": hint})
