"""A TMDB server on this machine, and clients of it that do not really wait."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_tmdb import V3_KEY, FakeTmdb

from club.sources.http import Pace
from club.sources.posters import Posters
from club.sources.tmdb import Tmdb


class Clock:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.now = time.time()
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def fake() -> Iterator[FakeTmdb]:
    with FakeTmdb() as server:
        yield server


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("club.sources.http.sleep", clock.wait)
    return clock


@pytest.fixture
def client(
    fake: FakeTmdb, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Tmdb]:
    monkeypatch.setattr("club.sources.http.PACE", Pace(1e9))

    def new(key: str = V3_KEY, address: str = fake.url) -> Tmdb:
        return Tmdb(key, tmp_path / "tmdb", Posters(tmp_path / "posters"), address, clock=clock)

    return new


@pytest.fixture
def tmdb(client: Callable[..., Tmdb]) -> Tmdb:
    return client()
