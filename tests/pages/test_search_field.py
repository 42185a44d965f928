"""What the search field shows for what was typed."""

import pytest
from furnished import Open, component_data

from ui import state
from ui.components.search import found, title_and_year


@pytest.mark.reads
def test_field_shows_what_was_typed(open_page: Open) -> None:
    assert component_data(open_page(), "header_search")["results"] == []
    club = state.view()
    for asked in (None, [], [3, "  "], ["3", "heat"], {"text": "heat"}):
        assert found(club, asked, str) == {"asked": 0, "results": [], "add": False}
    for text in ("the matrix", "qqqq<b>zzzz", "?!", "%", "x" * 5000):
        assert found(club, [1, text], str)["add"]
    shown = found(club, [7, "pulp ficton"], lambda movie: f"number {movie}")
    first = shown["results"][0]
    assert (shown["asked"], first["title"], first["year"]) == (7, "Pulp Fiction", "1994")
    assert first["note"] == "number 296"
    assert first["picture"].startswith("data:image/svg+xml")


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Poor Things 2023 ", "Poor Things", 2023),
        ("poor things (2023)", "poor things", 2023),
        ("2012", "2012", None),
        ("Blade Runner", "Blade Runner", None),
        ("Ocean's 11", "Ocean's 11", None),
    ],
)
def test_year_at_the_end_is_the_new_movies_year(text: str, title: str, year: int | None) -> None:
    assert title_and_year(text) == (title, year)
