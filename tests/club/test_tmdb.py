"""What the club gets from TMDB, and that it asks politely; faults are in test_tmdb_faults.py."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fake_tmdb import V3_KEY, V4_TOKEN, Answer, FakeTmdb, movie, named, picture
from PIL import Image

from club import validation
from club.sources.posters import Posters
from club.sources.tmdb import GENRES, Found, Tmdb
from club.sources.tmdb_cache import AnswerCache
from club.sources.tmdb_web import Pace, TmdbWeb
from club.store import Store
from recommender import load_bundled

HEAT = Found(
    949, "Heat", "Heat", 1995, "A thief and a policeman sit down for a coffee.", "/poster949.jpg"
)


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now, self.waited = 1_800_000_000.0, []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waited.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def fake() -> Iterator[FakeTmdb]:
    with FakeTmdb() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tmdb(fake: FakeTmdb, tmp_path: Path, clock: Clock) -> Tmdb:
    return new_client(fake, tmp_path, clock)


def new_client(fake: FakeTmdb, folder: Path, clock: Clock, key: str = V3_KEY) -> Tmdb:
    web = TmdbWeb(key, fake.url, pace=Pace(1e9), wait=clock.wait)
    return Tmdb(web, AnswerCache(folder / "tmdb", clock=clock), Posters(folder / "posters"))


def test_a_search_finds_movies_in_tmdbs_order(tmdb, fake):
    first, second = tmdb.search(" heat ")
    assert first == HEAT
    assert (second.tmdb_id, second.year, second.poster_path) == (11046, 1972, None)
    assert tmdb.search("heat", 1972) == [second]
    assert fake.asked == [
        "/3/search/movie?language=en-US&query=heat&include_adult=false",
        "/3/search/movie?language=en-US&query=heat&include_adult=false&year=1972",
    ]


def test_nothing_found_is_an_empty_list(tmdb):
    assert tmdb.search("no such movie") == []


@pytest.mark.parametrize("text", ["", "  ", "\u202e\0"])
def test_nothing_asked_asks_nothing(tmdb, fake, text):
    assert tmdb.search(text) == []
    assert fake.asked == []


def test_a_movie_comes_with_the_catalogues_genres_keywords_and_runtime(tmdb, fake):
    heat = tmdb.movie(949)
    assert heat.genres == ("Action", "Crime", "Sci-Fi", "Children")
    assert heat.keywords == ("heist", "los angeles, california")
    assert (heat.runtime, heat.aliases) == (170, ())
    parasite = tmdb.movie(496243)
    assert (parasite.title, parasite.aliases) == ("Parasite", ("기생충",))
    assert fake.asked[0] == "/3/movie/949?language=en-US&append_to_response=keywords"


def test_every_genre_is_one_that_the_catalogue_has():
    known = {genre for genres in load_bundled().movies["genres"] for genre in genres}
    assert set(GENRES.values()) <= known


def test_what_a_movie_may_lack_counts_as_unknown(tmdb, fake):
    fake.movies[5] = {"id": 5, "title": "Bare"}
    bare = tmdb.movie(5)
    assert bare.original_title == "Bare"
    assert (bare.year, bare.overview, bare.poster_path, bare.runtime) == (None, "", None, None)
    assert (bare.genres, bare.keywords, bare.aliases) == ((), (), ())


def test_fields_of_other_types_count_as_unknown(tmdb, fake):
    fake.movies[5] = movie(
        5,
        "Odd",
        "soon",
        runtime="90",
        overview=["no"],
        genres={"a": 1},
        keywords=[1, 2],
        poster_path="/../../etc/passwd",
        original_title=7,
    )
    fake.movies[6] = movie(
        6,
        "Odder",
        "0001-01-01",
        runtime=True,
        genres=[None, "Drama", {"name": 3}, {"name": "Drama"}],
        keywords={"keywords": [{"name": "a|b"}, {"name": "\u202e"}, {"id": 4}]},
        poster_path="//evil.example/x.jpg",
    )
    odd, odder = tmdb.movie(5), tmdb.movie(6)
    assert (odd.year, odd.runtime, odd.overview, odd.poster_path) == (None, None, "", None)
    assert (odd.genres, odd.keywords, odd.original_title) == ((), (), "Odd")
    assert (odder.year, odder.runtime, odder.poster_path) == (None, None, None)
    assert (odder.genres, odder.keywords) == (("Drama",), ("a b",))


def test_whatever_comes_can_be_kept_by_the_club(tmdb, fake, tmp_path):
    fake.movies[5] = movie(
        5,
        "\u202e<script>alert(1)</script> **bold** " + "x" * 500,
        "2001-02-03",
        overview="line one\nline two\0" + "y" * 9000,
        runtime=10**9,
        original_title="محمد\u2067",
        keywords={"keywords": named(*(f"word {i}" for i in range(99)), "z" * 200)},
    )
    odd = tmdb.movie(5)
    assert odd.title.startswith("<script>alert(1)</script> **bold** xxx")
    assert odd.title.endswith("…")
    assert odd.aliases == ("محمد",)
    assert len(odd.keywords) == validation.MAX_TERMS
    store = Store(tmp_path / "club.db")
    store.add_movie(
        odd.title,
        odd.year,
        odd.genres,
        odd.keywords,
        runtime=odd.runtime,
        overview=odd.overview,
        tmdb_id=odd.tmdb_id,
        aliases=odd.aliases,
    )
    assert store.movies().loc[-1, "overview"].startswith("line one line two yyy")


def test_adult_and_broken_results_are_left_out(tmdb, fake):
    rows = [None, {"id": "7", "title": "A"}, {"id": 8}, movie(9, "B", adult=True), movie(3, "C")]
    fake.break_at("/3/search", Answer(200, {"results": rows}))
    assert [found.title for found in tmdb.search("x")] == ["C"]


def test_a_poster_is_fetched_once_and_kept_in_one_size(tmdb, fake, tmp_path):
    fake.pictures["/poster949.jpg"] = picture("red", (500, 750), "PNG")
    file = tmdb.poster(HEAT)
    assert file == tmp_path / "posters" / "949.jpg"
    with Image.open(file) as image:
        assert (image.format, image.size) == ("JPEG", (342, 513))
    asked = list(fake.asked)
    assert asked == ["/3/configuration?", "/t/p/w342/poster949.jpg?"]
    assert tmdb.poster(HEAT) == file
    assert fake.asked == asked
    assert [path.name for path in file.parent.iterdir()] == ["949.jpg"]


def test_a_movie_without_poster_has_none(tmdb, fake):
    (_, other) = tmdb.search("heat")
    assert tmdb.poster(other) is None


def test_the_key_goes_to_the_api_only_and_where_it_belongs(fake, tmp_path, clock):
    new_client(fake, tmp_path, clock, V4_TOKEN).poster(HEAT)
    assert fake.authorizations == [f"Bearer {V4_TOKEN}", None]
    assert V4_TOKEN not in "".join(fake.asked)


def test_answers_are_remembered_between_starts_and_asked_again_in_time(tmdb, fake, tmp_path, clock):
    tmdb.movie(949)
    tmdb.search("heat")
    again = new_client(fake, tmp_path, clock)
    assert again.movie(949) == tmdb.movie(949)
    assert again.search("heat") == tmdb.search("heat")
    assert len(fake.asked) == 2
    clock.now += 86_400
    again.search("heat")
    again.movie(949)
    assert len(fake.asked) == 3
    clock.now += 180 * 86_400
    again.movie(949)
    assert len(fake.asked) == 4


def test_two_at_once_do_not_fetch_the_same_twice(tmdb, fake):
    barrier = threading.Barrier(6)

    def ask(_: int) -> tuple[object, object, object]:
        barrier.wait()
        return tmdb.search("heat"), tmdb.movie(949), tmdb.poster(HEAT)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(6)))
    assert all(answer == answers[0] for answer in answers)
    assert len(fake.asked) == len(set(fake.asked)) == 4


def test_nobody_gets_through_faster_than_the_pace(clock):
    pace = Pace(20, clock=clock, wait=clock.wait)
    for _ in range(5):
        pace.take_turn()
    assert clock.waited == [0.05] * 4
    clock.now += 1
    pace.take_turn()
    assert clock.waited == [0.05] * 4


def test_callers_at_the_same_moment_get_turns_one_after_the_other():
    waits: list[float] = []
    pace = Pace(20, clock=lambda: 100.0, wait=waits.append)
    for _ in range(4):
        pace.take_turn()
    assert waits == pytest.approx([0.05, 0.1, 0.15])


def test_the_cache_is_bounded_and_the_oldest_go(tmp_path):
    cache = AnswerCache(tmp_path, largest=20, clock=lambda: 0.0)
    for number in range(21):
        cache.put(f"question {number}", number)
        for age, file in enumerate(sorted(tmp_path.iterdir(), key=lambda f: f.stat().st_mtime_ns)):
            os.utime(file, (1000 + age, 1000 + age))
    assert len(list(tmp_path.iterdir())) == 18
    assert [cache.get(f"question {n}", 9) for n in (0, 1, 2, 3, 20)] == [None, None, None, 3, 20]


def test_a_damaged_or_foreign_file_in_the_cache_is_no_answer(tmp_path):
    cache = AnswerCache(tmp_path)
    cache.put("a", {"x": 1})
    (file,) = tmp_path.iterdir()
    whole = file.read_text("utf-8")
    for text in (whole[:-5], "", "[]", '{"at": "x"}', "[" * 100_000, whole.replace('"a"', '"b"')):
        file.write_text(text, "utf-8")
        assert cache.get("a", 1e9) is None
    file.write_text(whole, "utf-8")
    assert cache.get("a", 1e9) == {"x": 1}


def test_an_answer_that_somebody_changed_on_disk_is_asked_again(tmdb, fake, tmp_path):
    tmdb.movie(949)
    (file,) = (tmp_path / "tmdb").iterdir()
    kept = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps(kept | {"answer": {"id": 1}}), "utf-8")
    assert tmdb.movie(949).title == "Heat"
    assert len(fake.asked) == 2


def test_a_cache_that_cannot_be_written_does_no_harm(fake, tmp_path, clock, caplog):
    (tmp_path / "tmdb").write_text("a file in the way")
    tmdb = new_client(fake, tmp_path, clock)
    assert tmdb.movie(949) == tmdb.movie(949)
    assert "an answer of TMDB is not kept" in caplog.text


def test_posters_are_not_shown_longer_than_the_terms_allow(tmp_path):
    posters = Posters(tmp_path, clock=lambda: 180 * 86_400 + 1000.0)
    file = posters.keep(5, picture())
    os.utime(file, (1001, 1001))
    assert posters.find(5) == file
    os.utime(file, (1000, 1000))
    assert posters.find(5) is None
    assert posters.find(6) is None
