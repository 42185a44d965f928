"""Input is kept in its stored form, or refused in one sentence."""

import re
from collections.abc import Callable
from datetime import date, datetime, time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from club import validation
from club.errors import ClubError, InvalidInput, NotFound

ONE_LINE = "must be on one line and without control characters"


def terms(value: object) -> list[str]:
    return validation.clean_terms(value, "genres")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("clean", "value", "stored"),
    [
        (validation.half_stars, np.float64(3.5), 7),
        *((validation.half_stars, halves / 2, halves) for halves in range(1, 11)),
        *(
            (validation.clean_name, name, name)
            for name in ("Zoë", "李小龍", "محمد", "O'Neill-Łuczak", "👩‍🚀", "![](http://x)", "=1+1",
                         "x" * 60)
        ),
        (validation.clean_name, "  Zoe\u0308\u00a0", "Zo\u00eb"),
        *((validation.clean_year, year, year) for year in (1870, 2100, np.int64(1999), None)),
        *((validation.clean_runtime, minutes, minutes) for minutes in (1, 60_000, None)),
        (terms, "heist| paris |heist|", ["heist", "paris"]),
        (terms, ["heist", " paris", "heist", ""], ["heist", "paris"]),
        (terms, (), []),
        (validation.clean_overview, "  Two\nlines. ", "Two lines."),
        (validation.clean_overview, " \n ", ""),
        (validation.clean_aliases, [" Amélie", "Amélie", "Ame\u0301lie"], ["Amélie"]),
        (validation.clean_place, "  ", ""),
        (validation.clean_notes, " a\n\n\tb ", "a\n\nb"),
        (validation.clean_start, time(19, 30), 1170),
        (validation.clean_date, date(2024, 2, 29), date(2024, 2, 29)),
        (validation.clean_voting, "rank", "rank"),
    ],
)  # fmt: skip
def test_valid_input_is_stored(
    clean: Callable[[object], object], value: object, stored: object
) -> None:
    assert clean(value) == stored


@pytest.mark.parametrize(
    ("clean", "value", "part"),
    [
        *(
            (validation.half_stars, stars, f"Stars go from 0.5 to 5 in half steps, not {shown}.")
            for stars, shown in (
                (7, "7"), (0, "0"), (-1, "-1"), (3.3, "3.3"), (float("nan"), "nan"),
                (float("inf"), "inf"), (True, "True"), ("4", "4"), ("", "nothing"), (None, "None"),
                ("x" * 1000, "x" * 40 + "…"), ("\x1b[31m", "�[31m"),
            )
        ),
        *((validation.clean_name, name, "must not be empty") for name in ("", " \t ", "\u200b")),
        *((validation.clean_name, f"a{c}b", ONE_LINE) for c in "\n\0\u202e\ud800"),
        (validation.clean_name, "x" * 61, "A name can have 60 characters at most, not 61."),
        (validation.clean_name, "x" * 10_000, "not 10,000."),
        (validation.clean_name, None, "A name must be text, not None."),
        *((validation.clean_year, year, f"it is {year}") for year in (1869, 2101, "99", 1.5, True)),
        *((validation.clean_runtime, m, f"it is {m}") for m in (0, -5, 60_001, 1.5, "90", True)),
        *((validation.clean_imdb_id, n, f"not {n}") for n in ("tt12", "133093", 133093)),
        *((validation.clean_tmdb_id, n, f"not {n}") for n in (0, -1, 2**31, 1.5, "5", True)),
        (terms, ["x" * 61], "Each of the genres can have 60 characters at most, not 61."),
        (terms, ["a\nb"], ONE_LINE),
        (terms, [3], "must be text, not 3."),
        (terms, "|".join(map(str, range(51))), "A movie can have 50 genres at most, not 51."),
        (validation.clean_overview, "x" * 3001, "not 3,001."),
        (validation.clean_overview, "a\0b", ONE_LINE),
        (validation.clean_overview, None, "must be text, not None."),
        (validation.clean_aliases, map(str, range(21)), "20 other titles at most, not 21"),
        (validation.clean_notes, "x\n" * 1500, "not 2,999"),
        (validation.clean_date, datetime(2024, 1, 1), "A night needs a date"),
        (validation.clean_date, date(1800, 1, 1), "between 1870 and 2100"),
        (validation.clean_start, "19:30", "a time like 19:30"),
        (validation.clean_voting, "shout", "shout"),
    ],
)  # fmt: skip
def test_invalid_input_is_refused_in_a_sentence(
    clean: Callable[[object], object], value: object, part: str
) -> None:
    with pytest.raises(InvalidInput, match=re.escape(part)) as caught:
        clean(value)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, ClubError)


@pytest.mark.parametrize("value", [2**31, -(2**63), 1.5, "1", None, True])
def test_whole_id_is_not_found(value: object) -> None:
    with pytest.raises(NotFound, match=re.escape(f"There is no movie {value}.")):
        validation.whole_id(value, "movie")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Anna", "anna", True), ("STRASSE", "straße", True), ("Zoë", "ZOE\u0308", True),
        ("Ａｎｎａ", "Anna", True), ("Anna  Maria", "anna maria", True),
        ("An\u200bna", "Anna", True),
        ("Zoë", "Zoe", False),
    ],
)  # fmt: skip
def test_name_key_is_the_same_for_names_that_look_alike(one: str, other: str, same: bool) -> None:
    assert (validation.name_key(one) == validation.name_key(other)) is same


@given(st.text(max_size=700))
def test_tidied_text_can_be_stored(text: str) -> None:
    title = validation.tidied(text, validation.MAX_TITLE)
    assert title == "" or validation.clean_title(title) == title
    assert validation.tidied(title, validation.MAX_TITLE) == title


def test_tidied_keeps_plain_titles_and_removes_control_characters() -> None:
    for title in ("Amélie", "七人の侍", "محمد رسول الله", "<b>M*A*S*H</b>", "2001: A Space"):
        assert validation.tidied(title, 200) == title
    assert validation.tidied("\u202eevil\u2066 \x1b[31m\n title", 200) == "evil [31m title"
    assert validation.tidied("abcdef", 4) == "abc…"
    assert validation.tidied_terms(["a|b", "a b", "", "x" * 61]) == ("a b",)
