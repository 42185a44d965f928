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
    SPLIT_MEMBERS,
    SPLIT_MOVIES,
    TASTE,
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
from ui.components.basics import no_members, no_ratings
from ui.components.choices import keep, recall, view_switch
from ui.components.figures import chart, draw_table, renamed
from ui.components.people import face, faces_rows, people_picker
from ui.state import View
from ui.taste import Leanings
from ui.text import counted, day, film, listed, plain

HOW = {
    "Same stars": "How likely two of you give a well-known movie the same stars, half a star up or "
    "down.",
    "Same taste": "Of two well-known movies, how often two of you prefer the same one, leaving "
    "aside what everybody likes. Chance is 50%; few people get below 45% or above 55%.",
}
RANKED = {"alike": "Surely alike", "apart": "Surely apart"}
MEASURES = {"Same stars": "stars", "Same taste": TASTE}
CLARITIES = {"alike": "surely alike", "apart": "surely apart", "unclear": "not sure"}
KINDS = {"Keywords": KEYWORD, "Genres": GENRE}
INTERVAL = {"low": "80% from", "high": "80% to"}
WHO = "who"  # in the page's address: whose taste is shown
SHOWN = 6  # movies that split and that unite, and pairs at either end
WORDS, FAVOURITES = 8, 6  # words that divide; favourites at either end


def anything_to_show(club: View) -> bool:
    """Return whether there is a rating by a member; say what to do where there is none."""
    if not club.names:
        no_members("The club has no members yet; these pictures are of them.")
        return False
    if club.ratings.empty:
        no_ratings("Nobody has rated a movie yet, so there is no taste to draw.")
        return False
    return True


def section(club: View) -> None:
    """Draw one part of what the club likes."""
    if not anything_to_show(club):
        return
    parts = {"Matches": matches, "Divides": divides, "Members": profile}
    parts[view_switch("What to look at", list(parts), "part")](club)


def _wait_for_model() -> None:
    st.markdown("The first predictions are on their way; this picture needs them.")
    st.skeleton(height=200)


# Matches


def matches(club: View) -> None:
    """Draw how well every two members match."""
    if len(club.names) < 2:
        st.markdown("A match takes two: the club has one member so far.")
        return
    chosen = view_switch("What is compared", list(MEASURES), "match", labelled=True)
    found = taste.matches(club)
    if found is None:
        _wait_for_model()
    else:
        _matches(club, found, chosen)


def _matches(club: View, found: pd.DataFrame, chosen: str) -> None:
    own = _named(club, found[found["measure"] == MEASURES[chosen]])
    own = own.sort_values("value", ascending=False, kind="stable")
    st.caption(HOW[chosen])
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
        few = "Nobody’s match is sure yet."
        if unsure < len(own):
            few = f"{counted(unsure, 'other pair')} could go either way."
        st.markdown(f"{few} Every movie that two of you rate tells more.")
    rated = set(club.ratings[MEMBER])
    nothing = [name for member, name in club.names.items() if member not in rated]
    if nothing:
        st.caption(f"{plain(listed(nothing))} rated nothing yet.")
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
        chart(match_matrix(in_order), f"matrix_{MEASURES[chosen]}")
        table = renamed(table, **titles, difference="Stars apart on these")
        draw_table(table, "How well everyone matches everyone")


def match_note(row: Any) -> str:
    """Return how well two match, a row of `compare` with names, in a few words (plain text)."""
    share = f"{row.one} and {row.other}: {row.value:.0%}"
    if not row.both:
        return f"{share}, though they rated no movie in common"
    return f"{share}, {row.difference:.1f} stars apart on {counted(row.both, 'common movie')}"


def _named(club: View, pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs.assign(one=pairs[FIRST].map(club.names), other=pairs[SECOND].map(club.names))


# Divides


def divides(club: View) -> None:
    """Draw the movies that split and unite the club, and the words that divide it."""
    splits = taste.splits(club)
    if len(splits) < 2:
        st.markdown(
            f"Too little to tell which movies split us: {RATED_BY} of us must have rated at least "
            "two of the same ones."
        )
    else:
        _movies(club, splits)
    st.header("Keywords and genres", anchor=False)
    found = taste.tastes(club)
    if found is None:
        _wait_for_model()
        return
    with st.grid(columns=2, min_column_width=320, gap="medium"):
        for name, kind in KINDS.items():
            with st.container():
                _words(club, found, name, kind)
    st.caption(
        "How many stars more or less than usual a member gives movies with the word, when what "
        "everybody thinks of the movie and how generous the member is are taken off; few ratings "
        "count less. Dotted lines are not sure."
    )


def _movies(club: View, splits: pd.DataFrame) -> None:
    each = min(SHOWN, len(splits) // 2)
    sides = pd.concat(
        [splits.head(each).assign(side="splits"), splits.tail(each)[::-1].assign(side="unites")]
    )
    drawn = sides.merge(club.ratings[[MEMBER, MOVIE, RATING]], on=MOVIE)
    drawn["movie"], drawn["member"] = drawn[MOVIE].map(club.title), drawn[MEMBER].map(club.names)
    films = [film(club.title(movie), club.year(movie)) for movie in splits[MOVIE]]
    titles = {"Movie": "Movie", "n": "Ratings", "mean": "Mean", "low": "Least", "high": "Most"}
    table = renamed(splits.assign(Movie=films), **titles, spread="Spread")
    chart(movie_stars(drawn), "splits", table)
    st.caption(
        f"Movies that {RATED_BY} or more of us rated. The spread of few ratings counts less: it is "
        "mixed with what is usual among us."
    )


def _words(club: View, found: Leanings, name: str, kind: str) -> None:
    splits = found.splits[found.splits["kind"] == kind]
    if splits.empty:
        st.markdown(
            f"Too little to tell which {name.lower()} divide us: that takes one with "
            f"{SPLIT_MOVIES} movies, and {SPLIT_MEMBERS} of us who rated {LEAN_MOVIES} of them "
            "each."
        )
        return
    # Words of the same movies divide the same two people again and again.
    top = splits.drop_duplicates(["for_it", "against"]).head(WORDS)
    heard = found.words[found.words["n"] >= LEAN_MOVIES]
    drawn = top[["kind", "word", "sure"]].merge(heard, on=["kind", "word"])
    drawn["member"] = drawn[MEMBER].map(club.names)
    table = splits.assign(
        for_it=splits["for_it"].map(club.names), against=splits["against"].map(club.names)
    )
    titles = {"word": "Word", "for_it": "For it", "against": "Against it", "gap": "Stars between"}
    table = renamed(table, **titles, sure="Sure", movies="Movies", members="Members")
    chart(word_sides(drawn), f"words_{kind}", table)
    unites = splits.loc[splits["shared"].abs().sort_values(ascending=False, kind="stable").index]
    first = unites.iloc[0]
    if first["shared"]:
        more = "more" if first["shared"] > 0 else "fewer"
        st.markdown(
            plain(
                f"What unites us: all {first['members']} who know movies with “{first['word']}” "
                f"give them {more} stars than usual, by {abs(first['shared']):.1f} or more."
            )
        )


# Members


def profile(club: View) -> None:
    """Draw the members' faces, and the taste of the chosen one."""
    asked = recall(WHO)
    named = (one for one, name in club.names.items() if name == asked)
    member = next(named, next(iter(club.names)))

    def choose(one: int, _on: bool) -> None:
        keep(WHO, club.names[one])

    people_picker(club, "Who", club.names, "whose", chosen=(member,), on_change=choose, named=True)
    found, name = taste.tastes(club), club.names[member]
    if not (club.ratings[MEMBER] == member).any():
        st.markdown(f"{plain(name)} has rated nothing yet, so there is nothing to say.")
        return
    if found is None:
        _wait_for_model()
        return
    own = found.generosity.loc[member]
    first, last = (day(datetime.fromtimestamp(int(own[at]), UTC)) for at in ("first", "last"))
    when = f"on {first}" if first == last else f"from {first} to {last}"
    st.markdown(plain(f"{name} gave {counted(int(own['n']), 'rating')}, {when}."))
    with st.grid(columns=2, min_column_width=320, gap="medium"):
        with st.container():
            rows = found.generosity.reset_index()
            rows["member"] = rows[MEMBER].map(club.names)
            titles = {"member": "Member", "value": "Stars above everybody", **INTERVAL}
            table = renamed(rows, **titles, n="Ratings")
            colour = face(club, member).colour
            chart(user_bias(rows, member_id=member, colour=colour), "generosity", table)
        with st.container():
            _departures(club, found, member)
        for kind in KINDS.values():
            with st.container():
                _favourites(found, member, name, kind)


def _departures(club: View, found: Leanings, member: int) -> None:
    rows = departures(found.beyond, member)
    if rows.empty:
        st.markdown("None of the rated movies is known well enough to the crowd to differ from it.")
        return
    films = [film(club.title(movie), club.year(movie)) for movie in rows[MOVIE]]
    titles = {"Movie": "Movie", RATING: "Given", "others": "Everybody", "difference": "Difference"}
    figure = against_others(
        rows.assign(movie=rows[MOVIE].map(club.title)), member=club.names[member]
    )
    chart(figure, "against", renamed(rows.assign(Movie=films), **titles), 1)


def _favourites(found: Leanings, member: int, name: str, kind: str) -> None:
    rows = favourites(found.words, member, kind, FAVOURITES)
    if rows.empty:
        st.markdown(
            f"No favourite {kind} yet: {plain(name)} would have to give {LEAN_MOVIES} movies or "
            "more with the same one other stars than usual."
        )
        return
    table = renamed(rows, word="Word", lean="Stars more than usual", **INTERVAL, n="Movies")
    chart(favourite_words(rows, member=name), f"favourites_{kind}", table)
