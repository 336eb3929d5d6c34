"""Playlist files, for players that are given an address or a file: M3U and PLS. Pure.

PLS is described in https://en.wikipedia.org/wiki/PLS_(file_format), M3U in https://en.wikipedia.org/wiki/M3U; a length
of -1 means a stream without an end.
"""

M3U = "audio/x-mpegurl"
PLS = "audio/x-scpls"


def m3u(name: str, url: str) -> str:
    """Return an M3U playlist of one stream."""
    return f"#EXTM3U\n#EXTINF:-1,{_line(name)}\n{url}\n"


def pls(name: str, url: str) -> str:
    """Return a PLS playlist of one stream."""
    return f"[playlist]\nNumberOfEntries=1\nFile1={url}\nTitle1={_line(name)}\nLength1=-1\nVersion=2\n"


def _line(text: str) -> str:
    return " ".join(text.split())
