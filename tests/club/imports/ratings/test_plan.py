"""Plans of imports: nothing without a decision, twice changes nothing, all can be undone."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import sources
from a_night import given_stars
from hypothesis import given, settings
from hypothesis import strategies as st

from club.catalogue import catalogue
from club.errors import InvalidInput
from club.export import ratings_csv
from club.imports import ratings
from club.imports.ratings import Choices, ClubNow, Plan
from club.imports.ratings.plan import Numbers
from club.imports.ratings.rows import Scale
from club.matching import TitleMatcher
from club.ratings import record
from club.store import Store
from recommender.dataset import Dataset

WORLD: Dataset = sources.world()
NOW = 1_700_000_000
HEAD = "Title,Year,Rating,Date\n"


@pytest.fixture
def club(file: Path) -> Store:
    return Store(file)


@pytest.fixture
def ana(club: Store) -> int:
    return club.members.add("Ana")


def planned(club: Store, paths: list[Path], choices: Choices, now: int = NOW) -> Plan:
    found, movies = ratings.read_all(paths), catalogue(WORLD, club)
    matches = ratings.match(found, TitleMatcher(movies))
    return ratings.plan(found, matches, ClubNow.of(club), choices, now=now)


def table(tmp_path: Path, text: str, name: str = "mine.csv") -> list[Path]:
    (tmp_path / name).write_text(text, "utf-8")
    return [tmp_path / name]


def of(member: int | str, name: str = "mine.csv", person: str = "") -> Choices:
    return Choices(members={(name, person): member})


def states(plan: Plan) -> list[str]:
    return [entry.state for entry in plan.entries]


@pytest.mark.either_database
def test_save_is_one_step_that_can_be_undone(store: Store, tmp_path: Path) -> None:
    ana = store.members.add("Ana")
    text = HEAD + "Heat,1995,4.5,2020-05-01\nToy Story,1994,3,\nSeven,1995,1,2300-01-01\n"
    plan = planned(store, table(tmp_path, text), of(ana))
    assert store.ratings.current().empty, "a plan changes nothing"
    saved = ratings.save(store, plan)
    assert (saved["rating"], saved["movie"], saved["member"]) == (3, 0, 0)
    assert given_stars(store) == {(ana, 6): 4.5, (ana, 1): 3.0, (ana, 47): 1.0}
    when = store.ratings.current().set_index("movie_id")["timestamp"]
    assert when[6] == 1588334400
    assert min(when[1], when[47]) > NOW, "without a day, or one to come, it is of now"
    of_ten = planned(store, table(tmp_path, text), replace(of(ana), tops={"mine.csv": 10}))
    assert [entry.stars for entry in of_ten.entries] == [2.5, 1.5, 0.5]
    store.ratings.undo()
    assert store.ratings.current().empty


def test_uncertain_rows_wait_for_a_decision(club: Store, ana: int, tmp_path: Path) -> None:
    paths = table(tmp_path, HEAD + "Sabrina,1996,4,\nHeatt,1995,2.5,\nNova,2030,3,\n")
    plan = planned(club, paths, of(ana))
    assert states(plan) == ["uncertain", "uncertain", "unmatched"]
    assert plan.counts == {
        "New": 0, "Already there": 0, "Other stars": 0, "To decide": 2, "Not found": 1,
        "Left out": 0,
    }  # fmt: skip
    assert ratings.save(club, plan)["rating"] == 0
    decided = {("mine.csv", 2): 7, ("mine.csv", 3): None}
    plan = planned(club, paths, replace(of(ana), movies=decided))
    assert states(plan) == ["new", "unmatched", "unmatched"]
    ratings.save(club, plan)
    assert given_stars(club) == {(ana, 7): 4.0}


def test_missing_movies_are_added_if_asked(club: Store, ana: int, tmp_path: Path) -> None:
    text = "Title,Year,Rating,Member\nNova,2030,3.5,Ana\nNova,2030,4,Bo\nNo year,,2,Bo\n"
    paths = table(tmp_path, text)
    people = {("mine.csv", "Ana"): ana, ("mine.csv", "Bo"): "Bo"}
    assert ratings.save(club, planned(club, paths, Choices(members=people)))["movie"] == 0
    choices = Choices(members=people, add_missing=True)
    saved = ratings.save(club, planned(club, paths, choices))
    assert (saved["rating"], saved["movie"], saved["member"]) == (3, 2, 1)
    own = club.movies.own()
    assert list(zip(own["title"], own["year"].astype(object), strict=True)) == [
        ("Nova", 2030), ("No year", pd.NA)
    ]  # fmt: skip
    bo = int(club.members.all().query("name == 'Bo'").index[0])
    nova, other = own.index
    assert given_stars(club) == {(ana, nova): 3.5, (bo, nova): 4.0, (bo, other): 2.0}
    people[("mine.csv", "Bo")] = bo
    assert states(planned(club, paths, choices)) == ["same"] * 3


def test_other_stars_count_if_newer_or_chosen(club: Store, ana: int, tmp_path: Path) -> None:
    club = Store(club.file, clock=lambda: 1_600_000_000)  # September 2020
    club.ratings.rate_many([(ana, 6, 1), (ana, 1, 1), (ana, 47, 1), (ana, 7, 1)])
    text = HEAD + (
        "Heat,1995,4.5,2021-01-01\nToy Story,1995,4,2019-01-01\nSeven,1995,4,\nSabrina,1995,1,\n"
    )
    paths = table(tmp_path, text)
    plan = planned(club, paths, of(ana))
    assert states(plan) == ["changed", "changed", "changed", "same"]
    assert [(e.ours, e.stars, e.taken) for e in plan.of("changed")] == [
        (1.0, 4.5, True), (1.0, 4.0, False), (1.0, 4.0, False)
    ]  # fmt: skip

    def taken(**choice: object) -> list[bool]:
        made = planned(club, paths, replace(of(ana), **choice))
        return [entry.taken for entry in made.of("changed")]

    assert taken(take="theirs") == [True, True, True]
    assert taken(take="ours") == [False, False, False]
    ratings.save(club, plan)
    assert given_stars(club) == {(ana, 6): 4.5, (ana, 1): 1.0, (ana, 47): 1.0, (ana, 7): 1.0}


def test_latest_row_of_a_movie_counts(club: Store, ana: int, tmp_path: Path) -> None:
    text = HEAD + "Heat,1995,2.5,2021-01-01\nHeat,1995,1,2020-01-01\n"
    paths = table(tmp_path, text) + table(tmp_path, HEAD + "Heat,1995,5,2020-06-01\n", "b.csv")
    choices = Choices(members={("mine.csv", ""): ana, ("b.csv", ""): ana})
    plan = planned(club, paths, choices)
    assert states(plan) == ["new", "again", "again"]
    ratings.save(club, plan)
    assert given_stars(club) == {(ana, 6): 2.5}
    told = plan.rejected(WORLD.movies)
    assert [(row.file, row.line, row.reason) for row in told] == [
        ("mine.csv", 3, "there more than once; the latest counts"),
        ("b.csv", 2, "there more than once; the latest counts"),
    ]


def test_save_refuses_a_plan_of_an_older_version(club: Store, ana: int, tmp_path: Path) -> None:
    plan = planned(club, table(tmp_path, HEAD + "Heat,1995,4.5,\n"), of(ana))
    club.ratings.rate(ana, 6, 1)
    with pytest.raises(InvalidInput, match="changed meanwhile"):
        ratings.save(club, plan)
    assert given_stars(club) == {(ana, 6): 1.0}


def test_save_writes_all_or_nothing(club: Store, ana: int, tmp_path: Path) -> None:
    text = "Title,Year,Rating,Member\nHeat,1995,3.5,Ana\nNova,2030,4,Bo\n"
    people = {("mine.csv", "Ana"): "Bo", ("mine.csv", "Bo"): "ANA"}  # who is there already
    plan = planned(club, table(tmp_path, text), Choices(members=people, add_missing=True))
    version = club.version()
    with pytest.raises(InvalidInput, match="There is a member called Ana already"):
        ratings.save(club, plan)
    assert club.version() == version
    assert club.members.all()["name"].tolist() == ["Ana"]
    assert club.movies.own().empty


def test_any_number_of_movies_is_added_and_reported(club: Store, ana: int, tmp_path: Path) -> None:
    text = HEAD + "".join(f"Nova {number},2030,3.5,\n" for number in range(1001))
    plan = planned(club, table(tmp_path, text), replace(of(ana), add_missing=True))
    steps: list[tuple[int, int]] = []
    saved = ratings.save(club, plan, lambda done, total, _: steps.append((done, total)))
    assert (saved["rating"], saved["movie"], len(club.movies.own())) == (1001, 1001, 1001)
    assert (steps[0], steps[-1]) == ((1, 1001), (1001, 1001))


def test_an_added_movie_gets_what_the_file_knows(club: Store, ana: int, tmp_path: Path) -> None:
    text = (
        "Const,Your Rating,Date Rated,Title,Original Title,Title Type,Runtime (mins),Year,Genres,"
        "Directors\ntt9000001,9,2024-01-02,Nova,Nova Stella,Movie,97,2030,"
        '"Drama, Family, Sport, Music","Ana Belén, Bo Derek"\n'
    )
    plan = planned(club, table(tmp_path, text), replace(of(ana), add_missing=True))
    assert ratings.save(club, plan)["movie"] == 1
    movie = club.movies.own().iloc[0]
    facts = ["title", "year", "runtime", "imdb_id", "genres", "directors", "aliases"]
    assert movie[facts].tolist() == [
        "Nova", 2030, 97, "tt9000001", ("Drama", "Children", "Musical"), ("Ana Belén", "Bo Derek"),
        ("Nova Stella",),
    ]  # fmt: skip
    renamed = text.replace("Nova,Nova Stella", "Another name,").replace("2030", "2031")
    assert states(planned(club, table(tmp_path, renamed), of(ana))) == ["same"]


def test_rejected_rows_as_csv_can_be_imported_again(club: Store, ana: int, tmp_path: Path) -> None:
    text = HEAD + "=cmd(),1995,3.5,2020-01-02\nHeatt,1995,2.5,\nHeat,1995,bad,\n,1995,3,\n"
    plan = planned(club, table(tmp_path, text), of(ana))
    written, no = ratings.as_csv(plan.rejected(WORLD.movies)), ["", "", ""]
    assert list(csv.reader(io.StringIO(written))) == [
        ["file", "line", "reason", "alternatives", "member", "title", "year", "stars", "date",
         "kind", "imdb_id", "tmdb_id"],
        ["mine.csv", "4", "no rating that can be read", "", "", "Heat", "1995", "bad", "", *no],
        ["mine.csv", "5", "no title", "", "", "", "1995", "3", "", *no],
        ["mine.csv", "2", "no movie of that name is known here", "", "", "'=cmd()", "1995",
         "3.5", "2020-01-02", *no],
        ["mine.csv", "3", "a movie has nearly the same name", "Heat (1995)", "", "Heatt", "1995",
         "2.5", "", *no],
    ]  # fmt: skip
    repaired = written.replace("Heatt", "Heat")
    again = planned(club, table(tmp_path, repaired, "again.csv"), of(ana, "again.csv"))
    assert [(e.row.title, e.stars, e.state) for e in again.entries] == [
        ("=cmd()", 3.5, "unmatched"), ("Heat", 2.5, "new")
    ]  # fmt: skip


def test_rejected_rows_are_in_stars(club: Store, ana: int, tmp_path: Path) -> None:
    text = (
        "Const,Your Rating,Date Rated,Title,Title Type,Year\ntt1,9,2023-05-01,Haet,Movie,1995\n"
        "tt2,8,2023-05-01,,Movie,1995\ntt3,eight,2023-05-01,Heat,Movie,1995\n"
    )
    rows = planned(club, table(tmp_path, text), of(ana)).rejected(WORLD.movies)
    found = [(row.title, row.stars) for row in rows]
    assert found == [("", "4"), ("Heat", "eight"), ("Haet", "4.5")]
    mended = ratings.as_csv(rows).replace("Haet", "Heat").replace(",,,1995", ",,Seven,1995")
    (again,) = ratings.read_all(table(tmp_path, mended))
    assert (again.scale.top, again.scale.fixed) == (5, True)
    assert [(row.title, row.rating) for row in again.rows] == [("Seven", 4.0), ("Heat", 4.5)]
    whole = ratings.as_csv([replace(row, stars="3") for row in rows])
    assert ratings.read_all(table(tmp_path, whole))[0].scale.doubt == ""


def test_seen_and_wished_movies(club: Store, ana: int, tmp_path: Path) -> None:
    head = ("Date", "Name", "Year", "Letterboxd URI")
    heat, seven, nova = ("", "Heat", 1995, "a"), ("", "Seven", 1995, "b"), ("", "Nova", 2030, "c")
    toys, sabrina = ("", "Toy Story", 1995, "d"), ("", "Sabrina", 1954, "e")
    files: sources.Files = {
        "ratings.csv": sources.table((*head, "Rating"), (*heat, 4)),
        "watched.csv": sources.table(head, heat, seven, nova),
        "watchlist.csv": sources.table(head, heat, seven, toys, sabrina),
    }
    paths = [sources.zipped(files, tmp_path / "x.zip")]
    club.watchlists.add(ana, [915])
    plan = planned(club, paths, of(ana, "x.zip"))
    taken = [(entry.kind, entry.movie) for entry in plan.entries if entry.taken]
    assert taken == [("rating", 6), ("seen", 47), ("wished", 1)]
    assert {name: n for name, n in plan.counts.items() if n} == {
        "New": 3, "Already there": 3, "Not found": 1,
    }  # fmt: skip
    assert len(plan.entries) == 7, "what is rated need not be seen"
    (left,) = plan.rejected(WORLD.movies)
    assert (left.title, left.kind, left.stars) == ("Nova", "seen", "")
    saved = ratings.save(club, plan)
    assert (saved["rating"], saved["seen"], saved["wished"]) == (1, 1, 1)
    assert sorted(club.watchlists.of(ana)) == [1, 915]
    assert club.members.seen().values.tolist() == [[ana, 47]]
    again = planned(club, paths, of(ana, "x.zip"))
    assert not [entry for entry in again.entries if entry.taken]
    kept = planned(club, paths, replace(of(ana, "x.zip"), add_missing=True))
    assert (ratings.save(club, kept)["seen"], len(club.movies.own())) == (1, 1)


@pytest.mark.parametrize(("numbers", "movie"), [("movielens", 6), ("tmdb", 1)])
def test_numbers_without_titles_are_movielens_or_tmdbs(
    club: Store, ana: int, tmp_path: Path, numbers: Numbers, movie: int
) -> None:
    paths = table(tmp_path, "userId,movieId,rating\n15,6,4.5\n15,8999999,3.5\n15,x,3\n")
    paths += table(tmp_path, "userId,name\n15,Ana\n", "names.csv")
    (found,) = ratings.read_all(paths)
    assert (found.people, found.is_numbered) == (("Ana",), True)
    movies = WORLD.movies.assign(tmdb_id=pd.Series({1: 6}).reindex(WORLD.movies.index))
    matches = ratings.match([found], TitleMatcher(movies), numbers)
    choices = replace(of(ana, person="Ana"), add_missing=True)
    plan = ratings.plan([found], matches, ClubNow.of(club), choices, now=NOW)
    assert [entry.movie for entry in plan.entries] == [movie, None]
    assert (plan.lacking, ratings.save(club, plan)["movie"]) == ({}, 0)
    assert [(row.title, row.stars) for row in plan.rejected(movies)] == [
        ("", "3"), ("movie 8999999", "3.5")
    ]  # fmt: skip


ODD = {"=1+1", "Heat", "'Round", "A “quoted”, title", "Café; or not", "???", "Sabrina (1995)"}
NAMES = st.sampled_from(["Ana", "ana łuczak", "=cmd()", "O'Brien", "'Zoë", "陈", "Bo, Jr."])
ROWS = st.lists(
    st.tuples(
        NAMES,
        st.sampled_from([1, 6, 915, 7, 47, *sorted(ODD)]),
        st.integers(1, 10),
        st.integers(0, NOW),
    ),
    min_size=1,
    max_size=12,
)


def test_own_export_round_trip(tmp_path: Path) -> None:
    """Into the same club nothing changes; into a new one everything is the same again."""
    club, fresh = Store(tmp_path / "old.db"), Store(tmp_path / "new.db")
    path = tmp_path / "e.csv"

    @settings(max_examples=5, deadline=None)
    @given(ROWS)
    def holds(rows: list) -> None:
        for store in (club, fresh):
            store.start_own_club("Ours")
        ids = {name: club.members.add(name) for name in {row[0] for row in rows}}
        own = {title: club.movies.add(title, 2001) for title in {r[1] for r in rows} & ODD}
        for title, movie in own.items():
            assert fresh.movies.add(title, 2001) == movie
        pairs = {(ids[name], own.get(movie, movie)): rest for name, movie, *rest in rows}
        with club.database.write() as write:
            write.now = NOW
            record(
                write,
                {pair: halves for pair, (halves, _) in pairs.items()},
                rated_at={pair: at for pair, (_, at) in pairs.items()},
            )
        path.write_bytes(ratings_csv(club, catalogue(WORLD, club)))
        here = Choices(members={("e.csv", name): member for name, member in ids.items()})
        assert set(states(planned(club, [path], here))) == {"same"}
        there = Choices(members={("e.csv", name): name for name in ids})
        ratings.save(fresh, planned(fresh, [path], there))
        assert named(fresh) == named(club)

    holds()


def named(club: Store) -> set[tuple[str, int, float, int]]:
    names = club.members.all()["name"]
    return {
        (names[r.member_id], r.movie_id, r.rating, r.timestamp)
        for r in club.ratings.current().itertuples()
    }


def test_two_movies_of_a_file_never_become_one() -> None:
    matcher = TitleMatcher(WORLD.movies)

    def movies(*rows: ratings.Row) -> list[int | None]:
        file = ratings.RatingsFile("", "f.csv", rows, Scale(5))
        return [found.movie_id for found in ratings.match([file], matcher).values()]

    def heat(line: int, year: int, source_id: str, person: str = "") -> ratings.Row:
        return ratings.Row(
            titles=("Heat",), year=year, file="f.csv", line=line, source_id=source_id, person=person
        )

    exact, year_off = heat(2, 1995, "a"), heat(3, 1996, "b")
    assert movies(exact, year_off) == [6, None]
    assert movies(exact, heat(4, 1995, "c")) == [None, None]
    assert movies(exact, heat(5, 1995, "a")) == [6, 6]
    assert movies(exact, heat(6, 1995, "c", "Bo")) == [6, 6]
