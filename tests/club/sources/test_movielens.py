"""An archive of MovieLens is fetched once, whole, and goes on from where it was cut off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sources
from fake_grouplens import NAME, FakeGroupLens, fake_grouplens
from fake_tmdb import Answer

from club.cli import main
from club.errors import BadAnswer, SourceUnavailable, StoreUnavailable
from club.imports import catalogue
from club.sources import http, movielens


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGroupLens]:
    monkeypatch.setattr(http, "PAUSES", (0.0, 0.0))
    with fake_grouplens(tmp_path, monkeypatch) as server:
        yield server


def fetch(folder: Path, told: list[int] | None = None) -> Path:
    told = [] if told is None else told
    return movielens.fetch(NAME, folder, lambda there, _: told.append(there))


def test_fetch_goes_on_after_a_cut(fake: FakeGroupLens, tmp_path: Path) -> None:
    fake.cut(after=100)
    told: list[int] = []
    archive = fetch(tmp_path, told)
    assert fake.begun == [0, 100]
    assert told == sorted(told)
    assert archive.read_bytes() == fake.body
    assert catalogue.read(archive).kind == "MovieLens"
    assert movielens.fetched(NAME, tmp_path) == fetch(tmp_path) == archive
    assert fake.begun == [0, 100]  # nothing is asked twice


def test_stop_keeps_what_is_there(fake: FakeGroupLens, tmp_path: Path) -> None:
    def stop(there: int, size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        movielens.fetch(NAME, tmp_path, stop)
    assert movielens.fetched(NAME, tmp_path) is None
    assert fetch(tmp_path).read_bytes() == fake.body
    assert len(fake.begun) == 1  # all of the small archive had come


def test_command_fetches_and_imports(fake, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("club.cli.load_bundled", sources.world)
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path))
    assert main(["import-catalogue", "--fetch", NAME]) == 0
    assert movielens.TERMS in capsys.readouterr().err
    assert catalogue.number(tmp_path / "world") > 0
    with pytest.raises(SystemExit) as stop:
        main(["import-catalogue", "ml.zip", "--fetch", NAME])
    assert stop.value.code == 2


def test_server_without_ranges_begins_again(fake: FakeGroupLens, tmp_path: Path) -> None:
    fake.cut(after=100)
    fake.break_at("/", Answer(200, fake.body))
    assert fetch(tmp_path).read_bytes() == fake.body


@pytest.mark.parametrize("body", [b"another archive", b"far too long" * 10_000])
def test_another_archive_is_thrown_away(fake: FakeGroupLens, tmp_path: Path, body: bytes) -> None:
    fake.body, ours = body, fake.body
    with pytest.raises(BadAnswer):
        fetch(tmp_path)
    fake.body = ours
    assert fetch(tmp_path).read_bytes() == ours


def test_out_of_reach_and_full_disks_are_told_apart(fake: FakeGroupLens, tmp_path: Path) -> None:
    fake.always("/", Answer(503))
    with pytest.raises(SourceUnavailable):
        fetch(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        fetch(tmp_path / "file")
