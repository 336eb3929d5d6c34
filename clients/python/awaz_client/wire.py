"""Made by `make docs` from docs/reference/openapi.json and asyncapi.json."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict


class AcceptRequest(TypedDict, closed=True):
    """
    Accept an invitation.
    """

    token: str
    """
    The part of its link after `#invitation=`.
    """


class AccountView(TypedDict):
    """
    A user, as admins see it.
    """

    id: str
    """
    The id, which never changes.
    """
    login: str
    """
    The login to sign in with.
    """
    name: str
    """
    The name that others see.
    """
    role: Literal['admin', 'user']
    """
    The role on the platform.
    """


class AccountsPage(TypedDict):
    """
    The users, by login.
    """

    items: list[AccountView]
    """
    The items.
    """
    next: NotRequired[str]
    """
    The `cursor` of the next page; absent on the last one.
    """


class Anchors(TypedDict):
    """
    The newest frames of a mount, and when each is to be heard: frame `n` at `t0 + n * frame_s + target_s`.

    A player computes the CRC-32 (ISO 3309, as in zlib) of each whole frame that it receives, header included. Three of
    them in a row that are in `crc` say which number its own frames have.
    """

    crc: list[int | None]
    """
    The checksums of the frames from `n0` on; null where another frame of the last minute has the same one.
    """
    frame_s: float
    """
    The duration of a frame in seconds.
    """
    mount: str
    """
    The mount.
    """
    n0: int
    """
    The number of the first frame in `crc`.
    """
    server_time: float
    """
    The server's time when this was put together.
    """
    stream_epoch: str
    """
    The unbroken run of the numbers; with another one, they begin anew.
    """
    t0: float
    """
    When frame 0 was on the mount, in unix seconds: moved by a millisecond a second at most.
    """
    target_s: float
    """
    How long after it was on the mount a frame is to be heard, in seconds.
    """


class AudioPositionView(TypedDict):
    """
    A place in what listeners are sent.
    """

    at: int
    """
    When that frame was on the mount.
    """
    frame: int
    """
    The number of the frame.
    """
    mount: str
    """
    The mount whose frames are numbered.
    """
    stream_epoch: str
    """
    The unbroken run of the numbers.
    """


class AuditEntry(TypedDict):
    """
    An entry of the audit log.
    """

    action: str
    """
    The action, as `noun.verb`.
    """
    actor: str
    """
    The name of that person at the time.
    """
    actor_id: str
    """
    The id of the person who did it; empty for the command line.
    """
    address: str
    """
    The network address it was done from; empty for the command line.
    """
    at: int
    """
    When it was done, in unix milliseconds.
    """
    detail: dict[str, str | int]
    """
    Further facts, which depend on the action.

    `from` and `to` of a role or a login, the `role` that was given, the `id` and the `label` of a stream key, the
    `owner` of a station, the `user` (an id), the `reason` and the end (`until`) of a ban, and when an invitation
    `expires_at`; times in unix milliseconds.
    """
    id: int
    """
    The number of the entry; later ones are higher.
    """
    station: NotRequired[str]
    """
    The station, if it was done at one.
    """
    target: str
    """
    The user, station, key, ban or title that the action is about; may be empty.
    """


class AuditPage(TypedDict):
    """
    Entries of the audit log, the newest first.
    """

    items: list[AuditEntry]
    """
    The items.
    """
    next: NotRequired[str]
    """
    The `cursor` of the next page; absent on the last one.
    """


class BanNotice(TypedDict):
    """
    Why somebody is banned, and until when.
    """

    reason: str
    """
    In the moderator's words; may be empty.
    """
    until: NotRequired[int]
    """
    When the ban ends, in unix milliseconds; absent for one without an end. It may be lifted before.
    """


class BanRequest(TypedDict, closed=True):
    """
    Ban a user or guest, at once.
    """

    reason: NotRequired[str]
    """
    The reason, which the person is shown.
    """
    seconds: NotRequired[int]
    """
    How long it lasts, in seconds; without it, until the ban is lifted.
    """
    user_id: str
    """
    The user's or guest's id.
    """


class BanView(TypedDict):
    """
    A ban.
    """

    created_at: int
    """
    When it was made, in unix milliseconds.
    """
    id: str
    """
    The id to lift the ban with.
    """
    made_by: str
    """
    The name of the person who made it.
    """
    name: str
    """
    The name that others saw at the time.
    """
    reason: str
    """
    The reason; may be empty.
    """
    station: NotRequired[str]
    """
    The station; absent for a ban from the platform.
    """
    until: NotRequired[int]
    """
    When it ends, in unix milliseconds; absent if only lifting ends it.
    """
    user_id: str
    """
    The user's or guest's id.
    """


class BansAnswer(TypedDict):
    """
    The bans in force.
    """

    bans: list[BanView]
    """
    The bans in force, the newest first.
    """


class BotRequest(TypedDict, closed=True):
    """
    Create a bot.
    """

    name: str
    """
    The name under which it writes.
    """
    role: NotRequired[Literal['host', 'moderator', 'listener']]
    """
    Its role at the station, with the same permissions and rate limits as a person's.
    """


class BotTokenRequest(TypedDict, closed=True):
    """
    Get an access token for a bot.
    """

    key: str
    """
    The bot's key.
    """


class BotView(TypedDict):
    """
    A bot of a station.
    """

    created_at: int
    """
    When it was created, in unix milliseconds.
    """
    id: str
    """
    The bot's user id, by which it is named in the chat.
    """
    key: NotRequired[str]
    """
    The key, for `POST /api/v1/auth/bot`; only in the answer that creates it.
    """
    made_by: str
    """
    The name of the person who created it.
    """
    name: str
    """
    The name under which it writes.
    """
    role: NotRequired[Literal['host', 'moderator', 'listener']]
    """
    Its role at the station; absent after that was taken away.
    """
    used_at: NotRequired[int]
    """
    When its key was last used, in unix milliseconds; absent if it never was.
    """


class BotsAnswer(TypedDict):
    """
    The bots of a station.
    """

    bots: list[BotView]
    """
    The bots, the newest first.
    """


ChatRole: TypeAlias = Literal['admin', 'owner', 'host', 'moderator', 'listener', 'user', 'guest']
"""
A person's role where they write: that at the station if they have one, else that on the platform. It is given by the server, and does not follow from a name.
"""


Word: TypeAlias = str


class ChatSettingsRequest(TypedDict, closed=True):
    """
    Change a chat's settings; what is left out stays as it is.
    """

    keep_days: NotRequired[int]
    """
    For how many days messages are kept.
    """
    public: NotRequired[bool]
    """
    Whether event streams, which need no token, have the chat.
    """
    words: NotRequired[list[Word]]
    """
    Words and phrases; messages with one of them wait for a moderator. A `*` at the end stands for any ending.
    """


class ChatSettingsView(TypedDict):
    """
    A chat's settings that are not in its mode.
    """

    keep_days: int
    """
    For how many days messages are kept.
    """
    public: bool
    """
    Whether event streams, which need no token, have the chat.
    """
    words: list[str]
    """
    Words and phrases; messages with one of them wait for a moderator. A `*` at the end stands for any ending.
    """


class ChatUser(TypedDict):
    """
    The author of a message.
    """

    id: str
    """
    The user's or guest's id.
    """
    name: str
    """
    The name in this chat, which nobody else has there, nor one that looks like it.
    """
    role: ChatRole
    """
    The role here.
    """


class Counts(TypedDict):
    """
    Listeners.
    """

    current: int
    """
    The number of listeners.
    """
    total: int
    """
    The number of listeners.
    """
    unique: int
    """
    The number of listeners, who are not told apart.
    """


class Document(TypedDict):
    """
    A reference: an OpenAPI or AsyncAPI document.
    """


class Done(TypedDict):
    """
    The request was carried out.
    """

    ok: Literal[True]
    """
    Always true: a request that failed is answered with an error.
    """


class EncoderView(TypedDict):
    """
    Settings for OBS, butt or ffmpeg.
    """

    content_types: list[Literal['audio/mpeg', 'audio/aac', 'audio/ogg']]
    """
    The media types that are accepted.
    """
    host: str
    """
    The host to connect to.
    """
    mount: str
    """
    The mount to send to.
    """
    port: int
    """
    The port to connect to.
    """
    second_mount: str
    """
    The mount for the next host, who connects while another one is on air.
    """
    url: str
    """
    The whole address, with a placeholder for the key.
    """
    user: str
    """
    The user name; any will do, the key decides.
    """


ErrorCode: TypeAlias = Literal['invalid_input', 'unauthenticated', 'forbidden', 'banned', 'timed_out', 'not_found', 'unknown_event', 'conflict', 'too_large', 'timeout', 'too_fast', 'busy', 'upstream', 'not_ready', 'no_space', 'internal']
"""
An error's code, with its HTTP status and meaning:

* `invalid_input` (400): the request is not what the route or event takes; the message says what is wrong.
* `unauthenticated` (401): there is no token, or it is not valid.
* `forbidden` (403): the permission is missing.
* `banned` (403): the person is banned, until the ban ends or is lifted.
* `timed_out` (403): the person may not write in the chat; try again after `retry_after` seconds.
* `not_found` (404): there is no such station, user or other thing, or nothing at that address.
* `unknown_event` (404): there is no event of that name.
* `timeout` (408): the request or its answer took too long.
* `conflict` (409): it exists already, or the state does not allow it.
* `too_large` (413): the body is over its limit.
* `too_fast` (429): a quota is used up; try again after `retry_after` seconds.
* `internal` (500): a fault of the server.
* `busy` (503): the server is at its limit; try again after `retry_after` seconds.
* `upstream` (503): Icecast, Liquidsoap or the database does not answer; nothing was changed.
* `not_ready` (503): something that the server needs is missing.
* `no_space` (507): the station's library or the server's disk is full.
"""


GoLiveSource: TypeAlias = Literal['encoder', 'browser', 'upload']
"""
What goes on air: an `encoder`, the microphone of a `browser`, or an `upload`: a track or a playlist of the library as a broadcast of its own.
"""


class GuestRequest(TypedDict, closed=True):
    """
    Get a guest's tokens.
    """

    name: NotRequired[str]
    """
    The name that others see; one is made up without it.
    """


IncidentKind: TypeAlias = Literal['second_encoder', 'wrong_key', 'locked_key', 'pipeline_frozen', 'pipeline_trouble', 'source_lost', 'dead_air']
"""
A second encoder was refused, or one with a key that does not open the station, or that is locked since its encoder was disconnected; the pipeline was frozen and is restarted, or does not respond; the source on air was gone for some seconds, or sends no sound.
"""


class IncidentView(TypedDict):
    """
    Something that went wrong.
    """

    address: NotRequired[str]
    """
    Where the encoder that it is about connects from, if that is known.
    """
    at: int
    """
    When, in unix milliseconds.
    """
    kind: IncidentKind
    """
    The kind of problem, for programs.
    """
    message: str
    """
    The problem in words, in English.
    """


JsonValue: TypeAlias = Any


class KeyRequest(TypedDict, closed=True):
    """
    Create a stream key.
    """

    label: NotRequired[str]
    """
    A note on where it is used.
    """
    login: NotRequired[str]
    """
    The login of its holder, who becomes a host if they have no role there; your own if absent.
    """


class KeyView(TypedDict):
    """
    A stream key.
    """

    created_at: int
    """
    When it was made, in unix milliseconds.
    """
    host: str
    """
    The host's name.
    """
    id: str
    """
    The id to revoke the key with.
    """
    key: NotRequired[str]
    """
    The key itself; only in the answer that creates it.
    """
    label: str
    """
    A note on where it is used; may be empty.
    """
    last_used_at: NotRequired[int]
    """
    When an encoder came in with it last, in unix milliseconds; absent if none ever did.
    """
    login: str
    """
    The host's login.
    """
    revoked_at: NotRequired[int]
    """
    When it was revoked, in unix milliseconds; absent while it works.
    """
    url: NotRequired[str]
    """
    The encoder's whole address; only in the answer that creates the key.
    """


class KeysAnswer(TypedDict):
    """
    A station's stream keys.
    """

    keys: list[KeyView]
    """
    The keys, the oldest first.
    """


class KickAnswer(TypedDict):
    """
    The source is disconnected.
    """

    locked_until: NotRequired[int]
    """
    When its stream key works again, in unix milliseconds; absent if it is not known which key it used.
    """


Kind: TypeAlias = Literal['live', 'upload', 'autodj']
"""
A kind of broadcast: a host with an encoder, an uploaded recording, or AutoDJ.
"""


class LinkRequest(TypedDict, closed=True):
    """
    A link for a station's page.
    """

    name: str
    """
    The text of the link; its host if empty.
    """
    url: str
    """
    Its address, of http or https, in ASCII: other letters in Punycode and percent-encoded.
    """


class LinkView(TypedDict):
    """
    A link on a station's page.
    """

    name: str
    """
    The text of the link.
    """
    url: str
    """
    Its address, of http or https.
    """


class Live(TypedDict):
    """
    The live host.
    """

    art: None
    """
    Always null.
    """
    broadcast_start: int | None
    """
    When the live broadcast began, in unix seconds; null if nobody is live.
    """
    is_live: bool
    """
    Whether a host is on air.
    """
    streamer_name: str
    """
    The host; empty if nobody is live.
    """


class LoginRequest(TypedDict, closed=True):
    """
    Sign in with a password.
    """

    device: NotRequired[str]
    """
    The `device` of an earlier answer to this request.
    """
    login: str
    """
    The user's login.
    """
    password: str
    """
    The user's password.
    """


class LogoutRequest(TypedDict, closed=True):
    """
    End this session, or all of the user's.
    """

    everywhere: NotRequired[bool]
    """
    Whether all of the user's sessions end.
    """


class LovedPlay(TypedDict):
    """
    A play that somebody liked.
    """

    artist: str
    """
    The artist; may be empty.
    """
    likes: int
    """
    By how many it is liked.
    """
    play_id: str
    """
    The id of this one playing of the track.
    """
    started_at: int
    """
    When it began, in unix milliseconds.
    """
    title: str
    """
    The title.
    """


class MetadataRequest(TypedDict, closed=True):
    """
    Set the title that is heard now, or the show and the host; absent fields keep their value, and one is needed.
    """

    artist: NotRequired[str]
    """
    The artist.
    """
    host: NotRequired[str]
    """
    The host's name.
    """
    show: NotRequired[str]
    """
    The show.
    """
    title: NotRequired[str]
    """
    The title, with at least one visible character.
    """


class MinuteView(TypedDict):
    """
    The listeners of a minute.
    """

    at: int
    """
    When it began, in unix milliseconds.
    """
    listeners: int
    """
    How many there were at its end.
    """
    peak: int
    """
    The greatest number in it.
    """


class Mount(TypedDict):
    """
    A mount of a station.
    """

    bitrate: int
    """
    The bitrate in kbit/s.
    """
    format: Literal['mp3', 'aac']
    """
    The format of its audio.
    """
    is_default: bool
    """
    Whether it is the one at the station's `listen_url`.
    """
    listeners: Counts
    """
    The listeners of all the station's mounts for the default one, and none for the others.
    """
    path: str
    """
    Its path on Icecast.
    """
    url: str
    """
    The URL of the stream.
    """


class MoveRequest(TypedDict, closed=True):
    """
    Move an item of the queue.
    """

    before: NotRequired[str]
    """
    The item that it comes before; without it, it goes to the end.
    """


OnAirKind: TypeAlias = Literal['live', 'upload', 'autodj', 'offair']
"""
The kind of the broadcast that is heard; `offair` while there is none.
"""


class PasswordRequest(TypedDict, closed=True):
    """
    Change the password; all other sessions of the user end.
    """

    current: str
    """
    The password until now.
    """
    password: str
    """
    The new password; the login, or one character repeated, is refused.
    """


class PastAction(TypedDict):
    """
    An action about a person, from the audit log.
    """

    action: str
    """
    The action, as `noun.verb`.
    """
    at: int
    """
    When it was done, in unix milliseconds.
    """
    by: str
    """
    The name of the person who did it.
    """
    reason: str
    """
    The reason; may be empty.
    """


class PeaksView(TypedDict):
    """
    The waveform of a track.
    """

    peaks: str
    """
    Their heights, a byte each from 0 to 255, in base64.
    """
    peaks_per_s: int
    """
    Peaks for each second.
    """


class PersonalExport(TypedDict):
    """
    Everything that is kept of a person.
    """

    data: dict[str, list[dict[str, JsonValue]]]
    """
    Lists of facts by what they are about, such as `account`, `roles`, `sessions`, `chat` and `likes`.
    """
    exported_at: int
    """
    When the copy was made, in unix milliseconds.
    """


PlatformRole: TypeAlias = Literal['admin', 'user', 'guest']
"""
A role on the platform: an `admin` runs it, a `user` has an account, a `guest` has none.
"""


class PlayView(TypedDict):
    """
    One play of the history.
    """

    album: NotRequired[str]
    """
    The album, if it is known.
    """
    artist: str
    """
    Empty if none is known.
    """
    ended_at: NotRequired[int]
    """
    When it ended, in unix milliseconds; absent while it is heard.
    """
    host: NotRequired[str]
    """
    The host's name then; absent for AutoDJ.
    """
    kind: Kind
    """
    The kind of broadcast that it was played in.
    """
    play_id: str
    """
    The id of this one playing of the track.
    """
    show: NotRequired[str]
    """
    The show, if it was known.
    """
    started_at: int
    """
    When it began, in unix milliseconds.
    """
    title: str
    """
    The title of the track.
    """


Id: TypeAlias = str


class PlaylistMove(TypedDict, closed=True):
    """
    Move tracks of a playlist; they keep their order.
    """

    before: NotRequired[str]
    """
    The id of the track that they come before; without it, they go to the end.
    """
    ids: list[Id]
    """
    Their ids.
    """


class PlaylistPatch(TypedDict, closed=True):
    """
    Change a playlist; what is left out stays, and one is needed.
    """

    name: NotRequired[str]
    """
    Its name, which no other playlist of the station has.
    """
    order: NotRequired[Literal['shuffle', 'sequence']]
    """
    The order in which AutoDJ plays its tracks.
    """
    weight: NotRequired[int]
    """
    How many of its tracks AutoDJ plays for each one of a playlist with weight 1; 0 for none.
    """


class PlaylistRequest(TypedDict, closed=True):
    """
    Make a playlist, without tracks.
    """

    name: str
    """
    Its name, which no other playlist of the station has.
    """
    order: NotRequired[Literal['shuffle', 'sequence']]
    """
    The order in which AutoDJ plays its tracks.
    """
    weight: NotRequired[int]
    """
    How many of its tracks AutoDJ plays for each one of a playlist with weight 1; 0 for none.
    """


class PlaylistView(TypedDict):
    """
    A playlist of a station.
    """

    created_at: int
    """
    When it was made, in unix milliseconds.
    """
    duration_ms: int
    """
    How long they last together, in milliseconds.
    """
    id: str
    """
    The playlist's id.
    """
    name: str
    """
    Its name.
    """
    order: Literal['shuffle', 'sequence']
    """
    `sequence` plays its tracks in order, round and round; `shuffle` plays those first that were not heard lately.
    """
    tracks: int
    """
    How many tracks it has.
    """
    weight: int
    """
    How many of its tracks AutoDJ plays for each one of a playlist with weight 1; 0 if it plays none of them.
    """


class PlaylistsView(TypedDict):
    """
    The playlists of a station. AutoDJ plays from all tracks while none of them has a weight and tracks.
    """

    items: list[PlaylistView]
    """
    The playlists, by name.
    """


class PreviewAnswer(TypedDict):
    """
    An address that needs no token, for players.
    """

    expires_in: int
    """
    Seconds for which it is valid.
    """
    url: str
    """
    The address of the track's file; it answers to ranges.
    """


class PushAnswer(TypedDict):
    """
    The subscription.
    """

    id: str
    """
    Its id, by which it is ended.
    """


class PushKeyAnswer(TypedDict):
    """
    The key of this server.
    """

    public_key: str
    """
    The `applicationServerKey` of `PushManager.subscribe`, in base64url (RFC 8292).
    """


class PushKeys(TypedDict, closed=True):
    """
    The keys of a subscription, as its browser made them (RFC 8291).
    """

    auth: str
    """
    Its secret of 16 bytes.
    """
    p256dh: str
    """
    Its public key: a point of P-256, uncompressed.
    """


class PushRequest(TypedDict, closed=True):
    """
    Tell a browser when the station goes live, as `PushSubscription.toJSON` has it.
    """

    endpoint: str
    """
    The address at the browser's push service.
    """
    keys: PushKeys
    """
    The keys of the subscription.
    """
    language: NotRequired[str]
    """
    The language of the notification; that of the station without it.
    """


QualityReason: TypeAlias = Literal['no_audio', 'pipeline_reconnecting', 'encoder_reconnecting', 'silence', 'icecast_unreachable']
"""
Why the signal is not `good`: the public mount has no audio, the station's pipeline or its encoder is reconnecting, the audio is silent, or Icecast does not answer.
"""


QualityState: TypeAlias = Literal['good', 'degraded', 'bad', 'offline']
"""
The signal: `good`; `degraded`, which listeners may notice; `bad`, with no sound where there should be some; or `offline`, while the station is off air.
"""


class QueueRequest(TypedDict, closed=True):
    """
    Place a track in the queue.
    """

    place: NotRequired[str]
    """
    `now` ends what is on air, `next` follows it, `end` follows what people have placed; or the id of the item that
    it comes before.
    """
    track_id: str
    """
    The track.
    """


class QueuedTrack(TypedDict):
    """
    A track in a queue.
    """

    art_url: NotRequired[str]
    """
    The address of its picture; absent without one.
    """
    artist: str
    """
    Its artist; may be empty.
    """
    duration_ms: int
    """
    How long it will be heard, in milliseconds: from its first cue point to its last.
    """
    id: str
    """
    The track's id.
    """
    title: str
    """
    Its title.
    """


class Ready(TypedDict):
    """
    The daemon can serve.
    """

    ok: Literal[True]
    """
    Always true: a request that failed is answered with an error.
    """
    stations: dict[str, str]
    """
    The problems of single stations, by slug; empty if there are none.
    """


class RefreshRequest(TypedDict, closed=True):
    """
    Get the next access token.
    """

    refresh_token: str
    """
    The newest refresh token.
    """


class RoleRequest(TypedDict, closed=True):
    """
    Change a user's role on the platform.
    """

    role: Literal['admin', 'user']
    """
    The new role.
    """


RowState: TypeAlias = Literal['ok', 'warn', 'bad', 'waiting']
"""
A check of a source: `ok`, `warn`, `bad`, or `waiting` until there is something to check.
"""


class SanctionView(TypedDict):
    """
    A ban or timeout in force.
    """

    kind: Literal['ban', 'timeout']
    """
    Which of them.
    """
    made_by: str
    """
    The name of the person who made it.
    """
    reason: str
    """
    The reason; may be empty.
    """
    until: NotRequired[int]
    """
    When it ends, in unix milliseconds; absent if only lifting ends it.
    """


class ServerTime(TypedDict):
    """
    The server's clock.
    """

    server_time: float
    """
    Now, in unix seconds.
    """


class SharedPatch(TypedDict, closed=True):
    """
    What several tracks may have in common; what is left out stays. A year of 0 or an empty text removes the old one.

    One is needed.
    """

    album: NotRequired[str]
    """
    The album.
    """
    artist: NotRequired[str]
    """
    The artist.
    """
    genre: NotRequired[str]
    """
    The genre.
    """
    label: NotRequired[str]
    """
    The label.
    """
    year: NotRequired[int]
    """
    The year of release.
    """


class SignalRow(TypedDict):
    """
    One check of a source.
    """

    actual: str
    """
    What it is; empty while it is not known.
    """
    expected: str
    """
    What it should be.
    """
    hint: str
    """
    What to do, in English; empty if nothing is to be done.
    """
    row: Literal['connection', 'format', 'bitrate', 'sample_rate', 'channels', 'level', 'clipping', 'silence', 'titles', 'delay']
    """
    The name of the check. Encoders have `titles`, browsers have `delay`.
    """
    state: RowState
    """
    The result.
    """


class SkipRequest(TypedDict, closed=True):
    """
    End an item that is on air.
    """

    item: str
    """
    The item: another one is not skipped by a late click.
    """


class Song(TypedDict):
    """
    A track.
    """

    album: str
    """
    The album; empty if none is known.
    """
    art: None
    """
    Always null.
    """
    artist: str
    """
    Empty if none is known.
    """
    custom_fields: list[JsonValue]
    """
    Always empty.
    """
    genre: Literal['']
    """
    Always empty.
    """
    id: str
    """
    The same whenever the same artist and title play.
    """
    isrc: Literal['']
    """
    Always empty.
    """
    lyrics: Literal['']
    """
    Always empty.
    """
    text: str
    """
    Artist and title.
    """
    title: str
    """
    The track.
    """


class SongNow(TypedDict):
    """
    The play that is heard.
    """

    duration: int
    """
    Its length in seconds; 0 if it is not known.
    """
    elapsed: int
    """
    Seconds since it began.
    """
    is_request: Literal[False]
    """
    Always false.
    """
    played_at: int
    """
    When it began, in unix seconds.
    """
    playlist: Literal['']
    """
    Always empty.
    """
    remaining: int
    """
    Seconds until it ends; 0 if its length is not known.
    """
    sh_id: int
    """
    The play's id.
    """
    song: Song
    """
    The track that was played.
    """
    streamer: str
    """
    The host; empty for AutoDJ.
    """


class SongPlay(TypedDict):
    """
    A play of the history.
    """

    duration: int
    """
    Its length in seconds; 0 if it is not known.
    """
    is_request: Literal[False]
    """
    Always false.
    """
    played_at: int
    """
    When it began, in unix seconds.
    """
    playlist: Literal['']
    """
    Always empty.
    """
    sh_id: int
    """
    The play's id.
    """
    song: Song
    """
    The track that was played.
    """
    streamer: str
    """
    The host; empty for AutoDJ.
    """


SourceId: TypeAlias = Literal['a', 'b']
"""
One of a station's two sources: `a` sends to `/ingest/{slug}`, `b` to `/ingest/{slug}/b`.
"""


SourceKind: TypeAlias = Literal['encoder', 'browser']
"""
What a source is: an `encoder` such as OBS or butt, or the microphone of a `browser`.
"""


class SourcePreviewAnswer(TypedDict):
    """
    An address that needs no token, for players.
    """

    expires_in: int
    """
    Seconds for which playing can begin there.
    """
    url: str
    """
    The address of the sound as its encoder sends it.
    """


SourceState: TypeAlias = Literal['absent', 'connecting', 'preview', 'on_air', 'ending', 'lost']
"""
A source: `absent`; `connecting`, and not decoded yet; in `preview`, heard by hosts alone; `on_air`; `ending`, while it is faded out; or `lost`, on air and gone, with time to come back.
"""


class SourceView(TypedDict):
    """
    A source of a station.
    """

    address: NotRequired[str]
    """
    Where its encoder connects from, if that is known.
    """
    client: NotRequired[str]
    """
    What its encoder calls itself, if it says.
    """
    host: NotRequired[str]
    """
    The holder of the stream key that it came in with, if that is known.
    """
    id: SourceId
    """
    Which one.
    """
    key_id: NotRequired[str]
    """
    The id of that stream key.
    """
    kind: SourceKind
    """
    The kind of source.
    """
    mount: str
    """
    The mount that its encoder sends to.
    """
    since: NotRequired[int]
    """
    When its encoder connected, in unix milliseconds; absent without one.
    """
    state: SourceState
    """
    Its state.
    """


class Spread(TypedDict):
    """
    How listeners differ, in milliseconds.
    """

    max: float
    """
    The most.
    """
    p50: float
    """
    Half of them have no more.
    """
    p95: float
    """
    95 in 100 have no more.
    """


class StationArtAnswer(TypedDict):
    """
    A station's picture.
    """

    art_url: NotRequired[str]
    """
    The address of its picture on this server, a JPEG; absent without one.
    """


class StationPatch(TypedDict, closed=True):
    """
    Change a station's settings; what is left out stays, and one is needed.
    """

    auto_live: NotRequired[bool]
    """
    Whether an encoder is on air as soon as it connects; if not, it waits in preview. In force within seconds.
    """
    auto_stop: NotRequired[bool]
    """
    Whether a broadcast ends when its encoder does not come back in time; if not, it waits until somebody ends it.
    """
    bitrate_kbps: NotRequired[Literal[64, 96, 128, 192, 256, 320]]
    """
    The bitrate of the MP3 mount in kbit/s.
    """
    dead_air_s: NotRequired[int]
    """
    After so many seconds of silence, music plays until there is sound again; 0 for never.
    """
    description: NotRequired[str]
    """
    A short description.
    """
    language: NotRequired[str]
    """
    The language of the station's page, by its ISO 639 code; empty for each visitor's own.
    """
    links: NotRequired[list[LinkRequest]]
    """
    The links on its page, in place of those there were.
    """
    name: NotRequired[str]
    """
    The name that people see.
    """
    timezone: NotRequired[str]
    """
    The station's time zone.
    """


class StationRequest(TypedDict, closed=True):
    """
    Create a station.
    """

    bitrate_kbps: NotRequired[Literal[64, 96, 128, 192, 256, 320]]
    """
    The bitrate of the MP3 mount in kbit/s.
    """
    description: NotRequired[str]
    """
    A short description.
    """
    language: NotRequired[str]
    """
    The language of the station's page, by its ISO 639 code; each visitor's own without it.
    """
    name: str
    """
    The name that people see.
    """
    owner: NotRequired[str]
    """
    The login of its owner; without it, whoever creates it. Only admins create stations for others.
    """
    slug: NotRequired[str]
    """
    The slug that URLs and mounts use; made of the name without it.
    """
    timezone: NotRequired[str]
    """
    The station's time zone.
    """


StationRole: TypeAlias = Literal['owner', 'host', 'moderator', 'listener']
"""
A role at a station: an `owner` sets it up, a `host` goes live and sets titles, a `moderator` bans, and a `listener` listens. Each may do what the ones after it may.
"""


class StationSettings(TypedDict):
    """
    A station as who runs it sees it.
    """

    art_url: NotRequired[str]
    """
    The address of its picture on this server, a JPEG; absent if it has none.
    """
    auto_live: bool
    """
    Whether an encoder is on air as soon as it connects; if not, it waits in preview.
    """
    auto_stop: bool
    """
    Whether a broadcast ends when its encoder does not come back in time; if not, it waits until somebody ends it.
    """
    bitrate_kbps: Literal[64, 96, 128, 192, 256, 320]
    """
    The bitrate of the MP3 mount in kbit/s.
    """
    dead_air_s: int
    """
    After so many seconds of silence, music plays until there is sound again; 0 for never.
    """
    description: str
    """
    A short description; may be empty.
    """
    language: str
    """
    The language of the station's page, by its ISO 639 code; empty for each visitor's own.
    """
    links: list[LinkView]
    """
    The links on its page.
    """
    name: str
    """
    The name that people see.
    """
    owners: list[str]
    """
    The names of its owners.
    """
    slug: str
    """
    The slug that URLs and mounts use.
    """
    timezone: str
    """
    The station's time zone.
    """


class StationSettingsList(TypedDict):
    """
    Every station's settings.
    """

    stations: list[StationSettings]
    """
    The stations, by slug.
    """


class StationShape(TypedDict):
    """
    A station.
    """

    backend: Literal['liquidsoap']
    """
    The audio backend.
    """
    description: str
    """
    A short description; may be empty.
    """
    frontend: Literal['icecast']
    """
    The server of its audio.
    """
    hls_enabled: Literal[False]
    """
    Always false.
    """
    hls_url: None
    """
    Always null.
    """
    id: str
    """
    Its id.
    """
    is_public: Literal[True]
    """
    Always true.
    """
    listen_url: str
    """
    The URL of the stream.
    """
    mounts: list[Mount]
    """
    Its public mounts.
    """
    name: str
    """
    The name that people see.
    """
    public_player_url: str
    """
    The URL of its page for listeners.
    """
    remotes: list[JsonValue]
    """
    Always empty.
    """
    shortcode: str
    """
    Its slug.
    """
    url: str
    """
    The URL of its page for listeners.
    """


class StationStatus(TypedDict):
    """
    A station's status in AzuraCast's shape.
    """

    cache: None
    """
    Always null.
    """
    is_online: bool
    """
    Whether it is on air.
    """
    listeners: Counts
    """
    Its listeners.
    """
    live: Live
    now_playing: SongNow | None
    """
    The current play; null while the station is off air.
    """
    playing_next: None
    """
    Always null.
    """
    song_history: list[SongPlay]
    """
    The previous plays, newest first.
    """
    station: StationShape
    """
    The station.
    """


StationStatuses: TypeAlias = list[StationStatus]
"""
The status of every station in AzuraCast's shape.
"""


StopReason: TypeAlias = Literal['encoder_gone', 'finished', 'handover', 'live_began', 'host_removed', 'taken_off_air', 'kicked', 'pipeline_gone', 'station_removed']
"""
Why a broadcast ended: its encoder did not come back in time (`encoder_gone`), it played to its end (`finished`), another host (`handover`) or a live broadcast (`live_began`) followed, its host lost the role or the stream key (`host_removed`), somebody stopped it (`taken_off_air`) or disconnected its encoder (`kicked`), AutoDJ's pipeline failed (`pipeline_gone`), or the station was removed (`station_removed`).
"""


class StopRequest(TypedDict, closed=True):
    """
    End a live broadcast, whose encoder stays connected, in preview; or an upload.
    """

    broadcast_id: str
    """
    The broadcast that is meant: a late request ends no other.
    """


class StreamListeners(TypedDict):
    """
    The count of listeners changed; sent at most once a second.
    """

    listeners: int
    """
    Players of the public mounts.
    """
    peak: int
    """
    The most listeners since the broadcast began.
    """
    sockets: int
    """
    Clients that follow the station.
    """
    stale: bool
    """
    Whether the numbers are the last known ones, because Icecast does not answer.
    """


class StreamQuality(TypedDict):
    """
    The quality of the station's signal, sent on change and every few seconds.
    """

    bitrate_kbps: int
    """
    The bitrate of the encoder while it is heard, else of the public mount; as configured until it is measured.
    """
    reasons: list[QualityReason]
    """
    The reasons for a state other than `good`.
    """
    silence_ms: int
    """
    How long nothing was heard, in milliseconds.
    """
    state: QualityState
    """
    The state of the signal.
    """


class StreamView(TypedDict):
    """
    A public mount of a station.
    """

    bitrate_kbps: int
    """
    Its bitrate in kbit/s.
    """
    burst_ms: int
    """
    How much audio a new player is sent at once, in milliseconds: what it plays first is that old.
    """
    format: Literal['mp3', 'aac']
    """
    The format of its audio: `mp3`, or `aac` in ADTS frames.
    """
    url: str
    """
    Its URL.
    """


class Track(TypedDict):
    """
    A track.
    """

    album: NotRequired[str]
    """
    The album, if it is known.
    """
    art_url: NotRequired[str]
    """
    The address of its picture on this server, a JPEG, if it is a track of the library that has one.
    """
    artist: str
    """
    Empty if none is known.
    """
    duration_ms: NotRequired[int]
    """
    Its length in milliseconds, if it is known.
    """
    id: str
    """
    The same whenever the same artist and title play.
    """
    title: str
    """
    Its title; the name of the show or the station while no title was sent.
    """


class TrackIds(TypedDict, closed=True):
    """
    Tracks of one station; those that it does not have are passed over.
    """

    ids: list[Id]
    """
    Their ids.
    """


class TrackPatch(TypedDict, closed=True):
    """
    Change a track; what is left out stays, and one is needed. A year of 0 or an empty text removes the old one.
    """

    album: NotRequired[str]
    """
    The album.
    """
    artist: NotRequired[str]
    """
    The artist.
    """
    cue_in_ms: NotRequired[int]
    """
    Where it begins when it is played, in milliseconds.
    """
    cue_out_ms: NotRequired[int]
    """
    Where it ends when it is played, in milliseconds; 0 for its end.
    """
    gain_db: NotRequired[float]
    """
    The gain it is played with, in dB.
    """
    genre: NotRequired[str]
    """
    The genre.
    """
    isrc: NotRequired[str]
    """
    Its ISRC without hyphens.
    """
    label: NotRequired[str]
    """
    The label.
    """
    title: NotRequired[str]
    """
    Its title.
    """
    year: NotRequired[int]
    """
    The year of release.
    """


class TrackView(TypedDict):
    """
    A track of a station's library.
    """

    added_at: int
    """
    When it was added, in unix milliseconds.
    """
    added_by: str
    """
    The name of the person who added it.
    """
    album: str
    """
    Its album; may be empty.
    """
    art_url: NotRequired[str]
    """
    The address of its picture; absent without one.
    """
    artist: str
    """
    Its artist; may be empty.
    """
    bitrate_kbps: int
    """
    The bitrate of its audio in kbit/s.
    """
    codec: str
    """
    The codec of its audio, as ffmpeg names it.
    """
    cue_in_ms: int
    """
    Where it begins when it is played, in milliseconds.
    """
    cue_out_ms: NotRequired[int]
    """
    Where it ends when it is played, in milliseconds; at its end if absent.
    """
    duplicate_of: NotRequired[str]
    """
    The id of another track that is probably the same recording.
    """
    duration_ms: int
    """
    Its length in milliseconds: the file's own claim until it has been measured.
    """
    file_name: str
    """
    The name its file had.
    """
    format: Literal['mp3', 'm4a', 'aac', 'ogg', 'opus', 'flac', 'wav']
    """
    The format of its file.
    """
    gain_db: float
    """
    The gain it is played with, in dB.
    """
    genre: str
    """
    Its genre; may be empty.
    """
    id: str
    """
    The track's id.
    """
    isrc: str
    """
    The International Standard Recording Code (ISO 3901) without hyphens, for royalty reports; may be empty.
    """
    label: str
    """
    Its label, for royalty reports; may be empty.
    """
    loudness_lufs: NotRequired[float]
    """
    Its integrated loudness (EBU R128) in LUFS, once it is measured.
    """
    measured: Literal['waiting', 'done', 'failed']
    """
    Whether it has been decoded as a whole and measured; it can be played before that.
    """
    peak_dbtp: NotRequired[float]
    """
    Its true peak in dBTP, once it is measured.
    """
    played_at: NotRequired[int]
    """
    When it was last played, in unix milliseconds; absent if never.
    """
    plays: int
    """
    How often it was played.
    """
    problem: NotRequired[str]
    """
    Why it cannot be played; absent if it can.
    """
    size: int
    """
    The size of its file in bytes.
    """
    title: str
    """
    Its title.
    """
    year: NotRequired[int]
    """
    The year it was released in, where that is known.
    """


class TracksAnswer(TypedDict):
    """
    The tracks that a request was carried out for.
    """

    ids: list[str]
    """
    Their ids.
    """


class TracksPage(TypedDict):
    """
    A part of a station's library.
    """

    items: list[TrackView]
    """
    The items.
    """
    measuring: int
    """
    The tracks of the library that have not been measured yet.
    """
    next: NotRequired[str]
    """
    The `cursor` of the next page; absent on the last one.
    """
    quota_bytes: int
    """
    The size it may have.
    """
    total: int
    """
    The tracks of this search and view in all.
    """
    used_bytes: int
    """
    The size of the library with its uploads.
    """


class TracksPatch(TypedDict, closed=True):
    """
    Change tracks in the same way.
    """

    change: SharedPatch
    """
    What is changed in each of them.
    """
    ids: list[Id]
    """
    Their ids.
    """


class UpgradeRequest(TypedDict, closed=True):
    """
    Become a user: the guest's open sockets become the user's.
    """

    login: str
    """
    The login to sign in with.
    """
    name: NotRequired[str]
    """
    The name that others see; the guest's stays without it.
    """
    password: str
    """
    The password to sign in with; the login, or one character repeated, is refused.
    """


class UploadForm(TypedDict, closed=True):
    """
    A file to add to a library.
    """

    file: str
    """
    An MP3, M4A, AAC, Ogg, Opus, FLAC or WAV file, with its name.
    """


class UserView(TypedDict):
    """
    The user or guest that a token stands for.
    """

    id: str
    """
    The id, which never changes.
    """
    name: str
    """
    The name that others see.
    """
    role: PlatformRole
    """
    The role on the platform.
    """


class Why(TypedDict):
    """
    Why a track is in the queue.
    """

    by: NotRequired[str]
    """
    The name of the person who placed it, or began the broadcast.
    """
    kind: Literal['placed', 'broadcast', 'autodj', 'playlist']
    """
    `placed` by a person, a part of a `broadcast` of recordings, or chosen by AutoDJ: from all tracks, or from a
    playlist.
    """
    last_played_at: NotRequired[int]
    """
    When AutoDJ had played it last, in unix milliseconds; absent if never.
    """
    playlist: NotRequired[str]
    """
    The name of the playlist that AutoDJ chose it from.
    """


class Acknowledged(TypedDict):
    """
    The request was carried out; there is nothing more to say.
    """


class AuthEnded(TypedDict):
    """
    The socket is closed now: by a ban, or because the session or the account has ended.

    After a ban from a station, connect again: the others can still be joined.
    """

    ban: NotRequired[BanNotice]
    """
    With `banned`: the ban.
    """
    code: ErrorCode
    """
    `banned`, or `unauthenticated`: sign in again.
    """
    message: str
    """
    The reason in words, in English.
    """
    station: NotRequired[str]
    """
    The station of the ban; absent for a ban from the platform.
    """


class AuthExpired(TypedDict):
    """
    The socket's token has expired: send `auth:refresh`, or the socket is closed.
    """

    closes_in_ms: int
    """
    Milliseconds until the socket is closed.
    """


class AuthRefresh(TypedDict, closed=True):
    """
    Continue with another token of the same user or guest; a guest's socket also takes a user's.
    """

    token: str
    """
    The access token.
    """


class AuthRoles(TypedDict):
    """
    The user's roles have changed.
    """

    role: PlatformRole
    """
    The role on the platform.
    """
    stations: dict[str, StationRole]
    """
    The roles at stations, by slug.
    """


class ChatDelete(TypedDict, closed=True):
    """
    Delete one's own message, or as a moderator anybody's.
    """

    id: str
    """
    The message.
    """
    station: str
    """
    The station's slug.
    """


class ChatDeleteDone(Acknowledged):
    """
    The ack of `chat:delete` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class ChatDeleted(TypedDict):
    """
    Messages were deleted.
    """

    by: NotRequired[str]
    """
    The moderator who deleted them; absent if their author did.
    """
    ids: list[str]
    """
    The messages.
    """


class ChatEdit(TypedDict, closed=True):
    """
    Change the text of one's own message: within five minutes, and at any time as one of the staff.
    """

    id: str
    """
    The message.
    """
    station: str
    """
    The station's slug.
    """
    text: str
    """
    The new text.
    """


class ChatEditDone(Acknowledged):
    """
    The ack of `chat:edit` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class ChatEdited(TypedDict):
    """
    The text of a message was changed.
    """

    id: str
    """
    The message.
    """
    text: str
    """
    Its text now.
    """


class ChatMessage(TypedDict):
    """
    A message was accepted. It reaches its author in the same way.
    """

    announcement: NotRequired[Literal[True]]
    """
    True for an announcement of the station's staff.
    """
    client_id: str
    """
    The id that the author's client gave it.
    """
    id: str
    """
    The id of the message.
    """
    position: NotRequired[AudioPositionView]
    """
    The frame that its author heard when it was written; absent if they did not listen, or it is not known.
    """
    reply_to: NotRequired[str]
    """
    The message that it answers.
    """
    text: str
    """
    Plain text on one line.
    """
    user: ChatUser
    """
    The author.
    """


class ChatModeChanged(TypedDict):
    """
    The mode of the chat was changed.
    """

    by: NotRequired[str]
    """
    The name of the person who changed it; absent where its time was over.
    """
    hold_new: bool
    """
    Whether a guest's first message waits for a moderator.
    """
    links: Literal['allow', 'hold', 'block']
    """
    Messages with a link are shown, wait for a moderator, or are refused.
    """
    off_air: bool
    """
    Whether people may write while the station is off air.
    """
    raid_until: NotRequired[int]
    """
    When a mode against a raid ends, in unix milliseconds; absent if there is none.
    """
    slow_s: int
    """
    Seconds between two messages of one person; 0 for none.
    """
    who: Literal['everybody', 'members', 'moderators']
    """
    Who may write: everybody, `members` with an account, or the station's moderators, hosts and owners.
    """


class ChatModeView(TypedDict):
    """
    Who may write, and how often.
    """

    hold_new: bool
    """
    Whether a guest's first message waits for a moderator.
    """
    links: Literal['allow', 'hold', 'block']
    """
    Messages with a link are shown, wait for a moderator, or are refused.
    """
    off_air: bool
    """
    Whether people may write while the station is off air.
    """
    raid_until: NotRequired[int]
    """
    When a mode against a raid ends, in unix milliseconds; absent if there is none.
    """
    slow_s: int
    """
    Seconds between two messages of one person; 0 for none.
    """
    who: Literal['everybody', 'members', 'moderators']
    """
    Who may write: everybody, `members` with an account, or the station's moderators, hosts and owners.
    """


class ChatPosition(TypedDict, closed=True):
    """
    A position in the chat's log.
    """

    epoch: str
    """
    The epoch that was seen last.
    """
    last_seq: int
    """
    The seq that was seen last.
    """


class ChatReport(TypedDict, closed=True):
    """
    Report a message to the station's staff; a second report by the same person changes nothing.
    """

    message: str
    """
    The message.
    """
    reason: NotRequired[str]
    """
    The reason.
    """
    station: str
    """
    The station's slug.
    """


class ChatReportDone(Acknowledged):
    """
    The ack of `chat:report` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class ChatSend(TypedDict, closed=True):
    """
    Write a message. The same `client_id` again is the same message and the same answer.

    A text that begins with a slash is a command, such as `/np`; `/help` lists those that one may use. A message that is
    to begin with a slash has it twice.
    """

    client_id: str
    """
    A UUID that the client makes for the message.
    """
    lag_ms: NotRequired[int]
    """
    How long after it was on the mount the author hears it, in milliseconds; left out by those who do not listen.
    """
    reply_to: NotRequired[str]
    """
    The message that it answers.
    """
    station: str
    """
    The station's slug.
    """
    text: str
    """
    The text: at most 500 characters as people count them, on one line.
    """


class ChatSetMode(TypedDict, closed=True):
    """
    Change who may write, and how often; what is left out stays as it is.
    """

    hold_new: NotRequired[bool]
    """
    Whether a guest's first message waits for a moderator.
    """
    links: NotRequired[Literal['allow', 'hold', 'block']]
    """
    Whether messages with a link are shown, wait for a moderator, or are refused.
    """
    off_air: NotRequired[bool]
    """
    Whether people may write while the station is off air.
    """
    raid: NotRequired[bool]
    """
    True against a raid: ten minutes of slow mode, members only, and links and new people held; false ends that.
    """
    slow_s: NotRequired[int]
    """
    Seconds between two messages of one person; 0 for none.
    """
    station: str
    """
    The station's slug.
    """
    who: NotRequired[Literal['everybody', 'members', 'moderators']]
    """
    The people who may write.
    """


class ChatSettled(TypedDict):
    """
    A held message was approved or denied, or its author deleted it.
    """

    ids: list[str]
    """
    The messages that wait no longer.
    """


class Connect(TypedDict, closed=True):
    """
    The `auth` of a client that connects.
    """

    token: str
    """
    An access token; `POST /api/v1/auth/guest` gives one to anybody.
    """


class DigestEntry(TypedDict):
    """
    One station of a digest.
    """

    art_url: NotRequired[str]
    """
    The address of its picture on this server, a JPEG; absent if it has none.
    """
    artist: NotRequired[str]
    """
    Its artist, if one is known.
    """
    listeners: int
    """
    Players of the public mounts.
    """
    name: str
    """
    The name that people see.
    """
    on_air: OnAirKind
    """
    The kind of the broadcast that is heard.
    """
    station: str
    """
    The station's slug.
    """
    stream_url: str
    """
    The URL of the stream.
    """
    streams: NotRequired[list[StreamView]]
    """
    Its public mounts, MP3 first; in a digest, only of a station that is new.
    """
    title: NotRequired[str]
    """
    The title of the track that is heard; absent while none was sent.
    """


class Envelope(TypedDict):
    """
    The fields in front of every event of a station.
    """

    at: int
    """
    When it was sent, in unix milliseconds by the server's clock.
    """
    epoch: str
    """
    The unbroken run of the log: another one means that events may have been missed.
    """
    seq: int
    """
    The position in the log: the event's own if it is ordered, else the newest one.
    """
    station: str
    """
    The station's slug.
    """


class GoingAway(TypedDict):
    """
    The server is stopping, or restarting, and closes the connection next.

    Each client gets another time, so that they do not all come back at once.
    """

    retry_after_ms: int
    """
    Milliseconds to wait before connecting again.
    """


class HeartbeatAnswer(TypedDict):
    """
    The server's clock, and the positions that the client should have reached.
    """

    chat_seqs: dict[str, int]
    """
    The same of the chats' logs.
    """
    seqs: dict[str, int]
    """
    The newest seq that was delivered, of each station that the socket follows.
    """
    server_time: int
    """
    The server's clock in unix milliseconds.
    """
    t: int | float
    """
    The `t` of the request, unchanged.
    """


class InteractionReactDone(Acknowledged):
    """
    The ack of `interaction:react` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class LibraryChanged(TypedDict):
    """
    Tracks or playlists have changed: ask for those that you show. Sent to those who run the station.
    """

    what: Literal['tracks', 'playlists']
    """
    `playlists` also when tracks were put into one, moved or taken out.
    """


class LibraryChangedMessage(Envelope, LibraryChanged):
    """
    `library:changed` as it travels.
    """


class LikeAnswer(TypedDict):
    """
    The like is committed, or taken back.
    """

    count: int
    """
    By how many it is liked.
    """
    liked: bool
    """
    Whether the person likes it now.
    """


class ModeAnswer(TypedDict):
    """
    The mode now.
    """

    mode: ChatModeView
    """
    The mode now.
    """


ModerateAction: TypeAlias = Literal['delete', 'delete_all', 'timeout', 'ban', 'unban', 'approve', 'deny', 'pin', 'unpin', 'dismiss', 'undo']
"""
Delete a `message`, or all of a `user`; keep a user from writing (`timeout`) or from the station (`ban`) for some `seconds`, or end both (`unban`); show or deny a held message; pin a message, or unpin the pinned one; leave a reported message as it is (`dismiss`); or take back what was done (`undo`).
"""


class ModerateAnswer(TypedDict):
    """
    The action was carried out.
    """

    undo: NotRequired[str]
    """
    Takes it back for five seconds: `{action: "undo", undo: <this>}`. Absent where there is nothing to undo.
    """


class PlatformDigest(TypedDict):
    """
    The stations that changed, at most every two seconds, for sockets that sent `platform:watch`.
    """

    removed: NotRequired[list[str]]
    """
    The slugs of stations that are there no more, if there are any.
    """
    stations: list[DigestEntry]
    """
    The stations that changed.
    """


class PlatformUnwatch(TypedDict, closed=True):
    """
    End `platform:watch`.
    """


class PlatformUnwatchDone(Acknowledged):
    """
    The ack of `platform:unwatch` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class PlatformWatch(TypedDict, closed=True):
    """
    Receive `stream:started` and `stream:stopped` of every public station without joining, and digests.
    """


ReactionKind: TypeAlias = Literal['heart', 'clap', 'fire', 'pray']
"""
A reaction: ❤ 👏 🔥 🙏.
"""


class Reactions(TypedDict):
    """
    The reactions of the last second.
    """

    counts: dict[ReactionKind, int]
    """
    How many of each kind there were; kinds without any are left out.
    """


class ReactionsMessage(Envelope, Reactions):
    """
    `interaction:reactions` as it travels.
    """


class RefreshAnswer(TypedDict):
    """
    The socket goes on with the token.
    """

    expires_in: int
    """
    Seconds until the token expires.
    """


class SendAnswer(TypedDict):
    """
    The message is committed, or the command carried out.
    """

    at: int
    """
    When it was shown, in unix milliseconds; when it was written, if it is held.
    """
    held: NotRequired[Literal[True]]
    """
    True if it waits for a moderator, and nobody else sees it yet.
    """
    id: NotRequired[str]
    """
    The id of the message; absent for a command that writes none.
    """
    reply: NotRequired[str]
    """
    What a command says, for its author alone, in English; in several lines.
    """
    seq: NotRequired[int]
    """
    Its seq in the chat's log; absent if it is held, or is published later.
    """
    undo: NotRequired[str]
    """
    Takes a moderator's command back for five seconds, as that of `chat:moderate` does.
    """


class StationChanged(TypedDict):
    """
    The station's name, description, picture, language, links or mounts changed.
    """

    art_url: NotRequired[str]
    """
    The address of its picture on this server, a JPEG; absent if it has none.
    """
    description: str
    """
    A short description; may be empty.
    """
    language: str
    """
    The language of its page, by its ISO 639 code; empty for each visitor's own.
    """
    links: list[LinkView]
    """
    The links on its page.
    """
    station_name: str
    """
    The name that people see.
    """
    streams: list[StreamView]
    """
    Its public mounts, MP3 first.
    """


class StationChangedMessage(Envelope, StationChanged):
    """
    `station:changed` as it travels.
    """


class StreamHeartbeat(TypedDict, closed=True):
    """
    Keep-alive, clock exchange, gap detection and the listener's own quality report in one.
    """

    buffer_ms: NotRequired[float]
    """
    The audio in the player's buffer, in milliseconds.
    """
    latency_ms: NotRequired[float]
    """
    How long after it was on the mount the listener hears it, in milliseconds.
    """
    mode: NotRequired[str]
    """
    How it is played: `synced`, `approximate`, or in the player's own words.
    """
    stalls: NotRequired[int]
    """
    The number of stalls since playing began.
    """
    station: NotRequired[str]
    """
    The station that the report is about: `latency_ms`, `buffer_ms`, `stalls`, `sync_error_ms` and `mode`.
    """
    sync_error_ms: NotRequired[float]
    """
    How far what is heard is from what is to be heard in sync, in milliseconds.
    """
    t: int | float
    """
    The client's clock; the ack repeats it.
    """


class StreamHeartbeatDone(HeartbeatAnswer):
    """
    The ack of `stream:heartbeat` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class StreamIncident(TypedDict):
    """
    A problem that the station's staff should know of.
    """

    address: NotRequired[str]
    """
    Where the encoder that it is about connects from, if that is known.
    """
    kind: IncidentKind
    """
    The kind of problem, for programs.
    """
    message: str
    """
    The problem in words, in English.
    """


class StreamIncidentMessage(Envelope, StreamIncident):
    """
    `stream:incident` as it travels.
    """


class StreamJoin(TypedDict, closed=True):
    """
    Follow a station; with the `epoch` and `last_seq` that were seen last, the answer has the missed events.
    """

    chat: NotRequired[ChatPosition]
    """
    The same of the chat's log.
    """
    epoch: NotRequired[str]
    """
    The epoch that was seen last.
    """
    last_seq: NotRequired[int]
    """
    The seq that was seen last.
    """
    station: str
    """
    The station's slug.
    """


class StreamLeave(TypedDict, closed=True):
    """
    Stop following a station.
    """

    station: str
    """
    The station's slug.
    """


class StreamLeaveDone(Acknowledged):
    """
    The ack of `stream:leave` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class StreamListenersMessage(Envelope, StreamListeners):
    """
    `stream:listeners` as it travels.
    """


class StreamQualityMessage(Envelope, StreamQuality):
    """
    `stream:quality` as it travels.
    """


class StreamQueue(TypedDict):
    """
    The queue has changed: ask for it. Sent to those who run the station.
    """

    applied: bool
    """
    Whether the station's pipeline follows it.
    """
    version: int
    """
    The version there is.
    """


class StreamQueueMessage(Envelope, StreamQueue):
    """
    `stream:queue` as it travels.
    """


class StreamSignal(TypedDict):
    """
    How the sound of a source arrives; each second while it is connected, and whenever its state changes.
    """

    level_db: list[float]
    """
    The peaks of the last second in dBFS, left and right; empty until there is sound.
    """
    lufs: NotRequired[float]
    """
    The loudness of the last three seconds in LUFS (EBU R128).
    """
    rows: list[SignalRow]
    """
    The checks.
    """
    source: SourceView
    """
    The source.
    """


class StreamSignalMessage(Envelope, StreamSignal):
    """
    `stream:signal` as it travels.
    """


class StreamStarted(TypedDict):
    """
    A live or upload broadcast began, or AutoDJ came on out of nothing.
    """

    art_url: NotRequired[str]
    """
    The address of its picture: that of what is played, or of the station; absent without one.
    """
    broadcast_id: str
    """
    The id that `stream:stopped` will carry.
    """
    description: NotRequired[str]
    """
    The description of the broadcast, if its host gave one.
    """
    host: NotRequired[str]
    """
    The host's name; absent for AutoDJ.
    """
    kind: Kind
    """
    The kind of broadcast.
    """
    position: NotRequired[AudioPositionView]
    """
    The place on the mount at that moment, if it is known.
    """
    show: NotRequired[str]
    """
    The show, if it is known.
    """
    stream_url: str
    """
    The URL of the stream.
    """
    title: NotRequired[str]
    """
    The title of the broadcast; the station's name if its host gave it none.
    """
    urls: dict[str, str]
    """
    The URLs of the stream by format.
    """


class StreamStartedMessage(Envelope, StreamStarted):
    """
    `stream:started` as it travels.
    """


class StreamStopped(TypedDict):
    """
    A broadcast ended.
    """

    broadcast_id: str
    """
    The id that its `stream:started` carried.
    """
    position: NotRequired[AudioPositionView]
    """
    The place on the mount at that moment, if it is known.
    """
    reason: StopReason
    """
    The reason for its end.
    """
    then: Literal['autodj', 'offair']
    """
    The kind of the broadcast that follows.
    """


class StreamStoppedMessage(Envelope, StreamStopped):
    """
    `stream:stopped` as it travels.
    """


SyncMode: TypeAlias = Literal['synced', 'approximate', 'starting', 'other']
"""
How a listener plays: in sync with everybody (`synced`), as ordinary players do (`approximate`), not yet (`starting`), or in a way of its own (`other`).
"""


TargetKind: TypeAlias = Literal['play', 'show', 'station']
"""
What can be liked: one playing of a track (`play`, by its `play_id`), a `show` (by the `broadcast_id`), or the `station` (by its slug).
"""


class TogetherJoin(TypedDict, closed=True):
    """
    Listen together with everybody who has the same key.

    A socket is in one room at a time. What others see of it comes from its heartbeats, once it has joined the station.
    """

    room: str
    """
    The room's key: whoever has it may come in.
    """
    station: str
    """
    The station's slug.
    """


class TogetherLeave(TypedDict, closed=True):
    """
    Listen alone again.
    """

    station: str
    """
    The station's slug.
    """


class TogetherLeaveDone(Acknowledged):
    """
    The ack of `together:leave` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class TogetherMark(TypedDict, closed=True):
    """
    Mark this moment for everybody in a room.
    """

    room: str
    """
    The room's key.
    """
    station: str
    """
    The station's slug.
    """


class TogetherMarkDone(Acknowledged):
    """
    The ack of `together:mark` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class TogetherMarked(TypedDict):
    """
    Somebody in the room has marked this moment.
    """

    at: int
    """
    When.
    """
    by: str
    """
    The name of who did.
    """
    station: str
    """
    The room's station.
    """


class TogetherMember(TypedDict):
    """
    Somebody who listens together with others.
    """

    error_ms: NotRequired[float]
    """
    How far that is from what is to be heard, at most, in milliseconds; absent if it is not known.
    """
    id: str
    """
    The person's id; one person may be in with several devices.
    """
    mode: SyncMode
    """
    How it is played there.
    """
    name: str
    """
    The person's name.
    """


class TogetherMembers(TypedDict):
    """
    The members of a room, sent when somebody comes, goes or plays otherwise; at most once a second.
    """

    members: list[TogetherMember]
    """
    The members, in the order in which they came.
    """
    station: str
    """
    The room's station.
    """


class WatchAnswer(TypedDict):
    """
    Every public station.
    """

    stations: list[DigestEntry]
    """
    Every public station.
    """


class AcceptAnswer(TypedDict):
    """
    The role that the user has now.
    """

    role: StationRole
    """
    The role there; a higher one from before is kept.
    """
    station: str
    """
    The station's slug.
    """


class AudienceAnswer(TypedDict):
    """
    How many listened.
    """

    minutes: list[MinuteView]
    """
    The minutes in which somebody listened, the oldest first; nobody did in those that are missing.
    """
    since: int
    """
    The first minute, in unix milliseconds.
    """
    until: int
    """
    The last minute; the present one is not in it.
    """


class BroadcastRecord(TypedDict):
    """
    A live or upload broadcast, on air or past.
    """

    ended_at: NotRequired[int]
    """
    When it ended, in unix milliseconds; absent while it is on air.
    """
    host: NotRequired[str]
    """
    The host's name, if it was known.
    """
    id: str
    """
    The id that `stream:started` announced.
    """
    kind: Kind
    """
    The kind of broadcast.
    """
    listener_minutes: NotRequired[int]
    """
    The sum of the listeners of its minutes: divided by 60, the hours that it was listened to. Absent if it began
    more than 90 days ago.
    """
    peak: NotRequired[int]
    """
    The greatest number of listeners; absent if it began more than 90 days ago.
    """
    reason: NotRequired[StopReason]
    """
    The reason for its end; absent while it is on air.
    """
    show: NotRequired[str]
    """
    The show, if it was known.
    """
    started_at: int
    """
    When it began, in unix milliseconds.
    """
    title: NotRequired[str]
    """
    Its title, if its host gave it one.
    """


class BroadcastReport(TypedDict):
    """
    A broadcast with its listeners, and with what went wrong.
    """

    ended_at: NotRequired[int]
    """
    When it ended, in unix milliseconds; absent while it is on air.
    """
    host: NotRequired[str]
    """
    The host's name, if it was known.
    """
    id: str
    """
    The id that `stream:started` announced.
    """
    incidents: list[IncidentView]
    """
    The incidents, the oldest first; known for 90 days.
    """
    kind: Kind
    """
    The kind of broadcast.
    """
    listener_minutes: NotRequired[int]
    """
    The sum of the listeners of its minutes: divided by 60, the hours that it was listened to. Absent if it began
    more than 90 days ago.
    """
    minutes: list[MinuteView]
    """
    The minutes in which somebody listened, the oldest first; known for 90 days.
    """
    peak: NotRequired[int]
    """
    The greatest number of listeners; absent if it began more than 90 days ago.
    """
    reason: NotRequired[StopReason]
    """
    The reason for its end; absent while it is on air.
    """
    show: NotRequired[str]
    """
    The show, if it was known.
    """
    started_at: int
    """
    When it began, in unix milliseconds.
    """
    title: NotRequired[str]
    """
    Its title, if its host gave it one.
    """


class BroadcastView(TypedDict):
    """
    A broadcast that is on air.
    """

    art_url: NotRequired[str]
    """
    The address of its picture: that of what is played, or of the station; absent without one.
    """
    description: NotRequired[str]
    """
    Its description, if its host gave it one.
    """
    host: NotRequired[str]
    """
    The host's name; absent for AutoDJ.
    """
    id: str
    """
    The id that `stream:started` announced.
    """
    kind: Kind
    """
    The kind of broadcast.
    """
    reconnecting: bool
    """
    Whether its encoder is gone and may still come back.
    """
    show: NotRequired[str]
    """
    The show, if it is known.
    """
    started_at: int
    """
    When it began, in unix milliseconds.
    """
    title: NotRequired[str]
    """
    Its title, if its host gave it one.
    """


class ChatMessageView(TypedDict):
    """
    A message, in a list.
    """

    announcement: NotRequired[Literal[True]]
    """
    True for an announcement of the station's staff.
    """
    at: int
    """
    When it was shown, in unix milliseconds; when it was written, while it is held.
    """
    client_id: str
    """
    The id that the author's client gave it.
    """
    edited: NotRequired[Literal[True]]
    """
    True if its text was changed.
    """
    held: NotRequired[Literal[True]]
    """
    True while it waits for a moderator.
    """
    id: str
    """
    The id of the message.
    """
    position: NotRequired[AudioPositionView]
    """
    The frame that its author heard when it was written; absent if they did not listen, or it is not known.
    """
    reply_to: NotRequired[str]
    """
    The message that it answers.
    """
    seq: NotRequired[int]
    """
    Its seq in the chat's log, which orders messages of the same `at`; absent while it is held.
    """
    text: str
    """
    Plain text on one line.
    """
    user: ChatUser
    """
    The author.
    """


class ChatMessages(TypedDict):
    """
    Messages of a station.
    """

    items: list[ChatMessageView]
    """
    The items.
    """
    next: NotRequired[str]
    """
    The `before` of the next page, or its `after` where that was given; absent on the last one.
    """


class ChatPerson(TypedDict):
    """
    Somebody who writes in a station's chat, for those who moderate it.
    """

    actions: list[PastAction]
    """
    Actions of moderators about them lately, the newest first.
    """
    deleted: int
    """
    How many were deleted or denied.
    """
    id: str
    """
    The user's or guest's id.
    """
    messages: int
    """
    How many messages of theirs are shown.
    """
    name: str
    """
    The name in this chat.
    """
    recent: list[ChatMessageView]
    """
    Their newest messages that are shown, the newest first.
    """
    sanctions: list[SanctionView]
    """
    Bans and timeouts in force.
    """
    since: int
    """
    Since when they write here, in unix milliseconds.
    """


class ErrorBody(TypedDict):
    """
    What went wrong: in acks, in HTTP answers as `error`, and in the `data` of a refused handshake.
    """

    ban: NotRequired[BanNotice]
    """
    With `banned`: the ban.
    """
    code: ErrorCode
    """
    For programs. A client treats a code that it does not know by the HTTP status, or like `internal`.
    """
    message: str
    """
    For people, in English.
    """
    retry_after: NotRequired[float]
    """
    Seconds after which trying again makes sense, if that is known.
    """
    retryable: bool
    """
    Whether the same request may succeed later.
    """


class GoLiveRequest(TypedDict, closed=True):
    """
    Put a source or a recording on air; what is left out of the fields that listeners see stays as it is.
    """

    description: NotRequired[str]
    """
    The description of the broadcast.
    """
    host: NotRequired[str]
    """
    The host's name; without it, that of the stream key's holder, or of who puts an `upload` on air.
    """
    id: NotRequired[SourceId]
    """
    Which encoder or browser, where both could be meant.
    """
    playlist_id: NotRequired[str]
    """
    The playlist that is an `upload`: in its order, and once.
    """
    replaces: NotRequired[str]
    """
    The broadcast that is on air and ends now: without it, nobody else is interrupted.
    """
    show: NotRequired[str]
    """
    The show.
    """
    source: GoLiveSource
    """
    The kind of source that goes on air.
    """
    title: NotRequired[str]
    """
    The title of the broadcast, shown while its encoder sends no titles; without it, an `upload` has its own name.
    """
    track_id: NotRequired[str]
    """
    The track that is an `upload`.
    """


class HeldAnswer(TypedDict):
    """
    The messages that wait for a moderator.
    """

    messages: list[ChatMessageView]
    """
    The messages, the oldest first.
    """


class HistoryPage(TypedDict):
    """
    A station's plays, the newest first.
    """

    items: list[PlayView]
    """
    The items.
    """
    next: NotRequired[str]
    """
    The `cursor` of the next page; absent on the last one.
    """


class InvitationRequest(TypedDict, closed=True):
    """
    Invite the first user who opens the link.
    """

    expires_in: NotRequired[int]
    """
    Seconds that the link works.
    """
    message: NotRequired[str]
    """
    Words to the person invited.
    """
    note: NotRequired[str]
    """
    A note for those who run the station, such as the name of the person invited; cut at 80 bytes.
    """
    role: StationRole
    """
    The role that accepting it gives.
    """


class InvitationView(TypedDict):
    """
    An invitation.
    """

    accepted_by: NotRequired[str]
    """
    The name of the person who accepted it, if anybody has.
    """
    created_at: int
    """
    When it was made, in unix milliseconds.
    """
    expires_at: int
    """
    When it stops working, in unix milliseconds.
    """
    id: str
    """
    The id to withdraw the invitation with.
    """
    made_by: str
    """
    The name of the person who made it.
    """
    note: str
    """
    Their note; may be empty.
    """
    role: StationRole
    """
    The role that accepting it gives.
    """
    state: Literal['open', 'accepted', 'expired', 'withdrawn']
    """
    Whether it can still be accepted.
    """
    url: NotRequired[str]
    """
    The link; only in the answer that creates it.
    """


class InvitationsAnswer(TypedDict):
    """
    A station's invitations.
    """

    invitations: list[InvitationView]
    """
    The invitations, the newest first.
    """


class KickRequest(TypedDict, closed=True):
    """
    Disconnect a source, and keep its stream key from connecting again for some time.
    """

    seconds: int
    """
    How long its stream key opens nothing.
    """
    source: SourceId
    """
    The source.
    """


class ListenersInSync(TypedDict):
    """
    How the listeners on web pages play, as their pages have reported in the last minute.
    """

    approximate: int
    """
    Those that play as ordinary players do.
    """
    error_ms: NotRequired[Spread]
    """
    How far those in sync are from what they are to play; absent while none is.
    """
    heard_after_ms: NotRequired[int]
    """
    The time from sending the live source to hearing it; half of the pages hear it within that. Absent while nothing
    is live, and until it was measured.
    """
    latency_ms: NotRequired[Spread]
    """
    How long after it was on the mount they hear it; absent while nobody does.
    """
    pages: int
    """
    The pages that play the station.
    """
    synced: int
    """
    Those of them that play in sync with each other.
    """


class LovedAnswer(TypedDict):
    """
    The most liked plays of a station.
    """

    plays: list[LovedPlay]
    """
    The plays, the most liked first.
    """


class Me(TypedDict):
    """
    The user or guest that a token stands for, with the roles at stations.
    """

    creates_stations: bool
    """
    Whether the user may create stations.
    """
    id: str
    """
    The id, which never changes.
    """
    name: str
    """
    The name that others see.
    """
    role: PlatformRole
    """
    The role on the platform.
    """
    stations: dict[str, StationRole]
    """
    The roles at stations, by slug.
    """


class MemberRequest(TypedDict, closed=True):
    """
    Set a user's role at a station.
    """

    login: str
    """
    The user's login.
    """
    role: StationRole
    """
    The new role.
    """


class MemberView(TypedDict):
    """
    A user with a role at a station.
    """

    login: str
    """
    The user's login.
    """
    name: str
    """
    The name that others see.
    """
    role: StationRole
    """
    The role at the station.
    """
    user_id: str
    """
    The user's id.
    """


class MembersAnswer(TypedDict):
    """
    The members of a station.
    """

    members: list[MemberView]
    """
    The members, from the most to the least powerful.
    """


class OfferView(TypedDict):
    """
    The offer of an invitation.
    """

    made_by: str
    """
    The name of the person who made it.
    """
    message: str
    """
    Their words to the person invited; may be empty.
    """
    role: StationRole
    """
    The role that accepting it gives.
    """
    state: Literal['open', 'accepted', 'expired', 'withdrawn']
    """
    Whether it can still be accepted.
    """
    station: str
    """
    The station's slug.
    """
    station_name: str
    """
    The station's name.
    """


class PersonView(TypedDict):
    """
    Somebody who has a station's page open, or follows it with another program.
    """

    name: str
    """
    The name that others see.
    """
    role: PlatformRole
    """
    The role on the platform.
    """
    user_id: str
    """
    The user's or guest's id, to ban them by.
    """


class PlaylistAnswer(TypedDict):
    """
    One playlist.
    """

    playlist: PlaylistView
    """
    The playlist.
    """


class PlaylistTracksAnswer(TypedDict):
    """
    The tracks that a request was carried out for, and the playlist as it is then.
    """

    ids: list[str]
    """
    Their ids.
    """
    playlist: PlaylistView
    """
    The playlist.
    """


class PlaylistTracksPage(TypedDict):
    """
    Tracks of a playlist, in order.
    """

    items: list[TrackView]
    """
    The items.
    """
    next: NotRequired[str]
    """
    The `cursor` of the next page; absent on the last one.
    """


class PreviewRequest(TypedDict, closed=True):
    """
    Hear a source before it is on air.
    """

    source: NotRequired[SourceId]
    """
    The source.
    """


class QueueItem(TypedDict):
    """
    One playing of a track.
    """

    fixed: bool
    """
    Whether it is on air, or begins at this moment, and cannot be moved or removed.
    """
    id: str
    """
    Its id, which is the `play_id` of `stream:metadata` while it is heard.
    """
    starts_at: int
    """
    When it began, or is expected to begin, in unix milliseconds.
    """
    track: QueuedTrack
    """
    The track.
    """
    why: Why
    """
    The reason for it.
    """


class QueueView(TypedDict):
    """
    The queue of a station, which is heard while nobody is live.
    """

    applied: bool
    """
    Whether the station's pipeline follows this version; it does so within a second, and when it is back.
    """
    items: list[QueueItem]
    """
    The items that follow, in order.
    """
    now: NotRequired[QueueItem]
    """
    The item on air; absent while a host is live, or there is no music.
    """
    version: int
    """
    It rises with each edit, and with each choice of AutoDJ.
    """


class ReportView(TypedDict):
    """
    A message that listeners have reported.
    """

    count: int
    """
    How many people have reported it.
    """
    message: ChatMessageView
    """
    The message.
    """
    reasons: list[str]
    """
    The reasons that were given.
    """


class ReportsAnswer(TypedDict):
    """
    The reported messages that no moderator has looked at.
    """

    reports: list[ReportView]
    """
    The messages, the most reported first.
    """


class SignalView(TypedDict):
    """
    A source, and how its sound arrives.
    """

    level_db: list[float]
    """
    The peaks of the last second in dBFS, left and right; empty until there is sound.
    """
    lufs: NotRequired[float]
    """
    The loudness of the last three seconds in LUFS (EBU R128).
    """
    rows: list[SignalRow]
    """
    The checks.
    """
    source: SourceView
    """
    The source.
    """


class SignalsAnswer(TypedDict):
    """
    The sources of a station.
    """

    auto_live: bool
    """
    Whether an encoder goes on air as soon as it connects.
    """
    broadcast: NotRequired[BroadcastView]
    """
    The live or upload broadcast; absent while there is none.
    """
    dead_air_s: int
    """
    For how many seconds a source on air may be silent before music plays in its place; 0 for ever.
    """
    signals: list[SignalView]
    """
    The sources, `a` first.
    """


class StationView(TypedDict):
    """
    A station and the URLs of its stream.
    """

    art_url: NotRequired[str]
    """
    The address of its picture on this server, a JPEG; absent if it has none.
    """
    description: str
    """
    A short description; may be empty.
    """
    language: str
    """
    The language of its page, by its ISO 639 code; empty for each visitor's own.
    """
    links: list[LinkView]
    """
    The links on its page.
    """
    listeners: int
    """
    Players of the public mounts.
    """
    name: str
    """
    The name that people see.
    """
    on_air: OnAirKind
    """
    The kind of the broadcast that is heard.
    """
    page_url: str
    """
    The URL of its page for listeners.
    """
    slug: str
    """
    The slug that URLs use.
    """
    stream_url: str
    """
    The URL of the stream.
    """
    streams: list[StreamView]
    """
    Its public mounts, MP3 first.
    """
    urls: dict[str, str]
    """
    The URLs of the stream by format.
    """


class StationsAnswer(TypedDict):
    """
    The stations, by slug.
    """

    stations: list[StationView]
    """
    The stations, by slug.
    """


class StreamMetadata(TypedDict):
    """
    Show, host or track changed.
    """

    host: NotRequired[str]
    """
    The host's name; absent for AutoDJ.
    """
    kind: Kind
    """
    The kind of broadcast that is heard: `live` from when its audio comes through, not while its encoder is gone.
    """
    play_id: str
    """
    The id of this one playing of the track.
    """
    position: NotRequired[AudioPositionView]
    """
    Where its first sample is in what listeners are sent, if that is known.
    """
    show: NotRequired[str]
    """
    The show, if it is known.
    """
    stand_in: NotRequired[Literal[True]]
    """
    True where no track is named: the title is the broadcast's, the show's or the station's, the artist the host.
    """
    started_at: int
    """
    When the track began, in unix milliseconds.
    """
    track: Track
    """
    The track that is heard.
    """


class TokenAnswer(TypedDict):
    """
    An access token, and the refresh token to get the next one with.
    """

    access_token: str
    """
    For the `Authorization` header, and for the `auth` of a socket.
    """
    device: NotRequired[str]
    """
    Only after a login: send it with your next one, so that other people's wrong passwords do not delay yours.
    """
    expires_in: int
    """
    Seconds until the access token expires.
    """
    refresh_token: NotRequired[str]
    """
    The token for `POST /api/v1/auth/refresh`. A user's works once, and each answer has the next; a guest's stays.
    """
    token_type: Literal['Bearer']
    """
    The scheme of the `Authorization` header.
    """
    user: UserView
    """
    The user or guest.
    """


class TrackAnswer(TypedDict):
    """
    One track.
    """

    track: TrackView
    """
    The track.
    """


class AuthRefreshDone(RefreshAnswer):
    """
    The ack of `auth:refresh` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class ChatDeletedMessage(Envelope, ChatDeleted):
    """
    `chat:deleted` as it travels.
    """


class ChatEditedMessage(Envelope, ChatEdited):
    """
    `chat:edited` as it travels.
    """


class ChatHeld(TypedDict):
    """
    A message waits for a moderator.
    """

    message: ChatMessageView
    """
    The message.
    """


class ChatHeldMessage(Envelope, ChatHeld):
    """
    `chat:held` as it travels.
    """


class ChatMessageMessage(Envelope, ChatMessage):
    """
    `chat:message` as it travels.
    """


class ChatModeChangedMessage(Envelope, ChatModeChanged):
    """
    `chat:mode` as it travels.
    """


class ChatModerate(TypedDict, closed=True):
    """
    Act on a message or a person.
    """

    action: ModerateAction
    """
    The action.
    """
    message: NotRequired[str]
    """
    The message it is about.
    """
    reason: NotRequired[str]
    """
    The reason, which the person is shown.
    """
    seconds: NotRequired[int]
    """
    How long a timeout or ban lasts: a timeout ten minutes without it, a ban until it is lifted.
    """
    station: str
    """
    The station's slug.
    """
    undo: NotRequired[str]
    """
    The token of what is undone; `message` may carry it as well.
    """
    user: NotRequired[str]
    """
    The person it is about.
    """


class ChatModerateDone(ModerateAnswer):
    """
    The ack of `chat:moderate` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class ChatPinned(TypedDict):
    """
    A message was pinned, or unpinned.
    """

    id: NotRequired[str]
    """
    The message that is pinned now; absent if none is.
    """
    message: NotRequired[ChatMessageView]
    """
    That message.
    """


class ChatPinnedMessage(Envelope, ChatPinned):
    """
    `chat:pinned` as it travels.
    """


class ChatReported(TypedDict):
    """
    A listener has reported a message.
    """

    by: str
    """
    The name of the person who reported it.
    """
    message: ChatMessageView
    """
    The message.
    """
    reason: str
    """
    The reason; may be empty.
    """


class ChatReportedMessage(Envelope, ChatReported):
    """
    `chat:report` as it travels.
    """


class ChatRestored(TypedDict):
    """
    Messages are shown again, in their old places: a moderator took their deletion back.
    """

    messages: list[ChatMessageView]
    """
    The messages.
    """


class ChatRestoredMessage(Envelope, ChatRestored):
    """
    `chat:restored` as it travels.
    """


class ChatSendDone(SendAnswer):
    """
    The ack of `chat:send` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class ChatSetModeDone(ModeAnswer):
    """
    The ack of `chat:mode` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class ChatSettledMessage(Envelope, ChatSettled):
    """
    `chat:settled` as it travels.
    """


class ChatState(TypedDict):
    """
    The chat of a station, true after `seq` of `epoch`.
    """

    epoch: str
    """
    The unbroken run of the chat's log.
    """
    messages: list[ChatMessageView]
    """
    The newest messages, the oldest of them first.
    """
    mode: ChatModeView
    pinned: NotRequired[ChatMessageView]
    """
    The message that is pinned.
    """
    seq: int
    """
    The seq of its newest event.
    """


class ConnectError(TypedDict):
    """
    The answer to a refused connect: the `connect_error` of socket.io-client.
    """

    data: ErrorBody
    """
    The error, for programs.
    """
    message: str
    """
    The reason in words, in English.
    """


class InteractionLikeDone(LikeAnswer):
    """
    The ack of `interaction:like` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class InteractionReact(TypedDict, closed=True):
    """
    React to what is heard; counted, and not stored.
    """

    kind: ReactionKind
    """
    The reaction.
    """
    station: str
    """
    The station's slug.
    """


class LikeTarget(TypedDict, closed=True):
    """
    What is to be liked.
    """

    id: str
    """
    Its id.
    """
    kind: TargetKind
    """
    The kind of it.
    """


class Liked(TypedDict):
    """
    What is liked.
    """

    id: str
    """
    Its id.
    """
    kind: TargetKind
    """
    The kind of it.
    """


class LikesChanged(TypedDict):
    """
    The count of likes of something changed; sent at most once a second for each of them.
    """

    count: int
    """
    By how many.
    """
    position: NotRequired[AudioPositionView]
    """
    The frame that was heard by the person who liked it last; absent if they did not listen, or it is not known.
    """
    target: Liked


class LikesChangedMessage(Envelope, LikesChanged):
    """
    `interaction:likes` as it travels.
    """


class MissedChatDeleted(TypedDict):
    """
    `chat:deleted`, which was missed.
    """

    data: ChatDeletedMessage
    """
    Its body, as it was sent.
    """
    event: Literal['chat:deleted']
    """
    The name of the event.
    """


class MissedChatEdited(TypedDict):
    """
    `chat:edited`, which was missed.
    """

    data: ChatEditedMessage
    """
    Its body, as it was sent.
    """
    event: Literal['chat:edited']
    """
    The name of the event.
    """


class MissedChatMessage(TypedDict):
    """
    `chat:message`, which was missed.
    """

    data: ChatMessageMessage
    """
    Its body, as it was sent.
    """
    event: Literal['chat:message']
    """
    The name of the event.
    """


class MissedChatModeChanged(TypedDict):
    """
    `chat:mode`, which was missed.
    """

    data: ChatModeChangedMessage
    """
    Its body, as it was sent.
    """
    event: Literal['chat:mode']
    """
    The name of the event.
    """


class MissedChatPinned(TypedDict):
    """
    `chat:pinned`, which was missed.
    """

    data: ChatPinnedMessage
    """
    Its body, as it was sent.
    """
    event: Literal['chat:pinned']
    """
    The name of the event.
    """


class MissedChatRestored(TypedDict):
    """
    `chat:restored`, which was missed.
    """

    data: ChatRestoredMessage
    """
    Its body, as it was sent.
    """
    event: Literal['chat:restored']
    """
    The name of the event.
    """


class MissedStationChanged(TypedDict):
    """
    `station:changed`, which was missed.
    """

    data: StationChangedMessage
    """
    Its body, as it was sent.
    """
    event: Literal['station:changed']
    """
    The name of the event.
    """


class MissedStreamStarted(TypedDict):
    """
    `stream:started`, which was missed.
    """

    data: StreamStartedMessage
    """
    Its body, as it was sent.
    """
    event: Literal['stream:started']
    """
    The name of the event.
    """


class MissedStreamStopped(TypedDict):
    """
    `stream:stopped`, which was missed.
    """

    data: StreamStoppedMessage
    """
    Its body, as it was sent.
    """
    event: Literal['stream:stopped']
    """
    The name of the event.
    """


class PlatformWatchDone(WatchAnswer):
    """
    The ack of `platform:watch` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


class Refusal(TypedDict):
    """
    The ack of a request that failed.
    """

    error: ErrorBody
    """
    What went wrong.
    """
    ok: Literal[False]
    """
    Always false.
    """


class Snapshot(TypedDict):
    """
    Everything that a client needs when it joins a station, true after `seq` of `epoch`.
    """

    broadcast: NotRequired[BroadcastView]
    """
    The broadcast that is heard; absent while the station is off air.
    """
    chat: NotRequired[ChatState]
    """
    The chat; absent in the data of a page, in event streams of banned readers, and in all while it is not public.
    """
    epoch: str
    """
    The unbroken run of the station's log.
    """
    history: list[PlayView]
    """
    The newest plays, the newest first.
    """
    likes: dict[str, int]
    """
    By how many the current play and those of the history are liked, by `play_id`; only what is liked.
    """
    listeners: StreamListeners
    """
    The counts.
    """
    metadata: NotRequired[StreamMetadata]
    """
    The show, the host and the track; absent while the station is off air.
    """
    off_air_since: NotRequired[int]
    """
    When it went off air, in unix milliseconds; absent while it is on air, or if that is not known.
    """
    on_air: OnAirKind
    """
    The kind of the broadcast that is heard.
    """
    quality: StreamQuality
    """
    The quality of the signal.
    """
    seq: int
    """
    The seq of its newest event.
    """
    server_time: int
    """
    The server's clock, in unix milliseconds.
    """
    station: StationView
    """
    The station.
    """
    station_likes: int
    """
    By how many the station is liked.
    """


StreamHeartbeatAck: TypeAlias = StreamHeartbeatDone | Refusal
"""
The ack of `stream:heartbeat`.
"""


StreamLeaveAck: TypeAlias = StreamLeaveDone | Refusal
"""
The ack of `stream:leave`.
"""


class StreamMetadataMessage(Envelope, StreamMetadata):
    """
    `stream:metadata` as it travels.
    """


class TogetherAnswer(TypedDict):
    """
    The socket is in the room.
    """

    members: list[TogetherMember]
    """
    The members, in the order in which they came.
    """


class TogetherJoinDone(TogetherAnswer):
    """
    The ack of `together:join` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


TogetherLeaveAck: TypeAlias = TogetherLeaveDone | Refusal
"""
The ack of `together:leave`.
"""


TogetherMarkAck: TypeAlias = TogetherMarkDone | Refusal
"""
The ack of `together:mark`.
"""


class BroadcastAnswer(TypedDict):
    """
    The broadcast that is on air.
    """

    broadcast: BroadcastView
    """
    The broadcast.
    """


class BroadcastPage(TypedDict):
    """
    A page of the past broadcasts, the newest first.
    """

    items: list[BroadcastRecord]
    """
    The items.
    """
    next: NotRequired[str]
    """
    The `cursor` of the next page; absent on the last one.
    """


class ErrorAnswer(TypedDict):
    """
    The body of every HTTP answer that is not 2xx.
    """

    error: ErrorBody
    """
    What went wrong.
    """


class ForecastView(TypedDict):
    """
    The next 24 hours, if nobody changes anything.
    """

    items: list[QueueItem]
    """
    The items in the order in which they would be heard, without the one on air.
    """
    planned: int
    """
    How many of the items, from the first on, are in the queue; what follows is what AutoDJ would choose now.
    """


class NowPlayingView(TypedDict):
    """
    A station's broadcast, track, quality and number of listeners now.
    """

    broadcast: NotRequired[BroadcastView]
    """
    The broadcast that is heard; absent while the station is off air.
    """
    listeners: StreamListeners
    """
    The counts.
    """
    metadata: NotRequired[StreamMetadata]
    """
    The show, the host and the track; absent while the station is off air.
    """
    on_air: OnAirKind
    """
    The kind of the broadcast that is heard.
    """
    quality: StreamQuality
    """
    The quality of the signal.
    """
    station: StationView
    """
    The station.
    """


class PeopleAnswer(TypedDict):
    """
    The people who follow a station now.
    """

    people: list[PersonView]
    """
    Those who follow the station through this server, each once, by name; the first 500.
    """


class PlacedView(TypedDict):
    """
    The queue with an item that was just placed.
    """

    applied: bool
    """
    Whether the station's pipeline follows this version; it does so within a second, and when it is back.
    """
    item: str
    """
    The id of that item.
    """
    items: list[QueueItem]
    """
    The items that follow, in order.
    """
    now: NotRequired[QueueItem]
    """
    The item on air; absent while a host is live, or there is no music.
    """
    version: int
    """
    It rises with each edit, and with each choice of AutoDJ.
    """


AuthRefreshAck: TypeAlias = AuthRefreshDone | Refusal
"""
The ack of `auth:refresh`.
"""


ChatDeleteAck: TypeAlias = ChatDeleteDone | Refusal
"""
The ack of `chat:delete`.
"""


ChatEditAck: TypeAlias = ChatEditDone | Refusal
"""
The ack of `chat:edit`.
"""


ChatModerateAck: TypeAlias = ChatModerateDone | Refusal
"""
The ack of `chat:moderate`.
"""


ChatReportAck: TypeAlias = ChatReportDone | Refusal
"""
The ack of `chat:report`.
"""


ChatSendAck: TypeAlias = ChatSendDone | Refusal
"""
The ack of `chat:send`.
"""


ChatSetModeAck: TypeAlias = ChatSetModeDone | Refusal
"""
The ack of `chat:mode`.
"""


class InteractionLike(TypedDict, closed=True):
    """
    Like something, once a person; or take that back.
    """

    lag_ms: NotRequired[int]
    """
    How long after it was on the mount the person hears it, in milliseconds; left out by those who do not listen.
    """
    station: str
    """
    The station's slug.
    """
    target: LikeTarget
    """
    What is liked.
    """
    undo: NotRequired[bool]
    """
    True to take it back.
    """


InteractionLikeAck: TypeAlias = InteractionLikeDone | Refusal
"""
The ack of `interaction:like`.
"""


InteractionReactAck: TypeAlias = InteractionReactDone | Refusal
"""
The ack of `interaction:react`.
"""


MissedChatEvent: TypeAlias = MissedChatDeleted | MissedChatEdited | MissedChatMessage | MissedChatModeChanged | MissedChatPinned | MissedChatRestored
"""
An event that was missed.
"""


class MissedStreamMetadata(TypedDict):
    """
    `stream:metadata`, which was missed.
    """

    data: StreamMetadataMessage
    """
    Its body, as it was sent.
    """
    event: Literal['stream:metadata']
    """
    The name of the event.
    """


PlatformUnwatchAck: TypeAlias = PlatformUnwatchDone | Refusal
"""
The ack of `platform:unwatch`.
"""


PlatformWatchAck: TypeAlias = PlatformWatchDone | Refusal
"""
The ack of `platform:watch`.
"""


TogetherJoinAck: TypeAlias = TogetherJoinDone | Refusal
"""
The ack of `together:join`.
"""


class ChatRecovery(TypedDict):
    """
    What was missed of the chat.
    """

    epoch: str
    """
    The unbroken run of the chat's log.
    """
    missed: list[MissedChatEvent]
    """
    The events of the chat after the position that was sent, in order.
    """
    recovered: bool
    """
    Whether `missed` has every event since the position that was sent. If not, the snapshot's chat is the truth.
    """
    seq: int
    """
    The seq of its newest event.
    """


MissedEvent: TypeAlias = MissedStationChanged | MissedStreamMetadata | MissedStreamStarted | MissedStreamStopped
"""
An event that was missed.
"""


class JoinAnswer(TypedDict):
    """
    The station as it is now, and what was missed.
    """

    chat: NotRequired[ChatRecovery]
    """
    What was missed of the chat; absent if no position of it was sent.
    """
    missed: list[MissedEvent]
    """
    The events after the position that was sent, in order.
    """
    recovered: bool
    """
    Whether `missed` has every event since the position that was sent. If not, the snapshot is the truth.
    """
    snapshot: Snapshot
    """
    The station, true after the newest event of its log.
    """


class StreamJoinDone(JoinAnswer):
    """
    The ack of `stream:join` that was carried out.
    """

    ok: Literal[True]
    """
    Always true.
    """


StreamJoinAck: TypeAlias = StreamJoinDone | Refusal
"""
The ack of `stream:join`.
"""
