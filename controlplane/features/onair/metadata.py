"""What a host posts about what is on air, read as an observation. Pure."""

from controlplane.features.onair import titles
from controlplane.features.onair.decision import Decision
from controlplane.features.onair.state import MetadataPosted, Station
from controlplane.kernel.errors import Conflict, InvalidInput, Upstream
from controlplane.kernel.text import clean
from controlplane.protocol.onair_views import MetadataRequest

PRESENTED_BYTES = 160
"""Of a show's or a host's name."""


def decided(request: MetadataRequest, station: Station) -> Decision:
    """Return what a request decides; raise InvalidInput, or Conflict while the station is off air."""
    seen = posted(request, station)

    def check(after: Station) -> None:
        if seen.title is not None and (after.now is None or after.now.title != seen.title):
            raise Upstream("no track is playing that could be renamed: try again in a moment")

    return Decision(seen, "metadata.set", summary(seen), detail(seen), check)


def posted(request: MetadataRequest, station: Station) -> MetadataPosted:
    """Return a request as an observation; raise InvalidInput, or Conflict while the station is off air."""
    if station.broadcast is None:
        raise Conflict("the station is off air: no title can be set")
    title = _title(request, station)
    show = None if request.show is None else clean(request.show, PRESENTED_BYTES)
    host = None if request.host is None else clean(request.host, PRESENTED_BYTES)
    if title is None and show is None and host is None:
        raise InvalidInput("give at least one of title, artist, show and host")
    return MetadataPosted(title, show, host)


def summary(observation: MetadataPosted) -> str:
    """Return what was posted in one line, for the audit log."""
    title = observation.title.icy if observation.title is not None else None
    return title or observation.show or observation.host or ""


def detail(observation: MetadataPosted) -> dict[str, str]:
    """Return what was posted by its fields, for the audit log."""
    title = observation.title
    fields = {
        "title": title.title if title is not None else None,
        "artist": title.artist or None if title is not None else None,
        "show": observation.show,
        "host": observation.host,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _title(request: MetadataRequest, station: Station) -> titles.Title | None:
    if request.title is None and request.artist is None:
        return None
    # A stand-in is the show's or the station's name, and has no artist.
    now = station.now.title if station.now is not None and not station.now.stand_in else titles.Title("")
    artist = now.artist if request.artist is None else request.artist
    title = titles.Title(
        clean(now.title if request.title is None else request.title), clean(artist, titles.ARTIST_BYTES)
    )
    if not title.title and request.title is None:
        raise Conflict("no title is known that the artist could belong to: send a title, too")
    if not title.title:
        raise InvalidInput("the title has no visible characters")
    return title
