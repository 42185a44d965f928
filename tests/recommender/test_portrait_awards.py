"""Prizes and rows: each is won by whom the ratings say, and by nobody where there are too few."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.portrait.awards import awards
from recommender.portrait.streaks import streaks, weeks


def at(year: int, n: int) -> int:
    return int(pd.Timestamp(year, 3, 1).timestamp()) + n


def club() -> pd.DataFrame:
    """Movies 1 and 2 are rated by all three in 2020, 3 by its third member in 2021 only."""
    rows = [(m, movie, 4.5, at(2020, 10 * movie + m)) for movie in (1,) for m in (1, 2, 3)]
    rows += [(m, 2, stars, at(2020, 20 + m)) for m, stars in ((1, 0.5), (2, 5.0), (3, 3.0))]
    rows += [(m, 3, 5.0, at(year, 30)) for m, year in ((1, 2020), (2, 2020), (3, 2021))]
    rows += [(1, movie, 2.0, at(2020, movie)) for movie in range(10, 15)]
    rows += [(2, movie, 4.0, at(2020, movie)) for movie in range(10, 14)]
    rows += [(3, movie, 3.0, at(2021, movie)) for movie in range(20, 29)]
    return pd.DataFrame(rows, columns=["member_id", "movie_id", "rating", "timestamp"])


def prizes(frame: pd.DataFrame, year: int) -> dict[str, tuple]:
    own = frame[frame["year"] == year].astype({"award": str})
    columns = ["movie_id", "member_id", "value", "n"]
    return {
        row["award"]: tuple(None if pd.isna(row[c]) else row[c] for c in columns)
        for _, row in own.iterrows()
    }


def test_each_prize_is_won_by_whom_the_ratings_say() -> None:
    ratings = club()
    crowd = ratings.assign(crowd=3.0, difference=ratings["rating"] - 3.0, known=True)
    expected = ratings.assign(predicted=3.5)
    expected.loc[0, "predicted"] = 0.5  # member 1 gave movie 1 four stars more
    found = awards(ratings, crowd, expected)
    assert found["year"].unique().tolist() == [2021, 2020]
    first = prizes(found, 2020)
    assert first["movie of the year"] == (1, None, 4.5, 3)
    assert first["most divisive"] == (2, None, 4.5, 3)
    assert first["biggest surprise"] == (1, 1, 4.0, 17)
    assert first["kindest soul"][1] == 2
    assert first["harshest critic"][1] == 1
    assert first["most diligent"] == (None, 1, 8.0, 17)
    second = prizes(found, 2021)
    assert second["movie of the year"] == (3, None, 5.0, 3)
    # One movie divides nothing, and one rater competes with nobody.
    assert set(second) == {"movie of the year", "biggest surprise"}


def test_a_movie_competes_once() -> None:
    late = pd.DataFrame(
        [(4, 1, 5.0, at(2021, 99))], columns=["member_id", "movie_id", "rating", "timestamp"]
    )
    found = awards(pd.concat([club(), late], ignore_index=True))
    best = found[found["award"] == "movie of the year"].set_index("year")["movie_id"]
    assert best.to_dict() == {2021: 3, 2020: 1}


def test_without_a_model_the_crowd_or_nothing_is_expected() -> None:
    ratings = club()
    crowd = ratings.assign(crowd=3.0, difference=ratings["rating"] - 3.0, known=True)
    assert prizes(awards(ratings, crowd), 2020)["biggest surprise"][2] == -2.5
    assert set(prizes(awards(ratings), 2020)) == {
        "movie of the year", "most divisive", "most diligent",
    }  # fmt: skip


def test_few_ratings_win_nothing() -> None:
    assert awards(club().head(9)).empty
    assert awards(club().head(0)).empty


def test_equals_share_no_prize_for_diligence() -> None:
    rows = [(m, movie, 3.0, at(2020, movie)) for m in (1, 2) for movie in range(6)]
    ratings = pd.DataFrame(rows, columns=["member_id", "movie_id", "rating", "timestamp"])
    assert awards(ratings).empty


def nights(*there: tuple[date, int]) -> pd.DataFrame:
    return pd.DataFrame(there, columns=["on", "member_id"])


def test_a_row_of_nights_breaks_where_one_is_missed() -> None:
    evenings = [date(2026, 1, day) for day in (2, 9, 16, 23)]
    rows = [(evening, 1) for evening in evenings if evening.day != 9]
    found = streaks(nights(*rows, *[(evening, 2) for evening in evenings[:2]]))
    assert found.loc[1].tolist() == [2, date(2026, 1, 16), date(2026, 1, 23), 2]
    assert found.loc[2].tolist() == [2, date(2026, 1, 2), date(2026, 1, 9), 0]


def test_nights_on_which_nobody_came_break_rows_when_they_are_given() -> None:
    there = nights((date(2026, 1, 2), 1), (date(2026, 1, 16), 1))
    assert streaks(there).loc[1, "longest"] == 2
    dates = [date(2026, 1, day) for day in (2, 9, 16)]
    assert streaks(there, dates).loc[1, "longest"] == 1
    assert streaks(nights()).empty


@settings(max_examples=50, deadline=None)
@given(came=st.lists(st.booleans(), min_size=1, max_size=12))
def test_the_longest_row_is_the_longest(came: list[bool]) -> None:
    dates = [date(2026, 1, 1 + i) for i in range(len(came))]
    there = nights(*[(on, 1) for on, yes in zip(dates, came, strict=True) if yes])
    found = streaks(there, dates)
    runs = "".join("x" if yes else " " for yes in came).split()
    if not runs:
        assert found.empty
        return
    assert found.loc[1, "longest"] == max(map(len, runs))
    assert found.loc[1, "current"] == (len(runs[-1]) if came[-1] else 0)


def test_weeks_begin_on_monday() -> None:
    days = ["2026-01-04", "2026-01-05", "2026-01-12", "2026-01-26"]  # a Sunday, then Mondays
    stamps = [int(pd.Timestamp(day).timestamp()) for day in days]
    found = weeks(pd.DataFrame({"member_id": 1, "timestamp": stamps}))
    assert found.loc[1].tolist() == [
        3, pd.Timestamp("2025-12-29"), pd.Timestamp("2026-01-12"), 1,
    ]  # fmt: skip
    assert weeks(pd.DataFrame({"member_id": [], "timestamp": []})).empty


@pytest.mark.parametrize("n", [1, 3])
def test_years_are_those_of_the_ratings(n: int) -> None:
    ratings = pd.concat([club().assign(timestamp=at(2000 + i, 0)) for i in range(n)])
    ratings["member_id"] += 10 * ratings.groupby(["member_id", "movie_id"]).cumcount()
    found = awards(ratings.reset_index(drop=True))
    assert sorted(found["year"].unique()) == [2000 + i for i in range(n)]
