"""Cells of a table: ratings, years, dates, numbers; and the scale of a column of ratings."""

import time
from datetime import UTC, datetime

import pytest

from club.imports.ratings import cells
from club.imports.ratings.rows import Scale, stars_of
from club.imports.ratings.spreadsheet import find_scale


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("4/5", (4, 5)), ("8 / 10", (8, 10)), ("7.0/10.0", (7, 10)), ("15/20", (15, 20)),
        ("8 out of 10", (8, 10)), ("8 von 10", (8, 10)), ("80%", (80, 100)), ("80 %", (80, 100)),
        ("3,5", (3.5, None)), (".5", (0.5, None)), ("3½", (3.5, None)), ("3 1/2", (3.5, None)),
        ("½", (0.5, None)), ("4 stars", (4, None)), ("4.5 Sterne", (4.5, None)),
        ("1 star", (1, None)), ("4★", (4, None)), ("★ 4.5", (4.5, None)), ("★★★½", (3.5, None)),
        ("★★★½☆", (3.5, 5)), ("★★★★★★★☆☆☆", (7, 10)), ("⭐️⭐️⭐️", (3, None)), ("* * *", (3, None)),
        ("☆☆☆☆☆", (0, 5)), ("0", (0, None)),
        *((text, None) for text in (
            "", "good", "PG-13", "1/2", "8/7", "-4", "★½½", "★" * 11, "4 out of", "4 stars!", "½5",
            "03. Mai", "3. May", "5-Mar", "Mar-05", "2024-05-03", "03.05.", "3/5/2024",
        )),
    ],
)  # fmt: skip
def test_rating_in_common_notations(text: str, rating: tuple[float, int | None] | None) -> None:
    assert cells.rating(text) == rating


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1999", 1999), ("1999.0", 1999), ("(1999)", 1999), ("2008–2013", 2008),
        ("1999-03-31T00:00:00Z", 1999), ("31/03/1999", 1999), ("31.03.1999", 1999),
        ("March 31, 1999", 1999), ("22 Nov 1995 (USA)", 1995), ("3/31/99", None),
        ("1999 or 2000", None), ("19999", None), ("", None), ("TBA", None),
    ],
)  # fmt: skip
def test_year_alone_or_in_a_release_date(text: str, year: int | None) -> None:
    assert cells.year(text) == year


@pytest.mark.parametrize(
    ("text", "day_first", "day"),
    [
        ("05/01/2024", True, "2024-01-05"), ("05/01/2024", False, "2024-05-01"),
        ("5/1/24", False, "2024-05-01"), ("05-01-2024 20:15", True, "2024-01-05"),
        ("2024/05/01 8:00:00 PM GMT+2", None, "2024-05-01"), ("Feb 03 2019", None, "2019-02-03"),
        ("05/01/2024", None, None), ("13/13/2024", True, None), ("31/02/2024", True, None),
        ("1704412800", None, "2024-01-05"), ("1704412800000", None, "2024-01-05"),
    ],
)  # fmt: skip
def test_timestamp_of_dates(text: str, day_first: bool | None, day: str | None) -> None:
    at = cells.timestamp(text, day_first)
    assert (at and datetime.fromtimestamp(at, UTC).date().isoformat()) == day


@pytest.mark.parametrize(
    ("text", "tmdb", "imdb"),
    [
        ("949", 949, 949), ("949.0", 949, 949), ("0113277", 113277, 113277), ("", None, None),
        ("https://www.themoviedb.org/movie/949-heat", 949, None),
        ("https://letterboxd.com/tmdb/949/", 949, 949), ("tt0113277", None, 113277),
        ("https://www.themoviedb.org/tv/1396", None, 1396), ("Heat", None, None), ("0", None, None),
        ("https://www.imdb.com/title/tt0113277/?ref_=x", None, 113277),
        ("https://letterboxd.com/imdb/tt0113277", None, 113277),
    ],
)  # fmt: skip
def test_ids_alone_or_in_addresses(text: str, tmdb: int | None, imdb: int | None) -> None:
    assert cells.tmdb_id(text) == tmdb
    assert imdb is None or cells.imdb_id(text) == imdb


@pytest.mark.parametrize(
    "text", ["4" + " " * 50_000 + "x", "/" * 25_000 + "0" * 25_000 + "x", "(" * 50_000]
)
def test_endless_cells_take_no_time(text: str) -> None:
    began = time.process_time()
    assert cells.rating(text) is None
    assert cells.year(text) is cells.timestamp(text) is cells.tmdb_id(text) is None
    assert cells.imdb_id(text) is None
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("ratings", "top"), [([7.5, 3.0], 10), ([0.5, 4.5, 5.0], 5), ([9.0, 77.0, 85.0], 100), ([], 5)]
)
def test_find_scale_from_the_whole_column(ratings: list[float], top: int) -> None:
    assert find_scale(ratings) == Scale(top)
    assert find_scale([1.0, 4.0, 5.0]).doubt, "whole numbers may be of ten"


@pytest.mark.parametrize(
    ("ratings", "top"),
    [([4.5] * 99 + [55.0], 5), ([4.0] * 99 + [8.0], 5), ([4.0, 3.0, 5.0, 45.0], 5),
     ([9.0, 7.0, 8.0, 85.0], 10)],
)  # fmt: skip
def test_find_scale_is_not_decided_by_a_few_outliers(ratings: list[float], top: int) -> None:
    found = find_scale(ratings)
    assert (found.top, found.contradicts) == (top, True)


@pytest.mark.parametrize(
    ("rating", "top", "stars"),
    [
        (7, 10, 3.5), (10, 10, 5.0), (1, 10, 0.5), (3.5, 5, 3.5), (0.5, 5, 0.5), (85, 100, 4.5),
        (84, 100, 4.0), (1, 100, 0.5), (7.5, 10, 4.0), (0, 10, None), (11, 10, None), (-1, 5, None),
    ],
)  # fmt: skip
def test_stars_of_a_rating(rating: float, top: int, stars: float | None) -> None:
    assert stars_of(rating, top) == stars
