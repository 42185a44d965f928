"""The Our taste page: matches, what divides the club, and each member."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.features import GENRE, KEYWORD
from recommender.taste import FIRST, LEAN_MOVIES, RATED_BY, SECOND, departures, favourites
from ui import taste
from ui.charts.taste import against_others, favourite_words, movie_stars, word_sides
from ui.components.basics import anything_rated, no_predictions
from ui.components.choices import keep, recall, view_switch
from ui.components.figures import chart, draw_table
from ui.components.people import face, faces_rows, people_picker
from ui.state import View
from ui.taste import Leanings
from ui.text import counted, day, plain

HOW = "How often two of you would give a movie the same stars, give or take a half."
RANKED = {"alike": "Most alike", "apart": "Furthest apart"}
KINDS = {"Keywords": KEYWORD, "Genres": GENRE}
WHO = "who"  # name in the page's address
FEW = 10  # ratings, before a member's taste is drawn
SHOWN = 6  # movies that split and that unite, and pairs at either end
WORDS, FAVOURITES = 8, 6  # words that divide; favourites at either end


def section(club: View) -> None:
    """Draw one part of what the club likes."""
    if anything_rated(club):
        parts = {"Matches": matches, "Divides": divides, "Members": profile}
        parts[view_switch("What to look at", list(parts), "part")](club)


# Matches


def matches(club: View) -> None:
    """Draw how well every two members match."""
    if len(club.names) < 2:
        st.markdown("A match takes two.")
        return
    found = taste.matches(club)
    if found is None:
        no_predictions(200)
        return
    own = found.assign(one=found[FIRST].map(club.names), other=found[SECOND].map(club.names))
    own = own.sort_values("value", ascending=False, kind="stable")
    st.caption(HOW)
    with st.grid(columns=2, min_column_width=320, gap="medium"):
        for clarity, title in RANKED.items():
            pairs = own[own["clarity"] == clarity][:: 1 if clarity == "alike" else -1]
            if len(pairs):
                with st.container():
                    st.subheader(title, anchor=False)
                    rows = pairs.head(SHOWN).itertuples()
                    notes = [((row.first, row.second), match_note(row)) for row in rows]
                    faces_rows(club, notes, f"{clarity}_pairs")
    if unsure := int((own["clarity"] == "unclear").sum()):
        few = "It is too early to say who matches whom."
        if unsure < len(own):
            few = f"{counted(unsure, 'other pair')} could go either way."
        st.caption(f"{few} Every movie that two of you rate helps.")
    with st.expander("Everyone with everyone", key="pairs", icon=":material/grid_on:"):
        table = match_table(own.sort_index())
        draw_table(table, "How often two of us would give the same stars")
        st.caption("With a question mark where it is not sure yet.")


def match_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs as a table with a row and a column for each member."""
    names = list(dict.fromkeys([*pairs["one"], *pairs["other"]]))
    said = {
        frozenset((row.one, row.other)): f"{row.value:.0%}{' ?' * (row.clarity == 'unclear')}"
        for row in pairs.itertuples()
    }
    rows = [[one, *(said.get(frozenset((one, other)), "") for other in names)] for one in names]
    return pd.DataFrame(rows, columns=["Member", *names])


def match_note(row: Any) -> str:
    """Return how well two match, a row of `compare` with names, in a few words (plain text)."""
    both = f"both rated {counted(row.both, 'movie')}" if row.both else "no movie in common yet"
    return f"{row.one} and {row.other}: {row.value:.0%} · {both}"


# Divides


def divides(club: View) -> None:
    """Draw the movies that split and unite the club, and the words that divide it."""
    splits = taste.splits(club)
    if len(splits) < 2:
        st.markdown(
            f"It is too early to say which movies split us: {RATED_BY} of us need to rate at least "
            "two of the same ones."
        )
    else:
        _movies(club, splits)
    st.header("Keywords and genres", anchor=False)
    found = taste.tastes(club)
    if found is None:
        no_predictions(200)
        return
    with st.grid(columns=2, min_column_width=320, gap="medium"):
        for name, kind in KINDS.items():
            _words(club, found, name, kind)


def _movies(club: View, splits: pd.DataFrame) -> None:
    each = min(SHOWN, len(splits) // 2)
    sides = {"splits": splits.head(each), "unites": splits.tail(each)[::-1]}
    with st.grid(columns=2, min_column_width=320, gap="medium"):
        for side, movies in sides.items():
            drawn = movies.assign(side=side).merge(club.ratings[[MEMBER, MOVIE, RATING]], on=MOVIE)
            drawn = _named_members(club, drawn).assign(movie=drawn[MOVIE].map(club.title))
            table = drawn.pivot(index=MOVIE, columns="member", values=RATING)
            table = table.loc[movies[MOVIE]]
            table.insert(0, "Movie", [*map(club.title, table.index)])
            chart(movie_stars(drawn), side, table)


def _named_members(club: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the name and the face's colour of each member."""
    colours = {member: face(club, member).colour for member in club.names}
    return rows.assign(member=rows[MEMBER].map(club.names), colour=rows[MEMBER].map(colours))


def _words(club: View, found: Leanings, name: str, kind: str) -> None:
    splits = found.splits[found.splits["kind"] == kind]
    splits = splits.sort_values("sure", ascending=False, kind="stable")
    if not splits["sure"].any():
        st.markdown(f"It is too early to say which {name.lower()} divide us.")
        return
    # Words of the same movies divide the same two people again and again.
    top = splits.drop_duplicates(["for_it", "against"]).head(WORDS)
    heard = found.words[found.words["n"] >= LEAN_MOVIES]
    drawn = top[["kind", "word", "sure"]].merge(heard, on=["kind", "word"])
    drawn = _named_members(club, drawn)
    chart(word_sides(drawn), f"words_{kind}")


# Members


def profile(club: View) -> None:
    """Draw the members' faces, and the taste of the chosen one."""
    asked = recall(WHO)
    member = next((m for m, name in club.names.items() if name == asked), next(iter(club.names)))

    def choose(one: int, _on: bool) -> None:
        keep(WHO, club.names[one])

    people_picker(
        club, "Whose taste?", club.names, "whose", chosen=(member,), on_change=choose, named=True
    )
    found, name = taste.tastes(club), club.names[member]
    if (rated := int((club.ratings[MEMBER] == member).sum())) < FEW:
        few = f"{plain(name)} has rated {counted(rated, 'movie')}"
        st.markdown(f"{few}; from {FEW} on there is something to say.")
        return
    if found is None:
        no_predictions(200)
        return
    own = found.generosity.loc[member]
    first, last = (day(datetime.fromtimestamp(int(own[at]), UTC)) for at in ("first", "last"))
    when = f"on {first}" if first == last else f"from {first} to {last}"
    told = generosity(name, own, found.generosity["value"])
    st.markdown(plain(f"{name} gave {counted(int(own['n']), 'rating')}, {when}. {told}."))
    with st.grid(columns=2, min_column_width=320, gap="medium"):
        _departures(club, found, member)
        for kind in KINDS.values():
            _favourites(club, found, member, kind)


def generosity(name: str, own: pd.Series, everyone: pd.Series) -> str:
    """Return how generous a member is against most people's opinion of the same movies.

    Args:
        own: value, low, high (stars, 80% interval).
        everyone: the value of each member.
    """
    value = own["value"]
    if own["low"] <= 0 <= own["high"]:
        return f"{name} gives about as much as most people"
    most, plainly, way = ("most generous", "generous", "more")
    ahead = int((everyone > value).sum())
    if value < 0:
        most, plainly, way = ("strictest", "strict", "fewer")
        ahead = int((everyone < value).sum())
    degree = {0: "the ", 1: "the second "}.get(ahead, "")
    word = f"{degree}{most} of us" if degree and len(everyone) > 1 else plainly
    return f"{name} is {word}: {abs(value):.1f} stars {way} than most give the same movies"


def _departures(club: View, found: Leanings, member: int) -> None:
    rows = departures(found.beyond, member)
    if rows.empty:
        st.markdown("Nothing stands out from what most people give.")
        return
    own = face(club, member)
    drawn = rows.assign(movie=rows[MOVIE].map(club.title))
    figure = against_others(drawn, member=own.name, colour=own.colour)
    chart(figure, "against")


def _favourites(club: View, found: Leanings, member: int, kind: str) -> None:
    rows, own = favourites(found.words, member, kind, FAVOURITES), face(club, member)
    if rows.empty:
        st.markdown(f"No favourite {kind} yet.")
        return
    figure = favourite_words(rows, member=own.name, colour=own.colour)
    chart(figure, f"favourites_{kind}")
