"""A movie on a page: its poster, facts and link, and a shelf of posters to choose from.

The shelf's HTML, CSS and JavaScript are files of this project; titles travel as data and are set as
text, never as markup.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from textwrap import shorten
from typing import Any, Literal

import pandas as pd
import streamlit as st

from ui import state
from ui.components.basics import change
from ui.components.stars import component
from ui.state import View
from ui.text import between, distinct, film, plain
from ui.tmdb import picture

CARD_LETTERS = 22  # fit a line beside a card's poster


def poster_image(club: View, movie_id: int, width: int | Literal["stretch"] = "stretch") -> None:
    """Draw a movie's poster."""
    called = film(club.title(movie_id), club.year(movie_id))
    st.image(picture(club, movie_id), width=width, alt=f"Poster: {called}")


def called_apart(club: View, movie_ids: Iterable[int]) -> dict[int, str]:
    """Return what movies to choose from are called, no two the same; not for Markdown."""
    movies, years = list(movie_ids), club.movies["year"].dropna().astype(int)
    called = distinct(film(club.title(movie), years.get(movie)) for movie in movies)
    return dict(zip(movies, called, strict=True))


def facts(club: View, movie_id: int) -> str:
    """Return year and genres as Markdown: "1995 · Crime, Thriller"."""
    parts = (str(club.year(movie_id) or ""), ", ".join(club.genres(movie_id)[:3]))
    return plain(" · ".join(part for part in parts if part))


def movie_link(club: View, movie_id: int, label: str | None = None) -> None:
    """Draw a link to a movie's page: its bold title, or other Markdown."""
    st.page_link(
        "pages/movie.py",
        label=label or f"**{plain(club.title(movie_id))}**",
        query_params={"movie": str(movie_id)},
    )


def shelf(
    club: View,
    movie_ids: Sequence[int],
    key: str,
    on_chosen: Callable[[int], None] | None = None,
    note: Callable[[int], str] = lambda _: "",
) -> None:
    """Draw posters to choose from.

    Args:
        on_chosen: called with the movie's id before the page is drawn again; without it the
            posters lead to the movies' own pages, as links do.
        note: a few words under a movie's poster.
    """

    def go(movie: int) -> None:
        st.switch_page("pages/movie.py", query_params={"movie": str(movie)})

    tiles = []
    for movie in movie_ids:
        called = film(club.title(movie), club.year(movie))
        tiles.append(tile(movie, called, note(movie), picture(club, movie)))
        if on_chosen is None:
            tiles[-1]["address"] = f"movie?movie={movie}"
    draw_shelf(key, tiles, on_chosen or go)


def draw_shelf(key: str, tiles: Sequence[dict[str, Any]], on_chosen: Callable[[int], None]) -> None:
    """Draw tiles (see `tile`) to choose from; `on_chosen` is called with the number of one."""

    def read() -> None:
        chosen = st.session_state[key].get("chosen")
        if chosen in [tile["id"] for tile in tiles]:
            on_chosen(int(chosen))

    component("shelf")(key=key, data={"tiles": tiles}, on_chosen_change=read)


def tile(number: int, label: str, note: str, svg: str) -> dict[str, Any]:
    """Return what the shelf draws of a movie; `label` is for those who cannot see the picture."""
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return {
        "id": number,
        "label": label,
        "note": note,
        "picture": f"data:image/svg+xml;base64,{data}",
    }


@contextmanager
def beside_poster(club: View, movie_id: int, *, card: bool = False) -> Iterator[None]:
    """Draw a known movie's poster, small on a `card`, and beside it what the body draws."""
    align: Literal["top", "center"] = "top" if card else "center"
    picture, words = st.columns([2, 5 if card else 3], wrap=False, vertical_alignment=align)
    if movie_id in club.movies.index:
        with picture:
            poster_image(club, movie_id)
    with words.container(gap="xxsmall" if card else "xsmall"):
        yield


def short_title(club: View, movie_id: int) -> str:
    """Return a title as Markdown that fits a line beside a card's poster.

    Streamlit cuts a link that is wider than its place; the poster has the title in full.
    """
    return plain(shorten(club.title(movie_id), CARD_LETTERS, placeholder=" …"))


@contextmanager
def movie_card(
    club: View, movie_id: int, label: str | None = None, group: pd.Series | None = None
) -> Iterator[None]:
    """Draw a movie's poster, link, facts and stars (of a row of `rank`); the body adds more."""
    with beside_poster(club, movie_id, card=True):
        movie_link(club, movie_id, label)
        st.caption(facts(club, movie_id))
        if group is not None:
            likely = between(group["low"], group["high"])
            st.markdown(f"**:yellow[:material/star:] {group['mean']:.2f}** :gray[likely {likely}]")
        yield


def shortlist_movie(movie_id: int, title: str) -> None:
    """Put a movie on the shortlist, in a callback."""
    done = f"{plain(title)} is on the shortlist."
    change(state.store().movies.add_to_shortlist, movie_id, done=done)


def unlist_movie(movie_id: int, title: str) -> None:
    """Take a movie off the shortlist, in a callback."""
    done = f"{plain(title)} is off the shortlist."
    change(state.store().movies.remove_from_shortlist, movie_id, done=done)
