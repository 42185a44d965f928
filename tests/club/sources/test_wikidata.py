"""Wikidata's films in the catalogue's words, asked for politely; a fault is one sentence."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from fake_tmdb import Answer
from fake_wikidata import ENTITY, FakeWikidata, fact, label, results, text, uri

from club.catalogue import catalogue
from club.cli import main
from club.errors import SourceError
from club.sources import wikidata as module
from club.sources.http import Pace
from club.sources.lookup import add_newer, complete, last_year
from club.sources.wikidata import IMDB, TMDB, Wikidata, Words
from club.store import Store
from recommender import Dataset

TODAY = date(2026, 11, 30)
JANUARY, APRIL = date(2026, 1, 1), date(2026, 4, 1)
KEYWORDS = [
    *("coming of age", "organized crime", "paris", "france", "french film", "based on novel"),
    *("foreign language film", "sequel"),
]


@pytest.fixture
def fake() -> Iterator[FakeWikidata]:
    with FakeWikidata() as server:
        yield server


@pytest.fixture
def client(fake, tmp_path: Path, clock, monkeypatch) -> Callable[..., Wikidata]:
    monkeypatch.setattr(module, "PACE", Pace(1e9))

    def new(**more: object) -> Wikidata:
        return Wikidata(tmp_path / "wikidata", KEYWORDS, fake.url, clock=clock, **more)

    return new


@pytest.fixture
def wikidata(client) -> Wikidata:
    return client()


@pytest.fixture
def world() -> Dataset:
    movies = pd.DataFrame(
        {
            "title": ["Heat", "Heat", "The Salt Road"],
            "year": [1995, 1986, 2024],
            "imdb_id": ["tt0113277", "", ""],
        },
        index=[1, 2, 3],
    )
    return Dataset(pd.DataFrame({"user_id": [1], "movie_id": [1], "rating": [4.0]}), movies)


class Stopped(Exception):  # noqa: N818
    """Somebody has ended the run."""


class LookUp:
    """The two runs, and what they report; `stop_after` so many reports the next one ends a run."""

    def __init__(self, store: Store, wikidata: Wikidata, world: Dataset) -> None:
        self.store, self.wikidata, self.world = store, wikidata, world
        self.steps: list[tuple[int, int]] = []
        self.counts: dict[str, int] = {}
        self.stop_after = 1000

    def _report(self, done: int, total: int, **counts: int) -> None:
        self.steps.append((done, total))
        self.counts = counts
        if len(self.steps) > self.stop_after:
            raise Stopped

    def complete(self) -> pd.DataFrame:
        movies = catalogue(self.world, self.store)
        complete(self.wikidata, self.store, movies, self._report)
        return self.store.movies.own()

    def newer(self, stop_after: int = 1000) -> pd.DataFrame:
        movies, self.steps, self.stop_after = catalogue(self.world, self.store), [], stop_after
        with suppress(Stopped):
            add_newer(self.wikidata, self.store, movies, self._report, since=2025, today=TODAY)
        return self.store.movies.own()


@pytest.fixture
def look(store: Store, wikidata: Wikidata, world: Dataset) -> LookUp:
    return LookUp(store, wikidata, world)


# Films


def test_film_comes_in_the_catalogues_words(wikidata) -> None:
    film = wikidata.films(["Q1001"])["Q1001"]
    assert film.titles == ("Salt Road", "La route du sel")
    assert (film.year, film.runtime) == (2026, 121)
    assert (film.imdb_id, film.tmdb_id) == ("tt30000001", 900001)
    assert film.directors == ["Ada Lind"]
    assert film.cast == ["Cem Aksoy", "Bea Roth"]
    assert film.genres == ["Crime", "Thriller"]
    assert film.keywords == [
        *("organized crime", "coming of age", "paris", "france", "based on novel"),
        *("french film", "foreign language film", "sequel"),
    ]


def test_odd_values_count_as_unknown(wikidata, fake) -> None:
    long = "x" * 500
    odd = {
        "P577": ("soon", "-0044-03-15T00:00:00Z", "0900-01-01T00:00:00Z"),
        "P2047": ("+0", "99999999", "NaN", "1e5"),
        "P345": ("nm0000001", "tt12", "tt1000001", "tt1000002"),
        "P4947": ("0", "9" * 12, "x"),
    }
    fake.films["Q1"] = [
        label(f"{long}\n\u202e"),
        *(fact(of, value) for of, values in odd.items() for value in values),
        fact("P161", "Q9", long),
        fact("P57", "Q8", "A|B\0"),
        {"property": uri("P31")},
        {"value": text("en")},
        {"property": text("P577"), "value": text("2020-01-01T00:00:00Z"), "known": text("many")},
    ]
    film = wikidata.films(["Q1"])["Q1"]
    assert (film.year, film.runtime, film.imdb_id, film.tmdb_id) == (None, None, None, None)
    assert (film.cast, film.directors, film.genres, film.keywords) == ([], ["A B"], [], [])
    assert len(film.title) <= 200
    fake.films["Q3"] = [fact("P577", "2026-05-01T00:00:00Z")]
    assert wikidata.films(["Q3"]) == {}


def test_every_word_is_one_of_the_catalogues(bundled) -> None:
    bundled = bundled.movies
    table = pd.read_csv(Path(module.DATA, "wikidata.csv"), keep_default_na=False)
    assert not table.duplicated(["property", "label"]).any()
    words = {word for line in table["keywords"] for word in line.split("|")}
    assert words <= set(bundled["keywords"].explode())
    assert set(module.GENRES.values()) <= set(bundled["genres"].explode())
    assert (table["label"] == table["label"].str.casefold()).all()


@pytest.fixture(scope="module")
def words(bundled) -> Words:
    return Words(bundled.movies["keywords"].explode().dropna())


@pytest.mark.parametrize(
    ("of", "name", "genres", "keywords"),
    [
        ("P136", "romantic comedy", ["Romance", "Comedy"], ["romantic comedy", "romantic"]),
        ("P136", "Superhero films", ["Action"], ["superhero"]),
        ("P136", "anti-war film", ["War"], ["anti-war"]),
        ("P136", "family film", ["Children"], ["family film"]),
        ("P921", "family", [], ["family relationships"]),
        ("P31", "anime film", ["Animation"], ["anime"]),
        ("P921", "war", [], ["battlefield"]),
        ("P495", "Japan", [], ["japanese film"]),
        ("P840", "Japan", [], ["japan"]),
        ("P364", "American English", [], []),
        ("P364", "Cantonese", [], ["chinese language film", "foreign language film"]),
    ],
)
def test_words(words, of, name, genres, keywords) -> None:
    facts = dict.fromkeys(["P31", "P136", "P921", "P840", "P495", "P364", "P144", "P155"], ())
    facts[of] = [module.Fact("", name, 0)]
    assert words.genres(facts) == genres
    assert words.keywords(facts) == keywords


# Questions


def test_known_films_of_a_time(wikidata, fake) -> None:
    fake.pages["Q1003"] = 14
    assert wikidata.known(JANUARY, APRIL) == ["Q1001"]
    assert wikidata.known(APRIL, TODAY) == []


def test_numbers_and_titles(wikidata) -> None:
    assert wikidata.numbered(IMDB, ["tt0113277", "tt1"]) == {"tt0113277": {"Q1004"}}
    assert wikidata.numbered(TMDB, ["900001"]) == {"900001": {"Q1001"}}
    assert wikidata.called(["Heat", "Salt Road", 'A "quoted\\ title']) == ["Q1004", "Q1001"]


def test_title_cannot_end_its_quotes(wikidata, fake) -> None:
    wikidata.called(['x" } #\\'])
    assert '"x\\" } #\\\\"@en' in fake.asked[0]


def test_who_asks_says_so_and_takes_turns(fake, tmp_path, clock, monkeypatch) -> None:
    monkeypatch.setattr(module, "PACE", Pace(1))
    wikidata = Wikidata(tmp_path, [], fake.url)
    for month in range(1, 4):
        wikidata.known(date(2026, month, 1), date(2026, month + 1, 1))
    assert {program.split("/")[0] for program in fake.programs} == {"movie-club"}
    assert [round(seconds) for seconds in clock.waits] == [1, 2]


# Faults


def test_busy_service_is_asked_again_when_it_says(wikidata, fake, clock) -> None:
    fake.break_at("/sparql", Answer(429, {}, Retry_After="90"), Answer(500, b"TimeoutException"))
    assert wikidata.known(JANUARY, APRIL) == ["Q1001", "Q1003"]
    assert clock.waits == [90, 20]


def test_waiting_can_be_ended(client, fake) -> None:
    def wait(seconds: float) -> None:
        raise Stopped(seconds)

    fake.always("/sparql", Answer(429, {}, Retry_After="90"))
    with pytest.raises(Stopped, match="90"):
        client(wait=wait).known(JANUARY, APRIL)
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(200, b'{"results": {}\njava.util.concurrent.Timeout'), "is garbled"),
        (Answer(200, {"boolean": True}), "is not what it documents"),
        (Answer(200, {"results": {"bindings": ["Q1"]}}), "is not what it documents"),
        (Answer(200, results([{"film": text("Heat")}])), "is not what it documents"),
        (Answer(200, results([{"film": {"value": f"{ENTITY}P31"}}])), "is not what it documents"),
    ],
)
def test_fault_is_one_sentence_and_leaves_nothing(wikidata, fake, tmp_path, answer, said) -> None:
    fake.always("/sparql", answer)
    with pytest.raises(SourceError, match=f"Wikidata.*{said}") as caught:
        wikidata.known(JANUARY, APRIL)
    assert str(caught.value).count(". ") == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# What the club's own movies lack


@pytest.mark.parametrize(
    "known", [{"imdb_id": "tt30000001"}, {"tmdb_id": 900001}, {"title": "Salt Road", "year": 2026}]
)
def test_own_movie_is_completed(look, store, known) -> None:
    facts = {"title": "Anything", "year": None, "keywords": "beach", "runtime": 90} | known
    own = store.movies.add(**facts)
    row = look.complete().loc[own]
    assert look.counts == {"filled": 1, "same": 0, "unsure": 0}
    assert look.steps == [(0, 1), (1, 1)]
    assert (row["title"], row["year"], row["runtime"]) == (facts["title"], 2026, 90)
    assert (row["genres"], row["directors"]) == (("Crime", "Thriller"), ("Ada Lind",))
    assert row["keywords"][:2] == ("beach", "organized crime")
    assert (row["imdb_id"], row["tmdb_id"]) == ("tt30000001", 900001)
    version = store.version()
    look.complete()
    assert (store.version(), look.counts["filled"]) == (version, 0)


def test_uncertain_movies_are_left_to_people(look, store, fake) -> None:
    fake.films["Q1"] = fake.films["Q2"] = [label("Twins"), fact("P577", "2025-01-01T00:00:00Z")]
    store.movies.add("Salt Road", 2025)  # it is of 2026
    store.movies.add("Salt Road")
    store.movies.add("Twins", 2025)
    store.movies.add("Moon Ferry", 2025, imdb_id="tt9999999")  # another number
    store.movies.add("Nobody knows it", 2025)
    before = store.movies.own()
    pd.testing.assert_frame_equal(look.complete(), before)
    assert look.counts == {"filled": 0, "same": 0, "unsure": 5}


def test_movie_that_the_catalogue_has_becomes_one_with_it(look, store, fake) -> None:
    fake.films["Q1004"] = [*fake.films["Q1004"], fact("P4947", "949")]
    ana, own = store.members.add("Ana"), store.movies.add("Hitze", tmdb_id=949)
    store.ratings.rate(ana, own, 4.5)
    store.watchlists.add(store.members.add("Bo"), [own])
    assert look.complete().empty
    assert look.counts == {"filled": 0, "same": 1, "unsure": 0}
    assert store.ratings.current()[["movie_id", "rating"]].to_numpy().tolist() == [[1, 4.5]]
    assert store.watchlists.all()["movie_id"].tolist() == [1]


def test_fault_keeps_what_was_completed_before(look, store, fake, monkeypatch) -> None:
    monkeypatch.setattr("club.sources.lookup.FILMS", 1)
    store.movies.add("Salt Road", 2026)
    store.movies.add("Moon Ferry", 2025)
    look.wikidata.films(look.wikidata.called(["Salt Road"]))  # this is remembered
    fake.always("/sparql", Answer(403))
    with pytest.raises(SourceError):
        look.complete()
    assert store.movies.own()["runtime"].notna().tolist() == [True, False]
    assert look.counts == {"filled": 1, "same": 0, "unsure": 0}


# Newer movies


def test_newer_movies_are_added_once(look, store) -> None:
    found = look.newer()
    assert found["title"].tolist() == ["Moon Ferry", "Salt Road"]
    assert look.counts == {"added": 2, "known": 0}
    assert look.steps[-1] == (9, 9)  # eight quarters, one page of facts
    assert found["genres"].tolist() == [("Fantasy", "Animation"), ("Crime", "Thriller")]
    version = store.version()
    look.newer()
    assert (store.version(), look.counts) == (version, {"added": 0, "known": 2})
    assert store.audit_log()["act"].tolist() == ["added movies"]


@pytest.mark.parametrize(
    "there",
    [
        {"title": "La Route du sel", "year": 2026},
        {"title": "Salt Road, The", "year": 2025},
        {"title": "Another name", "year": 2020, "imdb_id": "tt30000001"},
        {"title": "Another name", "year": 2020, "tmdb_id": 900001},
    ],
)
def test_movie_that_the_club_has_is_not_added(look, store, there) -> None:
    store.movies.add(**there)
    assert look.newer()["title"].tolist() == [there["title"], "Moon Ferry"]
    assert look.counts == {"added": 1, "known": 1}


def test_stopped_run_keeps_whole_pages(look, store, fake, monkeypatch) -> None:
    monkeypatch.setattr("club.sources.lookup.FILMS", 1)
    for steps, titles in ((8, []), (9, ["Moon Ferry"])):
        assert look.newer(stop_after=steps)["title"].tolist() == titles


def test_catalogue_ends_with_its_last_year_that_has_begun(world) -> None:
    movies = world.movies.assign(year=pd.array([1995, 2031, 2024], "Int64"))
    assert last_year(movies, TODAY) == 2024
    assert last_year(movies.assign(year=pd.array([None] * 3, "Int64")), TODAY) == 2026


# The command


@pytest.mark.usefixtures("client")
def test_command_looks_up_movies(fake, world, file, monkeypatch, capsys) -> None:
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(file.parent))
    monkeypatch.setattr("club.cli.ADDRESS", fake.url)
    monkeypatch.setattr("club.cli.load_bundled", lambda: world)
    Store(file).movies.add("Salt Road", 2026)
    command = ["look-up", "--database", str(file)]
    assert main([*command, "--added", "--json"]) == 0
    found = {"filled": 1, "same": 0, "unsure": 0, "added": 0, "known": 0}
    assert json.loads(capsys.readouterr().out) == found
    assert main([*command, "--since", "2025"]) == 0
    assert "1  newer movies were added" in capsys.readouterr().out
    assert Store(file).movies.own()["title"].tolist() == ["Salt Road", "Moon Ferry"]
    assert main([*command, "--since", "1700"]) == 2
    fake.always("/sparql", Answer(503))
    assert main(command) == 2
    assert "Wikidata has trouble (503); try again later." in capsys.readouterr().err
