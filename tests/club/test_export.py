from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from club.export import safe_cell, write_ratings

MOVIES = pd.DataFrame(
    {"title": ["Heat", "=SUM(A1:A9)"], "year": pd.array([1995, None], dtype="Int64")}, index=[1, 2]
)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "＝1", "'=1", "''@x"])
def test_cells_that_a_spreadsheet_would_compute_get_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Heat", "", "O'Brien", "'Round Midnight", "1=1", "3 - 2"])
def test_other_cells_stay_as_they_are(text):
    assert safe_cell(text) == text


@given(st.text(alphabet="='+-@ a", max_size=5), st.text(alphabet="='+-@ a", max_size=5))
def test_no_two_texts_become_the_same_cell(one, other):
    assert (safe_cell(one) == safe_cell(other)) == (one == other)


def test_ratings_are_written_with_names_titles_and_times(store, monkeypatch):
    monkeypatch.setattr("club.store._now", lambda: 1_700_000_000)
    zoe, evil = store.add_member("Zoë, the 1st"), store.add_member("=cmd()")
    store.rate_many([(zoe, 1, 4.5), (zoe, 2, 0.5), (evil, 3, 5)])
    store.remove_member(evil)
    file = io.StringIO(newline="")
    assert write_ratings(store, MOVIES, file) == 3
    at = "2023-11-14T22:13:20Z"
    assert list(csv.reader(io.StringIO(file.getvalue()))) == [
        ["member_id", "member", "movie_id", "title", "year", "stars", "rated_at"],
        [str(zoe), "Zoë, the 1st", "1", "Heat", "1995", "4.5", at],
        [str(zoe), "Zoë, the 1st", "2", "'=SUM(A1:A9)", "", "0.5", at],
        [str(evil), "'=cmd()", "3", "", "", "5.0", at],
    ]


def test_an_empty_club_has_only_the_header(store):
    file = io.StringIO(newline="")
    assert write_ratings(store, MOVIES, file) == 0
    assert file.getvalue() == "member_id,member,movie_id,title,year,stars,rated_at\n"
