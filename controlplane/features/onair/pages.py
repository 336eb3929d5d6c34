"""The listeners' pages: each comes with what is on air, so that it is shown before there is a token or a socket."""

from dataclasses import dataclass

import orjson
from aiohttp import web

from controlplane.features.onair.digest import Digest
from controlplane.features.onair.document import StationDocument
from controlplane.features.onair.read_model import ReadModel
from controlplane.features.onair.views import PublicUrls
from controlplane.live.snapshots import Snapshots
from controlplane.protocol.chat import ChatPart
from controlplane.protocol.platform import WatchAnswer
from controlplane.web.artwork import ground_of
from controlplane.web.head import SITE, Head
from controlplane.web.pages import EMBED, EMBEDDED, LivePage
from controlplane.web.shell import shell

MAX_LINKS = 20
"""Streams that a browser without JavaScript is offered on the home page."""
LISTEN = "Listen live: what’s playing, who’s on, and recent tracks."


@dataclass(frozen=True, slots=True)
class OnAirPages:
    """`/`, `/s/{slug}` and `/embed/{slug}`."""

    read_model: ReadModel
    digest: Digest
    snapshots: Snapshots
    urls: PublicUrls

    def pages(self) -> list[LivePage]:
        """List the pages."""
        return [
            LivePage("/", "index.html", self.home),
            LivePage("/s/{slug}", "index.html", self.station),
            LivePage(f"{EMBEDDED}{{slug}}", EMBED, self.station),
        ]

    def home(self, _request: web.Request) -> Head:
        """Describe the site, with the list of its stations, and all of the only one."""
        slugs = list(self.read_model.slugs())
        streams = tuple(map(self.urls.stream, slugs[:MAX_LINKS]))
        data: dict[str, object] = {"directory": self._directory()}
        shown = ""
        if len(slugs) == 1:
            data["snapshot"] = orjson.Fragment(self._snapshot(slugs[0]))
            shown = _shell(self.read_model.require(slugs[0]))
        about = {"@type": "WebSite", "name": SITE}
        site = self.urls.site_url
        return Head(
            title=SITE,
            description=LISTEN,
            url=f"{site}/",
            picture_url=f"{site}/card.png",
            icon_url=f"{site}/icon.png?size=192",
            data=orjson.dumps(data),
            about=about,
            shell=shown,
            streams=streams,
        )

    def station(self, request: web.Request) -> Head:
        """Describe a station, with its snapshot; raise NotFound."""
        known = self.read_model.require(request.match_info["slug"])
        name, slug = known.row.name, known.row.slug
        data = {"directory": self._directory(), "slug": slug, "snapshot": orjson.Fragment(self._snapshot(slug))}
        return Head(
            title=f"{name} · {SITE}",
            description=_description(known),
            url=self.urls.page(slug),
            audio_url=self.urls.stream(slug),
            picture_url=f"{self.urls.page(slug)}/card.png",
            icon_url=f"{self.urls.page(slug)}/icon.png?size=192",
            data=orjson.dumps(data),
            about={
                "@type": "RadioStation",
                "name": name,
                "url": self.urls.page(slug),
                "potentialAction": {"@type": "ListenAction", "target": self.urls.page(slug)},
            },
            shell=_shell(known),
            streams=(self.urls.stream(slug),),
        )

    def _snapshot(self, slug: str) -> bytes:
        # The person who opens the page may be banned from the chat.
        return self.snapshots.of(slug, without=ChatPart)

    def _directory(self) -> orjson.Fragment:
        return orjson.Fragment(WatchAnswer(stations=self.digest.all()).encoded())


def _shell(known: StationDocument) -> str:
    return shell(known.row.name, ground_of(known.row.slug).name, known.on_air)


def _description(known: StationDocument) -> str:
    """Return the station's own description, or what is playing."""
    if known.row.description:
        return known.row.description
    title = known.now.title if known.now is not None and not known.now.stand_in else None
    playing = f" Now playing: {title.title}{f' – {title.artist}' if title.artist else ''}." if title else ""
    return f"Listen to {known.row.name} live.{playing}"
