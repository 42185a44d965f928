"""A cell means what whoever wrote it meant, or nothing."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from club.imports.ratings import cells, headers


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("4/5", (4, 5)), ("8 / 10", (8, 10)), ("7.0/10.0", (7, 10)), ("15/20", (15, 20)),
        ("8 out of 10", (8, 10)), ("8 von 10", (8, 10)), ("80%", (80, 100)), ("80 %", (80, 100)),
        ("3,5", (3.5, None)), (".5", (0.5, None)), ("3½", (3.5, None)), ("3 1/2", (3.5, None)),
        ("½", (0.5, None)), ("4 stars", (4, None)), ("4.5 Sterne", (4.5, None)),
        ("1 star", (1, None)), ("4★", (4, None)), ("★ 4.5", (4.5, None)), ("★★★½", (3.5, None)),
        ("★★★½☆", (3.5, 5)), ("★★☆☆☆", (2, 5)), ("★★★★★★★☆☆☆", (7, 10)), ("⭐️⭐️⭐️", (3, None)),
        ("* * *", (3, None)), ("☆☆☆☆☆", (0, 5)), ("0", (0, None)),
    ],
)  # fmt: skip
def test_ratings_are_read_as_people_write_them(text: str, rating: tuple[float, int | None]) -> None:
    assert cells.rating(text) == rating


@pytest.mark.parametrize(
    "text",
    [
        "",
        "good",
        "PG-13",
        "1/2",
        "8/7",
        "03. Mai",
        "-4",
        "★½½",
        "★" * 11,
        "4 out of",
        "4 stars!",
        "½5",
    ],
)
def test_what_is_no_rating_is_none(text: str) -> None:
    assert cells.rating(text) is None


@given(st.integers(1, 10))
def test_drawn_stars_are_the_number_that_they_show(halves: int) -> None:
    drawn = "★" * (halves // 2) + "½" * (halves % 2)
    assert cells.rating(drawn) == (halves / 2, None)
    hollow = "☆" * (5 - len(drawn))
    assert cells.rating(drawn + hollow) == (halves / 2, 5 if hollow else None)


@pytest.mark.parametrize(
    "text", ["03. Mai", "3. May", "5-Mar", "Mar-05", "2024-05-03", "03.05.", "3/5/2024"]
)
def test_a_rating_that_a_spreadsheet_took_for_a_day_is_a_day(text: str) -> None:
    assert cells.is_day(text)
    assert cells.rating(text) is None


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1999", 1999), ("1999.0", 1999), ("(1999)", 1999), ("1,999", 1999), ("2008–2013", 2008),
        ("1999-03-31", 1999), ("1999-03-31T00:00:00Z", 1999), ("31/03/1999", 1999),
        ("31.03.1999", 1999), ("March 31, 1999", 1999), ("22 Nov 1995 (USA)", 1995),
        ("3/31/99", None), ("1999 or 2000", None), ("19999", None), ("", None), ("TBA", None),
    ],
)  # fmt: skip
def test_a_year_is_found_in_a_day_of_release(text: str, year: int | None) -> None:
    assert cells.year(text) == year


@pytest.mark.parametrize(
    ("column", "day_first"),
    [
        (["05/01/2024", "13/01/2024"], True), (["1/5/2024", "1/13/24", ""], False),
        (["05-01-2024", "31-01-2024"], True), (["05/01/2024"], None), (["2024-01-13"], None),
        (["13/01/2024", "01/13/2024"], None), ([], None),
    ],
)  # fmt: skip
def test_a_column_tells_whether_its_days_come_first(
    column: list[str], day_first: bool | None
) -> None:
    assert cells.day_first(column) is day_first


@pytest.mark.parametrize(
    ("text", "day_first", "day"),
    [
        ("05/01/2024", True, "2024-01-05"), ("05/01/2024", False, "2024-05-01"),
        ("5/1/24", False, "2024-05-01"), ("05-01-2024 20:15", True, "2024-01-05"),
        ("2024/05/01 8:00:00 PM GMT+2", None, "2024-05-01"), ("Feb 03 2019", None, "2019-02-03"),
        ("05/01/2024", None, None), ("13/13/2024", True, None), ("31/02/2024", True, None),
    ],
)  # fmt: skip
def test_a_day_in_two_orders_is_what_its_column_says(
    text: str, day_first: bool | None, day: str | None
) -> None:
    at = cells.moment(text, day_first)
    assert (at and datetime.fromtimestamp(at, UTC).date().isoformat()) == day


@given(st.dates(datetime(2001, 1, 1).date(), datetime(2030, 1, 1).date()), st.booleans())
def test_every_day_comes_back_in_the_order_of_its_column(day, day_first: bool) -> None:
    text = day.strftime("%d/%m/%Y" if day_first else "%m/%d/%Y")
    at = cells.moment(text, day_first)
    assert at is not None
    assert datetime.fromtimestamp(at, UTC).date() == day
    assert cells.day_first([text]) in {None, day_first}


@pytest.mark.parametrize(
    ("text", "tmdb", "imdb"),
    [
        ("949", 949, "949"), ("https://www.themoviedb.org/movie/949-heat", 949, None),
        ("https://www.themoviedb.org/tv/1396", None, None), ("tt0113277", None, "113277"),
        ("0113277", 113277, "113277"), ("", None, ""),
        ("https://www.imdb.com/title/tt0113277/?ref_=x", None, "113277"),
    ],
)  # fmt: skip
def test_numbers_are_found_in_addresses(text: str, tmdb: int | None, imdb: str | None) -> None:
    assert cells.tmdb_id(text) == tmdb
    if imdb is not None:
        assert cells.imdb_id(text) == imdb


@given(st.text(max_size=60))
def test_any_cell_is_read_without_an_error(text: str) -> None:
    cells.rating(text)
    cells.year(text)
    cells.moment(text, True)
    cells.tmdb_id(text)
    cells.imdb_id(text)
    headers.names(text)
    headers.top(text)


@pytest.mark.parametrize(
    "text", ["4" + " " * 50_000 + "x", "/" * 25_000 + "0" * 25_000 + "x", "(" * 50_000]
)
def test_an_endless_cell_takes_no_time(text: str) -> None:
    began = time.process_time()
    assert cells.rating(text) is None
    assert cells.year(text) is cells.moment(text) is cells.tmdb_id(text) is None
    assert len(cells.imdb_id(text)) <= 200
    headers.names(text)
    headers.top(text)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("header", "name", "top"),
    [
        ("Année", "annee", None), ("Rating (1-10)", "rating", 10), ("My_Rating", "my rating", None),
        ("Ma note (/10)", "ma note", 10), ("Score out of 100", "score", 100),
        ("Rating /5", "rating", 5), ("Stars (0.5–5)", "stars", 5), ("Tytuł", "tytul", None),
        ("Title (English)", "title", None), ("Which movie?", "which movie", None),
        ("Rating10", "rating10", None), ("Top 100", "top 100", None),
    ],
)  # fmt: skip
def test_headers_are_compared_without_accents_remarks_and_scales(
    header: str, name: str, top: int | None
) -> None:
    assert headers.names(header)[1] == name
    assert headers.top(header) == top
