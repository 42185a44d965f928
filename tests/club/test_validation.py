from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from club import validation
from club.errors import ClubError, InvalidInput, NotFound


@pytest.mark.parametrize("halves", range(1, 11))
def test_every_half_step_is_kept_exactly(halves):
    assert validation.half_stars(halves / 2) == halves
    assert validation.half_stars(np.float64(halves / 2)) == halves


@pytest.mark.parametrize(
    ("stars", "shown"),
    [
        (7, "7"),
        (0, "0"),
        (-1, "-1"),
        (5.5, "5.5"),
        (3.3, "3.3"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (True, "True"),
        ("4", "4"),
        ("", "nothing"),
        (None, "None"),
        ([4], "[4]"),
        ("x" * 1000, "x" * 40 + "…"),
        ("\x1b[31m", "�[31m"),
    ],
)
def test_other_stars_are_refused_in_one_sentence(stars, shown):
    with pytest.raises(InvalidInput) as caught:
        validation.half_stars(stars)
    assert str(caught.value) == f"Stars go from 0.5 to 5 in half steps, not {shown}."


@pytest.mark.parametrize(
    "name",
    ["Ana", "Zoë", "李小龍", "محمد", "O'Neill-Łuczak", "👩‍🚀", "![](http://x)", "=1+1", "x" * 60],
)
def test_names_of_people_are_kept_as_they_are(name):
    assert validation.clean_name(name) == name


def test_names_are_stripped_and_composed():
    assert validation.clean_name("  Zoe\u0308\u00a0") == "Zo\u00eb"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "A name must not be empty."),
        (" \t ", "A name must not be empty."),
        ("\u200b", "A name must not be empty."),
        ("x" * 61, "A name can have 60 characters at most, not 61."),
        ("x" * 10_000, "A name can have 60 characters at most, not 10,000."),
        ("a\nb", "A name must be on one line and without control characters."),
        ("a\0b", "A name must be on one line and without control characters."),
        ("a\u202eb", "A name must be on one line and without control characters."),
        ("a\ud800b", "A name must be on one line and without control characters."),
        (None, "A name must be text, not None."),
        (5, "A name must be text, not 5."),
    ],
)
def test_other_names_are_refused_in_one_sentence(name, sentence):
    with pytest.raises(InvalidInput) as caught:
        validation.clean_name(name)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna", "anna"),
        ("STRASSE", "straße"),
        ("Zoë", "ZOE\u0308"),
        ("Ａｎｎａ", "Anna"),
        ("Anna  Maria", "anna maria"),
        ("An\u200bna", "Anna"),
    ],
)
def test_names_that_look_alike_are_the_same(one, other):
    assert validation.name_key(one) == validation.name_key(other)


def test_names_that_differ_in_accents_differ():
    assert validation.name_key("Zoë") != validation.name_key("Zoe")


@pytest.mark.parametrize("year", [1870, 2100, np.int64(1999), None])
def test_years_of_movies_are_kept(year):
    assert validation.clean_year(year) == year


@pytest.mark.parametrize("year", [1869, 2101, "1999", 1999.5, True])
def test_other_years_are_refused(year):
    with pytest.raises(InvalidInput) as caught:
        validation.clean_year(year)
    assert str(caught.value) == (
        f"The year must lie between 1870 and 2100, or be left out; it is {year}."
    )


def test_terms_come_from_one_text_or_from_several():
    assert validation.clean_terms("heist| paris |heist|", "keywords") == ["heist", "paris"]
    assert validation.clean_terms(["heist", " paris", "heist", ""], "keywords") == [
        "heist",
        "paris",
    ]
    assert validation.clean_terms((), "keywords") == []


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (["x" * 61], "Each of the genres can have 60 characters at most, not 61."),
        (["a\nb"], "Each of the genres must be on one line and without control characters."),
        ([3], "Each of the genres must be text, not 3."),
        ("|".join(map(str, range(51))), "A movie can have 50 genres at most, not 51."),
    ],
)
def test_other_terms_are_refused(terms, sentence):
    with pytest.raises(InvalidInput) as caught:
        validation.clean_terms(terms, "genres")
    assert str(caught.value) == sentence


@pytest.mark.parametrize("value", [2**31, -(2**63), 1.5, "1", None, True])
def test_what_cannot_be_an_id_is_not_found(value):
    with pytest.raises(NotFound) as caught:
        validation.whole_id(value, "movie")
    assert str(caught.value) == f"There is no movie {value}."


def test_bad_input_can_be_caught_as_a_value_error_and_as_the_packages_error():
    assert issubclass(InvalidInput, ValueError)
    assert issubclass(InvalidInput, ClubError)


@pytest.mark.parametrize("minutes", [1, 60_000, np.int64(90), None])
def test_runtimes_are_kept(minutes):
    assert validation.clean_runtime(minutes) == minutes


@pytest.mark.parametrize("minutes", [0, -5, 60_001, 1.5, "90", True])
def test_other_runtimes_are_refused(minutes):
    with pytest.raises(InvalidInput) as caught:
        validation.clean_runtime(minutes)
    assert str(caught.value) == (
        f"A movie takes 1 to 60,000 minutes, or nobody knows; it is {minutes}."
    )


def test_an_overview_is_one_paragraph_or_nothing():
    assert validation.clean_overview("  Two\nlines. ") == "Two lines."
    assert validation.clean_overview(" \n ") == ""


@pytest.mark.parametrize(
    ("overview", "sentence"),
    [
        ("x" * 3001, "What a movie is about can have 3000 characters at most, not 3,001."),
        ("x" * 90_000, "What a movie is about can have 3000 characters at most, not 90,000."),
        ("a\0b", "What a movie is about must be on one line and without control characters."),
        (None, "What a movie is about must be text, not None."),
    ],
)
def test_other_overviews_are_refused(overview, sentence):
    with pytest.raises(InvalidInput) as caught:
        validation.clean_overview(overview)
    assert str(caught.value) == sentence


def test_other_titles_are_kept_once_and_not_too_many():
    assert validation.clean_aliases([" Amélie", "Amélie", "Ame\u0301lie"]) == ["Amélie"]
    with pytest.raises(InvalidInput, match="20 other titles at most, not 21"):
        validation.clean_aliases(map(str, range(21)))


@pytest.mark.parametrize("number", [0, -1, 2**31, 1.5, "5", True])
def test_what_is_no_number_of_tmdb_is_refused(number):
    with pytest.raises(InvalidInput) as caught:
        validation.clean_tmdb_id(number)
    assert str(caught.value) == f"A movie's number at TMDB is a whole number, not {number}."


@given(st.text(max_size=700))
def test_text_from_elsewhere_is_tidied_until_it_can_be_kept(text):
    title = validation.tidied(text, validation.MAX_TITLE)
    assert title == "" or validation.clean_title(title) == title
    assert validation.tidied(title, validation.MAX_TITLE) == title


def test_tidying_keeps_every_letter_of_a_plain_title():
    for title in (
        "Amélie",
        "七人の侍",
        "محمد رسول الله",
        "<b>M*A*S*H</b>",
        "2001: A Space Odyssey",
    ):
        assert validation.tidied(title, 200) == title
    assert validation.tidied("\u202eevil\u2066 \x1b[31m\n title", 200) == "evil [31m title"
    assert validation.tidied("abcdef", 4) == "abc…"
