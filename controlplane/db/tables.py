"""The tables. Identifiers are random hex; times are unix milliseconds, as on the wire."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

users = Table(
    "users",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(256)),
    Column("created_at", BigInteger, nullable=False),
    # Unix seconds: tokens without a session that were made before are revoked.
    Column("tokens_from", BigInteger, nullable=False, server_default="0"),
)
# Logins are ASCII, whose lower case every database knows.
Index("uq_users_lower_login", func.lower(users.c.login), unique=True)

stations = Table(
    "stations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("slug", String(40), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("description", Text, nullable=False),
    Column("bitrate_kbps", Integer, nullable=False),
    Column("auto_live", Boolean, nullable=False, server_default=true()),
    Column("auto_stop", Boolean, nullable=False, server_default=true()),
    # Seconds of silence after which music plays; 0 for never.
    Column("dead_air_s", Integer, nullable=False, server_default="30"),
    # Of its page, such as "ur"; empty for each visitor's own.
    Column("language", String(8), nullable=False, server_default=""),
    Column("timezone", String(64), nullable=False, server_default="UTC"),
    # A JSON list of names and URLs, in the order of the page.
    Column("links", Text, nullable=False, server_default="[]"),
    # SHA-256 of its picture; empty without one.
    Column("art", String(64), nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(16), nullable=False),
)

access_version = Table(
    # One row; the version rises with every change of roles, revocations, bans, stations and stream keys.
    "access_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)

identities = Table(
    # Which of our users a subject of an external issuer's tokens is.
    "identities",
    metadata,
    Column("issuer", String(200), primary_key=True),
    Column("subject", String(128), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("reason", String(32)),
    # Where it was opened: that address keeps a count of its own for wrong passwords.
    Column("address", String(64), nullable=False, server_default=""),
)

refresh_tokens = Table(
    # The family of a session: every refresh token it had, as a hash. One is unspent.
    "refresh_tokens",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("spent_at", BigInteger),
)

revocations = Table(
    # Sessions and guests whose tokens are revoked, until the last of those has expired by itself.
    "revocations",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("until", BigInteger, nullable=False),
    # The user that a guest has become, and the session that began with it.
    Column("user_id", String(32)),
    Column("session", String(32)),
)

bans = Table(
    # Of a user or guest; without a station, from the whole platform. A timeout keeps from writing only.
    "bans",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("subject", String(64), nullable=False),
    Column("name", String(80), nullable=False),
    Column("address", String(64)),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE")),
    Column("reason", String(200), nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("kind", String(8), nullable=False, server_default="ban"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), nullable=False),
    Column("role", String(16), nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("made_by", String(80), nullable=False),
    Column("made_by_id", String(32), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("accepted_by", String(80)),
    Column("ended_at", BigInteger),
    Column("note", String(80), nullable=False, server_default=""),
    # For the person invited.
    Column("message", Text, nullable=False, server_default=""),
)

audit = Table(
    # Entries outlive what they are about: no foreign keys.
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("actor_id", String(64), nullable=False),
    Column("actor_name", String(80), nullable=False),
    Column("address", String(64), nullable=False),
    Column("action", String(40), nullable=False),
    Column("station", String(40)),
    # A slug may be used again: entries go with the station's identifier.
    Column("station_id", String(32)),
    Column("target", String(200), nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "station_id", "id"),
)

stream_keys = Table(
    "stream_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("label", String(80), nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    # Until then it opens nothing: its encoder was kicked.
    Column("locked_until", BigInteger),
    Column("last_used_at", BigInteger),
)

bots = Table(
    # Users without a password, who have a key and a role at one station.
    "bots",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("made_by", String(80), nullable=False),
    Column("used_at", BigInteger),
)

libraries = Table(
    # The version rises with every change of a station's tracks.
    "libraries",
    metadata,
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True),
    Column("version", BigInteger, nullable=False),
)

tracks = Table(
    # The audio is a file named by its SHA-256, which tracks of several stations may share.
    "tracks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("format", String(8), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("file_name", String(255), nullable=False),
    Column("title", String(255), nullable=False),
    Column("artist", String(255), nullable=False),
    Column("album", String(255), nullable=False),
    Column("genre", String(80), nullable=False),
    Column("year", Integer),
    Column("isrc", String(12), nullable=False),
    Column("label", String(120), nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("codec", String(16), nullable=False),
    Column("bitrate_kbps", Integer, nullable=False),
    # Of its picture; empty without one.
    Column("art", String(64), nullable=False),
    # Folded, for searching and sorting.
    Column("title_key", String(255), nullable=False),
    Column("artist_key", String(255), nullable=False),
    Column("search", Text, nullable=False),
    Column("added_by", String(80), nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("measured", String(8), nullable=False),
    # Why it cannot be played; empty if it can.
    Column("problem", String(200), nullable=False),
    Column("loudness_lufs", Float),
    Column("peak_dbtp", Float),
    Column("gain_db", Float, nullable=False),
    Column("cue_in_ms", Integer, nullable=False),
    Column("cue_out_ms", Integer),
    Column("duplicate_of", String(32)),
    Column("plays", Integer, nullable=False),
    Column("played_at", BigInteger),
    UniqueConstraint("station_id", "sha256"),
    Index(None, "station_id", "added_at", "id"),
    Index(None, "station_id", "title_key", "id"),
    Index(None, "station_id", "artist_key", "title_key", "id"),
    # For the sums and counts that every page of a list has.
    Index(None, "station_id", "size"),
    Index(None, "station_id", "measured"),
    # To know whether a picture still belongs to any of them.
    Index(None, "art"),
    # For measuring: what comes next, and what may be the same recording.
    Index(None, "measured", "added_at"),
    Index(None, "station_id", "duration_ms"),
    Index(None, "duplicate_of"),
)

fingerprints = Table(
    # Chromaprint's numbers in base64: in a track's row, every search would read them, and they are ten times as long.
    "fingerprints",
    metadata,
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True),
    Column("numbers", Text, nullable=False),
)

playlists = Table(
    # AutoDJ plays from those whose weight is not zero; with none of them, from all tracks.
    "playlists",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(80), nullable=False),
    # The name folded, so that no two look alike.
    Column("name_key", String(255), nullable=False),
    Column("order", String(8), nullable=False),
    Column("weight", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # The track that AutoDJ played from it last: one in sequence goes on behind it.
    Column("last_track", String(32), nullable=False),
    # How many of its tracks were played, each as a part of its weight.
    Column("turns", Float, nullable=False),
    UniqueConstraint("station_id", "name_key"),
)

playlist_tracks = Table(
    "playlist_tracks",
    metadata,
    Column("playlist_id", ForeignKey("playlists.id", ondelete="CASCADE"), primary_key=True),
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("place", Integer, nullable=False),
)

plans = Table(
    # The version rises with every change of what will be played.
    "plans",
    metadata,
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    # The item that was counted as played last.
    Column("counted", String(32), nullable=False),
    # SHA-256 of the playlists that AutoDJ chose from: another one, and it chooses anew.
    Column("rotation", String(64), nullable=False, server_default=""),
    # How many tracks there were to choose from.
    Column("chosen_from", Integer, nullable=False, server_default="0"),
)

plan_items = Table(
    # The items of plans in order; the first is on air. An item is one playing of a track.
    "plan_items",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("place", Integer, nullable=False),
    # A track that is removed while it is on air is heard to its end.
    Column("track_id", String(32), nullable=False),
    # The name of the person who placed it; empty if AutoDJ did.
    Column("placed_by", String(80), nullable=False),
    # When the track had been played last, at the time that AutoDJ chose it.
    Column("last_played_at", BigInteger),
    # The playlist that AutoDJ chose it from; empty for all tracks, and for what people have placed.
    Column("playlist_id", String(32), nullable=False, server_default=""),
    # The broadcast that it is a part of; empty for none.
    Column("broadcast_id", String(32), nullable=False, server_default=""),
)

uploads = Table(
    # Uploads that reserve their size, and for some time finished ones: the last answer may not have arrived.
    "uploads",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("file_name", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("track_id", String(32)),
)

imported_files = Table(
    # Files of a station's tracks folder that are in its library, or were refused: none is imported twice.
    "imported_files",
    metadata,
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True),
    # SHA-256 of its name, which may have any bytes and length.
    Column("name_sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
)
