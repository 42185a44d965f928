"""A movie on a page: its poster, facts and link, and a shelf of posters to choose from.

The shelf's HTML, CSS and JavaScript are files of this project; titles travel as data and are set as
text, never as markup.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import pandas as pd
import streamlit as st

from ui import state
from ui.cache import cached
from ui.components.basics import change
from ui.components.stars import asset
from ui.state import View
from ui.text import between, distinct, film, plain
from ui.tmdb import picture


def poster_image(club: View, movie_id: int, width: int | Literal["stretch"] = "stretch") -> None:
    """Draw a movie's poster."""
    called = film(club.title(movie_id), club.year(movie_id))
    st.image(picture(club, movie_id), width=width, alt=f"Poster: {called}")


def called_apart(club: View, movie_ids: Iterable[int]) -> dict[int, str]:
    """Return what movies to choose from are called, no two the same; not for Markdown."""
    movies = list(movie_ids)
    known = ((club.title(movie), club.movies["year"].get(movie)) for movie in movies)
    return dict(
        zip(
            movies,
            distinct(film(title, None if pd.isna(year) else int(year)) for title, year in known),
            strict=True,
        )
    )


def facts(club: View, movie_id: int) -> str:
    """Return year and genres as Markdown: "1995 · Crime, Thriller"."""
    parts = (str(club.year(movie_id) or ""), ", ".join(club.genres(movie_id)[:3]))
    return plain(" · ".join(part for part in parts if part))


def movie_link(club: View, movie_id: int, label: str | None = None) -> None:
    """Draw a movie's title as a link to its page.

    Args:
        label: Markdown in place of the bold title.
    """
    st.page_link(
        "pages/movie.py",
        label=label or f"**{plain(club.title(movie_id))}**",
        query_params={"movie": str(movie_id)},
    )


@cached()
def _shelf() -> Callable[..., object]:
    return st.components.v2.component(
        "movie_club_shelf",
        html='<div class="shelf"></div>',
        css=asset("shelf.css"),
        js=asset("shelf.js"),
    )


def shelf(
    club: View,
    movie_ids: Sequence[int],
    key: str,
    on_chosen: Callable[[int], None],
    note: Callable[[int], str] = lambda _: "",
) -> None:
    """Draw posters to choose from.

    Args:
        on_chosen: called with the movie's id before the page is drawn again.
        note: a few words under a movie's poster.
    """
    draw_shelf(key, [_tile(club, movie, note(movie)) for movie in movie_ids], on_chosen)


def shelf_of_links(
    club: View,
    movie_ids: Sequence[int],
    key: str,
    note: Callable[[int], str] = lambda _: "",
) -> None:
    """Draw posters that lead to the movies' own pages, as links do.

    Args:
        note: a few words under a movie's poster.
    """

    def go(movie: int) -> None:
        st.switch_page("pages/movie.py", query_params={"movie": str(movie)})

    tiles = [
        _tile(club, movie, note(movie)) | {"address": f"movie?movie={movie}"} for movie in movie_ids
    ]
    draw_shelf(key, tiles, go)


def draw_shelf(key: str, tiles: Sequence[dict[str, Any]], on_chosen: Callable[[int], None]) -> None:
    """Draw tiles (see `tile`) to choose from; `on_chosen` is called with the number of one."""

    def read() -> None:
        chosen = st.session_state[key].get("chosen")
        if chosen in [tile["id"] for tile in tiles]:
            on_chosen(int(chosen))

    _shelf()(key=key, data={"tiles": tiles}, on_chosen_change=read)


def tile(number: int, label: str, note: str, svg: str) -> dict[str, Any]:
    """Return what the shelf draws of a movie.

    Args:
        label: what it is called, for who cannot see the picture.
        note: a few words under the picture.
        svg: the picture.
    """
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return {
        "id": number,
        "label": label,
        "note": note,
        "picture": f"data:image/svg+xml;base64,{data}",
    }


def _tile(club: View, movie: int, note: str) -> dict[str, Any]:
    called = film(club.title(movie), club.year(movie))
    return tile(movie, called, note, picture(club, movie))


@contextmanager
def movie_card(
    club: View, movie_id: int, label: str | None = None, group: pd.Series | None = None
) -> Iterator[None]:
    """Draw a movie's poster, and its link, facts and stars beside it; the body adds to these.

    Args:
        label: Markdown in place of the bold title.
        group: a row of `recommender.group.rank`, with the group's mean and interval (stars).
    """
    picture, words = st.columns([2, 5], wrap=False, gap="small")
    with picture:
        poster_image(club, movie_id)
    with words.container(gap="xxsmall"):
        movie_link(club, movie_id, label)
        st.caption(facts(club, movie_id))
        if group is not None:
            likely = between(group["low"], group["high"])
            st.markdown(f"**:yellow[:material/star:] {group['mean']:.2f}** :gray[likely {likely}]")
        yield


def shortlist_movie(movie_id: int, title: str) -> None:
    """Put a movie on the shortlist, in a callback."""
    change(
        state.store().movies.add_to_shortlist, movie_id, done=f"{plain(title)} is on the shortlist."
    )


def unlist_movie(movie_id: int, title: str) -> None:
    """Take a movie off the shortlist, in a callback."""
    change(
        state.store().movies.remove_from_shortlist,
        movie_id,
        done=f"{plain(title)} is off the shortlist.",
    )
