"""Playlist files for players."""

import configparser

from controlplane.features.onair import playlists

URL = "https://audio.example/awaz.mp3"


def test_an_m3u_playlist_has_the_name_and_the_stream() -> None:
    assert playlists.m3u("آواز", URL).splitlines() == ["#EXTM3U", "#EXTINF:-1,آواز", URL]


def test_a_pls_playlist_has_the_name_and_the_stream() -> None:
    read = configparser.ConfigParser(interpolation=None)
    read.read_string(playlists.pls("100 % آواز", URL))
    found = dict(read["playlist"])
    assert found == {"numberofentries": "1", "file1": URL, "title1": "100 % آواز", "length1": "-1", "version": "2"}


def test_a_name_adds_no_line() -> None:
    hostile = "Awaz\nFile2=http://evil.example/\r\nhttp://evil.example/"
    assert len(playlists.m3u(hostile, URL).splitlines()) == 3
    assert "\nFile2" not in playlists.pls(hostile, URL)
