"""Matches of members: who is alike comes out alike, and little data says little."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import HybridModel
from recommender.portrait.match import (
    MEASURES,
    STARS,
    TASTE,
    Drawn,
    draw_taste,
    in_common,
    matches,
    preferences,
    same_stars,
    star_chances,
    two_by_two,
    well_known,
)


def rated(*people: tuple[int, dict[int, float]]) -> pd.DataFrame:
    rows = [(member, movie, stars) for member, own in people for movie, stars in own.items()]
    return pd.DataFrame(rows, columns=["member_id", "movie_id", "rating"])


TRAINS = {movie: 5.0 if movie % 2 == 0 else 1.0 for movie in range(10)}
MORE_TRAINS = {movie: 5.0 if movie % 2 == 0 else 1.0 for movie in range(10, 20)}
SHIPS = {movie: 6.0 - stars for movie, stars in MORE_TRAINS.items()}


@pytest.fixture
def clubs(tiny_model: HybridModel) -> pd.DataFrame:
    """Members 101 and 102 love trains, 103 ships; 101 saw other movies than both. 104 is new."""
    ratings = rated((101, TRAINS), (102, MORE_TRAINS), (103, SHIPS))
    return matches(tiny_model, ratings, [101, 102, 103, 104])


def pair(frame: pd.DataFrame, measure: str, first: int, second: int) -> pd.Series:
    rows = frame[frame["measure"] == measure].set_index(["first", "second"])
    return rows.loc[(first, second)]


@pytest.mark.parametrize("measure", MEASURES)
def test_who_never_rated_the_same_movie_is_matched_all_the_same(
    clubs: pd.DataFrame, measure: str
) -> None:
    alike, apart = pair(clubs, measure, 101, 102), pair(clubs, measure, 101, 103)
    assert alike["both"] == apart["both"] == 0
    assert np.isnan(alike["difference"])
    assert (alike["clarity"], apart["clarity"]) == ("alike", "apart")
    assert alike["low"] > apart["high"] + 0.1


def test_stars_on_movies_in_common_are_counted(clubs: pd.DataFrame) -> None:
    row = pair(clubs, TASTE, 102, 103)
    assert (row["both"], row["difference"]) == (10, 4.0)


def test_of_whom_nothing_is_known_nothing_is_said(clubs: pd.DataFrame) -> None:
    known, new = pair(clubs, TASTE, 101, 102), pair(clubs, TASTE, 101, 104)
    assert new["clarity"] == "unclear"
    assert new["low"] < 0.5 < new["high"]
    assert new["high"] - new["low"] > known["high"] - known["low"]
    assert new["reference"] == 0.5


def test_every_pair_has_a_row_for_each_measure(clubs: pd.DataFrame) -> None:
    pairs = [(101, 102), (101, 103), (101, 104), (102, 103), (102, 104), (103, 104)]
    for measure in MEASURES:
        own = clubs[clubs["measure"] == measure]
        assert list(zip(own["first"], own["second"], strict=True)) == pairs
        assert ((own["low"] <= own["value"]) & (own["value"] <= own["high"])).all()
    stars = clubs[clubs["measure"] == STARS]
    assert stars["reference"].iloc[0] == pytest.approx(stars["value"].mean())


@pytest.mark.parametrize("members", [[], [101]])
def test_a_match_takes_two(tiny_model: HybridModel, members: list[int]) -> None:
    found = matches(tiny_model, rated((101, TRAINS)), members)
    assert found.empty
    assert {"first", "second", "measure", "value", "both", "difference"} <= set(found.columns)


def test_the_same_draws_every_time(tiny_model: HybridModel, clubs: pd.DataFrame) -> None:
    ratings = rated((101, TRAINS), (102, MORE_TRAINS), (103, SHIPS))
    again = matches(tiny_model, ratings, [101, 102, 103, 104])
    pd.testing.assert_frame_equal(clubs, again)


def test_generosity_is_no_taste(tiny_model: HybridModel) -> None:
    kind = {movie: 5.0 if movie % 2 == 0 else 4.0 for movie in TRAINS}
    trains = {movie: 2.0 if movie % 2 == 0 else 1.0 for movie in TRAINS}
    ships = {movie: 3.0 - stars for movie, stars in trains.items()}
    found = matches(tiny_model, rated((101, kind), (102, trains), (103, ships)), [101, 102, 103])
    assert pair(found, STARS, 101, 102)["clarity"] == "apart"
    assert pair(found, TASTE, 101, 102)["value"] > 0.5 > pair(found, TASTE, 101, 103)["value"]


def test_draws_have_the_mean_and_spread_that_react_gives(tiny_model: HybridModel) -> None:
    own = rated((101, TRAINS))
    movies = well_known(tiny_model)
    ids = tiny_model.movie_ids[movies]
    reactions = tiny_model.react(own, ids, member_ids=[101])
    drawn = draw_taste(tiny_model, own, 101, movies, rng=np.random.default_rng(0), draws=20_000)
    total = tiny_model.bias.mu + tiny_model.bias.expected[movies] + drawn.liking.mean(axis=0)
    inside = (total > 0.6) & (total < 4.9)  # react cuts means to 0.5..5
    assert inside.sum() > 5
    assert total[inside] == pytest.approx(reactions.mean[0][inside], abs=0.02)
    variance = drawn.liking.var(axis=0) + drawn.noise**2 + tiny_model.bias.uncertainty[movies]
    assert np.sqrt(variance) == pytest.approx(reactions.sd[0], rel=0.03)


def test_the_panel_is_what_most_people_rated(tiny_model: HybridModel) -> None:
    assert set(well_known(tiny_model)) == set(range(20))  # 20 and 21 nobody rated
    best = well_known(tiny_model, 3)
    assert len(best) == 3
    assert tiny_model.counts[best].min() >= np.delete(tiny_model.counts, best).max()


@given(n=st.integers(2, 210))
def test_each_pair_of_movies_is_compared_at_most_once(n: int) -> None:
    first, second = two_by_two(n)
    pairs = {frozenset(both) for both in zip(first.tolist(), second.tolist(), strict=True)}
    assert len(pairs) == len(first)
    assert all(len(both) == 2 for both in pairs)
    assert set(first.tolist()) | set(second.tolist()) == set(range(n))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**16), scale=st.floats(0.1, 3))
def test_shares_are_symmetric_and_one_with_oneself(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    one, other = scale * rng.standard_normal((2, 4, 12))
    mine, theirs = preferences(one), preferences(other)
    assert (mine == preferences(one + 0.5)).mean() == 1  # generosity is no preference
    assert (mine == preferences(-one)).mean() == 0
    thresholds = np.array([-np.inf, *np.arange(0.75, 5, 0.5)])
    chances = [
        star_chances(Drawn(taste, 0.6), np.full(12, 3.5), thresholds) for taste in (one, other)
    ]
    assert chances[0].sum(axis=0) == pytest.approx(1, abs=1e-5)
    assert (chances[0] >= -1e-6).all()
    there, back = same_stars(*chances), same_stars(*chances[::-1])
    assert there == pytest.approx(back, abs=1e-5)
    assert ((there >= 0) & (there <= 1 + 1e-5)).all()
    assert (mine == theirs).mean() == (theirs == mine).mean()


def test_certain_stars_agree_or_do_not() -> None:
    thresholds = np.array([-np.inf, *np.arange(0.75, 5, 0.5)])

    def certain(stars: float) -> np.ndarray:
        return star_chances(Drawn(np.array([[stars - 3.0]]), 1e-3), np.array([3.0]), thresholds)

    assert same_stars(certain(4.0), certain(4.0))[0] == pytest.approx(1)
    assert same_stars(certain(4.0), certain(4.5))[0] == pytest.approx(1)
    assert same_stars(certain(4.0), certain(5.0))[0] == pytest.approx(0)


def test_in_common_counts_every_pair() -> None:
    ratings = rated((1, {7: 4.0, 8: 2.0}), (2, {8: 3.5, 9: 1.0}))
    found = in_common(ratings, [1, 2, 3])
    assert found["both"].tolist() == [1, 0, 0]
    assert found["difference"].to_numpy() == pytest.approx([1.5, np.nan, np.nan], nan_ok=True)
