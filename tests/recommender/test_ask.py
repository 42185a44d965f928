import numpy as np
import pandas as pd
import pytest

from recommender import DataError, HybridModel
from recommender.ask import seen_chance, what_the_club_should_rate, what_to_rate


def mean_variance(
    model: HybridModel, ratings: pd.DataFrame, member: int, shortlist: list[int]
) -> float:
    own = ratings[ratings["member_id"] == member]
    kernel, rows = model.kernel(member), model.rows(shortlist)
    taste = model.taste(own, kernel)
    across = kernel.covariance(taste.rated, rows)
    return float(taste.predict(across, kernel.variance(rows))[1].mean())


def test_the_promise_is_what_a_rating_then_does_whatever_its_stars(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    shortlist = [10, 12]
    before = mean_variance(tiny_model, train_lover, 1, shortlist)
    asked = what_to_rate(tiny_model, train_lover, 1, shortlist, candidates=[4], limit=1)
    for stars in (0.5, 5.0):
        rated = pd.DataFrame({"member_id": [1], "movie_id": [4], "rating": [stars]})
        after = mean_variance(tiny_model, pd.concat([train_lover, rated]), 1, shortlist)
        # The world's doubt about movie 4 itself counts as noise of the answer, which is not in
        # `react`; here every movie has many ratings, so it hardly matters.
        assert before - after == pytest.approx(asked["teaches"].iloc[0], rel=0.1)


def test_the_best_question_is_the_one_that_teaches_most(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    pool = [4, 5, 6, 7, 8, 9]
    one_by_one = {
        movie: what_to_rate(tiny_model, train_lover, 1, [10], candidates=[movie], limit=1).iloc[0]
        for movie in pool
    }
    worth = {movie: row["teaches"] * row["seen"] for movie, row in one_by_one.items()}
    first = what_to_rate(tiny_model, train_lover, 1, [10], candidates=pool, limit=1)[
        "movie_id"
    ].iloc[0]
    assert first == max(worth, key=worth.__getitem__)


def test_later_questions_know_what_the_earlier_ones_will_teach(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    asked = what_to_rate(tiny_model, train_lover, 1, [10], limit=4)
    assert asked["movie_id"].is_unique
    second = asked.iloc[1]
    alone = what_to_rate(
        tiny_model, train_lover, 1, [10], candidates=[int(second["movie_id"])]
    ).iloc[0]
    assert second["teaches"] < alone["teaches"]


def test_what_was_rated_and_what_is_on_the_shortlist_is_not_asked(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    asked = what_to_rate(tiny_model, train_lover, 1, [10, 12], limit=99)
    assert set(asked["movie_id"]) == set(range(22)) - {0, 2, 1, 10, 12}


def test_somebody_without_ratings_can_be_asked(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    asked = what_to_rate(tiny_model, train_lover, 9, [10], limit=3)
    assert len(asked) == 3
    assert (asked["teaches"] > 0).all()


def test_nothing_to_ask_is_an_empty_frame(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    for empty in (
        what_to_rate(tiny_model, train_lover, 1, [], limit=3),
        what_to_rate(tiny_model, train_lover, 1, [10], candidates=[0], limit=3),
    ):
        assert list(empty) == ["movie_id", "teaches", "seen"]
        assert empty.empty


def test_an_unknown_candidate_is_refused(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    with pytest.raises(DataError, match="does not know movie 777"):
        what_to_rate(tiny_model, train_lover, 1, [777])


def test_famous_movies_are_seen_more_and_busy_members_see_more(tiny_model: HybridModel) -> None:
    rows = np.arange(22)
    chance = seen_chance(tiny_model, rows, n_rated=3)
    assert chance[20] == 0.0
    assert chance[:20] == pytest.approx(tiny_model.counts[:20] / 24)
    assert (seen_chance(tiny_model, rows, n_rated=100) >= chance).all()
    assert seen_chance(tiny_model, rows, n_rated=100).max() <= 0.95


def test_the_clubs_questions_are_its_members_questions_put_together(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    each = {
        member: what_to_rate(tiny_model, train_lover, member, [10], limit=3) for member in (1, 2)
    }
    club = what_the_club_should_rate(tiny_model, train_lover, [1, 2], [10], limit=3)
    assert list(club) == ["movie_id", "members", "worth"]
    assert club["worth"].is_monotonic_decreasing
    first = club.iloc[0]
    for member in first["members"]:
        assert first["movie_id"] in set(each[member]["movie_id"])
    asked = pd.concat(each[member] for member in first["members"])
    asked = asked[asked["movie_id"] == first["movie_id"]]
    worth = (asked["teaches"] * asked["seen"]).sum()
    assert first["worth"] == pytest.approx(worth)


def test_nobody_to_ask_is_an_empty_frame(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    assert what_the_club_should_rate(tiny_model, train_lover, [], [10]).empty
