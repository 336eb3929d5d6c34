"""A fake Icecast with a thousand mounts: `python -m bench.onair.fake_icecast <stations>`.

Prints its port, and sets a station's listeners for each input line `<slug> <listeners>`. Every half second, as Icecast
does, it writes the changes to its STATS feed, and a line for every mount, so that the feed is never quiet.
"""

import asyncio
import sys

FEED_S = 0.5
MOUNTS = ("/{}.mp3", "/offair/{}.mp3", "/ingest/{}")
SOURCE = (
    '<source mount="{mount}"><audio_info>channels=2;samplerate=44100;bitrate=128</audio_info><channels>2</channels>'
    "<genre>various</genre><listener_peak>0</listener_peak><listeners>{listeners}</listeners>"
    "<listenurl>http://localhost:8000{mount}</listenurl><max_listeners>unlimited</max_listeners><public>0</public>"
    "<samplerate>44100</samplerate><server_description>Unspecified description</server_description>"
    "<server_name>Station</server_name><server_type>audio/mpeg</server_type><slow_listeners>0</slow_listeners>"
    "<source_ip>127.0.0.1</source_ip><stream_start>Wed, 25 Nov 2026 23:42:14 +0000</stream_start>"
    "<stream_start_iso8601>2026-11-25T23:42:14+0000</stream_start_iso8601><title>Somebody - Something</title>"
    "<total_bytes_read>{read}</total_bytes_read><total_bytes_sent>0</total_bytes_sent>"
    "<user_agent>Liquidsoap/2.1.3 (Unix; OCaml 4.13.1)</user_agent></source>"
)


class FakeIcecast:
    """The mounts, and the connections to the feed."""

    def __init__(self, stations: int) -> None:
        names = [f"s{number}" for number in range(stations)]
        self.listeners = {mount.format(name): 0 for name in names for mount in MOUNTS[:2]}
        self.feeds: set[asyncio.StreamWriter] = set()
        self.changed: list[str] = []
        self.read = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("STATS"):
            writer.write(b"HTTP/1.0 200 OK\r\n\r\n")
            self.feeds.add(writer)
            return
        body = self.stats() if "/admin/stats" in head else "<icestats><source></source></icestats>"
        writer.write(f"HTTP/1.0 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        writer.close()

    def stats(self) -> str:
        """Return /admin/stats."""
        self.read += 16_000
        sources = (SOURCE.format(mount=m, listeners=n, read=self.read) for m, n in self.listeners.items())
        return f'<?xml version="1.0"?>\n<icestats>{"".join(sources)}</icestats>\n'

    async def feed(self) -> None:
        """Write to the feed until cancelled."""
        while True:
            await asyncio.sleep(FEED_S)
            lines = [*self.changed, *(f"EVENT {mount} slow_listeners 0\n" for mount in self.listeners)]
            self.changed.clear()
            self.feeds = {writer for writer in self.feeds if not writer.is_closing()}
            for writer in self.feeds:
                writer.write("".join(lines).encode())


async def main(stations: int) -> None:
    """Run until the input ends."""
    icecast = FakeIcecast(stations)
    server = await asyncio.start_server(icecast.serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    feed = asyncio.create_task(icecast.feed())
    while line := await asyncio.to_thread(sys.stdin.readline):
        slug, _, count = line.strip().partition(" ")
        mount = MOUNTS[0].format(slug)
        icecast.listeners[mount] = int(count)
        icecast.changed.append(f"EVENT {mount} listeners {count}\n")
    feed.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
