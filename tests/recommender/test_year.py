"""A club's year: counts, and prizes that only go to whom the data say for sure."""

import pandas as pd
import pytest

from recommender.year import Prize, Year, review

NO_NIGHTS = pd.Series([], dtype=float)


def at(year: int) -> int:
    return int(pd.Timestamp(year, 6, 1).timestamp())


def ratings(*rows: tuple[int, int, float, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["member_id", "movie_id", "rating", "timestamp"])
    return frame.astype({"rating": float})


def two_years() -> pd.DataFrame:
    """Movies 1 and 2 are rated by all three in 2020, 3 by its third member in 2021 only."""
    rows = [(m, 1, 4.5, at(2020) + 10 + m) for m in (1, 2, 3)]
    rows += [(m, 2, stars, at(2020) + 20 + m) for m, stars in ((1, 0.5), (2, 5.0), (3, 3.0))]
    rows += [(m, 3, 5.0, at(year) + 30) for m, year in ((1, 2020), (2, 2020), (3, 2021))]
    rows += [(1, movie, 1.5, at(2020) + movie) for movie in range(10, 15)]
    rows += [(2, movie, 5.0, at(2020) + movie) for movie in range(10, 14)]
    rows += [(3, movie, 3.0, at(2021) + movie) for movie in range(20, 29)]
    return ratings(*rows)


def beyond(frame: pd.DataFrame) -> pd.DataFrame:
    """Everybody else gives every movie 3.5 stars."""
    return frame.assign(others=3.5, difference=frame["rating"] - 3.5, known=True)


def prizes(found: Year) -> dict[str, Prize]:
    return {prize.award: prize for prize in found.prizes}


def members(n_movies: int, **stars: list[float]) -> pd.DataFrame:
    """Members 1, 2, ... give movies 0, 1, ... these stars over and over."""
    return ratings(
        *[
            (member, movie, own[movie % len(own)], at(2020) + movie)
            for member, own in enumerate(stars.values(), start=1)
            for movie in range(n_movies)
        ]
    )


class TestCounts:
    def test_of_one_year(self) -> None:
        found = review(2020, two_years(), pd.Series([100.0, float("nan"), 20.0]))
        assert (found.nights, found.minutes, found.complete) == (3, 120, False)
        assert (found.movies, found.ratings) == (8, 17)
        assert review(2020, two_years(), pd.Series([100.0])).complete

    def test_of_a_year_with_nothing(self) -> None:
        assert review(1999, two_years(), NO_NIGHTS) == Year(1999, 0, 0, True, 0, 0, ())
        assert review(2020, two_years().head(9), NO_NIGHTS).prizes == ()


class TestPrizes:
    def test_movies_and_critics(self) -> None:
        frame = two_years()
        found = prizes(review(2020, frame, NO_NIGHTS, beyond=beyond(frame)))
        assert found["best"] == Prize("best", 4.5, 3, movie=1)
        assert found["divisive"] == Prize("divisive", 4.5, 3, movie=2)
        assert (found["kindest"].members, found["harshest"].members) == ((2,), (1,))
        assert found["diligent"] == Prize("diligent", 8, 17, members=(1,))
        # One movie divides nothing, and one rater competes with nobody.
        assert set(prizes(review(2021, frame, NO_NIGHTS))) == {"best"}

    def test_movie_competes_once(self) -> None:
        later = pd.concat([two_years(), ratings((4, 1, 5.0, at(2021)))], ignore_index=True)
        best = [prizes(review(year, later, NO_NIGHTS))["best"].movie for year in (2020, 2021)]
        assert best == [1, 3]

    def test_nobody_is_kind_or_harsh_for_sure(self) -> None:
        frame = members(10, ana=[3.0, 4.0], ben=[4.0, 3.0])
        found = prizes(review(2020, frame, NO_NIGHTS, beyond=beyond(frame)))
        assert not found.keys() & {"kindest", "harshest", "diligent", "divisive"}

    def test_who_was_foreseen(self) -> None:
        frame = members(20, ana=[3.0, 3.5], ben=[1.0, 5.0])
        expected = frame.assign(predicted=3.0)[["member_id", "movie_id", "predicted"]]
        found = prizes(review(2020, frame, NO_NIGHTS, expected=expected))
        assert found["foreseen"] == Prize("foreseen", 0.25, 20, members=(1,))
        assert found["puzzle"] == Prize("puzzle", 2.0, 20, members=(2,))
        assert found["surprise"].members == (2,)
        assert abs(found["surprise"].value) == 2.0
        assert not prizes(review(2020, frame, NO_NIGHTS)).keys() & {"foreseen", "surprise"}

    def test_closest_pair(self) -> None:
        frame = members(12, ana=[4.0, 2.0], ben=[4.0, 2.5], cleo=[1.0, 5.0, 3.0])
        assert prizes(review(2020, frame, NO_NIGHTS))["pair"] == Prize(
            "pair", 0.25, 12, members=(1, 2)
        )

    @pytest.mark.parametrize(
        "frame",
        [
            members(4, ana=[4.0], ben=[4.0], cleo=[1.0]),  # four movies in common
            members(12, ana=[4.0], ben=[4.0]),  # no other pair
            members(8, ana=[4.0, 2.0], ben=[3.0, 2.0], cleo=[3.5, 3.0]),  # not sure
        ],
    )
    def test_no_closest_pair(self, frame: pd.DataFrame) -> None:
        assert "pair" not in prizes(review(2020, frame, NO_NIGHTS))
