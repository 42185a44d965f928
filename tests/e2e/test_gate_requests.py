"""What a shared server answers to who has not come in and asks for more than a page."""

from __future__ import annotations

import json
import re
import socket
import urllib.request
from collections.abc import Iterator

import pytest
from browser import SharedServer
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedServer]:
    started = SharedServer(tmp_path_factory.mktemp("requests")).start()
    yield started
    started.stop()


@pytest.mark.parametrize(
    "origin", ["http://evil.example.org", "http://club.localhost:1", "null", "http://["]
)
def test_another_sites_page_does_not_connect(server: SharedServer, origin: str) -> None:
    address = f"ws://club.localhost:{server.port}/_stcore/stream"
    at = ("127.0.0.1", server.port)
    with (
        pytest.raises(InvalidStatus, match="403"),
        connect(address, address=at, proxy=None, origin=origin),
    ):
        pytest.fail("it is connected")


@pytest.mark.parametrize(
    "path",
    ["/media/x", "/%6dedia/x", "/_stcore/metrics", "/_stcore/agent/mcp", "/app/static/x"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE"])
def test_nothing_but_the_empty_page_is_served_outside(
    server: SharedServer, path: str, method: str
) -> None:
    assert server.ask(path, "club.localhost", method) == 403


@pytest.mark.parametrize(
    ("said", "statuses"),
    [
        (b"GET http://localhost/media/x HTTP/1.1\r\nHost: club.localhost", [404]),
        (b"GET /media/x HTTP/1.0\r\nX-Nobody: names a host", [403]),
        (b"GET /media/x HTTP/1.1\r\nHost: club.localhost\r\nHost: localhost", [400]),
        (b"GET /media/x HTTP/1.1\r\nHost: localhost@club.localhost", [403]),
        (b"GET /_stcore/health/../metrics HTTP/1.1\r\nHost: club.localhost", [403]),
        (b"CONNECT localhost:22 HTTP/1.1\r\nHost: club.localhost", [404]),
        (
            b"GET /_stcore/health HTTP/1.1\r\nHost: club.localhost\r\nContent-Length: 99\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            b"GET /media/x HTTP/1.1\r\nHost: club.localhost",
            [200, 403],
        ),
    ],
    ids=["absolute", "1.0", "two hosts", "user", "dots", "tunnel", "smuggled"],
)
def test_a_request_that_is_put_oddly_is_no_way_around(
    server: SharedServer, said: bytes, statuses: list[int]
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(said + b"\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+)", answer)] == statuses


def test_no_other_site_shows_our_pages_inside_its_own_and_nobody_keeps_them(
    server: SharedServer,
) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/club") as answer:
        assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
        assert answer.headers["Cache-Control"] == "private, no-store"  # nor a browser going back
    # Nor, where there is no door, steers it.
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/_stcore/host-config") as answer:
        assert json.load(answer)["allowedOrigins"] == []
