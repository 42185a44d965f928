"""The Our taste page, one member: user_bias, favourite words, and where they differ from all."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.features import GENRE, KEYWORD
from recommender.taste import LEAN_MOVIES, departures, favourites
from ui import portraits
from ui.charts.taste import against_the_crowd, favourite_words, user_bias
from ui.portraits import Tastes
from ui.sections.pictures import chart, on_their_way
from ui.state import View
from ui.text import counted, day, film, plain

WORDS = 6  # at either end


def show(club: View) -> None:
    """Draw the members as pills, and what the chosen one is like."""
    everyone = list(club.names)
    member = st.pills(
        "Who",
        everyone,
        default=everyone[0],
        required=True,
        format_func=lambda member: plain(club.names[member]),
        key="who",
        bind="query-params",
        wrap=True,
        label_visibility="collapsed",
    )
    member = member or everyone[0]
    found = portraits.tastes(club)
    name = club.names[member]
    if not (club.ratings[MEMBER] == member).any():
        st.markdown(f"{plain(name)} has rated nothing yet, so there is nothing to say.")
    elif found is None:
        on_their_way()
    else:
        st.markdown(plain(summary(name, found.generosity.loc[member])))
        with st.grid(columns=2, min_column_width=320, gap="medium"):
            with st.container():
                _generosity(club, found, member)
            with st.container():
                _against(club, found, member)
            for kind in (KEYWORD, GENRE):
                with st.container():
                    _favourites(found, member, name, kind)


def summary(name: str, known: pd.Series) -> str:
    """Return how many ratings there are, and since when (plain text).

    Args:
        known: a row of `recommender.taste.generosity`.
    """
    first, last = (day(datetime.fromtimestamp(int(known[at]), UTC)) for at in ("first", "last"))
    when = f"on {first}" if first == last else f"from {first} to {last}"
    return f"{name} gave {counted(int(known['n']), 'rating')}, {when}."


def _generosity(club: View, found: Tastes, member: int) -> None:
    rows = found.generosity.reset_index()
    rows["member"] = rows[MEMBER].map(club.names)
    table = pd.DataFrame(
        {
            "Member": rows["member"],
            "Stars above everybody": rows["value"],
            "80% from": rows["low"],
            "80% to": rows["high"],
            "Ratings": rows["n"],
        }
    )
    chart(user_bias(rows, member_id=member), "generosity", table, 2)


def _against(club: View, found: Tastes, member: int) -> None:
    rows = departures(found.beyond, member)
    if rows.empty:
        st.markdown("None of the rated movies is known well enough to the crowd to differ from it.")
        return
    rows["movie"] = rows[MOVIE].map(club.title)
    table = pd.DataFrame(
        {
            "Movie": [film(club.title(movie), club.year(movie)) for movie in rows[MOVIE]],
            "Given": rows[RATING],
            "Everybody": rows["crowd"],
            "Difference": rows["difference"],
        }
    )
    chart(against_the_crowd(rows, member=club.names[member]), "against", table, 1)


def _favourites(found: Tastes, member: int, name: str, kind: str) -> None:
    rows = favourites(found.leanings, member, kind, WORDS)
    if rows.empty:
        st.markdown(
            f"No favourite {kind} yet: {plain(name)} would have to give {LEAN_MOVIES} movies or "
            "more with the same one other stars than usual."
        )
        return
    table = pd.DataFrame(
        {
            "Word": rows["word"],
            "Stars more than usual": rows["lean"],
            "80% from": rows["low"],
            "80% to": rows["high"],
            "Movies": rows["n"],
        }
    )
    chart(favourite_words(rows, member=name), f"favourites_{kind}", table, 2)
