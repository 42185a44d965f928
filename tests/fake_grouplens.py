"""A server on this machine that has an archive as GroupLens has, or breaks on purpose."""

import hashlib
import re
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import sources
from fake_tmdb import Answer, FakeTmdb

from club.sources import movielens

NAME = "ml-1m"


class FakeGroupLens(FakeTmdb):
    """The server, which has the archive `NAME` alone; it says from which byte it was asked."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body
        self.begun: list[int] = []

    def answer(self, request: BaseHTTPRequestHandler) -> Answer:
        start = int(re.fullmatch(r"bytes=(\d+)-", request.headers["Range"])[1])
        self.begun.append(start)
        return self.broken(request) or Answer(206, self.body[start:])

    def cut(self, after: int) -> None:
        """Hang up after so many bytes, once."""
        whole = str(len(self.body))
        self.break_at("/", Answer(206, self.body[:after], Content_Length=whole))


def fake_grouplens(folder: Path, patch: pytest.MonkeyPatch) -> FakeGroupLens:
    """Return the server of a small archive, which `movielens.ARCHIVES` describes as its `NAME`."""
    body = sources.zipped(sources.latest(), folder / "ml.zip", "ml-latest/").read_bytes()
    described = movielens.Archive("A few ratings", len(body), hashlib.md5(body).hexdigest())
    patch.setitem(movielens.ARCHIVES, NAME, described)
    server = FakeGroupLens(body)
    patch.setattr(movielens, "ADDRESS", f"{server.root}/")
    return server
