"""Which movie is which, and fetching many posters in the background."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from fake_tmdb import V3_KEY, Answer, FakeTmdb, movie

from club.catalogue import catalogue
from club.errors import ClubError, StoreUnavailable
from club.poster_run import fetch_posters, wanted
from club.sources.posters import Posters
from club.sources.tmdb import Tmdb
from club.sources.tmdb_cache import AnswerCache
from club.sources.tmdb_match import at_tmdb, in_catalogue
from club.sources.tmdb_web import Pace, TmdbWeb
from club.store import Store
from recommender.dataset import Dataset, check_movies


@pytest.fixture
def fake() -> Iterator[FakeTmdb]:
    with FakeTmdb() as server:
        server.movies |= {
            entry["id"]: entry
            for entry in (
                movie(1, "Twins", "1988-01-01"),
                movie(2, "Twins", "1988-05-05"),
                movie(3, "The Matrix", "1999-03-30", overview="A choice of pills.", runtime=136),
                movie(4, "The Matrix Reloaded", "2003-05-15", poster_path=None),
            )
        }
        yield server


@pytest.fixture
def tmdb(fake: FakeTmdb, tmp_path: Path) -> Tmdb:
    web = TmdbWeb(V3_KEY, fake.url, pace=Pace(1e9), wait=lambda _: None)
    return Tmdb(web, AnswerCache(tmp_path / "tmdb"), Posters(tmp_path / "posters"))


MOVIES = check_movies(
    pd.DataFrame(
        {
            "title": ["The Matrix", "Twins", "Heat", "Gisaengchung", "Matrix Reloaded", "Heat"],
            "year": [1999, 1988, 1995, 2019, 2003, None],
            "aliases": [(), (), (), ("기생충",), (), ()],
            "tmdb_id": [None, None, 949, None, None, None],
            "overview": ["", "", "Coffee.", "", "", ""],
        },
        index=[10, 20, 30, 40, 50, 60],
    )
)


def test_a_result_is_found_in_the_catalogue_by_number_then_by_title_and_year(tmdb):
    heat, comedy = tmdb.search("heat")
    assert in_catalogue(MOVIES, heat) == 30
    assert in_catalogue(MOVIES, comedy) is None  # another year, and 60 has none
    assert in_catalogue(MOVIES, tmdb.movie(3)) == 10
    assert in_catalogue(MOVIES, tmdb.movie(496243)) == 40
    assert in_catalogue(MOVIES.drop(index=10), tmdb.movie(3)) is None


def test_a_movie_with_another_number_is_another_movie(tmdb):
    movies = MOVIES.assign(tmdb_id=MOVIES["tmdb_id"].where(MOVIES.index != 10, 99))
    assert in_catalogue(movies, tmdb.movie(3)) is None


def test_two_that_agree_are_none(tmdb):
    both = pd.concat([MOVIES, MOVIES.loc[[10]].rename(index={10: 11})])
    assert in_catalogue(both, tmdb.movie(3)) is None
    assert at_tmdb(tmdb, MOVIES.loc[20]) is None


def test_a_movie_is_found_at_tmdb_only_when_title_and_year_agree(tmdb, fake):
    assert [at_tmdb(tmdb, MOVIES.loc[i]) for i in (10, 30, 60)] == [3, 949, None]
    assert len(fake.asked) == 1  # a number needs no search, and without a year there is none


def fetched(tmdb: Tmdb, store: Store, movies: pd.DataFrame, **options) -> tuple[int, dict]:
    """Fetch posters; return how many movies were looked at, and the counts."""
    told: list[tuple[int, dict]] = []

    def report(done: int, _total: int, **counts: int) -> None:
        told.append((done, counts))

    try:
        fetch_posters(
            tmdb,
            store,
            movies,
            lambda done, _total, **counts: told.append((done, counts)),
            **options,
        )
    except ClubError as error:
        told.append((told[-1][0], told[-1][1] | {"error": str(error)}))
    return told[-1]


def test_posters_and_facts_of_many_movies_come_in_one_write(tmdb, tmp_path):
    store = Store(tmp_path / "club.db")
    assert fetched(tmdb, store, MOVIES) == (6, {"posters": 2, "unsure": 3, "without": 1})
    assert {file.name for file in (tmp_path / "posters").iterdir()} == {"3.jpg", "949.jpg"}
    assert store.version() == 1
    world = Dataset(pd.DataFrame({"user_id": [], "movie_id": [], "rating": []}), MOVIES)
    matrix = catalogue(world, store).loc[10]
    assert (matrix["tmdb_id"], matrix["runtime"]) == (3, 136)
    assert matrix["overview"] == "A choice of pills."
    assert matrix["keywords"] == ()
    assert catalogue(world, store).loc[30, "overview"] == "Coffee."


def test_one_bad_poster_does_not_end_the_run(tmdb, fake, tmp_path):
    fake.break_at("/t/p", Answer(200, b"no picture"))
    fake.break_at("/3/movie/949", Answer(200, b"<html>"))
    done, counts = fetched(tmdb, Store(tmp_path / "club.db"), MOVIES.loc[[10, 30, 50]])
    assert (done, counts["posters"], counts["without"]) == (3, 0, 3)


def test_a_server_that_is_gone_ends_the_run_and_keeps_what_came(tmdb, fake, tmp_path):
    fake.always("/3/movie/949", Answer(429, {}, Retry_After="600"))
    store = Store(tmp_path / "club.db")
    done, counts = fetched(tmdb, store, MOVIES.loc[[10, 30, 50]])
    assert (done, counts["posters"]) == (1, 1)
    assert counts["error"] == "TMDB is asked too often; try again in 10 min."
    assert store.movie_details().index.tolist() == [10]


def test_fetching_can_be_stopped(tmdb, tmp_path):
    store, answers = Store(tmp_path / "club.db"), iter([False, True])
    done, _ = fetched(tmdb, store, MOVIES, stopping=lambda: next(answers))
    assert done == 1
    assert store.movie_details().index.tolist() == [10]


def test_a_database_that_fails_is_told(tmdb, tmp_path):
    store = Store(tmp_path / "club.db")
    (tmp_path / "club.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreUnavailable, match="is damaged"):
        fetch_posters(tmdb, store, MOVIES.loc[[10]], lambda *_, **__: None)


def test_whose_posters_are_wanted(tmdb, tmp_path):
    posters = Posters(tmp_path / "posters")
    order = [30, 10, 20, 30, 777, 40]
    assert wanted(MOVIES, order, posters).index.tolist() == [30, 10, 20, 40]
    tmdb.poster(tmdb.movie(949))
    assert wanted(MOVIES, order, posters).index.tolist() == [10, 20, 40]
    assert wanted(MOVIES, [], posters).empty
