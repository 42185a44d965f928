"""The club's movies at TMDB: search, facts, posters, and what is remembered of them."""

import contextlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from fake_tmdb import Answer, movie, picture
from PIL import Image

from club.catalogue import catalogue
from club.errors import SourceUnavailable
from club.sources.memory import FileCache
from club.sources.posters import Posters
from club.sources.tmdb import Tmdb, TmdbMovie, fetch_posters, without_poster
from club.store import Store
from recommender import Dataset
from recommender.dataset import check_movies

OVERVIEW = "A thief and a policeman sit down for a coffee."
HEAT = TmdbMovie(949, "Heat", "Heat", 1995, OVERVIEW, "/poster949.jpg")
DAY = 86_400


# Search and facts


def test_search_returns_tmdbs_order(tmdb, fake) -> None:
    assert tmdb.search(" heat ", 1995) == [HEAT]
    (other,) = tmdb.search("heat", 1972)
    assert (other.tmdb_id, other.year, other.poster_path) == (11046, 1972, None)
    assert tmdb.search("no such movie", 1995) == []
    assert tmdb.search(" \u202e\0", 1995) == []
    assert len(fake.asked) == 3
    asked = "/3/search/movie?language=en-US&query=heat&include_adult=false&year=1995"
    assert fake.asked[0] == asked


def test_search_leaves_out_adult_and_broken_results(tmdb, fake) -> None:
    rows = [None, {"id": "7", "title": "A"}, {"id": 8}, movie(9, "B", adult=True), movie(3, "C")]
    fake.break_at("/3/search", Answer(200, {"results": rows}))
    assert [found.title for found in tmdb.search("x", 1995)] == ["C"]


def test_movie_takes_odd_fields_for_unknown(tmdb, fake) -> None:
    fake.movies[4] = {"id": 4, "title": "Bare"}
    wrong = {"runtime": "90", "overview": ["no"]}
    paths = {"poster_path": "/../../etc/passwd", "original_title": 7}
    fake.movies[5] = movie(5, "Odd", "soon", **wrong, **paths)
    fake.movies[6] = movie(6, "Odder", "0001-01-01", runtime=True, poster_path="//evil.example/x")
    for tmdb_id in (4, 5, 6):
        odd = tmdb.movie(tmdb_id)
        assert (odd.year, odd.runtime, odd.overview, odd.poster_path) == (None, None, "", None)
        assert odd.original_title == odd.title


def test_offers_are_the_trailer_and_services_by_country(tmdb, fake) -> None:
    found = tmdb.offers(949)
    assert found.trailer == "https://www.youtube.com/watch?v=abc-DEF_123"
    assert found.by_region == {
        "DE": {"With a subscription": ("Film|Plus", "Kino"), "To rent": ("Shop",)},
        "US": {"Free, with ads": ("Tubes",)},
    }
    asked = "/3/movie/949?language=en-US&append_to_response=videos,watch/providers"
    assert fake.asked == [asked]
    assert (tmdb.offers(11046).trailer, tmdb.offers(11046).by_region) == (None, {})


def test_odd_offers_are_left_out(tmdb, fake) -> None:
    odd = [None, {"provider_name": 3}, {"provider_name": "\u202e"}, {"provider_name": "x" * 99}]
    videos = {"results": [None, {"site": "YouTube", "type": "Trailer", "key": "../evil?x"}]}
    regions = {"results": {"deu": {}, "FR": {"rent": odd}, "GB": [], "IT": {"buy": 1}}}
    fake.movies[4] = movie(4, "Odd", videos=videos, **{"watch/providers": regions})
    assert tmdb.offers(4).trailer is None
    assert tmdb.offers(4).by_region == {"FR": {"To rent": ("x" * 59 + "…",)}}
    fake.movies[5] = movie(5, "Odder", videos=[], **{"watch/providers": {"results": "none"}})
    assert tmdb.offers(5).by_region == {}


# Memory


def test_answers_are_remembered_until_they_expire(client, fake, clock) -> None:
    tmdb = client()
    tmdb.movie(949)
    tmdb.search("heat", 1995)
    again = client()
    assert again.movie(949) == tmdb.movie(949)
    assert again.search("heat", 1995) == tmdb.search("heat", 1995)
    assert len(fake.asked) == 2
    clock.now += DAY + 60
    again.movie(949)
    again.search("heat", 1995)
    assert len(fake.asked) == 3
    clock.now += 180 * DAY
    again.movie(949)
    assert len(fake.asked) == 4


def test_simultaneous_requests_are_fetched_once(tmdb, fake) -> None:
    barrier = threading.Barrier(6)

    def ask(_: int) -> tuple[object, object, object]:
        barrier.wait()
        return tmdb.search("heat", 1995), tmdb.movie(949), tmdb.poster(HEAT)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(6)))
    assert all(answer == answers[0] for answer in answers)
    assert len(fake.asked) == len(set(fake.asked)) == 4


def test_cache_drops_the_oldest(tmp_path) -> None:
    cache = FileCache(tmp_path, 20)
    for number in range(21):
        cache.put(str(number), b"")
        for age, file in enumerate(sorted(tmp_path.iterdir(), key=lambda f: f.stat().st_mtime_ns)):
            os.utime(file, (1000 + age, 1000 + age))
    assert {file.name for file in tmp_path.iterdir()} == {str(number) for number in range(3, 21)}


@pytest.mark.parametrize("content", ['{"id": 1}', "[" * 100_000])
def test_damaged_answer_is_asked_for_again(tmdb, fake, tmp_path, content) -> None:
    tmdb.movie(949)
    (file,) = (tmp_path / "tmdb").iterdir()
    file.write_text(content, "utf-8")
    assert tmdb.movie(949).title == tmdb.movie(949).title == "Heat"
    assert len(fake.asked) == 2


def test_folders_that_cannot_be_written_do_no_harm(tmdb, tmp_path, caplog) -> None:
    for name in ("tmdb", "posters"):
        (tmp_path / name).write_text("a file in the way")
    assert tmdb.movie(949) == tmdb.movie(949)
    assert "an answer of TMDB is not kept" in caplog.text
    with pytest.raises(SourceUnavailable, match="could not be saved"):
        tmdb.poster(HEAT)


# Posters


def test_poster_is_fetched_once_and_kept_in_one_size(tmdb, fake, tmp_path) -> None:
    fake.pictures["/poster949.jpg"] = picture("red", (500, 750), "PNG")
    file = tmdb.poster(HEAT)
    assert file == tmp_path / "posters" / "949.jpg"
    with Image.open(file) as image:
        assert (image.format, image.size) == ("JPEG", (342, 513))
    asked = ["/3/configuration?", "/t/p/w342/poster949.jpg?"]
    assert fake.asked == asked
    assert tmdb.poster(HEAT) == file
    assert fake.asked == asked
    assert [path.name for path in file.parent.iterdir()] == ["949.jpg"]
    assert tmdb.poster(tmdb.movie(11046)) is None


def test_posters_expire_as_the_terms_ask(tmp_path) -> None:
    posters = Posters(tmp_path, clock=lambda: 180 * DAY + 1000.0)
    file = posters.keep(5, picture())
    os.utime(file, (1001, 1001))
    assert posters.find(5) == file
    os.utime(file, (1000, 1000))
    assert posters.find(5) is None
    assert posters.find(6) is None


# The catalogue's movies at TMDB

MOVIES = check_movies(
    pd.DataFrame(
        {
            "title": ["The Matrix", "Twins", "Heat", "Gisaengchung", "Matrix Reloaded", "Heat"],
            "year": [1999, 1988, 1995, 2019, 2003, None],
            "aliases": [(), (), (), ("지하친구",), (), ()],
            "tmdb_id": [None, None, 949, None, None, None],
            "overview": ["", "", "Coffee.", "", "", ""],
        },
        index=[10, 20, 30, 40, 50, 60],
    )
)


@pytest.fixture(autouse=True)
def more(fake) -> None:
    pills = {"overview": "A choice of pills.", "runtime": 136}
    fake.movies |= {
        1: movie(1, "Twins", "1988-01-01"),
        2: movie(2, "Twins", "1988-05-05"),
        3: movie(3, "The Matrix", "1999-03-30", **pills),
        4: movie(4, "The Matrix Reloaded", "2003-05-15", poster_path=None),
    }


def test_find_needs_one_result_that_agrees(tmdb, fake) -> None:
    assert [tmdb.find(MOVIES.loc[i]) for i in (10, 30, 60)] == [3, 949, None]
    assert len(fake.asked) == 1  # a number needs no search, and without a year there is none
    assert tmdb.find(MOVIES.loc[20]) is None  # two results agree


def fetched(
    tmdb: Tmdb, store: Store, movies: pd.DataFrame, stop_after: int | None = None
) -> tuple[int, dict]:
    """Fetch posters; return the number of movies done, and the counts."""
    told: list[tuple[int, dict]] = []

    def report(done: int, _: int, **counts: int) -> None:
        told.append((done, counts))
        if done == stop_after:
            raise InterruptedError

    with contextlib.suppress(SourceUnavailable, InterruptedError):
        fetch_posters(tmdb, store, movies, report)
    return told[-1]


def test_fetch_posters_stores_facts_in_one_write(tmdb, tmp_path) -> None:
    store, posters = Store(tmp_path / "club.db"), Posters(tmp_path / "posters")
    version = store.version()
    order = [30, 10, 20, 30, 777, 40]
    assert without_poster(MOVIES, order, posters).index.tolist() == [30, 10, 20, 40]
    assert fetched(tmdb, store, MOVIES) == (6, {"posters": 2, "unsure": 3, "without": 1})
    assert {file.name for file in (tmp_path / "posters").iterdir()} == {"3.jpg", "949.jpg"}
    assert without_poster(MOVIES, order, posters).index.tolist() == [10, 20, 40]
    assert store.version() == version + 1
    base = Dataset(pd.DataFrame({"user_id": [], "movie_id": [], "rating": []}), MOVIES)
    matrix = catalogue(base, store).loc[10]
    assert (matrix["tmdb_id"], matrix["runtime"]) == (3, 136)
    assert (matrix["overview"], matrix["keywords"]) == ("A choice of pills.", ())
    assert catalogue(base, store).loc[30, "overview"] == "Coffee."


def test_fetch_posters_survives_failures_and_a_stop(tmdb, fake, tmp_path) -> None:
    store, rows = Store(tmp_path / "club.db"), MOVIES.loc[[10, 30, 50]]
    fake.break_at("/t/p", Answer(200, b"no picture"))
    fake.break_at("/3/movie/949", Answer(200, b"<html>"))
    done, counts = fetched(tmdb, Store(tmp_path / "first.db"), rows)
    assert (done, counts["posters"], counts["without"]) == (3, 0, 3)
    fake.always("/3/movie/949", Answer(429, {}, Retry_After="600"))
    done, counts = fetched(tmdb, store, rows)
    assert (done, counts["posters"]) == (1, 1)
    assert store.movies.details().index.tolist() == [10]
    other = Store(tmp_path / "other.db")
    assert fetched(tmdb, other, MOVIES, stop_after=1)[0] == 1
    assert other.movies.details().index.tolist() == [10]
