from __future__ import annotations

import pytest

from club.errors import InvalidInput, NotFound
from club.store import Store
from recommender.dataset import check_movies


def test_the_shortlist_keeps_the_order_in_which_movies_were_added(store):
    assert [store.movies.add_to_shortlist(movie) for movie in (30, 10, 20)] == [1, 2, 3]
    assert store.movies.shortlist() == [30, 10, 20]
    assert store.movies.add_to_shortlist(10) == 3
    assert store.movies.remove_from_shortlist(30) == 4
    assert store.movies.remove_from_shortlist(30) == 4
    store.movies.add_to_shortlist(30)
    assert store.movies.shortlist() == [10, 20, 30]


def test_an_unknown_movie_does_not_get_on_the_shortlist(location):
    store = Store(location, knows_movie={1}.__contains__)
    own = store.movies.add("Our holiday")
    store.movies.add_to_shortlist(own)
    with pytest.raises(NotFound) as caught:
        store.movies.add_to_shortlist(2)
    assert str(caught.value) == "There is no movie 2."
    assert store.movies.shortlist() == [own]


def test_own_movies_have_negative_ids_and_the_form_of_the_catalogue(store):
    first = store.movies.add(" Our holiday ", 2024, "Comedy|Drama", ["beach", "rain", "beach"])
    second = store.movies.add("Untitled")
    assert (first, second) == (-1, -2)
    movies = store.movies.own()
    assert movies.index.tolist() == [-1, -2]
    assert movies.loc[first, :"aliases"].tolist() == [
        "Our holiday",
        2024,
        ("Comedy", "Drama"),
        ("beach", "rain"),
        (),
    ]
    assert movies["year"].isna().tolist() == [False, True]
    checked = check_movies(movies)
    assert checked.map(str).to_dict() == movies.map(str).to_dict()  # NA is not equal to itself
    assert list(checked.columns) == list(movies.columns)
    assert checked.dtypes.to_dict() == movies.dtypes.to_dict() == store_types(store)


def store_types(store):
    """The types of the frame while it has no rows."""
    store.start_own_club("Empty")
    return store.movies.own().dtypes.to_dict()


def test_a_movie_is_not_added_twice(store):
    store.movies.add("Our Holiday", 2024)
    with pytest.raises(InvalidInput) as caught:
        store.movies.add("our holiday ", 2024)
    assert str(caught.value) == "The club has added Our Holiday before."
    assert store.version() == 1
    assert store.movies.add("Our Holiday", 2025) == -2
    assert store.movies.add("Our Holiday") == -3


def test_a_movie_that_cannot_be_is_refused(store):
    for movie, sentence in [
        (("",), "A title must not be empty."),
        (("x" * 201,), "A title can have 200 characters at most, not 201."),
        (("x", 1869), "The year must lie between 1870 and 2100, or be left out; it is 1869."),
        (("x", 1999, ["y" * 61]), "Each of the genres can have 60 characters at most, not 61."),
    ]:
        with pytest.raises(InvalidInput) as caught:
            store.movies.add(*movie)
        assert str(caught.value) == sentence
    assert store.version() == 0


def test_an_own_movie_keeps_all_that_is_known_of_it(store):
    movie = store.movies.add(
        "Amélie",
        2001,
        "Romance",
        "paris",
        runtime=122,
        overview=" She helps\nothers. ",
        tmdb_id=194,
        aliases=["Le Fabuleux Destin", "Le Fabuleux Destin"],
    )
    row = store.movies.own().loc[movie]
    assert (row["runtime"], row["overview"], row["tmdb_id"]) == (122, "She helps others.", 194)
    assert row["aliases"] == ("Le Fabuleux Destin",)


def test_two_movies_at_tmdb_may_share_title_and_year_but_none_is_added_twice(store):
    store.movies.add("Heat", 1995, tmdb_id=949)
    assert store.movies.add("Heat", 1995, tmdb_id=950) == -2
    for again in ({"tmdb_id": 949}, {}):
        with pytest.raises(InvalidInput, match="The club has added Heat before"):
            store.movies.add("Heat" if not again else "Hitze", 1995, **again)
