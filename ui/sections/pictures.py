"""The Our taste page: who matches whom, who grew together, what splits and unites the club."""

from __future__ import annotations

import html

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.features import GENRE, KEYWORD
from recommender.taste import (
    CHANGE_MOVIES,
    FIRST,
    LEAN_MOVIES,
    RATED_BY,
    SECOND,
    SPLIT_MEMBERS,
    SPLIT_MOVIES,
    TASTE,
)
from ui import portraits, router
from ui.charts.taste import distance_over_time, match_matrix, movie_stars, word_sides
from ui.components.basics import empty_state
from ui.sections.evaluation_tables import draw
from ui.sections.tonight import CHART
from ui.state import View
from ui.text import counted, film, listed, plain

MEASURES = {"Same stars": "stars", "Same taste": TASTE}
HOW = {
    "stars": "The chance that both give a well-known movie the same stars, half a star up or down. "
    "It is read off all that each of them rated, whether or not they saw the same movies. "
    "Coloured: surely more or less than usual among us. Pale: not sure.",
    TASTE: "Of two well-known movies, how often both prefer the same one when what everybody "
    "thinks of them is left aside, and how generous the two are. Chance is 50%, and people seldom "
    "get further from it than 45% or 55%. Coloured: surely not chance. Pale: not sure.",
}
SAID = {"alike": "surely alike", "apart": "surely apart", "unclear": "not sure"}
KINDS = {"Keywords": KEYWORD, "Genres": GENRE}
SHOWN = 6  # movies that split, and movies that unite
WORDS = 8


def anything_to_show(club: View) -> bool:
    """Return whether there is a rating by a member; say what to do where there is none."""
    if not club.names:
        sentence = "The club has no members yet; these pictures are of them."
        with empty_state(":material/group_add:", sentence, "no_members"):
            st.page_link(router.page("club"), label="Add members", icon=":material/person_add:")
        return False
    if club.ratings.empty:
        sentence = "Nobody has rated a movie yet, so there is no taste to draw."
        with empty_state(":material/star_half:", sentence, "no_ratings"):
            st.page_link(router.page("rate"), label="Rate movies", icon=":material/star_half:")
        return False
    return True


def on_their_way() -> None:
    """Say that this needs the first model."""
    st.markdown("The first predictions are on their way; this picture needs them.")
    st.skeleton(height=200)


def chart(figure: go.Figure, key: str, table: pd.DataFrame, digits: int = 1) -> None:
    """Draw a figure, its finding as the text alternative, and its numbers as a table."""
    said = html.unescape(figure.layout.title.text.replace("<br>", " "))
    st.plotly_chart(figure, config=CHART, key=key, alt=said)
    with st.expander("The same as a table", icon=":material/table_rows:"):
        draw(table, digits, f"{said}, as a table")


def matches(club: View) -> None:
    """Draw how well every two members match."""
    if len(club.names) < 2:
        st.markdown("A match takes two: the club has one member so far.")
        return
    chosen = st.segmented_control(
        "What is compared",
        list(MEASURES),
        default="Same stars",
        required=True,
        key="match",
        bind="query-params",
    )
    measure = MEASURES[chosen or "Same stars"]
    found = portraits.matches(club)
    if found is None:
        on_their_way()
        return
    own = _named(club, found[found["measure"] == measure])
    left, right = st.columns([3, 2], gap="large")
    with left:
        chart(match_matrix(own), f"matrix_{measure}", match_table(own), 2)
    with right:
        st.caption(HOW[measure])
        for sentence in told(own):
            st.markdown(plain(sentence))
        few = [name for member, name in club.names.items() if not _rated(club, member)]
        if few:
            st.caption(
                f"{plain(listed(few))} rated nothing yet: the crowd’s opinion stands in, and "
                "nothing is sure."
            )


def told(own: pd.DataFrame) -> list[str]:
    """Return in sentences (plain text) what is behind the best and the weakest match.

    Args:
        own: one measure's matches, with one and other (names).
    """
    ordered = own.sort_values("value", ascending=False, kind="stable")
    ends = ordered if len(ordered) < 2 else ordered.iloc[[0, -1]]
    return [
        f"{row.one} and {row.other}: {row.low:.0%} to {row.high:.0%}, 80% sure. "
        + (
            f"On {counted(row.both, 'movie')} that both rated, their stars lie "
            f"{row.difference:.1f} apart on average."
            if row.both
            else "They have rated no movie in common yet."
        )
        for row in ends.itertuples()
    ]


def match_table(own: pd.DataFrame) -> pd.DataFrame:
    """Return one measure's matches as people read them, the best first."""
    table = pd.DataFrame(
        {
            "Who": own["one"] + " and " + own["other"],
            "Match": own["value"],
            "80% from": own["low"],
            "80% to": own["high"],
            "Said": own["clarity"].map(SAID),
            "Both rated": own["both"],
            "Stars apart on these": own["difference"],
        }
    )
    return table.sort_values("Match", ascending=False, kind="stable")


def over_time(club: View) -> None:
    """Draw who grew together or apart."""
    if len(club.names) < 2:
        return
    st.subheader("Over time", anchor=False)
    found = portraits.records(club)
    if found.changes.empty:
        st.markdown(
            "Too little to tell who grew together or apart: that takes two members with "
            f"{CHANGE_MOVIES} movies in common in one year or month, and {CHANGE_MOVIES} more in "
            "another."
        )
        return
    shown = found.periods.merge(found.changes[[FIRST, SECOND]], on=[FIRST, SECOND])
    periods, changed = _named(club, shown), _named(club, found.changes)
    table = pd.DataFrame(
        {
            "Who": periods["one"] + " and " + periods["other"],
            "When": periods["period"].astype(str),
            "Stars apart": periods["apart"],
            "Movies": periods["n"],
        }
    )
    chart(distance_over_time(periods, changed), "over_time", table, 2)
    st.caption(
        "By when the second of the two rated the movie; a larger dot rests on more movies. Only "
        f"pairs with {CHANGE_MOVIES} movies before and {CHANGE_MOVIES} after are compared, and "
        "“surely” allows for how many pairs there are."
    )


def movies(club: View) -> None:
    """Draw the movies that split the club and those that unite it."""
    splits = portraits.records(club).splits
    if len(splits) < 2:
        st.markdown(
            f"Too little to tell which movies split us: {RATED_BY} of us must have rated at least "
            "two of the same ones."
        )
        return
    each = min(SHOWN, len(splits) // 2)
    sides = pd.concat(
        [splits.head(each).assign(side="splits"), splits.tail(each)[::-1].assign(side="unites")]
    )
    drawn = sides.merge(club.ratings[[MEMBER, MOVIE, RATING]], on=MOVIE)
    drawn["movie"], drawn["member"] = drawn[MOVIE].map(club.title), drawn[MEMBER].map(club.names)
    table = pd.DataFrame(
        {
            "Movie": [film(club.title(movie), club.year(movie)) for movie in splits[MOVIE]],
            "Ratings": splits["n"],
            "Mean": splits["mean"],
            "Least": splits["low"],
            "Most": splits["high"],
            "Spread": splits["spread"],
        }
    )
    chart(movie_stars(drawn), "splits", table, 2)
    st.caption(
        f"Movies that {RATED_BY} or more of us rated. The spread of few ratings counts less: it is "
        "mixed with what is usual among us."
    )


def words(club: View) -> None:
    """Draw the keywords and genres that divide the club."""
    st.subheader("Keywords and genres", anchor=False)
    found = portraits.tastes(club)
    if found is None:
        on_their_way()
        return
    with st.grid(columns=2, min_column_width=320, gap="medium"):
        for name, kind in KINDS.items():
            with st.container():
                _word_chart(club, found, name, kind)
    st.caption(
        "How many stars more or less than usual a member gives movies with the word, when what "
        "everybody thinks of the movie and how generous the member is are taken off; few ratings "
        "count less. Dotted lines are not sure."
    )


def _word_chart(club: View, found: portraits.Tastes, name: str, kind: str) -> None:
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
    heard = found.leanings[found.leanings["n"] >= LEAN_MOVIES]
    drawn = top[["kind", "word", "sure"]].merge(heard, on=["kind", "word"])
    drawn["member"] = drawn[MEMBER].map(club.names)
    table = pd.DataFrame(
        {
            "Word": splits["word"],
            "For it": splits["for_it"].map(club.names),
            "Against it": splits["against"].map(club.names),
            "Stars between": splits["gap"],
            "Sure": splits["sure"],
            "Movies": splits["movies"],
            "Members": splits["members"],
        }
    )
    chart(word_sides(drawn), f"words_{kind}", table, 2)
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


def _named(club: View, pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs.assign(one=pairs[FIRST].map(club.names), other=pairs[SECOND].map(club.names))


def _rated(club: View, member: int) -> bool:
    return bool((club.ratings[MEMBER] == member).any())
