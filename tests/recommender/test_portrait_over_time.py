"""Who grew together: distances are those of the stars, and a change is called one when it is."""

from __future__ import annotations

import pandas as pd
import pytest

from recommender.portrait.together import by_period, changes, distances

DAY = 86_400


def at(year: int, day: int = 0) -> int:
    return int(pd.Timestamp(year, 6, 1).timestamp()) + day * DAY


def ratings(*rows: tuple[int, int, float, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["member_id", "movie_id", "rating", "timestamp"])


def grown(before: list[float], after: list[float]) -> pd.DataFrame:
    """Member 1 gives 3 to all; member 2 is so far from that in 2020 and in 2022."""
    rows = []
    for movie, far in enumerate([*before, *after]):
        when = at(2020, movie) if movie < len(before) else at(2022, movie)
        rows += [(1, movie, 3.0, at(2019)), (2, movie, 3.0 + far, when)]
    return ratings(*rows)


def test_a_distance_counts_when_the_second_of_them_rated() -> None:
    found = distances(ratings((2, 7, 4.0, at(2020)), (1, 7, 2.5, at(2021)), (1, 8, 3.0, at(2019))))
    (row,) = found.itertuples()
    assert (row.first, row.second, row.movie_id, row.apart) == (1, 2, 7, 1.5)
    assert row.at == pd.Timestamp(at(2021), unit="s")


def test_years_over_years_and_months_within_one() -> None:
    far = distances(grown([1.0] * 2, [2.0] * 3))
    years = by_period(far)
    assert [str(period) for period in years["period"]] == ["2020", "2022"]
    assert years["apart"].tolist() == [1.0, 2.0]
    assert years["n"].tolist() == [2, 3]
    near = distances(ratings(*[(m, i, 3.0, at(2020, 20 * i)) for i in range(4) for m in (1, 2)]))
    assert [str(period) for period in by_period(near)["period"]] == ["2020-06", "2020-07"]


@pytest.mark.parametrize(
    ("before", "after", "clarity"),
    [
        ([0.0, 0.5] * 4, [1.5, 2.0] * 4, "apart"),
        ([1.5, 2.0] * 4, [0.0, 0.5] * 4, "together"),
        ([0.0, 2.0] * 3, [0.5, 1.5] * 3, "unclear"),
        ([1.0] * 5, [1.0] * 5, "unclear"),
    ],
)
def test_a_change_is_called_one_when_it_is(
    before: list[float], after: list[float], clarity: str
) -> None:
    (row,) = changes(distances(grown(before, after))).itertuples()
    assert row.clarity == clarity
    assert row.before == pytest.approx(sum(before) / len(before))
    assert row.after == pytest.approx(sum(after) / len(after))
    assert (row.n_before, row.n_after, str(row.since)) == (len(before), len(after), "2022")
    assert row.low <= row.change <= row.high


def test_too_few_on_one_side_say_nothing() -> None:
    assert changes(distances(grown([1.0] * 4, [2.0] * 9))).empty
    assert changes(distances(grown([1.0] * 20, []))).empty
    assert changes(distances(ratings())).empty


def test_more_pairs_ask_for_more() -> None:
    alone = grown([0.0, 0.5, 1.0, 1.5, 0.5], [1.5, 2.0, 1.0, 1.5, 2.0])
    crowd = [alone]
    for pair in range(1, 12):
        same = alone.copy()
        same[["member_id", "movie_id"]] += [10 * pair, 100 * pair]
        crowd.append(same)
    one, many = changes(distances(alone)), changes(distances(pd.concat(crowd)))
    assert len(many) == 12
    assert many["low"].iloc[0] < one["low"].iloc[0]
    assert (one["clarity"].iloc[0], many["clarity"].iloc[0]) == ("apart", "unclear")
