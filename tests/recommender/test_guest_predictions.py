from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import HybridModel
from recommender.guests import (
    AGAINST_HATED,
    AGAINST_LOVED,
    HATED,
    LOVED,
    imagined,
    is_ordinary,
    is_wish,
    unknown_keywords,
)

GUEST = 7
TRAINS, SHIPS = list(range(0, 20, 2)), list(range(1, 20, 2))


def guest(likes: tuple[str, ...] = (), dislikes: tuple[str, ...] = ()) -> pd.DataFrame:
    return pd.DataFrame({"likes": [likes], "dislikes": [dislikes]}, index=pd.Index([GUEST]))


def named(loves: int = 0, hates: int = 0) -> pd.DataFrame:
    """Trains loved, ships hated."""
    rows = [(GUEST, TRAINS[i], LOVED) for i in range(loves)]
    rows += [(GUEST, SHIPS[i], HATED) for i in range(hates)]
    return pd.DataFrame(rows, columns=["member_id", "movie_id", "rating"])


def predicted(
    model: HybridModel, guests: pd.DataFrame, movies: list[int], ratings: pd.DataFrame | None = None
) -> np.ndarray:
    evidence = imagined(guests, ratings, model.features)
    known = evidence.ratings if ratings is None else pd.concat([ratings, evidence.ratings])
    taught = model.with_movies(evidence.movies)
    return taught.react(known, movies, member_ids=[GUEST]).mean[0]


def test_a_liked_keyword_lifts_the_movies_that_have_it(tiny_model: HybridModel) -> None:
    fan = predicted(tiny_model, guest(likes=("train",)), [20, 21])
    foe = predicted(tiny_model, guest(dislikes=("train",)), [20, 21])
    crowd = predicted(tiny_model, guest(), [20, 21])
    assert fan[0] - fan[1] > crowd[0] - crowd[1] + 0.1
    assert foe[0] - foe[1] < crowd[0] - crowd[1] - 0.1


def test_both_sides_say_more_than_one(tiny_model: HybridModel) -> None:
    one = predicted(tiny_model, guest(likes=("train",)), [20, 21])
    both = predicted(tiny_model, guest(likes=("train",), dislikes=("ship",)), [20, 21])
    assert both[0] - both[1] > one[0] - one[1]


def test_a_guest_of_whom_nothing_is_known_gets_the_crowds_opinion(tiny_model: HybridModel) -> None:
    evidence = imagined(guest())
    assert evidence.movies.empty
    assert evidence.ratings.empty
    nothing = pd.DataFrame(columns=["member_id", "movie_id", "rating"])
    crowd = tiny_model.react(nothing, TRAINS, member_ids=[GUEST]).mean[0]
    assert predicted(tiny_model, guest(), TRAINS) == pytest.approx(crowd, abs=1e-12)


def test_no_guests_change_nothing(tiny_model: HybridModel, train_lover: pd.DataFrame) -> None:
    evidence = imagined(guest().iloc[:0])
    both = pd.concat([train_lover, evidence.ratings], ignore_index=True)
    assert both.dtypes.to_dict() == train_lover.dtypes.to_dict()
    assert tiny_model.with_movies(evidence.movies) is tiny_model


def test_guests_leave_members_alone(tiny_model: HybridModel, train_lover: pd.DataFrame) -> None:
    evidence = imagined(guest(("ship",), ("train",)), features=tiny_model.features)
    taught = tiny_model.with_movies(evidence.movies)
    both = pd.concat([train_lover, evidence.ratings])
    alone = tiny_model.react(train_lover, TRAINS, member_ids=[1, 2])
    among = taught.react(both, TRAINS, member_ids=[1, 2])
    assert np.allclose(alone.mean, among.mean, atol=1e-5)  # sums in another order
    assert np.allclose(alone.sd, among.sd, atol=1e-5)


@pytest.mark.parametrize(
    ("said", "ratings", "stars"),
    [
        (guest(), named(3, 0), [AGAINST_LOVED] * 3),
        (guest(), named(0, 2), [AGAINST_HATED] * 4),
        (guest(), named(3, 2), [AGAINST_HATED]),
        (guest(), named(2, 1), []),
        (guest(("train",)), named(), [AGAINST_LOVED]),
        (guest(dislikes=("ship",)), named(), [AGAINST_HATED] * 2),
        (guest(("train",), ("ship",)), named(3, 2), [AGAINST_HATED] * 2),
        (guest(("train", "Drama")), named(3, 0), [AGAINST_LOVED] * 4),
    ],
)
def test_ordinary_movies_balance_what_a_guest_named(
    tiny_model: HybridModel, said: pd.DataFrame, ratings: pd.DataFrame, stars: list[float]
) -> None:
    evidence = imagined(said, ratings, tiny_model.features)
    added = evidence.ratings[is_ordinary(evidence.ratings["movie_id"])]
    assert added["rating"].tolist() == stars
    assert not any(evidence.movies.loc[added["movie_id"], "keywords"])


def test_a_guests_other_stars_need_no_balance() -> None:
    given = pd.DataFrame({"member_id": [GUEST, GUEST, 8], "rating": [4.5, 1.5, LOVED]})
    assert imagined(guest(), given).ratings.empty


def test_naming_only_what_one_loves_is_not_generosity(tiny_model: HybridModel) -> None:
    loved = named(loves=3)
    crowd = predicted(tiny_model, guest(), SHIPS)
    as_ratings = tiny_model.react(loved, SHIPS, member_ids=[GUEST]).mean[0]
    balanced = predicted(tiny_model, guest(), SHIPS, loved)
    assert as_ratings.mean() > crowd.mean() + 0.1
    assert balanced.mean() < crowd.mean()


def test_naming_only_what_one_hates_is_not_strictness(tiny_model: HybridModel) -> None:
    hated = named(hates=2)
    crowd = predicted(tiny_model, guest(), TRAINS)
    as_ratings = tiny_model.react(hated, TRAINS, member_ids=[GUEST]).mean[0]
    balanced = predicted(tiny_model, guest(), TRAINS, hated)
    assert as_ratings.mean() < crowd.mean() - 0.1
    assert balanced.mean() > crowd.mean()


@pytest.mark.parametrize("side", ["likes", "dislikes"])
def test_words_that_no_movie_has_do_no_harm(tiny_model: HybridModel, side: str) -> None:
    strange = guest(**{side: ("zither", "1990s")})
    evidence = imagined(strange, features=tiny_model.features)
    assert evidence.movies.empty
    assert evidence.ratings.empty
    known, mixed = guest(**{side: ("train",)}), guest(**{side: ("zither", "train")})
    assert predicted(tiny_model, mixed, TRAINS) == pytest.approx(
        predicted(tiny_model, known, TRAINS), abs=1e-12
    )


def test_words_that_no_movie_has_are_reported(tiny_model: HybridModel) -> None:
    said = ("Train", "zither", "drama", "lyre")
    assert unknown_keywords(tiny_model, said) == ("zither", "lyre")
    assert unknown_keywords(tiny_model, ()) == ()


def test_a_genre_among_the_keywords_counts_as_a_genre(tiny_model: HybridModel) -> None:
    evidence = imagined(guest(likes=("DRAMA", "Train")), features=tiny_model.features)
    wish = evidence.movies[is_wish(evidence.movies.index.to_series())].iloc[0]
    assert (wish["keywords"], wish["genres"]) == (("train",), ("Drama",))
    taught = tiny_model.with_movies(evidence.movies)
    words = taught.space.words[taught.rows(evidence.movies.index[:1])]
    assert {taught.features.names[word] for word in words.indices} == {
        "keyword:train", "genre:Drama"
    }  # fmt: skip


@given(st.sets(st.integers(1, 10**8), min_size=1, max_size=20))
def test_imagined_movies_are_nobody_elses(members: set[int]) -> None:
    guests = pd.DataFrame(
        {"likes": [("a",)] * len(members), "dislikes": [("b",)] * len(members)},
        index=pd.Index(sorted(members)),
    )
    evidence = imagined(guests)
    assert evidence.movies.index.is_unique
    assert not evidence.ratings.duplicated(["member_id", "movie_id"]).any()
    assert set(evidence.ratings["movie_id"]) == set(evidence.movies.index)
    # The club's own movies count down from -1, and a database keeps ids in 32 bits.
    assert evidence.movies.index.max() < -(10**8)
    assert evidence.movies.index.min() >= -(2**31)
    ids = evidence.ratings["movie_id"]
    assert (is_wish(ids) ^ is_ordinary(ids)).all()
    wishes = evidence.ratings[is_wish(ids)]
    assert wishes["movie_id"].is_unique
    assert wishes.groupby("member_id")["rating"].apply(list).tolist() == (
        [[LOVED, HATED]] * len(members)
    )
