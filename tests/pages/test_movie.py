"""The movie page promises: one movie whole, and a way on from any address."""

from __future__ import annotations

import pytest
from furnished import Open

PULP_FICTION = "296"


def test_a_link_leads_to_the_movie(open_page: Open) -> None:
    app = open_page("movie", movie=PULP_FICTION)
    assert app.title[0].value == "Pulp Fiction"


@pytest.mark.parametrize("movie", ["", "0", "-1", "heat", "99999999999999999999", "1.5"])
def test_an_unknown_movie_is_one_sentence_and_the_search(open_page: Open, movie: str) -> None:
    app = open_page("movie", movie=movie)
    assert app.title[0].value == "Movie"
    assert len(app.markdown) == 1
    app.text_input("find_movie").set_value("pulp ficton").run()
    assert not app.exception


def test_no_movie_at_all_is_the_search(open_page: Open) -> None:
    app = open_page("movie")
    assert not app.markdown
    assert app.text_input("find_movie").label == "Find a movie"
