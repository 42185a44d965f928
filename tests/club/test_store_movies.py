"""The club's own movies, shortlist, and details fetched from TMDB."""

import pandas as pd
import pytest
from a_night import FRIDAY, given_stars, predictions, refused

from club.catalogue import catalogue, training_data
from club.errors import InvalidInput, NotFound
from club.movies import KEPT_DAYS, Details, NewMovie
from recommender.dataset import Dataset, check_movies


def test_shortlist_keeps_the_order(store):
    assert [store.movies.add_to_shortlist(movie) for movie in (30, 10, 20)] == [1, 2, 3]
    assert store.movies.shortlist() == [30, 10, 20]
    assert store.movies.add_to_shortlist(10) == 3
    assert store.movies.remove_from_shortlist(30) == 4
    assert store.movies.remove_from_shortlist(30) == 4
    store.movies.add_to_shortlist(30)
    assert store.movies.shortlist() == [10, 20, 30]


@pytest.mark.either_database
def test_own_movies_have_the_form_of_the_catalogue(store):
    empty = store.movies.own()
    first = store.movies.add(" Our holiday ", 2024, "Comedy|Drama", ["beach", "rain", "beach"])
    assert (first, store.movies.add("Untitled")) == (-1, -2)
    movies = store.movies.own()
    holiday = ["Our holiday", 2024, ("Comedy", "Drama"), ("beach", "rain"), ()]
    assert movies.loc[first, :"aliases"].tolist() == holiday
    assert movies["year"].isna().tolist() == [False, True]
    checked = check_movies(movies)[list(movies.columns)]
    assert checked.map(str).to_dict() == movies.map(str).to_dict()  # NA is not equal to itself
    assert checked.dtypes.to_dict() == movies.dtypes.to_dict() == empty.dtypes.to_dict()


def test_add_refuses_a_second_time(store):
    store.movies.add("Our Holiday", 2024)
    refused("The club has added Our Holiday before", store.movies.add, "our holiday ", 2024)
    assert store.version() == 1
    assert store.movies.add("Our Holiday", 2025) == -2
    assert store.movies.add("Our Holiday") == -3


@pytest.mark.parametrize(
    ("number", "one", "other"), [("tmdb_id", 949, 950), ("imdb_id", "tt0113277", "tt0113278")]
)
def test_number_tells_movies_apart(store, number, one, other):
    store.movies.add("Heat", 1995, **{number: one})
    assert store.movies.add("Heat", 1995, **{number: other}) == -2
    for again in ({number: one}, {}):
        with pytest.raises(InvalidInput, match="The club has added Heat before"):
            store.movies.add("Heat" if not again else "Hitze", 1995, **again)


HEAT = Details(2, "Heat", 949, 170, "A thief and a cop.")


@pytest.fixture
def world() -> Dataset:
    movies = pd.DataFrame(
        {
            "title": ["Alien", "Heat", "Heat"],
            "year": [1979, 1995, 1986],
            "genres": [("Horror",), ("Crime",), ("Action",)],
            "keywords": [("space",), ("los angeles", "heist"), ()],
            "tmdb_id": [348, None, None],
            "runtime": [117, None, None],
        },
        index=[1, 2, 3],
    )
    ratings = pd.DataFrame({"user_id": [1], "movie_id": [1], "rating": [4.0]})
    return Dataset(ratings, movies)


@pytest.mark.either_database
def test_details_fill_the_catalogue(store, world):
    version = store.movies.save_details([HEAT])
    assert store.version() == version == 1
    merged = catalogue(world, store)
    heat = merged.loc[2]
    assert heat["keywords"] == ("los angeles", "heist")  # nothing of TMDB is learned from
    assert (heat["runtime"], heat["overview"], heat["tmdb_id"]) == (170, "A thief and a cop.", 949)
    pd.testing.assert_frame_equal(merged.drop(index=2), world.movies.drop(index=2))
    assert merged.dtypes.to_dict() == world.movies.dtypes.to_dict()
    assert world.movies.loc[2, "keywords"] == ("los angeles", "heist")
    assert training_data(world, store).movies.loc[2, "runtime"] == 170


def test_a_fetched_runtime_counts_and_the_catalogues_own_stands_where_none_was(store, world):
    store.movies.save_details([Details(1, "Alien", 348, 119, "In space.")])
    alien = catalogue(world, store).loc[1]
    assert (alien["runtime"], alien["overview"]) == (119, "In space.")
    store.movies.save_details([Details(1, "Alien", 348, None, "In space.")])
    assert catalogue(world, store).loc[1, "runtime"] == 117


@pytest.mark.parametrize(
    "stranger",
    [Details(2, "Toy Story", 862, 81), Details(1, "Alien", 949, 170), Details(77, "Gone", 5, 90)],
    ids=["another title", "another number at TMDB", "not in this world"],
)
def test_details_of_another_movie_are_not_joined(store, world, stranger):
    store.movies.save_details([stranger])
    pd.testing.assert_frame_equal(catalogue(world, store), world.movies)


def test_details_expire(store, world, clock):
    clock.now = now = 1_800_000_000
    store.movies.save_details([HEAT])
    clock.now = now + KEPT_DAYS * 86_400 - 1
    assert store.movies.details().index.tolist() == [2]
    clock.now = now + KEPT_DAYS * 86_400
    assert store.movies.details().empty
    pd.testing.assert_frame_equal(catalogue(world, store), world.movies)


def test_own_movie_is_edited(store):
    own = store.movies.add("Poor Thing", 2022, tmdb_id=5, overview="A tale.", cast="Emma")
    store.movies.add("Poor Things", 2024)
    store.movies.edit(own, NewMovie("Poor Things", 2023, ["Comedy"], ["paris"], runtime=141))
    row = store.movies.own().loc[own]
    changed = row[["title", "year", "genres", "keywords", "runtime"]].tolist()
    assert changed == ["Poor Things", 2023, ("Comedy",), ("paris",), 141]
    assert row[["overview", "tmdb_id", "cast"]].tolist() == ["A tale.", 5, ("Emma",)]
    taken = NewMovie("Poor Things", 2024)
    refused("The club has added Poor Things before", store.movies.edit, own, taken)
    for movie in (-9, 1):
        with pytest.raises(NotFound, match="that the club has added"):
            store.movies.edit(movie, taken)


def test_merged_movie_loses_no_rating(store, pair, clock):
    ana, bo = pair
    own = store.movies.add("Poor Things")
    clock.now = 1_000
    store.ratings.rate_many([(ana, 7, 2.0), (bo, own, 3.5)])
    clock.now = 2_000
    store.ratings.rate_many([(ana, own, 5.0), (bo, 7, 4.5)])
    clock.now = 3_000
    zoe = store.members.add_guest("Zoe", loves=[own])
    store.members.remove(bo)
    store.movies.merge(own, 7)
    store.members.restore(bo)
    assert store.ratings.current(include_guests=True).to_numpy().tolist() == [
        [ana, 7, 5.0, 2_000], [bo, 7, 4.5, 2_000], [zoe, 7, 5.0, 3_000]
    ]  # fmt: skip
    assert store.movies.own().empty
    undoable = store.ratings.undoable()
    assert undoable is None or own not in {entry.movie_id for entry in undoable.entries}


@pytest.mark.either_database
def test_merge_moves_shortlist_seen_vetoes_and_ballots(store, pair):
    ana, bo = pair
    own = store.movies.add("Poor Things")
    for movie in (5, own, 6):
        store.movies.add_to_shortlist(movie)
    for member, movie in ((ana, own), (ana, 7), (bo, own)):
        store.members.mark_seen(member, movie)
    night = store.nights.plan(FRIDAY, [ana, bo])
    store.nights.edit(night, voting="rank")
    store.nights.veto(night, ana, own)
    store.nights.vote(night, bo, [6, own, 7])
    store.movies.merge(own, 7)
    assert store.movies.shortlist() == [5, 7, 6]
    assert store.members.seen().to_numpy().tolist() == [[ana, 7], [bo, 7]]
    assert store.nights.vetoes(night) == {7: (ana,)}
    store.nights.reveal_votes(night)
    assert store.nights.ballot_box(night).ballots == {bo: (6, 7)}
    refused("cannot be merged with itself", store.movies.merge, *[store.movies.add("x")] * 2)


def test_decided_night_keeps_its_own_movie(store, pair):
    ana, bo = pair
    own = store.movies.add("Poor Things")
    store.ratings.rate(ana, own, 4.0)
    night = store.nights.plan(FRIDAY, [ana, bo])
    store.nights.decide(night, own, predictions([ana, bo], [own, 6]), model="m", by="b")
    before = store.nights.predictions()
    refused("so it has to stay", store.movies.delete, own)
    store.movies.merge(own, 7)
    assert store.nights.get(night).movie == own
    assert store.nights.predictions().equals(before)
    assert store.movies.own().index.tolist() == [own]
    assert given_stars(store) == {(ana, 7): 4.0}


def test_deleted_movie_takes_its_ratings_along(store, pair):
    ana, bo = pair
    own = store.movies.add("Poor Things")
    store.ratings.rate_many([(ana, own, 4.0), (ana, 7, 1.0)])
    store.movies.add_to_shortlist(own)
    store.members.mark_seen(bo, own)
    night = store.nights.plan(FRIDAY, [ana, bo])
    store.nights.edit(night, voting="rank")
    store.nights.vote(night, bo, [own])
    store.movies.delete(own)
    assert given_stars(store) == {(ana, 7): 1.0}
    assert store.movies.shortlist() == []
    assert store.members.seen().empty
    assert store.nights.ballot_box(night).voted == ()
    assert store.ratings.undo() is None
    assert store.movies.add("Poor Things") == own - 1
