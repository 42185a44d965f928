"""The movie tile: a picture, title and year, what is known of the movie, and one action.

The whole tile is one link to the movie's page.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from ui import state
from ui.components.basics import change
from ui.components.people import face
from ui.components.stars import rating
from ui.components.widget import Taps, component, mount
from ui.state import View
from ui.text import distinct, film, half_stars, plain, runtime
from ui.tmdb import picture

Size = Literal["S", "M", "L"]


@dataclass(frozen=True)
class Tile:
    """What a tile tells of a movie; all texts are plain."""

    movie: int
    stars: tuple[tuple[int, float, bool], ...] = ()  # (member_id, stars, whether they are given)
    group: tuple[float, float, float] | None = None  # expected mean, low and high of the group
    note: str = ""  # one short line
    action: str = ""  # label of the one action
    own_stars: float | Literal["none"] | None = "none"  # stars to tap, None: none given so far
    chosen: bool = False  # one of those that were tapped
    dimmed: str = ""  # why the tile is greyed, such as "Ana vetoed it"


def tiles(
    club: View,
    tiles: Sequence[Tile],
    key: str,
    size: Size,
    *,
    on_action: Callable[[int], None] | None = None,
    on_stars: Callable[[int, float | None], None] | None = None,
    on_chosen: Callable[[int], None] | None = None,
    links: bool = True,
    focus: bool = False,
) -> None:
    """Draw movies as tiles.

    Args:
        key: of the widget; with stars to tap another one for another person.
        size: S: rows of a list; M: pictures side by side; L: one large tile with everyone's stars
            on an axis.
        on_action: called with the movie whose action was tapped before the page is drawn again.
        on_stars: the same with the stars that were tapped, None: no longer any. It may be called
            twice with the same stars.
        on_chosen: the same with the movie that was tapped, instead of following the link.
        links: whether tiles lead to their movies' pages.
        focus: whether the first title takes the focus if nothing has it.
    """
    shown = [_data(club, tile, size, links=links and on_chosen is None) for tile in tiles]
    numbers = {tile["id"] for tile in shown}

    def go(movie: int) -> None:
        st.switch_page("pages/movie.py", query_params={"movie": str(movie)})

    def react(trigger: str, do: Callable[[int], None] | None) -> Callable[[], None]:
        def read() -> None:
            number = st.session_state[key].get(trigger)
            if do and number in numbers:
                do(int(number))

        return read

    def save(taps: Taps) -> None:
        for number, stars in taps:
            if on_stars and number in numbers:
                on_stars(number, None if stars is None else float(stars))

    mount(
        component("tiles", "elements", "stars"),
        key,
        {"size": size, "tiles": shown, "tappable": on_chosen is not None, "focus": focus},
        rating,
        save,
        on_chosen_change=react("chosen", on_chosen or go),
        on_action_change=react("action", on_action),
    )


def _data(club: View, tile: Tile, size: Size, *, links: bool) -> dict[str, Any]:
    movie = tile.movie
    meta, svg, called = [], "", club.title(movie)
    if known := movie in club.movies.index:
        year, minutes = club.year(movie), club.runtime(movie)
        meta = [str(year or "")]
        if size != "M":
            meta.append(runtime(minutes) if minutes else "")
        if size == "L":
            meta.append(", ".join(club.genres(movie)[:3]).lower())
        svg, called = picture(club, movie), film(called, year)
    people = [
        {**vars(face(club, member)), "value": value, "given": given, "text": text}
        for member, value, given in tile.stars
        for text in [half_stars(value) if given else f"{value:.1f}"]
    ]
    said = [
        f"{one['name']} {'gave' if one['given'] else 'perhaps'} {one['text']}" for one in people
    ]
    if tile.group:
        said.insert(0, f"{tile.group[0]:.1f} stars expected")
    note = tile.dimmed or tile.note
    return {
        "id": movie,
        "title": club.title(movie),
        "meta": " · ".join(part for part in meta if part),
        # For those who do not see the picture.
        "label": ", ".join(part for part in (called, *said, note) if part),
        "picture": embedded(svg) if svg else "",
        "link": f"movie?movie={movie}" if links and known else "",
        "people": people,
        "group": tile.group and [f"{stars:.1f}" for stars in tile.group],
        "note": note,
        "action": tile.action,
        "rated": tile.own_stars,
        "chosen": tile.chosen,
        "dimmed": bool(tile.dimmed),
    }


def embedded(svg: str) -> str:
    """Return a picture as an address that holds it."""
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return f"data:image/svg+xml;base64,{data}"


def called_apart(club: View, movie_ids: Iterable[int]) -> dict[int, str]:
    """Return what movies to choose from are called, no two the same; not for Markdown."""
    movies = list(movie_ids)
    called = distinct(film(club.title(movie), club.year(movie)) for movie in movies)
    return dict(zip(movies, called, strict=True))


def shortlist_movie(club: View, movie: int) -> None:
    """Put a movie on the shortlist, in a callback."""
    done = f"{plain(club.title(movie))} is on the shortlist."
    change(state.store().movies.add_to_shortlist, movie, done=done)


def want(movie: int, member: int, wanted: bool) -> None:
    """Put a movie on somebody's watchlist, or take it off, in a callback."""
    lists = state.store().watchlists
    if wanted:
        change(lists.add, member, [movie], whose=[member])
    else:
        change(lists.remove, member, movie, whose=[member])


def shortlist_or_not(club: View, movie: int) -> None:
    """Put a movie on the shortlist, or take it off, in a callback."""
    if movie in club.shortlist:
        done = f"{plain(club.title(movie))} is off the shortlist."
        change(state.store().movies.remove_from_shortlist, movie, done=done)
    else:
        shortlist_movie(club, movie)
