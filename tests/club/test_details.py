"""What was fetched about movies: kept, merged, and forgotten in time."""

from __future__ import annotations

import pandas as pd
import pytest

from club.backup import write as back_up
from club.catalogue import catalogue, training_data
from club.errors import InvalidInput
from club.export import ratings_csv
from club.movies import KEPT_DAYS, Details
from club.store import Store
from recommender.dataset import Dataset

HEAT = Details(2, "Heat", 949, 170, "A thief and a cop.", ("heist", "police"))


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


def test_what_was_fetched_fills_the_catalogue_in(store, world):
    version = store.movies.save_details([HEAT])
    assert store.version() == version == 1
    merged = catalogue(world, store)
    heat = merged.loc[2]
    assert heat["keywords"] == ("los angeles", "heist", "police")
    assert (heat["runtime"], heat["overview"], heat["tmdb_id"]) == (170, "A thief and a cop.", 949)
    pd.testing.assert_frame_equal(merged.drop(index=2), world.movies.drop(index=2))
    assert merged.dtypes.to_dict() == world.movies.dtypes.to_dict()
    assert world.movies.loc[2, "keywords"] == ("los angeles", "heist")
    assert training_data(world, store).movies.loc[2, "runtime"] == 170


def test_the_latest_details_count(store, world):
    store.movies.save_details([HEAT])
    store.movies.save_details([Details(2, "Heat", 949, None, "", ())])
    heat = catalogue(world, store).loc[2]
    assert pd.isna(heat["runtime"])
    assert heat["keywords"] == ("los angeles", "heist")


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


def test_details_are_not_used_longer_than_the_terms_allow(store, world, clock):
    clock.now = now = 1_800_000_000
    store.movies.save_details([HEAT])
    clock.now = now + KEPT_DAYS * 86_400 - 1
    assert store.movies.details().index.tolist() == [2]
    clock.now = now + KEPT_DAYS * 86_400
    assert store.movies.details().empty
    pd.testing.assert_frame_equal(catalogue(world, store), world.movies)


def test_details_of_an_own_movie_go_where_the_movie_is(store):
    own = store.movies.add("Our holiday", 2024, "Comedy", ["beach"])
    store.movies.save_details([Details(own, "Our holiday", 7, 80, "It rains.", ("rain", "beach"))])
    movie = store.movies.own().loc[own]
    assert movie["keywords"] == ("beach", "rain")
    assert (movie["runtime"], movie["overview"], movie["tmdb_id"]) == (80, "It rains.", 7)
    assert store.movies.details().empty


def test_details_of_an_own_movie_that_went_meanwhile_are_dropped(store):
    store.movies.save_details([Details(-1, "Our holiday", 7)])
    assert store.movies.own().empty


def test_details_that_cannot_be_are_refused_and_nothing_is_kept(store):
    for wrong in (
        Details(1, "A", 0),
        Details(1, "A", 5, 0),
        Details(1, "A", 5, 9, "x" * 3001),
        Details(1, "A", 5, 9, "", ("x" * 61,)),
    ):
        with pytest.raises(InvalidInput):
            store.movies.save_details([HEAT, wrong])
    assert store.version() == 0
    assert store.movies.details().empty


def test_nothing_fetched_changes_nothing(store):
    assert store.movies.save_details([]) == 0


def test_a_club_that_begins_anew_has_no_details(store):
    store.movies.save_details([HEAT])
    store.start_own_club("Film club")
    assert store.movies.details().empty


def test_a_backup_and_an_export_have_what_was_fetched(file, world, tmp_path):
    store = Store(file)
    store.movies.save_details([HEAT])
    own = store.movies.add("Parasite", 2019, tmdb_id=496243, aliases=["기생충"], runtime=133)
    store.ratings.rate(store.members.add("Ana"), own, 5)
    back_up(store, tmp_path / "copy.db")
    copy = Store(tmp_path / "copy.db")
    pd.testing.assert_frame_equal(catalogue(world, copy), catalogue(world, store))
    out = ratings_csv(copy, catalogue(world, copy)).decode()
    assert out.splitlines()[1].startswith(f"1,Ana,{own},Parasite,2019,5.0,")
