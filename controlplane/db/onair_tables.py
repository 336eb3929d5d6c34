"""The tables of what was on air."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, false

from controlplane.db.tables import metadata

handovers = Table(
    # A log of a station, from a daemon that stopped until the next one takes it.
    "handovers",
    metadata,
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True),
    Column("log", String(8), primary_key=True),
    Column("owner", String(32), nullable=False),
    Column("epoch", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("events", Text, nullable=False),
    Column("left_at", BigInteger, nullable=False),
)

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title", String(200)),
    Column("description", Text),
    Column("show", String(200)),
    Column("host", String(200)),
    # The address of the picture of what was recorded; a live broadcast has the station's.
    Column("art_url", String(200)),
    # The ingest mount of a live broadcast.
    Column("slot", String(8)),
    Column("encoder_instance", String(64), nullable=False),
    Column("encoder_key_id", String(32), nullable=False),
    Column("encoder_host", String(200), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("reason", String(32)),
    Index(None, "station_id", "ended_at"),
    Index(None, "station_id", "started_at"),
)

listening = Table(
    # How many listened to a station in a minute, which began at `at`; there is no row where nobody did.
    "listening",
    metadata,
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True),
    Column("at", BigInteger, primary_key=True, index=True),
    Column("listeners", Integer, nullable=False),
    Column("peak", Integer, nullable=False),
)

incidents = Table(
    # Problems of a station that its staff were told of.
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("message", Text, nullable=False),
    # Where the encoder that it is about connects from.
    Column("address", String(64)),
    Index(None, "station_id", "at"),
)

push_subscriptions = Table(
    # The browsers that are told when a station goes live; the id is the SHA-256 of the endpoint.
    "push_subscriptions",
    metadata,
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", String(128), nullable=False),
    Column("auth", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

plays = Table(
    "plays",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), nullable=False),
    Column("broadcast_id", ForeignKey("broadcasts.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("track_id", String(64), nullable=False),
    Column("play_id", String(64), nullable=False, server_default=""),
    Column("title", String(255), nullable=False),
    Column("artist", String(255), nullable=False),
    Column("album", String(255), nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("show", String(200)),
    Column("host", String(200)),
    Column("posted", Boolean, nullable=False),
    # No title was sent: the play names the show or the station instead, and is not listed.
    Column("stand_in", Boolean, nullable=False, server_default=false()),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Index(None, "station_id", "started_at"),
    Index(None, "station_id", "play_id"),
)
