"""The tables of the chat."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from controlplane.db.tables import metadata

chat_messages = Table(
    "chat_messages",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), nullable=False),
    # A user or guest: messages outlive accounts, until they expire.
    Column("user_id", String(64), nullable=False),
    Column("client_id", String(36), nullable=False),
    Column("name", String(80), nullable=False),
    Column("role", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("reply_to", String(32)),
    Column("announcement", Boolean, nullable=False, server_default=false()),
    # shown, held, denied or deleted.
    Column("state", String(8), nullable=False),
    Column("edited", Boolean, nullable=False, server_default=false()),
    Column("written_at", BigInteger, nullable=False),
    # When it was shown, and its position in the chat's log; the epoch is empty until it was published.
    Column("at", BigInteger, nullable=False),
    Column("epoch", String(64), nullable=False, server_default=""),
    Column("seq", BigInteger, nullable=False, server_default="0"),
    # Where in the stream its author was, as the JSON of a position on the wire.
    Column("position", Text),
    # Writes are sent again: the same client_id of the same person is the same message.
    UniqueConstraint("user_id", "client_id"),
    Index(None, "station_id", "at", "seq"),
    Index(None, "station_id", "user_id", "at"),
    # For what was committed and not published, and for what waits for a moderator.
    Index(None, "epoch", "at"),
    Index(None, "state", "station_id"),
)

chat_names = Table(
    # Names in a station's chat; no two look alike.
    "chat_names",
    metadata,
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", String(64), primary_key=True),
    # The person's own name, from which that in the chat was made.
    Column("own_name", String(80), nullable=False),
    Column("name", String(80), nullable=False),
    Column("name_key", String(400), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False),
    UniqueConstraint("station_id", "name_key"),
)

chat_settings = Table(
    # A station without a row has the defaults.
    "chat_settings",
    metadata,
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True),
    Column("slow_s", Integer, nullable=False, server_default="0"),
    Column("who", String(16), nullable=False, server_default="everybody"),
    Column("links", String(8), nullable=False, server_default="allow"),
    Column("off_air", Boolean, nullable=False, server_default=true()),
    Column("hold_new", Boolean, nullable=False, server_default=false()),
    Column("pinned_id", String(32)),
    # While the chat is closed to a raid: until when, and the mode before as JSON.
    Column("raid_until", BigInteger, index=True),
    Column("before_raid", Text, nullable=False, server_default=""),
    # Messages are kept for so long.
    Column("keep_days", Integer, nullable=False, server_default="90"),
    # A JSON list: messages with one of these words wait for a moderator.
    Column("words", Text, nullable=False, server_default="[]"),
    # Whether event streams, which anybody may read, have the chat.
    Column("public", Boolean, nullable=False, server_default=true()),
)

chat_reports = Table(
    # A listener's report of a message, once each; settled when a moderator has looked at it.
    "chat_reports",
    metadata,
    Column("message_id", ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", String(64), primary_key=True),
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("settled", Boolean, nullable=False, server_default=false()),
    Index(None, "station_id", "settled"),
)

likes = Table(
    # Once a person and target: a play, a show or the station, by its id.
    "likes",
    metadata,
    Column("station_id", ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("target", String(64), primary_key=True),
    Column("user_id", String(64), primary_key=True, index=True),
    Column("at", BigInteger, nullable=False),
    # Where in the stream the person was, as the JSON of a position on the wire.
    Column("position", Text),
)
