"""Every dial does what it promises, and nothing else is asked of anybody."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import DataError, HybridModel, Reactions
from recommender.group import rank
from recommender.similar import likeness, pairwise
from recommender.suggest import BOLD, CAREFUL, REACH, caution, discover

MOVIES = list(range(22))


@pytest.fixture
def reactions(tiny_model: HybridModel, train_lover: pd.DataFrame) -> Reactions:
    return tiny_model.react(train_lover, MOVIES)


def neutral(**dials: float) -> dict[str, float]:
    """Dials that leave the group's score alone, but for `dials`."""
    return {"diversity": 0.0, "obscurity": 0.5, "certainty": 1 / 3} | dials


def test_dials_in_the_middle_give_what_rank_gives(
    tiny_model: HybridModel, reactions: Reactions
) -> None:
    found = discover(tiny_model, reactions, **neutral(), limit=22)
    assert caution(1 / 3) == pytest.approx(0)
    assert sorted(found["movie_id"]) == MOVIES
    assert found["value"].to_numpy() == pytest.approx(found["score"].to_numpy())
    best = rank(reactions)["score"].to_numpy()
    assert found["score"].to_numpy() == pytest.approx(best)


def test_only_those_who_are_here_are_asked(tiny_model: HybridModel, reactions: Reactions) -> None:
    trains = discover(tiny_model, reactions, **neutral(), present=[1], limit=5)
    ships = discover(tiny_model, reactions, **neutral(), present=[2], limit=5)
    assert (trains["movie_id"] % 2 == 0).all()
    assert (ships["movie_id"] % 2 == 1).all()
    assert discover(tiny_model, reactions, present=[]).empty


def test_the_value_is_the_documented_sum(tiny_model: HybridModel, reactions: Reactions) -> None:
    found = discover(tiny_model, reactions, obscurity=0.9, certainty=0.25, diversity=0.3)
    expected = (
        found["score"]
        + (BOLD + 0.25 * (CAREFUL - BOLD)) * found["sd"]
        + 0.8 * REACH * (0.5 - found["fame"])
    )
    assert found["value"].to_numpy() == pytest.approx(expected.to_numpy())
    counts = tiny_model.counts[tiny_model.rows(found["movie_id"])]
    assert found["ratings"].tolist() == counts.tolist()


SETTINGS = settings(max_examples=25, deadline=None)
DIAL, LIMIT = st.floats(0, 1), st.integers(1, 22)


@SETTINGS
@given(low=DIAL, high=DIAL, certainty=DIAL, limit=LIMIT)
def test_more_obscure_is_never_more_famous(
    tiny_model: HybridModel, low: float, high: float, certainty: float, limit: int
) -> None:
    low, high = sorted((low, high))
    reactions = tiny_model.react(LOVERS, MOVIES)
    fame = [
        discover(
            tiny_model, reactions, diversity=0, obscurity=dial, certainty=certainty, limit=limit
        )["fame"].mean()
        for dial in (low, high)
    ]
    assert fame[1] <= fame[0] + 1e-9


@SETTINGS
@given(low=DIAL, high=DIAL, obscurity=DIAL, limit=LIMIT)
def test_safer_is_never_less_certain(
    tiny_model: HybridModel, low: float, high: float, obscurity: float, limit: int
) -> None:
    low, high = sorted((low, high))
    reactions = tiny_model.react(LOVERS, MOVIES)
    sd = [
        discover(
            tiny_model, reactions, diversity=0, obscurity=obscurity, certainty=dial, limit=limit
        )["sd"].mean()
        for dial in (low, high)
    ]
    assert sd[1] <= sd[0] + 1e-9


@SETTINGS
@given(obscurity=DIAL, certainty=DIAL, diversity=DIAL, limit=LIMIT)
def test_no_movie_is_chosen_twice_and_the_best_comes_first(
    tiny_model: HybridModel, obscurity: float, certainty: float, diversity: float, limit: int
) -> None:
    dials = {"obscurity": obscurity, "certainty": certainty, "diversity": diversity}
    reactions = tiny_model.react(LOVERS, MOVIES)
    found = discover(tiny_model, reactions, **dials, limit=limit)
    assert len(found) == limit
    assert found["movie_id"].is_unique
    assert found["value"].iloc[0] == found["value"].max()
    pd.testing.assert_frame_equal(discover(tiny_model, reactions, **dials, limit=limit), found)


def test_variety_takes_both_kinds(tiny_model: HybridModel, train_lover: pd.DataFrame) -> None:
    """Member 1 loves trains; only variety puts a ship among the first four."""
    reactions = tiny_model.react(train_lover, MOVIES, member_ids=[1])

    def alike(diversity: float) -> tuple[float, set[int]]:
        found = discover(tiny_model, reactions, **neutral(diversity=diversity), limit=6)
        each = pairwise(tiny_model.space, tiny_model.rows(found["movie_id"]))
        return float(each[np.triu_indices(6, 1)].mean()), set(found["movie_id"] % 2)

    (near, only), (far, _) = alike(0.0), alike(1.0)
    assert only == {0}
    assert far < near


def test_likeness_of_pairs_is_that_of_similar_movies(tiny_model: HybridModel) -> None:
    rows = np.arange(20)  # those with a place of their own
    both = pairwise(tiny_model.space, rows)
    place, words = likeness(tiny_model.space, 3)
    assert both[3] == pytest.approx((place + words)[rows], abs=1e-5)
    assert both == pytest.approx(both.T, abs=1e-6)
    assert np.diag(both) == pytest.approx(1)


@pytest.mark.parametrize("dial", ["diversity", "obscurity", "certainty"])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_dial_ends_at_0_and_1(
    tiny_model: HybridModel, reactions: Reactions, dial: str, value: float
) -> None:
    with pytest.raises(DataError, match=f"The dial for {dial} goes from 0 to 1"):
        discover(tiny_model, reactions, **{dial: value})


def test_one_movie_is_the_least_to_ask_for(tiny_model: HybridModel, reactions: Reactions) -> None:
    with pytest.raises(DataError, match="Ask for one movie or more, not 0"):
        discover(tiny_model, reactions, limit=0)


LOVERS = pd.DataFrame(
    [(1, 0, 5.0), (1, 2, 5.0), (1, 1, 1.0), (2, 0, 1.0), (2, 1, 5.0), (2, 3, 5.0)],
    columns=["member_id", "movie_id", "rating"],
)
