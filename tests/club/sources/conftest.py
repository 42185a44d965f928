"""A TMDB server on this machine, and clients of it that do not really wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_tmdb import V3_KEY, FakeTmdb

from club.sources.http import Pace
from club.sources.posters import Posters
from club.sources.tmdb import AnswerCache, Tmdb


class Clock:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
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
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(fake: FakeTmdb, tmp_path: Path, clock: Clock) -> Callable[..., Tmdb]:
    def new(key: str = V3_KEY, address: str = fake.url, read_seconds: float = 5.0) -> Tmdb:
        return Tmdb(
            key,
            AnswerCache(tmp_path / "tmdb", clock=clock),
            Posters(tmp_path / "posters"),
            address,
            pace=Pace(1e9),
            wait=clock.wait,
            read_seconds=read_seconds,
        )

    return new


@pytest.fixture
def tmdb(client: Callable[..., Tmdb]) -> Tmdb:
    return client()
