"""The Our taste page: matches, what divides the club, and each member."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.features import GENRE, KEYWORD
from recommender.taste import (
    FIRST,
    LEAN_MOVIES,
    RATED_BY,
    SECOND,
    departures,
    favourites,
)
from ui import taste
from ui.charts.taste import (
    against_others,
    favourite_words,
    match_matrix,
    movie_stars,
    user_bias,
    word_sides,
)
from ui.components.basics import no_members, no_predictions, no_ratings
from ui.components.choices import keep, recall, view_switch
from ui.components.figures import chart, draw_table, renamed, tables_below
from ui.components.people import face, faces_rows, people_picker
from ui.state import View
from ui.taste import Leanings
from ui.text import counted, day, film, plain

HOW = "How often two of you would give a movie the same stars, give or take a half."
RANKED = {"alike": "Most alike", "apart": "Furthest apart"}
CLARITIES = {"alike": "surely alike", "apart": "surely apart", "unclear": "not sure"}
KINDS = {"Keywords": KEYWORD, "Genres": GENRE}
INTERVAL = {"low": "Usually from", "high": "Usually to"}
WHO = "who"  # name in the page's address
NOTICED = 0.05  # stars; less reads as none
FEW = 10  # ratings, before a member's taste is drawn
SHOWN = 6  # movies that split and that unite, and pairs at either end
WORDS, FAVOURITES = 8, 6  # words that divide; favourites at either end


def anything_to_show(club: View) -> bool:
    """Return whether there is a rating by a member; say what to do where there is none."""
    if not club.names:
        no_members("Nobody is in the club yet.")
        return False
    if club.ratings.empty:
        no_ratings("Nobody has rated a movie yet.")
        return False
    return True


def section(club: View) -> None:
    """Draw one part of what the club likes."""
    if not anything_to_show(club):
        return
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
    else:
        _matches(club, found)


def _matches(club: View, found: pd.DataFrame) -> None:
    own = _named(club, found)
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
    everyone = st.expander(
        "Everyone with everyone", key="pairs", icon=":material/grid_on:", on_change="rerun",
        bind="query-params",
    )  # fmt: skip
    if not everyone.open:  # Plotly is megabytes
        return
    table = own.assign(
        Who=own["one"] + " and " + own["other"], clarity=own["clarity"].map(CLARITIES)
    )
    titles = {"Who": "Who", "value": "Match", **INTERVAL, "clarity": "Said", "both": "Both rated"}
    with everyone:
        in_order = own.sort_index()
        chart(match_matrix(in_order), "matrix")
        table = renamed(table, **titles, difference="Stars apart on these")
        draw_table(table, "How well everyone matches everyone")


def match_note(row: Any) -> str:
    """Return how well two match, a row of `compare` with names, in a few words (plain text)."""
    both = f"both rated {counted(row.both, 'movie')}" if row.both else "no movie in common yet"
    return f"{row.one} and {row.other}: {row.value:.0%} · {both}"


def _named(club: View, pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs.assign(one=pairs[FIRST].map(club.names), other=pairs[SECOND].map(club.names))


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
            with st.container():
                _words(club, found, name, kind)


def _movies(club: View, splits: pd.DataFrame) -> None:
    each = min(SHOWN, len(splits) // 2)
    sides = {"splits": splits.head(each), "unites": splits.tail(each)[::-1]}
    with st.grid(columns=2, min_column_width=320, gap="medium"):
        for side, movies in sides.items():
            drawn = movies.assign(side=side).merge(club.ratings[[MEMBER, MOVIE, RATING]], on=MOVIE)
            drawn = _named_members(club, drawn).assign(movie=drawn[MOVIE].map(club.title))
            with st.container():
                chart(movie_stars(drawn), side)
    films = [film(club.title(movie), club.year(movie)) for movie in splits[MOVIE]]
    titles = {"Movie": "Movie", "n": "Ratings", "mean": "Average", "low": "Least", "high": "Most"}
    table = renamed(splits.assign(Movie=films), **titles, spread="Spread")
    with tables_below(f"All movies that {RATED_BY} or more of us rated"):
        draw_table(table, "Movies that split and unite us")


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
    table = splits.assign(
        for_it=splits["for_it"].map(club.names), against=splits["against"].map(club.names)
    )
    titles = {"word": "Word", "for_it": "For it", "against": "Against it", "gap": "Stars between"}
    table = renamed(table, **titles, sure="Sure", movies="Movies", members="Members")
    chart(word_sides(drawn), f"words_{kind}", table)
    unites = splits.loc[splits["shared"].abs().sort_values(ascending=False, kind="stable").index]
    first = unites.iloc[0]
    if abs(first["shared"]) >= NOTICED:
        more = "more" if first["shared"] > 0 else "fewer"
        st.markdown(
            plain(
                f"All {first['members']} of us who know movies with “{first['word']}” give them "
                f"{more} stars than usual, by {abs(first['shared']):.1f} or more."
            )
        )


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
    st.markdown(plain(f"{name} gave {counted(int(own['n']), 'rating')}, {when}."))
    with st.grid(columns=2, min_column_width=320, gap="medium"):
        with st.container():
            rows = found.generosity.reset_index()
            rows["member"] = rows[MEMBER].map(club.names)
            titles = {"member": "Member", "value": "Stars more than most", **INTERVAL}
            table = renamed(rows, **titles, n="Ratings")
            colour = face(club, member).colour
            chart(user_bias(rows, member_id=member, colour=colour), "generosity", table)
        with st.container():
            _departures(club, found, member)
        for kind in KINDS.values():
            with st.container():
                _favourites(club, found, member, kind)


def _departures(club: View, found: Leanings, member: int) -> None:
    rows = departures(found.beyond, member)
    if rows.empty:
        st.markdown("Nothing stands out from what most people give.")
        return
    films = [film(club.title(movie), club.year(movie)) for movie in rows[MOVIE]]
    titles = {
        "Movie": "Movie",
        RATING: "Given",
        "others": "Most people",
        "difference": "Difference",
    }
    own = face(club, member)
    drawn = rows.assign(movie=rows[MOVIE].map(club.title))
    figure = against_others(drawn, member=own.name, colour=own.colour)
    chart(figure, "against", renamed(rows.assign(Movie=films), **titles), 1)


def _favourites(club: View, found: Leanings, member: int, kind: str) -> None:
    rows, own = favourites(found.words, member, kind, FAVOURITES), face(club, member)
    if rows.empty:
        st.markdown(f"No favourite {kind} yet.")
        return
    table = renamed(rows, word="Word", lean="Stars more than usual", **INTERVAL, n="Movies")
    figure = favourite_words(rows, member=own.name, colour=own.colour)
    chart(figure, f"favourites_{kind}", table)
