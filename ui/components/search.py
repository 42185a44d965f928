"""The one search for movies, on every page: a field, and below it what it finds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import streamlit as st

from ui.components.tile import embedded
from ui.components.widget import component
from ui.state import View
from ui.tmdb import picture

FOUND = 8
HEADER = "header_search"  # the key of the search that is on every page


def movie_search(
    club: View,
    key: str,
    label: str,
    on_chosen: Callable[[int], None] | None = None,
    note: Callable[[int], str] = lambda _: "",
) -> None:
    """Draw a field that finds movies while one types, and offers to add what is not there.

    Args:
        on_chosen: called with the movie before the page is drawn again; without it the way leads
            to the movie's page.
        note: a few words (plain text) below a movie that was found.
    """

    def choose() -> None:
        match st.session_state[key].get("chosen"):
            case ["add", str(text)]:
                title, year = title_and_year(text)
                asked = {"set": "Catalogue", "title": title} | ({"year": str(year)} if year else {})
                st.switch_page("pages/settings.py", query_params=asked)
            case [int(movie), str()] if movie not in club.movies.index:
                return
            case [int(movie), str()] if on_chosen:
                on_chosen(movie)
                st.rerun()  # the whole page, not the search alone
            case [int(movie), str()]:
                st.switch_page("pages/movie.py", query_params={"movie": str(movie)})

    _search(club, key, label, choose, note)


def title_and_year(text: str) -> tuple[str, int | None]:
    """Return what was typed without a year at its end, and the year: "poor things 2023"."""
    found = re.fullmatch(r"(.*\S)[\s,]+\(?((?:19|20)\d\d)\)?", text.strip())
    return (found[1], int(found[2])) if found else (text.strip(), None)


@st.fragment
def _search(
    club: View, key: str, label: str, choose: Callable[[], None], note: Callable[[int], str]
) -> None:
    data = {
        "label": label,
        "header": key == HEADER,
        **found(club, st.session_state.get(key, {}).get("asked"), note),
    }
    draw = component("search", "elements")
    draw(key=key, data=data, on_asked_change=lambda: None, on_chosen_change=choose)


def found(club: View, asked: object, note: Callable[[int], str]) -> dict[str, Any]:
    """Return what the field shows for [number, text], as it was typed.

    Returns:
        asked: the number; results: id, title, year, note, picture of movies, best first; add:
        whether a movie of that name can be added.
    """
    match asked:
        case [int(number), str(text)] if text.strip():
            movies = club.search(text, FOUND)
        case _:
            return {"asked": 0, "results": [], "add": False}
    results = [
        {
            "id": movie,
            "title": club.title(movie),
            "year": str(club.year(movie) or ""),
            "note": note(movie),
            "picture": embedded(picture(club, movie)),
        }
        for movie in movies
    ]
    return {"asked": number, "results": results, "add": True}
